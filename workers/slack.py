"""The Slack client, and what its answers mean for a message that was to be posted."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from urllib.error import URLError

from pydantic import SecretStr
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.token_rotation import TokenRotator

from bot.asked import Sessions
from bot.installations import PATIENCE, Installations
from bot.slack_errors import NO_WORKSPACE
from bot.workspaces import Workspaces
from runtime.clock import Clock
from runtime.errors import SetupError
from runtime.settings import Settings

#: Seconds Slack may take to answer.
TIMEOUT = 10
#: Seconds until another try when Slack asks to wait without saying how long.
PAUSE = 30.0
#: Seconds until another try when the workspace does not let us in: an operator has to do something first.
LOCKED_OUT_PAUSE = 60.0

#: Seconds after which a request that went wrong is looked up: it may still be on its way.
SETTLE = 5.0

#: Slack may have done part of it.
UNCERTAIN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
#: Slack did nothing and will not, until somebody changes the app or its token.
LOCKED_OUT = frozenset(
    {
        "access_denied",
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "not_authed",
        "token_expired",
        "token_revoked",
    }
)
#: Slack did nothing, because the channel or the person is gone, or closed to us.
GONE = frozenset(
    {
        "is_archived",
        "channel_not_found",
        "not_in_channel",
        "user_not_found",
        "users_not_found",
        "user_not_visible",
        "user_disabled",
        "is_inactive",
        "cannot_dm_bot",
        NO_WORKSPACE,
    }
)
#: The thread that was to be answered is gone; the channel is not.
THREAD_GONE = frozenset({"thread_not_found", "cannot_reply_to_message"})
RATE_LIMITED = "ratelimited"
TOO_FAST = frozenset({RATE_LIMITED, "rate_limited"})
BOTH = "SLACK_BOT_TOKEN is for one workspace, SLACK_WORKSPACES for several: set one of the two."
HTTP_TOO_MANY = 429
HTTP_SERVER_ERROR = 500


def bot_client(settings: Settings) -> WebClient:
    """Return the bot's client. It asks once: whoever calls it knows whether asking twice would post twice.

    With several workspaces it has no token: each of them has its own.

    Raises:
        SetupError: SLACK_BOT_TOKEN is not set; or it is, and SLACK_WORKSPACES, too.
    """
    if settings.slack_bot_token is None and not settings.slack_workspaces:
        raise SetupError("SLACK_BOT_TOKEN is not set: without it nothing can be posted to Slack.")
    if settings.slack_bot_token is not None and settings.slack_workspaces:
        raise SetupError(BOTH)
    return _client(settings, settings.slack_bot_token)


def workspaces_of(settings: Settings, sessions: Sessions, now: Clock) -> Workspaces | None:
    """Return the several workspaces that are served; None where there is the one of SLACK_BOT_TOKEN.

    Raises:
        SetupError: SLACK_WORKSPACES is set, and something that it needs is not.
    """
    if not settings.slack_workspaces:
        return None
    for name in ("slack_client_id", "slack_client_secret", "slack_token_keys", "bot_url"):
        if not getattr(settings, name):
            raise SetupError(f"{name.upper()} is not set: with SLACK_WORKSPACES it is needed (docs/connecting.md).")
    # Read only where it is needed: encryption takes a while to load.
    from runtime.vault import Vault  # noqa: PLC0415  # see above

    client_id, secret = client_credentials(settings)
    asking = _client(settings, None)
    asking.timeout = PATIENCE
    installations = Installations(
        sessions,
        Vault([key.get_secret_value() for key in settings.slack_token_keys]),
        now,
        allowed=settings.slack_workspaces,
        client=bot_client(settings),
        rotator=TokenRotator(client_id=client_id, client_secret=secret, client=asking),
    )
    return Workspaces(installations)


def client_credentials(settings: Settings) -> tuple[str, str]:
    """Return the app's id and secret for OAuth; empty where they are not set."""
    secret = settings.slack_client_secret
    return settings.slack_client_id or "", "" if secret is None else secret.get_secret_value()


def _client(settings: Settings, token: SecretStr | None) -> WebClient:
    client = WebClient(
        token=None if token is None else token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=TIMEOUT,
        retry_handlers=[],
    )
    # Python's own reading of the proxy variables minds NO_PROXY, Slack's does not.
    client.proxy = None
    return client


@dataclass(frozen=True, slots=True)
class NotSent:
    """Slack certainly did nothing; worth another try after so many seconds."""

    error: str
    again_in: float
    #: What Slack was asked for; empty: anything that the step may call.
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Nobody knows whether Slack did it; to be looked up after so many seconds."""

    error: str
    again_in: float = SETTLE


@dataclass(frozen=True, slots=True)
class Refused:
    """Slack did nothing, and asking again would change nothing."""

    error: str


@dataclass(frozen=True, slots=True)
class Gone(Refused):
    """It refused because the channel or the person is gone, or closed to us."""


#: What became of a request that failed.
Failure = NotSent | Uncertain | Refused


def judge(error: Exception) -> Failure:
    """Say what a failed request did."""
    if isinstance(error, SlackApiError):
        return _judge_answer(error)
    cause = error.reason if isinstance(error, URLError) else error
    said = f"{type(cause).__name__}: {cause}"
    # No connection, no request.
    if isinstance(cause, (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)):
        return NotSent(said, PAUSE)
    return Uncertain(said)


def code_of(error: SlackApiError) -> str:
    """Return Slack's word for an error, or the HTTP status where there is none."""
    answer = error.response
    status = getattr(answer, "status_code", None)
    if status is not None and status >= HTTP_SERVER_ERROR:
        return f"HTTP {status}"
    return str(answer.get("error") or f"HTTP {status}")


def _judge_answer(error: SlackApiError) -> Failure:
    code = code_of(error)
    status = getattr(error.response, "status_code", None)
    if status == HTTP_TOO_MANY or code in TOO_FAST:
        return NotSent(RATE_LIMITED, _retry_after(error))
    if code in UNCERTAIN or (status is not None and status >= HTTP_SERVER_ERROR):
        return Uncertain(code)
    if code in LOCKED_OUT:
        return NotSent(code, LOCKED_OUT_PAUSE)
    details = (error.response.get("response_metadata") or {}).get("messages") or []
    refused = Gone if code in GONE else Refused
    return refused("; ".join([code, *map(str, details)]))


def _retry_after(error: SlackApiError) -> float:
    headers = {name.lower(): value for name, value in (getattr(error.response, "headers", None) or {}).items()}
    try:
        return max(1.0, float(headers["retry-after"]))
    except (KeyError, ValueError):
        return PAUSE
