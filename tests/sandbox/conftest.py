from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.hub import Hub
from sandbox.main import running

Json = dict[str, Any]
TEAM = {"id": "T1", "name": "Test office", "domain": "test-office"}
BOT = {"id": "UBOT", "name": "helper", "real_name": "Helper"}
APP = {
    "name": "Helper",
    "bot_user": BOT,
    "commands": [{"command": "/try", "description": "Try it", "usage_hint": "[word]"}],
    "shortcuts": [
        {"type": "global", "callback_id": "anywhere", "name": "Anywhere"},
        {"type": "message", "callback_id": "on_message", "name": "On a message"},
    ],
    "events": ["app_home_opened", "message.im", "app_mention", "link_shared", "function_executed"],
    "functions": {
        "greet": {
            "title": "Greet",
            "input_parameters": {
                "whom": {"type": "string", "name": "whom", "title": "Whom to greet", "is_required": True},
                "note": {"type": "string", "name": "note", "title": "Note"},
            },
            "output_parameters": {"words": {"type": "string", "name": "words", "title": "Words", "is_required": True}},
        }
    },
    "unfurl_domains": ["Links.example.gov", "127.0.0.1"],
}
NUMBERS = itertools.count(1)


@dataclass
class Server:
    """A running local Slack as tests reach it: over its sockets."""

    hub: Hub
    address: str = ""
    client: WebClient = field(init=False)

    def __post_init__(self) -> None:
        self.address = self.address or self.hub.base_url
        self.client = WebClient(token="xoxb-test", base_url=f"{self.address}/api/")

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        with urlopen(self.address + path, timeout=10) as response:  # noqa: S310
            return json.load(response)

    def send(self, path: str, body: Any, method: str = "POST") -> tuple[int, Any]:
        """Send JSON; return status and answer."""
        data = json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(self.address + path, data, headers, method=method)  # noqa: S310
        try:
            with urlopen(request, timeout=10) as response:  # noqa: S310
                status, text = response.status, response.read()
        except HTTPError as error:
            with error:
                status, text = error.code, error.read()
        return status, json.loads(text) if text.startswith((b"{", b"[")) else text.decode()

    def post(self, path: str, **body: Any) -> Any:
        """Send JSON; return the answer."""
        return self.send(path, body)[1]

    def set_up(self) -> None:
        """Put the team and the app into the workspace."""
        self.post("/control/workspace", team=TEAM)
        self.post("/control/app", **APP)

    def person(self, **more: Any) -> str:
        """Return the id of a new person."""
        number = next(NUMBERS)
        user = {"id": f"U{number:05}", "name": f"person{number}", "tz": "America/Chicago", **more}
        self.post("/control/workspace", users=[user])
        return str(user["id"])

    def channel(self, *members: str, **more: Any) -> str:
        """Return the id of a new channel with these people and the app."""
        number = next(NUMBERS)
        channel = {"id": f"C{number:05}", "name": f"room-{number}", "members": [*members, BOT["id"]], **more}
        self.post("/control/workspace", channels=[channel])
        return str(channel["id"])

    def messages(self, user: str, channel: str, more: str = "") -> list[Json]:
        """Return what a person sees in a channel, oldest first."""
        return list(self.get(f"/client/messages?user={user}&channel={channel}{more}")["messages"])

    def views(self, user: str) -> list[Json]:
        """Return the modals a person has open."""
        return list(self.get(f"/client/state?user={user}")["views"])

    def press(self, user: str, channel: str, message: Json, action_id: str, **more: Any) -> Json:
        """Press or choose an element of a message."""
        container = {"type": "message", "channel": channel, "ts": message["ts"]}
        return self._use(user, container, message["blocks"], action_id, more)

    def press_in(self, user: str, view: Json, action_id: str, **more: Any) -> Json:
        """Press or choose an element of a view."""
        return self._use(user, {"type": "view", "view_id": view["id"]}, view["blocks"], action_id, more)

    def _use(self, user: str, container: Json, blocks: list[Json], action_id: str, more: Json) -> Json:
        for block in blocks:
            parts = [*block.get("elements", []), block.get("element"), block.get("accessory")]
            if any(part and part.get("action_id") == action_id for part in parts):
                where = {"container": container, "block_id": block["block_id"], "action_id": action_id}
                return dict(self.post("/client/action", user=user, **where, **more))
        raise AssertionError(f"no element {action_id}")


@contextmanager
def serving(state_file: Path | None = None, **settings: Any) -> Iterator[Server]:
    """Run a server in a thread of its own."""
    started, box = threading.Event(), {}

    async def work() -> None:
        async with running("127.0.0.1", 0, state_file) as hub:
            for name, value in settings.items():
                setattr(hub, name, value)
            stop = asyncio.Event()
            box.update(hub=hub, stop=stop, loop=asyncio.get_running_loop())
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    assert started.wait(10)
    server = Server(box["hub"])
    server.set_up()
    try:
        yield server
    finally:
        box["loop"].call_soon_threadsafe(box["stop"].set)
        thread.join(10)
        assert not thread.is_alive()


def wait_for(what: Callable[[], Any], seconds: float = 3.0) -> Any:
    """Return the first true answer, or fail when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)
    return found


@contextmanager
def connected(server: Server) -> Iterator[App]:
    """Connect a Bolt app in Socket Mode."""
    app = App(client=server.client)
    handler = SocketModeHandler(app, app_token="xapp-test", web_client=server.client)
    before = server.get("/control/status")["connections"]
    handler.connect()
    wait_for(lambda: server.get("/control/status")["connections"] > before)
    try:
        yield app
    finally:
        handler.close()


@pytest.fixture(scope="session")
def slack() -> Iterator[Server]:
    """Give the server most tests share; each uses people and channels of its own."""
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def app(slack: Server) -> Iterator[App]:
    """Give the Bolt app connected to the shared server; a test adds listeners of its own."""
    with connected(slack) as bolt:
        yield bolt


class Behaviour:
    """What the shared app does in this test when the command or the form arrives."""

    def __init__(self) -> None:
        self.on_command: Callable[..., Any] = lambda ack, command, client: ack()
        self.on_view: Callable[..., Any] = lambda ack, body, client: ack()
        self.submitted: list[Json] = []


@pytest.fixture(scope="session")
def current(app: App) -> dict[str, Behaviour]:
    """Register the listeners once; each test puts its own behaviour behind them."""
    box: dict[str, Behaviour] = {}

    @app.command("/try")
    def command(ack: Any, command: Json, client: WebClient) -> None:
        box["now"].on_command(ack, command, client)

    @app.view("form")
    def view(ack: Any, body: Json, client: WebClient) -> None:
        box["now"].submitted.append(body)
        box["now"].on_view(ack, body, client)

    return box


@pytest.fixture
def does(current: dict[str, Behaviour]) -> Behaviour:
    """Give the means to say what the app does."""
    current["now"] = Behaviour()
    return current["now"]


@pytest.fixture
def user(slack: Server) -> str:
    """Give a new person."""
    return slack.person()


@pytest.fixture
def channel(slack: Server, user: str) -> str:
    """Give a new channel with the person and the app in it."""
    return slack.channel(user)


@pytest.fixture(name="serving", scope="session")
def serving_fixture() -> Callable[..., AbstractContextManager[Server]]:
    """Give the means to run a server of the test's own."""
    return serving


@pytest.fixture(name="connected")
def connected_fixture() -> Callable[[Server], AbstractContextManager[App]]:
    """Give the means to connect an app of the test's own."""
    return connected


@pytest.fixture(name="wait_for", scope="session")
def wait_for_fixture() -> Callable[..., Any]:
    """Give the means to wait for something that happens in the background."""
    return wait_for
