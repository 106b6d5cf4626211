"""What the doctor looks at with several workspaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session, sessionmaker

from bot.manifest import INSTALL
from bot.slack_errors import SLACK_ERRORS
from bot.workspaces import Workspaces
from cli.examine import Finding, examine_channels, examine_token, travelling
from runtime.clock import clock_from
from runtime.errors import SetupError
from runtime.settings import Settings
from workers.slack import bot_client, code_of, workspaces_of


def examine_workspaces(settings: Settings, session: Session) -> Iterator[Finding]:
    """Examine each workspace that installed the app, what it allows, and the offices' channels."""
    try:
        bot_client(settings)
        workspaces = workspaces_of(settings, sessionmaker(session.get_bind()), clock_from(settings))
        installed = [] if workspaces is None else workspaces.installed.all()
    except SetupError as error:
        yield Finding("workspaces", str(error), wrong=True)
        return
    if workspaces is None or not installed:
        where = urljoin(str(settings.bot_url), INSTALL)
        yield Finding("workspaces", f"none has installed the app: open {where}", wrong=True)
        return
    for each in installed:
        yield Finding("workspaces", f"{each.name} ({each.id}) has installed the app")
        yield from examine_token(workspaces.client_in(each.id), f"the token of {each.name} ({each.id})")
    yield from travelling(settings)
    try:
        yield from examine_channels(session, lambda channel: _channel(workspaces, channel))
    except SLACK_ERRORS as error:
        yield Finding("channels", f"cannot be looked at: {error}", wrong=True)


def _channel(workspaces: Workspaces, channel: str) -> dict[str, Any] | None:
    try:
        return dict(workspaces.client_of(channel).conversations_info(channel=channel)["channel"])
    except SlackApiError as error:
        if code_of(error) not in {"channel_not_found", "no_workspace"}:
            raise
        return None
