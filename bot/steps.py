"""The steps that people put into their own workflows: what each asks for, and how it becomes a form of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clean import storable
from bot.form_state import FieldErrors, check
from bot.form_types import Form, FormModel
from bot.forms import FORMS
from bot.forms.record_activity import KINDS, STATES
from operations.actor import Actor, require, require_somewhere
from operations.read.askable import Askable, list_askable
from operations.read.choices import alliance_choices
from operations.read.named_alliance import named_alliance
from operations.refusals import Refused
from policy.chains import Purpose
from policy.words import capital, listing

#: The input that says in whose name a step acts.
PERSON = "person"
_USER = re.compile(r"[UW][A-Z0-9]{2,30}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
#: Characters of what is looked for by what it is called.
LONGEST_NAME = 300

Inputs = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Input:
    """Something that a step asks for."""

    name: str
    title: str
    description: str
    #: Slack's name of its type.
    type: str = "string"
    required: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """A step: it does what the form of its name does."""

    form: Form
    title: str
    description: str
    inputs: Sequence[Input]
    #: Make the form's values of the inputs; raises `Refused` where they mean nothing, or the person may not.
    read: Callable[[Any, Actor, datetime, Inputs], dict[str, Any]]

    def typed(self, session: Any, by: Actor, now: datetime, inputs: Inputs) -> FormModel:
        """Return what the form would hold.

        Raises:
            Refused: Something is missing or wrong, or the person may not do it.
        """
        require_somewhere(by, self.form.verb)
        try:
            return check(self.form.model, self.read(session, by, now, inputs))
        except FieldErrors as errors:
            titles = {name: info.title or name for name, info in self.form.model.model_fields.items()}
            said = (f"{titles.get(name, name)}: {sentence}" for name, sentence in errors.sentences.items())
            raise Refused(" ".join(said)) from None


def acting_person(inputs: Inputs) -> str:
    """Return the Slack id of the person in whose name a step acts.

    Raises:
        Refused: It names none.
    """
    person = inputs.get(PERSON)
    if not isinstance(person, str) or not _USER.fullmatch(person):
        raise Refused("Choose in the workflow in whose name this is done, such as the person who uses the workflow.")
    return person


def described_steps() -> dict[str, dict[str, Any]]:
    """Describe the steps, for Slack's manifest and the local Slack."""
    return {
        step.form.name: {
            "title": step.title,
            "description": step.description,
            "input_parameters": {each.name: _described(each) for each in step.inputs},
            "output_parameters": {each.name: _described(each) for each in OUTPUTS},
        }
        for step in STEPS
    }


def _described(one: Input) -> dict[str, Any]:
    told = {"type": one.type, "name": one.name, "title": one.title, "description": one.description}
    return told | {"is_required": one.required}


def _text(inputs: Inputs, name: str) -> str | None:
    """Return an input as it would be typed; numbers come as numbers."""
    value = inputs.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return storable(str(value)).strip() or None
    if value is None:
        return None
    raise Refused(f"{name}: this is no text; please check what the workflow puts there.")


def _line(inputs: Inputs, name: str) -> str | None:
    """Return an input as it would be typed into one line."""
    return " ".join((_text(inputs, name) or "").split()) or None


def _name(inputs: Inputs, name: str) -> str | None:
    """Return what something is called that is looked for.

    Raises:
        Refused: Nothing is called so, for its length.
    """
    typed = _line(inputs, name)
    if typed is not None and len(typed) > LONGEST_NAME:
        raise Refused(f"{name}: At most {LONGEST_NAME} characters; this has {len(typed):,}.")
    return typed


def _activity(session: Any, _by: Actor, now: datetime, inputs: Inputs) -> dict[str, Any]:
    alliance = named_alliance(session, _name(inputs, "alliance") or "").id
    on = _line(inputs, "on") or alliance_choices(session, alliance, now=now).today.isoformat()
    if not _DATE.fullmatch(on):
        raise Refused("Date: Enter a date.")
    typed = {name: _line(inputs, name) for name in ("title", "city", "reached")}
    kind, state = _kind(_name(inputs, "kind") or ""), _state(_name(inputs, "state"))
    return {"alliance": alliance, "kind": kind, "on": on, "state": state, **typed, "info": _text(inputs, "info")}


def _kind(typed: str) -> str:
    known = {word.casefold(): kind for kind, label in KINDS.items() for word in (kind, label)}
    kind = known.get(typed.casefold())
    if kind is None:
        raise Refused(f"“{typed}” is no kind of activity: write one of {listing(list(KINDS.values()))}.")
    return kind


def _state(typed: str | None) -> str | None:
    if typed is not None and typed.upper() not in STATES:
        raise Refused(f"“{typed}” is no state: write its two letters, such as PA.")
    return None if typed is None else typed.upper()


def _approval(session: Any, by: Actor, now: datetime, inputs: Inputs) -> dict[str, Any]:
    choices = alliance_choices(session, named_alliance(session, _name(inputs, "alliance") or "").id, now=now)
    require(session, by, FORMS["ask_approval"].verb, office_codes=choices.of.answering)
    wanted = _name(inputs, "what")
    one = _wanted(list_askable(session, choices.of, on=choices.today), wanted, choices.name)
    return {"alliance": choices.id, "what": one.value, "note": _text(inputs, "note")}


def _wanted(offered: Sequence[Askable], wanted: str | None, alliance: str) -> Askable:
    if not offered:
        raise Refused(
            f"Nothing of {alliance} is to be put before anybody today: everything is before them or approved."
        )
    fits = [one for one in offered if wanted is None or wanted.casefold() in one.label.casefold()]
    # The name of one may stand in that of another, as "Union" does in "Port Union".
    fits = [one for one in fits if wanted is not None and wanted.casefold() == one.label.casefold()] or fits
    named = "; ".join(capital(one.label) for one in offered)
    if not fits:
        raise Refused(f"“{wanted}” is not to be approved for {alliance}. Write one of: {named}.")
    if len(fits) > 1:
        raise Refused(f"Say what of {alliance} is to be approved. Write one of: {named}.")
    if fits[0].purpose is Purpose.PRODUCT:
        raise Refused("A product goes to experts whom you choose: ask for its review with /alliance approve.")
    return fits[0]


_WHO = Input(
    PERSON,
    "In whose name",
    "The person who uses the workflow, as a rule. Their rights count, and they are told what was done.",
    "slack#/types/user_id",
)
_WHICH = Input("alliance", "Alliance", "Its name, a part of it that is clear, or its acronym.")

#: What every step gives to the next one.
OUTPUTS = (
    Input("id", "Id", "What names the record in the exports, such as activity:12."),
    Input("link", "Link", "The message with which the person was told; only they can open it.", required=False),
)

STEPS = (
    Step(
        FORMS["record_activity"],
        "Record alliance activity",
        "Record an activity of an alliance for its annual report",
        (
            _WHO,
            _WHICH,
            Input("kind", "Kind of activity", f"One of: {', '.join(KINDS.values())}."),
            Input("title", "Description or name", "300 characters at most."),
            Input("on", "Date", "The day of the activity; today when empty.", "slack#/types/date", required=False),
            Input("reached", "Number of people reached", "Empty while it is not known.", "number", required=False),
            Input("city", "City", "Of an event or a training.", required=False),
            Input("state", "State", "Of an event or a training: its two letters.", required=False),
            Input("info", "Additional information", "2,000 characters at most.", required=False),
        ),
        _activity,
    ),
    Step(
        FORMS["ask_approval"],
        "Ask for approval",
        "Put what is ready of an alliance before the officials who approve it",
        (
            _WHO,
            _WHICH,
            Input(
                "what",
                "What is to be approved",
                "A part of what /alliance approve calls it; empty where there is one thing only.",
                required=False,
            ),
            Input("note", "A word to those who decide", "1,000 characters at most.", required=False),
        ),
        _approval,
    ),
)
