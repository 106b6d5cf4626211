"""What a searched field offers while a person types."""

from __future__ import annotations

from collections.abc import Callable

from bot.asked import Asked
from bot.blocks import Json
from bot.clean import storable
from bot.form import MOST_OPTIONS, option
from bot.form_types import Choice, Metadata
from operations.read.assignable import find_assignable
from operations.read.choices import alliances_of, find_offices
from operations.read.find_alliance import find_alliances
from operations.read.team import find_colleagues


def alliances(asked: Asked, typed: str, _about: Metadata) -> list[Json]:
    """Offer the alliances that the text may mean; without text those of the person's offices first."""
    with asked.sessions.begin() as session:
        mine = [] if typed.strip() else alliances_of(session, asked.actor(session))
        found = [(f.id, f.name) for f in find_alliances(session, storable(typed[:200]), limit=MOST_OPTIONS)]
    offered = dict([*mine, *found])
    return [option(Choice(str(id), name)) for id, name in list(offered.items())[:MOST_OPTIONS]]


def offices(asked: Asked, typed: str, _about: Metadata) -> list[Json]:
    """Offer the offices whose name, code or city holds the text."""
    with asked.sessions.begin() as session:
        found = find_offices(session, storable(typed[:200]), limit=MOST_OPTIONS)
    return [option(Choice(code, name)) for code, name in found]


def people(asked: Asked, typed: str, about: Metadata) -> list[Json]:
    """Offer the people to whom the form's duty can be assigned."""
    if about.obligation is None:
        return []
    with asked.sessions.begin() as session:
        found = find_assignable(session, about.obligation, storable(typed[:200]), now=asked.now)
    return [option(Choice(str(id), label)) for id, label in found[:MOST_OPTIONS]]


def colleagues(asked: Asked, typed: str, _about: Metadata) -> list[Json]:
    """Offer the people of OSHA whose name, account, position or office holds the text."""
    with asked.sessions.begin() as session:
        found = find_colleagues(session, storable(typed[:200]), limit=MOST_OPTIONS)
    return [option(Choice(str(id), label)) for id, label in found]


def other_alliances(asked: Asked, typed: str, about: Metadata) -> list[Json]:
    """Offer the alliances other than the one that the form is about."""
    found = alliances(asked, typed, about)
    return [each for each in found if each["value"] != str(about.alliance)]


#: By the action id of the field; what is offered may depend on what the form is about.
SEARCHES: dict[str, Callable[[Asked, str, Metadata], list[Json]]] = {
    "enter:alliance": alliances,
    "enter:office": offices,
    "enter:person": people,
    "enter:colleague": colleagues,
    "enter:into": other_alliances,
}
