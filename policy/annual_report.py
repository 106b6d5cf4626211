"""What an annual report holds (VI.E), in the tables of OSHA's form for field alliances, and what one still lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from policy.clauses import cite
from policy.duties import Period
from policy.facts import Level
from policy.words import count, day, listing

#: What the report is made of, and what is missed where it is not there.
VI_E = cite("CSP 04-01-002 VI.E (contents)")

#: A day this much after the report's own is a slip of the pen, not a plan.
FAR_OFF = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of the form."""

    #: A field of an activity, or of its details.
    name: str
    label: str
    #: What its absence is called; None where the form does without.
    lack: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the form: the kinds of activity that stand in it, and its columns."""

    title: str
    #: How the form names each kind that stands in it.
    kinds: Mapping[str, str]
    columns: tuple[Column, ...]


_WHEN = Column("on", "Date")
_EMPHASIS = Column("emphasis", "Emphasis Area(s)", "emphasis area")
_REACHED = Column("reached", "Number Reached", "number reached")
_MORE = Column("info", "Additional Information")
_PLACE = (Column("city", "City", "city"), Column("state", "State", "state"))

#: OSHA's form 12-10.4, section III; a table of products follows, as VI.E asks for them.
TABLES = (
    Table(
        "Dissemination",
        {"dissemination": "Dissemination"},
        (Column("type", "Type"), _WHEN, Column("title", "Description"), _EMPHASIS, _REACHED, _MORE),
    ),
    Table(
        "Outreach Events and Training for non-OSHA Staff",
        {"outreach": "Outreach event", "training": "Training"},
        (
            Column("type", "Activity Type"),
            _WHEN,
            Column("title", "Event Name"),
            Column("representatives", "Representative(s) and Affiliation", "representative and affiliation"),
            Column("presentation", "Title of Presentation"),
            *_PLACE,
            _EMPHASIS,
            _REACHED,
            _MORE,
        ),
    ),
    Table(
        "Training for OSHA Staff",
        {"osha-training": "Training"},
        (
            Column("type", "Type"),
            _WHEN,
            Column("trainer", "Trainer Name/Title", "trainer"),
            Column("title", "Training Title"),
            Column("audience", "Audience", "audience"),
            *_PLACE,
            _EMPHASIS,
            _REACHED,
            _MORE,
        ),
    ),
    Table(
        "Products",
        {"product": "Product"},
        (_WHEN, Column("title", "Product"), _EMPHASIS, _REACHED, _MORE),
    ),
)
_TABLE_OF = {kind: table for table in TABLES for kind in table.kinds}


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting of the Implementation Team in the period."""

    record: str
    on: date
    held: bool
    format: str
    present: tuple[str, ...]
    notes: str | None


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity of the period."""

    #: As it is named where it can be corrected: "activity:12".
    record: str
    kind: str
    on: date
    title: str
    reached: int | None
    emphasis: tuple[str, ...]
    details: Mapping[str, Any]

    def cell(self, column: Column) -> str:
        """Return what stands in a column, "" for nothing."""
        match column.name:
            case "type":
                return _TABLE_OF[self.kind].kinds[self.kind]
            case "on":
                return day(self.on)
            case "title":
                return self.title
            case "reached":
                return "" if self.reached is None else f"{self.reached:,}"
            case "emphasis":
                return ", ".join(self.emphasis)
        said = self.details.get(column.name) or ""
        return ", ".join(said) if isinstance(said, list | tuple) else str(said)


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of the team in the period, or another contributor."""

    name: str
    organization: str
    part: str | None = None


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone of the year's work plan."""

    title: str
    due_on: date
    person: str
    done_on: date | None


@dataclass(frozen=True, slots=True)
class PlanCopy:
    """The copy of the Work Plan for the reporting year."""

    finalized_on: date
    summary: str
    #: One for each line: what, for whom, who, measured how.
    lines: tuple[tuple[str, str, str, str], ...]
    milestones: tuple[MilestoneRow, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A success story of the period."""

    on: date
    title: str
    story: str
    address: str | None


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """The annual report of one agreement year, or the closeout report of the year in which the alliance ended."""

    alliance: str
    level: Level
    #: The lead office first.
    offices: tuple[str, ...]
    participants: tuple[str, ...]
    period: Period
    closeout: bool
    #: The day as of which it is written.
    written_on: date
    signed_on: date
    renewed_on: tuple[date, ...]
    overview: str | None
    goals: tuple[str, ...]
    team: tuple[MemberRow, ...]
    contributors: tuple[MemberRow, ...]
    meetings: tuple[MeetingRow, ...]
    activities: tuple[ActivityRow, ...]
    plan: PlanCopy | None
    stories: tuple[Story, ...]
    remarks: str | None = None
    handed_over_on: date | None = None
    submitted_on: date | None = None
    posted_on: date | None = None
    address: str | None = None

    def rows(self, table: Table) -> tuple[ActivityRow, ...]:
        """Return the activities that stand in a table, by day."""
        return tuple(row for row in self.activities if row.kind in table.kinds)

    def reached(self, activities: Iterable[ActivityRow] | None = None) -> int:
        """Return how many people were reached, as far as that is on record."""
        return sum(row.reached or 0 for row in (self.activities if activities is None else activities))

    def reached_by_emphasis(self) -> list[tuple[str, int, int]]:
        """Return (emphasis area, activities, people reached), the most activities first.

        An activity of several areas counts in each of them.
        """
        found: dict[str, list[ActivityRow]] = {}
        for row in self.activities:
            for area in row.emphasis:
                found.setdefault(area, []).append(row)
        counted = [(area, len(rows), self.reached(rows)) for area, rows in found.items()]
        return sorted(counted, key=lambda one: (-one[1], one[0]))


@dataclass(frozen=True, slots=True)
class Gap:
    """What a report lacks, in one sentence, and where it is mended."""

    sentence: str
    #: The record to correct; None where something is to be recorded.
    record: str | None = None
    #: The word of /alliance that records it, where something is.
    word: str | None = field(default=None)


# VI.E (contents): "brief general descriptive information concerning the alliance, its goals and specific objectives;
# the dates signed/renewed; names of the Implementation Team members and other contributors; a list of the events,
# activities, products and other outcomes of the alliance in the reporting year; measures of its reach and impact; and a
# copy of the Work Plan for the reporting year."
def gaps(report: AnnualReport) -> tuple[Gap, ...]:
    """Say what a report still lacks, in the order in which it stands there."""
    return (*_background(report), *_meetings(report), *_activities(report), *_plan(report))


def _background(report: AnnualReport) -> Iterator[Gap]:
    if not report.overview:
        yield Gap("No overview of the alliance is on record.", word="background")
    if not report.goals:
        yield Gap("No goals of the alliance are on record.", word="background")
    if not report.team:
        yield Gap("Nobody is on record as a member of the Implementation Team in the period.", word="team")


def _meetings(report: AnnualReport) -> Iterator[Gap]:
    if not any(meeting.held for meeting in report.meetings):
        yield Gap("No meeting of the Implementation Team is on record as held in the period.", word="meeting")
    for meeting in report.meetings:
        if meeting.on > report.written_on + FAR_OFF:
            yield Gap(f"A meeting is on record for {day(meeting.on)}: is the year right?", meeting.record)
        elif not meeting.held and meeting.on < report.written_on:
            yield Gap(
                f"The meeting planned for {day(meeting.on)} has passed and is not on record as held.", meeting.record
            )
        elif meeting.held and not meeting.present:
            yield Gap(f"The meeting of {day(meeting.on)} names nobody who was there.", meeting.record)


def _activities(report: AnnualReport) -> Iterator[Gap]:
    if not report.activities:
        yield Gap("No activity is on record in the period.", word="record")
    for table in TABLES:
        for row in report.rows(table):
            lacking = [column.lack for column in table.columns if column.lack and not row.cell(column)]
            if lacking:
                yield Gap(f"“{row.title}” of {day(row.on)} still lacks: {listing(lacking)}.", row.record)
    if report.activities and not report.reached():
        yield Gap("No measure of reach is on record: no activity says how many people it reached.", word="correct")


def _plan(report: AnnualReport) -> Iterator[Gap]:
    if report.plan is None:
        yield Gap("No Work Plan is on record for the period; the report must hold a copy.", word="workplan")


def gap_words(found: tuple[Gap, ...]) -> str:
    """Say in one sentence how far a report is."""
    return missing_words(len(found))


def missing_words(number: int) -> str:
    """Say in one sentence how far a report is that lacks so many things."""
    clause = VI_E.number.partition(" ")[0]
    if not number:
        return f"Nothing that {clause} asks for is missing."
    return f"{count(number, 'thing')} that {clause} asks for {'is' if number == 1 else 'are'} missing."
