"""What Slack delivers more than once is recognised by its id."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.deliveries import Delivery
from operations.records.recognise import Seen, forget_deliveries, note_done, recognise


def age(session, **by):
    """Let a delivery have come some time ago."""
    session.get_one(Delivery, "Ev1").at = datetime.now(UTC) - timedelta(**by)  # noqa: TID251  # it lives in real time
    session.flush()


def test_a_delivery_is_new_once(session):
    """While the first is at work the second is told so; afterwards, that it is done."""
    assert recognise(session, "Ev1") is Seen.NEW
    assert recognise(session, "Ev1") is Seen.AT_WORK
    note_done(session, "Ev1")
    assert recognise(session, "Ev1") is Seen.DONE
    assert recognise(session, "Ev2") is Seen.NEW


def test_the_same_signature_is_no_delivery_of_slacks(session):
    """Slack signs each delivery anew."""
    assert recognise(session, "Ev1", signature="v0=a") is Seen.NEW
    assert recognise(session, "Ev1", signature="v0=a") is Seen.REPLAYED
    assert recognise(session, "Ev1", signature="v0=b") is Seen.AT_WORK


@pytest.mark.parametrize(("seconds", "seen"), [(20, Seen.AT_WORK), (40, Seen.NEW)])
def test_what_nobody_ended_is_taken_up(session, seconds, seen):
    """Half a minute after it was begun a delivery belonged to a bot that was killed."""
    recognise(session, "Ev1")
    age(session, seconds=seconds)
    assert recognise(session, "Ev1") is seen


def test_what_is_done_is_not_done_again_however_late(session):
    """Slack's last try comes an hour later."""
    recognise(session, "Ev1")
    note_done(session, "Ev1")
    session.expire_all()
    age(session, hours=1)
    assert recognise(session, "Ev1") is Seen.DONE


def test_deliveries_are_forgotten_after_a_day(session):
    """The table does not grow for ever."""
    recognise(session, "Ev1")
    recognise(session, "Ev2")
    age(session, hours=25)
    forget_deliveries(session)
    assert [row.id for row in session.query(Delivery)] == ["Ev2"]
