"""The recommendation that waits for the decision of management, as the paper that is put before them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import RenewalDecision
from policy.drafts import Value, clean_content
from policy.papers import RECOMMENDED


def read_recommendation(session: Session, alliance_id: int, agreement_id: int) -> dict[str, Value] | None:
    """Return what is recommended for a term of an alliance; None where nothing waits for a decision."""
    row = session.scalar(
        select(RenewalDecision).where(
            RenewalDecision.alliance_id == alliance_id,
            RenewalDecision.agreement_id == agreement_id,
            RenewalDecision.decided_on.is_(None),
        )
    )
    return None if row is None else clean_content({name: getattr(row, name) for name in RECOMMENDED})
