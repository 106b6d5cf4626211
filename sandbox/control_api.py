"""How a program sets the local Slack up, moves its clock and looks at what was posted."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox import bodies, set_up
from sandbox.errors import NoAnswerError, RefusalError
from sandbox.hub import Hub
from sandbox.interactions.payloads import response_url
from sandbox.response_urls import ResponseUrl
from sandbox.state import Json


def clock(hub: Hub, _query: Json) -> Json:
    """Return the workspace's time."""
    return hub.clock.shown()


def move_clock(hub: Hub, body: Json) -> Json:
    """Move the workspace's time."""
    try:
        if "by_days" in body:
            hub.clock.move_by_days(float(body["by_days"]))
        else:
            hub.clock.move_to(bodies.moment(bodies.need(body, "to")[0]), force=bool(body.get("force")))
    except (ValueError, TypeError) as error:
        raise RefusalError("Give `to` as an ISO date and time with its offset, or `by_days` as a number.") from error
    hub.state.settings["clock"] = {"offset": hub.clock.offset, "moved": hub.clock.moved}
    shown = hub.clock.shown()
    hub.pages.push_all({"type": "clock", **shown})
    # Somebody's do-not-disturb may have ended.
    hub.faults.on_change()
    return shown


def workspace(hub: Hub, body: Json) -> Json:
    """Create or update the team, people and channels."""
    set_up.workspace(hub, body)
    hub.pages.push_all({"type": "workspace_changed"})
    return {"ok": True}


def app(hub: Hub, body: Json) -> Json:
    """Create or update the app."""
    set_up.app(hub, body)
    hub.pages.push_all({"type": "workspace_changed"})
    return {"ok": True}


def welcome(hub: Hub, body: Json) -> Json:
    """Pin one message of welcome to a channel."""
    return {"ok": True, "ts": set_up.welcome(hub, body)}


def record(hub: Hub, query: Json) -> list[Json]:
    """Return everything posted, in order."""
    since = str(query.get("since") or 0)
    if not since.isdecimal():
        raise RefusalError("`since` must be a number.")
    return hub.record[int(since) :]


async def deliver(hub: Hub, body: Json) -> Json:
    """Send the app any payload, as it is; return its acknowledgement, or what kept it from coming.

    `as_user` has it carry a trigger of that person and, with `in_channel`, an address for answers, as Slack gives them.
    """
    kind, payload = bodies.need(body, "kind", "payload")
    user, channel = str(body.get("as_user") or ""), str(body.get("in_channel") or "")
    if user and isinstance(payload, dict):
        payload = payload | {"trigger_id": hub.triggers.issue(user)}
        if channel:
            payload["response_url"] = response_url(hub, ResponseUrl(channel, user))
    try:
        return {"ok": True, "answer": await hub.link.deliver(str(kind), payload)}
    except NoAnswerError as error:
        return {"ok": False, "error": error.code}


def status(hub: Hub, _query: Json) -> Json:
    """Say that the server is up and who is connected."""
    return {
        "ready": True,
        "connections": hub.link.connections,
        "pages": len(hub.pages.users),
        "users": len(hub.state.users),
        "channels": len(hub.state.channels),
        "messages": len(hub.state.messages),
        "recorded": len(hub.record),
    }


def routes(hub: Hub) -> list[web.RouteDef]:
    """Return the control part of the server."""

    def asks(answer: Any) -> Any:
        async def handle(request: web.Request) -> web.Response:
            return web.json_response(answer(hub, dict(request.query)))

        return handle

    def does(deed: Any) -> Any:
        async def handle(request: web.Request) -> web.Response:
            return web.json_response(deed(hub, await bodies.read(request)))

        return handle

    async def delivers(request: web.Request) -> web.Response:
        return web.json_response(await deliver(hub, await bodies.read(request)))

    return [
        web.post("/control/deliver", delivers),
        web.get("/control/clock", asks(clock)),
        web.post("/control/clock", does(move_clock)),
        web.post("/control/workspace", does(workspace)),
        web.post("/control/app", does(app)),
        web.post("/control/welcome", does(welcome)),
        web.get("/control/record", asks(record)),
        web.get("/control/status", asks(status)),
    ]
