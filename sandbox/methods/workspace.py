from __future__ import annotations

from sandbox import installing
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.state import Json


def api_test(call: Call) -> Json:
    """Return the arguments; with `error` given, fail with it."""
    if call.text("error"):
        raise SlackError(call.text("error"))
    return {"args": {key: value for key, value in call.args.items() if key != "token"}}


def auth_test(call: Call) -> Json:
    """Say who the token belongs to."""
    hub, app = call.hub, call.hub.state.app
    where = str(call.grant.get("where") or hub.state.team["id"])
    team = installing.places(hub)[where]
    enterprise = team.get("enterprise") or {}
    more = {"enterprise_id": enterprise["id"]} if enterprise else {}
    return more | {
        "url": f"https://{team.get('domain', 'enterprise')}.slack.com/",
        "team": team["name"],
        "user": app["bot_user"]["name"],
        "team_id": team["id"],
        "user_id": app["bot_user"]["id"],
        "bot_id": app["bot_id"],
        "is_enterprise_install": enterprise.get("id") == where,
    }


def open_connection(call: Call) -> Json:
    """Return the address of one Socket Mode connection."""
    # The app reached us under this name, so it can reach response addresses under it too.
    call.hub.base_url = f"http://{call.host}"
    return {"url": f"ws://{call.host}/link?ticket={call.hub.link.ticket()}&app_id={call.hub.state.app['id']}"}


def team_info(call: Call) -> Json:
    """Describe the workspace."""
    team = call.hub.state.teams.get(call.grant.get("where", ""), call.hub.state.team)
    return {"team": {**team, "email_domain": "", "icon": {"image_default": True}}}


def bots_info(call: Call) -> Json:
    """Describe the app's bot."""
    app = call.hub.state.app
    if call.text("bot", app["bot_id"]) != app["bot_id"]:
        raise SlackError("bot_not_found")
    bot: Json = {"id": app["bot_id"], "app_id": app["id"], "user_id": app["bot_user"]["id"]}
    return {"bot": bot | {"name": app["name"], "deleted": False, "updated": 0, "icons": {}}}


def emoji_list(_call: Call) -> Json:
    """List the workspace's own emoji: none."""
    return {"emoji": {}, "cache_ts": "0"}


METHODS = {
    "api.test": api_test,
    "auth.test": auth_test,
    "apps.connections.open": open_connection,
    "bots.info": bots_info,
    "emoji.list": emoji_list,
    "team.info": team_info,
}
