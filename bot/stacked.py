"""How many windows stand above each other: Slack lets there be three."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_third(view: Mapping[str, Any]) -> bool:
    """Whether no other window finds room above this one."""
    below = view.get("previous_view_id")
    return below is not None and below != view.get("root_view_id")
