from __future__ import annotations

import asyncio

from sandbox import channels, views
from sandbox.errors import NoAnswerError
from sandbox.hub import Hub
from sandbox.identifiers import fresh
from sandbox.interactions.payloads import TOKEN, action_ts
from sandbox.state import Json


def home_opened(hub: Hub, user: str) -> None:
    """Tell the app that a person looks at its Home tab."""
    im = channels.open_im(hub, hub.state.bot_user_id, user)
    event: Json = {"type": "app_home_opened", "user": user, "channel": im["id"], "tab": "home"}
    home = views.home_of(hub, user)
    if home is not None:
        event["view"] = home
    _send_if_wanted(hub, "app_home_opened", event | {"event_ts": action_ts(hub)})


def message_said(hub: Hub, channel: Json, message: Json) -> None:
    """Tell the app of a person's message, as far as it subscribed to such."""
    bot = hub.state.bot_user_id
    if not channels.is_member(hub, channel, bot):
        return
    kind = "im" if channel["is_im"] else "group" if channel["is_private"] else "channel"
    keys = ("user", "ts", "text", "team", "thread_ts", "blocks")
    event = {key: message[key] for key in keys if key in message}
    event |= {"channel": channel["id"], "event_ts": message["ts"]}
    subscription = "message.im" if kind == "im" else f"message.{kind}s"
    _send_if_wanted(hub, subscription, {"type": "message", **event, "channel_type": kind})
    if f"<@{bot}>" in message["text"] and kind != "im":
        _send_if_wanted(hub, "app_mention", {"type": "app_mention", **event})


def _send_if_wanted(hub: Hub, subscription: str, event: Json) -> None:
    if subscription in hub.state.app["events"]:
        hub.start(_send(hub, event))


async def _send(hub: Hub, event: Json) -> None:
    app, team = hub.state.app, hub.state.team
    authorization = {
        "enterprise_id": None,
        "team_id": team["id"],
        "user_id": app["bot_user"]["id"],
        "is_bot": True,
        "is_enterprise_install": False,
    }
    payload = {
        "token": TOKEN,
        "team_id": team["id"],
        "context_team_id": team["id"],
        "api_app_id": app["id"],
        "event": event,
        "type": "event_callback",
        "event_id": fresh("Ev"),
        "event_time": int(hub.clock.now().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
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
