"""Who holds what, and what nobody answers for, in words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import safe
from bot.duty_words import title
from operations.hands.change_position import PositionChange
from operations.read.ownerless import Ownerless, Without
from operations.read.people import HeldBy, span_words
from policy.words import count, day

#: Lines of one kind that are shown.
MOST_LINES = 12


def held_line(held: HeldBy, *, office: bool = False) -> str:
    """Write a position as a line: the position first, or the office too where that is not said above."""
    where = f", {safe(held.office_name)}" if office else ""
    acting = f", acting for {safe(held.acting_for)}" if held.acting_for else ""
    who = f"{held.role}{where}" if office else f"{held.role}: {safe(held.person)}"
    return f"{who}{acting}, {span_words(held)}"


def ownerless_lines(found: Ownerless, most: int = MOST_LINES) -> list[str]:
    """Say what nobody answers for, in lines of mrkdwn."""
    lines = []
    if found.duties:
        lines.append(f"*{_duties(len(found.duties))} without an owner*: nobody holds the position there or above")
        lines += _cut([f"•  {_duty(one)}" for one in found.duties], most)
    if found.requests:
        lines.append(f"*{count(len(found.requests), 'request')} that nobody on record can decide*")
        lines += _cut([f"•  {_duty(one)}, asked by {safe(one.owner)}" for one in found.requests], most)
    if found.approvals:
        lines.append(f"*{count(len(found.approvals), 'approval')} that nobody can decide*: nobody holds the position")
        told = (f"{one.what}, {one.about}: {one.owner}, {one.office_name}" for one in found.approvals)
        lines += _cut([f"•  {safe(line, 400)}" for line in told], most)
    if found.officials:
        lines.append("*Officials who are missing*: what is late goes to their office's channel instead")
        lines += _cut([f"•  {safe(one.what)}, {safe(one.office_name)}" for one in found.officials], most)
    if found.channels:
        lines.append("*Offices without a channel*, there or above: their reminders reach nobody")
        lines += _cut([f"•  {safe(one.office_name)} ({one.office_code})" for one in found.channels], most)
    return lines


def change_lines(change: PositionChange) -> list[str]:
    """Say what a change of hands leaves without an owner, and what went back to the office."""
    lines = []
    if change.returned:
        lines.append(f"{_duties(change.returned)} went back to the office: nobody in particular has them any more.")
    if change.left:
        lines.append("From then on nobody answers for this; give the position to somebody else:")
        lines += ownerless_lines(change.left, 6)
    return lines


def _duty(one: Without) -> str:
    due = "" if one.due_on is None else f", due {day(one.due_on)}"
    owner = f" ({safe(one.owner)})" if one.owner else ""
    return f"{title(one.what)}, {safe(one.about)}{due}: {safe(one.office_name)}{owner}"


def _duties(number: int) -> str:
    return "1 duty" if number == 1 else f"{number} duties"


def _cut(lines: Sequence[str], most: int) -> list[str]:
    return [*lines[:most], *([f"and {len(lines) - most} more"] if len(lines) > most else [])]
