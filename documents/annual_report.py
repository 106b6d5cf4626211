"""The annual report in the layout of OSHA's form for field alliances (12-10.4; CSP 04-01-002 VI.E)."""

from __future__ import annotations

from collections.abc import Iterator

from documents.paper import Block, Bullets, Column, Facts, Heading, Missing, Paper, Table, Text
from policy.annual_report import TABLES, AnnualReport, MemberRow, gaps
from policy.annual_report import Table as FormTable
from policy.facts import Level
from policy.words import day, listing

#: What the register of clauses calls it.
NAME = "annual-report"
#: Of columns that hold sentences, beside one that holds a word.
_WIDE = {"title": 2.2, "info": 2.0, "representatives": 1.6, "presentation": 1.6, "trainer": 1.6, "emphasis": 1.3}
_NARROW = {"state": 0.6, "reached": 0.9}


def annual_report(report: AnnualReport) -> Paper:
    """Lay an annual report out; what it still lacks stands at its beginning, marked."""
    field = "" if report.level is Level.NATIONAL else "Regional-Area Office Alliances"
    title = (
        "ALLIANCE CLOSEOUT REPORT" if report.closeout else "ALLIANCE ANNUAL REPORT",
        f"OSHA and {listing(report.participants or (report.alliance,))}",
        *filter(None, (field, report.alliance, day(report.written_on))),
    )
    return Paper(title, tuple(_blocks(report)), author=report.offices[0], dated=report.written_on, landscape=True)


def _blocks(report: AnnualReport) -> Iterator[Block]:
    for gap in gaps(report):
        yield Missing(gap.sentence)
    yield from _background(report)
    yield from _meetings(report)
    yield from _results(report)
    yield from _reach(report)
    yield from _plan(report)
    if report.remarks:
        yield Heading("Remarks")
        yield Text(report.remarks)
    yield from _way(report)


def _background(report: AnnualReport) -> Iterator[Block]:
    yield Heading("I. Alliance Background")
    yield Facts(
        (
            ("Date Signed", day(report.signed_on)),
            ("Dates Renewed", "; ".join(map(day, report.renewed_on)) or "None"),
            ("Evaluation Period", f"{day(report.period.first)} to {day(report.period.last)}"),
            ("OSHA offices", "; ".join(report.offices)),
        )
    )
    yield Heading("Overview and Goals", 2)
    if report.overview:
        yield Text(report.overview)
    if report.goals:
        yield Bullets(report.goals)
    if report.team:
        yield Heading("Implementation Team Members", 2)
        yield _people("Members of the Implementation Team in the period", report.team)
    if report.contributors:
        yield Heading("Other Contributors", 2)
        yield _people("Other contributors", report.contributors)


def _people(caption: str, people: tuple[MemberRow, ...]) -> Table:
    columns = (Column("Name"), Column("Organization", 1.5), Column("Stands for"))
    return Table(caption, columns, tuple((one.name, one.organization, one.part or "") for one in people))


def _meetings(report: AnnualReport) -> Iterator[Block]:
    yield Heading("II. Implementation Team Meetings")
    held = [meeting for meeting in report.meetings if meeting.held]
    if not held:
        yield Text("No meeting was held in the period.")
        return
    rows = tuple((day(m.on), m.format, ", ".join(m.present), m.notes or "") for m in held)
    columns = (Column("Date"), Column("Held"), Column("Present", 2), Column("Minutes", 3))
    yield Table("Meetings held in the period", columns, rows)


def _results(report: AnnualReport) -> Iterator[Block]:
    yield Heading("III. Results")
    for table in TABLES:
        yield Heading(table.title, 2)
        rows = report.rows(table)
        if not rows:
            yield Text("None in the period.")
            continue
        filled = tuple(tuple(row.cell(column) for column in table.columns) for row in rows)
        number = "1 entry" if len(rows) == 1 else f"{len(rows)} entries"
        caption = f"{table.title}: {number}, {report.reached(rows):,} people reached"
        yield Table(caption, _columns(table), filled)


def _columns(table: FormTable) -> tuple[Column, ...]:
    return tuple(
        Column(column.label, _WIDE.get(column.name, _NARROW.get(column.name, 1.0)), numeric=column.name == "reached")
        for column in table.columns
    )


def _reach(report: AnnualReport) -> Iterator[Block]:
    yield Heading("IV. Reach and Impact")
    number = "1 activity" if len(report.activities) == 1 else f"{len(report.activities)} activities"
    yield Text(f"{report.reached():,} people reached by {number}, as far as numbers are on record.")
    by_area = report.reached_by_emphasis()
    if by_area:
        columns = (
            Column("Emphasis area", 2),
            Column("Activities", numeric=True),
            Column("People reached", numeric=True),
        )
        rows = tuple((area, str(number), f"{reached:,}") for area, number, reached in by_area)
        yield Table(
            "Activities and people reached by emphasis area; one of several areas counts in each", columns, rows
        )
    for story in report.stories:
        yield Heading(f"Success story: {story.title}", 2)
        yield Text(story.story)
        if story.address:
            yield Text(story.address)


def _plan(report: AnnualReport) -> Iterator[Block]:
    yield Heading("V. Work Plan of the Period")
    plan = report.plan
    if plan is None:
        yield Text("No Work Plan is on record for the period.")
        return
    yield Text(f"Final on {day(plan.finalized_on)}.")
    yield Text(plan.summary)
    if plan.lines:
        columns = (Column("Activity", 2), Column("Audience"), Column("Responsible"), Column("Metric", 1.5))
        yield Table("Activities of the Work Plan", columns, plan.lines)
    if plan.milestones:
        columns = (Column("Milestone", 2), Column("Due"), Column("Responsible"), Column("Reached"))
        rows = tuple(
            (m.title, day(m.due_on), m.person, day(m.done_on) if m.done_on else "not yet") for m in plan.milestones
        )
        yield Table("Milestones of the Work Plan", columns, rows)


def _way(report: AnnualReport) -> Iterator[Block]:
    said = [
        ("Handed over to the region", report.handed_over_on),
        ("Submitted to DCSP", report.submitted_on),
        ("Posted", report.posted_on),
    ]
    rows = [(label, day(on)) for label, on in said if on is not None]
    if report.address:
        rows.append(("Address", report.address))
    if rows:
        yield Heading("On Record")
        yield Facts(tuple(rows))
