"""Between two boundaries a check finds nothing new."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from policy.boundary import HORIZON, next_boundary
from policy.check import check
from policy.duties import Status
from policy.facts import Agreement, Facts, Level
from policy.stages import stages
from tests.policy.test_properties import DAYS, alliances


def found(facts, day):
    """What a check writes down: everything but how late a duty or its year is, and the stages that it plans."""
    return {
        replace(
            due,
            status=Status.OPEN if due.status.unsettled else due.status,
            meetings=due.meetings and replace(due.meetings, on=date.min),
        )
        for due in check(facts, day)
    }


@settings(max_examples=60)
@given(alliances(), DAYS, st.integers(0, 400))
def test_nothing_changes_before_the_boundary(facts, today, ahead):
    """On any day before the boundary the duties stand as they stood."""
    boundary = next_boundary(facts, today)
    day = min(today + timedelta(days=ahead), boundary - timedelta(days=1))
    assert found(facts, day) == found(facts, today)


@settings(max_examples=60)
@given(alliances(), DAYS, st.integers(0, 400))
def test_every_stage_before_the_boundary_is_planned_today(facts, today, ahead):
    """No stage has to be sent before the boundary that today's check did not plan."""
    boundary = next_boundary(facts, today)
    day = min(today + timedelta(days=ahead), boundary - timedelta(days=1))
    planned = {(due.id, stage.name) for due in check(facts, today) for stage in stages(due, today)}
    to_send = {
        (due.id, stage.name) for due in check(facts, day) for stage in stages(due, day) if today < stage.send_on <= day
    }
    assert to_send <= planned


@settings(max_examples=60)
@given(alliances(), DAYS)
def test_the_boundary_lies_ahead_and_not_too_far(facts, today):
    """It is tomorrow at the earliest, and within the horizon."""
    assert today < next_boundary(facts, today) <= today + HORIZON


def test_a_quiet_alliance_is_left_alone_for_months():
    """With nothing late, the next look is when the next duty opens."""
    june = date(2026, 6, 1)
    facts = Facts(1, "Quiet", Level.NATIONAL, ("OSHA-NO",), june, (Agreement(1, date(2026, 1, 5)),))
    assert next_boundary(facts, june) == date(2027, 1, 5)
