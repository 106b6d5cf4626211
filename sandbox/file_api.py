"""Where the bytes of files go and come from: for the app with its token, for the page by who looks."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import web

from sandbox import bodies, files, users
from sandbox.break_call import break_call
from sandbox.errors import RefusalError, SlackError
from sandbox.hub import Hub
from sandbox.state import Json

PIECE = 1 << 16


def routes(hub: Hub) -> list[web.RouteDef]:
    """Return the part of the server that carries files."""

    async def upload(request: web.Request) -> web.Response:
        async def perform() -> web.Response:
            return await _receive(hub, request)

        return await break_call(hub, request, "files.upload", "", perform)

    async def private(request: web.Request) -> web.Response:
        async def perform() -> web.Response:
            return _private(hub, request)

        return await break_call(hub, request, "files.download", "", perform)

    async def attach(request: web.Request) -> web.Response:
        return await _attach(hub, request)

    async def look(request: web.Request) -> web.Response:
        return _look(hub, request)

    return [
        web.post("/upload/v1/{token}", upload),
        web.get("/files-pri/{file}/{name}", private),
        web.get("/files-pri/{file}/download/{name}", private),
        web.post("/client/attach", attach),
        web.get("/client/file", look),
    ]


async def _read(request: web.Request, most: int) -> bytes | None:
    """Return the body of a request; None when it is longer than that."""
    pieces, size = [], 0
    async for piece in request.content.iter_chunked(PIECE):
        size += len(piece)
        if size > most:
            return None
        pieces.append(piece)
    return b"".join(pieces)


async def _receive(hub: Hub, request: web.Request) -> web.Response:
    token = request.match_info["token"]
    file = next((one for one in hub.state.files.values() if one["token"] == token), None)
    if file is None or file["state"] != "promised":
        return web.Response(status=404, text="This upload address is not valid.")
    data = await _read(request, file["size"])
    if data is None or len(data) != file["size"]:
        return web.Response(status=400, text="The length of the file is not the one that was announced.")
    files.receive(hub, file, data)
    return web.Response(text=f"OK - {len(data)}")


def _private(hub: Hub, request: web.Request) -> web.Response:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not re.fullmatch(r"xox[bp]-\S+", token.strip()):
        # Slack shows its sign-in page here, with the status of a success after the redirect.
        raise web.HTTPFound(f"/?redir={quote(request.path)}")
    try:
        file = files.find(hub, request.match_info["file"].rpartition("-")[2])
    except SlackError as error:
        return web.Response(status=404, text=error.code)
    return _bytes(hub, file)


def _bytes(hub: Hub, file: Json) -> web.Response:
    named = f"inline; filename*=UTF-8''{quote(file['name'])}"
    # Nothing that was uploaded may run as a page of ours.
    safe = {"Content-Disposition": named, "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    return web.Response(body=files.data_of(hub, file), content_type=files.media_type(file), headers=safe)


async def _attach(hub: Hub, request: web.Request) -> web.Response:
    """Take a file that a person attaches in a modal."""
    user, name = bodies.need(dict(request.query), "user", "name")
    person = users.person(hub, user)["id"]
    data = await _read(request, files.MOST_ATTACHED)
    if data is None:
        raise RefusalError(f"A file can have {files.MOST_ATTACHED // 1_000_000} MB at most.", 200)
    if not data:
        raise RefusalError("This file is empty.", 200)
    file = files.begin(hub, str(name), len(data), person)
    files.receive(hub, file, data)
    files.complete(hub, file)
    return web.json_response({"ok": True, "file": files.as_slack(hub, file)})


def _look(hub: Hub, request: web.Request) -> web.Response:
    user, wanted = bodies.need(dict(request.query), "user", "file")
    person = str(users.person(hub, user)["id"])
    file = hub.state.files.get(str(wanted))
    if file is None or file["state"] != "complete" or not files.may_see(hub, file, person):
        raise RefusalError("There is no such file for you.", 404)
    return _bytes(hub, file)
