"""The frozen facts of the program as a whole, which owes duties of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.offices import Office
from models.plans import CoordinatorCall
from models.settlements import Waiver
from operations.closures import read_closures
from operations.gather_facts import Gathered
from operations.office_settings import settings_of_one
from policy import facts as f
from policy.calendar import Closures
from policy.check import check_program, forecast_program
from policy.duties import Due
from policy.stages import Stage

#: What surfaces call it where the name of an alliance stands.
PROGRAM = "The program"
#: The directorate that owes the program's duties; without it the office at the top does.
DCSP = "DCSP"


@dataclass(frozen=True, slots=True)
class GatheredProgram:
    """The facts of the program, and what the surfaces need of the office that runs it."""

    facts: f.ProgramFacts
    office_id: int
    office_name: str
    timezone: str
    #: Codes of the offices whose people answer for it: the one that runs it, and the one at the top.
    answering: tuple[str, ...]
    closures: Closures

    @property
    def alliance_id(self) -> int | None:
        """None: it is no alliance."""
        return None

    @property
    def subject(self) -> str:
        """What the audit calls it."""
        return "program"

    def duties_on(self, day: date) -> tuple[Due, ...]:
        """Return every duty that has opened by a day, as it then stands."""
        return check_program(self.facts, day, closures=self.closures)

    def look_again_on(self, _today: date, _planned: Iterable[Sequence[Stage]]) -> date | None:
        """None: it is one, and is looked at in every check."""
        return None

    def coming(self, first: date, last: date) -> tuple[Due, ...]:
        """Return what falls due between two days, both included, if nothing more is recorded."""
        return forecast_program(self.facts, first, last, closures=self.closures)

    def detail(self, _due: Due) -> str | None:
        """None: the rule and its period say it all."""
        return None

    def asked(self, _due: Due) -> str | None:
        """None: the office that runs the program owes it."""
        return None


#: Who may owe a duty.
Owing = Gathered | GatheredProgram


def program_office(session: Session) -> tuple[Office, Office] | None:
    """Return the office at the top, and the one that runs the program; None without a National Office."""
    national = Office.parent_id.is_(None) & (Office.kind == "national")
    offices = session.scalars(select(Office).where(national | (Office.code == DCSP)).order_by(Office.id)).all()
    root = next((office for office in offices if office.parent_id is None and office.kind == "national"), None)
    return None if root is None else (root, next((office for office in offices if office.code == DCSP), root))


def gather_program(session: Session) -> GatheredProgram | None:
    """Gather the facts of the program; None without a National Office or before an alliance is on record.

    It is tracked from the day of the alliance that is tracked longest, unless the office at the top set another.
    """
    offices = program_office(session)
    tracked_from = session.scalar(select(func.min(Alliance.tracked_from)))
    if offices is None or tracked_from is None:
        return None
    root, runs = offices
    waivers = session.execute(
        select(Waiver.rule, Waiver.subject, Waiver.period, Waiver.waived_on, Waiver.reason, Waiver.by)
        .where(Waiver.alliance_id.is_(None))
        .order_by(Waiver.waived_on)
    )
    facts = f.ProgramFacts(
        name=PROGRAM,
        tracked_from=settings_of_one(session, root).tracked_from or tracked_from,
        calls=tuple(session.scalars(select(CoordinatorCall.on_day).order_by(CoordinatorCall.on_day))),
        waivers=tuple(f.Waiver(*row) for row in waivers),
        offices=(runs.code,),
    )
    answering = tuple(dict.fromkeys((runs.code, root.code)))
    return GatheredProgram(facts, runs.id, runs.name, runs.timezone, answering, read_closures(session))
