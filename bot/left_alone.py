"""What a form proposed and nobody changed: it is proposed anew where something else is chosen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.form import ask_of, field_of
from bot.form_types import Form


def chosen_before(form: Form, view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stood chosen in the steering fields of a form when it was last shown, but for its alliance."""
    chosen: dict[str, Any] = {}
    for block in view["blocks"]:
        name = field_of(block.get("block_id", ""))
        info = form.model.model_fields.get(name)
        if info is not None and ask_of(info).steers and name != "alliance":
            element = block.get("element") or {}
            chosen[name] = (element.get("initial_option") or {}).get("value") or element.get("initial_date")
            if "initial_options" in element:
                chosen[name] = [option["value"] for option in element["initial_options"]]
    return {name: value for name, value in chosen.items() if value}


def is_left_alone(held: Any, proposed: Any) -> bool:
    """Whether a field holds what was proposed for it."""
    if isinstance(proposed, bool):
        return bool(held) == proposed
    if isinstance(held, list) or isinstance(proposed, list):
        return _several(held) == _several(proposed)
    return _text(held) == _text(proposed)


def name_of_choice(form: Form, values: Mapping[str, Any]) -> str:
    """Return what tells the blocks of this choice from those of another; it stands in their ids."""
    steers = [name for name, info in form.model.model_fields.items() if ask_of(info).steers]
    return hashlib.sha256(json.dumps([values.get(name) for name in steers]).encode()).hexdigest()[:8]


def _several(value: Any) -> list[str]:
    # A field that takes several in one kind of the form may take one in another.
    return sorted(map(str, value if isinstance(value, list | tuple) else [value] if value else []))


def _text(value: Any) -> str:
    # Slack writes line breaks as the browser does.
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
