from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from aiohttp import web

from sandbox.errors import RefusalError
from sandbox.state import Json


async def read(request: web.Request) -> Json:
    """Return the JSON object a request carries.

    Raises:
        RefusalError: when it carries something else.
    """
    try:
        body = json.loads(await request.text())
    except ValueError as error:
        raise RefusalError("The request is not JSON.") from error
    if not isinstance(body, dict):
        raise RefusalError("The request must be a JSON object.")
    return body


def need(body: Json, *names: str) -> list[Any]:
    """Return these fields of a request.

    Raises:
        RefusalError: when one is missing.
    """
    for name in names:
        if body.get(name) in (None, ""):
            raise RefusalError(f"The request lacks `{name}`.")
    return [body[name] for name in names]


def a_list(body: Json, name: str) -> list[Json]:
    """Return a field that is a list of objects, [] when it is not given.

    Raises:
        RefusalError: when it is something else.
    """
    value = body.get(name) or []
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise RefusalError(f"`{name}` must be a list of objects.")
    return value


def moment(text: Any) -> datetime:
    """Return the moment that an ISO date and time with its offset names.

    Raises:
        ValueError: It is something else.
    """
    when = datetime.fromisoformat(str(text))
    if when.tzinfo is None:
        raise ValueError(text)
    return when


@web.middleware
async def refusals(request: web.Request, handler: Any) -> web.StreamResponse:
    """Answer a refusal with its sentence."""
    try:
        response: web.StreamResponse = await handler(request)
    except RefusalError as refusal:
        return web.json_response({"ok": False, "error": refusal.sentence}, status=refusal.status)
    return response
