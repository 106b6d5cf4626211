"""Who does something: the person behind a Slack account, with the positions held that day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import literal, select
from sqlalchemy.orm import Session, aliased

from models.offices import Office, Person, Position
from operations.refusals import NotAllowed
from policy.rights import HeldPosition, Role, Verb, may, who_may
from policy.words import day as spelled


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or a process) as named in the audit."""

    name: str
    #: None for a process and for a member of the workspace whom nobody entered yet.
    person_id: int | None = None
    slack_id: str | None = None
    positions: tuple[HeldPosition, ...] = ()
    #: Codes of the offices where a position is held.
    offices: tuple[str, ...] = ()


def process(name: str) -> Actor:
    """Return the actor of a process such as the rule check."""
    return Actor(name=name)


def operator(session: Session, name: str) -> Actor:
    """Return the actor of somebody at the terminal, who holds the records in hand: an administrator of the whole."""
    tops = tuple(session.scalars(select(Office.code).where(Office.parent_id.is_(None))))
    return Actor(name=name, positions=tuple(HeldPosition(Role.ADMINISTRATOR, code) for code in tops), offices=tops)


def identify(session: Session, slack_id: str, *, now: datetime, name: str | None = None) -> Actor:
    """Return the actor behind a Slack account; an account nobody entered may read and do nothing.

    A position is held from its first day to its last as days are counted at its office.
    """
    person = session.scalar(select(Person).where(Person.slack_id == slack_id))
    if person is None:
        return Actor(name=name or slack_id, slack_id=slack_id)
    return identify_all(session, [person], now=now)[person.id]


def identify_all(session: Session, people: Iterable[Person], *, now: datetime) -> dict[int, Actor]:
    """Return the actors that people are, by their ids: one query for all of them."""
    known = {person.id: person for person in people}
    official = aliased(Person)
    ever = session.execute(
        select(
            Position.person_id,
            Position.role,
            Office.code,
            official.name,
            Position.held_from,
            Position.held_until,
            Office.timezone,
        )
        .join(Office, Office.id == Position.office_id)
        .outerjoin(official, official.id == Position.acting_for_id)
        .where(Position.person_id.in_(known))
        .order_by(Position.id)
    )
    held: dict[int, list[tuple[str, str, str | None]]] = {id: [] for id in known}
    for id, role, code, official_name, first, last, timezone in ever:
        if first <= office_day(now, timezone) <= (last or date.max):
            held[id].append((role, code, official_name))
    return {id: _actor(person, held[id]) for id, person in known.items()}


def _actor(person: Person, held: Sequence[tuple[str, str, str | None]]) -> Actor:
    # A designee acts in the official's place: both names stand in the audit.
    acting_for = sorted({official_name for _, _, official_name in held if official_name})
    label = f"{person.name} (for {', '.join(acting_for)})" if acting_for else person.name
    return Actor(
        name=label,
        person_id=person.id,
        slack_id=person.slack_id,
        positions=tuple(HeldPosition(Role(role), code) for role, code, _ in held),
        offices=tuple(dict.fromkeys(code for _, code, _ in held)),
    )


def own_name(session: Session, by: Actor) -> str:
    """Return a person's name, without those for whom they act."""
    return session.scalar(select(Person.name).where(Person.id == by.person_id)) or by.name


def office_line(session: Session, office_id: int) -> tuple[str, ...]:
    """Return the codes of an office and of all offices above it, the nearest first."""
    start = select(Office.id, Office.code, Office.parent_id).where(Office.id == office_id).cte(recursive=True)
    above = aliased(Office)
    line = start.union_all(select(above.id, above.code, above.parent_id).join(start, above.id == start.c.parent_id))
    return tuple(session.scalars(select(line.c.code)))


def office_lines(session: Session, codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return for each of some offices the codes of it and of all offices above it, the nearest first: one query."""
    start = select(Office.code.label("of"), Office.code, Office.parent_id, literal(0).label("above"))
    begun = start.where(Office.code.in_(list(codes))).cte(recursive=True)
    above = aliased(Office)
    higher = select(begun.c.of, above.code, above.parent_id, begun.c.above + 1)
    line = begun.union_all(higher.join(begun, above.id == begun.c.parent_id))
    found: dict[str, tuple[str, ...]] = {}
    for of, code in session.execute(select(line.c.of, line.c.code).order_by(line.c.above)):
        found[of] = (*found.get(of, ()), code)
    return found


def offices_below(session: Session, code: str) -> set[str]:
    """Return the codes of an office and of all offices below it; empty when there is no such office."""
    start = select(Office.id, Office.code).where(Office.code == code).cte(recursive=True)
    below = aliased(Office)
    tree = start.union_all(select(below.id, below.code).join(start, below.parent_id == start.c.id))
    return set(session.scalars(select(tree.c.code)))


def require(session: Session, by: Actor, verb: Verb, *, office_codes: Sequence[str]) -> None:
    """Let pass who may do this for one of the offices.

    Raises:
        NotAllowed: No position of the person allows it; the sentence names the positions that do.
    """
    if allowed(session, by, verb, office_codes=office_codes):
        return
    offices = session.scalars(select(Office.name).where(Office.code.in_(office_codes)))
    roles = ", ".join(role.value for role in who_may(verb))
    where = " or ".join(offices) or "this office"
    raise NotAllowed(
        f"You may not {verb.label} for {where}: it takes one of these positions there or at an office "
        f"above it: {roles}.{_acts_between(session, by, verb, office_codes)} An administrator can add yours."
    )


def _acts_between(session: Session, by: Actor, verb: Verb, office_codes: Sequence[str]) -> str:
    """Say on which days a person acts for an official who may do this, where today is none of them."""
    official = aliased(Person)
    acted = session.execute(
        select(Position.role, Office.code, official.name, Position.held_from, Position.held_until)
        .join(Office, Office.id == Position.office_id)
        .join(official, official.id == Position.acting_for_id)
        .where(Position.person_id == by.person_id, Position.held_until.is_not(None))
        .order_by(Position.held_until.desc())
    ).all()
    held = {(role, code) for role, code in ((p.role.value, p.office_code) for p in by.positions)}
    offices = session.scalars(select(Office.id).where(Office.code.in_(office_codes))).all()
    for role, code, name, since, until in acted:
        position = HeldPosition(Role(role), code)
        over = (role, code) not in held
        if over and any(may(verb, [position], office_line(session, id)) for id in offices):
            return f" You act for {name} from {spelled(since)} to {spelled(until or since)} only."
    return ""


def allowed(session: Session, by: Actor, verb: Verb, *, office_codes: Sequence[str]) -> bool:
    """Whether a person may do this for one of the offices."""
    return any(may(verb, by.positions, line) for line in office_lines(session, office_codes).values())


def require_somewhere(by: Actor, verb: Verb) -> None:
    """Let pass who may do this for any office at all: asked before it is known for which.

    Raises:
        NotAllowed: No position of the person allows it anywhere.
    """
    # A position counts for its own office whatever it may do above or below.
    if any(may(verb, by.positions, (office,)) for office in by.offices):
        return
    roles = ", ".join(role.value for role in who_may(verb))
    raise NotAllowed(
        f"You may not {verb.label}: it takes one of these positions: {roles}. An administrator can add yours."
    )


def office_day(now: datetime, timezone: str) -> date:
    """Return what day it is at an office."""
    return now.astimezone(ZoneInfo(timezone)).date()


def office_midnight(day: date, timezone: str) -> datetime:
    """Return the moment at which a day begins at an office."""
    return datetime.combine(day, time(), ZoneInfo(timezone))
