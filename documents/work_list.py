"""A person's work on one page: what is due by when, what waits, how the alliances stand, as a paper to print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from documents.html import html
from documents.paper import Block, Bullets, Column, Heading, Paper, Table, Text
from policy.words import count, day


@dataclass(frozen=True, slots=True)
class Task:
    """A duty as a row."""

    due: str
    what: str
    alliance: str
    stands: str
    #: What people answered to it.
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """An alliance as a row."""

    name: str
    state: str
    meetings: str
    at_risk: str
    next: str


@dataclass(frozen=True, slots=True)
class WorkList:
    """The work of one person on a day."""

    name: str
    today: date
    positions: tuple[str, ...]
    #: By when, as headings, each with its rows.
    tasks: tuple[tuple[str, tuple[Task, ...]], ...]
    to_approve: tuple[str, ...]
    alliances: tuple[Standing, ...]
    asked: tuple[str, ...]
    acting: tuple[str, ...]
    #: What could not be worked out, or what to do first where there is nothing.
    notes: tuple[str, ...] = ()


TITLE = "My work in the Alliance Program"

_TASKS = (
    Column("Due", 1.6),
    Column("What", 2.2),
    Column("Alliance", 2.2),
    Column("How it stands", 1.4),
    Column("Notes"),
)
_ALLIANCES = (
    Column("Alliance", 2.0),
    Column("State", 2.0),
    Column("Meetings", 2.0),
    Column("At risk", 1.4),
    Column("Next", 2.0),
)


def work_page(work: WorkList) -> str:
    """Return the page as HTML; it refers to nothing outside itself."""
    return html(work_paper(work))


def work_paper(work: WorkList) -> Paper:
    """Return the page as a paper."""
    title = (TITLE, f"{work.name}, {day(work.today)}")
    return Paper(title, tuple(_blocks(work)), author=work.name, dated=work.today, landscape=True)


def _blocks(work: WorkList) -> Iterator[Block]:
    if work.positions:
        yield Text("; ".join(work.positions))
    yield from map(Text, work.notes)
    yield Heading("Due for me and my offices")
    if not work.tasks:
        yield Text("Nothing is due.")
    for name, tasks in work.tasks:
        rows = tuple((task.due, task.what, task.alliance, task.stands, task.notes) for task in tasks)
        yield Table(f"{name}: {count(len(tasks), 'duty')}", _TASKS, rows)
    yield from _list("Waiting for my approval", work.to_approve)
    if work.alliances:
        yield Heading("My alliances")
        rows = tuple((one.name, one.state, one.meetings, one.at_risk, one.next) for one in work.alliances)
        yield Table(count(len(rows), "alliance"), _ALLIANCES, rows)
    yield from _list("What I asked, and who has it", work.asked)
    yield from _list("Acting for others", work.acting)


def _list(heading: str, lines: tuple[str, ...]) -> Iterator[Block]:
    if lines:
        yield Heading(heading)
        yield Bullets(lines)
