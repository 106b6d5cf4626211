"""Show one alliance whole, and list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.alliances import Alliance, AllianceOffice, TeamMember
from models.offices import Office
from models.work import Activity, Meeting
from operations.actor import office_day, offices_below
from operations.flat_settings import defaults
from operations.gather_facts import Gathered, gather
from operations.office_settings import settings_in_force
from operations.read.duties import unless_failed
from policy.dates import State, Term, state_on, timeline
from policy.duties import Due, Modality


@dataclass(frozen=True, slots=True)
class Listed:
    """An alliance as a line of a list."""

    id: int
    name: str
    level: str
    #: Codes of its OSHA offices, and their names; the lead office first.
    offices: tuple[str, ...]
    office_names: tuple[str, ...]
    of: Gathered
    state: State
    #: The latest term; None while none is signed.
    term: Term | None
    #: The unsettled duty that falls due first; None when nothing is owed.
    next_due: Due | None
    #: The day on which it stands so, at the lead office.
    on: date


@dataclass(frozen=True, slots=True)
class Happened:
    """A meeting or an activity as a line."""

    kind: str
    on: date
    title: str
    reached: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """All that one look at an alliance shows."""

    of: Gathered
    today: date
    state: State
    #: Names of its OSHA offices, the lead office first.
    offices: tuple[str, ...]
    terms: tuple[Term, ...]
    duties: tuple[Due, ...]
    team: tuple[str, ...]
    #: The latest first.
    happened: tuple[Happened, ...]
    source: str | None
    is_sample: bool


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """What is set for one alliance; None is "not set here"."""

    anchored_on: date | None
    anchor_reason: str | None
    tracked_from: date
    meetings_required: int | None
    meetings_mandatory: bool | None
    lapse_after_days: int | None
    #: What holds where nothing is set here.
    office_meetings_required: int
    office_lapse_after_days: int


def own_settings(session: Session, alliance_id: int, *, today: date) -> OwnSettings:
    """Read what is set for an alliance, and what its lead office set."""
    row = session.get_one(Alliance, alliance_id)
    lead = select(AllianceOffice.office_id).where(AllianceOffice.alliance_id == alliance_id, AllianceOffice.rank == 0)
    chosen = settings_in_force(session)[session.scalars(lead).one()]
    given = defaults(today)
    return OwnSettings(
        row.anchored_on,
        row.anchor_reason,
        row.tracked_from,
        row.meetings_required,
        row.meetings_mandatory,
        row.lapse_after_days,
        given["meetings_required"] if chosen.meetings_required is None else chosen.meetings_required,
        given["lapse_after_days"] if chosen.lapse_after_days is None else chosen.lapse_after_days,
    )


def list_alliances(
    session: Session, *, now: datetime, offices: Sequence[str] | None = None, failed: list[str] | None = None
) -> list[Listed]:
    """List the alliances of some offices and the offices below them, or all (None), in order of name.

    A rule that fails over one alliance stops the list only where no `failed` takes its sentence.
    """
    wanted = None if offices is None else {below for code in offices for below in offices_below(session, code)}
    names = {code: name for code, name in session.execute(select(Office.code, Office.name))}  # noqa: C416 - a Row
    return [
        _listed(of, names, office_day(now, of.timezone), failed)
        for of in gather(session)
        if wanted is None or wanted.intersection(of.facts.offices)
    ]


def show_alliance(session: Session, alliance_id: int, *, now: datetime, shown: int = 6) -> Card | None:
    """Show an alliance with its latest `shown` records; None when there is none of that id."""
    row = session.get(Alliance, alliance_id)
    if row is None:
        return None
    of = gather(session, [alliance_id])[0]
    today = office_day(now, of.timezone)
    line = timeline(of.facts.as_of(today), today)
    named = session.execute(select(Office.code, Office.name).where(Office.code.in_(of.facts.offices)))
    names = {code: name for code, name in named}  # noqa: C416 — a Row is no pair to the type checker
    team = session.scalars(
        select(func.concat(TeamMember.name, ", ", TeamMember.organization))
        .where(TeamMember.alliance_id == alliance_id, TeamMember.until.is_(None))
        .order_by(TeamMember.organization, TeamMember.name)
    )
    return Card(
        of=of,
        today=today,
        state=state_on(of.facts, today),
        offices=tuple(names[code] for code in of.facts.offices),
        terms=line.terms,
        duties=of.duties_on(today),
        team=tuple(team),
        happened=_happened(session, alliance_id, today, shown),
        source=row.source,
        is_sample=row.is_sample,
    )


def _listed(of: Gathered, names: dict[str, str], today: date, failed: list[str] | None) -> Listed:
    line = timeline(of.facts.as_of(today), today)
    return Listed(
        id=of.facts.id,
        name=of.facts.name,
        level=of.facts.level.value,
        offices=of.facts.offices,
        office_names=tuple(names[code] for code in of.facts.offices),
        of=of,
        state=state_on(of.facts, today),
        term=line.terms[-1] if line.terms else None,
        next_due=next((due for due in unless_failed(of.duties_on, today, failed=failed) if _to_do(due)), None),
        on=today,
    )


def _to_do(due: Due) -> bool:
    return due.status.unsettled and due.modality is not Modality.PERMISSION


def _happened(session: Session, alliance_id: int, today: date, shown: int) -> tuple[Happened, ...]:
    meetings = session.scalars(
        select(Meeting)
        .where(Meeting.alliance_id == alliance_id, Meeting.withdrawn_at.is_(None))
        .order_by(Meeting.on_day.desc())
        .limit(shown)
    )
    activities = session.scalars(
        select(Activity)
        .where(Activity.alliance_id == alliance_id, Activity.withdrawn_at.is_(None))
        .order_by(Activity.on_day.desc(), Activity.id.desc())
        .limit(shown)
    )
    lines = [Happened(_kind(m, today), m.on_day, f"Implementation Team, {m.format}", None) for m in meetings] + [
        Happened(a.kind, a.on_day, a.title, a.reached) for a in activities
    ]
    return tuple(sorted(lines, key=lambda line: line.on, reverse=True)[:shown])


def _kind(meeting: Meeting, today: date) -> str:
    if meeting.held:
        return "meeting"
    return "planned meeting" if meeting.on_day >= today else "meeting planned and not recorded as held"
