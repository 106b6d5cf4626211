"""What is owed on a day, computed from the records; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rapidfuzz import fuzz, utils
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from models.alliances import AllianceOffice
from models.duties import Obligation
from models.offices import Office
from operations.actor import office_day, offices_below
from operations.gather_facts import gather
from operations.gather_program import PROGRAM, Owing, gather_program
from operations.refusals import Refused
from policy.check import RuleFailedError
from policy.duties import Due, Modality

#: What the program may be called where the name of an alliance is asked for.
PROGRAM_NAMES = frozenset({PROGRAM.casefold(), "program"})


@dataclass(frozen=True, slots=True)
class Owed:
    """A duty, and the alliance that owes it or the program."""

    due: Due
    of: Owing
    #: The day on which it stands so.
    on: date

    @property
    def order(self) -> tuple[bool, date, str, str]:
        """Where it stands in a list: by due date, alliance and rule; a permission has no due date and comes last."""
        return self.due.modality is Modality.PERMISSION, self.due.due_on, self.of.facts.name, self.due.rule


def list_due(
    session: Session,
    *,
    as_of: date | datetime,
    ids: list[int] | None = None,
    office: str | None = None,
    within: int | None = None,
    settled: bool = False,
    program: bool = False,
    failed: list[str] | None = None,
) -> list[Owed]:
    """List the duties as they stand on a day, past or to come, in order of due date, alliance, rule.

    With `ids` None, or `program`, the duties of the program as a whole are among them. A moment stands for the day
    that it then is at each lead office. `office` keeps the alliances of that office or of offices below it; `within`
    keeps what is due on or before the day plus so many calendar days, so no permissions; `settled` adds what is met,
    waived or lifted. A rule that fails over one alliance stops the list only where no `failed` takes its sentence.
    """
    return _sorted(
        Owed(due, of, on)
        for of in _of_office(session, _owing(session, ids, program=program), office)
        for on in [office_day(as_of, of.timezone) if isinstance(as_of, datetime) else as_of]
        for due in unless_failed(of.duties_on, on, failed=failed)
        if (settled or due.status.unsettled) and (within is None or _is_near(due, on + timedelta(days=within)))
    )


def list_passed_to(
    session: Session, codes: Sequence[str], *, as_of: date | datetime, failed: list[str] | None = None
) -> list[Owed]:
    """List the unsettled duties of other offices' alliances that these offices hold: passed on, or a comment asked."""
    rows = session.execute(
        select(Obligation.id, Obligation.alliance_id)
        .join(Office, Office.id == Obligation.office_id)
        .where(passed_to(codes), Obligation.settled.is_(None))
    ).all()
    held = {id for id, _ in rows}
    if not held:
        return []
    ids = sorted({alliance_id for _, alliance_id in rows if alliance_id})
    program = any(alliance_id is None for _, alliance_id in rows)
    owed = list_due(session, as_of=as_of, ids=ids, program=program, failed=failed)
    return [o for o in owed if o.due.id in held]


def passed_to(codes: Sequence[str]) -> ColumnElement[bool]:
    """Say which duties, joined with the offices that hold them, these offices hold of other offices' alliances."""
    leads = AllianceOffice.office_id == Obligation.office_id
    of_alliance = AllianceOffice.alliance_id == Obligation.alliance_id
    of_others = or_(Obligation.passed_on, ~select(AllianceOffice.office_id).where(leads, of_alliance).exists())
    return and_(of_others, Office.code.in_(codes))


def list_forecast(
    session: Session,
    *,
    first: date,
    last: date,
    office: str | None = None,
    ids: list[int] | None = None,
    failed: list[str] | None = None,
) -> list[Owed]:
    """List what will come due between two days, both included, if nothing more is recorded.

    A rule that fails over one alliance stops the list only where no `failed` takes its sentence.
    """
    return _sorted(
        Owed(due, of, first)
        for of in _of_office(session, _owing(session, ids), office)
        for due in unless_failed(of.coming, first, last, failed=failed)
    )


def unless_failed(duties: Callable[..., tuple[Due, ...]], *days: date, failed: list[str] | None) -> tuple[Due, ...]:
    """Return the duties of one alliance, or none and the sentence that says which rule fails over it.

    What went wrong is said and logged by the check of the rules.
    """
    try:
        return duties(*days)
    except RuleFailedError as failure:
        if failed is None:
            raise
        failed.append(failure.sentence)
        return ()


def _owing(session: Session, ids: list[int] | None, *, program: bool = False) -> list[Owing]:
    owing: list[Owing] = [*gather(session, ids)]
    whole = gather_program(session) if ids is None or program else None
    return owing if whole is None else [*owing, whole]


def _is_near(due: Due, last: date) -> bool:
    return due.due_on <= last and due.modality is not Modality.PERMISSION


def _of_office(session: Session, everything: list[Owing], office: str | None) -> list[Owing]:
    if office is None:
        return everything
    wanted = offices_below(session, office)
    return [of for of in everything if wanted.intersection(of.facts.offices)]


def _sorted(owed: Iterator[Owed]) -> list[Owed]:
    return sorted(owed, key=lambda o: o.order)


def require_office(session: Session, code: str) -> None:
    """Let pass the code of a known office.

    Raises:
        Refused: There is no such office.
    """
    if offices_below(session, code):
        return
    offices = {
        f"{known} ({name})": (known, name)
        for known, name in session.execute(select(Office.code, Office.name).where(Office.kind != "external"))
    }
    if not offices:
        raise Refused(f"There is no office with the code “{code}”: no office is on record yet.")
    ranked = sorted(offices, key=lambda label: (-_office_likeness(code, *offices[label]), label))
    raise Refused(f"There is no office with the code “{code}”. Closest: {', '.join(ranked[:3])}.")


def _office_likeness(typed: str, code: str, name: str) -> float:
    wanted = utils.default_process(typed)
    return max(
        fuzz.ratio(wanted, utils.default_process(code)),
        fuzz.WRatio(wanted, utils.default_process(name)),
    )
