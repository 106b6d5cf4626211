"""How a program, or the page, breaks the local Slack and mends it."""

from __future__ import annotations

import math
from fnmatch import filter as matching
from typing import Any

from aiohttp import web

from sandbox import bodies, channels, users
from sandbox.errors import NoAnswerError, RefusalError
from sandbox.faults import OF_CALLS, OF_CONNECTIONS, OF_ENVELOPES, Fault
from sandbox.hub import Hub
from sandbox.methods import METHODS
from sandbox.state import Json

ENVELOPES = ("slash_commands", "interactive", "events_api")
#: Faults of calls that may come after the call was done; Slack never does what it calls too fast.
AFTER_THE_ACT = OF_CALLS - {"ratelimited"}
TEXTS = ("on", "what", "channel", "error")
#: The least and the most of each number.
NUMBERS = {
    "status": (400, 599),
    "retry_after": (1, 86_400),
    "delay": (0, 600),
    "times": (1, 1_000_000),
    "seconds": (0, 86_400),
    "probability": (0, 1),
    "seed": (0, 2**53),
}
WHOLE = {"status", "retry_after", "times", "seed"}


def broken(hub: Hub) -> Json:
    """Return everything that is out of order."""
    all_channels, people = hub.state.channels.values(), hub.state.users.values()
    return {
        "faults": [fault.shown() for fault in hub.faults.in_force()],
        "limits_enforced": hub.rate_limits.enforced,
        "archived": [_named(channel) for channel in all_channels if channel["is_archived"]],
        "without_app": [_named(channel) for channel in all_channels if channel.get("without_app")],
        "deactivated": [_named(user) for user in people if user.get("deleted") and not user.get("is_bot")],
        "do_not_disturb": [
            _named(user) | {"until": quiet["ends"]} for user in people if (quiet := users.quiet(hub, user))
        ],
    }


def _named(thing: Json) -> Json:
    return {"id": thing["id"], "name": thing["name"]}


def add(hub: Hub, body: Json) -> Json:
    """Put a fault in force."""
    fault = _fault(hub, body)
    hub.faults.add(fault)
    return {"ok": True, "fault": fault.shown()}


def _fault(hub: Hub, body: Json) -> Fault:
    unknown = set(body) - {*TEXTS, *NUMBERS, "accepted"}
    if unknown:
        raise RefusalError(f"A fault has no `{min(unknown)}`.")
    what, on = str(bodies.need(body, "what")[0]), str(body.get("on") or "*")
    _check_place(what, on)
    if what == "error":
        bodies.need(body, "error")
    accepted = body.get("accepted", False)
    if not isinstance(accepted, bool):
        raise RefusalError("`accepted` must be true or false.")
    if accepted and what not in AFTER_THE_ACT:
        raise RefusalError(f"`accepted` does not go with `{what}`.")
    more: Json = {name: _number(body, name) for name in NUMBERS if body.get(name) is not None}
    if body.get("error"):
        more["error"] = str(body["error"])
    if body.get("channel"):
        more["channel"] = _channel_id(hub, what, str(body["channel"]))
    return Fault(on=on, what=what, accepted=accepted, **more)


def _check_place(what: str, on: str) -> None:
    if what in OF_CALLS:
        known = [*METHODS, "files.upload", "files.download", "response_url"]
    elif what in OF_ENVELOPES:
        known = [*ENVELOPES]
    elif what in OF_CONNECTIONS:
        known = ["socket"]
    else:
        every = sorted(OF_CALLS | OF_ENVELOPES | OF_CONNECTIONS)
        raise RefusalError(f"`what` must be one of {', '.join(every)}.")
    if not matching(known, on):
        raise RefusalError(f"Nothing that `{what}` can happen to is called `{on}`.")


def _channel_id(hub: Hub, what: str, reference: str) -> str:
    if what not in OF_CALLS:
        raise RefusalError("Only faults of calls have a channel.")
    channel = channels.known_as(hub, reference)
    if channel is None:
        raise RefusalError(f"There is no channel {reference}.")
    return channel


def _number(body: Json, name: str) -> float:
    value, (least, most) = body[name], NUMBERS[name]
    kinds = (int,) if name in WHOLE else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool) or not least <= value <= most:
        kind = "a whole number" if name in WHOLE else "a number"
        raise RefusalError(f"`{name}` must be {kind} from {least} to {most}.")
    return value


def mend(hub: Hub) -> Json:
    """Take every fault away, and Slack's own limits with them; channels and people stay as they are."""
    hub.rate_limits.enforced = False
    hub.faults.remove()
    return {"ok": True}


def remove(hub: Hub, identifier: str) -> Json:
    """Take one fault away."""
    if not hub.faults.remove(identifier):
        raise RefusalError(f"There is no fault {identifier}.", 404)
    return {"ok": True}


def limits(hub: Hub, body: Json) -> Json:
    """Enforce Slack's own limits, or stop doing so."""
    hub.rate_limits.enforced = _yes_or_no(body, "enforced")
    hub.faults.on_change()
    return {"ok": True, "enforced": hub.rate_limits.enforced}


async def sockets(hub: Hub, body: Json) -> Json:
    """Do something to the app's connections now."""
    deed, kind = bodies.need(body, "do")[0], body.get("kind")
    if deed == "drop":
        hub.link.drop()
    elif deed in {"warning", "refresh_requested"}:
        hub.start(hub.link.ask_to_reconnect(deed))
    elif deed == "redeliver":
        await _redeliver(hub, kind)
    else:
        raise RefusalError("`do` must be one of drop, redeliver, refresh_requested, warning.")
    hub.note("fault", text=f"connections: {deed}")
    return {"ok": True}


async def _redeliver(hub: Hub, kind: Any) -> None:
    if kind not in (None, *ENVELOPES):
        raise RefusalError(f"`kind` must be one of {', '.join(ENVELOPES)}.")
    try:
        there = await hub.link.redeliver(kind)
    except NoAnswerError as error:
        raise RefusalError("No app is connected.", 200) from error
    if not there:
        raise RefusalError("Nothing was sent to the app yet.", 200)


def channel(hub: Hub, body: Json) -> Json:
    """Archive a channel or open it again; take the app out of it or put it back."""
    reference = str(bodies.need(body, "channel")[0])
    found = hub.state.channels.get(channels.known_as(hub, reference) or "")
    if found is None or found["is_im"]:
        raise RefusalError(f"There is no channel {reference}.")
    if "archived" in body:
        found["is_archived"] = _yes_or_no(body, "archived")
    if "with_app" in body:
        found["without_app"] = not _yes_or_no(body, "with_app")
    hub.state.channels.touch(found["id"])
    channels.announce(hub, found["id"])
    hub.faults.on_change()
    return {"ok": True, "archived": found["is_archived"], "with_app": not found.get("without_app")}


def person(hub: Hub, body: Json) -> Json:
    """Deactivate a person, or let them back in; let them want no disturbance until a moment, or no more."""
    user = hub.state.users.get(str(bodies.need(body, "person")[0]))
    if user is None or user.get("is_bot"):
        raise RefusalError(f"There is no person {body['person']}.")
    if "do_not_disturb_until" in body:
        user["quiet"] = _quiet(hub, body["do_not_disturb_until"])
    if "deactivated" in body or "do_not_disturb_until" not in body:
        user["deleted"] = _yes_or_no(body, "deactivated")
    hub.state.users.touch(user["id"])
    hub.pages.push_all({"type": "workspace_changed"})
    hub.faults.on_change()
    return {"ok": True, "deactivated": user["deleted"]}


def _quiet(hub: Hub, until: Any) -> Json | None:
    if until is None:
        return None
    try:
        ends = bodies.moment(until).timestamp()
    except (ValueError, OverflowError) as error:
        raise RefusalError("`do_not_disturb_until` must be an ISO date and time with its offset, or null.") from error
    return {"begins": int(hub.clock.now().timestamp()), "ends": math.ceil(ends)}


def _yes_or_no(body: Json, name: str) -> bool:
    value = body.get(name)
    if not isinstance(value, bool):
        raise RefusalError(f"`{name}` must be true or false.")
    return value


def routes(hub: Hub) -> list[web.RouteDef]:
    """Return the part of the server that breaks things."""

    def asks(answer: Any) -> Any:
        async def handle(request: web.Request) -> web.Response:
            return web.json_response(answer(hub, **request.match_info))

        return handle

    def does(deed: Any) -> Any:
        async def handle(request: web.Request) -> web.Response:
            return web.json_response(deed(hub, await bodies.read(request)))

        return handle

    async def do_to_sockets(request: web.Request) -> web.Response:
        return web.json_response(await sockets(hub, await bodies.read(request)))

    return [
        web.get("/control/faults", asks(broken)),
        web.post("/control/faults", does(add)),
        web.delete("/control/faults", asks(mend)),
        web.delete("/control/faults/{identifier}", asks(remove)),
        web.post("/control/limits", does(limits)),
        web.post("/control/sockets", do_to_sockets),
        web.post("/control/channel", does(channel)),
        web.post("/control/person", does(person)),
    ]
