"""What was typed into a form: the state of a modal becomes a checked model, or one sentence a field."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, time
from typing import Any, Literal, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.clean import storable
from bot.form import ask_of, bare, field_of, shown_fields

Model = TypeVar("Model", bound=BaseModel)


class FieldErrors(Exception):  # noqa: N818 - answers to a person, as a Refused is
    """What is wrong with the fields of a form: one plain sentence each."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__("; ".join(sentences.values()))
        self.sentences = dict(sentences)


def read_values(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the inputs of a modal hold, by field: text, ISO date, chosen value or list of them."""
    values: dict[str, Any] = {}
    for block_id, elements in _typed(view).items():
        for state in elements.values():
            values[field_of(block_id)] = _held(state)
    return values


def read_labels(view: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels of what was chosen in searched fields, so that they can be shown again."""
    return {
        field_of(block_id): storable(state["selected_option"]["text"]["text"])
        for block_id, elements in _typed(view).items()
        for state in elements.values()
        if state.get("type") == "external_select" and state.get("selected_option")
    }


def can_be_chosen(model: type[BaseModel], name: str, value: Any) -> bool:
    """Whether a field's list or calendar can give a value: what is typed is checked when the form is sent."""
    info = model.model_fields.get(name)
    wants = None if info is None else bare(info.annotation)
    if wants not in (date, time) and not isinstance(wants, enum.EnumType):
        return True
    reads = wants if isinstance(wants, enum.EnumType) else wants.fromisoformat
    try:
        reads(value)
    except (ValueError, TypeError):
        return False
    return True


def check(model: type[Model], values: Mapping[str, Any]) -> Model:
    """Return the checked model of the values that the form shows.

    Raises:
        FieldErrors: with one sentence for each field that is wrong.
    """
    shown = set(shown_fields(model, values))
    given = {name: value for name, value in values.items() if name in shown and not _empty(value)}
    given |= {name: True for name in given if bare(model.model_fields[name].annotation) is bool}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise FieldErrors({str(e["loc"][0]): _sentence(e, model) for e in reversed(details) if e["loc"]}) from None


def errors_by_block(view: Mapping[str, Any], sentences: Mapping[str, str]) -> dict[str, str]:
    """Give each sentence the block of its field; what has none goes to the first input."""
    inputs = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    blocks = {field_of(block_id): block_id for block_id in inputs}
    placed: dict[str, str] = {}
    for name, sentence in sentences.items():
        block_id = blocks.get(name, inputs[0])
        placed[block_id] = f"{placed[block_id]} {sentence}" if block_id in placed else sentence
    return placed


def _empty(value: Any) -> bool:
    return value in (None, []) or (isinstance(value, str) and not value.strip())


def _typed(view: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the state of a modal's blocks; Slack leaves it out, or sends an empty list, where there is none."""
    return (view.get("state") or {}).get("values") or {}


def _held(state: Mapping[str, Any]) -> Any:
    if "selected_options" in state:
        return [storable(option["value"]) for option in state["selected_options"] or []]
    if "files" in state:
        files = ({"slack_file": f["id"], "name": storable(f["name"]), "size": f["size"]} for f in state["files"] or [])
        return next(files, None)
    if "selected_option" in state:
        value = (state["selected_option"] or {}).get("value")
    else:
        chosen = (name for name in ("selected_user", "selected_date", "selected_time") if name in state)
        value = state.get(next(chosen, "value"))
    return value if value is None else storable(value)


def _sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    info = model.model_fields[str(error["loc"][0])]
    kind, context, wants = error["type"], error.get("ctx", {}), bare(info.annotation)
    chosen = (
        ask_of(info).offered
        or ask_of(info).search
        or ask_of(info).person
        or get_origin(wants) is Literal
        or isinstance(wants, enum.EnumType)
    )
    if wants is date:
        sentence = "Enter a date."
    elif wants is time:
        sentence = "Enter a time of day."
    elif kind == "string_too_long":
        sentence = f"At most {context['max_length']:,} characters; this has {len(error['input']):,}."
    elif kind == "greater_than_equal":
        sentence = f"Enter {context['ge']:,} or more."
    elif kind == "less_than_equal":
        sentence = f"Enter {context['le']:,} or less."
    elif kind.startswith("int_"):
        sentence = "Enter a whole number."
    elif kind == "value_error":
        sentence = str(context["error"])
    elif chosen:
        sentence = "Choose one of the list."
    elif kind == "missing":
        sentence = "Fill this in."
    else:
        sentence = "This cannot be used here; please check it."
    return sentence
