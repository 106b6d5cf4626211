"""A bar chart, as Slack's block or as characters; every number also stands in the words around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.blocks import Json, clip, escaped, section

#: Slack's limits: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
MOST_BARS = 20
LABEL_CHARACTERS = 20
TITLE_CHARACTERS = 50
#: Characters of the longest bar where characters draw it.
WIDTH = 24
_FILLS = ("█", "░", "▒", "▓")


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in groups: one group for each label, with one bar in it for each series."""

    title: str
    labels: tuple[str, ...]
    #: (name, a number for each label).
    series: tuple[tuple[str, tuple[int, ...]], ...]
    counts: str


def chart_block(chart: Chart, *, newer_blocks: bool) -> Json:
    """Return the block of a chart: Slack's own where newer blocks are switched on, else characters."""
    return _native(chart) if newer_blocks else section(_drawn(chart))


def short_labels(names: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return a label for each (code, name): the name, or the code where that is too long."""
    return tuple(name if len(name) <= LABEL_CHARACTERS else code for code, name in names)


def _native(chart: Chart) -> Json:
    return {
        "type": "data_visualization",
        "title": clip(chart.title, TITLE_CHARACTERS),
        "chart": {
            "type": "bar",
            "series": [
                {
                    "name": clip(name, LABEL_CHARACTERS),
                    "data": [
                        {"label": label, "value": value} for label, value in zip(chart.labels, values, strict=True)
                    ][:MOST_BARS],
                }
                for name, values in chart.series
            ],
            "axis_config": {"categories": list(chart.labels[:MOST_BARS]), "y_label": chart.counts},
        },
    }


def _drawn(chart: Chart) -> str:
    most = max((value for _, values in chart.series for value in values), default=0)
    wide = max((len(name) for name, _ in chart.series), default=0)
    lines = []
    for number, label in enumerate(chart.labels[:MOST_BARS]):
        lines.append(escaped(label))
        for (name, values), fill in zip(chart.series, _FILLS, strict=False):
            value = values[number]
            bar = fill * (-(-value * WIDTH // most) if most else 0)
            lines.append(f"  {name:<{wide}} {bar} {value}" if bar else f"  {name:<{wide}} {value}")
    drawn = "\n".join(lines)
    return f"*{escaped(chart.title)}*\n```{drawn}```"
