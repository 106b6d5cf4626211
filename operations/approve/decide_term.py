"""The decision of management on a recommendation at the end of a term (CSP 04-01-002 IX.C.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.approvals import Approval, ApprovalDecision
from models.drafts import Draft
from operations.actor import Actor
from operations.approve.keep_draft import keep_draft
from operations.conclude.decide_renewal import Recommended, record_decision
from operations.conclude.recommendation import read_recommendation
from operations.records.open_alliance import Opened
from operations.refusals import Refused
from policy.drafts import digest_of
from policy.facts import Recommendation
from policy.subjects import RENEWAL
from policy.words import listing


def keep_recommendation(session: Session, *, by: Actor, now: datetime, alliance: int, agreement_id: int) -> Draft:
    """Keep the recommendation on record for a term as the draft that management decides on.

    Raises:
        Refused: No recommendation waits for a decision.
    """
    content = read_recommendation(session, alliance, agreement_id)
    if content is None:
        raise Refused("No recommendation waits for a decision: record it with /alliance renew.")
    return keep_draft(session, by=by, now=now, alliance=alliance, subject=f"{RENEWAL}:{agreement_id}", content=content)


def decide_term(
    session: Session,
    approval: Approval,
    opened: Opened,
    decisions: Sequence[ApprovalDecision],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Record the decision that an approval stands for: of all who approved it, whatever their positions allow alone.

    Raises:
        GatesOpen: It is a renewal, one of whose gates is open.
        Refused: The recommendation was changed since it was shown.
    """
    agreement_id = int(approval.subject.partition(":")[2])
    content = read_recommendation(session, approval.alliance_id, agreement_id)
    if content is None or digest_of(content) != approval.digest:
        raise Refused(
            "The recommendation was changed since it was put before you: it has to be put forward anew.",
        )
    until = content.get("extended_until")
    told = Recommended(
        Recommendation(str(content["recommendation"])),
        str(content["reasons"]),
        date.fromisoformat(str(content["recommended_on"])),
        None if until is None else date.fromisoformat(str(until)),
        None if "expectations" not in content else str(content["expectations"]),
    )
    record_decision(
        session,
        opened,
        agreement_id,
        told,
        decided_on=max(row.on_day for row in decisions),
        decided_by=listing(dict.fromkeys(_named(row) for row in decisions)),
        by_chain=True,
        by=by,
        now=now,
    )


def _named(row: ApprovalDecision) -> str:
    return f"{row.decided_by} (for {row.acting_for})" if row.acting_for else row.decided_by
