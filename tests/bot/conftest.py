"""The app as it runs: a real database, a real local Slack, Socket Mode between them, people at the page."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from bot.app import build_app
from bot.commands import described
from bot.shortcuts import described_shortcuts
from models.alliances import Alliance
from models.offices import Office
from models.plans import CoordinatorCall, WorkPlan
from operations.remind.check_rules import check_rules
from policy.rights import Role
from sandbox.main import running
from tests.bot.slack import LocalSlack, Person
from tests.conftest import NUMBERS, TEMPLATE, address_of, administer, create_database
from tests.operations.conftest import NOW, Portfolio

AREA_CHANNEL = "C0AREA"
#: A channel where the app is no member.
ELSEWHERE = "C0ELSEWHERE"


@dataclass
class World:
    """What the app of all tests works on, exchanged for each test."""

    now: datetime = NOW
    make: Any = None

    def __call__(self) -> AbstractContextManager[Session]:
        """Return a session of this test's database."""
        return self.make()

    def begin(self) -> AbstractContextManager[Session]:
        """Return a session that commits at the end."""
        return self.make.begin()


@dataclass
class Sample:
    """The portfolio of a test."""

    national: Office
    region: Office
    area: Office
    #: Area, signed December 10, 2025: meetings and evaluation fall due on December 9, 2026.
    plaza: Alliance
    #: National, renewed for a second term.
    grain: Alliance
    #: Regional, signed June 20, 2025: its annual report was due on August 18, 2026.
    roofing: Alliance
    #: Area; its name is an attack.
    hostile: Alliance
    ids: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="session")
def world() -> World:
    """The world that the app sees."""
    return World()


@pytest.fixture(scope="session")
def slack(world) -> Iterator[LocalSlack]:
    """A local Slack with the app connected to it."""
    started, stop = threading.Event(), asyncio.Event()
    address: list[str] = []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with running("127.0.0.1", 0, None) as hub:
            address.append(hub.base_url)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert started.wait(10)
    local = LocalSlack(address[0])
    local.post("/control/clock", to=NOW.isoformat(), force=True)
    names = {"UADA": "ada", "URITA": "rita", "UNATE": "nate", "USTRANGER": "sam"}
    local.post(
        "/control/workspace",
        team={"id": "T1", "name": "OSHA", "domain": "osha"},
        users=[{"id": id, "name": name, "tz": "America/New_York"} for id, name in names.items()],
    )
    local.post(
        "/control/app",
        name="Alliance",
        bot_user={"id": "UBOT", "name": "alliance"},
        commands=described(),
        shortcuts=described_shortcuts(),
    )
    local.post(
        "/control/workspace",
        channels=[
            {"id": AREA_CHANNEL, "name": "wilmington", "members": [*names, "UBOT"]},
            {"id": ELSEWHERE, "name": "elsewhere", "members": [*names]},
        ],
    )
    client = WebClient(token="xoxb-test", base_url=f"{local.address}/api/")
    app = build_app(client, world, lambda: world.now)
    handler = SocketModeHandler(app, "xapp-test")
    handler.connect()
    yield local
    handler.close()
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


@pytest.fixture(scope="session")
def filled(server_url) -> str:
    """Name of a database with the portfolio in it, to be copied for each test."""
    create_database(server_url, "portfolio", TEMPLATE)
    engine = create_engine(address_of(server_url, "portfolio"))
    with Session(engine) as session:
        fill(session)
        check_rules(session, now=NOW)
        session.commit()
    engine.dispose()
    return "portfolio"


def fill(session: Session) -> None:
    """Make three offices, four alliances and three people, with plans and calls on record: what is due is little."""
    made = Portfolio(session)
    national = made.office("OSHA-NO", kind="national", name="OSHA National Office")
    region = made.office("REG-PHI", kind="region", parent=national, name="Philadelphia Regional Office")
    area = made.office("0317300", parent=region, name="Wilmington Area Office", channel=AREA_CHANNEL)
    tracked = {"tracked_from": date(2026, 6, 1)}
    made.alliance("La Plaza Alliance", area, signatories=("La Plaza", "Local Builders"), **tracked)
    grain = made.alliance(
        "National Grain and Feed Association",
        national,
        level="national",
        signed=date(2021, 9, 1),
        renewed=(date(2023, 8, 30),),
        signatories=("NGFA",),
        **tracked,
    )
    roofing = made.alliance(
        "Roofing Contractors of Philadelphia",
        region,
        level="regional",
        signed=date(2025, 6, 20),
        signatories=("Roofers Guild",),
        **tracked,
    )
    made.alliance("Roofing <!channel> & Sons", area, signed=date(2026, 3, 2), signatories=("Sons <@UADA>",), **tracked)
    for alliance, first in ((grain, date(2026, 9, 1)), (roofing, date(2026, 6, 20))):
        session.add(
            WorkPlan(alliance_id=alliance.id, first=first, finalized_on=first, summary="As agreed", recorded_at=NOW)
        )
    for on in (date(2026, 6, 10), date(2026, 9, 9), date(2026, 10, 14)):
        session.add(CoordinatorCall(on_day=on, recorded_at=NOW))
    session.flush()
    made.person("UADA", (Role.ALLIANCE_COORDINATOR, area), name="Ada Coordinator")
    made.person("URITA", (Role.REGIONAL_COORDINATOR, region), name="Rita Regional")
    made.person("UNATE", (Role.ALLIANCE_COORDINATOR, national), name="Nate National")


@dataclass
class Copies:
    """Copies of the portfolio; a test that wrote nothing leaves its copy to the next one."""

    server_url: str
    filled: str
    engine: Engine | None = None
    #: The server's next transaction id when the copy was made: reading uses none up.
    mark: int = 0

    def clean(self) -> Engine:
        """Return an engine on a copy that nobody has written to."""
        if self.engine is not None and next_transaction(self.engine) != self.mark:
            self.drop()
        if self.engine is None:
            name = f"bot_{next(NUMBERS)}"
            create_database(self.server_url, name, self.filled)
            self.engine = create_engine(address_of(self.server_url, name))
            self.mark = next_transaction(self.engine)
        return self.engine

    def drop(self) -> None:
        """Drop the copy in use."""
        if self.engine is not None:
            name = self.engine.url.database
            self.engine.dispose()
            self.engine = None
            administer(self.server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def next_transaction(engine: Engine) -> int:
    """Return the id that the next writing transaction of the server will have."""
    with engine.connect() as connection:
        return int(connection.scalar(text("select pg_snapshot_xmax(pg_current_snapshot())::text")))


@pytest.fixture(scope="session")
def copies(server_url, filled) -> Iterator[Copies]:
    """The copies of the portfolio of this worker process."""
    copies = Copies(server_url, filled)
    yield copies
    copies.drop()


@pytest.fixture
def sample_engine(copies, world) -> Iterator[Engine]:
    """An engine on a copy of the portfolio for this test; the app works on it, too."""
    engine = copies.clean()
    world.make, world.now = sessionmaker(engine), NOW
    yield engine
    world.make = None
    wait_until_idle(engine)


def wait_until_idle(engine: Engine) -> None:
    """Wait until the app has given all connections back."""
    deadline = time.monotonic() + 5
    while engine.pool.checkedout():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def rows(sample_engine) -> Callable[[Any], list[Any]]:
    """Read rows of a table, as they are committed."""

    def read(model: Any) -> list[Any]:
        with Session(sample_engine, expire_on_commit=False) as session:
            return list(session.scalars(select(model)))

    return read


@pytest.fixture
def ids(rows) -> dict[str, int]:
    """The ids of the alliances, by the first word or two of their names."""
    short = {"La": "plaza", "National": "grain"}
    return {short.get(a.name.split()[0], "hostile" if "<!" in a.name else "roofing"): a.id for a in rows(Alliance)}


def at(slack: LocalSlack, user: str, channel: str = AREA_CHANNEL) -> Iterator[Person]:
    """Let somebody sit at the page."""
    person = Person(slack, user, channel)
    yield person
    person.closes()


@pytest.fixture
def ada(slack, sample_engine) -> Iterator[Person]:
    """The Alliance Coordinator of the area office."""
    yield from at(slack, "UADA")


@pytest.fixture
def rita(slack, sample_engine) -> Iterator[Person]:
    """The Regional Alliance Program Coordinator."""
    yield from at(slack, "URITA")


@pytest.fixture
def nate(slack, sample_engine) -> Iterator[Person]:
    """The Alliance Coordinator of the National Office."""
    yield from at(slack, "UNATE")


@pytest.fixture
def stranger(slack, sample_engine) -> Iterator[Person]:
    """A member of the workspace whom nobody entered."""
    yield from at(slack, "USTRANGER")
