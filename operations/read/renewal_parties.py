"""Who is to join and to leave with the renewal that an alliance prepares, and what it renews."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from operations.gather_facts import Gathered
from operations.gather_gate_facts import joining, leaving, read_records
from policy.gate_records import RecordKind
from policy.subjects import DRAFT


@dataclass(frozen=True, slots=True)
class RenewalParties:
    """What a renewal changes."""

    joining: tuple[str, ...]
    leaving: tuple[str, ...]
    #: What is renewed or changed, where it is not the whole.
    in_part: str | None


def renewal_parties(session: Session, of: Gathered) -> RenewalParties:
    """Read what stands on record for the draft."""
    records = read_records(session, of.facts.id, DRAFT)
    part = records.get((RecordKind.IN_PART, ""))
    return RenewalParties(
        joining=joining(records),
        leaving=tuple(name for name in of.signatories if name in leaving(records)),
        in_part=None if part is None else part.text,
    )
