"""A check goes on whatever one alliance's records hold."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from models.alliances import Alliance, AllianceOffice
from models.duties import Obligation
from models.plans import PlannedActivity
from models.work import Meeting
from operations.actor import operator
from operations.change_settings import CHECKED_AT_ONCE, change_settings
from workers import check
from workers.check import check_all, check_between, check_for_office, check_waiting
from workers.remind import check_daily

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
#: The ends of a week in which no duty of the portfolio opens or falls due.
MONDAY, SUNDAY = datetime(2026, 11, 2, 14, tzinfo=UTC), datetime(2026, 11, 8, 6, tzinfo=UTC)


def obligations_by_alliance(sessions) -> set[str]:
    """Return the names of the alliances that have obligations."""
    with sessions() as session:
        return set(session.scalars(select(Alliance.name).join(Obligation, Obligation.alliance_id == Alliance.id)))


def test_all_are_checked(sessions, portfolio):
    """Every alliance is checked, over several batches."""
    portfolio.office(alliances=60)
    tally = check_all(sessions, now=NOW)
    assert (tally.checked, tally.failures) == (60, ())
    assert tally.opened >= 60
    assert len(obligations_by_alliance(sessions)) == 60
    assert check_all(sessions, now=NOW).opened == 0


@pytest.fixture
def cursed(sessions, portfolio) -> str:
    """An alliance without any office among sound ones: a record no rule can make sense of."""
    portfolio.office(alliances=4)
    name = "Safe Roofs 0317300 2"
    with sessions.begin() as session:
        cursed = session.scalars(select(Alliance).where(Alliance.name == name)).one()
        session.execute(update(AllianceOffice).where(AllianceOffice.alliance_id == cursed.id).values(rank=7))
        session.delete(session.scalars(select(AllianceOffice).where(AllianceOffice.alliance_id == cursed.id)).one())
    return name


def test_bad_record_is_named_and_stops_nobody(sessions, cursed):
    """The alliance that cannot be checked is reported by name; the others are checked."""
    tally = check_all(sessions, now=NOW)
    assert tally.checked == 3
    ((name, why),) = tally.failures
    assert name == cursed
    assert why
    assert cursed not in obligations_by_alliance(sessions)
    assert len(obligations_by_alliance(sessions)) == 3


def test_a_failing_rule_is_named(sessions, portfolio):
    """The report of a check says which rule fails over which alliance; the others are checked."""
    portfolio.office(alliances=3)
    with sessions.begin() as session:
        cursed = session.scalars(select(Alliance).order_by(Alliance.id)).first()
        cursed.level, name = "national", cursed.name
        session.add(
            PlannedActivity(alliance_id=cursed.id, on_day=date.min, place="Ohio", title="Talk", recorded_on=NOW.date())
        )
    tally = check_all(sessions, now=NOW)
    assert tally.checked == 2
    assert [found for found, _ in tally.failures] == [name]
    assert f"the rule “activity-notice” fails over {name}: " in tally.failures[0][1]


def test_office_checks_its_own(sessions, portfolio):
    """For an office, those that it leads or that were passed on to it are checked, if something is new."""
    first = portfolio.office("FIRST", alliances=2)
    second = portfolio.office("SECOND", alliances=3)
    assert check_for_office(sessions, first, now=NOW).checked == 2
    assert check_for_office(sessions, first, now=NOW).checked == 0
    check_all(sessions, now=NOW)
    with sessions.begin() as session:
        one = session.scalars(select(Obligation).where(Obligation.office_id == second)).first()
        one.office_id, one.passed_on = first, True
    assert check_for_office(sessions, first, now=NOW).checked == 1


def test_only_what_is_new_is_checked(sessions, portfolio):
    """After a check of all, one alliance with a new record is looked at, once."""
    portfolio.office(alliances=5)
    assert check_waiting(sessions, now=NOW).checked == 5
    with sessions.begin() as session:
        id = session.scalars(select(Alliance.id).limit(1)).one()
        session.add(Meeting(alliance_id=id, on_day=NOW.date(), held=True, format="both", recorded_at=NOW))
    assert check_waiting(sessions, now=NOW).checked == 1
    assert check_waiting(sessions, now=NOW).checked == 0
    assert check_all(sessions, now=NOW).checked == 5


def test_a_setting_of_many_alliances_is_followed_by_the_workers(sessions, portfolio):
    """It puts today's check back to not done, which the clock sees within seconds."""
    portfolio.office(alliances=CHECKED_AT_ONCE + 1)
    assert check_daily(sessions, now=lambda: NOW)
    assert not check_daily(sessions, now=lambda: NOW)
    with sessions.begin() as session:
        by = operator(session, "terminal")
        changes = {"meetings_required": 0, "meetings_required_since": date(2020, 1, 1)}
        change_settings(session, office_code="0317300", changes=changes, by=by, now=NOW)
    query = select(Obligation.id).where(Obligation.rule == "meetings", Obligation.settled == "lifted")
    with sessions() as session:
        assert session.scalars(query).all() == []
    assert check_daily(sessions, now=lambda: NOW)
    with sessions() as session:
        assert len(session.scalars(query).all()) > CHECKED_AT_ONCE


def test_bad_record_is_tried_again_the_next_day_and_when_it_changes(sessions, cursed):
    """It holds nobody up until then, and its name and what went wrong stand on record."""
    check_waiting(sessions, now=NOW)
    with sessions() as session:
        failed = session.scalars(select(Alliance).where(Alliance.check_failure.is_not(None))).one()
    assert failed.name == cursed
    assert check_waiting(sessions, now=NOW + timedelta(hours=19)).failures == ()
    assert [name for name, _ in check_waiting(sessions, now=NOW + timedelta(hours=21)).failures] == [cursed]
    with sessions.begin() as session:
        office = session.scalars(select(AllianceOffice.office_id).limit(1)).one()
        session.add(AllianceOffice(alliance_id=failed.id, office_id=office, rank=0))
    tally = check_waiting(sessions, now=NOW + timedelta(hours=22))
    assert (tally.checked, tally.failures) == (1, ())
    with sessions() as session:
        assert session.scalars(select(Alliance.check_failure).where(Alliance.id == failed.id)).one() is None


def test_once_a_week_everyone_is_looked_at(sessions, portfolio):
    """The check of the queue's batches looks at quiet alliances, too, when they were not since Sunday."""
    portfolio.office(alliances=3)
    assert check_between(sessions, 1, 9, now=MONDAY).checked == 3
    assert check_between(sessions, 1, 9, now=SUNDAY - timedelta(days=1)).checked == 0
    assert check_between(sessions, 1, 9, now=SUNDAY).checked == 3
    assert check_between(sessions, 1, 9, now=SUNDAY + timedelta(days=1)).checked == 0


def test_what_had_been_missed_is_logged(sessions, portfolio):
    """A quiet alliance whose ledger was not what its records ask for is named in the log, once the week is over."""
    portfolio.office(alliances=2)
    check_all(sessions, now=MONDAY)
    with sessions.begin() as session:
        one = session.scalars(select(Obligation).limit(1)).one()
        session.delete(one)
    with capture_logs() as logs:
        check_between(sessions, 1, 9, now=SUNDAY)
    assert [(entry["event"], entry["alliance"]) for entry in logs if entry["log_level"] == "warning"] == [
        ("an alliance should have been looked at before", one.alliance_id)
    ]


def test_batch_is_small_enough_to_be_short():
    """A batch holds the locks of a few alliances, not of all."""
    assert check.BATCH <= 100
