"""A person's digest is made once for its time, whatever is repeated, missed or killed; the clock asks for it."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models.duties import Message, MessageKind, Obligation
from models.offices import Office, Person, Position
from operations.actor import identify
from operations.remind.assign_duty import assign_duty
from operations.remind.check_rules import check_rules
from policy.calendar import NO_CLOSURES
from policy.rights import Role
from tests.workers.conftest import NOW
from tests.workers.test_simulate import replayed
from workers.clock import Looks, read_plan
from workers.deliver import deliver
from workers.digests import digest_one
from workers.jobs import digest_job

#: Wednesday; the digest of the Monday before was missed.
WEDNESDAY = NOW + timedelta(days=2)


@pytest.fixture
def person(portfolio, sessions) -> int:
    """A coordinator to whom a duty is assigned; the id."""
    office_id = portfolio.office()
    with sessions.begin() as session:
        check_rules(session, now=NOW)
        person = Person(slack_id="U0COORD01", name="Ada Coordinator")
        session.add(person)
        session.flush()
        for role in (Role.ALLIANCE_COORDINATOR, Role.AREA_DIRECTOR):
            held = Position(person_id=person.id, office_id=office_id, role=role.value, held_from=date(2020, 1, 1))
            session.add(held)
        session.flush()
        by = identify(session, "U0COORD01", now=NOW)
        duty = session.scalars(select(Obligation.id).where(Obligation.rule == "evaluation")).one()
        assign_duty(session, obligation_id=duty, person_id=person.id, by=by, now=NOW)
        return person.id


def made(sessions) -> list[datetime]:
    """Return the moments at which digests were made."""
    with sessions() as session:
        return list(session.scalars(select(Message.created_at).where(Message.kind == MessageKind.OWN)))


def test_it_is_made_once_for_its_time(sessions, person):
    """On Monday at nine, not again in the week; a Monday that was missed is caught up on Wednesday, once."""
    early = NOW - timedelta(minutes=1)
    assert digest_one(sessions, person, now=lambda: early) is None
    for moment in (NOW, NOW + timedelta(hours=1), WEDNESDAY):
        digest_one(sessions, person, now=lambda moment=moment: moment)
    missed = WEDNESDAY + timedelta(days=7)
    for _ in range(2):
        digest_one(sessions, person, now=lambda: missed)
    assert made(sessions) == [NOW, missed]


def test_workers_at_once_make_one(sessions, person):
    """Of three that are asked at once, one makes it."""
    barrier = threading.Barrier(3)

    def work() -> None:
        barrier.wait()
        digest_one(sessions, person, now=lambda: NOW)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made(sessions) == [NOW]


@pytest.mark.parametrize("moment", ["before_commit", "after_commit"])
def test_killed_at_its_commit_it_is_made_once(sessions, person, moment):
    """Before the commit nothing is kept, after it everything: whoever asks again makes one, or none."""

    def killed(_session: Session) -> None:
        raise SystemExit

    event.listen(Session, moment, killed)
    try:
        with pytest.raises(SystemExit):
            digest_one(sessions, person, now=lambda: NOW)
    finally:
        event.remove(Session, moment, killed)
    digest_one(sessions, person, now=lambda: NOW)
    assert made(sessions) == [NOW]


def test_the_clock_asks_for_everybody_at_their_time(sessions, person):
    """Until it is done; who has nothing to hear gets nothing, and what comes up later waits for the next time."""
    with sessions.begin() as session:
        office = session.scalars(select(Office)).one()
        idle = Person(slack_id="U0IDLE", name="Idle")
        session.add(idle)
        session.flush()
        held = {"role": Role.ALLIANCE_COORDINATOR.value, "held_from": date(2020, 1, 1)}
        session.add(Position(person_id=idle.id, office_id=office.id, **held))
        idle_id = idle.id
    with sessions() as session:
        plan = read_plan(session, NOW)
    assert plan.people == {person: NOW, idle_id: NOW}
    assert digest_job(person).args in [job.args for job in plan.due(NOW)]
    digest_one(sessions, person, now=lambda: NOW)
    assert digest_one(sessions, idle_id, now=lambda: NOW) is None
    with sessions() as session:
        next_week = NOW + timedelta(days=7)
        assert read_plan(session, NOW).people == {person: next_week, idle_id: next_week}
    with sessions.begin() as session:
        by = identify(session, "U0COORD01", now=NOW)
        duty = session.scalars(select(Obligation.id).where(Obligation.rule == "meetings")).one()
        assign_duty(session, obligation_id=duty, person_id=idle_id, by=by, now=NOW)
    assert digest_one(sessions, idle_id, now=lambda: NOW + timedelta(hours=2)) is None
    assert digest_one(sessions, idle_id, now=lambda: next_week) is not None


def test_one_that_still_waits_is_overtaken_by_the_next(sessions, person):
    """Whom do-not-disturb or an outage kept from the first hears the second alone."""
    first = digest_one(sessions, person, now=lambda: NOW)
    second = digest_one(sessions, person, now=lambda: NOW + timedelta(days=7))
    with sessions() as session:
        assert session.get_one(Message, first).status == "cancelled"
        assert session.get_one(Message, second).status == "pending"


def test_a_schedule_is_worked_out_anew_only_when_it_may_have_changed():
    """Not at every look; but when its moment comes, when it ran, and when a travelling clock goes back."""
    looks, before = Looks(), NOW - timedelta(days=1)
    monday = looks.next("0 9 * * 1", "America/New_York", None, before, NO_CLOSURES)
    assert monday == NOW
    looks.known = {key: (since, NOW + timedelta(hours=1)) for key, (since, _) in looks.known.items()}
    assert looks.next("0 9 * * 1", "America/New_York", None, before, NO_CLOSURES) == NOW + timedelta(hours=1)
    earlier = before - timedelta(days=6)
    assert looks.next("0 9 * * 1", "America/New_York", None, earlier, NO_CLOSURES) == earlier
    assert looks.next("0 9 * * 1", "America/New_York", NOW, NOW, NO_CLOSURES) == NOW + timedelta(days=7)


def test_it_reaches_the_person(sessions, person, delivery, slack):
    """By direct message, with what is assigned."""
    slack.post("/control/workspace", users=[{"id": "U0COORD01", "name": "ada", "real_name": "Ada Coordinator"}])
    deliver(digest_one(sessions, person, now=lambda: NOW), delivery)
    (post,) = slack.posts
    assert post["text"].startswith("Ada Coordinator: your digest of Monday, November 23, 2026. 1 open duty.")


def test_a_simulation_shows_it_with_its_words_and_why(own_engine, person):
    """Week by week, to the person, and why it is sent."""
    own = [m for m in replayed(own_engine, last=date(2026, 12, 7)) if m.message_kind == "own"]
    nine = [m.at.astimezone(UTC) for m in own]
    assert nine == [NOW, NOW + timedelta(days=7), NOW + timedelta(days=14)]
    assert (own[0].person, own[0].why) == (
        "Ada Coordinator",
        "it is the time that the person chose for a digest, or the default",
    )
    assert "your digest of" in own[0].text
