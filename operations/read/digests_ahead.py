"""How many digests the days to come bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from models.alliances import AllianceOffice
from models.duties import MessageKind, Obligation, Schedule
from models.offices import Office, Position
from operations.actor import office_day
from operations.closures import read_closures
from operations.office_settings import settings_in_force
from operations.remind.office_schedules import office_name, usable_schedule
from operations.remind.person_schedules import people_to_tell, person_name
from policy.calendar import Closures
from policy.sending_times import DEFAULT_WINDOW, Window, next_look, sends_now
from policy.words import day

_WORDS = {
    MessageKind.WEEK: "digests of the week, for {} at most",
    MessageKind.MONTH: "digest of the month for the National Office",
    MessageKind.OWN: "people's own digests, {} at most",
}
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class DigestsAhead:
    """The digests of one kind on one local day: at most so many, as who has nothing to hear gets none."""

    on: date
    kind: MessageKind
    number: int

    def __str__(self) -> str:
        return f"{day(self.on)}: {_WORDS[self.kind].format(self.number)}"


def digests_ahead(
    session: Session, *, now: datetime, days: int, offices: Collection[str] | None = None
) -> tuple[DigestsAhead, ...]:
    """Count the digests within `days` local calendar days; `offices` are codes, None means all."""
    ran_until = {row.name: row.ran_until for row in session.scalars(select(Schedule))}
    found = Counter(_of_offices(session, ran_until, now, days, offices))
    found.update(_of_people(session, ran_until, now, days, offices))
    return tuple(DigestsAhead(on, kind, number) for (on, kind), number in sorted(found.items()))


def runs(
    line: str, timezone: str, ran_until: datetime | None, now: datetime, closures: Closures, *, window: Window
) -> Iterator[datetime]:
    """Yield from `now` on when a schedule has something sent, at most once a local day."""
    moment = now
    while True:
        moment = next_look(line, timezone, ran_until, moment, closures, window=window)
        # A tick on a day without work is only looked at.
        if sends_now(line, timezone, ran_until, moment, closures, window=window):
            yield moment
            ran_until = moment
        moment += _INSTANT


def _of_offices(
    session: Session, ran_until: dict[str, datetime], now: datetime, days: int, codes: Collection[str] | None
) -> Iterator[tuple[date, MessageKind]]:
    takes_part = exists().where(AllianceOffice.office_id == Office.id)
    owes = exists().where(Obligation.office_id == Office.id, Obligation.settled.is_(None))
    chosen, closures = settings_in_force(session), read_closures(session)
    for office in session.scalars(select(Office).where(or_(takes_part, owes))):
        if codes is not None and office.code not in codes:
            continue
        mine, since = chosen[office.id], ran_until.get(office_name(office.code))
        last = office_day(now, office.timezone) + timedelta(days=days)
        before = office_day(since or now - timedelta(days=1), office.timezone)
        line = usable_schedule(office.code, office.schedule)
        for at in runs(line, office.timezone, since, now, closures, window=mine.window):
            on = office_day(at, office.timezone)
            if on > last:
                break
            if mine.weekly_digest and before < on - timedelta(days=on.weekday()):
                yield on, MessageKind.WEEK
            if mine.monthly_digest and office.parent_id is None and before < on.replace(day=1):
                yield on, MessageKind.MONTH
            before = on


def _of_people(
    session: Session, ran_until: dict[str, datetime], now: datetime, days: int, codes: Collection[str] | None
) -> Iterator[tuple[date, MessageKind]]:
    held = select(Position.person_id).join(Office, Office.id == Position.office_id)
    mine = set(session.scalars(held if codes is None else held.where(Office.code.in_(codes))))
    closures = read_closures(session)
    for own in people_to_tell(session, now=now):
        if own.person_id not in mine:
            continue
        last = office_day(now, own.timezone) + timedelta(days=days)
        since = ran_until.get(person_name(own.slack_id))
        for at in runs(own.line, own.timezone, since, now, closures, window=DEFAULT_WINDOW):
            if (on := office_day(at, own.timezone)) > last:
                break
            yield on, MessageKind.OWN
