"""One-off federal closures move reminders at once, and are entered by administrators at the top."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.duties import Notice, Obligation
from models.plans import Closure
from operations.change_closures import add_closure, remove_closure
from operations.closures import list_closures
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.rights import Role
from tests.operations.conftest import NOW


def test_closures_move_reminders_at_once(session, alliance, administrator):
    """The reminder of a closed day is sent on the working day before, and on its own day again afterwards."""
    last = (
        select(Notice.day)
        .join(Obligation)
        .where(Obligation.rule == "meetings", Notice.stage == "on:0", Notice.status == "pending")
    )
    found = add_closure(session, day=date(2026, 12, 9), reason=" Storm ", by=administrator, now=NOW)
    # Meetings and evaluation: what lands on the day of another stage takes its place.
    assert (found.effect.planned, found.effect.cancelled) == (2, 4)
    assert list_closures(session) == [(date(2026, 12, 9), "Storm")]
    assert session.scalars(last).all() == [date(2026, 12, 8)]
    with pytest.raises(AlreadyDone, match="Storm"):
        add_closure(session, day=date(2026, 12, 9), reason="Again", by=administrator, now=NOW)
    remove_closure(session, day=date(2026, 12, 9), by=administrator, now=NOW)
    assert session.scalars(last).all() == [date(2026, 12, 9)]
    with pytest.raises(AlreadyDone, match="is not entered"):
        remove_closure(session, day=date(2026, 12, 9), by=administrator, now=NOW)


@pytest.mark.parametrize(
    ("day", "reason", "words"),
    [
        (date(2026, 11, 28), "Storm", "a weekend"),
        (date(2026, 12, 25), "Storm", "Christmas"),
        (date(2062, 12, 9), "Storm", "check the year"),
        (date(2026, 12, 9), "  ", "Say why"),
    ],
)
def test_an_impossible_closure_is_refused(session, administrator, day, reason, words):
    """One sentence at its field."""
    with pytest.raises(Refused, match=words) as refused:
        add_closure(session, day=day, reason=reason, by=administrator, now=NOW)
    assert refused.value.field == ("reason" if "why" in words else "day")


def test_closures_are_for_administrators_at_the_top(session, field, portfolio, alliance, director):
    """An Area Director and an administrator of a region are refused."""
    of_region = portfolio.person("U0REGADM", (Role.ADMINISTRATOR, field.region))
    for by in (director, of_region):
        with pytest.raises(NotAllowed, match="enter a federal closure"):
            add_closure(session, day=date(2026, 12, 9), reason="Storm", by=by, now=NOW)
    assert session.scalars(select(Closure)).all() == []
