"""A paper in preparation as a person reads it: its fields in the order of the form, with the form's words: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from policy.agreement_draft import FIELDS as AGREEMENT
from policy.drafts import Change, Content, Value, changes, field_label
from policy.facts import Level, Recommendation
from policy.subjects import PROPOSAL, RENEWAL, about_product
from policy.words import day

Titles = Mapping[str, str]

#: What the fields of a proposal are called, in the order in which they are typed.
PROPOSED: Titles = MappingProxyType(
    {
        "level": "Level",
        "lead": "Office that leads",
        "others": "Further OSHA offices",
        "name": "Name of the alliance",
        "participants": "Projected participants",
        "goals": "Goals",
        "objectives": "Objectives",
        "background": "Background",
        "work_plan": "Draft work plan of the first year",
        "milestones": "Milestones",
    }
)
LEVELS: Mapping[Level, str] = MappingProxyType(
    {
        Level.AREA: "Area: signed by Area Directors",
        Level.REGIONAL: "Regional: signed by Regional Administrators",
        Level.NATIONAL: "National: signed by the Assistant Secretary or the Secretary",
    }
)
#: The same of what is recommended at the end of a term.
RECOMMENDED: Titles = MappingProxyType(
    {
        "recommendation": "Recommendation",
        "reasons": "Reasons",
        "recommended_on": "Date of the recommendation",
        "extended_until": "Last day of the extension",
        "expectations": "Written expectations",
    }
)
RECOMMENDATIONS: Mapping[str, str] = MappingProxyType({one.value: one.value.capitalize() for one in Recommendation})
#: The same of a product before its experts.
REVIEWED: Titles = MappingProxyType(
    {"document": "Where the document is", "summary": "What it says, or what matters of it"}
)
#: A proposal keeps its offices in one list, the lead office first; the form asks for them in two fields.
OFFICES = "offices"
_DAYS = frozenset({"recommended_on", "extended_until"})


def paper_words(subject: str, content: Content, offices: Mapping[str, str]) -> dict[str, Value]:
    """Return what each field of a paper is called and says, in the order of the form in which it was typed.

    `offices` are names by code. A field that the form does not have, as of a paper kept long ago, stands at the end.
    """
    titles = _titles(subject)
    given = dict(_fields(subject, content))
    names = [*(name for name in titles if name in given), *(name for name in given if name not in titles)]
    return {titles.get(name, field_label(name)): _words(name, given[name], offices) for name in names}


def paper_changes(subject: str, before: Content, after: Content, offices: Mapping[str, str]) -> tuple[Change, ...]:
    """List the fields in which two versions of a paper differ, in the order of the form and in its words."""
    told = changes(paper_words(subject, before, offices), paper_words(subject, after, offices))
    order = list(_titles(subject).values())
    return tuple(sorted(told, key=lambda one: order.index(one.field) if one.field in order else len(order)))


def paper_title(subject: str, name: str) -> str:
    """Return what a field of a paper is called in its form."""
    return _titles(subject).get(name, field_label(name))


def _titles(subject: str) -> Titles:
    kind = subject.partition(":")[0]
    if about_product(subject):
        return REVIEWED
    return {PROPOSAL: PROPOSED, RENEWAL: RECOMMENDED}.get(kind, AGREEMENT)


def _fields(subject: str, content: Content) -> Iterator[tuple[str, Value]]:
    for name, value in content.items():
        if name == OFFICES and isinstance(value, list) and value and _titles(subject) is PROPOSED:
            lead, *others = value
            yield "lead", lead
            if others:
                yield "others", others
        else:
            yield name, value


def _words(name: str, value: Value, offices: Mapping[str, str]) -> Value:
    if isinstance(value, list):
        return [_line(name, one, offices) for one in value]
    return _line(name, value, offices)


def _line(name: str, text: str, offices: Mapping[str, str]) -> str:
    match name:
        case "lead" | "others":
            return offices.get(text, text)
        case "level":
            return next((label for level, label in LEVELS.items() if level.value == text), text)
        case "recommendation":
            return RECOMMENDATIONS.get(text, text)
        case "milestones":
            on, separator, rest = text.partition(";")
            return f"{_day(on)}{separator}{rest}"
    return _day(text) if name in _DAYS else text


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text
