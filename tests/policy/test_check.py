"""A rule that fails says which it is, and over whose records."""

from __future__ import annotations

from datetime import date

import pytest

from policy.check import RuleFailedError, check, check_program
from policy.facts import Agreement, Facts, Level, PlannedActivity, ProgramFacts

TODAY = date(2026, 11, 23)


def test_a_failing_rule_is_named_with_the_alliance_and_the_fault():
    """No working day lies five days before the first day of the calendar: the rule that looks for it is named."""
    facts = Facts(
        id=1,
        name="Safe Roofs",
        level=Level.NATIONAL,
        offices=("OSHA-NO",),
        tracked_from=date(2026, 1, 1),
        agreements=(Agreement(1, date(2026, 1, 20)),),
        planned_activities=(PlannedActivity(1, date.min, "Ohio", TODAY),),
    )
    with pytest.raises(RuleFailedError, match="the rule “activity-notice” fails over Safe Roofs: OverflowError: "):
        check(facts, TODAY)


def test_a_failing_rule_of_the_program_is_named():
    """The quarters after the last day of the calendar cannot be counted."""
    with pytest.raises(RuleFailedError, match="the rule “coordinator-call” fails over Alliance Program: "):
        check_program(ProgramFacts("Alliance Program", date(9999, 12, 1)), date.max)
