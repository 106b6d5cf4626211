from __future__ import annotations

import asyncio

from sandbox import channels, views
from sandbox.errors import NoAnswerError
from sandbox.hub import Hub
from sandbox.identifiers import fresh
from sandbox.interactions.payloads import TOKEN, action_ts
from sandbox.links import links_of
from sandbox.state import Json

#: Where a link stands that was sent, not one that is still being written.
FROM_MESSAGE = "conversations_history"


def home_opened(hub: Hub, user: str) -> None:
    """Tell the app that a person looks at its Home tab."""
    im = channels.open_im(hub, hub.state.bot_user_id, user)
    event: Json = {"type": "app_home_opened", "user": user, "channel": im["id"], "tab": "home"}
    home = views.home_of(hub, user)
    if home is not None:
        event["view"] = home
    send_if_wanted(hub, "app_home_opened", event | {"event_ts": action_ts(hub)})


def message_said(hub: Hub, channel: Json, message: Json) -> None:
    """Tell the app of a person's message, as far as it subscribed to such."""
    bot = hub.state.bot_user_id
    if not channels.is_member(hub, channel, bot):
        return
    kind = "im" if channel["is_im"] else "group" if channel["is_private"] else "channel"
    keys = ("user", "ts", "text", "team", "thread_ts", "blocks", "subtype", "files")
    event = {key: message[key] for key in keys if key in message}
    event |= {"channel": channel["id"], "event_ts": message["ts"]}
    head = hub.store.get(channel["id"], message.get("thread_ts", ""))
    if head is not None:
        event["parent_user_id"] = head["user"]
    subscription = "message.im" if kind == "im" else f"message.{kind}s"
    send_if_wanted(hub, subscription, {"type": "message", **event, "channel_type": kind})
    if f"<@{bot}>" in message["text"] and kind != "im":
        send_if_wanted(hub, "app_mention", {"type": "app_mention", **event})


def links_shared(hub: Hub, channel: Json, message: Json) -> None:
    """Tell the app of links to its domains in a person's message, in whatever channel they stand."""
    links = links_of(hub, message["text"])
    if not links:
        return
    event: Json = {
        "type": "link_shared",
        "user": message["user"],
        "channel": channel["id"],
        "message_ts": message["ts"],
        "is_bot_user_member": channels.is_member(hub, channel, hub.state.bot_user_id),
        "source": FROM_MESSAGE,
        "unfurl_id": f"{channel['id']}.{message['ts']}.{fresh('', 16).lower()}",
        "links": links,
        "event_ts": message["ts"],
    }
    if message.get("thread_ts"):
        event["thread_ts"] = message["thread_ts"]
    send_if_wanted(hub, "link_shared", event)


def send_if_wanted(hub: Hub, subscription: str, event: Json, team: Json | None = None) -> None:
    """Tell the app of an event, as far as it subscribed to such; without a team, in that of its person or channel."""
    if subscription in hub.state.app["events"]:
        found = hub.state.team_of(event.get("user") or event.get("channel"))
        hub.start(_send(hub, event, team or found))


async def _send(hub: Hub, event: Json, team: Json) -> None:
    app, enterprise = hub.state.app, (team.get("enterprise") or {}).get("id")
    # Of an organization as a whole there is no workspace.
    team_id = None if team["id"] == enterprise else team["id"]
    authorization = {
        "enterprise_id": enterprise,
        "team_id": team_id,
        "user_id": app["bot_user"]["id"],
        "is_bot": True,
        "is_enterprise_install": team_id is None or hub.state.is_whole(team),
    }
    payload = {
        "token": TOKEN,
        "team_id": team_id,
        "context_team_id": team_id,
        "api_app_id": app["id"],
        "event": event,
        "type": "event_callback",
        "event_id": fresh("Ev"),
        "event_time": int(hub.clock.now().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": bool(hub.state.channels.get(event.get("channel", ""), {}).get("is_ext_shared")),
    }
    for retry, wait in enumerate((0.0, *hub.retry_after)):
        await asyncio.sleep(wait)
        try:
            await hub.link.deliver("events_api", payload, answerable=False, retry=retry)
        except NoAnswerError as error:
            problem = error.sentence
        else:
            return
    hub.note("error", text=f"event {event['type']} {problem}")
