"""The procedure as a picture: every step in its place, and how it stands, by shape and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from documents.pen import (
    AMBER,
    BLUE,
    FAINT,
    GREEN,
    INK,
    LINE,
    MARGIN,
    PAPER,
    QUIET,
    SCALE,
    WASH,
    WHITE,
    WIDTH,
    Pen,
    cut,
    font,
    wrap,
)
from policy.procedure_order import Stands
from policy.words import capital

#: Changes whenever the same steps are drawn in another way: what was drawn before is drawn anew.
DRAWN_AS = 1
GAP, BETWEEN = 18, 34
PADDING, GLYPH = 18, 34
MOST_IN_LINE = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the procedure."""

    number: int
    title: str
    stands: Stands
    #: Who has to act, or for whom it waits; empty where nobody has to.
    note: str
    #: Steps of one row may be done in any order; a row comes after the one before.
    row: int


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the picture shows."""

    title: str
    subtitle: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Box:
    """A step with its words broken into lines."""

    step: Step
    title: list[str]
    words: list[str]

    @property
    def height(self) -> int:
        return 2 * PADDING + 28 * len(self.title) + 23 * len(self.words) + 4


def draw(chart: Chart) -> bytes:
    """Return the picture as PNG."""
    taking_part = [step for step in chart.steps if step.stands is not Stands.NOT_NEEDED]
    rows = [list(steps) for _, steps in groupby(sorted(taking_part, key=_place), key=lambda step: step.row)]
    left_out = [step for step in chart.steps if step.stands is Stands.NOT_NEEDED]
    lines = [line for row in rows for line in _lines(row)]
    top, room = 150, 2 * PADDING + 28 * len(left_out) if left_out else 0
    height = top + sum(max(box.height for box in line) for line in lines) + sum(map(_below, rows)) + room + 100
    pen = Pen(height)
    pen.text((MARGIN, 34), chart.title, 34, bold=True)
    pen.text((MARGIN, 80), cut(chart.subtitle, 20, WIDTH - 2 * MARGIN), 20, fill=QUIET)
    _progress(pen, taking_part, 120)
    y = top
    for at, row in enumerate(rows):
        y = _row(pen, row, y, rows[at + 1] if at + 1 < len(rows) else ())
    if left_out:
        _draw_left_out(pen, left_out, (MARGIN, y, WIDTH - MARGIN, y + room))
    _legend(pen, height - 62)
    return pen.png()


def _place(step: Step) -> tuple[int, int]:
    return step.row, step.number


def _below(row: Sequence[Step]) -> int:
    """Return the room between the lines of a row, and before the next one."""
    return (-(-len(row) // MOST_IN_LINE) - 1) * GAP + BETWEEN


def _lines(row: Sequence[Step]) -> list[list[_Box]]:
    """Break a row into lines of boxes that are about as long as each other."""
    count = -(-len(row) // MOST_IN_LINE)
    length = -(-len(row) // count)
    width = _width(length)
    return [[_box(step, width) for step in row[first : first + length]] for first in range(0, len(row), length)]


def _width(in_line: int) -> int:
    whole = WIDTH - 2 * MARGIN
    return (whole - (in_line - 1) * GAP) // in_line if in_line > 1 else whole * 2 // 3


def _box(step: Step, width: int) -> _Box:
    room = width - 2 * PADDING - GLYPH - 14
    joint = " for" if step.stands is Stands.WAITING else ":"
    words = capital(step.stands.value) + (f"{joint} {step.note}" if step.note else "")
    return _Box(step, wrap(f"{step.number}. {step.title}", 21, room, bold=True), wrap(words, 18, room))


def _row(pen: Pen, row: Sequence[Step], y: int, following: Sequence[Step]) -> int:
    """Draw the boxes of a row, and what leads to the next one; return where that begins."""
    lines = _lines(row)
    width = _width(len(lines[0]))
    for number, line in enumerate(lines):
        height = max(box.height for box in line)
        left = (WIDTH - len(line) * width - (len(line) - 1) * GAP) // 2
        for box in line:
            _draw_box(pen, box, (left, y, left + width, y + height))
            left += width + GAP
        y += height + (GAP if number < len(lines) - 1 else 0)
    if following:
        middle = WIDTH // 2
        pen.line([(middle, y + 4), (middle, y + BETWEEN - 8)], LINE, 3)
        pen.polygon([(middle - 7, y + BETWEEN - 13), (middle + 7, y + BETWEEN - 13), (middle, y + BETWEEN - 4)], LINE)
    if len(following) > 1:
        pen.text((WIDTH // 2 + 16, y + 6), "in any order", 16, fill=FAINT)
    return y + BETWEEN


def _draw_left_out(pen: Pen, steps: Sequence[Step], at: tuple[int, int, int, int]) -> None:
    """List the steps that this procedure does not need."""
    pen.box(at, PAPER, LINE, 1)
    left, y = at[0] + PADDING, at[1] + PADDING
    room = WIDTH - 2 * MARGIN - 2 * PADDING - GLYPH - 14
    for step in steps:
        _glyph(pen, step.stands, (left + GLYPH // 2, y + 13))
        words = f"{capital(step.stands.value)}: {step.number}. {step.title}"
        pen.text((left + GLYPH + 14, y + 2), cut(words, 18, room), 18, fill=QUIET)
        y += 28


def _draw_box(pen: Pen, box: _Box, at: tuple[int, int, int, int]) -> None:
    stands = box.step.stands
    left, top, _, _ = at
    if stands is Stands.NEXT:
        pen.box(at, WASH, BLUE, 4)
    elif stands is Stands.WAITING:
        pen.box(at, WHITE, None, 0)
        pen.dashed(at, AMBER, 3)
    elif stands is Stands.DONE:
        pen.box(at, WHITE, GREEN, 2)
    else:
        pen.box(at, WHITE, LINE, 1)
    _glyph(pen, stands, (left + PADDING + GLYPH // 2, top + PADDING + GLYPH // 2))
    x, y = left + PADDING + GLYPH + 14, top + PADDING
    ink = QUIET if stands is Stands.BLOCKED else INK
    for line in box.title:
        pen.text((x, y), line, 21, bold=True, fill=ink)
        y += 28
    colour = {Stands.NEXT: BLUE, Stands.WAITING: AMBER, Stands.DONE: GREEN}.get(stands, QUIET)
    for line in box.words:
        pen.text((x, y + 2), line, 18, fill=colour)
        y += 23


def _glyph(pen: Pen, stands: Stands, middle: tuple[int, int]) -> None:
    """Draw the mark of a state: each has a shape of its own."""
    x, y = middle
    r = GLYPH // 2 - 1
    if stands is Stands.DONE:
        pen.circle(middle, r, GREEN, GREEN, 2)
        pen.line([(x - 7, y), (x - 2, y + 6), (x + 8, y - 6)], WHITE, 4)
    elif stands is Stands.NEXT:
        pen.circle(middle, r, BLUE, BLUE, 2)
        pen.polygon([(x - 5, y - 8), (x - 5, y + 8), (x + 9, y)], WHITE)
    elif stands is Stands.WAITING:
        pen.circle(middle, r - 1, WHITE, AMBER, 3)
        pen.line([(x, y - 9), (x, y), (x + 6, y + 4)], AMBER, 3)
    elif stands is Stands.NOT_NEEDED:
        pen.line([(x - 10, y), (x + 10, y)], FAINT, 4)
    else:
        pen.circle(middle, r - 2, WHITE, LINE, 3)


def _progress(pen: Pen, counted: Sequence[Step], y: int) -> None:
    """Draw one piece for each step that takes part: full when it is done."""
    done = sum(step.stands is Stands.DONE for step in counted)
    whole, gap = WIDTH - 2 * MARGIN, 6
    piece = (whole - gap * (len(counted) - 1)) / max(len(counted), 1)
    for number in range(len(counted)):
        left = round(MARGIN + number * (piece + gap))
        full = number < done
        pen.box((left, y, round(left + piece), y + 10), GREEN if full else WHITE, GREEN if full else LINE, 1, radius=4)


def _legend(pen: Pen, y: int) -> None:
    pen.line([(MARGIN, y - 18), (WIDTH - MARGIN, y - 18)], LINE, 1)
    x = MARGIN
    for stands in Stands:
        _glyph(pen, stands, (x + GLYPH // 2, y + GLYPH // 2))
        word = capital(stands.value)
        pen.text((x + GLYPH + 10, y + 6), word, 18, fill=QUIET)
        x += GLYPH + 10 + round(font(18).getlength(word) / SCALE) + 44
