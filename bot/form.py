"""The engine of forms: a pydantic model becomes the input blocks of a modal."""

from __future__ import annotations

import enum
import types
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.blocks import Json, clip, plain
from bot.form_types import Ask, Choice, Draft
from policy.document_types import TABLES, TYPES

LONGEST_TEXT = 3000
OPTION_CHARACTERS = 75
MOST_OPTIONS = 100
MOST_RADIOS = 10

#: Separates a field's name from the mark that makes its block another one when its choices change.
MARK = "@"
ACTION = "enter:"


def input_blocks(model: type[BaseModel], draft: Draft, mark: str = "") -> list[Json]:
    """Return the input blocks of a form.

    The choices of a field may change with the alliance; `mark` then names another block, so that Slack does
    not keep a choice that is no longer offered.
    """
    shown = [name for name in shown_fields(model, draft.values) if name not in draft.hidden]
    return [_block(name, model.model_fields[name], draft, mark) for name in shown]


def shown_fields(model: type[BaseModel], values: Mapping[str, Any]) -> list[str]:
    """Return the names of the fields that are asked for, given the values so far."""
    return [
        name
        for name, info in model.model_fields.items()
        if (only := ask_of(info).only) is None or values.get(only[0]) in only[1]
    ]


def ask_of(info: FieldInfo) -> Ask:
    """Return how a field is asked for."""
    return next((mark for mark in info.metadata if isinstance(mark, Ask)), Ask())


def field_of(block_id: str) -> str:
    """Return the name of the field that a block asks for."""
    return block_id.partition(MARK)[0]


def _block(name: str, info: FieldInfo, draft: Draft, mark: str) -> Json:
    ask = ask_of(info)
    block: Json = {
        "type": "input",
        "block_id": _block_id(name, ask, draft, mark),
        "label": plain(draft.labels.get(name) or info.title or name, 2000),
        "element": _element(info, ask, draft.choices.get(name), draft.values.get(name)),
        "optional": not info.is_required() and name not in draft.required,
    }
    block["element"]["action_id"] = f"{ACTION}{name}"
    hint = " ".join(filter(None, [_cut(block["element"]), draft.hints.get(name) or info.description]))
    if hint:
        block["hint"] = plain(hint, 2000)
    if ask.steers:
        block["dispatch_action"] = True
    return block


def _cut(element: Json) -> str:
    """Shorten what a text field is filled with to what it takes, and say so: Slack opens no form with more."""
    text, most = str(element.get("initial_value") or ""), element.get("max_length")
    if most is None or len(text) <= most:
        return ""
    element["initial_value"] = clip(text, most)
    return f"The last {len(text) - most + 1:,} characters find no room here; where this comes from still has them."


def _block_id(name: str, ask: Ask, draft: Draft, mark: str) -> str:
    """Name a block: Slack keeps what stands in one that is called as before."""
    if name in draft.anew:
        return f"{name}{MARK}{mark}:{draft.anew[name]}"
    return f"{name}{MARK}{mark}" if ask.offered and mark else name


def _element(info: FieldInfo, ask: Ask, offered: list[Choice] | None, value: Any) -> Json:
    kind = bare(info.annotation)
    if ask.file or ask.table or ask.person:
        person = {"type": "users_select"} | ({} if value is None else {"initial_user": str(value)})
        attached = {"type": "file_input", "filetypes": sorted(TABLES if ask.table else TYPES), "max_files": 1}
        return person if ask.person else attached
    if ask.search is not None:
        return _search(ask, offered, value)
    if get_origin(kind) is list:
        return _several((offered or []) if ask.offered else list(_fixed(get_args(kind)[0], ask)), value)
    if kind is bool:
        return _several([Choice("yes", ask.labels.get("yes", "Yes"))], ["yes"] if value else [])
    choices = (offered or []) if ask.offered else list(_fixed(kind, ask))
    if choices:
        return _one(choices, ask, value)
    return _typed(info, kind, ask, value)


def _typed(info: FieldInfo, kind: Any, ask: Ask, value: Any) -> Json:
    if kind is date:
        return {"type": "datepicker"} | ({} if value is None else {"initial_date": str(value)})
    if kind is time:
        return {"type": "timepicker"} | ({} if value is None else {"initial_time": str(value)})
    bounds = {type(mark): mark for mark in info.metadata}
    made: Json
    if kind is int:
        made = {"type": "number_input", "is_decimal_allowed": False}
        if Ge in bounds:
            made["min_value"] = str(bounds[Ge].ge)
        if Le in bounds:
            made["max_value"] = str(bounds[Le].le)
    else:
        most = bounds[MaxLen].max_length if MaxLen in bounds else LONGEST_TEXT
        made = {"type": "plain_text_input", "multiline": ask.multiline, "max_length": min(most, LONGEST_TEXT)}
        if ask.placeholder:
            made["placeholder"] = plain(ask.placeholder, 150)
    return made | ({} if value is None else {"initial_value": str(value)})


def bare(annotation: Any) -> Any:
    """Return the type of an optional field without its None."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _fixed(kind: Any, ask: Ask) -> Iterator[Choice]:
    values: list[Any] = []
    if get_origin(kind) is Literal:
        values = list(get_args(kind))
    elif isinstance(kind, type) and issubclass(kind, enum.Enum):
        values = [member.value for member in kind]
    for value in values:
        yield Choice(str(value), ask.labels.get(str(value), str(value).capitalize()))


def option(choice: Choice) -> Json:
    """Return a choice as Slack's option."""
    return {"text": plain(" ".join(choice.label.split()) or "-", OPTION_CHARACTERS), "value": choice.value}


def _one(choices: list[Choice], ask: Ask, value: Any) -> Json:
    radio = ask.radio and len(choices) <= MOST_RADIOS
    made: Json = {"type": "radio_buttons" if radio else "static_select"}
    made["options"] = [option(choice) for choice in choices[:MOST_OPTIONS]]
    chosen = next((o for o in made["options"] if o["value"] == str(value)), None)
    return made | ({} if chosen is None else {"initial_option": chosen})


def _several(choices: list[Choice], value: Any) -> Json:
    few = len(choices) <= MOST_RADIOS
    made: Json = {"type": "checkboxes" if few else "multi_static_select"}
    made["options"] = [option(choice) for choice in choices[:MOST_OPTIONS]]
    chosen = [o for o in made["options"] if o["value"] in (value or [])]
    return made | ({"initial_options": chosen} if chosen else {})


def _search(ask: Ask, offered: list[Choice] | None, value: Any) -> Json:
    made: Json = {"type": "external_select", "min_query_length": 0}
    if ask.placeholder:
        made["placeholder"] = plain(ask.placeholder, 150)
    chosen = next((choice for choice in offered or [] if choice.value == str(value)), None)
    return made | ({} if chosen is None else {"initial_option": option(chosen)})
