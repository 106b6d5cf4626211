"""What the page in the browser asks for and does."""

from __future__ import annotations

import re
from html import escape
from itertools import chain
from typing import Any

from aiohttp import web

from sandbox import bodies, channels, ephemerals, events, files, messages, users, views
from sandbox.errors import RefusalError
from sandbox.hub import Hub
from sandbox.interactions.act import Use, act
from sandbox.interactions.close_view import close_view
from sandbox.interactions.run_command import run_command
from sandbox.interactions.submit_view import submit_view
from sandbox.interactions.suggest_options import suggest_options
from sandbox.interactions.use_shortcut import use_shortcut
from sandbox.state import Json

MOST_MESSAGES = 200
LONGEST_SAID = 12_000
#: Mentions a person may type; all other angle brackets are shown as they are.
MENTION = re.compile(r"&lt;(@[UW][A-Z0-9]+|#C[A-Z0-9]+|!here|!channel|!everyone)&gt;")


def state(hub: Hub, query: Json) -> Json:
    """Return everything the page shows at the start."""
    everybody = [user["id"] for user in users.people(hub)]
    wanted = hub.state.settings.get("default_user", {}).get("id")
    default = wanted if wanted in everybody else next(iter(everybody), None)
    user = str(query.get("user") or default or "")
    me = users.person(hub, user) if user else None
    return {
        "team": hub.state.team_of(user),
        "me": me,
        "users": list(hub.state.users.values()),
        "channels": channels.listed(hub, user) if me else [],
        "app": hub.state.app,
        "clock": hub.clock.shown(),
        "default_user": default,
        "welcome": next(iter(hub.state.settings.get("welcomes", {})), None),
        "views": hub.modals.stack(user),
        "connected": hub.link.connections > 0,
    }


def _everything(hub: Hub, user: str) -> Json:
    try:
        return {"type": "everything", **state(hub, {"user": user})}
    except RefusalError as error:
        return {"type": "notice", "text": str(error), "level": "error"}


def page_of_messages(hub: Hub, query: Json) -> Json:
    """Return one page of a channel or thread, oldest first."""
    user, channel = _seen(hub, query)
    channel_id, thread_ts = channel["id"], str(query.get("thread_ts") or "")
    before = str(query.get("before") or "9")
    if thread_ts:
        times = [thread_ts, *hub.store.replies(channel_id, thread_ts)]
    else:
        times = hub.store.between(channel_id, channels.NEVER, before)
    stored = [message for ts in times if ts < before and (message := hub.store.get(channel_id, ts))]
    mine = [
        message
        for message in ephemerals.shown_to(hub, channel_id, user)
        if message["ts"] < before and str(message.get("thread_ts") or "") == thread_ts
    ]
    found = sorted(chain(stored, mine), key=lambda message: str(message["ts"]))
    # A thread is shown whole: its head must never fall off the page.
    limit = len(found) if thread_ts else _limit(query)
    shown = found[-limit:] if limit else []
    return {
        "messages": [messages.for_page(message) for message in shown],
        "has_more": len(found) > limit,
        "pinned": [messages.for_page(message) for message in _pinned(hub, channel_id)],
    }


def _pinned(hub: Hub, channel_id: str) -> list[Json]:
    times = hub.store.between(channel_id, channels.NEVER, "9")
    return [message for ts in times if (message := hub.store.get(channel_id, ts) or {}).get("pinned_to")]


def _limit(query: Json) -> int:
    try:
        return max(1, min(int(query.get("limit") or 50), MOST_MESSAGES))
    except ValueError as error:
        raise RefusalError("`limit` must be a number.") from error


def _seen(hub: Hub, body: Json) -> tuple[str, Json]:
    user_id, channel_id = bodies.need(body, "user", "channel")
    user = users.person(hub, user_id)["id"]
    channel = hub.state.channels.get(str(channel_id))
    if channel is None or not channels.is_member(hub, channel, user):
        raise RefusalError("You are not in this channel.")
    return user, channel


async def say(hub: Hub, body: Json) -> Json:
    """Post what a person typed."""
    user, channel = _seen(hub, body)
    text = str(body.get("text") or "").strip()
    thread_ts = body.get("thread_ts")
    sent = [file for file in files.attached(hub, body.get("files")) if file["user"] == user]
    if not text and not sent:
        raise RefusalError("There is nothing to send.", 200)
    if len(text) > LONGEST_SAID:
        raise RefusalError(f"Your message is too long; {LONGEST_SAID:,} characters are the limit.", 200)
    if channel["is_archived"]:
        raise RefusalError("This channel is archived.", 200)
    if thread_ts and hub.store.get(channel["id"], str(thread_ts)) is None:
        raise RefusalError("This thread is no longer there.", 200)
    safe = MENTION.sub(r"<\1>", escape(text, quote=False))
    for file in sent:
        files.share(hub, hub.state.files[file["id"]], channel["id"])
    subtype = {"subtype": "file_share"} if sent else {}
    message = messages.post(hub, channel["id"], user=user, text=safe, thread_ts=thread_ts, files=sent, **subtype)
    events.message_said(hub, channel, message)
    events.links_shared(hub, channel, message)
    return {"ts": message["ts"]}


async def command(hub: Hub, body: Json) -> Json:
    """Run a slash command."""
    user, channel = _seen(hub, body)
    await run_command(hub, user, channel["id"], str(bodies.need(body, "text")[0]))
    return {}


async def action(hub: Hub, body: Json) -> Json:
    """Press a button or choose something."""
    user, container, part = _element(hub, body)
    value = body.get("value")
    chosen = value if isinstance(value, dict) else {}
    await act(hub, container, Use(user, part, chosen, body.get("values")))
    return {}


def _element(hub: Hub, body: Json) -> tuple[str, Json, tuple[str, str]]:
    user_id, container, block_id, action_id = bodies.need(body, "user", "container", "block_id", "action_id")
    user = str(users.person(hub, user_id)["id"])
    if not isinstance(container, dict):
        raise RefusalError("`container` must be an object.")
    if container.get("type") == "view":
        bodies.need(container, "view_id")
    else:
        bodies.need(container, "channel", "ts")
        _seen(hub, {"user": user, "channel": container["channel"]})
        container = container | {"type": "message"}
    return user, container, (str(block_id), str(action_id))


async def submit(hub: Hub, body: Json) -> Json:
    """Send a modal."""
    user_id, view_id = bodies.need(body, "user", "view_id")
    return await submit_view(hub, users.person(hub, user_id)["id"], str(view_id), body.get("values"))


async def close(hub: Hub, body: Json) -> Json:
    """Close a modal without sending it."""
    user_id, view_id = bodies.need(body, "user", "view_id")
    close_view(hub, users.person(hub, user_id)["id"], str(view_id), everything=bool(body.get("all")))
    return {}


async def options(hub: Hub, body: Json) -> Json:
    """Search the app's options."""
    user, container, part = _element(hub, body)
    return await suggest_options(hub, user, container, part, str(body.get("query") or ""))


async def shortcut(hub: Hub, body: Json) -> Json:
    """Choose a shortcut of the app."""
    user_id, callback_id = bodies.need(body, "user", "callback_id")
    user, ts = users.person(hub, user_id)["id"], str(body.get("message_ts") or "")
    channel_id = str(_seen(hub, body)[1]["id"]) if ts else ""
    await use_shortcut(hub, user, str(callback_id), channel_id, ts)
    return {}


async def read(hub: Hub, body: Json) -> Json:
    """Move a person's read mark."""
    user, channel = _seen(hub, body)
    channels.mark_read(hub, channel["id"], user, str(bodies.need(body, "ts")[0]))
    shown = channels.for_page(hub, channel, user)
    hub.pages.push(user, {"type": "channel_changed", "channel": shown})
    return {}


async def open_home(hub: Hub, body: Json) -> Json:
    """Look at the app's Home tab."""
    user = users.person(hub, bodies.need(body, "user")[0])["id"]
    events.home_opened(hub, user)
    return {"view": views.home_of(hub, user)}


async def open_im(hub: Hub, body: Json) -> Json:
    """Open the direct messages with somebody."""
    user_id, other = bodies.need(body, "user", "with")
    user = users.person(hub, user_id)["id"]
    if other not in hub.state.users:
        raise RefusalError("There is nobody of that id in this workspace.")
    return {"channel": channels.for_page(hub, channels.open_im(hub, user, str(other)), user)}


ASKED = {"state": state, "messages": page_of_messages}
DONE = {
    "say": say,
    "command": command,
    "action": action,
    "submit": submit,
    "close": close,
    "options": options,
    "shortcut": shortcut,
    "read": read,
    "open_home": open_home,
    "open_im": open_im,
}


def routes(hub: Hub) -> list[web.RouteDef]:
    """Return the page's part of the server."""

    def asks(answer: Any) -> Any:
        async def handle(request: web.Request) -> web.Response:
            return web.json_response(answer(hub, dict(request.query)))

        return handle

    def does(deed: Any) -> Any:
        async def handle(request: web.Request) -> web.Response:
            return web.json_response({"ok": True, **await deed(hub, await bodies.read(request))})

        return handle

    async def socket(request: web.Request) -> web.WebSocketResponse:
        user = users.person(hub, request.query.get("user"))["id"]
        response = web.WebSocketResponse(heartbeat=30)
        await response.prepare(request)
        await hub.pages.attend(user, response, lambda: _everything(hub, user))
        return response

    return [
        *(web.get(f"/client/{name}", asks(answer)) for name, answer in ASKED.items()),
        *(web.post(f"/client/{name}", does(deed)) for name, deed in DONE.items()),
        web.get("/client/socket", socket),
    ]
