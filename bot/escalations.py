"""Why somebody hears of a duty that is late: who owes it, who else is told, and since when that is so."""

from __future__ import annotations

from bot.blocks import safe
from operations.read.message import Shown, ShownMessage
from operations.read.officials import Named
from policy.duties import Basis
from policy.stages import Audience
from policy.words import count


def why_told(duty: Shown, kind: str) -> str | None:
    """Say who owes a late duty and who hears of it at this stage; None before it is late."""
    after, _, days = (duty.stage or "").partition(":")
    if after != "after" or not days.isdigit():
        return None
    since = f"{count(int(days), 'day')} after its {'target' if duty.basis is Basis.OFFICE else 'due date'}"
    owes = f"{_owners(duty)} owes it."
    if kind == "direct":
        return f"{owes} You are told {since}, as {safe(_position(duty))}."
    if duty.audience is Audience.NATIONAL_OFFICE:
        return f"{owes} The National Office is told {since}."
    if duty.audience is Audience.OFFICIAL_ABOVE:
        return f"{owes} This is told {since} to {safe(_position(duty))}: nobody in that position can be written to."
    if not duty.told:
        return owes
    owners = {owner.slack_id for owner in duty.owners}
    told = " and ".join(_told(other, mention=other.slack_id not in owners) for other in duty.told)
    return f"{owes} Now also told, {since}: {told}."


def why_here(shown: ShownMessage) -> str | None:
    """Say for whom a message is that went up the ladder, and why it came here; None where it is where it belongs."""
    if shown.climbed_why is None:
        return None
    person = f"{safe(shown.person.name)}, " if shown.person else ""
    return f"This is for {person}{safe(shown.office)}. It came here because {safe(shown.climbed_why)}."


def _owners(duty: Shown) -> str:
    named = ", ".join(f"<@{owner.slack_id}>" for owner in duty.owners)
    return (
        f"{named} ({safe(duty.owner)}, {safe(duty.office)})" if named else f"{safe(duty.owner)}, {safe(duty.office)},"
    )


def _position(duty: Shown) -> str:
    return next((other.position for other in duty.told if other.position), "the official above")


def _told(other: Named, *, mention: bool) -> str:
    if other.position is None:
        return f"{safe(other.name)}, in its channel"
    if other.slack_id is None:
        return f"{safe(other.position)}, in the channel of that office, as nobody in that position can be written to"
    name = f"<@{other.slack_id}>" if mention else safe(other.name)
    return f"{name} ({safe(other.position)}), by direct message"
