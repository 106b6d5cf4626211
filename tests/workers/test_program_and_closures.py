"""The program is checked with its alliances, and a closed day is no sending day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from models.duties import Obligation
from models.offices import Office
from models.plans import Closure
from workers.check import alliances_told, check_all, check_for_office
from workers.clock import read_plan
from workers.remind import remind_office

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture
def national(sessions, portfolio) -> int:
    """A National Office above an office with an alliance; its id."""
    portfolio.office()
    with sessions.begin() as session:
        top = Office(code="OSHA-NO", name="OSHA National Office", kind="national", timezone="America/New_York")
        session.add(top)
        session.flush()
        return top.id


def of_program(sessions) -> list[str]:
    """Return the rules of the obligations of the program."""
    with sessions() as session:
        return list(session.scalars(select(Obligation.rule).where(Obligation.alliance_id.is_(None)).distinct()))


def test_all_includes_the_program(sessions, national):
    """Its duties are opened once, and not counted as an alliance."""
    tally = check_all(sessions, now=NOW)
    assert (tally.checked, tally.failures) == (1, ())
    assert of_program(sessions) == ["coordinator-call"]
    assert check_all(sessions, now=NOW).opened == 0


def test_the_office_that_runs_the_program_checks_it(sessions, portfolio, national):
    """Another office does not; what it holds of the program names no alliance."""
    other = portfolio.office("OTHER")
    check_for_office(sessions, other, now=NOW)
    assert of_program(sessions) == []
    assert check_for_office(sessions, national, now=NOW).checked == 0
    assert of_program(sessions) == ["coordinator-call"]
    with sessions() as session:
        assert alliances_told(session, national) == []


def test_a_program_that_cannot_be_checked_stops_nobody(sessions, national):
    """It is reported by name, with what went wrong."""
    with sessions.begin() as session:
        session.get_one(Office, national).timezone = "Nowhere/Town"
    tally = check_all(sessions, now=NOW)
    assert tally.checked == 1
    assert [name for name, _ in tally.failures] == ["the program"]


def test_nothing_is_sent_on_a_closed_day(sessions, portfolio):
    """The message of a closed Monday is sent on Tuesday; the clock does not look before."""
    office_id = portfolio.office(channel="C0AREA")
    with sessions.begin() as session:
        session.add(Closure(day=date(2026, 11, 23), reason="Storm"))
    check_all(sessions, now=NOW)
    assert remind_office(sessions, office_id, now=lambda: NOW) == []
    with sessions() as session:
        assert read_plan(session, NOW).looks[office_id] == NOW + timedelta(days=1)
    assert remind_office(sessions, office_id, now=lambda: NOW + timedelta(days=1))
