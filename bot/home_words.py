"""The words of the Home tab, the same in Slack and on paper: what stands on it, as lines of mrkdwn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.answers.mine import for_person
from bot.approval_words import asked_text, standing_text
from bot.blocks import safe
from bot.duty_words import Row, due_words, full_day, open_duties, row_of_due, row_of_owed, standing, title
from bot.people_words import held_line
from bot.state_words import state_words
from operations.read.alliances import Listed
from operations.read.home import AskedOfDuty, By, DecidedFor, Home, HomeDuty
from operations.read.mine import MyAlliance
from operations.read.people import HeldBy, span_words
from policy.approval import Verdict
from policy.meeting_year import meeting_words
from policy.words import capital, day, listing, small

PURPOSE = (
    "OSHA signs alliances with unions, trade associations, colleges, consulates and others. This bot keeps what is "
    "recorded of them, works out by the directive what is due when, reminds the office in time, and says by which "
    "clause. Everybody may read; recording takes a position."
)
HOW = (
    "*How to begin*\n"
    "•  Type `/alliance` in any channel, or press a button here.\n"
    "•  Reminders come to the channel of your office on working days; press *Record it* under a duty when it is "
    "done, *Why?* to see the clause it rests on.\n"
    "•  Somebody tells of an event in a channel? In the menu of that message choose *Log as alliance activity*."
)
NO_ALLIANCE = "No alliance of theirs is on record yet: propose one, or ask an administrator to enter those there are."
NOTHING_DUE = "Nothing is due."
_DID = {Verdict.APPROVE: "approved", Verdict.RETURN: "returned for changes", Verdict.DECLINE: "declined"}


def rows_of(home: Home, duties: Sequence[HomeDuty]) -> list[Row]:
    """Return duties as rows, with what this person can decide."""
    return [for_person(_row(duty), home.slack_id) for duty in duties]


def _row(duty: HomeDuty) -> Row:
    return replace(row_of_owed(duty.owed), answers=duty.answers)


def as_of(home: Home) -> str:
    """Say whose Home it is, of which day, by which positions."""
    held = listing([f"{held.role}, {safe(held.office_name)}" for held in home.positions])
    who = f" {safe(home.name)}{f': {held}' if held else ''}." if home.on_record else ""
    return f"{full_day(home.today)}.{who}"


def alliance_lines(one: MyAlliance) -> list[str]:
    """Say how an alliance stands: its state, its meetings, why it is at risk, what comes next."""
    line = one.listed
    lines = [f"*{safe(line.name)}*: {state_words(line.state, line.of.facts.ending, line.term, line.on)}"]
    if one.meetings is not None:
        lines.append(f"{capital(meeting_words(one.meetings))}.")
    if one.at_risk and one.meetings is not None and one.meetings.risk is not None:
        lines.append(f"*At risk:* {one.meetings.risk}.")
    return [*lines, NOTHING_DUE if line.next_due is None else f"Next: {next_words(line)}"]


def next_words(line: Listed) -> str:
    """Say what an alliance owes next; nothing where nothing is due."""
    if line.next_due is None:
        return ""
    row = row_of_due(line.next_due, line.of, line.on)
    return f"{title(row.rule)}. {due_words(row)}; {standing(row)}."


def acting_lines(home: Home) -> list[str]:
    """Say for whom a person acts, who acts for them, and what those decided lately."""
    return [
        *(f"•  You act for {safe(one.acting_for or '')}: {held_line(one, office=True)}" for one in home.acting),
        *(f"•  {_designee(one)}" for one in home.designees),
        *(f"•  {_decided(one)}" for one in home.decided_for),
    ]


def _designee(one: HeldBy) -> str:
    return f"{safe(one.person)} acts for you: {one.role}, {safe(one.office_name)}, {span_words(one)}"


def _decided(one: DecidedFor) -> str:
    return f"{safe(one.by)} {_DID[one.verdict]} for you on {day(one.on)}: {safe(one.alliance)}"


def asked_lines(home: Home) -> list[str]:
    """Say what a person asked for and who has it."""
    approvals = [f"{asked_text(one)}\n{standing_text(one)}" for one in home.asked]
    return [*approvals, *map(_asked_of_duty, home.asked_of_duties)]


def _asked_of_duty(one: AskedOfDuty) -> str:
    request = one.request
    what = "declare it not applicable" if request.until is None else f"let it wait until {full_day(request.until)}"
    waits = safe(request.waits_for or "an official above, whom nobody entered yet")
    return f"*{title(one.rule)}*, {safe(one.alliance)}: you asked to {what}. Waiting for {waits}."


def who_gives_positions(home: Home) -> str:
    """Say who can give somebody a position."""
    if home.administrators:
        names = listing([safe(name) for name in home.administrators])
        who = f"Ask an administrator for yours: {names}."
    else:
        who = "An administrator can give you one; none is on record yet."
    return f"You hold no position on record yet: you may read everything, and record nothing. {who}"


def counted(home: Home) -> str:
    """Count the duties by when they are due: "7 duties: 2 overdue or past target, 5 this week"."""
    if not home.open_duties:
        return NOTHING_DUE
    groups = [f"{len(duties)} {small(by.value)}" for by, duties in home.duties.items() if by is not By.POSSIBLE]
    return f"{open_duties(home.open_duties)}: {', '.join(groups)}."
