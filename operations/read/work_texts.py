"""Read what the papers of an alliance's work say: its meetings, work plans, evaluations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.plans import WorkPlan
from models.work import Activity, Evaluation, Meeting
from operations.actor import office_day
from operations.gather_facts import Gathered
from operations.operate.plan_content import content_of, milestones_of, versions_of
from operations.operate.record_evaluation import Marked
from operations.read.annual_report import team_in
from operations.read.begun import marks_of
from policy.annual_report import MilestoneRow
from policy.dates import year_of
from policy.duties import Period
from policy.editions import edition_on
from policy.evaluation_marks import EVALUATED, Evaluated, evaluated
from policy.facts import Facts
from policy.handed_papers import EvaluationText, Head, MarkRow, MeetingText, PlanText, parties_on
from policy.papers_there import PaperThere

#: Activities that an agenda names, the latest ones.
MOST_DONE = 30


def read_meeting(session: Session, of: Gathered, there: PaperThere, head: Head) -> tuple[Head, MeetingText]:
    """Read a meeting, with what an agenda and minutes tell beside it."""
    row = session.get_one(Meeting, there.record)
    facts, on = of.facts, row.on_day
    team, others = team_in(session, facts.id, Period(on, on))
    before = max((m.on for m in facts.meetings if m.held and m.on < on), default=None)
    return head, MeetingText(
        on=on,
        begins_at=row.begins_at,
        timezone=of.timezone,
        held=row.held,
        format=row.format,
        present=tuple((one["name"], one["organization"]) for one in row.present),
        attendees=row.attendees,
        notes=row.notes,
        team=(*team, *others),
        before=before,
        milestones=_open_on(facts, on),
        done=_done(session, facts.id, before, on),
        next_on=min((m.on for m in facts.meetings if not m.held and m.on > on), default=None),
    )


def _open_on(facts: Facts, on: date) -> tuple[MilestoneRow, ...]:
    """Return the milestones that were open on a day, of the work plan that ran."""
    plan = max((p for p in facts.work_plans if p.first <= on), key=lambda p: p.first, default=None)
    return tuple(
        MilestoneRow(m.title, m.due_on, m.person, m.done_on)
        for m in facts.milestones
        if plan is not None and m.work_plan_id == plan.id and (m.done_on is None or m.done_on > on)
    )


def _done(session: Session, alliance_id: int, before: date | None, on: date) -> tuple[tuple[date, str], ...]:
    rows = session.execute(
        select(Activity.on_day, Activity.title)
        .where(
            Activity.alliance_id == alliance_id,
            Activity.withdrawn_at.is_(None),
            Activity.on_day > (before or date.min),
            Activity.on_day <= on,
        )
        .order_by(Activity.on_day.desc(), Activity.id.desc())
        .limit(MOST_DONE)
    ).all()
    return tuple((row.on_day, row.title) for row in reversed(rows))


def read_plan(session: Session, of: Gathered, there: PaperThere, head: Head) -> tuple[Head, PlanText]:
    """Read a work plan as it stands."""
    plan = session.get_one(WorkPlan, there.record)
    content = content_of(session, plan)
    year = year_of(of.facts, of.facts.agreements[0].signed_on, plan.first) if of.facts.agreements else None
    versions = versions_of(session, plan)
    # Who joined or left within the year did so after its first day.
    on = max(plan.first, head.written_on if year is None else min(head.written_on, year.last))
    return replace(head, participants=parties_on(of.facts, on)), PlanText(
        first=plan.first,
        last=None if year is None else year.last,
        finalized_on=content.finalized_on,
        summary=content.summary,
        lines=tuple((one.what, one.audience or "", one.person or "", one.metric or "") for one in content.activities),
        milestones=tuple(MilestoneRow(m.title, m.due_on, m.person, m.done_on) for m in milestones_of(session, plan)),
        corrections=tuple(
            (office_day(one.recorded_at, of.timezone), one.reason) for one in versions if one.reason is not None
        ),
    )


def read_evaluation(session: Session, of: Gathered, there: PaperThere, head: Head) -> tuple[Head, EvaluationText]:
    """Read an evaluation with the criteria of the edition under which it was made; without one, those of today."""
    row = None if there.record is None else session.get_one(Evaluation, there.record)
    marks = {} if row is None else marks_of(row)
    last = head.written_on if row is None else row.period_end
    signed = [agreement.signed_on for agreement in of.facts.agreements if agreement.signed_on <= last]
    asked = evaluated(edition_on(max(signed, default=last)))
    rows = tuple(_mark(one, marks.get(one.id)) for one in EVALUATED if one in asked or one.id in marks)
    if row is None:
        return head, EvaluationText(None, None, None, rows, None, None, None, None)
    return head, EvaluationText(
        period_end=row.period_end,
        evaluated_on=row.evaluated_on,
        findings=row.findings,
        marks=rows,
        discussed_on=row.discussed_on,
        discussion=row.discussion,
        recommendation=row.recommendation,
        reasons=row.reasons,
    )


def _mark(one: Evaluated, marked: Marked | None) -> MarkRow:
    if marked is None:
        return MarkRow(one.title, one.clause.name, None, None)
    return MarkRow(one.title, one.clause.name, marked.mark, marked.note)
