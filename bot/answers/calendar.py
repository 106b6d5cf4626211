"""Calendars for Outlook and others: whose a person may have, the address of each, shown once, and its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, confirm, context, header, safe, section
from bot.choose import nothing_called, office_or_alliance
from bot.setting_words import moment_words
from bot.values import read_number
from bot.words import MY_WORDS
from operations.actor import Actor
from operations.calendars.make_address import MadeAddress, make_address
from operations.calendars.stop_address import stop_address
from operations.calendars.which import NO_POSITION, OWN, Which, refused_calendars, which_calendars
from operations.change_closures import top_office
from operations.read.addresses import AddressShown, list_addresses
from operations.refusals import NotAllowed, Refused
from policy.words import capital

#: What is typed for the offices where one holds a position.
OFFICES = frozenset({"office", "offices", "my office", "my offices"})
MINE = MY_WORDS | {"", "own"}
#: An entry and its buttons are two blocks each.
SHOWN = 20
HOLDS = (
    "A calendar has the open duties on the day they are due, and the meetings. Type an office or an alliance after "
    "/alliance calendar for its own."
)
HOW = (
    "Outlook: Add calendar, Subscribe from web, paste the address.\n"
    "Google Calendar: Other calendars, From URL, paste the address."
)
ONCE = (
    "It is shown this once, and whoever has it can read the calendar: keep it to yourself. If it is lost or known to "
    "others, replace it. It ends by itself when you hold no position any more that may have it."
)
NOT_SERVED = "Calendars are not served here yet: an administrator sets CALENDAR_ADDRESS for the bot."


def calendar(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Show the calendars that the words mean: mine and my offices', an office's, an alliance's."""
    typed = " ".join(words.split())
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        keys = [f"alliance:{alliance}"] if alliance is not None else _meant(session, by, typed)
        if isinstance(keys, Answer):
            return keys
        return _shown(session, asked, by, keys)


def _meant(session: Any, by: Actor, typed: str) -> list[str] | Answer:
    mine = [f"office:{code}" for code in by.offices]
    if typed.casefold() in MINE | OFFICES:
        if not mine:
            raise NotAllowed(NO_POSITION)
        return mine if typed.casefold() in OFFICES else [OWN, *mine]
    found = office_or_alliance(session, typed, "calendar")
    if isinstance(found, str):
        return [found]
    return nothing_called(session, typed, "calendar") if found is None else found


def _shown(session: Any, asked: Asked, by: Actor, keys: Sequence[str]) -> Answer:
    """List calendars with their addresses; those that a person has already stand in every list of their own."""
    addresses = {one.key: one for one in list_addresses(session, by.person_id)} if by.person_id else {}
    wanted = dict.fromkeys([*keys, *addresses] if OWN in keys else keys)
    zone = top_office(session).timezone
    lines, blocks = [], [header("Calendars"), section(HOLDS)]
    whiches = which_calendars(session, list(wanted)[:SHOWN])
    refused = refused_calendars(session, whiches, by)
    for key, which in whiches.items():
        address, ended = addresses.get(key), refused.get(key) or _moved(which, key)
        if ended is not None and address is None:
            raise ended
        lines.append(f"*{safe(capital(which.name))}*\n{ended.sentence if ended else _state(address, zone)}")
        blocks.append(section(lines[-1]))
        if buttons := _buttons(which, address, served=asked.calendars is not None and ended is None):
            blocks.append(actions(*buttons, block_id=f"calendar-{len(blocks)}"))
    if asked.calendars is None:
        lines.append(NOT_SERVED)
        blocks.append(context(NOT_SERVED))
    return Answer("\n".join(["*Calendars*", HOLDS, *lines]), blocks, title="Calendars")


def _moved(which: Which, key: str) -> Refused | None:
    """Say that what a calendar was of went into something else; None where it stands for itself."""
    if key != which.key:
        return Refused(f"What it was of went into {safe(which.name)}; nothing is served under this address any more.")
    return None


def _state(address: AddressShown | None, zone: str) -> str:
    if address is None:
        return "You have no address of it yet."
    fetched = "never yet" if address.fetched_at is None else moment_words(address.fetched_at, zone)
    return f"You have an address since {moment_words(address.made_at, zone)} ({zone}); last fetched: {fetched}."


def _buttons(which: Which, address: AddressShown | None, *, served: bool) -> list[Json]:
    about = capital(which.name)
    if address is None:
        return [button("Make an address", "make:calendar", which.key, about=about)] if served else []
    lost = "The old address stops at once: whoever has subscribed to it, you too, has to subscribe to the new one."
    end = "Nothing is served under the address any more: whoever has subscribed to it gets nothing new."
    replace = button(
        "Replace the address",
        "replace:calendar",
        which.key,
        about=about,
        confirm=confirm("Replace the address?", lost, "Replace"),
    )
    stop = button(
        "Stop",
        "stop:calendar",
        str(address.id),
        about=about,
        style="danger",
        confirm=confirm("Stop this address?", end, "Stop"),
    )
    return [replace, stop] if served else [stop]


def make(asked: Asked, value: str) -> Reply:
    """Make an address, and show it."""
    return _made(asked, value, replace=False)


def replace_it(asked: Asked, value: str) -> Reply:
    """Make another address in place of one."""
    return _made(asked, value, replace=True)


def _made(asked: Asked, key: str, *, replace: bool) -> Answer:
    if asked.calendars is None:
        raise Refused(NOT_SERVED)
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        made = make_address(session, calendar=key, replace=replace, by=by, now=asked.now)
    return _address(made, f"{asked.calendars}calendar/{made.token}.ics")


def _address(made: MadeAddress, address: str) -> Answer:
    old = " The old one has stopped." if made.replaced else ""
    head = f"The address of *{safe(made.name)}*, for you alone:{old}"
    blocks: list[Json] = [section(head), section(f"```{address}```"), section(HOW), context(ONCE)]
    return Answer(f"{head}\n{address}\n{HOW}\n{ONCE}", blocks, title="Calendars", replaces=True)


def stop(asked: Asked, value: str) -> Reply:
    """Stop an address."""
    with asked.sessions.begin() as session:
        name = stop_address(session, address_id=read_number(value), by=asked.actor(session), now=asked.now)
    text = f"Stopped: nothing is served any more under your address of *{safe(capital(name))}*."
    return Answer(text, replaces=True)


BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {
    "make:calendar": make,
    "replace:calendar": replace_it,
    "stop:calendar": stop,
}
