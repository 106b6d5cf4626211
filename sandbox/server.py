from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from sandbox import bodies, break_api, client_api, control_api, file_api, installing, steps, web_api
from sandbox.break_call import break_call
from sandbox.errors import SlackError
from sandbox.faults import OF_CONNECTIONS
from sandbox.hub import Hub
from sandbox.respond import respond
from sandbox.response_urls import ResponseUrl

PAGE = Path(__file__).parent / "page"
#: Bytes of one request; a modal of 100 blocks stays far below.
MOST_BYTES = 4_000_000


def build(hub: Hub) -> web.Application:
    """Return the server with every route."""
    app = web.Application(middlewares=[bodies.refusals, _fresh_files], client_max_size=MOST_BYTES)

    async def api(request: web.Request) -> web.Response:
        return await web_api.handle(request, hub)

    async def link(request: web.Request) -> web.StreamResponse:
        if not hub.link.admit(request.query.get("ticket", "")):
            return web.Response(status=403, text="This ticket is not valid.")
        if hub.faults.strike(OF_CONNECTIONS, "socket"):
            hub.note("fault", text="a connection of the app was refused")
            return web.Response(status=503, text="Slack is having trouble.")
        # Events are small and the app is near: compression would only cost time.
        socket = web.WebSocketResponse(heartbeat=30, compress=False)
        await socket.prepare(request)
        await hub.link.attend(socket, request.transport, hub.state.app["id"])
        return socket

    async def response(request: web.Request) -> web.Response:
        return await _respond(request, hub)

    async def index(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    app.add_routes(
        [
            web.get("/api/{method}", api),
            web.post("/api/{method}", api),
            web.get("/link", link),
            web.post("/response/{token}", response),
            *client_api.routes(hub),
            *file_api.routes(hub),
            *control_api.routes(hub),
            *steps.routes(hub),
            *installing.routes(hub),
            *break_api.routes(hub),
            web.get("/", index),
            web.static("/static", PAGE),
        ]
    )
    return app


async def _respond(request: web.Request, hub: Hub) -> web.Response:
    target = hub.response_urls.use(request.match_info["token"])
    if isinstance(target, str):
        return web.json_response({"ok": False, "error": target}, status=404)
    text = await request.text()

    async def perform() -> web.Response:
        return _told(hub, target, text)

    return await break_call(hub, request, "response_url", target.channel, perform)


def _told(hub: Hub, target: ResponseUrl, text: str) -> web.Response:
    try:
        respond(hub, target, json.loads(text))
    except ValueError:
        return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
    except SlackError as error:
        hub.note("error", user=target.user, text=f"response_url: {error.code} {'; '.join(error.messages)}".strip())
        return web.json_response(error.answer(), status=400)
    return web.Response(text="ok")


@web.middleware
async def _fresh_files(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        response.headers["Cache-Control"] = "no-cache"
    return response
