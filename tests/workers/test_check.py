"""A check goes on whatever one alliance's records hold."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from models.alliances import Alliance, AllianceOffice
from models.duties import Obligation
from models.plans import PlannedActivity
from workers import check
from workers.check import check_all, check_for_office

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


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
    """For an office, the alliances it leads are checked, and those passed on to it."""
    first = portfolio.office("FIRST", alliances=2)
    second = portfolio.office("SECOND", alliances=3)
    assert check_for_office(sessions, first, now=NOW).checked == 2
    check_all(sessions, now=NOW)
    with sessions.begin() as session:
        one = session.scalars(select(Obligation).where(Obligation.office_id == second)).first()
        one.office_id, one.passed_on = first, True
    assert check_for_office(sessions, first, now=NOW).checked == 3


def test_batch_is_small_enough_to_be_short():
    """A batch holds the locks of a few alliances, not of all."""
    assert check.BATCH <= 50
