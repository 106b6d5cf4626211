"""The app's steps, as workflows run them: started from the page or by a program, and what came of each."""

from __future__ import annotations

import copy
import secrets
from typing import Any

from aiohttp import web

from sandbox import bodies, events
from sandbox.errors import RefusalError
from sandbox.hub import Hub
from sandbox.identifiers import derived, fresh
from sandbox.state import Json

#: Runs that are remembered; a restart forgets all.
MOST_REMEMBERED = 500


def start(hub: Hub, body: Json) -> Json:
    """Run a step with inputs, or with `again` deliver a run once more, as another event.

    Raises:
        RefusalError: when the app has no such step, an input that it needs is missing, or there is no such run.
    """
    again = body.get("again")
    run = found(hub, str(again)) if again else _new(hub, body)
    function = hub.state.app.get("functions", {}).get(run["callback_id"], {})
    event: Json = {
        "type": "function_executed",
        "function": {
            "id": derived("Fn", run["callback_id"]),
            "callback_id": run["callback_id"],
            "title": function.get("title", ""),
            "description": function.get("description", ""),
            "type": "app",
            "app_id": hub.state.app["id"],
            "input_parameters": list(function.get("input_parameters", {}).values()),
            "output_parameters": list(function.get("output_parameters", {}).values()),
        },
        "inputs": copy.deepcopy(run["inputs"]),
        "function_execution_id": run["id"],
        "workflow_execution_id": run["workflow"],
        "event_ts": f"{hub.clock.now().timestamp():.6f}",
        "bot_access_token": f"xwfp-{secrets.token_hex(8)}",
    }
    events.send_if_wanted(hub, "function_executed", event, hub.state.teams.get(str(body.get("team") or "")))
    return {"ok": True, **run}


def _new(hub: Hub, body: Json) -> Json:
    callback_id = str(bodies.need(body, "callback_id")[0])
    function = hub.state.app.get("functions", {}).get(callback_id)
    if function is None:
        raise RefusalError("The app offers no such step.", 200)
    given = body.get("inputs") or {}
    if not isinstance(given, dict):
        raise RefusalError("`inputs` must be an object.")
    inputs = {name: value for name, value in given.items() if value not in (None, "")}
    for name, asked in function.get("input_parameters", {}).items():
        if asked.get("is_required") and name not in inputs:
            raise RefusalError(f"Fill in “{asked.get('title') or name}”.", 200)
    if len(hub.steps) >= MOST_REMEMBERED:
        del hub.steps[next(iter(hub.steps))]
    ended: Json = {"state": "running", "outputs": None, "error": None}
    run = {"id": fresh("Fx"), "workflow": fresh("Wx"), "callback_id": callback_id, "inputs": inputs, **ended}
    hub.steps[run["id"]] = run
    return run


def found(hub: Hub, id: str) -> Json:
    """Return a run.

    Raises:
        RefusalError: when there is none of that id.
    """
    if id not in hub.steps:
        raise RefusalError("There is no such run of a step.")
    return hub.steps[id]


def end(hub: Hub, run: Json, **how: Any) -> None:
    """Note how a run ended."""
    run |= how
    hub.note("step", text=run["error"], step=copy.deepcopy(run))


def routes(hub: Hub) -> list[web.RouteDef]:
    """Return the part of the server that runs steps."""

    async def starts(request: web.Request) -> web.Response:
        return web.json_response(start(hub, await bodies.read(request)))

    async def lists(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "steps": list(hub.steps.values())})

    async def shows(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, **found(hub, request.match_info["id"])})

    return [
        web.post("/control/steps", starts),
        web.get("/control/steps", lists),
        web.get("/control/steps/{id}", shows),
    ]
