"""Whose is a person or a channel, with several workspaces: each id belongs to one, and is called with its token."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.installations import DEAD, Installations, Installed, code_of
from bot.slack_errors import NO_WORKSPACE, NOBODY, SLACK_ERRORS
from operations.workspaces.place_id import claim_id, place_of

#: Ids that are remembered with their workspace.
MOST_PLACES = 50_000
#: What Slack says of a person or a channel that is not in a workspace.
NOT_HERE = NOBODY | {"channel_not_found", "missing_scope"}


class NoWorkspaceError(SlackApiError):
    """Raised instead of calling Slack for somebody in none of the workspaces where the app is installed."""

    def __init__(self) -> None:
        why = "in no workspace where the app is installed"
        super().__init__(why, {"ok": False, "error": NO_WORKSPACE})  # type: ignore[no-untyped-call]  # Slack gives no types


class Workspaces:
    """The workspaces that the app serves."""

    def __init__(self, installed: Installations) -> None:
        self.installed = installed
        self._places: dict[str, str] = {}

    def claims(self, slack_id: str, workspace_id: str) -> bool:
        """Note that an id belongs to a workspace; False where it is known to belong to another."""
        if self._places.get(slack_id) == workspace_id:
            return True
        with self.installed.sessions.begin() as session:
            mine = claim_id(session, slack_id, workspace_id)
        if mine:
            self._remember(slack_id, workspace_id)
        return mine

    def is_of(self, slack_id: str, workspace_id: str) -> bool:
        """Whether an id is of a workspace, or of its organization, asking Slack where nobody knows yet.

        Raises:
            SlackApiError: Slack does not tell now; OSError and HTTPException where it cannot be reached.
        """
        if self.known_place(slack_id) is None:
            installed = self.installed.find(workspace_id)
            if installed is None or not self._is_in(slack_id, installed):
                return False
        return self.claims(slack_id, workspace_id)

    def known_place(self, slack_id: str) -> str | None:
        """Return the workspace of an id where it is known already; Slack is not asked."""
        place = self._places.get(slack_id)
        if place is None:
            with self.installed.sessions() as session:
                place = place_of(session, slack_id)
            if place is not None:
                self._remember(slack_id, place)
        return place

    def _remember(self, slack_id: str, workspace_id: str) -> None:
        if len(self._places) >= MOST_PLACES:
            self._places.clear()
        self._places[slack_id] = workspace_id

    def client_of(self, slack_id: str) -> WebClient:
        """Return a client of the workspace to which a person or a channel belongs, asking for it where need be.

        Where there is none, or nobody can tell now, every call of the client raises what was in the way.
        """
        try:
            place = self.known_place(slack_id)
            if self.installed.find(place) is None:
                # Uninstalled there, it may be installed for the whole organization.
                place = self._ask(slack_id, known=place is not None)
        except SLACK_ERRORS as error:
            return _Nowhere(error)
        return self.client_in(place)

    def client_in(self, workspace_id: str | None) -> WebClient:
        """Return a client of a workspace; every call of it raises `NoWorkspaceError` where there is none."""
        installed = self.installed.find(workspace_id)
        if installed is None:
            return _Nowhere(NoWorkspaceError())
        client = self.installed.client(installed.token, _Client)
        client.opened = partial(self.claims, workspace_id=installed.id)
        return client

    def _ask(self, slack_id: str, *, known: bool) -> str | None:
        """Ask workspace by workspace whose an id is; None where it is nobody's."""
        everywhere = self.installed.all()
        if len(everywhere) == 1 and not known:
            # Not noted: the id may be of a workspace that is still to come.
            return everywhere[0].id
        for installed in everywhere:
            if self._is_in(slack_id, installed) and self.claims(slack_id, installed.id):
                return installed.id
        return None

    def _is_in(self, slack_id: str, installed: Installed) -> bool:
        client = self.installed.client(installed.token, WebClient)
        try:
            if not slack_id.startswith(("U", "W")):
                client.conversations_info(channel=slack_id)
                return True
            user = client.users_info(user=slack_id)["user"]
        except SlackApiError as error:
            if code_of(error) in NOT_HERE | DEAD:
                return False
            raise
        # Somebody of another workspace, met in a channel that both share, is shown with their own.
        return installed.id in {user.get("team_id"), (user.get("enterprise_user") or {}).get("enterprise_id")}


class _Client(WebClient):
    """A client that notes where a conversation with a person is: later no token of the others may ask after it."""

    opened: Callable[[str], object] | None = None

    def conversations_open(self, **named: Any) -> Any:
        """Open a conversation."""
        answer = super().conversations_open(**named)
        if self.opened is not None:
            self.opened(str(answer["channel"]["id"]))
        return answer


class _Nowhere(WebClient):
    """A client of no workspace."""

    def __init__(self, why: Exception) -> None:
        super().__init__(retry_handlers=[])
        self._why = why

    def api_call(self, *_args: Any, **_more: Any) -> Any:
        """Raise what was in the way."""
        raise self._why
