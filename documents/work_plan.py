"""The work plan of a year: what it says, its activities, how far its milestones are (CSP 04-01-002 VI.C)."""

from __future__ import annotations

from collections.abc import Iterator

from documents.paper import Block, Bullets, Column, Facts, Heading, Missing, Paper, Table
from documents.said import NOT_ON_RECORD, paragraph, said, said_day
from policy.handed_papers import Head, PlanText
from policy.words import day, listing


def work_plan(head: Head, told: PlanText) -> Paper:
    """Lay a work plan out."""
    title = ("ALLIANCE WORK PLAN", head.alliance, f"{day(told.first)} to {said_day(told.last)}")
    return Paper(title, tuple(_blocks(head, told)), author=head.offices[0], dated=head.written_on, landscape=True)


def _blocks(head: Head, told: PlanText) -> Iterator[Block]:
    yield Facts(
        (
            ("OSHA offices", listing(head.offices)),
            ("Participants", listing(head.participants) or NOT_ON_RECORD),
            ("Agreement year", f"{day(told.first)} to {said_day(told.last)}"),
            ("Final on", day(told.finalized_on)),
        )
    )
    yield Heading("Summary")
    yield paragraph(told.summary, "A summary")
    yield Heading("Activities and Products")
    if told.lines:
        columns = (Column("Activity", 2), Column("Audience"), Column("Responsible"), Column("How it is measured", 1.5))
        rows = tuple(tuple(map(said, line)) for line in told.lines)
        yield Table("Activities and products of the work plan", columns, rows)
    else:
        yield Missing("Activities, audiences and measures are not on record row by row.")
    yield Heading("Milestones")
    if told.milestones:
        columns = (Column("Milestone", 2), Column("Due"), Column("Responsible"), Column("Reached"))
        marks = tuple(
            (m.title, day(m.due_on), said(m.person), day(m.done_on) if m.done_on else "not yet")
            for m in told.milestones
        )
        yield Table("Milestones of the work plan", columns, marks)
    else:
        yield Missing("No milestone is on record.")
    if told.corrections:
        yield Heading("Corrections")
        yield Bullets(tuple(f"{day(on)}: {reason}" for on, reason in told.corrections))
