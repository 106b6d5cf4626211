"""Keep a version of a paper in preparation; what was put before officials of an earlier one is void."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.approvals import Approval
from models.drafts import Draft
from operations.actor import Actor
from operations.approve.cards import rewrite_cards, tell_requester
from operations.approve.drafts import latest_draft
from operations.conclude.refuse_ended import refuse_ended
from operations.records.open_alliance import open_alliance
from operations.refusals import Refused
from policy.approval import ApprovalStatus
from policy.drafts import Value, changes, clean_content, digest_of
from policy.rights import Verb


def keep_draft(
    session: Session,
    *,
    by: Actor,
    now: datetime,
    alliance: int,
    subject: str,
    content: Mapping[str, object],
) -> Draft:
    """Keep what a paper of an alliance (its id) says as its next version; the same again gives the latest one back.

    `content` is flat: a field's name and its text or list of texts; empty ones are left out. Whatever is before
    officials of an earlier version is void from then on. What they approved counts only as long as the latest
    version says the same. The gate "proposal on file" reads the draft work plan from `policy.drafts.WORK_PLAN`.

    Raises:
        Refused: Nothing is filled in.
        NotAllowed: No position of the person allows it.
        AlreadyDone: The alliance has ended.
    """
    opened = open_alliance(session, alliance, by=by, verb=Verb.PREPARE, now=now)
    refuse_ended(opened)
    clean = clean_content(content)
    if not clean:
        raise Refused("Nothing is filled in: a draft says something.")
    return write_draft(session, alliance, subject, clean, by=by, now=now)


def write_draft(
    session: Session, alliance: int, subject: str, clean: Mapping[str, Value], *, by: Actor, now: datetime
) -> Draft:
    """Write a version for who may; the alliance is locked, and `clean` comes from `policy.drafts.clean_content`."""
    digest, latest = digest_of(clean), latest_draft(session, alliance, subject)
    if latest is not None and latest.digest == digest:
        return latest
    draft = Draft(
        id=uuid.uuid4(),
        alliance_id=alliance,
        subject=subject,
        version=1 if latest is None else latest.version + 1,
        content=dict(clean),
        digest=digest,
        made_by_id=by.person_id,
        made_by=by.name,
        made_at=now,
    )
    session.add(draft)
    session.flush()
    changed = [change.field for change in changes({} if latest is None else latest.content, clean)]
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="draft:kept",
        subject=f"alliance:{alliance}",
        data={"draft": draft.id, "for": subject, "version": draft.version, "digest": digest, "changed": changed},
    )
    _void(session, draft, by=by, now=now)
    return draft


def _void(session: Session, draft: Draft, *, by: Actor, now: datetime) -> None:
    """End what is before officials of an earlier version, and show on every card that there is a later one."""
    rows = session.scalars(
        select(Approval)
        .where(Approval.alliance_id == draft.alliance_id, Approval.subject == draft.subject)
        .order_by(Approval.id)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        if row.status == ApprovalStatus.OPEN:
            row.status, row.ended_at, row.ended_by = ApprovalStatus.SUPERSEDED.value, now, by.name
            row.ended_why = f"version {draft.version} was kept"
            audit.record(
                session,
                at=now,
                actor=by.name,
                action="approval:superseded",
                subject=f"alliance:{draft.alliance_id}",
                data={"approval": row.id, "purpose": row.purpose, "version": draft.version},
            )
            if row.asked_by_id != by.person_id:
                tell_requester(session, row, occasion="superseded", now=now)
    rewrite_cards(session, [row.id for row in rows])
