"""Show the meetings of an alliance: who was there, the minutes, what was moved or cancelled and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, clip, escaped, header, paragraphs, safe, section
from bot.paper_buttons import paper_buttons
from bot.values import Run
from operations.read.choices import alliance_choices
from operations.read.meetings import MeetingShown, read_meetings
from policy.handed_papers import LABELS, PaperKind
from policy.words import clock, day

TITLE = "Meetings"
MINUTES_CHARACTERS = 900


def meetings(asked: Asked, alliance: int) -> Reply:
    """Show the latest meetings of an alliance."""
    with asked.sessions.begin() as session:
        choices = alliance_choices(session, alliance, now=asked.now)
        found = read_meetings(session, choices.id)
    value = Run(word="meeting", alliance=choices.id).model_dump_json(exclude_none=True)
    record = actions(button("Record a meeting", "run:meeting", value, about=choices.name))
    if not found:
        text = f"*{safe(choices.name)}* has no meeting on record; its team meets at least twice a year (VI.H)."
        return Answer(text, [section(text), record], title=TITLE)
    shown = [(one, list(_lines(one, choices.today))) for one in found]
    lines = [line for _, of_one in shown for line in of_one]
    blocks: list[Json] = [header(f"Meetings of {choices.name}")]
    for one, of_one in shown:
        blocks += [*map(section, paragraphs(of_one)), *_paper(one, choices.id)]
    blocks.append(record)
    return Answer("\n".join([f"*Meetings of {safe(choices.name)}*", *lines]), blocks, title=TITLE)


def _paper(one: MeetingShown, alliance: int) -> Iterator[Json]:
    """Yield what hands over the minutes of a meeting, or its agenda while it is planned."""
    if one.called_off_because is None:
        kind = PaperKind.MINUTES if one.held else PaperKind.AGENDA
        yield actions(*paper_buttons(alliance, kind, one.id, f"{LABELS[kind]} of {day(one.on)}"))


def _lines(one: MeetingShown, today: date) -> Iterator[str]:
    at = "" if one.begins_at is None else f", {clock(one.begins_at)}"
    yield f"*{day(one.on)}{at}*: {_stands(one, today)}"
    if one.present:
        yield f"There: {', '.join(f'{safe(name)} ({safe(organization)})' for name, organization in one.present)}"
    if one.attendees:
        yield f"{'Others' if one.present else 'There'}: {clip(escaped(one.attendees), MINUTES_CHARACTERS)}"
    if one.minutes:
        yield f"Minutes: {clip(escaped(one.minutes), MINUTES_CHARACTERS)}"


def _stands(one: MeetingShown, today: date) -> str:
    if one.called_off_because is not None:
        what = "cancelled" if one.moved_to is None else f"moved to {day(one.moved_to)}"
        return f"planned and {what}: {safe(one.called_off_because, 500)}"
    if one.held:
        return f"held, {one.format}"
    return f"planned, {one.format}" if one.on >= today else "planned and not recorded as held"
