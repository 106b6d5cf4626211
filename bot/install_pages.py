"""The pages on which a workspace installs the app: Slack's own steps, each error in one sentence."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from html import escape
from urllib.parse import urljoin

import structlog
from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.error import BoltError
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk import WebClient
from slack_sdk.oauth import OAuthStateStore
from slack_sdk.oauth.installation_store import Installation

from bot.installations import Installations, code_of
from bot.manifest import INSTALL, REDIRECT
from bot.scopes import bot_scopes
from bot.slack_errors import SLACK_ERRORS
from operations.records.recognise import Seen, note_done, recognise

#: Seconds from the first page to the last.
STATE_SECONDS = 600

SAID = {
    "access_denied": "Nothing was installed: the request was cancelled in Slack.",
    "invalid_browser": "This installation was not begun in this browser: begin again.",
    "invalid_state": "This installation took longer than ten minutes, or was used already: begin again.",
    "missing_code": "Slack did not say what was installed: begin again.",
    "invalid_code": "Slack does not take this installation any more: begin again.",
}
FAILED = "Slack did not install the app: begin again, and tell your administrator if it happens again."
NOT_ALLOWED = (
    "{name} is not among the workspaces that may install Alliance Bot, and nothing was kept: whoever runs it adds {id} "
    "to SLACK_WORKSPACES first."
)
DONE = "Alliance Bot is installed in {name}. You may close this page; type /alliance in Slack to begin."

AGAIN = f'<p><a href="/{INSTALL}">Begin again</a></p>\n'

log = structlog.get_logger("bot.install")

_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Alliance Bot</title><meta name="referrer" content="no-referrer"></head>
<body style="font: 1.1em sans-serif; margin: 4em auto; max-width: 36em">
<h1>Alliance Bot</h1>
<p>{text}</p>
{more}</body>
</html>
"""


def install_flow(
    installations: Installations, client: WebClient, *, client_id: str, client_secret: str, address: str
) -> OAuthFlow:
    """Return what serves the pages; `address` is the bot's own on the web, ending in a slash."""
    # Bolt's own words about a failure hold the code: ours say why.
    quiet = logging.getLogger("bot.install.bolt")
    quiet.setLevel(logging.CRITICAL)
    settings = OAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=bot_scopes(),
        user_scopes=[],
        redirect_uri=urljoin(address, REDIRECT),
        install_path=f"/{INSTALL}",
        redirect_uri_path=f"/{REDIRECT}",
        # GovSlack asks at its own address.
        authorization_url=urljoin(client.base_url, "/oauth/v2/authorize"),
        callback_options=CallbackOptions(_succeeded, _failed),
        installation_store=installations,
        state_store=_States(installations),
        state_expiration_seconds=STATE_SECONDS,
        logger=quiet,
    )
    return _Flow(client=client, logger=quiet, settings=settings)


class _NotAllowedError(BoltError):
    """Raised with the sentence for a workspace that SLACK_WORKSPACES does not name."""


class _States(OAuthStateStore):
    """States that carry their time, and that are remembered only once they were used."""

    def __init__(self, installations: Installations) -> None:
        self._by = installations

    def issue(self, *_args: object, **_more: object) -> str:
        """Return a new state."""
        return self._by.vault.issue()

    def consume(self, state: str) -> bool:
        """Use a state up; False where it is none of ours, too old, or used already."""
        if not self._by.vault.is_fresh(state, STATE_SECONDS):
            return False
        key = f"install:{hashlib.sha256(state.encode()).hexdigest()}"
        with self._by.sessions.begin() as session:
            first = recognise(session, key) is Seen.NEW
            if first:
                note_done(session, key)
        return first


class _Flow(OAuthFlow):
    def handle_callback(self, request: BoltRequest) -> BoltResponse:
        """Return the last page, whatever is in the way."""
        try:
            return super().handle_callback(request)
        except Exception:
            # Slack cannot be reached, or the database.
            log.exception("an installation failed")
            return _last(self.settings, 503, FAILED, AGAIN)

    def store_installation(self, request: BoltRequest, installation: Installation) -> None:
        """Keep the installation, where its workspace is allowed; else give the token back."""
        installations = self.settings.installation_store
        assert isinstance(installations, Installations)  # noqa: S101  # given above
        if installations.may_install(installation.team_id, installation.enterprise_id):
            super().store_installation(request, installation)
            return
        id = str(installation.team_id or installation.enterprise_id)
        log.warning("a workspace that is not allowed tried to install the app", workspace=id)
        try:
            installations.client(str(installation.bot_token), WebClient).auth_revoke()
        except SLACK_ERRORS as error:
            log.warning("its token could not be given back", workspace=id, why=code_of(error))
        name = installation.team_name or installation.enterprise_name or id
        raise _NotAllowedError(NOT_ALLOWED.format(name=name, id=id))

    def build_install_page_html(self, url: str, _request: BoltRequest) -> str:
        """Return the first page."""
        link = f'<p><a href="{escape(url)}">Choose the workspace in Slack</a></p>\n'
        return _PAGE.format(text="An administrator of your workspace may have to approve it in Slack.", more=link)


def _succeeded(args: SuccessArgs) -> BoltResponse:
    installed = args.installation
    whole = installed.is_enterprise_install
    name = (installed.enterprise_name if whole else installed.team_name) or "your workspace"
    return _last(args.settings, 200, DONE.format(name=name), "")


def _failed(args: FailureArgs) -> BoltResponse:
    status = 403 if isinstance(args.error, _NotAllowedError) else args.suggested_status_code
    text = str(args.error) if isinstance(args.error, _NotAllowedError) else SAID.get(args.reason, FAILED)
    log.warning("an installation did not succeed", why=args.reason if args.reason in SAID else "other")
    return _last(args.settings, status, text, AGAIN)


def _last(settings: OAuthSettings, status: int, text: str, more: str) -> BoltResponse:
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Set-Cookie": settings.state_utils.build_set_cookie_for_deletion(),
    }
    return BoltResponse(status=status, body=_PAGE.format(text=escape(text), more=more), headers=headers)
