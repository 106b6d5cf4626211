"""The program as a picture: a bar for each region or office, with its numbers beside it; people reached by area."""

from __future__ import annotations

from collections.abc import Sequence

from documents.pen import BLUE, GREEN, INK, LINE, MARGIN, QUIET, WHITE, WIDTH, Pen, cut
from policy.compliance import Compliance
from policy.program_picture import Picture, Unit, percent_words
from policy.words import count, day

#: Changes whenever the same numbers are drawn in another way.
DRAWN_AS = 1
#: Bars that are drawn; the workbook has all.
MOST_UNITS, MOST_AREAS = 24, 12
#: Between two dark colours a light one: they differ without their hue, too. The numbers stand beside them.
LATER, RED = "#e3a83c", "#9b1c1c"
#: Points: of a row, of the names on its left, of the bar.
ROW, NAMES, BAR = 52, 300, 370
#: Characters of a text that stands in for a picture.
ALT_CHARACTERS = 1000


def draw(picture: Picture) -> bytes:
    """Return the picture as PNG."""
    units, areas = picture.units[:MOST_UNITS], picture.areas[:MOST_AREAS]
    pen = Pen(230 + ROW * len(units) + 90 + ROW * max(len(areas), 1))
    pen.text((MARGIN, 30), cut(title(picture), 32, WIDTH - 2 * MARGIN, bold=True), 32, bold=True)
    pen.text((MARGIN, 76), cut(summary(picture), 19, WIDTH - 2 * MARGIN), 19, fill=QUIET)
    pen.text((MARGIN, 122), "Duties that fell due: done in time, done afterwards, late", 22, bold=True)
    y = _legend(pen, 160)
    most = max((unit.compliance.due for unit in units), default=0)
    for unit in units:
        y = _unit(pen, unit, most, y)
    pen.line([(MARGIN, y + 8), (WIDTH - MARGIN, y + 8)], LINE, 1)
    pen.text((MARGIN, y + 26), "People reached by emphasis area; an activity of several counts in each", 22, bold=True)
    y += 72
    if not areas:
        pen.text((MARGIN, y), "No activity is on record.", 19, fill=QUIET)
    most = max((area.reached for area in areas), default=0)
    for area in areas:
        pen.text((MARGIN, y + 10), cut(area.name, 19, NAMES - 20), 19)
        _bar(pen, y, [(area.reached, BLUE)], most)
        said = f"{area.reached:,} people, {activities(area.activities)}"
        pen.text((MARGIN + NAMES + BAR + 20, y + 10), said, 18, fill=QUIET)
        y += ROW
    return pen.png()


def title(picture: Picture) -> str:
    """Name the picture."""
    return f"{' '.join(picture.office.split())}: {picture.year}"


def summary(picture: Picture) -> str:
    """Say the sums in one line."""
    found = picture.compliance
    return (
        f"As of {day(picture.on)}: {count(picture.alliances, 'alliance')} active, {percent_words(found)}, "
        f"{found.late} late, {activities(picture.activities)}, {picture.reached:,} people reached."
    )


def alt_text(picture: Picture) -> str:
    """Say in words what the picture shows."""
    parts = [f"{title(picture)}. {summary(picture)}"]
    parts += [f"{unit.name}: {numbers(unit.compliance)}." for unit in picture.units[:MOST_UNITS]]
    parts += [f"{area.name}: {area.reached:,} people reached." for area in picture.areas[:MOST_AREAS]]
    said = " ".join(parts)
    return said if len(said) <= ALT_CHARACTERS else f"{said[: ALT_CHARACTERS - 1]}…"


def numbers(found: Compliance) -> str:
    """Say the numbers of a bar."""
    if not found.due:
        return percent_words(found)
    return f"{percent_words(found)} ({found.in_time} of {found.due}), {found.afterwards} afterwards, {found.late} late"


def activities(number: int) -> str:
    """Say how many activities."""
    return "1 activity" if number == 1 else f"{number:,} activities"


def _legend(pen: Pen, y: int) -> int:
    x = MARGIN
    for words, colour, width in (("in time", GREEN, 150), ("afterwards", LATER, 180), ("late", RED, 0)):
        pen.box((x, y, x + 22, y + 22), colour, INK, 1, radius=2)
        pen.text((x + 32, y), words, 18, fill=QUIET)
        x += width
    return y + 44


def _unit(pen: Pen, unit: Unit, most: int, y: int) -> int:
    found = unit.compliance
    pen.text((MARGIN, y + 10), cut(unit.name, 19, NAMES - 20), 19)
    _bar(pen, y, [(found.in_time, GREEN), (found.afterwards, LATER), (found.late, RED)], most)
    room = WIDTH - 2 * MARGIN - NAMES - BAR - 20
    late = found.afterwards + found.late
    pen.text((MARGIN + NAMES + BAR + 20, y + (1 if late else 10)), cut(numbers(found), 18, room), 18, fill=QUIET)
    if late:
        days = f"{found.average:.0f} days late on average, {found.longest} at most"
        pen.text((MARGIN + NAMES + BAR + 20, y + 25), days, 15, fill=QUIET)
    return y + ROW


def _bar(pen: Pen, y: int, parts: Sequence[tuple[int, str]], most: int) -> None:
    """Draw the parts of a bar one after the other; the longest bar of all fills the room."""
    x = MARGIN + NAMES
    for value, colour in parts:
        width = round(BAR * value / most) if most else 0
        if width:
            pen.box((x, y + 4, x + max(width, 3), y + 40), colour, WHITE, 1, radius=2)
            x += max(width, 3)
    if x == MARGIN + NAMES:
        pen.line([(x, y + 4), (x, y + 40)], LINE, 2)
