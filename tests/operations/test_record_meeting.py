from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.audit import AuditEntry
from models.duties import Obligation
from operations.operate.record_meeting import record_meeting
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, NotAllowed, Refused
from tests.operations.conftest import NOW

YEAR = "meetings 2025-12-10/2026-12-09"


def hold(session, alliance, on, by, *, held=True):
    """Record a meeting."""
    return record_meeting(session, alliance_id=alliance.id, on=on, held=held, format="in person", by=by, now=NOW)


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance in the last weeks of its first agreement year."""
    return portfolio.alliance("La Plaza", field.area)


def test_the_second_meeting_meets_the_duty(session, field, alliance, statuses):
    """One meeting leaves the year open, the second one meets it."""
    first = hold(session, alliance, date(2026, 3, 2), field.coordinator)
    assert [due.rule for due in first.settled] == []
    assert statuses(alliance)[YEAR] == "open"
    second = hold(session, alliance, date(2026, 11, 20), field.coordinator)
    assert [due.rule for due in second.settled] == ["meetings"]
    assert statuses(alliance)[YEAR] == "met"


def test_who_settled_it_is_kept(session, field, alliance):
    """The obligation names the person whose record met it."""
    hold(session, alliance, date(2026, 3, 2), field.coordinator)
    hold(session, alliance, date(2026, 11, 20), field.coordinator)
    row = session.scalars(select(Obligation).where(Obligation.rule == "meetings")).one()
    assert (row.settled_by, row.settled_on, row.held) == ("Ada Coordinator", date(2026, 11, 20), 2)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 11, 24), "still to come"),
        (date(2025, 12, 9), "before the alliance was signed"),
        (date(1926, 3, 2), "before the alliance was signed"),
    ],
)
def test_an_impossible_day_is_refused_at_its_field(session, field, alliance, on, words):
    """A meeting held tomorrow or before the signing is refused in one sentence, at the date."""
    with pytest.raises(Refused, match=words) as refused:
        hold(session, alliance, on, field.coordinator)
    assert refused.value.field == "on"


def test_the_same_day_is_not_counted_twice(session, field, alliance, statuses):
    """A second record of one day's meeting is refused and changes nothing."""
    hold(session, alliance, date(2026, 3, 2), field.coordinator)
    with pytest.raises(AlreadyDone, match="March 2, 2026"):
        hold(session, alliance, date(2026, 3, 2), field.coordinator)
    assert statuses(alliance)[YEAR] == "open"


def test_a_planned_meeting_does_not_count_until_it_is_held(session, field, alliance, statuses):
    """Planning meets nothing; recording the planned day as held does."""
    hold(session, alliance, date(2026, 3, 2), field.coordinator)
    hold(session, alliance, date(2026, 11, 23), field.coordinator, held=False)
    assert statuses(alliance)[YEAR] == "open"
    hold(session, alliance, date(2026, 11, 23), field.coordinator)
    assert statuses(alliance)[YEAR] == "met"


def test_a_person_without_a_position_is_told_which_ones_may(session, field, alliance):
    """The refusal names the positions that allow it."""
    with pytest.raises(NotAllowed, match="Alliance Coordinator, Regional Alliance Program Coordinator"):
        hold(session, alliance, date(2026, 3, 2), field.stranger)


def test_a_position_above_acts_for_the_office_below(session, field, alliance):
    """The region's coordinator records for an area office of the region."""
    assert hold(session, alliance, date(2026, 3, 2), field.regional_coordinator).record


def test_undoing_a_meeting_opens_the_duty_again(session, field, alliance, statuses):
    """A meeting recorded by mistake is withdrawn, and what it met is owed again."""
    hold(session, alliance, date(2026, 3, 2), field.coordinator)
    outcome = hold(session, alliance, date(2026, 11, 20), field.coordinator)
    withdraw_record(session, record=outcome.record, by=field.coordinator, now=NOW)
    assert statuses(alliance)[YEAR] == "open"
    with pytest.raises(AlreadyDone):
        withdraw_record(session, record=outcome.record, by=field.coordinator, now=NOW)


def test_each_step_stands_in_the_audit(session, field, alliance):
    """Recording, meeting the duty and undoing leave one entry each, with the person's name."""
    hold(session, alliance, date(2026, 3, 2), field.coordinator)
    outcome = hold(session, alliance, date(2026, 11, 20), field.coordinator)
    withdraw_record(session, record=outcome.record, by=field.coordinator, now=NOW)
    session.commit()
    entries = session.scalars(select(AuditEntry).where(AuditEntry.actor == "Ada Coordinator").order_by(AuditEntry.seq))
    told = [(entry.action, entry.data.get("rule")) for entry in entries]
    assert told == [
        ("meeting:recorded", None),
        ("obligation:met", "first-meeting"),
        ("meeting:recorded", None),
        ("obligation:met", "meetings"),
        ("meeting:withdrawn", None),
        ("obligation:reopened", "meetings"),
    ]


@pytest.mark.parametrize("record", ["", "meeting", "meeting:", "meeting:²", "meeting:99999999999999999999", "office:1"])
def test_what_names_no_record_cannot_be_undone(session, field, record):
    """A value that is none of ours is refused in one sentence."""
    with pytest.raises(Refused, match="cannot be undone here"):
        withdraw_record(session, record=record, by=field.coordinator, now=NOW)
