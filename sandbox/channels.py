from __future__ import annotations

from sandbox.errors import SlackError
from sandbox.hub import Hub
from sandbox.identifiers import derived
from sandbox.state import Json

EVERYONE = "everyone"
NEVER = "0000000000.000000"
#: A longer backlog is not counted to its end.
MOST_COUNTED = 1_000


def members(hub: Hub, channel: Json) -> list[str]:
    """Return the ids of everybody in the channel, the app's user among them if it is; nobody deactivated."""
    users, found = hub.state.users, channel["members"]
    if channel["is_im"]:
        return list(found)
    taken_out = hub.state.bot_user_id if channel.get("without_app") else None
    everybody = users if found == EVERYONE else found
    return [user for user in everybody if user != taken_out and not users.get(user, {}).get("deleted")]


def is_member(hub: Hub, channel: Json, user: str) -> bool:
    """Tell whether the user is in the channel."""
    return user in members(hub, channel)


def visible(hub: Hub, channel: Json, user: str) -> bool:
    """Tell whether the user may know of the channel at all."""
    return is_member(hub, channel, user) or not (channel["is_im"] or channel["is_private"])


def find(hub: Hub, reference: str) -> Json:
    """Return the channel the app means by an id, `#name`, name or, for a direct message, a user's id.

    Raises:
        SlackError: `channel_not_found`.
    """
    channel = hub.state.channels.get(known_as(hub, reference) or "")
    user = hub.state.users.get(reference)
    # A message to somebody deactivated is taken where there are direct messages already, as Slack does.
    if channel is None and user is not None and reference != hub.state.bot_user_id and not user.get("deleted"):
        return open_im(hub, hub.state.bot_user_id, reference)
    if channel is None or not visible(hub, channel, hub.state.bot_user_id):
        raise SlackError("channel_not_found")
    return channel


def known_as(hub: Hub, reference: str) -> str | None:
    """Return the id of the channel meant by an id, `#name`, name or a user's id, or None where none is known.

    Direct messages with a person have an id before they are opened.
    """
    if reference in hub.state.channels:
        return reference
    if reference in hub.state.users and reference != hub.state.bot_user_id:
        return _im_id(hub.state.bot_user_id, reference)
    name = reference.removeprefix("#")
    named = [known["id"] for known in hub.state.channels.values() if known["name"] == name and name]
    return str(named[0]) if named else None


def _im_id(one: str, other: str) -> str:
    return derived("D", *sorted((one, other)))


def open_im(hub: Hub, one: str, other: str) -> Json:
    """Return the direct message channel of two users, made if there is none."""
    channel_id = _im_id(one, other)
    if channel_id not in hub.state.channels:
        hub.state.channels[channel_id] = {
            "id": channel_id,
            "name": "",
            "topic": "",
            "purpose": "",
            "members": sorted((one, other)),
            "is_im": True,
            "is_private": False,
            "is_archived": False,
            "created": int(hub.clock.now().timestamp()),
            "creator": one,
            # A bot is in every workspace, a person in one.
            "team": next((team for user in (one, other) if (team := hub.state.users.get(user, {}).get("team"))), ""),
        }
        announce(hub, channel_id)
    return hub.state.channels[channel_id]


def partner(channel: Json, viewer: str) -> str | None:
    """Return the other person of a direct message."""
    others = [user for user in channel["members"] if user != viewer] if channel["is_im"] else []
    return others[0] if others else (viewer if channel["is_im"] else None)


def as_slack(hub: Hub, channel: Json) -> Json:
    """Return the channel as the Web API shows it to the app."""
    bot, im, private = hub.state.bot_user_id, channel["is_im"], channel["is_private"]
    shown: Json = {
        "id": channel["id"],
        "created": channel["created"],
        "is_archived": channel["is_archived"],
        "is_im": im,
        "is_org_shared": False,
        "context_team_id": hub.state.team_of(channel["id"])["id"],
    }
    if im:
        user = partner(channel, bot)
        deleted = bool(hub.state.users.get(str(user), {}).get("deleted"))
        return shown | {"user": user, "is_user_deleted": deleted, "priority": 0}
    return shown | {
        "name": channel["name"],
        "name_normalized": channel["name"],
        "is_channel": not private,
        "is_group": private,
        "is_mpim": False,
        "is_private": private,
        "is_general": channel["name"] == "general",
        "is_shared": bool(channel.get("is_ext_shared")),
        "is_ext_shared": bool(channel.get("is_ext_shared")),
        "is_member": is_member(hub, channel, bot),
        "creator": channel["creator"],
        "topic": {"value": channel["topic"], "creator": channel["creator"], "last_set": 0},
        "purpose": {"value": channel["purpose"], "creator": channel["creator"], "last_set": 0},
        "num_members": len(members(hub, channel)),
        "previous_names": [],
    }


def for_page(hub: Hub, channel: Json, viewer: str) -> Json:
    """Return the channel as the page shows it to one person."""
    unread, mentions = count_unread(hub, channel, viewer)
    keys = ("id", "name", "topic", "purpose", "is_im", "is_private", "is_archived")
    return {key: channel[key] for key in keys} | {
        "user": partner(channel, viewer),
        "num_members": len(members(hub, channel)),
        "unread": unread,
        "mentions": mentions,
        "last_ts": hub.store.last_ts(channel["id"]),
        "last_read": read_mark(hub, channel["id"], viewer),
    }


def listed(hub: Hub, viewer: str) -> list[Json]:
    """Return the channels the person is in, by name, then their direct messages."""
    mine = [channel for channel in hub.state.channels.values() if is_member(hub, channel, viewer)]
    mine.sort(key=lambda channel: (channel["is_im"], channel["name"], channel["id"]))
    return [for_page(hub, channel, viewer) for channel in mine]


def read_mark(hub: Hub, channel_id: str, viewer: str) -> str:
    """Return the timestamp up to which the person has read the channel."""
    return str(hub.state.reads.get(viewer, {}).get(channel_id, NEVER))


def mark_read(hub: Hub, channel_id: str, viewer: str, ts: str) -> None:
    """Move the person's read mark ahead; it never moves back."""
    if ts > read_mark(hub, channel_id, viewer):
        hub.state.reads[viewer] = hub.state.reads.get(viewer, {}) | {channel_id: ts}


def count_unread(hub: Hub, channel: Json, viewer: str) -> tuple[int, int]:
    """Return how many messages of others the person has not read, and how many of them call them."""
    times = hub.store.between(channel["id"], read_mark(hub, channel["id"], viewer), "9")[-MOST_COUNTED:]
    messages = [hub.store.get(channel["id"], ts) or {} for ts in times]
    unread = [message for message in messages if message.get("user") != viewer and not message.get("welcome")]
    if channel["is_im"]:
        return len(unread), len(unread)
    calls = {viewer, "*"}
    return len(unread), sum(not calls.isdisjoint(message.get("mentions", ())) for message in unread)


def announce(hub: Hub, channel_id: str) -> None:
    """Show the channel's new state to everybody in it."""
    channel = hub.state.channels[channel_id]
    hub.pages.push_each(
        members(hub, channel),
        lambda viewer: {"type": "channel_changed", "channel": for_page(hub, channel, viewer)},
    )
