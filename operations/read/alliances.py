"""Show one alliance whole, and list them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance, AllianceOffice
from models.offices import Office
from models.products import SuccessStory
from models.settlements import Waiver
from models.work import Activity, Meeting
from operations.actor import office_day, offices_below
from operations.flat_settings import defaults
from operations.gather_facts import Gathered, gather
from operations.office_settings import settings_in_force
from operations.read.annual_report import read_annual_report, year_due
from operations.read.closing import Closing, read_closing
from operations.read.documents import DocumentShown, list_documents
from operations.read.duties import unless_failed
from operations.read.merged import gather_standing
from operations.read.team import Team, read_team
from policy.annual_report import gaps
from policy.dates import State, Term, state_on, timeline
from policy.duties import Due, Modality, Status
from policy.meeting_numbers import number_on
from policy.rules.annual_report import RULE as REPORT
from policy.rules.report_posting import RULE as POSTING

#: Records that the card shows.
LATEST = 6


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
    #: Who was there and the minutes of a meeting, for example: a line each.
    more: tuple[str, ...] = ()
    #: The message that it was logged from, and its address.
    source: str | None = None
    source_link: str | None = None


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
    team: Team
    #: The number of each waiver that counts, and its duty.
    waived: tuple[tuple[int, Due], ...]
    #: The latest first.
    happened: tuple[Happened, ...]
    #: None while the alliance has not ended.
    closing: Closing | None
    #: The latest first.
    documents: tuple[DocumentShown, ...]
    source: str | None
    is_sample: bool
    #: The last day of the year whose report is to be done first, and how many things that still lacks; None where no
    #: agreement is in effect yet.
    report: tuple[date, int] | None = None


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """What is set for one alliance; None is "not set here"."""

    anchored_on: date | None
    anchor_reason: str | None
    tracked_from: date
    meetings_required: int | None
    meetings_required_since: date | None
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
    given, number = defaults(today), number_on(chosen.meetings_required, today)
    return OwnSettings(
        row.anchored_on,
        row.anchor_reason,
        row.tracked_from,
        row.meetings_required,
        row.meetings_required_since,
        row.meetings_mandatory,
        row.lapse_after_days,
        given["meetings_required"] if number is None or number.number is None else number.number,
        given["lapse_after_days"] if chosen.lapse_after_days is None else chosen.lapse_after_days,
    )


def alliance_ids(session: Session, offices: Sequence[str] | None = None) -> list[int]:
    """Return the ids of the alliances of some offices and the offices below them, or of all (None), by name."""
    query = select(Alliance.id).where(Alliance.merged_into_id.is_(None)).order_by(Alliance.name, Alliance.id)
    if offices is not None:
        wanted = {below for code in offices for below in offices_below(session, code)}
        theirs = select(AllianceOffice.alliance_id).join(Office, Office.id == AllianceOffice.office_id)
        query = query.where(Alliance.id.in_(theirs.where(Office.code.in_(wanted))))
    return list(session.scalars(query))


def list_alliances(
    session: Session, ids: Sequence[int] | None = None, *, now: datetime, failed: list[str] | None = None
) -> list[Listed]:
    """List some alliances, or all (None), in order of name.

    A rule that fails over one alliance stops the list only where no `failed` takes its sentence.
    """
    names = {code: name for code, name in session.execute(select(Office.code, Office.name))}  # noqa: C416 - a Row
    return [
        listed(of, names, today, unless_failed(of.duties_on, today, failed=failed))
        for of in gather(session, ids)
        for today in [office_day(now, of.timezone)]
    ]


def show_alliance(session: Session, alliance_id: int, *, now: datetime) -> Card:
    """Show an alliance with its latest records.

    Raises:
        Refused: There is none of that id.
    """
    of = gather_standing(session, alliance_id)
    alliance_id, row = of.facts.id, session.get_one(Alliance, of.facts.id)
    today = office_day(now, of.timezone)
    line = timeline(of.facts.as_of(today), today)
    named = session.execute(select(Office.code, Office.name).where(Office.code.in_(of.facts.offices)))
    names = {code: name for code, name in named}  # noqa: C416 — a Row is no pair to the type checker
    duties = of.duties_on(today)
    return Card(
        of=of,
        today=today,
        state=state_on(of.facts, today),
        offices=tuple(names[code] for code in of.facts.offices),
        terms=line.terms,
        duties=duties,
        team=read_team(session, of),
        waived=tuple(_waived(session, alliance_id, duties)),
        happened=_happened(session, alliance_id, today),
        closing=read_closing(session, of.facts.as_of(today), duties),
        documents=tuple(list_documents(session, alliance_id, timezone=of.timezone)),
        source=row.source,
        is_sample=row.is_sample,
        report=_report(session, of, today, duties) if line.terms else None,
    )


def _report(session: Session, of: Gathered, today: date, duties: Sequence[Due]) -> tuple[date, int] | None:
    """Return how far the report is that is to be done first; nothing once the last one of an alliance is posted."""
    owed = any(due.rule in {REPORT, POSTING} and due.status.unsettled for due in duties)
    if of.facts.ending is not None and not owed:
        return None
    last = year_due(of, today, duties)
    return last, len(gaps(read_annual_report(session, of, period_end=last, today=today, duties=duties)))


def listed(of: Gathered, names: Mapping[str, str], today: date, duties: Sequence[Due]) -> Listed:
    """Return an alliance as a line of a list, by its duties on a day; `names` are those of the offices, by code."""
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
        next_due=next((due for due in duties if _to_do(due)), None),
        on=today,
    )


def _to_do(due: Due) -> bool:
    return due.status.unsettled and due.modality is not Modality.PERMISSION


def _waived(session: Session, alliance_id: int, duties: Sequence[Due]) -> Iterator[tuple[int, Due]]:
    rows = session.scalars(select(Waiver).where(Waiver.alliance_id == alliance_id))
    given = {(row.rule, row.subject, row.period): row.id for row in rows}
    for due in duties:
        if due.status is Status.WAIVED:
            yield given[due.rule, due.subject, None if due.period is None else str(due.period)], due


def _happened(session: Session, alliance_id: int, today: date) -> tuple[Happened, ...]:
    meetings = session.scalars(
        select(Meeting)
        .where(Meeting.alliance_id == alliance_id, Meeting.withdrawn_at.is_(None))
        .order_by(Meeting.on_day.desc())
        .limit(LATEST)
    )
    activities = session.scalars(
        select(Activity)
        .where(Activity.alliance_id == alliance_id, Activity.withdrawn_at.is_(None))
        .order_by(Activity.on_day.desc(), Activity.id.desc())
        .limit(LATEST)
    )
    stories = session.scalars(
        select(SuccessStory)
        .where(SuccessStory.alliance_id == alliance_id, SuccessStory.withdrawn_at.is_(None))
        .order_by(SuccessStory.on_day.desc(), SuccessStory.id.desc())
        .limit(LATEST)
    )
    lines = [
        Happened(_kind(m, today), m.on_day, f"Implementation Team, {m.format}", None, tuple(_of_meeting(m)))
        for m in meetings
    ] + [_of_activity(a) for a in activities]
    lines += [Happened("success story", one.on_day, one.title, None) for one in stories]
    return tuple(sorted(lines, key=lambda line: line.on, reverse=True)[:LATEST])


def _of_activity(activity: Activity) -> Happened:
    told = activity.details.get
    return Happened(
        activity.kind,
        activity.on_day,
        activity.title,
        activity.reached,
        source=told("source"),
        source_link=told("source_link"),
    )


def _of_meeting(meeting: Meeting) -> Iterator[str]:
    if meeting.present:
        yield "There: " + ", ".join(f"{one['name']} ({one['organization']})" for one in meeting.present)
    if meeting.attendees:
        yield f"{'Others' if meeting.present else 'There'}: {meeting.attendees}"
    if meeting.notes:
        yield f"Minutes: {meeting.notes}"


def _kind(meeting: Meeting, today: date) -> str:
    if meeting.held:
        return "meeting"
    return "planned meeting" if meeting.on_day >= today else "meeting planned and not recorded as held"
