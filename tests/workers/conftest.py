"""A real PostgreSQL and a real local Slack, with a line between us and Slack that can be disturbed."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

import pytest
from dramatiq import Worker
from slack_sdk import WebClient
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from models.alliances import Agreement, Alliance, AllianceOffice, Signatory
from models.duties import Message
from models.offices import Office
from operations.remind.check_rules import check_rules
from operations.remind.fold_messages import fold_messages
from policy.editions import edition_on
from sandbox.main import running
from workers.actors import Tools, declare
from workers.broker import Jobs, connect
from workers.deliver import Delivery

#: Monday, nine o'clock in New York: an evaluation is due on the next day.
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SIGNED = date(2025, 11, 25)
CHANNEL = "C0AREA"


@dataclass
class LocalSlack:
    """The local Slack as tests reach it."""

    address: str

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        with urlopen(self.address + path, timeout=10) as answer:  # noqa: S310  # our own server
            return json.load(answer)

    def post(self, path: str, **body: Any) -> Any:
        """Send JSON; return the answer."""
        request = Request(  # noqa: S310  # our own server
            self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310  # our own server
            return json.load(answer)

    def set_up(self, **channel: Any) -> None:
        """Put the team, the app and one channel in place, at nine o'clock."""
        self.post("/control/clock", to=NOW.isoformat(), force=True)
        self.post("/control/workspace", team={"id": "T1", "name": "OSHA", "domain": "osha"})
        self.post("/control/app", name="Alliance", bot_user={"id": "UBOT", "name": "alliance"}, commands=[])
        self.post("/control/workspace", channels=[{"id": CHANNEL, "name": "area", **channel}])

    def record(self, kind: str) -> list[dict[str, Any]]:
        """Return what the app did, of one kind."""
        return [entry for entry in self.get("/control/record") if entry["kind"] == kind]

    @property
    def posts(self) -> list[dict[str, Any]]:
        """Return every message that was posted."""
        return self.record("post")

    @property
    def clock(self) -> Callable[[], datetime]:
        """Return the clock that travels."""
        return lambda: datetime.fromisoformat(self.get("/control/clock")["now"])


@pytest.fixture
def slack() -> Iterator[LocalSlack]:
    """A local Slack with one channel, at nine o'clock on Monday."""
    started, box = threading.Event(), {}

    async def work() -> None:
        async with running("127.0.0.1", 0, None) as hub:
            stop = asyncio.Event()
            box.update(address=hub.base_url, stop=stop, loop=asyncio.get_running_loop())
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    assert started.wait(10)
    local = LocalSlack(box["address"])
    local.set_up()
    yield local
    box["loop"].call_soon_threadsafe(box["stop"].set)
    thread.join(10)
    assert not thread.is_alive()


@dataclass
class Line:
    """The line to Slack: for each method a list of faults, one for each call to come."""

    slack: LocalSlack
    address: str = ""
    faults: dict[str, list[str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def client(self, timeout: int = 10) -> WebClient:
        """Return a client on this line."""
        return WebClient("xoxb-test", base_url=f"{self.address}/api/", timeout=timeout, retry_handlers=[])


@pytest.fixture
def line(slack) -> Iterator[Line]:
    """A line that passes everything on but for the faults asked for.

    "lost": Slack gets the request, the answer is lost. "cut": Slack gets nothing. "429": asked to wait 7 s.
    "500": Slack does nothing and says so without a word. "late": the answer comes after two seconds. "held":
    the request reaches Slack after two seconds. "sunk": it is lost after two seconds.
    """
    state = Line(slack)
    host = slack.address.removeprefix("http://")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            method = self.path.rpartition("/")[2].partition("?")[0]
            state.calls.append(method)
            fault = state.faults[method].pop(0) if state.faults.get(method) else ""
            if fault in {"held", "sunk"}:
                time.sleep(2)
            if fault in {"cut", "sunk"}:
                self.close_connection = True
                return
            if fault in {"429", "500"}:
                self.send_response(int(fault))
                if fault == "429":
                    self.send_header("Retry-After", "7")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            connection = http.client.HTTPConnection(host, timeout=10)
            connection.request("POST", self.path, body, dict(self.headers))
            answer = connection.getresponse()
            data = answer.read()
            connection.close()
            if fault == "late":
                time.sleep(2)
            if fault == "lost":
                self.close_connection = True
                return
            # Whoever asked may have been killed meanwhile.
            with contextlib.suppress(ConnectionError):
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def own_engine(database) -> Iterator[Engine]:
    """An engine on a database that the test has to itself, to be committed to."""
    engine = create_engine(database, pool_size=20)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(own_engine) -> sessionmaker[Session]:
    """Sessions on the test's own database."""
    return sessionmaker(own_engine)


@pytest.fixture
def delivery(own_engine, sessions, line, slack) -> Delivery:
    """What a worker delivers with."""
    return Delivery(own_engine, sessions, line.client(), slack.clock)


def add_office(session: Session, code: str = "0317300", **more: Any) -> Office:
    """Make an office with the channel."""
    office = Office(
        code=code,
        name=f"Office {code}",
        kind="area",
        timezone=more.pop("timezone", "America/New_York"),
        channel=more.pop("channel", CHANNEL),
        # One message a day, unless the test is about digests.
        settings=more.pop("settings", {"weekly_digest": False}),
        **more,
    )
    session.add(office)
    session.flush()
    return office


def add_alliance(session: Session, office: Office, name: str = "Safe Roofs", signed: date = SIGNED) -> Alliance:
    """Make an alliance that this office leads."""
    alliance = Alliance(name=name, level="area", tracked_from=date(2026, 1, 1), created_at=NOW)
    session.add(alliance)
    session.flush()
    session.add(AllianceOffice(alliance_id=alliance.id, office_id=office.id, rank=0))
    session.add(Signatory(alliance_id=alliance.id, name="Local Roofers"))
    session.add(
        Agreement(
            alliance_id=alliance.id,
            signed_on=signed,
            renewal=False,
            term_years=2,
            edition=edition_on(signed).name,
        )
    )
    session.flush()
    return alliance


@dataclass
class Portfolio:
    """Makes what a test needs, and commits it."""

    sessions: sessionmaker[Session]

    def office(self, *codes: str, alliances: int = 1, **more: Any) -> int:
        """Make an office with alliances; return its id."""
        with self.sessions.begin() as session:
            code = codes[0] if codes else "0317300"
            office = add_office(session, code, **more)
            for number in range(alliances):
                add_alliance(session, office, f"Safe Roofs {code} {number}")
            return office.id

    def message(self) -> Any:
        """Make an office and fold its message of today; return the message's id."""
        office_id = self.office()
        with self.sessions.begin() as session:
            check_rules(session, now=NOW)
            (message_id,) = fold_messages(session, office_id=office_id, day=TODAY, now=NOW)
            return message_id

    def read(self, message_id: Any) -> Message:
        """Return a message as it stands."""
        with self.sessions() as session:
            return session.scalars(select(Message).where(Message.id == message_id)).one()


@pytest.fixture
def portfolio(sessions) -> Portfolio:
    """An empty portfolio to be filled by the test."""
    return Portfolio(sessions)


@pytest.fixture
def jobs(valkey_url: str, delivery: Delivery) -> Iterator[Jobs]:
    """A queue with one worker of a single thread at it."""
    broker = connect(valkey_url)
    jobs = Jobs(broker)
    declare(broker, Tools(delivery, jobs))
    worker = Worker(broker, worker_threads=1, worker_timeout=100)
    worker.start()
    yield jobs
    worker.stop(timeout=5_000)
    broker.close()


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Wait for the first true answer of a question; fail when none comes in time."""

    def wait_for(what: Callable[[], Any], seconds: float = 5.0) -> Any:
        deadline = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.01)
        return found

    return wait_for
