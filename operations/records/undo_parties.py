"""Take back who joined and left with an agreement whose signing is taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Agreement, Signatory, TerminationNotice
from models.names import FormerName

#: What the audit calls a signed agreement.
SIGNED = ("renewal:signed", "agreement:signed")


def undo_parties(session: Session, agreement: Agreement) -> dict[str, Any]:
    """Have those take part again who left with an agreement, and no longer those who joined; return who.

    Nobody who joined with it has given notice since (`who_gave_notice`).
    """
    told = _signing(session, agreement)
    returned: dict[str, str] = told.get("returned", {})
    rows = _parties(session, agreement)
    for name in told.get("joined", ()):
        row = rows.get(name)
        if row is None:
            continue  # undone by itself before
        if name in returned:
            row.left_on = date.fromisoformat(returned[name])
        elif row.joined_on == agreement.signed_on:
            session.delete(row)
    for name in told.get("left", ()):
        if name in rows and rows[name].left_on == agreement.signed_on:
            rows[name].left_on = None
    session.flush()
    return {"no_longer": told.get("joined", []), "again": told.get("left", [])} if told else {}


def who_gave_notice(session: Session, agreement: Agreement) -> str | None:
    """Name who joined with an agreement and has given notice since; None where nobody has."""
    told, rows = _signing(session, agreement), _parties(session, agreement)
    for name in told.get("joined", ()):
        row = rows.get(name)
        if row is None or name in told.get("returned", {}) or row.joined_on != agreement.signed_on:
            continue
        given = select(TerminationNotice.id).where(TerminationNotice.signatory_id == row.id)
        if session.scalar(given.limit(1)) is not None:
            return str(name)
    return None


def _signing(session: Session, agreement: Agreement) -> dict[str, Any]:
    """Return what the audit says of a signing; nothing of one that was imported."""
    told = select(audit.AuditEntry.data).where(
        audit.AuditEntry.action.in_(SIGNED), audit.AuditEntry.data.contains({"agreement": agreement.id})
    )
    return session.scalar(told.order_by(audit.AuditEntry.seq.desc()).limit(1)) or {}


def _parties(session: Session, agreement: Agreement) -> dict[str, Signatory]:
    """Return the participants by their names, those of before among them."""
    rows = session.scalars(select(Signatory).where(Signatory.alliance_id == agreement.alliance_id)).all()
    former = (
        select(FormerName.name, Signatory)
        .join(Signatory, Signatory.id == FormerName.signatory_id)
        .where(Signatory.alliance_id == agreement.alliance_id)
        .order_by(FormerName.id)
    )
    before = {name: row for name, row in session.execute(former)}  # noqa: C416 - a Row
    return before | {row.name: row for row in rows}
