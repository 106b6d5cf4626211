"""Several workspaces in one local Slack, and somebody with a browser who installs the app in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from cryptography.fernet import Fernet
from slack_sdk import WebClient
from slack_sdk.oauth.token_rotation import TokenRotator

from bot.install_pages import install_flow
from bot.installations import Installations
from bot.workspaces import Workspaces
from runtime.vault import Vault

CLIENT_ID, CLIENT_SECRET = "1.2", "9c3f5d7b-client-secret"
OAUTH = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "token_rotation": True}
ORGANIZATION = {"id": "E1", "name": "Department"}
TEAMS = [
    {"id": "T1", "name": "OSHA", "domain": "osha"},
    {"id": "T2", "name": "Region Two", "domain": "two"},
    {"id": "T3", "name": "Bureau", "domain": "bureau", "enterprise": ORGANIZATION},
]
KEY = Fernet.generate_key().decode()


def workspaces_at(
    address: str,
    sessions: Any,
    now: Any,
    *,
    keys: Sequence[str] = (KEY,),
    allowed: Sequence[str] = ("T1", "T2", "E1"),
) -> Workspaces:
    """Return what a process knows of the workspaces of a local Slack."""
    client = WebClient(base_url=f"{address}/api/", timeout=10, retry_handlers=[])
    rotator = TokenRotator(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, client=client)
    return Workspaces(Installations(sessions, Vault(keys), now, allowed=allowed, client=client, rotator=rotator))


def flow_of(workspaces: Workspaces, address: str, bot: str) -> Any:
    """Return what serves the pages of a bot at an address."""
    client = WebClient(base_url=f"{address}/api/", timeout=10, retry_handlers=[])
    return install_flow(
        workspaces.installed, client, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, address=f"{bot}/"
    )


def install(workspaces: Workspaces, slack: Any, team: str) -> None:
    """Install the app in a workspace, without the pages."""
    flow = flow_of(workspaces, slack.address, "https://bot.example.gov")
    back = Browser().goes(f"{flow.build_authorize_url('s', Query())}&team={team}")
    code = parse_qs(urlsplit(back.location).query)["code"][0]
    workspaces.installed.save(flow.run_installation(code))


class Query:
    """A request without anything in its address."""

    query: dict[str, Any] = {}  # noqa: RUF012  # never changed


@dataclass
class Page:
    """What a browser was answered."""

    status: int
    text: str
    location: str
    headers: dict[str, str]


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Go nowhere."""


@dataclass
class Browser:
    """Keeps cookies, and goes on where it is sent only when the test says so."""

    cookie: str = ""
    seen: list[Page] = field(default_factory=list)

    def goes(self, address: str) -> Page:
        """Open an address."""
        try:
            answer: Any = build_opener(_Stay).open(Request(address, headers={"Cookie": self.cookie}), timeout=10)  # noqa: S310  # our own servers
        except HTTPError as error:
            answer = error
        with answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            page = Page(answer.status, unescape(answer.read().decode()), headers.get("location", ""), headers)
        if "set-cookie" in headers:
            self.cookie = headers["set-cookie"].partition(";")[0]
        self.seen.append(page)
        return page

    def begins(self, bot: str, team: str, user: str = "UADA") -> str:
        """Open the bot's page and choose a workspace in Slack; return where Slack sends the browser."""
        first = self.goes(f"{bot}/slack/install")
        assert first.status == 200
        link = re.search(r'href="(.*?)"', first.text)
        assert link is not None
        back = self.goes(f"{link[1]}&team={team}&user={user}").location
        return bot + back[back.index("/slack/") :]

    def installs(self, bot: str, team: str, user: str = "UADA") -> Page:
        """Install the app from the first page to the last."""
        return self.goes(self.begins(bot, team, user))
