"""How Slack and the bot reach each other: over Socket Mode, or over HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.errors import SetupError
from runtime.settings import Settings

NO_WAY = (
    "SLACK_APP_TOKEN is not set: Socket Mode needs the app-level token (xapp-…). "
    "For HTTP set SLACK_SIGNING_SECRET instead."
)


@dataclass(frozen=True, slots=True)
class SocketMode:
    """The bot connects to Slack, with the app-level token."""

    token: str


@dataclass(frozen=True, slots=True)
class Http:
    """Slack sends requests to the bot, signed with the secret."""

    secret: str
    host: str
    port: int


def connection_of(
    settings: Settings, *, http: bool = False, host: str | None = None, port: int | None = None
) -> SocketMode | Http:
    """Return how they reach each other: Socket Mode where its token is set, unless HTTP is asked for.

    Raises:
        SetupError: What that needs is not set.
    """
    if settings.slack_app_token is not None and not http:
        return SocketMode(settings.slack_app_token.get_secret_value())
    if settings.slack_signing_secret is None:
        if http:
            raise SetupError("SLACK_SIGNING_SECRET is not set: without it nobody knows which requests are Slack's.")
        raise SetupError(NO_WAY)
    return http_address(settings, host, port)


def http_address(settings: Settings, host: str | None, port: int | None) -> Http:
    """Return where the bot listens: as it is told, or at BOT_ADDRESS."""
    usual_host, _, usual_port = settings.bot_address.rpartition(":")
    secret = settings.slack_signing_secret
    signed = "" if secret is None else secret.get_secret_value()
    return Http(signed, host or usual_host.strip("[]"), port or int(usual_port))
