"""How workspaces install the app with OAuth, and take it out again."""

from __future__ import annotations

import secrets
import time
from html import escape
from urllib.parse import urlencode

from aiohttp import web

from sandbox import bodies, events
from sandbox.errors import RefusalError
from sandbox.hub import Hub
from sandbox.state import Json

#: Seconds that a token lasts where the app has them renewed.
LASTS = 43_200


def places(hub: Hub) -> dict[str, Json]:
    """Return the workspaces and organizations where the app can be installed, by id."""
    teams = {hub.state.team["id"]: hub.state.team, **hub.state.teams}
    whole = {team["enterprise"]["id"]: team["enterprise"] for team in teams.values() if team.get("enterprise")}
    return {**teams, **{id: enterprise | {"enterprise": enterprise} for id, enterprise in whole.items()}}


def give(hub: Hub, where: str) -> Json:
    """Return a new token for a workspace, or for an organization, as `oauth.v2.access` does."""
    renewed = bool(hub.state.app["oauth"].get("token_rotation"))
    token = f"{'xoxe.xoxb' if renewed else 'xoxb'}-{secrets.token_hex(16)}"
    refresh = f"xoxe-1-{secrets.token_hex(16)}" if renewed else ""
    ends = time.time() + LASTS if renewed else None
    hub.state.tokens[token] = {"where": where, "refresh": refresh, "ends": ends, "over": ""}
    place, app = places(hub)[where], hub.state.app
    whole = (place.get("enterprise") or {}).get("id") == where
    given: Json = {
        "access_token": token,
        "token_type": "bot",
        "bot_user_id": app["bot_user"]["id"],
        "app_id": app["id"],
        "team": None if whole else {"id": where, "name": place["name"]},
        "enterprise": place.get("enterprise"),
        "is_enterprise_install": whole,
    }
    return given | ({"refresh_token": refresh, "expires_in": LASTS} if renewed else {})


def uninstall(hub: Hub, where: str) -> None:
    """Make all tokens of a workspace void, and tell the app."""
    for token, grant in hub.state.tokens.items():
        if grant["where"] == where:
            grant["over"] = grant["over"] or "uninstalled"
            hub.state.tokens.touch(token)
    place = places(hub)[where]
    revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [hub.state.bot_user_id]}}
    events.send_if_wanted(hub, "tokens_revoked", revoked, place)
    events.send_if_wanted(hub, "app_uninstalled", {"type": "app_uninstalled"}, place)


def _authorize(hub: Hub, request: web.Request) -> web.Response:
    """Let a person choose where the app is installed; `team` in the address has chosen."""
    query = dict(request.query)
    redirect_uri, state = bodies.need(query, "redirect_uri", "state")
    if query.get("client_id") != hub.state.app.get("oauth", {}).get("client_id"):
        raise RefusalError("invalid_client_id: the app has another client id.")

    def back(**more: str) -> str:
        return f"{redirect_uri}?{urlencode({**more, 'state': state})}"

    where = places(hub).get(query.get("team", ""))
    if where is None:
        here = {id: f"?{urlencode({**query, 'team': id})}" for id in places(hub)}
        lines = [
            f'<p><a href="{escape(here[id])}">{escape(str(place["name"]))}</a></p>' for id, place in places(hub).items()
        ]
        lines.append(f'<p><a href="{escape(back(error="access_denied"))}">Cancel</a></p>')
        return web.Response(text="<!doctype html><title>Install</title>" + "".join(lines), content_type="text/html")
    code = secrets.token_hex(16)
    user = query.get("user") or next(iter(hub.state.users))
    asked = {"where": where["id"], "redirect_uri": redirect_uri, "user": user, "scope": query.get("scope", "")}
    hub.codes[code] = asked
    raise web.HTTPFound(back(code=code))


def routes(hub: Hub) -> list[web.RouteDef]:
    """Return the part of the server where apps are installed."""

    async def authorize(request: web.Request) -> web.Response:
        return _authorize(hub, request)

    async def remove(request: web.Request) -> web.Response:
        where = str(bodies.need(await bodies.read(request), "team")[0])
        if where not in places(hub):
            raise RefusalError(f"There is no workspace {where}.")
        uninstall(hub, where)
        return web.json_response({"ok": True})

    return [web.get("/oauth/v2/authorize", authorize), web.post("/control/uninstall", remove)]
