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

from models.duties import Message, Schedule
from models.offices import Office
from operations.actor import office_day
from operations.closures import read_closures
from operations.gather_facts import Gathered, gather
from operations.gather_program import GatheredProgram, gather_program
from operations.office_settings import settings_in_force
from operations.remind.follow_duties import CHECKER, follow_duties
from operations.remind.look_again import CHECK_NAME
from operations.remind.office_schedules import office_name, usable_schedule
from operations.remind.person_schedules import people_to_tell, person_name
from policy.sending_times import DEFAULT_WINDOW, Window, next_look, sends_now
from policy.stages import StageSettings, stages
from policy.ticks import day_begins, due_tick, next_tick
from workers.check import all_alliances_told, check_some, check_whole_program
from workers.remind import CHECK_SCHEDULE, CHECK_TIMEZONE

_INSTANT = timedelta(microseconds=1)
_DAY = timedelta(days=1)

#: Offices of one schedule and time zone ring together.
_next_look = lru_cache(maxsize=4096)(next_look)
_next_tick = lru_cache(maxsize=4096)(next_tick)
_sends_now = lru_cache(maxsize=4096)(sends_now)


@dataclass
class Bell:
    """An office or a person whose schedule rings, and how far it has come."""

    id: int
    #: An office's code, a person's Slack id.
    code: str
    name: str
    timezone: str
    schedule: str
    window: Window
    ran_until: datetime
    next: datetime
    #: How far it had come when it last rang; None before that.
    before: datetime | None = None

    @property
    def day_before(self) -> date:
        """The local day of the run before the last."""
        return date.max if self.before is None else office_day(self.before, self.timezone)

    def begins_a_week(self, now: datetime) -> bool:
        """Whether this is the first run of a local week or month."""
        day = office_day(now, self.timezone)
        return self.day_before < max(day - timedelta(days=day.weekday()), day.replace(day=1))

    def end_of_day(self, now: datetime) -> datetime:
        """Return the end of the local day."""
        zone = ZoneInfo(self.timezone)
        return datetime.combine(now.astimezone(zone).date() + _DAY, time(), zone).astimezone(UTC)


class Bells:
    """The schedules of all offices and of the daily check, from where the records say they have come.

    A day to begin with begins at each office's midnight, with nothing owed from before.
    """

    def __init__(self, session: Session, begin: datetime | date) -> None:
        self.fresh = None if isinstance(begin, datetime) else begin
        if not isinstance(begin, datetime):
            # When this day begins at the first place on Earth.
            begin = datetime.combine(begin, time(), UTC) - timedelta(hours=14)
        self.closures, in_force = read_closures(session), settings_in_force(session)
        ran_until = {row.name: row.ran_until for row in session.scalars(select(Schedule))}
        self.by_id: dict[int, Bell] = {}
        for office in session.scalars(select(Office).order_by(Office.id)):
            line = usable_schedule(office.code, office.schedule)
            window = in_force[office.id].window
            moments = self._begin(line, office.timezone, window, ran_until.get(office_name(office.code)), begin)
            self.by_id[office.id] = Bell(office.id, office.code, office.name, office.timezone, line, window, *moments)
        self.people: list[Bell] = []
        for own in people_to_tell(session, now=begin):
            since = ran_until.get(person_name(own.slack_id))
            moments = self._begin(own.line, own.timezone, DEFAULT_WINDOW, since, begin)
            self.people.append(
                Bell(own.person_id, own.slack_id, own.slack_id, own.timezone, own.line, DEFAULT_WINDOW, *moments)
            )
        owed = due_tick(CHECK_SCHEDULE, CHECK_TIMEZONE, ran_until.get(CHECK_NAME), begin)
        #: When messages that are held may be posted, and whether the last moment was such a one.
        held = session.scalars(select(Message.held_until).where(Message.held_until > begin))
        self.ends_of_holds = {until for until in held if until is not None}
        self.a_hold_ends = False
        self.next_check = begin if owed else next_tick(CHECK_SCHEDULE, CHECK_TIMEZONE, begin)

    def _begin(
        self,
        line: str,
        timezone: str,
        window: Window,
        ran_until: datetime | None,
        begin: datetime,
    ) -> tuple[datetime, datetime]:
        """Return how far a schedule has come, and when to look at it first."""
        zone = ZoneInfo(timezone)
        since = ran_until or day_begins(zone, begin)
        if self.fresh is not None:
            since = datetime.combine(self.fresh, time(), zone).astimezone(UTC) - _INSTANT
        return since, _next_look(line, timezone, since, begin, self.closures, window=window)

    def moments(self, last: date) -> Iterator[tuple[datetime, list[Bell], list[Bell], bool]]:
        """Yield each moment up to the end of `last`, the offices and people to be told, and whether all is checked.

        Who was told is done with the day: while nothing is recorded, later ticks of it find the message of the day
        made, or nothing to say.
        """
        while True:
            bells = [*self.by_id.values(), *self.people]
            now = min([self.next_check, *self.ends_of_holds, *(bell.next for bell in bells)])
            if now.date() > last + _DAY:
                return
            offices = [bell for bell in self.by_id.values() if self._rings(bell, now, last)]
            people = [bell for bell in self.people if self._rings(bell, now, last)]
            self.a_hold_ends = now in self.ends_of_holds
            self.ends_of_holds.discard(now)
            daily = self.next_check == now
            if daily:
                self.next_check = next_tick(CHECK_SCHEDULE, CHECK_TIMEZONE, now)
            yield now, offices, people, daily

    def _rings(self, bell: Bell, now: datetime, last: date) -> bool:
        """Whether a bell rings on a day that is asked for; it is set to its next moment."""
        if bell.next > now:
            return False
        line, zone, window = bell.schedule, bell.timezone, bell.window
        if not _sends_now(line, zone, bell.ran_until, now, self.closures, window=window):
            bell.next = _next_look(line, zone, bell.ran_until, now + _INSTANT, self.closures, window=window)
            return False
        bell.before, bell.ran_until = bell.ran_until, bell.end_of_day(now) - _INSTANT
        # Nothing is owed then, so that the next look is the next tick.
        bell.next = _next_tick(line, zone, bell.ran_until)
        return office_day(now, zone) <= last


class Checks:
    """Whose rules have to be checked: each alliance on its first day, and from then on when its day has come."""

    def __init__(self, session: Session) -> None:
        self.alliances: dict[int, Gathered] = {of.facts.id: of for of in gather(session)}
        settings = settings_in_force(session)
        self.settings: dict[int, StageSettings] = {id: chosen.stages for id, chosen in settings.items()}
        self.told = all_alliances_told(session)
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
        asked = self.alliances if offices is None else {id for office in offices for id in self.told.get(office, ())}
        wanted = [id for id in sorted(asked) if self._today(id, now) >= self.not_before.get(id, date.min)]
        failures = self._follow(sessions, wanted, now) if wanted else {}
        self.ran = bool(wanted)
        if self.program is not None and (offices is None or self.program.office_id in offices):
            found = self._of_program(self.program, office_day(now, self.program.timezone))
            if found != self.program_found:
                self.program_found, self.ran = found, True
                failures |= dict(check_whole_program(sessions, now).failures)
        return failures

    def _follow(self, sessions: sessionmaker[Session], ids: Sequence[int], now: datetime) -> dict[str, str]:
        """Do what `check_rules` does, but for gathering facts that cannot have changed; one by one if that fails."""
        try:
            with sessions.begin() as session:
                found = follow_duties(session, [self.alliances[id] for id in ids], by=CHECKER, now=now)
        except Exception:  # noqa: BLE001 - whatever it is, the check of each alone tells whose it is
            self.not_before |= {id: self._today(id, now) + _DAY for id in ids}
            return dict(check_some(sessions, ids, now=now).failures)
        self.not_before |= {id: each.look_again_on or date.min for id, each in zip(ids, found, strict=True)}
        return {}

    def _today(self, id: int, now: datetime) -> date:
        return office_day(now, self.alliances[id].timezone)

    def _of_program(self, of: GatheredProgram, today: date) -> object:
        """Return all that a check of the program looks at."""
        settings = self.settings[of.office_id]
        return [(due, stages(due, today, of.closures, settings)) for due in of.duties_on(today)]
