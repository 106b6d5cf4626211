"""How a duty is worded, the same on every surface: what, when, how it stands, by which clause."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bot.blocks import safe
from operations.gather_program import Owing
from operations.read.answers import NOTHING, Answers
from operations.read.duties import Owed
from operations.read.message import Shown
from policy.clauses import EDITIONS
from policy.duties import Basis, Due, Modality, Period, Status
from policy.fiscal import fiscal_year, half_year
from policy.meeting_year import MeetingYear, held_words, meeting_words
from policy.rules import RULES
from policy.words import capital, count, day

#: What the period of a duty is called where it is no agreement year.
_PERIODS = {"renewal-decision": "term", "coordinator-call": "fiscal quarter"}
#: Under the reporting regime of newer forms, and for the fiscal-year checklist: periods that end with these.
_FISCAL = {"annual-report": ("half-year", half_year), "evaluation": ("fiscal year", fiscal_year)}
#: Not strftime: it follows the locale of the process.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Row:
    """A duty as a line of a message or list, wherever it was read from."""

    id: uuid.UUID
    #: The name of the alliance; the program is called by its own.
    alliance: str
    rule: str
    period: Period | None
    due_on: date
    working_day: date
    status: Status
    basis: Basis
    modality: Modality
    clauses: tuple[str, ...]
    #: Meetings only.
    meetings: MeetingYear | None
    #: The day on which it stands so, at its office.
    on: date
    #: What tells it from others of its rule, such as the milestone's title, or how far it has come.
    detail: str | None = None
    answers: Answers = NOTHING
    #: The group in which it stands first for the person who looks.
    first: str | None = None
    #: Whether that person can decide what is asked.
    decides: bool = False

    @property
    def late(self) -> bool:
        """Whether its day has passed with nothing recorded."""
        return self.status in {Status.OVERDUE, Status.PAST_TARGET}

    @property
    def asked_for(self) -> bool:
        """Whether somebody has to do something; nobody has to use a permission."""
        return self.status.unsettled and self.modality is not Modality.PERMISSION


def row_of_shown(shown: Shown) -> Row:
    """Return the line of a duty that a message shows."""
    period = None
    if shown.period is not None:
        first, last = map(date.fromisoformat, shown.period.split("/"))
        period = Period(first, last)
    return Row(
        id=shown.id,
        alliance=shown.alliance,
        rule=shown.rule,
        period=period,
        due_on=shown.due_on,
        working_day=shown.working_day,
        status=shown.status,
        basis=shown.basis,
        modality=shown.modality,
        clauses=shown.clauses,
        meetings=shown.meetings,
        on=shown.on,
        detail=shown.detail,
        answers=shown.answers,
    )


def row_of_owed(owed: Owed) -> Row:
    """Return the line of a duty that a list shows."""
    return row_of_due(owed.due, owed.of, owed.on)


def row_of_due(due: Due, of: Owing, on: date) -> Row:
    """Return the line of a duty as it stands on a day."""
    return Row(
        id=due.id,
        alliance=of.facts.name,
        rule=due.rule,
        period=due.period,
        due_on=due.due_on,
        working_day=due.working_day,
        status=due.status,
        basis=due.basis,
        modality=due.modality,
        clauses=tuple(clause.name for clause in due.clauses),
        meetings=due.meetings,
        on=on,
        detail=of.detail(due),
    )


def title(rule: str) -> str:
    """Return what a rule asks for, in words; a rule no longer in force is named by its id."""
    known = RULES.get(rule)
    return rule if known is None else known.title


def weekday(on: date) -> str:
    """Name the day of the week."""
    return _WEEKDAYS[on.weekday()]


def full_day(on: date) -> str:
    """Write a date with its weekday, as in "Friday, June 19, 2026"."""
    return f"{weekday(on)}, {day(on)}"


def standing(row: Row) -> str:
    """Say how a duty stands on its day, as in "overdue by 12 days"."""
    distance = abs((row.due_on - row.on).days)
    days = count(distance, "day")
    words = {
        Status.OVERDUE: f"overdue by {days}",
        Status.PAST_TARGET: f"past its target by {days}",
        Status.MET: "done",
        Status.WAIVED: "waived",
        Status.LIFTED: "no longer possible" if row.modality is Modality.PERMISSION else "no longer owed",
    }.get(row.status)
    if words is None and row.modality is Modality.PERMISSION:
        words = "possible, not asked for"
    if words is None:
        target = row.basis is Basis.OFFICE
        ahead = f"{days} to go" if target else f"due in {days}"
        kind = "target" if target else "due"
        words = {0: f"{kind} today", 1: f"{kind} tomorrow"}.get(distance, ahead)
    if row.modality is Modality.ADVISORY:
        words += ", advisory"
    if row.status is Status.OPEN and row.meetings is not None and row.meetings.risk is not None:
        words += f" (at risk: {row.meetings.risk})"
    return words


def due_words(row: Row) -> str:
    """Say when it is due, with the working day where that differs; a target is called a target."""
    if row.modality is Modality.PERMISSION:
        return f"Possible since {full_day(row.due_on)}"
    word = "Target" if row.basis is Basis.OFFICE else "Due"
    words = f"{word} {full_day(row.due_on)}"
    if row.working_day != row.due_on:
        words += f" (last working day before it: {full_day(row.working_day)})"
    return words


def about(row: Row) -> str:
    """Say what a duty is about beyond its title: the agreement year or term, the milestone, how far it has come."""
    parts = []
    if row.period is not None:
        parts.append(f"{_period_name(row.rule, row.period)} {day(row.period.first)} to {day(row.period.last)}")
    if row.detail:
        parts.append(safe(row.detail))
    if row.meetings is not None:
        parts.append(meeting_words(row.meetings) if row.status.unsettled else held_words(row.meetings))
    return ", ".join(parts)


def _period_name(rule: str, period: Period) -> str:
    if rule in _FISCAL:
        name, of = _FISCAL[rule]
        whole = of(period.last)
        if period.last == whole.last and period.first >= whole.first:
            return name
    return _PERIODS.get(rule, "agreement year")


@lru_cache(maxsize=1024)
def clause_words(clauses: tuple[str, ...]) -> str:
    """Name the clauses, the publication once: "CSP 04-01-002 VI.E, VIII.F.3"."""
    named: list[str] = []
    publication = ""
    for clause in clauses:
        edition = next((e for e in EDITIONS if clause.startswith(f"{e} ")), "")
        named.append(clause.removeprefix(f"{edition} ") if edition == publication else clause)
        publication = edition
    return ", ".join(named)


def row_text(row: Row) -> str:
    """Write a duty as a paragraph of mrkdwn."""
    more = about(row)
    lines = [
        f"*{title(row.rule)}*",
        safe(row.alliance),
        *([capital(more)] if more else []),
        f"{due_words(row)}. *{capital(standing(row))}.*",
        f"_{clause_words(row.clauses)}_",
    ]
    return "\n".join(lines)


def row_line(row: Row) -> str:
    """Write a duty as one line."""
    what = f"{title(row.rule)} ({safe(row.detail)})" if row.detail else title(row.rule)
    return f"{what}, {safe(row.alliance)}: {due_words(row)}; {standing(row)}."


def open_duties(number: int) -> str:
    """Count duties, as in "1 open duty" or "2 open duties"."""
    return count(number, "open duty")
