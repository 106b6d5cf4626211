from __future__ import annotations

import json
from typing import Annotated, Literal
from urllib.parse import urlsplit

import typer

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
    address = None if mode == "socket" else f"{(url or EXAMPLE).rstrip('/')}/"
    typer.echo(json.dumps(made(address, load_settings().calendars), indent=2, ensure_ascii=False))
    for line in _steps(mode, url, gov=gov):
        typer.echo(line, err=True)


def _steps(mode: str, url: str | None, *, gov: bool) -> list[str]:
    """Say what is done with it."""
    # GovSlack takes the same manifest; nothing of it may be kept in, or go through, the other Slack.
    where = "api.slack-gov.com/apps" if gov else "api.slack.com/apps"
    steps = [f"Create the app from this manifest at https://{where}, and install it to your workspace."]
    if mode == "http" and url is None:
        steps.append(f"{EXAMPLE} stands for the bot's address: name yours with --url.")
    tokens = "SLACK_SIGNING_SECRET" if mode == "http" else f"SLACK_APP_TOKEN (an app-level token with {APP_LEVEL})"
    also = " and SLACK_API_URL=https://slack-gov.com/api/" if gov else ""
    steps.append(f"Then set SLACK_BOT_TOKEN, {tokens}{also}.")
    return steps
