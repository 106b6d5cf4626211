"""Whether a name that somebody typed is that of a person: by the name, the e-mail address or the Slack account."""

from __future__ import annotations

import re
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Person
from operations.actor import Actor

_MENTION = re.compile(r"<@(\w+)(?:\|[^>]*)?>")


def is_named(session: Session, by: Actor, name: str | None) -> bool:
    """Whether a typed name is that of the person who types it."""
    return name is not None and is_one_of(name, {by.name, *names_of(session, {by.person_id})})


def is_one_of(name: str, names: Collection[str]) -> bool:
    """Whether a typed name is among some: white space, capitals, position and whom they act for aside."""
    return _plain(name) in set(map(_plain, names))


def names_of(session: Session, person_ids: Collection[int | None]) -> set[str]:
    """Return what some people may be called: each one's name of today, e-mail address and Slack account."""
    known = session.execute(select(Person.name, Person.email, Person.slack_id).where(Person.id.in_(person_ids)))
    return {name for person in known for name in person if name}


def _plain(name: str) -> str:
    name = _MENTION.sub(r"\1", name).partition(" (for ")[0].partition(",")[0]
    return " ".join(name.split()).removeprefix("@").casefold()
