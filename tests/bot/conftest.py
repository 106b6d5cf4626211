"""The app as it runs: a real database, a real local Slack, Socket Mode between them, people at the page."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from slack_sdk import WebClient
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from bot.app import build_app
from bot.messages import duty_blocks
from bot.socket_mode import Connection
from bot.take_file import Documents
from models.alliances import Agreement, Alliance, Ending, RenewalDecision
from models.alliances import TerminationNotice as Notice
from models.duties import Obligation
from models.offices import Office
from models.plans import CommentRequest, CoordinatorCall, Milestone, PlannedActivity, WorkPlan
from models.work import AnnualReport
from operations.read.message import show_obligation
from operations.remind.check_rules import check_rules
from policy.rights import Role
from runtime.documents import DocumentStore
from sandbox.main import running
from tests.bot.copies import Copies
from tests.bot.slack import PATIENCE, SENT, LocalSlack, Person
from tests.bot.world import APP, CALENDARS, World
from tests.conftest import FORM_SENT, TEMPLATE, address_of, create_database
from tests.operations.conftest import NOW, Portfolio

AREA_CHANNEL = "C0AREA"
#: A channel where the app is no member.
ELSEWHERE = "C0ELSEWHERE"


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


@pytest.fixture(autouse=True)
def forms_sent(record_property) -> Iterator[None]:
    """Tell the run which forms this test sent."""
    SENT.clear()
    yield
    for name in sorted(SENT):
        record_property(FORM_SENT, name)


@pytest.fixture(scope="session")
def world() -> World:
    """The world that the app sees."""
    return World()


@contextmanager
def serving() -> Iterator[LocalSlack]:
    """Run a local Slack in a thread of its own, at the tests' day and hour."""
    started, stop = threading.Event(), asyncio.Event()
    address: list[str] = []
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with running("127.0.0.1", 0, None) as hub:
            # What the app does is tested here; how fast it is, a benchmark tells: the tests share two cores.
            hub.link.ack_limit = hub.triggers.lifetime = PATIENCE
            address.append(hub.base_url)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert started.wait(10)
    local = LocalSlack(address[0])
    local.post("/control/clock", to=NOW.isoformat(), force=True)
    try:
        yield local
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@pytest.fixture(scope="session")
def slack(world, tmp_path_factory) -> Iterator[LocalSlack]:
    """A local Slack with the app connected to it."""
    with serving() as local:
        handler = _connect_app(local, world, tmp_path_factory)
        yield local
        handler.close()


def _connect_app(local: LocalSlack, world: World, tmp_path_factory: pytest.TempPathFactory) -> Connection:
    names = {"UADA": "ada", "URITA": "rita", "UNATE": "nate", "USTRANGER": "sam"}
    local.post(
        "/control/workspace",
        team={"id": "T1", "name": "OSHA", "domain": "osha"},
        users=[{"id": id, "name": name, "tz": "America/New_York"} for id, name in names.items()],
    )
    local.post("/control/app", **APP)
    local.post(
        "/control/workspace",
        channels=[
            {"id": AREA_CHANNEL, "name": "wilmington", "members": [*names, "UBOT"]},
            {"id": ELSEWHERE, "name": "elsewhere", "members": [*names]},
        ],
    )
    client = WebClient(token="xoxb-test", base_url=f"{local.address}/api/")
    store = DocumentStore(tmp_path_factory.mktemp("documents").as_uri())
    told = {"documents": Documents(store, 25_000_000), "calendars": CALENDARS}
    app = build_app(client, world, lambda: world.now, deliveries=world.deliveries, **told)
    handler = Connection(app, "xapp-test")
    handler.connect()
    return handler


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


@pytest.fixture(scope="session")
def copies(server_url, filled, world) -> Iterator[Copies]:
    """The copies of the portfolio of this worker process."""
    copies = Copies(server_url, filled, world)
    yield copies
    copies.drop()


@pytest.fixture
def sample_engine(copies, world) -> Iterator[Engine]:
    """An engine on a copy of the portfolio for this test; the app works on it, too."""
    engine = copies.clean()
    world.make, world.now = sessionmaker(engine), NOW
    yield engine
    world.make = None
    wait_until_idle(engine, world)


def wait_until_idle(engine: Engine, world: World) -> None:
    """Wait until the app has given all connections back."""
    deadline = time.monotonic() + PATIENCE
    while world.at_work or engine.pool.checkedout():
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
def records(sample_engine):
    """A session on the app's records; the rules are checked when it commits."""

    class Records(Session):
        def of(self, name: str) -> Alliance:
            """Find an alliance by how its name begins."""
            return self.scalars(select(Alliance).where(Alliance.name.startswith(name))).one()

        def office(self, code: str) -> Office:
            """Find an office."""
            return self.scalars(select(Office).where(Office.code == code)).one()

        def settle(self) -> None:
            """Check the rules and commit."""
            self.flush()
            check_rules(self, now=NOW)
            self.commit()

    with Records(sample_engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def everything(records):
    """Each rule has an open duty, most of them of the national alliance or of La Plaza."""
    plaza, grain, hostile = records.of("La Plaza"), records.of("National"), records.of("Roofing <")
    plaza.tracked_from = grain.tracked_from = hostile.tracked_from = date(2025, 11, 1)
    agreement = records.scalars(select(Agreement).where(Agreement.alliance_id == grain.id, Agreement.renewal)).one()
    agreement.signed_on, agreement.term_years = date(2023, 8, 30), 3
    records.add(
        RenewalDecision(
            alliance_id=grain.id,
            agreement_id=agreement.id,
            recommendation="conditional extension",
            reasons="Late.",
            recommended_on=date(2026, 8, 1),
            decided_on=date(2026, 8, 3),
            extended_until=date(2026, 12, 31),
            expectations="Two meetings.",
        )
    )
    records.add(Notice(alliance_id=plaza.id, noticed_on=date(2026, 11, 2), reason="Resources"))
    records.add(
        AnnualReport(
            alliance_id=grain.id,
            period_end=date(2025, 8, 31),
            submitted_on=date(2026, 11, 2),
            recorded_at=NOW,
        )
    )
    plan = WorkPlan(
        alliance_id=plaza.id, first=date(2025, 12, 10), finalized_on=date(2026, 1, 5), summary="Plan", recorded_at=NOW
    )
    records.add(plan)
    records.flush()
    records.add(Milestone(work_plan_id=plan.id, title="Poster", due_on=date(2026, 12, 1), person="Ada Coordinator"))
    records.add(
        CommentRequest(alliance_id=grain.id, office_id=records.office("REG-PHI").id, asked_on=date(2026, 11, 16))
    )
    records.add(
        PlannedActivity(
            alliance_id=grain.id,
            on_day=date(2026, 12, 10),
            place="Ohio",
            title="Booth",
            recorded_on=date(2026, 11, 16),
        )
    )
    records.query(CoordinatorCall).filter(CoordinatorCall.on_day > date(2026, 10, 1)).delete()
    made = Portfolio(records)
    area = records.office("0317300")
    over = (date(2020, 5, 30), date(2026, 5, 30))
    made.alliance("Over", area, signed=date(2018, 6, 1), renewed=over, tracked_from=date(2026, 11, 1))
    made.alliance("Fresh", area, signed=date(2024, 11, 3))
    ended = made.alliance("Ended", area, signed=date(2025, 6, 1))
    records.add(Ending(alliance_id=ended.id, kind="concluded", ended_on=date(2026, 11, 18), reason="mutual"))
    records.settle()
    return records


@pytest.fixture
def button(slack, records):
    """Post the row of a rule's open duty, as a reminder shows it; give the message."""

    def post(rule, name=None):
        query = select(Obligation).where(Obligation.rule == rule, Obligation.settled.is_(None))
        if name is not None:
            query = query.where(Obligation.alliance_id == records.of(name).id)
        row = records.scalars(query.order_by(Obligation.due_on.desc())).first()
        assert row is not None, f"no open duty of {rule}"
        blocks = duty_blocks(show_obligation(records, row.id, now=NOW))
        records.rollback()
        client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
        posted = client.chat_postMessage(channel=AREA_CHANNEL, text=rule, blocks=blocks)
        return {"channel": AREA_CHANNEL, "ts": posted["ts"], "blocks": posted["message"]["blocks"], "row": row}

    return post


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
