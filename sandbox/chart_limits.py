"""Slack's limits of charts: https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.shapes import Check, by_type, many, number, string, thing, wrong

#: Charts of one message.
MESSAGE_CHARTS = 2

_LABEL = string(20, 1)
_POINT = thing({"label": _LABEL, "value": number})
_SERIES = thing({"name": _LABEL, "data": many(_POINT, 20)})
_AXIS = thing({"categories": many(_LABEL, 20)}, {"x_label": string(50), "y_label": string(50)})


def _fits(chart: Any, at: str) -> Iterator[str]:
    """Check that names differ, and that each series has a value for each category."""
    series, axis = chart.get("series"), chart.get("axis_config")
    if not isinstance(series, list) or not isinstance(axis, dict) or not all(isinstance(one, dict) for one in series):
        return
    if len({str(one.get("name")) for one in series}) < len(series):
        yield wrong("series names must be unique", f"{at}/series")
    categories = sorted(map(str, axis.get("categories") or []))
    for place, one in enumerate(series):
        labels = sorted(str(point.get("label")) for point in one.get("data") or [] if isinstance(point, dict))
        if labels != categories:
            yield wrong("data labels must match `categories`", f"{at}/series/{place}/data")


def _positive(segment: Any, at: str) -> Iterator[str]:
    value = segment.get("value")
    if isinstance(value, int | float) and value <= 0:
        yield wrong("must be greater than 0", f"{at}/value")


_AXES = thing({"series": many(_SERIES, 6), "axis_config": _AXIS}, None, _fits)
_PIE = thing({"segments": many(thing({"label": _LABEL, "value": number}, None, _positive), 6)})

DATA_VISUALIZATION: Check = thing(
    {"title": string(50, 1), "chart": by_type({"bar": _AXES, "line": _AXES, "area": _AXES, "pie": _PIE})},
    {"block_id": string(255, 1)},
)
