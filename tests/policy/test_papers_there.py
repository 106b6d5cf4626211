"""Which papers an alliance has follows from what is on record of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from policy.facts import Agreement, Ending, EndingKind, Facts, Level, TerminationNotice
from policy.papers_there import papers_there

RENEWED = Facts(
    id=1,
    name="La Plaza",
    level=Level.AREA,
    offices=("0317300",),
    tracked_from=date(2020, 1, 1),
    agreements=(Agreement(1, date(2020, 6, 20), term_years=2), Agreement(2, date(2022, 6, 20), renewal=True)),
)
NOTICE = TerminationNotice(7, date(2026, 11, 2), "OSHA")
OF_BOTH = ["Signed copy for transmittal signed on June 20, 2022", "Signed copy for transmittal signed on June 20, 2020"]
FORM = "Evaluation form, to fill in"
FILL_IN = ["30-day notice letter of OSHA, to fill in", "Ambassador document, to fill in"]


def ended(kind):
    """Return the alliance as it ended in a way."""
    return replace(RENEWED, ending=Ending(kind, date(2026, 11, 1), "Goals met"))


@pytest.mark.parametrize(
    ("facts", "labels"),
    [
        (replace(RENEWED, agreements=()), ["Draft agreement"]),
        (RENEWED, ["Draft renewal", *OF_BOTH, *FILL_IN[:1], FORM, *FILL_IN[1:]]),
        (replace(RENEWED, ambassador_option=False), ["Draft renewal", *OF_BOTH, *FILL_IN[:1], FORM]),
        (
            replace(RENEWED, notices=(NOTICE,)),
            ["Draft renewal", *OF_BOTH, "30-day notice letter: OSHA, November 2, 2026", FORM, *FILL_IN[1:]],
        ),
        (ended(EndingKind.CONCLUDED), [*OF_BOTH, "Conclusion letter of November 1, 2026"]),
        (ended(EndingKind.AMBASSADOR), [*OF_BOTH, "Ambassador document of November 1, 2026"]),
        (replace(ended(EndingKind.WITHDRAWN), agreements=()), []),
    ],
)
def test_papers_follow_the_records(facts, labels):
    """The latest of each kind first; what is to be filled in goes once it is on record, or cannot be any more."""
    assert [one.label for one in papers_there(facts)] == labels
