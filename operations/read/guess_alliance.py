"""Which alliance a message probably tells of: by a name in it, or by the channel in which it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.alliances import Alliance, AllianceOffice, Ending
from models.offices import Office
from operations.actor import Actor, allowed
from operations.read.find_alliance import named_in
from policy.rights import Verb


class Because(StrEnum):
    """What a guess rests on."""

    NAME = "name"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Guess:
    """An alliance that is proposed, never taken."""

    id: int
    because: Because


def guess_alliance(session: Session, by: Actor, *, verb: Verb, text: str, channel: str) -> Guess | None:
    """Guess the one alliance that is meant, among those for which this person may do this; None where none stands out.

    A name in the text says more than the channel; where it names several, the channel may tell which.
    """
    here = _of_channel(session, channel)
    named = named_in(session, text)
    both = [id for id in named if id in here]
    for found, because in ((named, Because.NAME), (both, Because.NAME), (here, Because.CHANNEL)):
        if len(found) == 1 and not (because is Because.CHANNEL and named):
            return Guess(found[0], because) if _may(session, by, verb, found[0]) else None
    return None


def _of_channel(session: Session, channel: str) -> list[int]:
    """List the alliances, in effect or to come, of the offices whose channel it is."""
    ended = exists().where(Ending.alliance_id == Alliance.id)
    rows = session.scalars(
        select(Alliance.id)
        .join(AllianceOffice, AllianceOffice.alliance_id == Alliance.id)
        .join(Office, Office.id == AllianceOffice.office_id)
        .where(Office.channel == channel, Alliance.merged_into_id.is_(None), ~ended)
        .distinct()
        .order_by(Alliance.id)
    )
    return list(rows)


def _may(session: Session, by: Actor, verb: Verb, alliance_id: int) -> bool:
    codes = session.scalars(
        select(Office.code)
        .join(AllianceOffice, AllianceOffice.office_id == Office.id)
        .where(AllianceOffice.alliance_id == alliance_id)
    ).all()
    return allowed(session, by, verb, office_codes=codes)
