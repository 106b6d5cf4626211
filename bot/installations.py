"""Where the app is installed, with several workspaces: the token of each, sealed, renewed, and forgotten at the end."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth import InstallationStore
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.token_rotation import TokenRotator

from bot.asked import Sessions
from bot.slack_errors import SLACK_ERRORS
from operations.workspaces.keep_workspace import (
    Kept,
    find_workspaces,
    forget_tokens,
    keep_workspace,
    lock_workspace,
    renew_tokens,
)
from runtime.clock import Clock
from runtime.errors import SetupError

if TYPE_CHECKING:
    # Encryption takes a while to load, and one workspace needs none.
    from runtime.vault import Vault

#: Seconds for which a process takes what it has read of a workspace to hold: how long one goes on after the end.
CACHED = 30.0
#: Seconds before a token's end from which a worker renews it, and from which nobody waits for a worker any more.
RENEWED, OVERDUE = 2 * 3600, 600
#: Seconds that Slack may take to renew one: somebody may wait.
PATIENCE = 2
#: What Slack says of a token that nobody can use again.
DEAD = frozenset({"account_inactive", "invalid_auth", "token_revoked"})

C = TypeVar("C", bound=WebClient)

log = structlog.get_logger("bot.installations")


@dataclass(frozen=True, slots=True)
class Installed:
    """A workspace, or an organization, in which the app is installed, with its token."""

    id: str
    enterprise_id: str | None
    name: str
    bot_id: str
    bot_user_id: str
    token: str = field(repr=False)


class Installations(InstallationStore):
    """Where the app is installed, as Slack's own parts for OAuth keep and find it.

    Args:
        allowed: ids of the workspaces and organizations that may install the app; of no other is anything served.
        client: as every client is to be, without a token.
        rotator: renews tokens.
    """

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        now: Clock,
        *,
        allowed: Collection[str],
        client: WebClient,
        rotator: TokenRotator,
    ) -> None:
        self.vault = vault
        self.sessions = sessions
        self._now = now
        self._allowed = frozenset(allowed)
        self._client = client
        self._rotator = rotator
        self._known: dict[str, tuple[float, Installed | None]] = {}

    def may_install(self, *ids: str | None) -> bool:
        """Whether any of these ids stands in SLACK_WORKSPACES."""
        return not self._allowed.isdisjoint(ids)

    def save(self, installation: Installation) -> None:
        """Keep where the app was just installed; what was there before is replaced."""
        whole = installation.is_enterprise_install
        id = str(installation.enterprise_id if whole else installation.team_id)
        tokens = {"bot": installation.bot_token, "refresh": installation.bot_refresh_token}
        kept = Kept(
            id,
            installation.enterprise_id,
            str((installation.enterprise_name if whole else installation.team_name) or id),
            str(installation.bot_id),
            str(installation.bot_user_id),
            self.vault.seal(id, tokens),
            _moment(installation.bot_token_expires_at),
        )
        with self.sessions.begin() as session:
            keep_workspace(session, kept, by=installation.user_id, now=self._now())
        self._known.pop(id, None)
        log.info("the app was installed", workspace=id)

    def find(self, *ids: str | None) -> Installed | None:
        """Return the first of these workspaces and organizations in which the app is installed."""
        for id in filter(None, ids):
            until, installed = self._known.get(id, (0.0, None))
            if until < time.monotonic():
                installed = self._read(id)
                self._known[id] = (time.monotonic() + CACHED, installed)
            if installed is not None:
                return installed
        return None

    def _read(self, id: str) -> Installed | None:
        with self.sessions() as session:
            kept = find_workspaces(session, [id]).get(id)
        if kept is not None and _ends_within(kept, OVERDUE):
            kept = self._renewed(id, OVERDUE)
        return None if kept is None else self._opened(kept)

    def _opened(self, kept: Kept) -> Installed | None:
        if not self.may_install(kept.id, kept.enterprise_id):
            return None
        token = str(self.vault.open(kept.id, kept.sealed)["bot"])
        return Installed(kept.id, kept.enterprise_id, kept.name, kept.bot_id, kept.bot_user_id, token)

    def all(self) -> list[Installed]:
        """Return every workspace and organization in which the app is installed, by name."""
        with self.sessions() as session:
            found = find_workspaces(session)
        return [installed for id in found if (installed := self.find(id)) is not None]

    def keep_fresh(self) -> None:
        """Renew the tokens that end within two hours, and put all under the newest key."""
        with self.sessions() as session:
            found = find_workspaces(session)
        for kept in found.values():
            try:
                if self.may_install(kept.id, kept.enterprise_id) and _ends_within(kept, RENEWED):
                    self._renewed(kept.id, RENEWED)
                elif self.vault.is_old(kept.sealed):
                    self._reseal(kept.id)
            except SetupError as error:
                # The others are looked after all the same.
                log.warning("the tokens of a workspace cannot be read", why=str(error))

    def _reseal(self, id: str) -> None:
        with self.sessions.begin() as session:
            kept = lock_workspace(session, id)
            if kept is not None:
                sealed = self.vault.seal(id, self.vault.open(id, kept.sealed))
                renew_tokens(session, id, sealed=sealed, expires_at=kept.expires_at)

    def _renewed(self, id: str, early: int) -> Kept | None:
        """Renew a token once, whoever else wants to: Slack is asked under a lock, as what renews it is good once."""
        with self.sessions.begin() as session:
            kept = lock_workspace(session, id)
            if kept is None or not _ends_within(kept, early):
                return kept
            tokens = self.vault.open(id, kept.sealed)
            old = Bot(
                bot_token=str(tokens["bot"]),
                bot_id=kept.bot_id,
                bot_user_id=kept.bot_user_id,
                bot_refresh_token=tokens["refresh"],
                bot_token_expires_at=kept.expires_at,
                installed_at=0.0,
            )
            try:
                new = self._rotator.perform_bot_token_rotation(bot=old, minutes_before_expiration=early // 60)
            except (SlackTokenRotationError, *SLACK_ERRORS) as error:
                # The old one is good until its end.
                log.warning("a token could not be renewed", workspace=id, why=code_of(error))
                return kept
            if new is None:
                return kept
            sealed = self.vault.seal(id, {"bot": new.bot_token, "refresh": new.bot_refresh_token})
            renew_tokens(session, id, sealed=sealed, expires_at=_moment(new.bot_token_expires_at))
            renewed = lock_workspace(session, id)
        self._known.pop(id, None)
        log.info("a token was renewed", workspace=id)
        return renewed

    def verify(self, *ids: str | None) -> None:
        """Ask Slack whether the tokens of these still count, and forget those that do not.

        Raises:
            SlackApiError: Slack says neither; OSError and HTTPException where it cannot be reached.
        """
        with self.sessions() as session:
            found = find_workspaces(session, [id for id in ids if id])
        for kept in found.values():
            try:
                self.client(str(self.vault.open(kept.id, kept.sealed)["bot"]), WebClient).auth_test()
            except SlackApiError as error:
                if code_of(error) not in DEAD:
                    raise
                with self.sessions.begin() as session:
                    gone = forget_tokens(session, kept.id, sealed=kept.sealed, now=self._now())
                self._known.pop(kept.id, None)
                if gone:
                    log.warning("the app was uninstalled", workspace=kept.id)

    def client(self, token: str, kind: type[C]) -> C:
        """Return a client with a token, otherwise as all are."""
        like = self._client
        client = kind(token, base_url=like.base_url, timeout=like.timeout, retry_handlers=like.retry_handlers)
        client.proxy = like.proxy
        return client


def _ends_within(kept: Kept, seconds: int) -> bool:
    return kept.expires_at is not None and kept.expires_at.timestamp() < time.time() + seconds


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def code_of(error: Exception) -> str:
    """Return Slack's word, or the kind of error: the whole may hold what was sent."""
    answer = error.api_error.response if isinstance(error, SlackTokenRotationError) else getattr(error, "response", {})
    return str(answer.get("error") or type(error).__name__)
