"""What a withdrawn record said, in the order and the words of the form that recorded it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Any

from bot.form import ask_of
from bot.forms import FORMS
from bot.mark_fields import mark_field, note_field
from operations.read.withdrawn import Withdrawn
from policy.words import capital, clock, day

#: The form that recorded it, by what the audit calls the withdrawal.
_FORMS: Mapping[str, str] = MappingProxyType(
    {
        "meeting:withdrawn": "record_meeting",
        "activity:withdrawn": "record_activity",
        "evaluation:withdrawn": "record_evaluation",
        "annual-report:withdrawn": "submit_report",
        "annual-report:hand-over-withdrawn": "hand_over_report",
        "annual-report:posting-withdrawn": "post_report",
        "renewal:withdrawn": "decide_renewal",
        "renewal:withdrawn-signing": "sign_renewal",
        "termination-notice:record-withdrawn": "give_notice",
        "termination-notice:outcome-withdrawn": "give_notice",
        "signature:withdrawn": "correct_signature",
        "signatory:withdrawn": "add_signatory",
        "work-plan:withdrawn": "record_work_plan",
        "work-plan:correction-withdrawn": "record_work_plan",
        "milestone:reopened": "reach_milestone",
        "fulfilment:withdrawn": "record_done",
        "comments:withdrawn": "ask_comments",
        "comment:withdrawn": "answer_comment",
        "planned-activity:withdrawn": "plan_activity",
        "planned-activity:notice-withdrawn": "notify_activity",
        "alliance:end-withdrawn": "conclude",
    }
)
#: What comes first and no form asks for: it says which record it was.
_FIRST = MappingProxyType({"of": "Signature of", "kind": "Kind", "about": "About"})
#: What the form asks for otherwise than the record has it.
_OTHERWISE = MappingProxyType(
    {
        "withdrawn_on": "Withdrawn on",
        "ended_on": "Ended on",
        "text": "Evidence or answer",
        "on": "Date",
        "due_on": "Asked for by",
        "acting_for": "Acting for",
        "rule": None,
    }
)
#: The lines of a plan, and who was there: in the order in which they are typed.
_PARTS = ("what", "audience", "due_on", "person", "metric", "title", "name", "organization")
_DAY, _TIME = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"\d{2}:\d{2}:\d{2}")
_WHETHER = MappingProxyType({"held": ("It was held", "It is planned")})


def said_words(one: Withdrawn) -> str:
    """Say what a withdrawn record said, field by field; what its form does not ask for stands at the end."""
    return "; ".join(f"{title}: {_words(name, value, labels)}" for name, title, value, labels in _fields(one))


def _fields(one: Withdrawn) -> Iterator[tuple[str, str, Any, Mapping[str, str]]]:
    said = {name: value for name, value in one.said.items() if name != "marks"} | _marks(one.said.get("marks", {}))
    form = FORMS.get(_FORMS.get(one.action, ""))
    asked = {} if form is None else form.model.model_fields
    for name, title in _FIRST.items():
        if name in said and name not in asked:
            yield name, title, said.pop(name), {}
    for name, info in asked.items():
        if name in said:
            yield name, info.title or name, said.pop(name), ask_of(info).labels
    for name, value in said.items():
        other = _OTHERWISE.get(name, capital(name.replace("_", " ")))
        if other is not None:
            yield name, other, value, {}


def _marks(marks: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the marks of an evaluation as the fields of its form."""
    fields: dict[str, Any] = {}
    for criterion, marked in marks.items():
        told = {mark_field(criterion): marked.get("mark"), note_field(criterion): marked.get("note")}
        fields |= {name: value for name, value in told.items() if value}
    return fields


def _words(name: str, value: Any, labels: Mapping[str, str]) -> str:
    match value:
        case bool():
            return _WHETHER.get(name, ("yes", "no"))[not value]
        case list():
            return "; ".join(_words(name, one, labels) for one in value)
        case Mapping():
            return ", ".join(_words(part, value[part], {}) for part in _PARTS if value.get(part))
        case date():
            return day(value)
        case time():
            return clock(value)
    return _text(name, str(value), labels)


def _text(name: str, text: str, labels: Mapping[str, str]) -> str:
    if _DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    if _TIME.fullmatch(text):
        return clock(time.fromisoformat(text))
    return labels.get(text, capital(text.replace("-", " ")) if name == "kind" else text)
