"""Open an alliance for a change: the row locked, the right checked, the day known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ARRAY, BigInteger, any_, literal, select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from operations.actor import Actor, office_day, require
from operations.gather_facts import Gathered, gather
from operations.read.merged import GONE
from operations.refusals import Refused
from policy.rights import Verb
from policy.words import day as spelled


@dataclass(frozen=True, slots=True)
class Opened:
    """An alliance that this transaction may change, and its facts before the change."""

    row: Alliance
    of: Gathered
    #: What day it is at the lead office.
    today: date

    @property
    def subject(self) -> str:
        """What the audit calls it."""
        return self.of.subject


def lock_alliances(session: Session, ids: Sequence[int] | None) -> None:
    """Lock some alliances, or all (`ids` None), until the transaction ends.

    It lines up all who change one alliance, so that each rule check sees what the one before wrote. Who changes
    an alliance or its duties locks it before anything else, and of several the lowest id first: so nobody waits
    in a circle. The ids must not change meanwhile, which is all that rows that refer to an alliance ask for.
    """
    rows = select(Alliance.id).order_by(Alliance.id).with_for_update(key_share=True)
    these = Alliance.id == any_(literal(list(ids or ()), ARRAY(BigInteger)))
    session.execute(rows if ids is None else rows.where(these)).all()


def open_alliance(session: Session, alliance_id: int, *, by: Actor, verb: Verb | None, now: datetime) -> Opened:
    """Lock an alliance until the transaction ends, for a person who may do `verb` for one of its offices.

    `verb` None leaves the right to the caller.

    Raises:
        Refused: The alliance is gone.
        NotAllowed: No position of the person allows it.
    """
    lock_alliances(session, [alliance_id])
    row = session.scalar(select(Alliance).where(Alliance.id == alliance_id).execution_options(populate_existing=True))
    if row is None:
        raise Refused(GONE)
    if row.merged_into_id is not None:
        into = session.get_one(Alliance, row.merged_into_id).name
        raise Refused(f"{row.name} was merged into {into}, which has its records now.")
    of = gather(session, [alliance_id])[0]
    if verb is not None:
        require(session, by, verb, office_codes=of.facts.offices)
    return Opened(row, of, office_day(now, of.timezone))


def refuse_impossible_day(opened: Opened, on: date, *, field: str, what: str) -> None:
    """Refuse a day that lies after today, or before the alliance was signed, or after it ended.

    Raises:
        Refused: The sentence names the day and the bound that it breaks.
    """
    refuse_day_to_come(opened, on, field=field, what=what)
    refuse_outside_alliance(opened, on, field=field, what=what)


def refuse_day_to_come(opened: Opened, on: date, *, field: str, what: str) -> None:
    """Refuse a day that lies after today.

    Raises:
        Refused: The sentence names the day.
    """
    if on > opened.today:
        raise Refused(f"{spelled(on)} is still to come: {what} can be recorded once it has happened.", field=field)


def refuse_outside_alliance(opened: Opened, on: date, *, field: str, what: str) -> None:
    """Refuse a day before the alliance was signed or after it ended.

    Raises:
        Refused: The sentence names the day and the bound that it breaks.
    """
    facts = opened.of.facts
    if not facts.agreements or on < facts.agreements[0].signed_on:
        signed = spelled(facts.agreements[0].signed_on) if facts.agreements else "not yet"
        raise Refused(
            f"{spelled(on)} lies before the alliance was signed ({signed}); check the year of {what}.",
            field=field,
        )
    if facts.ending is not None and on > facts.ending.ended_on:
        raise Refused(f"{spelled(on)} lies after the alliance ended ({spelled(facts.ending.ended_on)}).", field=field)


def refuse_unknown_year(opened: Opened, period_end: date, *, rule: str) -> None:
    """Refuse the end of a year for which a rule asks nothing: a form that was open while the dates were corrected.

    Raises:
        Refused: No duty of the rule has a period that ends on that day.
    """
    duties = opened.of.duties_on(opened.today)
    if period_end not in {due.period.last for due in duties if due.rule == rule and due.period is not None}:
        raise Refused(
            f"{opened.row.name} has no agreement year to {spelled(period_end)} on record; open the form again.",
            field="period_end",
        )
