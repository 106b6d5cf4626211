"""Read what an annual report holds from the records of its period (CSP 04-01-002 VI.E)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import work
from models.alliances import Agreement, Alliance, AllianceOffice, Signatory, TeamMember
from models.drafts import Draft
from models.offices import Office
from models.plans import WorkPlan
from models.products import SuccessStory
from operations.approve.drafts import latest_drafts
from operations.gather_facts import Gathered
from operations.operate.plan_content import content_of, milestones_of
from operations.refusals import Refused
from policy.annual_report import (
    FAR_OFF,
    ActivityRow,
    AnnualReport,
    MeetingRow,
    MemberRow,
    MilestoneRow,
    PlanCopy,
    Story,
    gaps,
)
from policy.dates import year_of
from policy.duties import Due, Period
from policy.facts import Facts, Level
from policy.rules.annual_report import RULE as REPORT
from policy.rules.report_posting import RULE as POSTING
from policy.subjects import DRAFT, PROPOSAL, PURPOSE
from policy.team import Part
from policy.words import day as spelled
from policy.words import listing

#: So many agreement years are named to who asks for another day.
NAMED_YEARS = 4
_DAY = timedelta(days=1)
#: What was said apart from any agreement: the fields of its versions.
BACKGROUND, GOALS = "background", "goals"
#: Members of a team who stand for neither OSHA nor a signatory are contributors, in the words of VI.E.
_CONTRIBUTORS = {Part.STATE_PLAN, Part.CONSULTATION, Part.UNION, Part.OTHER}


@dataclass(frozen=True, slots=True)
class SaidPurpose:
    """Background and goals as somebody said them apart from any agreement."""

    background: str | None
    goals: tuple[str, ...]
    by: str
    at: datetime


def read_annual_report(
    session: Session, of: Gathered, *, period_end: date, today: date, duties: Sequence[Due] | None = None
) -> AnnualReport:
    """Read the report of the agreement year that ends on a day, as far as it is on record on the office's `today`.

    Of the year in which the alliance ended it is the closeout report, up to that end; either day names it. `duties`
    are those of today, where they are known already.

    Raises:
        Refused: No agreement year of the alliance ends on that day.
    """
    period, closeout = _period(of, period_end, today, duties)
    facts = of.facts
    report = _on_record(session, facts, period)
    overview, goals = _told(_papers(session, facts.id, period.last))
    team, contributors = team_in(session, facts.id, period)
    return AnnualReport(
        alliance=facts.name,
        level=facts.level,
        offices=office_names(session, facts.id),
        participants=_participants(session, facts.id, period),
        period=period,
        closeout=closeout,
        written_on=today,
        signed_on=facts.agreements[0].signed_on,
        renewed_on=tuple(a.signed_on for a in facts.agreements[1:] if a.signed_on <= today),
        overview=overview,
        goals=goals,
        team=team,
        contributors=contributors,
        meetings=_meetings(session, facts.id, period, today),
        activities=_activities(session, facts.id, period),
        plan=_plan(session, facts.id, period),
        stories=_stories(session, facts.id, period),
        remarks=None if report is None else report.remarks,
        handed_over_on=None if report is None else report.handed_over_on,
        submitted_on=None if report is None else report.submitted_on,
        posted_on=None if report is None else report.posted_on,
        address=None if report is None else report.address,
    )


def _on_record(session: Session, facts: Facts, period: Period) -> work.AnnualReport | None:
    """Return what is on record of a report; that of a closeout report may stand under the last day of the year."""
    year = year_of(facts, facts.agreements[0].signed_on, period.last)
    rows = select(work.AnnualReport).where(
        work.AnnualReport.alliance_id == facts.id,
        work.AnnualReport.period_end.in_({period.last, period.last if year is None else year.last}),
    )
    return session.scalars(rows.order_by(work.AnnualReport.submitted_on).limit(1)).one_or_none()


def lacks_of(session: Session, alliance: Alliance, period: Period, *, today: date) -> int:
    """Count what the report of a period still lacks, without reading what no gap depends on."""
    overview, goals = _told(_papers(session, alliance.id, period.last))
    team, contributors = team_in(session, alliance.id, period)
    planned = select(WorkPlan.finalized_on).where(WorkPlan.alliance_id == alliance.id, WorkPlan.first == period.first)
    final = session.scalar(planned)
    report = AnnualReport(
        alliance=alliance.name,
        level=Level(alliance.level),
        offices=(),
        participants=(),
        period=period,
        closeout=False,
        written_on=today,
        signed_on=period.first,
        renewed_on=(),
        overview=overview,
        goals=goals,
        team=team,
        contributors=contributors,
        meetings=_meetings(session, alliance.id, period, today),
        activities=_activities(session, alliance.id, period),
        plan=None if final is None else PlanCopy(final, "", (), ()),
        stories=(),
    )
    return len(gaps(report))


def year_due(of: Gathered, today: date, duties: Sequence[Due]) -> date:
    """Return the last day of the year whose report is to be done first; where none is, of the year that runs.

    First comes what is to be submitted, then what is to be posted, the earliest of each first; `duties` are those of
    the day.
    """
    for rule in (REPORT, POSTING):
        waiting = [due for due in duties if due.rule == rule and due.status.unsettled and due.period is not None]
        for due in sorted(waiting, key=lambda due: due.due_on):
            if due.period is not None:
                return due.period.last
    return _running(of.facts, today)


def years_around(of: Gathered, period: Period, today: date) -> tuple[date | None, date | None]:
    """Return the last days of the years before and after the one of a report, as far as there are such by today."""
    facts = of.facts
    signed_on = facts.agreements[0].signed_on
    before = year_of(facts, signed_on, period.first - _DAY)
    over = facts.ending is not None and facts.ending.ended_on <= period.last
    after = year_of(facts, signed_on, period.last + _DAY) if period.last < today and not over else None
    return None if before is None else before.last, None if after is None else after.last


def _running(facts: Facts, today: date) -> date:
    """Return the last day of the year that runs, or in which the alliance ended."""
    on = today if facts.ending is None else min(today, facts.ending.ended_on)
    year = year_of(facts, facts.agreements[0].signed_on, on) if facts.agreements else None
    return on if year is None else year.last


def _period(of: Gathered, period_end: date, today: date, duties: Sequence[Due] | None) -> tuple[Period, bool]:
    facts = of.facts
    if not facts.agreements:
        raise Refused(f"{facts.name} is not signed yet: it has no agreement year to report on.")
    signed_on = facts.agreements[0].signed_on
    ended_on = None if facts.ending is None else facts.ending.ended_on
    if period_end.year == date.max.year:
        raise Refused(f"No agreement year of {facts.name} ends on {spelled(period_end)}. {_years(facts, today)}")
    year = year_of(facts, signed_on, period_end)
    if year is not None and ended_on is not None and ended_on in year and period_end in {ended_on, year.last}:
        return Period(year.first, ended_on), True
    if year is not None and period_end == year.last and (ended_on is None or period_end < ended_on):
        return year, False
    for due in of.duties_on(today) if duties is None else duties:
        # Under the regime of newer forms half-years are reported on, too.
        if due.rule == REPORT and due.period is not None and due.period.last == period_end:
            return due.period, False
    if year is None:
        raise Refused(
            f"{facts.name} was signed on {spelled(signed_on)}; no agreement year ended by {spelled(period_end)}. "
            f"{_years(facts, today)}"
        )
    last = min(year.last, ended_on or year.last)
    raise Refused(
        f"No agreement year of {facts.name} ends on {spelled(period_end)}; the one around it ends on {spelled(last)}. "
        f"{_years(facts, today)}"
    )


def _years(facts: Facts, today: date) -> str:
    """Name the latest agreement years, the one that runs included."""
    signed_on = facts.agreements[0].signed_on
    ended_on = date.max if facts.ending is None else facts.ending.ended_on
    year = year_of(facts, signed_on, _running(facts, today))
    found: list[str] = []
    while year is not None and len(found) < NAMED_YEARS:
        found.append(spelled(min(year.last, ended_on)))
        year = year_of(facts, signed_on, year.first - _DAY)
    if not found:
        return "None has begun."
    noun = "agreement year ends" if len(found) == 1 else "agreement years end"
    return f"Its {'latest ' if year else ''}{noun} on {listing(reversed(found))}."


def drafted_purpose(session: Session, alliance_id: int) -> tuple[str | None, tuple[str, ...]]:
    """Return overview and goals as the latest agreement that was drafted here says them, else as the proposal does."""
    return _told(one for one in _papers(session, alliance_id) if one.subject not in {PURPOSE, DRAFT})


def said_purpose(session: Session, alliance_id: int) -> SaidPurpose | None:
    """Return what was said of background and goals apart from any agreement; None where nothing was."""
    paper = next((one for one in _papers(session, alliance_id) if one.subject == PURPOSE and one.content), None)
    return None if paper is None else SaidPurpose(*_told([paper]), paper.made_by, paper.made_at)


def _papers(session: Session, alliance_id: int, last: date = date.max) -> list[Draft]:
    """Return what says the purpose of an alliance: the agreements signed by a day, the latest first, the proposal.

    Then what was said apart from them, and what is being prepared for the next agreement.
    """
    signed = select(Agreement.id).where(Agreement.alliance_id == alliance_id, Agreement.signed_on <= last)
    newest = session.scalars(signed.order_by(Agreement.signed_on.desc()))
    # A signing names the agreement as what its draft is of.
    subjects = [*(f"agreement:{id}" for id in newest), PROPOSAL, PURPOSE, DRAFT]
    found = latest_drafts(session, alliance_id, subjects)
    return [found[subject] for subject in subjects if subject in found]


def _told(papers: Iterable[Draft]) -> tuple[str | None, tuple[str, ...]]:
    """Return overview and goals, each as the first of these papers that says it."""
    overview: str | None = None
    goals: tuple[str, ...] = ()
    for paper in papers:
        overview = overview or paper.content.get(BACKGROUND if paper.subject in {PROPOSAL, PURPOSE} else "recognition")
        goals = goals or tuple(line.lstrip("-•* ").strip() for line in _goals(paper.content) if line.strip())
    return overview, goals


def _goals(content: Mapping[str, Any]) -> list[str]:
    said = content.get(GOALS) or ""
    return [*(said.splitlines() if isinstance(said, str) else said), *content.get("objectives", "").splitlines()]


def office_names(session: Session, alliance_id: int) -> tuple[str, ...]:
    """Return the names of the OSHA offices of an alliance, the lead office first."""
    rows = select(Office.name).join(AllianceOffice, AllianceOffice.office_id == Office.id)
    return tuple(session.scalars(rows.where(AllianceOffice.alliance_id == alliance_id).order_by(AllianceOffice.rank)))


def _participants(session: Session, alliance_id: int, period: Period) -> tuple[str, ...]:
    """Return the signatories of the period, those who left or joined within it included."""
    here = (
        Signatory.alliance_id == alliance_id,
        or_(Signatory.joined_on.is_(None), Signatory.joined_on <= period.last),
        or_(Signatory.left_on.is_(None), Signatory.left_on >= period.first),
    )
    return tuple(session.scalars(select(Signatory.name).where(*here).order_by(Signatory.id)))


def team_in(session: Session, alliance_id: int, period: Period) -> tuple[tuple[MemberRow, ...], tuple[MemberRow, ...]]:
    """Return who was on the team in a period, and the other contributors."""
    here = (
        TeamMember.alliance_id == alliance_id,
        TeamMember.withdrawn_at.is_(None),
        TeamMember.since <= period.last,
        or_(TeamMember.until.is_(None), TeamMember.until >= period.first),
    )
    team: list[MemberRow] = []
    contributors: list[MemberRow] = []
    for row in session.scalars(select(TeamMember).where(*here).order_by(TeamMember.organization, TeamMember.name)):
        others = row.part in _CONTRIBUTORS
        (contributors if others else team).append(MemberRow(row.name, row.organization, row.part))
    return tuple(team), tuple(contributors)


def _meetings(session: Session, alliance_id: int, period: Period, today: date) -> tuple[MeetingRow, ...]:
    """Return the meetings of the period, and those whose day can only be a slip of the pen."""
    meeting = work.Meeting
    rows = select(meeting).where(
        meeting.alliance_id == alliance_id,
        meeting.withdrawn_at.is_(None),
        or_(
            meeting.on_day.between(period.first, period.last),
            meeting.on_day > today + FAR_OFF,
        ),
    )
    return tuple(
        MeetingRow(
            f"meeting:{row.id}",
            row.on_day,
            row.held,
            row.format,
            (*(str(one["name"]) for one in row.present), *([row.attendees] if row.attendees else [])),
            row.notes,
        )
        for row in session.scalars(rows.order_by(meeting.on_day))
    )


def _activities(session: Session, alliance_id: int, period: Period) -> tuple[ActivityRow, ...]:
    activity = work.Activity
    rows = select(activity).where(
        activity.alliance_id == alliance_id,
        activity.withdrawn_at.is_(None),
        activity.on_day.between(period.first, period.last),
    )
    return tuple(
        ActivityRow(
            f"activity:{row.id}", row.kind, row.on_day, row.title, row.reached, tuple(row.emphasis), dict(row.details)
        )
        for row in session.scalars(rows.order_by(activity.on_day, activity.id))
    )


def _plan(session: Session, alliance_id: int, period: Period) -> PlanCopy | None:
    plan = session.scalar(select(WorkPlan).where(WorkPlan.alliance_id == alliance_id, WorkPlan.first == period.first))
    if plan is None:
        return None
    content = content_of(session, plan)
    return PlanCopy(
        content.finalized_on,
        content.summary,
        tuple((a.what, a.audience or "", a.person or "", a.metric or "") for a in content.activities),
        tuple(MilestoneRow(m.title, m.due_on, m.person, m.done_on) for m in milestones_of(session, plan)),
    )


def _stories(session: Session, alliance_id: int, period: Period) -> tuple[Story, ...]:
    rows = select(SuccessStory).where(
        SuccessStory.alliance_id == alliance_id,
        SuccessStory.withdrawn_at.is_(None),
        SuccessStory.on_day.between(period.first, period.last),
    )
    return tuple(
        Story(row.on_day, row.title, row.story, row.address)
        for row in session.scalars(rows.order_by(SuccessStory.on_day))
    )
