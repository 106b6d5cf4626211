"""One clock leads; it asks for what is due and for what waits, and outlives its connections."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import redis
from sqlalchemy import event, select, text, update
from sqlalchemy.orm import Session

from models.duties import Message, Schedule
from models.locks import LEADING_CLOCK
from models.offices import Office
from operations.remind.office_schedules import office_name
from operations.remind.plan_notices import announce
from workers.broker import NAMESPACE, Jobs, connect
from workers.clock import Clock, heartbeat_age, read_plan
from workers.jobs import QUEUES, check_job, deliver_job, remind_job
from workers.pool import pooled_engine
from workers.remind import check_daily, remind_office

NINE = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
FAR = "5 0 1 1 *"


class Time:
    """A clock for tests that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = NINE

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.at


@pytest.fixture
def now() -> Time:
    """Nine o'clock on Monday."""
    return Time()


@pytest.fixture
def jobs(valkey_url):
    """An empty queue with nobody at work."""
    broker = connect(valkey_url)
    for name in QUEUES:
        broker.declare_queue(name)
    yield Jobs(broker)
    broker.close()


def queued(jobs: Jobs) -> set:
    """Return what is in the queue."""
    return set().union(*(jobs._queued(name) for name in QUEUES))


def key(job) -> tuple:
    """Return how the queue names a job."""
    return job.actor_name, tuple(job.args)


@contextmanager
def ticking(*clocks: Clock):
    """Run clocks beside the test."""
    stop = threading.Event()
    threads = [threading.Thread(target=clock.run, args=(stop.wait,)) for clock in clocks]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)
            assert not thread.is_alive()


def checked(sessions, now) -> None:
    """Let today's check be done, so that it is not asked for."""
    check_daily(sessions, now=now)


def test_office_is_asked_for_at_its_hour(sessions, portfolio, jobs, now, eventually):
    """Nothing is asked for before nine; at nine the office is, once, until its work is done."""
    office_id = portfolio.office()
    checked(sessions, now)
    now.at = NINE - timedelta(seconds=2)
    with ticking(Clock(sessions.kw["bind"], jobs, now)):
        eventually(lambda: age(sessions))
        time.sleep(1.2)
        assert queued(jobs) == set()
        now.at = NINE
        eventually(lambda: queued(jobs) == {key(remind_job(office_id))})
        time.sleep(2.2)
        assert jobs.depth(QUEUES) == 1, "asked for every second, queued once"


def age(sessions):
    """Return the age of the clock's sign of life."""
    with sessions() as session:
        return heartbeat_age(session)


def test_one_of_two_clocks_ticks(own_engine, sessions, portfolio, now, eventually):
    """Of two clocks one asks; when its connection is lost, the other takes over or it comes back."""
    portfolio.office()
    asked: list[str] = []

    class Asked(Jobs):
        def __init__(self, name: str) -> None:
            self.name = name

        def send(self, *sent) -> None:
            asked.append(self.name)

        def send_missing(self, sent) -> int:
            asked.append(self.name)
            return 0

    with ticking(Clock(own_engine, Asked("one"), now), Clock(own_engine, Asked("two"), now)):
        eventually(lambda: len(asked) >= 3)
        assert len(set(asked)) == 1
        asked.clear()
        with own_engine.connect() as connection:
            connection.execute(
                text("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = :key"),
                {"key": LEADING_CLOCK},
            )
        eventually(lambda: len(asked) >= 3)
        latest = asked[-3:]
        assert len(set(latest)) == 1


def test_announcement_reaches_the_queue_at_once(sessions, portfolio, jobs, now, eventually):
    """A message announced by a transaction is in the queue though no sweep would bring it."""
    message_id = portfolio.message()
    with sessions.begin() as session:
        # Held by somebody: the sweep leaves it alone, only the announcement can bring it.
        session.execute(update(Message).values(claimed_until=text("clock_timestamp() + interval '1 hour'")))
    checked(sessions, now)
    with ticking(Clock(sessions.kw["bind"], jobs, now)):
        eventually(lambda: age(sessions))
        time.sleep(0.3)
        jobs._broker.flush_all()
        for _ in range(5):
            with sessions.begin() as session:
                announce(session, message_id)
            eventually(lambda: key(deliver_job(message_id)) in queued(jobs))
            jobs._broker.flush_all()


def test_sweep_makes_up_for_a_lost_queue(own_engine, portfolio, jobs, now, eventually):
    """A message that waits is queued once, and again after the queue was lost."""
    message_id = portfolio.message()
    with ticking(Clock(own_engine, jobs, now)):
        eventually(lambda: key(deliver_job(message_id)) in queued(jobs))
        time.sleep(3.5)
        assert jobs.depth(["delivery"]) == 1
        jobs._broker.client.flushall()
        eventually(lambda: key(deliver_job(message_id)) in queued(jobs), 6)


def test_clock_outlives_a_queue_that_cannot_be_reached(own_engine, sessions, portfolio, now, eventually):
    """Without a queue the clock goes on and says that it lives."""
    portfolio.message()
    broker = connect("redis://127.0.0.1:9/0")
    with ticking(Clock(own_engine, Jobs(broker), now)):
        eventually(lambda: age(sessions))
        with sessions.begin() as session:
            session.execute(update(Schedule).where(Schedule.name == "heartbeat").values(ran_until=NINE))
        eventually(lambda: age(sessions) < timedelta(seconds=10), 12)


def test_plan_reads_what_the_offices_set(sessions, portfolio, now):
    """Each office is looked at by its own line and wall clock; a line that cannot be used gives the default."""
    early = portfolio.office("EARLY", schedule="30 7 * * 1-5")
    west = portfolio.office("WEST", timezone="America/Los_Angeles", alliances=0)
    broken = portfolio.office("BROKEN", schedule="every morning", alliances=0)
    with sessions() as session:
        plan = read_plan(session, NINE - timedelta(hours=2))
    assert plan.looks[early] == datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
    assert plan.looks[west] == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert plan.looks[broken] == NINE
    assert [*map(key, plan.due(NINE))] == [*map(key, (remind_job(early), remind_job(broken), check_job()))]


def test_a_look_asks_little_of_the_database(own_engine, sessions, jobs, now, portfolio):
    """A look without anything due asks nothing at all, a fresh plan three questions however many offices there are."""
    with sessions.begin() as session:
        session.add_all(
            Office(code=f"OFF{n}", name=f"Office {n}", kind="area", timezone="America/Chicago", schedule=FAR)
            for n in range(120)
        )
    checked(sessions, now)
    clock = Clock(own_engine, jobs, now)
    asked = []
    event.listen(own_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    with Session(own_engine) as session:
        plan = read_plan(session, NINE)
    assert len(asked) == 4
    for _ in range(100):
        clock._look(plan, anew=False)
    assert len(asked) == 4


def test_office_is_reminded_once_a_day(sessions, portfolio, now):
    """The first call at nine makes the message, later ones of that day nothing; a month later one again."""
    office_id = portfolio.office()
    (message_id,) = remind_office(sessions, office_id, now=now)
    now.at += timedelta(hours=3)
    assert remind_office(sessions, office_id, now=now) == []
    now.at = datetime(2026, 12, 23, 20, 0, tzinfo=UTC)
    (second,) = remind_office(sessions, office_id, now=now)
    assert second != message_id
    assert remind_office(sessions, office_id, now=now) == []
    with sessions() as session:
        days = session.scalars(select(Message.day).order_by(Message.day)).all()
        name = office_name(session.get_one(Office, office_id).code)
        assert session.get_one(Schedule, name).ran_until == now.at
    assert [str(day) for day in days] == ["2026-11-23", "2026-12-23"]


def test_two_workers_make_one_message(sessions, portfolio, now):
    """Of workers that are asked for one office at once, one makes its message."""
    office_id = portfolio.office(alliances=3)
    barrier, made = threading.Barrier(3), []

    def work() -> None:
        barrier.wait()
        made.append(remind_office(sessions, office_id, now=now))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, made)) == [0, 0, 1]


def test_daily_check_runs_once_a_day(sessions, portfolio, now):
    """All rules are checked on the first look of a day and not again before midnight in New York."""
    portfolio.office()
    assert check_daily(sessions, now=now)
    assert not check_daily(sessions, now=now)
    now.at = datetime(2026, 11, 24, 5, 4, tzinfo=UTC)
    assert not check_daily(sessions, now=now)
    now.at = datetime(2026, 11, 24, 5, 5, tzinfo=UTC)
    assert check_daily(sessions, now=now)


def test_clock_asks_for_the_daily_check(own_engine, jobs, now, eventually):
    """The check of all rules is asked for when it is due."""
    with ticking(Clock(own_engine, jobs, now)):
        eventually(lambda: queued(jobs) == {key(check_job())})


def test_lost_database_is_found_again(own_engine, sessions, jobs, now, eventually):
    """After every connection was cut, the clock ticks again."""
    # Connections of its own: those of the test are thrown away while the clock may be using one.
    with (
        pooled_engine(own_engine.url.render_as_string(hide_password=False), 2) as engine,
        ticking(Clock(engine, jobs, now)),
    ):
        eventually(lambda: age(sessions))
        address = own_engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        own_engine.dispose()
        with sessions.begin() as session:
            session.execute(update(Schedule).where(Schedule.name == "heartbeat").values(ran_until=NINE))
        eventually(lambda: age(sessions) < timedelta(seconds=10), 10)


def test_namespace_keeps_us_apart(jobs, valkey_url):
    """What we store in Redis begins with our own name."""
    jobs.send(check_job())
    with redis.Redis.from_url(valkey_url) as client:
        assert {found.split(b":")[0] for found in client.keys("*")} == {NAMESPACE.encode()}
