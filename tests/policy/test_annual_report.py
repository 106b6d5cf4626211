"""What an annual report still lacks is said row by row, from the first day of its year on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.work import ACTIVITY_KINDS
from policy.annual_report import TABLES, gap_words, gaps
from tests.policy.reports import activity, meeting, report


def said(of):
    """Return the sentences of what a report lacks."""
    return [gap.sentence for gap in gaps(of)]


def test_a_whole_report_lacks_nothing():
    """With everything that VI.E asks for on record there is no gap."""
    assert said(report()) == []
    assert gap_words(()) == "Nothing that VI.E asks for is missing."


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"overview": None}, "No overview of the alliance is on record."),
        ({"goals": ()}, "No goals of the alliance are on record."),
        ({"team": ()}, "Nobody is on record as a member of the Implementation Team in the period."),
        ({"meetings": ()}, "No meeting of the Implementation Team is on record as held in the period."),
        ({"activities": ()}, "No activity is on record in the period."),
        ({"plan": None}, "No Work Plan is on record for the period; the report must hold a copy."),
    ],
)
def test_each_thing_that_is_missing_is_said(change, sentence):
    """One sentence for what is not there, and the word of /alliance that records it."""
    found = gaps(replace(report(), **change))
    assert [gap.sentence for gap in found] == [sentence]
    assert found[0].word
    assert gap_words(found) == "1 thing that VI.E asks for is missing."


def test_a_row_says_what_it_lacks():
    """An activity without its number, and a place that its table has a column for, is named with its record."""
    row = activity("outreach", reached=None, details={"representatives": "Ada Stone, OSHA", "state": "GA"})
    found = gaps(report(activities=(row, activity("product"))))
    assert [(gap.sentence, gap.record) for gap in found] == [
        ("“Stand-down” of May 4, 2026 still lacks: city and number reached.", "activity:1")
    ]


def test_meetings_that_cannot_be_are_asked_about():
    """A meeting in the year 3019, one that passed unrecorded, one that names nobody."""
    odd = (
        meeting(),
        meeting(on=date(3019, 10, 30), held=False),
        meeting(on=date(2026, 4, 2), held=False),
        meeting(on=date(2026, 4, 3), present=()),
    )
    assert said(report(meetings=odd)) == [
        "A meeting is on record for October 30, 3019: is the year right?",
        "The meeting planned for April 2, 2026 has passed and is not on record as held.",
        "The meeting of April 3, 2026 names nobody who was there.",
    ]


def test_an_activity_of_several_areas_counts_in_each():
    """People reached are counted once in all, and in each emphasis area of the activity."""
    rows = (activity("outreach", reached=500, emphasis=("Falls", "Heat")), activity("training", reached=20))
    of = report(activities=rows)
    assert of.reached() == 520
    assert of.reached_by_emphasis() == [("Falls", 2, 520), ("Heat", 1, 500)]


def test_every_kind_of_activity_stands_in_one_table():
    """No activity that can be recorded is left out of the report, and none stands there twice."""
    kinds = [kind for table in TABLES for kind in table.kinds]
    assert sorted(kinds) == sorted(ACTIVITY_KINDS)
