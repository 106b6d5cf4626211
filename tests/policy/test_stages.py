"""Reminder stages: which, when they are sent, and to whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.calendar import is_working_day, on_or_after, on_or_before
from policy.clauses import cite
from policy.duties import Basis, Due, Modality, Owner, Status
from policy.rules import RULES
from policy.stages import DEFAULT_SETTINGS, Audience, RuleStages, StageSettings, stages

DUE = Due(
    rule="annual-report",
    subject="alliance:1",
    period=None,
    opens_on=date(2026, 6, 20),
    due_on=date(2026, 8, 19),
    working_day=date(2026, 8, 19),
    status=Status.OPEN,
    basis=Basis.DIRECTIVE,
    modality=Modality.MANDATORY,
    edition="CSP 04-01-003",
    clauses=(cite("CSP 04-01-002 VIII.F.3"),),
    carried_over=True,
    owner=Owner.REGIONAL_COORDINATOR,
)
TODAY = date(2026, 7, 1)


def names(*args: object) -> list[str]:
    """Give the names of the stages."""
    return [stage.name for stage in stages(*args)]  # type: ignore[arg-type]


def test_default_stages():
    """30, 14, 7 and 1 days before and the day; then 1, 7, 30 and 60 days after."""
    found = stages(DUE, TODAY)
    assert [(s.name, s.nominal_on, s.send_on, s.audience) for s in found] == [
        ("before:30", date(2026, 7, 20), date(2026, 7, 20), Audience.OWNER),
        ("before:14", date(2026, 8, 5), date(2026, 8, 5), Audience.OWNER),
        ("before:7", date(2026, 8, 12), date(2026, 8, 12), Audience.OWNER),
        ("before:1", date(2026, 8, 18), date(2026, 8, 18), Audience.OWNER),
        ("on:0", date(2026, 8, 19), date(2026, 8, 19), Audience.OWNER),
        ("after:1", date(2026, 8, 20), date(2026, 8, 20), Audience.OWNER),
        ("after:7", date(2026, 8, 26), date(2026, 8, 26), Audience.OFFICIAL_ABOVE),
        # September 18 is a Friday, October 18 a Sunday.
        ("after:30", date(2026, 9, 18), date(2026, 9, 18), Audience.NATIONAL_OFFICE),
        ("after:60", date(2026, 10, 18), date(2026, 10, 19), Audience.NATIONAL_OFFICE),
    ]
    assert [s.name for s in found if s.climbs] == ["after:7", "after:30", "after:60"]


def test_repeats_reach_one_beyond_today():
    """Every 30 days after the 30th, up to today and the next one."""
    assert names(DUE, date(2026, 10, 18))[-2:] == ["after:30", "after:60"]
    assert names(DUE, date(2026, 10, 19))[-2:] == ["after:60", "after:90"]
    assert names(DUE, date(2026, 12, 31))[-3:] == ["after:90", "after:120", "after:150"]


def test_renewal_decision_starts_at_180_days():
    """The decision has stages of its own, and none on the day itself."""
    due = replace(DUE, rule="renewal-decision", opens_on=date(2026, 5, 27), due_on=date(2026, 11, 23))
    assert names(due, TODAY)[:8] == [f"before:{days}" for days in (180, 120, 90, 60, 30, 14, 7, 1)]
    assert names(due, TODAY)[8] == "after:1"


def test_notice_is_acknowledged_on_receipt():
    """A notice has a stage on the day it is received."""
    due = replace(DUE, rule="termination-notice", opens_on=date(2026, 11, 2), due_on=date(2026, 12, 2))
    assert names(due, date(2026, 11, 2))[:5] == ["receipt", "before:14", "before:7", "before:1", "on:0"]
    assert stages(due, TODAY)[0].send_on == date(2026, 11, 2)


def test_receipt_on_a_weekend_is_sent_on_the_next_working_day():
    """No stage is sent before the duty opened, even where the working day before would be."""
    due = replace(DUE, rule="termination-notice", opens_on=date(2026, 11, 7), due_on=date(2026, 12, 7))
    receipt = stages(due, TODAY)[0]
    assert (receipt.name, receipt.nominal_on, receipt.send_on) == (
        "receipt",
        date(2026, 11, 7),
        date(2026, 11, 9),
    )


def test_weekend_before_and_after():
    """Up to the due day the working day before, later the working day after."""
    due = replace(DUE, due_on=date(2026, 8, 22))
    sent = {s.name: s.send_on for s in stages(due, TODAY)}
    # Saturday's own stage displaces that of the Friday before; Sunday's escalation goes out on Monday.
    assert sent["on:0"] == date(2026, 8, 21)
    assert "before:1" not in sent
    assert sent["after:1"] == date(2026, 8, 24)


def test_holiday_and_closure():
    """A holiday counts like a weekend, and so does a closure that is passed in."""
    due = replace(DUE, due_on=date(2026, 9, 7))
    assert {s.name: s.send_on for s in stages(due, TODAY)}["on:0"] == date(2026, 9, 4)
    closed = frozenset({date(2026, 9, 4)})
    assert {s.name: s.send_on for s in stages(due, TODAY, closed)}["on:0"] == date(2026, 9, 3)


def test_stages_before_the_opening_are_dropped():
    """A duty that opens ten days before its date has no stage 30 or 14 days before."""
    due = replace(DUE, opens_on=date(2026, 8, 9))
    assert names(due, TODAY)[:3] == ["before:7", "before:1", "on:0"]


@pytest.mark.parametrize(
    "due",
    [
        replace(DUE, modality=Modality.ADVISORY),
        replace(DUE, basis=Basis.OFFICE),
        replace(DUE, basis=Basis.OFFICE, modality=Modality.ADVISORY, status=Status.PAST_TARGET),
    ],
)
def test_advice_and_targets_never_climb(due):
    """What is only advised, or only a target, stays with its owner."""
    found = stages(due, date(2026, 12, 31))
    assert [s.name for s in found][5:8] == ["after:1", "after:7", "after:30"]
    assert not any(s.climbs for s in found)


@pytest.mark.parametrize("status", [Status.MET, Status.WAIVED, Status.LIFTED])
def test_settled_duties_have_none(status):
    """Nobody is reminded of what is settled."""
    assert stages(replace(DUE, status=status), TODAY) == ()


def test_permissions_have_none():
    """A permission is never chased."""
    assert stages(replace(DUE, modality=Modality.PERMISSION), TODAY) == ()


def test_milestones_stay_with_their_person():
    """A milestone is advice of an office: every stage goes to the person named, however late it is."""
    due = replace(
        DUE, rule="milestone", owner="P. Example", modality=Modality.ADVISORY, basis=Basis.OFFICE, due_on=TODAY
    )
    assert {stage.audience for stage in stages(due, date(2027, 1, 1))} == {Audience.OWNER}


def test_every_rule_has_stages_but_the_permission():
    """A duty of any rule is brought to mind; the Ambassador notice, a permission, never is."""
    for rule in RULES:
        modality = Modality.PERMISSION if rule == "ambassador-eligible" else Modality.MANDATORY
        assert bool(stages(replace(DUE, rule=rule, modality=modality), TODAY)) == (rule != "ambassador-eligible")


def test_an_office_may_set_its_own():
    """All numbers are settings, repetition included."""
    own = StageSettings(default=RuleStages((10, 0)), by_rule={}, days_after=((2, Audience.OWNER),), repeat_every_days=0)
    assert [s.name for s in stages(DUE, date(2027, 1, 1), settings=own)] == ["before:10", "on:0", "after:2"]


def test_rules_name_known_stages():
    """A rule names either the default stages or a set that the settings hold."""
    assert {rule.stages for rule in RULES.values()} - {"default"} == set(DEFAULT_SETTINGS.by_rule)
    assert all(rule.stages in {"default", rule.id} for rule in RULES.values())


@given(
    opens_on=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    length=st.integers(0, 400),
    age=st.integers(-30, 900),
    rule=st.sampled_from(sorted(RULES)),
)
def test_stages_of_any_duty(opens_on, length, age, rule):
    """Stages go out on working days, one a day, in order, none before the opening; one lies ahead of today."""
    due = replace(DUE, rule=rule, opens_on=opens_on, due_on=opens_on + timedelta(days=length))
    today = opens_on + timedelta(days=age)
    found = stages(due, today)
    days = [stage.send_on for stage in found]
    assert days == sorted(set(days))
    assert all(is_working_day(day) and day >= opens_on for day in days)
    assert days[-1] > today
    assert len({stage.name for stage in found}) == len(found)
    for stage in found:
        if stage.nominal_on > due.due_on:
            assert stage.send_on == on_or_after(stage.nominal_on)
        elif on_or_before(stage.nominal_on) >= opens_on:
            assert stage.send_on == on_or_before(stage.nominal_on)
