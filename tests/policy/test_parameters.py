"""Parameters are dated, sourced, and refused when they are not."""

from __future__ import annotations

import re
from datetime import date

import pytest

from policy import parameters
from policy.parameters import PARAMETERS, load
from policy.strict_yaml import RefusedFileError

GOOD = "{from: 2015-07-29, value: 2, unit: years, basis: faq, source: FAQ F-10, last_checked_on: 2026-01-01}"


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(2002, 1, 1), 2),
        (date(2015, 7, 29), 2),
        (date(2020, 3, 3), 2),
        (date(2020, 3, 4), 5),
        (date(2040, 1, 1), 5),
    ],
)
def test_a_value_holds_from_its_day(day, years):
    """The default term of a renewal changes with the edition; days before the first value get the first."""
    assert parameters.renewal_term_years(day) == years


def test_the_numbers_of_the_texts():
    """The numbers are those of the directive, the FAQ and the readings."""
    day = date(2026, 11, 23)
    assert parameters.meetings_a_year(day) == 2
    assert parameters.annual_report_days(day) == 60
    assert parameters.notice_days(day) == 30
    assert parameters.initial_term_years(day) == 2
    assert parameters.renewal_term_bounds(day) == (2, 5)
    assert parameters.renewal_decision_lead_days(day) == 180
    assert parameters.lapse_after_days(day) == 365
    assert parameters.area_meetings_modality(day) == "advisory"
    assert parameters.report_handoff_days(day) == 45
    assert parameters.first_work_plan_days(day) == 60
    assert parameters.first_meeting_days(day) == 60
    assert parameters.work_plan_days(day) == 30
    assert parameters.signed_copy_months(day) == 1
    assert parameters.report_posting_days(day) == 30
    assert parameters.extension_warning_months(day) == 12
    assert parameters.draft_comment_working_days(day) == 10
    assert parameters.activity_notice_working_days(day) == 5


@pytest.mark.parametrize(("signed_on", "modality"), [(date(2020, 3, 3), "mandatory"), (date(2020, 3, 4), "advisory")])
def test_the_work_plan_softens_with_the_edition(signed_on, modality):
    """A work plan is mandatory under an agreement of the 2015 edition, advisory under one of 2020 (A10)."""
    assert parameters.work_plan_modality(signed_on) == modality


def test_a_word_is_not_a_number():
    """Asking a word for its number is a mistake of the program."""
    with pytest.raises(TypeError, match="area_meetings_modality is a word"):
        PARAMETERS["area_meetings_modality"].number(date(2026, 1, 1))


def test_every_value_says_when_it_was_checked():
    """Each value carries its clause and the day somebody compared it with the source."""
    for parameter in PARAMETERS.values():
        for value in parameter.values:
            assert value.clause.quote
            assert value.last_checked_on >= value.in_force_from


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (", source: FAQ F-10", "", "bad.yaml, line 2: the field “source” is missing."),
        (", unit: years", "", "bad.yaml, line 2: the field “unit” is missing."),
        ("from: 2015-07-29, ", "", "bad.yaml, line 2: the field “from” is missing."),
        ("last_checked_on: 2026-01-01", "last_checked_on: soon", "bad.yaml, line 2: “soon” is not a date"),
        ("from: 2015-07-29", "from: 2015", "bad.yaml, line 2: “2015” is not a date"),
        ("value", "values", "bad.yaml, line 2: unknown field “values”"),
        ("unit: years", "unit: moons", "bad.yaml, line 2: “moons” is none of"),
        ("unit: years", "unit: word", "bad.yaml, line 2: “2” does not fit the unit “word”."),
        ("value: 2", "value: two", "bad.yaml, line 2: “two” does not fit the unit “years”."),
        ("value: 2", "value: true", "bad.yaml, line 2: “True” does not fit the unit “years”."),
        ("basis: faq", "basis: hearsay", "bad.yaml, line 2: “hearsay” is none of"),
        ("FAQ F-10", "FAQ F-99", "bad.yaml, line 2: there is no clause “FAQ F-99”"),
    ],
)
def test_a_slip_is_refused_with_file_and_line(tmp_path, old, new, sentence):
    """A missing source, unit or date, and an unknown field, are refused at load."""
    path = tmp_path / "bad.yaml"
    path.write_text(f"term:\n  - {GOOD.replace(old, new)}\n", encoding="utf-8")
    with pytest.raises(RefusedFileError, match=re.escape(sentence)):
        load(path)


def test_dates_must_rise(tmp_path):
    """Two values from the same day would leave a choice to chance."""
    path = tmp_path / "bad.yaml"
    path.write_text(f"term:\n  - {GOOD}\n  - {GOOD}\n", encoding="utf-8")
    with pytest.raises(RefusedFileError, match=re.escape("bad.yaml, line 3: the dates of “term” must rise.")):
        load(path)
