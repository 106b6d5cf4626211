"""Which of several duties is meant, and why there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from operations.gather_facts import Gathered
from operations.gather_program import GatheredProgram
from operations.read.pick_duty import pick_duty, words_of
from operations.refusals import Refused
from policy.calendar import NO_CLOSURES
from policy.facts import (
    Agreement,
    AnnualReport,
    CommentRequest,
    Ending,
    EndingKind,
    Facts,
    Level,
    ProgramFacts,
)

TODAY = date(2026, 11, 23)
FACTS = Facts(
    id=7,
    name="Example Roofers",
    level=Level.NATIONAL,
    offices=("OSHA-NO",),
    tracked_from=date(2022, 1, 1),
    agreements=(Agreement(1, date(2022, 6, 20)), Agreement(2, date(2024, 6, 20), renewal=True, term_years=5)),
    reports=(AnnualReport(1, date(2025, 6, 19), None, date(2025, 8, 1)),),
    comment_requests=(
        CommentRequest(1, "REG-ATL", "Regional Administrator", date(2026, 11, 2), date(2026, 11, 5)),
        CommentRequest(2, "REG-CHI", "Regional Administrator", date(2026, 11, 9)),
        CommentRequest(3, "DEP", "directorate head", date(2026, 11, 3)),
    ),
)
NAMES = {"REG-ATL": "Atlanta Region", "REG-CHI": "Chicago Region", "DEP": "Directorate of Enforcement Programs"}
OF = Gathered(
    facts=FACTS,
    office_id=1,
    office_name="National Office",
    timezone="America/New_York",
    signatories=(),
    closures=NO_CLOSURES,
    asked_offices=NAMES,
)
PROGRAM = GatheredProgram(
    ProgramFacts("The program", date(2024, 10, 1)), 1, "DCSP", "America/New_York", ("DCSP",), NO_CLOSURES
)


def pick(rule, *, of=OF, period=None, about=None, on=TODAY):
    """Pick a duty on a day."""
    return pick_duty(of, rule=rule, period=period, about=about, as_of=on)


def refused(rule, **asked):
    """Give the sentence that says why there is none."""
    with pytest.raises(Refused) as said:
        pick(rule, **asked)
    return said.value.sentence


def test_what_is_late_comes_before_what_is_open_and_what_is_settled_last():
    """The one asked first is due first, whatever the order of the records; a met one is named nowhere."""
    picked = pick("draft-comment")
    assert (
        words_of(picked.owed)
        == "asked of Directorate of Enforcement Programs, past its target, target November 18, 2026"
    )
    assert [words_of(o) for o in picked.also] == ["asked of Chicago Region, open, target November 24, 2026"]
    years = pick("evaluation")
    assert [o.due.status.value for o in (years.owed, *years.also)] == ["overdue"] * 4 + ["open"]


def test_a_settled_duty_is_looked_at_where_nothing_else_is_left():
    """Of several that are settled the latest is explained."""
    reports = tuple(
        AnnualReport(n, date(year, 6, 19), None, date(year, 8, 1)) for n, year in enumerate((2023, 2024, 2025, 2026))
    )
    picked = pick("annual-report", of=replace(OF, facts=replace(FACTS, reports=reports)))
    assert (str(picked.owed.due.period), picked.also) == ("2025-06-20/2026-06-19", ())


def test_words_of_what_a_duty_is_about_pick_it():
    """Each word typed stands in what is told of it; a settled one can be picked, too."""
    assert pick("draft-comment", about="chicago").owed.due.subject == "request:2"
    assert pick("draft-comment", about="Atlanta region").owed.due.subject == "request:1"
    assert pick("annual-report", period="2024-06-20/2025-06-19").owed.due.settled_on == date(2025, 8, 1)


def test_where_nothing_matches_all_there_is_is_named():
    """The sentence says how many there are, and of each what it is about and how it stands."""
    assert refused("draft-comment", about="Dallas") == (
        "Example Roofers has no duty “draft-comment” about “Dallas”; it has 3 duties: asked of Directorate of "
        "Enforcement Programs, past its target, target November 18, 2026; asked of Chicago Region, open, target "
        "November 24, 2026; asked of Atlanta Region, met on November 5, 2026."
    )


def test_a_duty_that_is_still_to_open_says_when():
    """If nothing else is recorded, the decision at the end of the term opens and is due on these days."""
    renewed = replace(OF, facts=replace(FACTS, agreements=FACTS.agreements[1:]))
    assert "opens on December 22, 2028 and is due on June 20, 2029" in refused("renewal-decision", of=renewed)
    assert "it opens on June 21, 2029." in refused("ambassador-eligible")


def test_what_an_alliance_never_owes_says_whose_it_is():
    """Another level, the program, or alliances owe it."""
    assert "regional and area alliances only; this one is national" in refused("signed-copy")
    assert "asked of the program as a whole" in refused("coordinator-call")
    assert "asked of alliances" in refused("meetings", of=PROGRAM)
    assert "Nothing on record has caused it. It opens on the day on which the planned" in refused("activity-notice")


def test_an_ended_a_lapsed_and_a_lately_tracked_alliance_say_so():
    """The reason names its day."""
    short = replace(FACTS, agreements=FACTS.agreements[:1], tracked_from=date(2026, 11, 1))
    lapsed = replace(OF, facts=short)
    assert "in effect through June 20, 2024; the alliance has lapsed since June 21, 2025" in refused(
        "meetings", of=lapsed
    )
    assert "last due on June 19, 2025; this alliance is tracked from November 1, 2026" in refused("meetings", of=lapsed)
    assert "No renewal is on record, and it takes" in refused("ambassador-eligible", of=lapsed)
    assert "Nothing on record has caused it. It opens on the day" in refused("activity-notice", of=lapsed)
    ended = replace(short, ending=Ending(EndingKind.CONCLUDED, date(2024, 5, 1), "goals met"))
    assert "ended on May 1, 2024 (concluded), so none opens" in refused("evaluation", of=replace(OF, facts=ended))
    late = replace(OF, facts=replace(FACTS, tracked_from=date(2026, 11, 1)))
    assert "last due on August 19, 2022; this alliance is tracked from" in refused("first-meeting", of=late)
