from __future__ import annotations

from sandbox import bodies, channels, messages
from sandbox.errors import RefusalError, SlackError
from sandbox.hub import Hub
from sandbox.identifiers import derived
from sandbox.message_body import check_body
from sandbox.request_url import RequestUrl
from sandbox.state import Json

USER_FIELDS = ("name", "real_name", "title", "email", "tz", "deleted", "team")
CHANNEL_FIELDS = ("team", "name", "topic", "purpose", "is_private", "is_archived", "is_ext_shared")


def workspace(hub: Hub, body: Json) -> None:
    """Create or update by id the team, other teams, the people and the channels given.

    Raises:
        RefusalError: when an id or name is missing.
    """
    if body.get("team"):
        identifier, name = bodies.need(body["team"], "id", "name")
        domain = body["team"].get("domain") or "local"
        hub.state.settings["team"] = {"id": identifier, "name": name, "domain": domain}
    for given in bodies.a_list(body, "teams"):
        identifier, name = bodies.need(given, "id", "name")
        team = {"id": identifier, "name": name, "domain": given.get("domain") or str(identifier).lower()}
        hub.state.teams[identifier] = team | ({"enterprise": given["enterprise"]} if given.get("enterprise") else {})
    for given in bodies.a_list(body, "users"):
        bodies.need(given, "id", "name")
        user: Json = {"real_name": given["name"], "title": "", "email": "", "is_bot": False, "deleted": False}
        user |= hub.state.users.get(given["id"], {})
        user |= {key: given[key] for key in USER_FIELDS if key in given} | {"id": given["id"]}
        hub.state.users[given["id"]] = user
    for given in bodies.a_list(body, "channels"):
        bodies.need(given, "id", "name")
        _channel(hub, given)
    if body.get("default_user"):
        hub.state.settings["default_user"] = {"id": body["default_user"]}


def _channel(hub: Hub, given: Json) -> None:
    bot = hub.state.bot_user_id
    old = hub.state.channels.get(given["id"])
    channel: Json = {
        "id": given["id"],
        "topic": "",
        "purpose": "",
        "members": channels.EVERYONE,
        "is_im": False,
        "is_private": False,
        "is_archived": False,
        "created": int(hub.clock.now().timestamp()),
        "creator": bot,
    }
    channel |= old or {}
    channel |= {key: given[key] for key in CHANNEL_FIELDS if key in given}
    wanted = given.get("members", channel["members"])
    if wanted != channels.EVERYONE and not isinstance(wanted, list):
        raise RefusalError('`members` must be a list of user ids or "everyone".')
    # An app that joined by itself stays in.
    joined = old is not None and old["members"] != channels.EVERYONE and bot in old["members"]
    if isinstance(wanted, list) and joined and bot not in wanted:
        wanted = [*wanted, bot]
    hub.state.channels[given["id"]] = channel | {"members": wanted}


def app(hub: Hub, body: Json) -> None:
    """Create or update the app and its user; with `request_url` and `signing_secret` it is reached over HTTP.

    Raises:
        RefusalError: when its name, its user's id or name, or the secret is missing, or its domains or steps are none.
    """
    name, bot = bodies.need(body, "name", "bot_user")
    bot_id, bot_name = bodies.need(bot, "id", "name")
    domains = body.get("unfurl_domains") or []
    if not isinstance(domains, list):
        raise RefusalError("`unfurl_domains` must be a list of domains.")
    functions = body.get("functions") or {}
    if not isinstance(functions, dict) or not all(isinstance(each, dict) for each in functions.values()):
        raise RefusalError("`functions` must be an object of steps by their callback ids.")
    old = hub.state.settings.get("app")
    if old is not None and old["bot_user"]["id"] != bot_id:
        hub.state.users[old["bot_user"]["id"]] |= {"deleted": True}
        hub.state.users.touch(old["bot_user"]["id"])
    user = {"id": bot_id, "name": bot_name, "real_name": bot.get("real_name") or bot_name}
    hub.state.users[bot_id] = user | {"title": "", "email": "", "is_bot": True, "deleted": False}
    hub.state.settings["app"] = {
        "id": derived("A", bot_id),
        "bot_id": derived("B", bot_id),
        "name": name,
        "bot_user": user,
        "commands": bodies.a_list(body, "commands"),
        "shortcuts": bodies.a_list(body, "shortcuts"),
        "events": body.get("events") or ["app_home_opened"],
        "functions": functions,
        "unfurl_domains": [str(domain).lower() for domain in domains],
        "oauth": {key: body[key] for key in ("client_id", "client_secret", "token_rotation") if body.get(key)},
    }
    secret = bodies.need(body, "signing_secret")[0] if body.get("request_url") else ""
    # Not saved: after a restart the app is set up anew.
    hub.link.http = RequestUrl(str(body["request_url"]), str(secret)) if secret else None


def welcome(hub: Hub, body: Json) -> str:
    """Pin one message of welcome to a channel, or change the one there; return its timestamp.

    Raises:
        RefusalError: when there is no such channel or Slack would refuse the message.
    """
    wanted = bodies.need(body, "channel")[0]
    text, blocks = str(body.get("text") or ""), body.get("blocks") or None
    try:
        check_body(text, blocks)
    except SlackError as error:
        raise RefusalError(f"Slack would refuse the welcome: {error.code} {'; '.join(error.messages)}") from error
    channel = hub.state.channels.get(wanted)
    if channel is None:
        raise RefusalError(f"There is no channel {wanted}.")
    known = hub.state.settings.get("welcomes", {})
    message = hub.store.get(wanted, known.get(wanted, ""))
    if message is None:
        marks = {"pinned_to": [wanted], "welcome": True}
        bot = hub.state.bot_user_id
        message = messages.post(hub, wanted, user=bot, text=text, blocks=blocks, **marks)
        hub.state.settings["welcomes"] = known | {wanted: message["ts"]}
    elif message["text"] != text or _bare(message.get("blocks")) != _bare(blocks):
        messages.apply(message, {"text": text, "blocks": blocks})
        messages.changed(hub, wanted, message)
    return str(message["ts"])


def _bare(blocks: list[Json] | None) -> list[Json]:
    return [{key: value for key, value in block.items() if key != "block_id"} for block in blocks or []]
