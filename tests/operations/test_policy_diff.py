"""What another value of a parameter would do, before it is set."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest

from operations.read.changed_parameter import changed_series, read_change
from operations.read.duties import list_due
from operations.read.policy_diff import Kind, diff_policy
from operations.read.policy_override import overridden
from operations.refusals import Refused
from policy.parameters import PARAMETERS, annual_report_days, renewal_term_years
from tests.operations.conftest import TODAY


@pytest.fixture
def alliances(portfolio, field):
    """One whose report is late, one whose report is due next year, one renewed without a term on record."""
    return (
        portfolio.alliance("Late", field.area, signed=date(2025, 8, 1), tracked_from=date(2025, 1, 1)),
        portfolio.alliance("Next", field.region, signed=date(2026, 2, 1), level="regional"),
        portfolio.alliance("Renewed", field.national, signed=date(2021, 3, 1), renewed=(date(2023, 3, 1),)),
    )


def diff(session, *texts, **more):
    """Compare with the changes that the texts name."""
    return diff_policy(session, [read_change(text) for text in texts], on=TODAY, **more)


def lines(found):
    """Reduce changes to what a person is told."""
    return [
        (c.kind.value, c.of.facts.name, c.due.rule, c.before and c.before.due_on, c.after and c.after.due_on)
        for c in found.changes
    ]


def test_a_shorter_time_moves_the_reports_to_come_and_those_open(session, alliances):
    """Both dates are told, and nothing but the annual reports moves."""
    found = diff(session, "annual_report_days=45")
    assert lines(found)[:2] == [
        ("moved", "Late", "annual-report", date(2026, 9, 30), date(2026, 9, 15)),
        ("moved", "Late", "annual-report", date(2027, 9, 30), date(2027, 9, 15)),
    ]
    assert {*found.counts} == {"annual-report"}
    assert found.counts["annual-report"]["moved"] == len(found.changes) >= 3


def test_a_duty_that_moves_before_the_first_tracked_day_says_so(session, portfolio, field):
    """It would be gone, as nothing is asked of what fell due before; the other way about it would be added."""
    portfolio.alliance("Late", field.area, signed=date(2024, 11, 16), tracked_from=date(2026, 1, 5))
    (gone,) = [c for c in diff(session, "annual_report_days=45").changes if c.kind is Kind.GONE]
    assert (gone.before.due_on, gone.untracked_on) == (date(2026, 1, 15), date(2025, 12, 31))
    portfolio.alliance("Later", field.area, signed=date(2024, 11, 16), tracked_from=date(2026, 1, 20))
    (added,) = [c for c in diff(session, "annual_report_days=75").changes if c.kind is Kind.ADDED]
    assert (added.after.due_on, added.untracked_on) == (date(2026, 1, 30), date(2026, 1, 15))


def test_a_value_from_a_day_on_leaves_what_came_before(session, alliances):
    """Only the report that is counted from a later anniversary moves."""
    found = diff(session, "annual_report_days=45@2027-01-01")
    assert lines(found)[0] == ("moved", "Late", "annual-report", date(2027, 9, 30), date(2027, 9, 15))


def test_another_number_of_meetings_changes_what_is_required(session, alliances):
    """The date stays; how many are asked for changes."""
    found = diff(session, "meetings_a_year=3")
    assert {c.kind.value for c in found.changes} == {"changed"}
    assert {(c.before.required, c.after.required) for c in found.changes} == {(2, 3)}
    assert {c.differs for c in found.changes} == {("required",)}


def test_a_term_that_ends_otherwise_moves_the_decision(session, alliances):
    """The period of the decision is another one, and it is still the same duty to people."""
    found = diff(session, "renewal_term_years=4@2023-01-01")
    assert ("moved", "Renewed", "renewal-decision", None, None) not in lines(found)
    moved = [c for c in found.changes if c.due.rule == "renewal-decision" and c.of.facts.name == "Renewed"]
    assert [(c.kind.value, c.after.due_on) for c in moved] == [("added", date(2027, 3, 1))]


def test_a_longer_look_ahead_finds_more(session, alliances):
    """The range is a choice."""
    few, many = (diff(session, "annual_report_days=45", ahead=timedelta(days=days)) for days in (0, 800))
    assert len(few.changes) < len(many.changes)
    assert few.until == TODAY


def test_the_value_in_force_changes_nothing(session, alliances):
    """No difference, no lines."""
    assert diff(session, "annual_report_days=60").changes == ()


def test_other_values_are_seen_by_nobody_else(session, alliances):
    """Another thread computes with the values in force, at the same moment; afterwards we do, too."""
    seen = []
    with overridden(changed_series([read_change("annual_report_days=1")])):
        thread = threading.Thread(target=lambda: seen.append(annual_report_days(TODAY)))
        thread.start()
        thread.join()
        assert annual_report_days(TODAY) == 1
    assert (seen, annual_report_days(TODAY)) == ([60], 60)
    before = [o.due for o in list_due(session, as_of=TODAY)]
    diff(session, "annual_report_days=1")
    assert [o.due for o in list_due(session, as_of=TODAY)] == before


def test_a_later_change_holds_until_the_next_value(session):
    """Between two values on file a third one holds for its time."""
    with overridden(changed_series([read_change("renewal_term_years=3@2018-01-01")])):
        assert [renewal_term_years(date(year, 6, 1)) for year in (2016, 2018, 2021)] == [2, 3, 5]
    with overridden(changed_series([read_change("renewal_term_years=3")])):
        assert [renewal_term_years(date(year, 6, 1)) for year in (2016, 2018, 2021)] == [3, 3, 3]


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_can_be_changed(session, alliances, name):
    """Whatever is on file can be asked about."""
    unit = PARAMETERS[name].values[0].unit
    diff(session, f"{name}={'mandatory' if unit == 'word' else 4}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("annual_report_days", "write NAME=VALUE"),
        ("annual_report_days=", "write NAME=VALUE"),
        ("annual_report_days=5@", "write NAME=VALUE"),
        ("annual_report_day=5", "Closest: annual_report_days"),
        ("annual_report_days=many", "number of calendar days from 0 to 3650"),
        ("annual_report_days=-1", "number of calendar days"),
        ("renewal_term_years=0", "number of years from 1 to 50"),
        ("work_plan_modality=strict", "one of mandatory, advisory"),
        ("annual_report_days=5@soon", "is no day"),
    ],
)
def test_a_change_that_cannot_be_read_is_refused(text, words):
    """One sentence says what is expected."""
    with pytest.raises(Refused, match=words):
        read_change(text)
