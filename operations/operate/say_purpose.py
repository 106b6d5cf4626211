"""Say what an alliance is for, where no agreement was drafted here: its background and goals (CSP 04-01-002 VI.E)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from models.drafts import Draft
from operations.actor import Actor
from operations.approve.drafts import latest_draft, version_before
from operations.approve.keep_draft import write_draft
from operations.read.annual_report import BACKGROUND, GOALS, drafted_purpose
from operations.records.open_alliance import Opened, open_alliance
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.drafts import Value, clean_content
from policy.rights import Verb
from policy.subjects import PURPOSE

#: What its record is called: "purpose:" and the id of the version.
RECORD = PURPOSE


def say_purpose(
    session: Session, *, alliance_id: int, background: str | None, goals: str | None, by: Actor, now: datetime
) -> Outcome:
    """Keep background and goals, a goal a line, as their next version; versions before stay readable.

    Raises:
        Refused: Nothing is filled in, the alliance is not signed, or the agreement that was signed says both.
        AlreadyDone: Nothing differs from what is on record.
        NotAllowed: No position of the person allows it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PREPARE, now=now)
    refuse_drafted(session, opened.of.facts.name, alliance_id)
    if not opened.of.facts.agreements:
        raise Refused(f"{opened.row.name} is not signed yet: its proposal says what it is for (/alliance procedure).")
    clean = clean_content({BACKGROUND: background, GOALS: (goals or "").splitlines()})
    if not clean:
        raise Refused("Nothing is filled in: say what the alliance is for, or what its goals are.", field=BACKGROUND)
    last = latest_draft(session, alliance_id, PURPOSE)
    if last is not None and last.content == clean:
        raise AlreadyDone("Nothing differs from what is on record; nothing was changed.")
    return _keep(session, opened, clean, by=by, now=now)


def refuse_drafted(session: Session, name: str, alliance_id: int) -> None:
    """Let pass where no paper that was written here says background and goals.

    Raises:
        Refused: One does.
    """
    if all(drafted_purpose(session, alliance_id)):
        raise Refused(
            f"{name}: the agreement or proposal on file says its background and goals; the report takes them from "
            "there."
        )


def undo_purpose(session: Session, *, record: str, by: Actor, now: datetime) -> tuple[Outcome, str]:
    """Take back what was said last: what was said before it holds again, as a version of its own.

    Raises:
        Refused: There is no such record, or it was said anew since.
        NotAllowed: No position of the person allows it.
    """
    draft = session.get(Draft, _id_of(record))
    if draft is None or draft.subject != PURPOSE:
        raise Refused("This record cannot be undone here.")
    opened = open_alliance(session, draft.alliance_id, by=by, verb=Verb.PREPARE, now=now)
    latest = latest_draft(session, draft.alliance_id, PURPOSE)
    if latest is None or latest.id != draft.id:
        raise AlreadyDone("Background and goals were said anew since, or this was undone before; nothing changed.")
    before = version_before(session, draft)
    outcome = _keep(session, opened, {} if before is None else before.content, by=by, now=now)
    said = "no background and goals are on record" if before is None else "background and goals are those from before"
    return outcome, said


def _keep(session: Session, opened: Opened, content: Mapping[str, Value], *, by: Actor, now: datetime) -> Outcome:
    draft = write_draft(session, opened.row.id, PURPOSE, content, by=by, now=now)
    return recheck(session, opened.row.id, by=by, now=now, record=f"{RECORD}:{draft.id}")


def _id_of(record: str) -> uuid.UUID:
    try:
        return uuid.UUID(record.partition(":")[2])
    except ValueError:
        raise Refused("This record cannot be undone here.") from None
