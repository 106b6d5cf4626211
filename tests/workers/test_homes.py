"""Home tabs follow what is recorded, whoever recorded it, for those who opened theirs."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.publish_home import publish_home
from models import audit
from models.alliances import Alliance
from models.homes import Home
from models.offices import Office, Person, Position
from operations.actor import identify
from operations.operate.record_meeting import record_meeting
from operations.read.concerned import concerned, last_change
from policy.rights import Role
from tests.workers.test_clock import ticking
from workers.broker import Jobs
from workers.check import check_all
from workers.clock import Clock
from workers.homes import publish_one

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
PEOPLE = ("UADA", "UREG", "UTOP", "UELSE", "UNEW")


@pytest.fixture
def people(portfolio, sessions, slack):
    """A coordinator of an area, of its region, of the top and of another area; and somebody without a position."""
    slack.post("/control/workspace", users=[{"id": id, "name": id.lower()} for id in PEOPLE])
    area, other = portfolio.office("AREA"), portfolio.office("OTHER")
    with sessions.begin() as session:
        top = office(session, "OSHA-NO", "national", None)
        region = office(session, "REG-PHI", "region", top)
        for id in (area, other):
            session.get_one(Office, id).parent_id = region if id == area else top
        for slack_id, where in zip(PEOPLE, (area, region, top, other, None), strict=True):
            person = Person(slack_id=slack_id, name=slack_id.title())
            session.add(person)
            session.flush()
            if where is not None:
                told = {"role": Role.ALLIANCE_COORDINATOR.value, "held_from": date(2020, 1, 1)}
                session.add(Position(person_id=person.id, office_id=where, **told))
    check_all(sessions, now=NOW)


def office(session, code, kind, parent):
    """Make an office without alliances."""
    made = Office(code=code, name=f"Office {code}", kind=kind, timezone="America/New_York", parent_id=parent)
    session.add(made)
    session.flush()
    return made.id


def open_homes(delivery, *slack_ids):
    """Let people open their Home tabs."""
    for slack_id in slack_ids:
        publish_home(delivery.sessions, NOW, slack_id, delivery.slack, opened=True)


def meet(sessions, *days):
    """Let the area's coordinator record meetings."""
    with sessions.begin() as session:
        alliance = session.scalars(select(Alliance).where(Alliance.name.startswith("Safe Roofs AREA"))).one()
        by = identify(session, "UADA", now=NOW)
        for on in days or (date(2026, 11, 20),):
            told = {"on": on, "held": True, "format": "both"}
            record_meeting(session, alliance_id=alliance.id, **told, by=by, now=NOW)


def asked_of(sessions, since):
    """Say whom the changes since an entry concern."""
    with sessions() as session:
        return concerned(session, since, last_change(session), now=NOW)


def head(sessions):
    """Return the latest entry."""
    with sessions() as session:
        return last_change(session)


def homes(slack):
    """Return what was published, by person."""
    found = {}
    for entry in slack.record("home"):
        found.setdefault(entry["user"], []).append(str(entry["blocks"]))
    return found


def test_a_change_concerns_who_works_there_or_above_and_opened_home(people, delivery, sessions):
    """The National Office leads it not, another area has nothing to do with it, and who never opened Home has none."""
    since = head(sessions)
    meet(sessions)
    assert asked_of(sessions, since) == set()
    open_homes(delivery, *PEOPLE)
    assert asked_of(sessions, since) == {"UADA", "UREG"}
    assert asked_of(sessions, head(sessions)) == set()
    with sessions.begin() as session:
        session.execute(update(Home).where(Home.slack_id == "UREG").values(opened_at=NOW - timedelta(days=31)))
    assert asked_of(sessions, since) == {"UADA"}


def test_whose_home_shows_an_alliance_is_concerned(people, delivery, sessions):
    """What somebody had of an alliance, such as a duty that was assigned, goes from their Home when it goes."""
    open_homes(delivery, "UELSE")
    since = head(sessions)
    with sessions.begin() as session:
        alliance = session.scalars(select(Alliance.id).where(Alliance.name.startswith("Safe Roofs AREA"))).one()
        session.execute(update(Home).values(shows=[alliance]))
    meet(sessions)
    assert asked_of(sessions, since) == {"UELSE"}


def test_a_change_of_an_office_concerns_everybody_and_a_message_nobody(people, delivery, sessions):
    """Offices, positions and closures change seldom; what is posted every minute is on no Home."""
    open_homes(delivery, "UADA", "UELSE")
    since = head(sessions)
    for action, subject, found in (
        ("message:sent", "message:1", set()),
        ("obligation:opened", "program", {"UADA", "UELSE"}),
        ("position:given", "office:AREA", {"UADA", "UELSE"}),
    ):
        with sessions.begin() as session:
            audit.record(session, at=NOW, actor="test", action=action, subject=subject)
        assert asked_of(sessions, since) == found
        since = head(sessions)


def test_homes_follow_within_two_seconds_once_for_many_changes(people, delivery, jobs, slack, eventually):
    """Clock and worker publish what changed, for those concerned alone, and many changes together."""
    open_homes(delivery, "UADA", "UREG", "UELSE")
    before = homes(slack)
    assert {who: len(seen) for who, seen in before.items()} == {"UADA": 1, "UREG": 1, "UELSE": 1}
    sessions = delivery.sessions
    with ticking(Clock(sessions.kw["bind"], jobs, lambda: NOW)):
        time.sleep(1.5)
        assert homes(slack) == before, "what did not change is not published again"
        meet(sessions, *(date(2026, 11, day) for day in range(1, 6)))
        began = time.monotonic()
        eventually(lambda: all("5 of 2 meetings held" in homes(slack)[who][-1] for who in ("UADA", "UREG")))
        assert time.monotonic() - began < 2
    after = {who: len(seen) for who, seen in homes(slack).items()}
    assert after["UELSE"] == 1
    assert after["UADA"] == 2


def test_the_older_of_two_publications_is_repeated(people, delivery, sessions, slack):
    """Who learns that a later state was published meanwhile publishes again: the last one seen is right."""
    open_homes(delivery, "UADA")
    client, raced = delivery.slack, []

    class Racing:
        def views_publish(self, **view):
            if not raced:
                raced.append(True)
                meet(sessions)
                publish_home(sessions, NOW, "UADA", client)
            return client.views_publish(**view)

    publish_home(sessions, NOW, "UADA", Racing(), opened=True)
    assert "1 of 2 meetings held" in homes(slack)["UADA"][-1]


def test_what_slack_refuses_for_good_is_forgotten(people, delivery, sessions):
    """An account that is gone has no Home to be kept; what comes later is tried again."""
    open_homes(delivery, "UADA")
    with sessions.begin() as session:
        session.add(Home(slack_id="UGONE", opened_at=NOW, seq=0, shown=None, shows=[]))
    publish_one("UGONE", delivery, Jobs)
    publish_one("UNOBODY", delivery, Jobs)
    with sessions() as session:
        assert session.scalars(select(Home.slack_id)).all() == ["UADA"]
