from __future__ import annotations

import json
from typing import Annotated, Literal
from urllib.parse import urljoin, urlsplit

import typer

from bot.manifest import INSTALL
from bot.manifest import manifest as made
from bot.scopes import APP_LEVEL
from runtime.settings import load_settings

#: Stands where nobody said under which address the bot is reached.
EXAMPLE = "https://alliances.example.gov/"


def manifest(
    mode: Annotated[
        Literal["socket", "http"], typer.Option(help="How Slack reaches the bot: Socket Mode or HTTP.")
    ] = "socket",
    gov: Annotated[bool, typer.Option("--gov", help="For GovSlack.")] = False,
    url: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="For HTTP: the https address under which Slack reaches the bot."),
    ] = None,
) -> None:
    """Print the manifest of the Slack app, as JSON; what to do with it is said on standard error."""
    if mode == "socket" and url is not None:
        raise typer.BadParameter("in Socket Mode Slack reaches the bot at no address: leave --url out.")
    if url is not None and (urlsplit(url).scheme != "https" or not urlsplit(url).hostname):
        raise typer.BadParameter("Slack sends its requests to an address that begins with https:// only.")
    settings = load_settings()
    installs = (settings.bot_url or EXAMPLE) if settings.slack_workspaces else None
    known = url or (settings.bot_url if mode == "http" else None)
    address = None if mode == "socket" else f"{(known or EXAMPLE).rstrip('/')}/"
    typer.echo(json.dumps(made(address, settings.calendars, installs=installs), indent=2, ensure_ascii=False))
    for line in _steps(mode, known, installs, gov=gov):
        typer.echo(line, err=True)


def _steps(mode: str, url: str | None, installs: str | None, *, gov: bool) -> list[str]:
    """Say what is done with it."""
    # GovSlack takes the same manifest; nothing of it may be kept in, or go through, the other Slack.
    where = "api.slack-gov.com/apps" if gov else "api.slack.com/apps"
    then = "install it to your workspace" if installs is None else "make it public under Manage Distribution"
    steps = [f"Create the app from this manifest at https://{where}, and {then}."]
    if mode == "http" and url is None:
        steps.append(f"{EXAMPLE} stands for the bot's address: name yours with --url.")
    tokens = "SLACK_SIGNING_SECRET" if mode == "http" else f"SLACK_APP_TOKEN (an app-level token with {APP_LEVEL})"
    also = " and SLACK_API_URL=https://slack-gov.com/api/" if gov else ""
    if installs is None:
        steps.append(f"Then set SLACK_BOT_TOKEN, {tokens}{also}.")
    else:
        steps.append(f"Then set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLACK_TOKEN_KEYS, BOT_URL, {tokens}{also}.")
        steps.append(f"Each of SLACK_WORKSPACES installs it at {urljoin(installs, INSTALL)}.")
    return steps
