from __future__ import annotations

from typing import Any

from sandbox.errors import NoAnswerError, RefusalError, SlackError
from sandbox.hub import Hub
from sandbox.interactions.payloads import TOKEN, channel_fields, note_error, response_url
from sandbox.respond import respond
from sandbox.response_urls import ResponseUrl
from sandbox.state import Json
from sandbox.users import name_of


async def run_command(hub: Hub, user: str, channel_id: str, line: str) -> None:
    """Send a line such as `/report sales` to the app and show what its acknowledgement says.

    Raises:
        RefusalError: when no app has that command, or it does not answer within 3 seconds.
    """
    command, _, text = line.strip().partition(" ")
    if command not in {known["command"] for known in hub.state.app["commands"]}:
        raise RefusalError(f"{command} is not a valid command.", 200)
    target = ResponseUrl(channel_id, user)
    try:
        acknowledgement = await hub.link.deliver("slash_commands", _payload(hub, target, command, text.strip()))
    except NoAnswerError as error:
        raise RefusalError(f"{command} {error.sentence}", 200) from error
    if acknowledgement not in (None, {}, ""):
        _answer(hub, target, command, acknowledgement)


def _payload(hub: Hub, target: ResponseUrl, command: str, text: str) -> Json:
    team = hub.state.team_of(target.user)
    enterprise = {f"enterprise_{key}": value for key, value in (team.get("enterprise") or {}).items()}
    return enterprise | {
        "token": TOKEN,
        "team_id": team["id"],
        "team_domain": team["domain"],
        "channel_id": target.channel,
        "channel_name": channel_fields(hub, target.channel)["name"],
        "user_id": target.user,
        "user_name": name_of(hub, target.user),
        "command": command,
        "text": text,
        "api_app_id": hub.state.app["id"],
        "is_enterprise_install": str(hub.state.is_whole(team)).lower(),
        "response_url": response_url(hub, target),
        "trigger_id": hub.triggers.issue(target.user),
    }


def _answer(hub: Hub, target: ResponseUrl, command: str, acknowledgement: Any) -> None:
    body = {"text": acknowledgement} if isinstance(acknowledgement, str) else acknowledgement
    try:
        respond(hub, target, body)
    except SlackError as error:
        note_error(hub, target.user, f"{command}: {error.code} {'; '.join(error.messages)}".strip())
        raise RefusalError(f'{command} failed with the error "{error.code}".', 200) from error
