"""The one door of the Web API: every call of the app passes through `answer`."""

from __future__ import annotations

import json
import re
import time
from base64 import b64decode

from aiohttp import web

from sandbox.break_call import break_call
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.hub import Hub
from sandbox.methods import METHODS, WITHOUT_TOKEN
from sandbox.state import Json

#: What is said of somebody or something of another workspace, by the argument that names it.
ELSEWHERE = {
    "channel": "channel_not_found",
    "channel_id": "channel_not_found",
    "user": "user_not_found",
    "user_id": "user_not_found",
    "users": "user_not_found",
}


async def answer(call: Call) -> Json:
    """Return what Slack answers to one call, errors included."""
    method = METHODS.get(call.method)
    try:
        if method is None:
            return SlackError("unknown_method").answer() | {"req_method": call.method}
        if call.method not in WITHOUT_TOKEN:
            _check_token(call.method, call.token)
            _check_grant(call)
        return {"ok": True, **method(call)}
    except SlackError as error:
        return error.answer()


def _check_token(method: str, token: str) -> None:
    if not token:
        raise SlackError("not_authed")
    if not re.fullmatch(r"(xoxe\.)?xox[bp]-\S+|xwfp-\S+|xapp-\S+", token):
        raise SlackError("invalid_auth")
    # Slack keeps the two kinds apart: only the app-level token opens connections, and does nothing else.
    if token.startswith("xapp-") != (method == "apps.connections.open"):
        raise SlackError("not_allowed_token_type")


def _check_grant(call: Call) -> None:
    """Let a token of a workspace do what it may there, as long as it lasts."""
    grant = call.grant
    if not grant:
        return
    if grant["over"]:
        raise SlackError("account_inactive" if grant["over"] == "uninstalled" else "token_revoked")
    if grant["ends"] is not None and grant["ends"] < time.time():
        raise SlackError("token_expired")
    for name, code in ELSEWHERE.items():
        if call.text(name) and not call.reaches(call.text(name)):
            raise SlackError(code)


async def handle(request: web.Request, hub: Hub) -> web.Response:
    """Serve `/api/{method}`."""
    try:
        args = await _arguments(request)
    except SlackError as error:
        return web.json_response(error.answer())
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = bearer.strip() if kind.lower() == "bearer" else str(args.get("token", ""))
    if kind.lower() == "basic":
        # So an app says who it is where it has no token yet.
        id, _, secret = b64decode(bearer).decode().partition(":")
        args |= {"client_id": id, "client_secret": secret}
    call = Call(hub, request.match_info["method"], args, request.host, token)

    async def perform() -> web.Response:
        return web.json_response(await answer(call))

    # conversations.open names a person where the others name the channel.
    return await break_call(hub, request, call.method, call.text("channel") or call.text("users"), perform)


async def _arguments(request: web.Request) -> Json:
    args: Json = dict(request.query)
    if request.method != "POST":
        return args
    if request.content_type == "application/json":
        # slack_sdk sends auth.test as JSON with nothing in it.
        body = await request.text()
        try:
            sent = json.loads(body) if body.strip() else {}
        except ValueError as error:
            raise SlackError("invalid_json") from error
        if not isinstance(sent, dict):
            raise SlackError("json_not_object")
        return args | sent
    return args | {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
