"""Who holds what where; and what nobody answers for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, header, paragraphs, safe, section
from bot.choose import office_choices, which_office
from bot.people_words import held_line, ownerless_lines
from bot.values import Run
from operations.actor import Actor, allowed
from operations.change_closures import top_office
from operations.read.choices import find_offices, office_names
from operations.read.ownerless import Ownerless, read_ownerless
from operations.read.people import (
    HeldBy,
    OfficePeople,
    PersonCard,
    When,
    find_people,
    people_of_office,
    show_person,
)
from policy.rights import Verb, who_may
from policy.words import count, listing

#: What is typed for what has no owner.
NOBODY = frozenset({"nobody", "none", "vacant", "missing", "without", "without-owner", "ownerless"})
SHOWN = 25
HEADINGS = {When.NOW: "Today", When.COMING: "To come", When.PAST: "Before"}


def people(asked: Asked, words: str, alliance: int | None = None) -> Reply:  # noqa: ARG001 - every word is called alike
    """Show the people of an office, the positions of a person, or what nobody answers for."""
    typed = " ".join(words.split())
    if typed.casefold() in NOBODY:
        return nobody(asked)
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        meant = _meant(session, by, typed, asked.now)
        if isinstance(meant, Answer):
            return meant
        if isinstance(meant, PersonCard):
            return _person(meant)
        shown = people_of_office(session, meant, now=asked.now)
        may = allowed(session, by, Verb.NAME_PEOPLE, office_codes=[meant])
        own = [one for one in shown.of(When.NOW) if one.slack_id == asked.user_id and one.acting_for is None]
        may_name = own and allowed(session, by, Verb.NAME_DESIGNEE, office_codes=[meant])
        left = read_ownerless(session, now=asked.now).at([meant])
    return _office(shown, left, may=may, may_name=bool(may or may_name))


def nobody(asked: Asked) -> Answer:
    """List what nobody answers for, in the whole program."""
    with asked.sessions.begin() as session:
        found = read_ownerless(session, now=asked.now)
    heading = "Without an owner"
    lines = ownerless_lines(found)
    if not lines:
        text = "Every open duty and request has somebody who answers for it, and every office a channel."
        return Answer(f"*{heading}*\n{text}", [header(heading), section(text)], title="People")
    how = "Give a position with /alliance people and the office; set a channel with /alliance office."
    blocks = [header(heading), *map(section, paragraphs(lines)), context(how)]
    return Answer("\n".join([f"*{heading}*", *lines, how]), blocks, title="People")


def _meant(session: Any, by: Actor, typed: str, now: datetime) -> str | PersonCard | Answer:
    """Return the code of the office, or the person, that the words mean, or the answer that lets somebody choose."""
    if not typed:
        if len(by.offices) > 1:
            return office_choices(office_names(session, by.offices), "Which of your offices?", "people")
        return by.offices[0] if by.offices else top_office(session).code
    known, offices = find_people(session, typed), find_offices(session, typed, limit=2)
    exact = [slack_id for slack_id, name in known if typed == slack_id] or [
        slack_id for slack_id, name in known if name.casefold() == typed.casefold()
    ]
    if len(exact) == 1 or (len(known) == 1 and not offices):
        card = show_person(session, (exact or [known[0][0]])[0], now=now)
        if card is not None:
            return card
    if known and not offices:
        return _several(known, typed)
    return which_office(session, typed, "people")


def _several(known: Sequence[tuple[str, str]], typed: str) -> Answer:
    text = f"Several people match “{safe(typed)}”. Which one do you mean?"
    blocks = [section(text)]
    for slack_id, name in known:
        # Two may bear one name: the account tells them apart.
        value = Run(word="people", words=slack_id).model_dump_json(exclude_none=True)
        choose = button("Choose", f"run:people:{slack_id}", value, about=name)
        blocks.append(section(f"*{safe(name)}* (<@{slack_id}>)", accessory=choose))
    return Answer("\n".join([text, *(f"- {safe(name)}" for _, name in known)]), blocks)


def _person(card: PersonCard) -> Answer:
    lines = _groups(card.held, office=True) or ["Holds no position on record."]
    note = "Positions are changed at their office: /alliance people and its name."
    blocks = [header(card.name), *map(section, paragraphs(lines)), context(note)]
    return Answer("\n".join([f"*{safe(card.name)}*", *lines, note]), blocks, title="People")


def _groups(held: Sequence[HeldBy], *, office: bool) -> list[str]:
    lines = []
    for when, heading in HEADINGS.items():
        of_group = [one for one in held if one.when is when]
        if of_group:
            lines += [f"*{heading}*", *(f"•  {held_line(one, office=office)}" for one in of_group[:SHOWN])]
            lines += [f"and {len(of_group) - SHOWN} more"] if len(of_group) > SHOWN else []
    return lines


def _office(shown: OfficePeople, left: Ownerless, *, may: bool, may_name: bool) -> Answer:
    lines = _groups(shown.held, office=False)
    if not shown.of(When.NOW):
        lines.insert(0, "Nobody holds a position here today.")
    if shown.missing:
        lines.append(f"Vacant: {listing(role.value for role in shown.missing)}.")
    if left.duties:
        lines.append(
            f"{count(len(left.duties), 'duty')} of this office {'has' if len(left.duties) == 1 else 'have'} no owner: "
            "/alliance people nobody lists them."
        )
    blocks: list[Json] = [header(f"People of {shown.name}"), *map(section, paragraphs(lines))]
    note = ""
    buttons = []
    if may:
        buttons.append(button("Give a position", "give:position", shown.code, about=shown.name))
        if shown.held:
            buttons.append(button("End a position", "end:position", shown.code, about=shown.name))
    if may_name and shown.of(When.NOW):
        buttons.append(button("Name a designee", "name:designee", shown.code, about=shown.name))
    if buttons:
        blocks.append(actions(*buttons))
    if not may:
        who = listing(role.value for role in who_may(Verb.NAME_PEOPLE))
        note = f"Who holds a position is said by these here or at an office above: {who}."
        blocks.append(context(note))
    text = "\n".join(filter(None, [f"*People of {safe(shown.name)}*", *lines, note]))
    return Answer(text, blocks, title="People")
