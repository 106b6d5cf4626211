"""The checks Slack's own client makes before a modal is sent to the app."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from sandbox.state import Json
from sandbox.view_state import held, inputs

REQUIRED = "Please complete this required field."


def value_errors(view: Json) -> dict[str, str]:
    """Return a sentence for every input block that may not be sent as it stands."""
    errors: dict[str, str] = {}
    values = view["state"]["values"]
    for block, element in inputs(view["blocks"]):
        if block["type"] != "input":
            continue
        value = held(element, values[block["block_id"]][element["action_id"]])
        sentence = _problem(element, value, optional=bool(block.get("optional")))
        if sentence:
            errors[block["block_id"]] = sentence
    return errors


def _problem(element: Json, value: Any, *, optional: bool) -> str | None:
    if value in (None, "", []) or (isinstance(value, str) and not value.strip()):
        return None if optional else REQUIRED
    kind = element["type"]
    if kind in PROBLEMS:
        return PROBLEMS[kind](element, str(value))
    if kind == "file_input" and len(value) > element.get("max_files", 10):
        return f"Please attach no more than {element.get('max_files', 10)}."
    most = element.get("max_selected_items")
    if most is not None and len(value) > most:
        return f"Please choose no more than {most}."
    return None


def _length_problem(element: Json, value: str) -> str | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    if len(value) > most:
        return f"Please enter no more than {most} characters."
    return None


def _number_problem(element: Json, value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a number."
    if not math.isfinite(number):
        return "Please enter a number."
    if not element["is_decimal_allowed"] and not re.fullmatch(r"[+-]?\d+", value.strip()):
        return "Please enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number no less than {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number no greater than {element['max_value']}."
    return None


def _email_problem(_element: Json, value: str) -> str | None:
    fits = re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value)
    return None if fits else "Please enter a valid email address."


def _url_problem(_element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", value) else "Please enter a valid URL."


PROBLEMS: dict[str, Callable[[Json, str], str | None]] = {
    "plain_text_input": _length_problem,
    "number_input": _number_problem,
    "email_text_input": _email_problem,
    "url_text_input": _url_problem,
}
