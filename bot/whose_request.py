"""With several workspaces: from which of them a request came, and whether its person is of that one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from slack_bolt import App, BoltContext, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.blocks import Json
from bot.place import name_of
from bot.receive import FOREIGN
from bot.scopes import INSTALL_EVENTS
from bot.workspaces import Workspaces
from operations.refusals import Refused

#: Where the id of the workspace, or of the organization, stands whose token a request is answered with.
WORKSPACE = "workspace"
#: What a person reads where the app is not, or not any more.
NOT_INSTALLED = "Alliance Bot is not installed in this workspace. Whoever looks after your Slack apps can install it."

log = structlog.get_logger("bot")


def authorize_with(workspaces: Workspaces) -> Callable[..., AuthorizeResult | None]:
    """Return what finds the token for a request; it finds none for a workspace without the app."""

    def authorize(context: BoltContext, enterprise_id: str | None, team_id: str | None) -> AuthorizeResult | None:
        ids = (enterprise_id, team_id) if context.is_enterprise_install else (team_id, enterprise_id)
        found = workspaces.installed.find(*ids)
        if found is None:
            log.warning("a request of a workspace without the app", team=team_id, enterprise=enterprise_id)
            return None
        context[WORKSPACE] = found.id
        whole = found.id == found.enterprise_id
        return AuthorizeResult(
            enterprise_id=found.enterprise_id,
            team_id=None if whole else found.id,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user_id,
            bot_token=found.token,
        )

    return authorize


def hear_workspaces(app: App, workspaces: Workspaces) -> None:
    """Let people act in their own workspace alone, and have one that was uninstalled forgotten."""

    def check_person(body: Json, context: BoltContext, next: Callable[[], BoltResponse]) -> BoltResponse:
        workspace, person = context.get(WORKSPACE), context.user_id
        if workspace is None or person is None or not _acts(body) or workspaces.claims(person, workspace):
            return next()
        log.warning("somebody has the id of a person of another workspace", person=person, workspace=workspace)
        if body.get("type") == "event_callback":
            return BoltResponse(status=200, body="")
        raise Refused(FOREIGN)

    def on_gone(context: BoltContext) -> None:
        # It may be of before the app was installed anew, or tell of the old token of two.
        workspaces.installed.verify(context.team_id, context.enterprise_id)

    app.use(check_person)
    for event in INSTALL_EVENTS:
        app.event(event)(on_gone)


def name_in(workspaces: Workspaces, workspace_id: str, client: WebClient) -> Callable[[str], str]:
    """Return what asks for the name of a member of a workspace.

    It raises `Refused` for an app, and for somebody of another workspace.
    """

    def ask(user_id: str) -> str:
        name = name_of(user_id, client)
        if not workspaces.is_of(user_id, workspace_id):
            raise Refused(f"{name} is not of this workspace; choose somebody who is.")
        return name

    return ask


def _acts(body: dict[str, Any]) -> bool:
    """Whether its person does something, and is not merely told of, as who writes a link in a shared channel."""
    return body.get("type") != "event_callback" or body["event"]["type"] in {"app_home_opened", "message"}
