from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.errors import RefusalError
from sandbox.hub import Hub
from sandbox.state import Json

DEFAULT_ZONE = "America/New_York"


def people(hub: Hub) -> list[Json]:
    """Return everybody a person at the page may act as: no bots, nobody deactivated."""
    return [user for user in hub.state.users.values() if not user.get("is_bot") and not user.get("deleted")]


def person(hub: Hub, user_id: object) -> Json:
    """Return the person somebody at the page acts as.

    Raises:
        RefusalError: when there is none with that id, or it is a bot or deactivated.
    """
    user = hub.state.users.get(str(user_id))
    if user is None or user.get("is_bot") or user.get("deleted"):
        raise RefusalError(f"There is no person {user_id} in this workspace to act as.", 404)
    return user


def quiet(hub: Hub, user: Json) -> Json | None:
    """Return when a user's do-not-disturb begins and ends, in Unix seconds; None when it is over, or never was."""
    wanted: Json | None = user.get("quiet")
    return wanted if wanted is not None and wanted["ends"] > hub.clock.now().timestamp() else None


def name_of(hub: Hub, user_id: str) -> str:
    """Return the user's short name."""
    return str(hub.state.users.get(user_id, {}).get("name", user_id))


def as_slack(hub: Hub, user: Json, now: datetime) -> Json:
    """Return the user as the Web API shows one."""
    zone = user.get("tz") or DEFAULT_ZONE
    local = now.astimezone(ZoneInfo(zone))
    offset = local.utcoffset()
    name, real_name = user["name"], user.get("real_name") or user["name"]
    bot = bool(user.get("is_bot"))
    team = hub.state.team_of(user["id"])
    shown: Json = {
        "id": user["id"],
        "team_id": team["id"],
        "name": name,
        "real_name": real_name,
        "deleted": bool(user.get("deleted")),
        "tz": zone,
        "tz_label": local.tzname() or zone,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": bot,
        "is_app_user": False,
        "updated": 0,
        "profile": {
            "real_name": real_name,
            "real_name_normalized": real_name,
            "display_name": "" if bot else name,
            "display_name_normalized": "" if bot else name,
            "title": user.get("title", ""),
            "team": team["id"],
        },
    }
    if enterprise := team.get("enterprise"):
        whole = {"enterprise_id": enterprise["id"], "enterprise_name": enterprise["name"]}
        shown["enterprise_user"] = {"id": user["id"], **whole, "teams": [team["id"]]}
    if bot:
        shown["profile"] |= {"bot_id": hub.state.app["bot_id"], "api_app_id": hub.state.app["id"]}
    else:
        shown["profile"]["email"] = user.get("email", "")
    return shown
