"""The local Slack from outside: where it is, and how our programs reach it."""

from __future__ import annotations

import json
import socket
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from runtime.clock import Clock, travelling_clock
from runtime.errors import SetupError
from runtime.locks import is_free
from runtime.settings import Settings

HOST = "127.0.0.1"
#: The first port that is tried, and how many after it.
PORT = 8400
PORTS = 50
#: What this process claimed; it lasts as long as the process.
CLAIMS: list[socket.socket] = []
#: What would send requests to this machine elsewhere.
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@dataclass(frozen=True)
class LocalSlack:
    """A local Slack at an address such as http://127.0.0.1:8400."""

    address: str

    @property
    def clock_url(self) -> str:
        """Where its clock is asked."""
        return f"{self.address}/control/clock"

    def clock(self) -> Clock:
        """Return the clock that travels with it."""
        return travelling_clock(self.clock_url)

    def environment(self) -> dict[str, str]:
        """Return what makes our programs talk to it."""
        return {
            "SLACK_BOT_TOKEN": "xoxb-local",
            "SLACK_APP_TOKEN": "xapp-local",
            "SLACK_API_URL": f"{self.address}/api/",
            "ALLIANCE_CLOCK_URL": self.clock_url,
            **dict.fromkeys(PROXIES, ""),
        }

    def status(self) -> dict[str, Any] | None:
        """Return how it does; None while it does not answer."""
        try:
            return dict(self.ask("/control/status"))
        except (OSError, ValueError):
            return None

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask it something, or tell it something where there is a body; return its answer.

        Raises:
            SetupError: It refuses that; OSError where it does not answer.
        """
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.address + path, data, {"Content-Type": "application/json"})  # noqa: S310  # ours
        try:
            with build_opener(ProxyHandler({})).open(request, timeout=10) as answer:
                return json.load(answer)
        except HTTPError as error:
            with error:
                raise SetupError(f"The local Slack refuses {path}: {error.read().decode()[:300]}") from None


def usual_port(settings: Settings, note_name: str = "port", *, but: int | None = None) -> int:
    """Return the port that the local Slack of these data had last time, or else a free one, and note it.

    With the name of another note, the port of something else: any `but` the one that is given away already.

    Raises:
        SetupError: All of them are taken.
    """
    note = settings.alliance_data_dir / note_name
    last: list[int] = []
    with suppress(OSError, ValueError):
        last = [port for port in (int(note.read_text()),) if PORT <= port < PORT + PORTS]
    port = free_port(*last, but=but)
    with suppress(OSError):  # a folder that somebody else has begun: then the first free port is good enough
        note.write_text(f"{port}\n")
    return port


def free_port(*preferred: int, but: int | None = None) -> int:
    """Return a preferred port, port 8400, or the next one that nobody listens on, `but` one.

    Raises:
        SetupError: All of them are taken.
    """
    candidates: tuple[int, ...] = (*preferred, *range(PORT, PORT + PORTS))
    for port in (port for port in candidates if port != but):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        if _claim(port):
            return port
    raise SetupError(f"Every port from {PORT} to {PORT + PORTS - 1} is taken: stop what listens on one of them.")


def _claim(port: int) -> bool:
    """Claim a port until this process ends, so that two that start at once do not take the same one."""
    if not sys.platform.startswith("linux"):
        return True
    # An abstract address: the kernel gives it back however the process ends, and nobody needs to tidy up.
    claim = socket.socket(socket.AF_UNIX)
    try:
        claim.bind(f"\0alliance-bot-port-{port}")
    except OSError:
        claim.close()
        return False
    CLAIMS.append(claim)
    return True


def local_slack_of(settings: Settings) -> LocalSlack | None:
    """Return the local Slack that `alliance up` runs with these settings at this moment; None: it does not."""
    note = settings.alliance_data_dir / "up.lock"
    try:
        address = json.loads(note.read_text())["address"] if not is_free(note) else None
    except (OSError, ValueError, KeyError, SetupError):
        return None
    local = LocalSlack(address) if address and address.startswith(f"http://{HOST}:") else None
    return local if local is not None and local.status() is not None else None
