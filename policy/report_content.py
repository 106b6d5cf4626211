"""What of an annual report is approved, field by field, so that two states of it can be compared: pure."""

from __future__ import annotations

from collections.abc import Iterator

from policy.annual_report import TABLES, ActivityRow, AnnualReport, MeetingRow, MemberRow, PlanCopy, Table
from policy.drafts import Value, clean_content
from policy.words import day


def report_content(report: AnnualReport) -> dict[str, Value]:
    """Return what a report says, flat; how it was handed over, submitted and posted is no part of it."""
    return clean_content(
        {
            "period": f"{day(report.period.first)} to {day(report.period.last)}",
            "offices": report.offices,
            "participants": report.participants,
            "signed": day(report.signed_on),
            "renewed": [day(on) for on in report.renewed_on],
            "overview": report.overview,
            "goals": report.goals,
            "implementation_team": [_member(one) for one in report.team],
            "other_contributors": [_member(one) for one in report.contributors],
            "meetings": [_meeting(one) for one in report.meetings if one.held],
            **{_name(table): [_row(table, row) for row in report.rows(table)] for table in TABLES},
            "success_stories": [f"{day(one.on)}: {one.title}. {one.story}" for one in report.stories],
            "work_plan": [] if report.plan is None else list(_plan(report.plan)),
        }
    )


def _name(table: Table) -> str:
    return table.title.replace(" ", "_")


def _member(one: MemberRow) -> str:
    return ", ".join(filter(None, (one.name, one.organization, one.part)))


def _meeting(one: MeetingRow) -> str:
    return "; ".join(filter(None, (day(one.on), one.format, ", ".join(one.present), one.notes)))


def _row(table: Table, row: ActivityRow) -> str:
    return "; ".join(f"{column.label}: {cell}" for column in table.columns if (cell := row.cell(column)))


def _plan(plan: PlanCopy) -> Iterator[str]:
    yield f"Final on {day(plan.finalized_on)}: {plan.summary}"
    for line in plan.lines:
        yield "; ".join(filter(None, line))
    for one in plan.milestones:
        done = "not reached yet" if one.done_on is None else f"reached on {day(one.done_on)}"
        yield f"{day(one.due_on)}; {one.person}; {one.title}: {done}"
