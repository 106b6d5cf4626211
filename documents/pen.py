"""Draw a picture with words: lines, boxes and text, in points of the finished picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

#: All is drawn twice as large and made smaller, which smooths every edge.
WIDTH, SCALE = 1200, 2
MARGIN = 40

INK, QUIET, FAINT, LINE = "#1b2733", "#52606d", "#7b8794", "#b8c2cc"
PAPER, WHITE, WASH = "#f5f7f9", "#ffffff", "#e8f1fb"
BLUE, GREEN, AMBER = "#0b5cad", "#1d6b43", "#8a5300"

_FONTS = Path(__file__).parent / "fonts"


class Pen:
    """Draws in points of the finished picture."""

    def __init__(self, height: int) -> None:
        self._image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def png(self) -> bytes:
        """Return what was drawn."""
        made = self._image.reduce(SCALE)
        file = BytesIO()
        made.quantize(128, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(file, "PNG")
        return file.getvalue()

    def text(self, at: tuple[int, int], words: str, size: int, *, bold: bool = False, fill: str = INK) -> None:
        """Write a line; `at` is its upper left corner."""
        self._draw.text((at[0] * SCALE, at[1] * SCALE), words, fill, font=font(size, bold=bold))

    def line(self, points: Sequence[tuple[int, int]], colour: str, width: int) -> None:
        """Draw a line through points."""
        self._draw.line(_scaled(points), colour, width * SCALE, joint="curve")

    def polygon(self, points: Sequence[tuple[int, int]], colour: str) -> None:
        """Fill a shape."""
        self._draw.polygon(_scaled(points), colour)

    def circle(self, middle: tuple[int, int], radius: int, fill: str, outline: str, width: int) -> None:
        """Draw a circle."""
        (x, y), r = middle, radius
        (corner, opposite) = _scaled([(x - r, y - r), (x + r, y + r)])
        self._draw.ellipse((*corner, *opposite), fill, outline, width * SCALE)

    def box(
        self, at: tuple[int, int, int, int], fill: str, outline: str | None, width: int, *, radius: int = 12
    ) -> None:
        """Draw a box with round corners."""
        corners = tuple(value * SCALE for value in at)
        self._draw.rounded_rectangle(corners, radius * SCALE, fill, outline, width * SCALE)

    def dashed(self, at: tuple[int, int, int, int], colour: str, width: int) -> None:
        """Draw a dashed edge around a box."""
        left, top, right, bottom = at
        dash, gap = 14, 9
        for x in range(left + 12, right - 12, dash + gap):
            end = min(x + dash, right - 12)
            self.line([(x, top + 1), (end, top + 1)], colour, width)
            self.line([(x, bottom - 1), (end, bottom - 1)], colour, width)
        for y in range(top + 12, bottom - 12, dash + gap):
            end = min(y + dash, bottom - 12)
            self.line([(left + 1, y), (left + 1, end)], colour, width)
            self.line([(right - 1, y), (right - 1, end)], colour, width)


def _scaled(points: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(x * SCALE, y * SCALE) for x, y in points]


_loaded: dict[tuple[int, bool], ImageFont.FreeTypeFont] = {}


def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the font of a size, in points of the finished picture."""
    key = size, bold
    if key not in _loaded:
        name = "DejaVuSansCondensed-Bold.ttf" if bold else "DejaVuSansCondensed.ttf"
        _loaded[key] = ImageFont.truetype(_FONTS / name, size * SCALE)
    return _loaded[key]


def wrap(words: str, size: int, room: int, *, bold: bool = False) -> list[str]:
    """Break words into lines that fit."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font(size, bold=bold).getlength(longer) <= room * SCALE:
            lines[-1] = longer
        else:
            lines.append(cut(word, size, room, bold=bold))
    return lines


def cut(words: str, size: int, room: int, *, bold: bool = False) -> str:
    """Cut words off where they do not fit into a line."""
    if font(size, bold=bold).getlength(words) <= room * SCALE:
        return words
    while words and font(size, bold=bold).getlength(f"{words}…") > room * SCALE:
        words = words[:-1]
    return f"{words.rstrip()}…"
