"""What is counted, in Prometheus' words, and the page on which the clock offers it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from models.duties import Message
from models.offices import Office, Person, Position
from operations.remind.check_rules import check_rules
from policy.rights import Role
from runtime.errors import SetupError
from tests.workers.conftest import NOW
from workers.broker import Jobs, connect
from workers.clock import Clock
from workers.jobs import deliver_job
from workers.metrics import metrics_page, serving


@pytest.fixture
def jobs(valkey_url):
    """The test's own queue."""
    broker = connect(valkey_url)
    broker.flush_all()
    yield Jobs(broker)
    broker.close()


def counted(engine, jobs):
    """Return every figure by its name and labels, as Prometheus reads them."""
    families = text_string_to_metric_families(metrics_page(engine, jobs, lambda: NOW).decode())
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_messages_are_counted_by_how_far_they_came(own_engine, portfolio, jobs):
    """What waits, since when, and what was sent are told apart."""
    waiting = portfolio.message()
    with Session(own_engine) as session, session.begin():
        session.execute(update(Message).values(created_at=NOW.replace(hour=13)))
    found = counted(own_engine, jobs)
    assert found["alliance_messages_unsent", "reminder", "pending"] == 1
    assert found[("alliance_oldest_unsent_seconds",)] == 3600
    with Session(own_engine) as session, session.begin():
        session.execute(update(Message).where(Message.id == waiting).values(status="sent", ts="1.0", shown_version=1))
    found = counted(own_engine, jobs)
    assert found["alliance_messages_sent_total", "reminder"] == 1
    assert found[("alliance_oldest_unsent_seconds",)] == 0


def test_duties_are_counted_as_they_stand_today(own_engine, portfolio, jobs):
    """A duty is open or overdue by the day at its office, not by what the last check wrote."""
    portfolio.office("EAST", channel="C0EAST")
    with Session(own_engine) as session, session.begin():
        check_rules(session, now=NOW)
        session.execute(text("update obligations set due_on = '2026-11-22' where rule = 'evaluation'"))
    found = counted(own_engine, jobs)
    assert found["alliance_duties", "evaluation", "overdue"] == 1


def test_what_is_out_of_reach_and_what_is_queued_are_counted(own_engine, portfolio, jobs):
    """Slack refuses one channel, one job waits, nobody is at work."""
    portfolio.office("EAST", channel="C0EAST")
    with Session(own_engine) as session, session.begin():
        session.execute(update(Office).values(unreachable_since=NOW, unreachable_why="is archived"))
    jobs.send(deliver_job(portfolio.message()))
    found = counted(own_engine, jobs)
    assert found["alliance_out_of_reach", "office"] >= 1
    assert found["alliance_queue_jobs", "delivery"] == 1
    assert found[("alliance_worker_at_work",)] == 0
    assert found["alliance_up", "database"] == found["alliance_up", "queue"] == 1


def test_who_has_left_is_not_out_of_reach(own_engine, portfolio, jobs):
    """Slack refuses two people: counted is who holds a position today, once, and not who held one."""
    office_id = portfolio.office("EAST", channel="C0EAST")
    with Session(own_engine) as session, session.begin():
        for name, until in (("left", NOW.date() - timedelta(days=1)), ("here", NOW.date())):
            person = Person(slack_id=f"U0{name.upper()}", name=name, unreachable_since=NOW, unreachable_why="is gone")
            session.add(person)
            session.flush()
            for role in (Role.ALLIANCE_COORDINATOR, Role.AREA_DIRECTOR):
                held = {"role": role.value, "held_from": NOW.date() - timedelta(days=9), "held_until": until}
                session.add(Position(person_id=person.id, office_id=office_id, **held))
    assert counted(own_engine, jobs)["alliance_out_of_reach", "person"] == 1


@contextmanager
def served(engine, jobs):
    """Serve the pages; yields how to get one: its status and its words."""
    with serving("127.0.0.1:0", engine, jobs, lambda: NOW) as address:

        def get(path):
            try:
                with urlopen(f"http://{address}{path}", timeout=10) as answer:
                    return answer.status, answer.read().decode()
            except HTTPError as error:
                return error.code, error.read().decode()

        yield get


def test_the_page_says_whether_reminders_can_be_sent(own_engine, jobs):
    """Ready is who has a clock that ticked and a worker at work; else the reason is said."""
    with served(own_engine, jobs) as get:
        assert get("/healthz") == (200, "ok\n")
        assert get("/readyz") == (503, "the clock does not tick\n")
        Clock(own_engine, jobs, lambda: NOW)._beat()
        assert get("/readyz") == (503, "no worker is at work\n")
        jobs.sign_on()
        assert get("/readyz") == (200, "ok\n")
        assert get("/metrics")[0] == 200
        assert "alliance_heartbeat_age_seconds" in get("/metrics")[1]
        assert get("/nothing")[0] == 404


def test_without_a_queue_the_rest_is_still_told(own_engine):
    """A queue that is away is said, and hides nothing of the database."""
    broker = connect("redis://127.0.0.1:1")
    found = counted(own_engine, Jobs(broker))
    broker.close()
    assert (found["alliance_up", "queue"], found["alliance_up", "database"]) == (0, 1)
    assert found[("alliance_check_failures",)] == 0


def test_an_address_in_use_is_refused_in_a_sentence(own_engine, jobs):
    """Two cannot serve at one address."""
    with (
        serving("127.0.0.1:0", own_engine, jobs, lambda: NOW) as address,
        pytest.raises(SetupError, match="METRICS_ADDRESS"),
        serving(address, own_engine, jobs, lambda: NOW),
    ):
        pass
