"""The agenda of a planned meeting of the Implementation Team, and the minutes of one that was held (VI.H)."""

from __future__ import annotations

from collections.abc import Iterator

from documents.paper import Block, Bullets, Column, Facts, Heading, Missing, Paper, Table, Text
from documents.said import NOT_ON_RECORD, paragraph, points, said_day
from policy.annual_report import MilestoneRow
from policy.handed_papers import Head, MeetingText
from policy.words import clock, day, listing


def meeting_paper(head: Head, told: MeetingText) -> Paper:
    """Lay the minutes of a meeting out, or its agenda while it is planned."""
    title = (
        "IMPLEMENTATION TEAM MEETING: MINUTES" if told.held else "IMPLEMENTATION TEAM MEETING: AGENDA",
        head.alliance,
        day(told.on),
    )
    blocks = _minutes(told) if told.held else _agenda(told)
    return Paper(title, (_facts(head, told), *blocks), author=head.offices[0], dated=head.written_on)


def _facts(head: Head, told: MeetingText) -> Facts:
    begins = NOT_ON_RECORD if told.begins_at is None else f"{clock(told.begins_at)} ({told.timezone})"
    return Facts(
        (
            ("Date", day(told.on)),
            ("Begins at", begins),
            ("How the team meets", told.format),
            ("OSHA offices", listing(head.offices)),
            ("Participants", listing(head.participants) or NOT_ON_RECORD),
        )
    )


def _agenda(told: MeetingText) -> Iterator[Block]:
    yield Heading("Invited: the Implementation Team")
    yield from _people("Members of the team", tuple((one.name, one.organization) for one in told.team))
    yield Heading("1. Minutes of the meeting before")
    yield Text("No earlier meeting is on record." if told.before is None else f"Meeting of {day(told.before)}.")
    yield Heading("2. Topics")
    yield points(told.notes, "A topic")
    yield Heading("3. Activities since then")
    if told.done:
        yield Bullets(tuple(f"{day(on)}: {title}" for on, title in told.done))
    else:
        yield Text("None on record.")
    yield Heading("4. Work plan: milestones that are open")
    yield from _milestones(told.milestones)
    yield Heading("5. Next steps and next meeting")
    yield Text(f"Next meeting: {said_day(told.next_on)}.")


def _minutes(told: MeetingText) -> Iterator[Block]:
    yield Heading("Present")
    yield from _people("Members of the team who were there", told.present, attended=bool(told.attendees))
    if told.attendees:
        yield Heading("Others who were there" if told.present else "Who was there", 2)
        yield points(told.attendees, "Who was there")
    yield Heading("What was discussed")
    yield paragraph(told.notes, "What was discussed")
    yield Heading("Work plan: milestones that were open")
    yield from _milestones(told.milestones)
    yield Heading("Next meeting")
    yield Text(f"{said_day(told.next_on)}.".capitalize())


def _people(caption: str, people: tuple[tuple[str, str], ...], *, attended: bool = False) -> Iterator[Block]:
    if people:
        yield Table(caption, (Column("Name"), Column("Organization", 1.5)), people)
    elif not attended:
        yield Missing(f"{caption}: nobody is on record.")


def _milestones(open_ones: tuple[MilestoneRow, ...]) -> Iterator[Block]:
    if not open_ones:
        yield Text("None on record.")
        return
    columns = (Column("Milestone", 2), Column("Due"), Column("Responsible"))
    rows = tuple((one.title, day(one.due_on), one.person) for one in open_ones)
    yield Table("Milestones of the work plan that were open on the day of the meeting", columns, rows)
