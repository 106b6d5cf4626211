"""Where an alliance stands among the offices, and the chain that an approval of it has today."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from operations.gather_facts import Gathered
from operations.gather_gate_facts import regional_offices
from operations.office_settings import settings_in_force
from policy.approval import Chain, Seat
from policy.chain_words import BadChainError, chain_lines, place_chain, read_lines
from policy.chains import Place, Purpose, chain_of, default_chain

log = structlog.get_logger("operations.approve")


def place_of(session: Session, of: Gathered) -> Place:
    """Return the offices by which the seats of a chain are found for an alliance."""
    offices = of.facts.offices
    regions = [next(iter(regional_offices(session, (code,))), code) for code in offices]
    national = session.scalars(
        select(Office.code).where(Office.parent_id.is_(None), Office.kind == "national").order_by(Office.id).limit(1)
    ).first()
    outside = session.scalars(select(Office.code).where(Office.code == "SOL", Office.kind == "external")).first()
    return Place(of.facts.level, offices, tuple(regions), national or offices[0], outside or "")


def chain_today(
    session: Session, of: Gathered, purpose: Purpose, *, about: str = "", experts: Sequence[Seat] = (), needs: int = 0
) -> Chain:
    """Return who has to approve today: what the lead office set, and never less than the directive asks for.

    Raises:
        ValueError: A product is reviewed by nobody, or by fewer than are needed.
    """
    at = place_of(session, of)
    default = default_chain(purpose, at, about=about, experts=tuple(experts), needs=needs)
    text = settings_in_force(session)[of.office_id].chains.get(purpose.value)
    if not text:
        return default
    try:
        wanted = place_chain(read_lines(chain_lines(text)), at)
    except BadChainError as error:
        # What an office set long ago must not stop an approval; the directive's own chain holds.
        log.warning("a chain cannot be used", purpose=purpose.value, why=str(error))
        return default
    return chain_of(purpose, wanted, default)
