"""When the clock would ask for something over days to come, and what has to be checked then.

While nothing is recorded, most moments find nothing to do, and the replay leaves those out that certainly do: an
office's later ticks of a day on which its message was folded, and the check of an alliance before the day that
`policy.boundary` names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.duties import Obligation, Schedule
from models.offices import Office
from operations.actor import office_day
from operations.closures import read_closures
from operations.gather_facts import Gathered, gather
from operations.gather_program import GatheredProgram, gather_program
from operations.office_settings import settings_in_force
from operations.remind.compare_duties import CHECKER, close_ledger, compare_duties, open_ledger
from operations.remind.office_schedules import office_name, usable_schedule
from policy.boundary import next_boundary
from policy.sending_times import next_look, sends_now
from policy.stages import StageSettings, stages
from policy.ticks import day_begins, due_tick, next_tick
from workers.check import alliances_told, check_some, check_whole_program
from workers.remind import CHECK_NAME, CHECK_SCHEDULE, CHECK_TIMEZONE

_INSTANT = timedelta(microseconds=1)
_DAY = timedelta(days=1)

#: Offices of one schedule and time zone ring together.
_next_look = lru_cache(maxsize=4096)(next_look)
_next_tick = lru_cache(maxsize=4096)(next_tick)
_sends_now = lru_cache(maxsize=4096)(sends_now)


@dataclass
class Bell:
    """An office whose schedule rings, and how far it has come."""

    id: int
    code: str
    name: str
    timezone: str
    schedule: str
    ran_until: datetime
    next: datetime

    def end_of_day(self, now: datetime) -> datetime:
        """Return the end of the local day."""
        zone = ZoneInfo(self.timezone)
        return datetime.combine(now.astimezone(zone).date() + _DAY, time(), zone).astimezone(UTC)


class Bells:
    """The schedules of all offices and of the daily check, from where the records say they have come.

    A day to begin with begins at each office's midnight, with nothing owed from before.
    """

    def __init__(self, session: Session, begin: datetime | date) -> None:
        fresh = None if isinstance(begin, datetime) else begin
        if not isinstance(begin, datetime):
            # When this day begins at the first place on Earth.
            begin = datetime.combine(begin, time(), UTC) - timedelta(hours=14)
        self.closures = read_closures(session)
        ran_until = {row.name: row.ran_until for row in session.scalars(select(Schedule))}
        self.by_id: dict[int, Bell] = {}
        for office in session.scalars(select(Office).order_by(Office.id)):
            line = usable_schedule(office.code, office.schedule)
            zone = ZoneInfo(office.timezone)
            since = ran_until.get(office_name(office.code)) or day_begins(zone, begin)
            if fresh is not None:
                since = datetime.combine(fresh, time(), zone).astimezone(UTC) - _INSTANT
            moment = _next_look(line, office.timezone, since, begin, self.closures)
            self.by_id[office.id] = Bell(office.id, office.code, office.name, office.timezone, line, since, moment)
        owed = due_tick(CHECK_SCHEDULE, CHECK_TIMEZONE, ran_until.get(CHECK_NAME), begin)
        self.next_check = begin if owed else next_tick(CHECK_SCHEDULE, CHECK_TIMEZONE, begin)

    def moments(self, last: date) -> Iterator[tuple[datetime, list[Bell], bool]]:
        """Yield each moment up to the end of `last`, the offices whose message is due, and whether all is checked.

        An office is done with its day once its message is due: while nothing is recorded, its later ticks find
        the message of the day made, or nothing to say.
        """
        while True:
            now = min([self.next_check, *(bell.next for bell in self.by_id.values())])
            if now.date() > last + _DAY:
                return
            ringing = []
            for bell in self.by_id.values():
                if bell.next > now:
                    continue
                line, zone = bell.schedule, bell.timezone
                if _sends_now(line, zone, bell.ran_until, now, self.closures):
                    if office_day(now, zone) <= last:
                        ringing.append(bell)
                    bell.ran_until = bell.end_of_day(now) - _INSTANT
                    # Nothing is owed then, so that the next look is the next tick.
                    bell.next = _next_tick(line, zone, bell.ran_until)
                else:
                    bell.next = _next_look(line, zone, bell.ran_until, now + _INSTANT, self.closures)
            daily = self.next_check == now
            if daily:
                self.next_check = next_tick(CHECK_SCHEDULE, CHECK_TIMEZONE, now)
            yield now, ringing, daily


class Checks:
    """Whose rules have to be checked: each alliance on its first day, and from then on when its day has come."""

    def __init__(self, session: Session) -> None:
        self.alliances: dict[int, Gathered] = {of.facts.id: of for of in gather(session)}
        settings = settings_in_force(session)
        self.settings: dict[int, StageSettings] = {id: chosen.stages for id, chosen in settings.items()}
        self.told = {id: alliances_told(session, id) for id in settings}
        held_by: dict[int, int] = {}
        for ids in self.told.values():
            for id in ids:
                held_by[id] = held_by.get(id, 0) + 1
        #: Stages of several offices meet here: nobody says when the next one comes.
        self.mixed = {id for id, of in self.alliances.items() if held_by.get(id, 0) > 1 or of.facts.comment_requests}
        self.not_before: dict[int, date] = {}
        self.program = gather_program(session)
        #: What the last check of the program found.
        self.program_found: object = None
        #: Whether the last run checked anything.
        self.ran = False

    def run(self, sessions: sessionmaker[Session], offices: Sequence[int] | None, now: datetime) -> dict[str, str]:
        """Check what is told to these offices, or everything (None), as far as a check may find something new.

        Returns what could not be checked, each with what went wrong.
        """
        asked = self.alliances if offices is None else {id for office in offices for id in self.told[office]}
        wanted = [id for id in sorted(asked) if self._today(id, now) >= self.not_before.get(id, date.min)]
        failures = self._compare(sessions, wanted, now) if wanted else {}
        self.ran = bool(wanted)
        for id in wanted:
            of, today = self.alliances[id], self._today(id, now)
            tried_daily = id in self.mixed or of.facts.name in failures
            settings = self.settings[of.office_id]
            self.not_before[id] = today + _DAY if tried_daily else next_boundary(of.facts, today, of.closures, settings)
        if self.program is not None and (offices is None or self.program.office_id in offices):
            found = self._of_program(self.program, office_day(now, self.program.timezone))
            if found != self.program_found:
                self.program_found, self.ran = found, True
                failures |= dict(check_whole_program(sessions, now).failures)
        return failures

    def _compare(self, sessions: sessionmaker[Session], ids: Sequence[int], now: datetime) -> dict[str, str]:
        """Do what `check_rules` does, but for gathering facts that cannot have changed; one by one if that fails."""
        try:
            with sessions.begin() as session:
                ledger = open_ledger(session, Obligation.alliance_id.in_(ids))
                for id in ids:
                    compare_duties(session, ledger, self.alliances[id], by=CHECKER, now=now)
                close_ledger(session, ledger, now=now)
        except Exception:  # noqa: BLE001 - whatever it is, the check of each alone tells whose it is
            return dict(check_some(sessions, ids, now=now).failures)
        return {}

    def _today(self, id: int, now: datetime) -> date:
        return office_day(now, self.alliances[id].timezone)

    def _of_program(self, of: GatheredProgram, today: date) -> object:
        """Return all that a check of the program looks at."""
        settings = self.settings[of.office_id]
        return [(due, stages(due, today, of.closures, settings)) for due in of.duties_on(today)]
