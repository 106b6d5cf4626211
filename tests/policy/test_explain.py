"""Explanations: what programs get, and what a sceptic reads."""

from __future__ import annotations

import json
import re
import uuid
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest

from policy.check import check, check_program
from policy.clauses import cite
from policy.duties import Modality, Period, Step
from policy.explain import as_json, explain
from policy.facts import (
    Agreement,
    AnnualReport,
    CommentRequest,
    Ending,
    EndingKind,
    Facts,
    Level,
    Meeting,
    Milestone,
    PlannedActivity,
    ProgramFacts,
    Recommendation,
    RenewalDecision,
    TerminationNotice,
    Waiver,
    WorkPlan,
)
from policy.meeting_year import MeetingYear, meeting_words
from policy.parameters import PARAMETERS
from policy.rule_notes import NOTES
from policy.rules import RULES, extension_terms
from policy.steps import MEANING
from policy.strict_yaml import items
from policy.words import count, day, listing
from tests.policy.test_cases import CASES, asked, read_case

TODAY = date(2026, 11, 23)
FACTS = Facts(
    id=7,
    name="Example Builders",
    level=Level.AREA,
    offices=("0418800", "0420100"),
    tracked_from=date(2024, 11, 23),
    agreements=(Agreement(1, date(2024, 11, 23)),),
    notices=(TerminationNotice(3, date(2026, 11, 2), "Example Builders"),),
)
#: A national alliance that has become an Ambassador, with a record of each kind that field alliances lack.
NATIONAL = Facts(
    id=8,
    name="Example Roofers",
    level=Level.NATIONAL,
    offices=("OSHA-NO",),
    tracked_from=date(2020, 1, 1),
    agreements=(Agreement(4, date(2020, 6, 20)), Agreement(5, date(2022, 6, 20), renewal=True, term_years=2)),
    reports=(AnnualReport(1, date(2024, 6, 19), None, date(2024, 8, 1)),),
    decisions=(RenewalDecision(2, 5, Recommendation.EXTEND, date(2024, 4, 1), date(2024, 5, 1), date(2026, 12, 31)),),
    work_plans=(WorkPlan(1, date(2024, 6, 20), date(2024, 7, 1)),),
    milestones=(Milestone(1, 1, "Toolbox talk", date(2024, 9, 3), "P. Example"),),
    comment_requests=(CommentRequest(1, "REG-ATL", "Regional Administrator", date(2024, 6, 20)),),
    planned_activities=(PlannedActivity(1, date(2024, 12, 10), "Michigan", date(2024, 10, 1)),),
    ending=Ending(EndingKind.AMBASSADOR, date(2026, 11, 2), "goals met"),
)
PERIOD = "2024-11-23/2025-11-22"
PROGRAM = ProgramFacts("Alliance Program", date(2024, 10, 1))
KEYS = [
    "id",
    "alliance",
    "level",
    "offices",
    "rule",
    "period",
    "opens_on",
    "due_on",
    "working_day",
    "status",
    "basis",
    "modality",
    "edition",
    "clauses",
    "carried_over",
    "owner",
    "required",
    "held",
    "why",
    "scheduled",
    "needed",
    "pace_on",
    "next_by",
    "at_risk",
    "detail",
    "settled_on",
    "reason",
    "scheduled_on",
    "unrecorded_on",
    "undated_by",
    "risk",
]


@pytest.fixture(scope="module")
def duties():
    """The duties of an area alliance."""
    return check(FACTS, TODAY)


@pytest.fixture(scope="module")
def every_duty(duties):
    """The three together show at least one duty of every rule."""
    found = [(FACTS, due) for due in duties]
    found += [(NATIONAL, due) for due in check(NATIONAL, TODAY)]
    found += [(PROGRAM, due) for due in check_program(PROGRAM, TODAY)]
    assert {due.rule for _, due in found} == set(RULES)
    return found


def test_json_has_the_promised_names(every_duty):
    """The keys and their order never change, and the whole is plain JSON."""
    for facts, due in every_duty:
        plain = as_json(facts, due)
        assert list(plain) == KEYS
        assert json.loads(json.dumps(plain)) == plain
        assert uuid.UUID(plain["id"]) == due.id


def test_json_of_a_report(duties):
    """Dates are ISO 8601, a period is first/last, clauses carry their edition."""
    report = next(d for d in duties if d.rule == "annual-report")
    plain = as_json(FACTS, report)
    assert plain["alliance"] == "Example Builders"
    assert plain["level"] == "area"
    assert plain["offices"] == ["0418800", "0420100"]
    assert plain["period"] == "2024-11-23/2025-11-22"
    assert (plain["opens_on"], plain["due_on"], plain["working_day"]) == ("2025-11-23", "2026-01-22", "2026-01-22")
    assert plain["clauses"] == ["CSP 04-01-002 VIII.F.3", "CSP 04-01-002 VI.E"]
    assert (plain["status"], plain["basis"], plain["modality"]) == ("overdue", "directive", "mandatory")
    assert (plain["carried_over"], plain["required"], plain["held"]) == (True, None, None)


def test_a_notice_has_no_period(duties):
    """A duty without a period says null."""
    assert as_json(FACTS, next(d for d in duties if d.rule == "termination-notice"))["period"] is None


def test_a_duty_of_the_program_has_no_alliance(every_duty):
    """What DCSP owes for the whole program names no alliance and stands at no level of one."""
    plain = as_json(PROGRAM, next(due for _, due in every_duty if due.rule == "coordinator-call"))
    assert (plain["alliance"], plain["level"], plain["offices"]) == (None, "program", ["DCSP"])
    assert plain["period"] == "2024-10-01/2024-12-31"


def test_a_permission_is_never_due(every_duty):
    """A permission says null for its due date and its working day; everything else has both."""
    for facts, due in every_duty:
        plain = as_json(facts, due)
        dated = due.modality is not Modality.PERMISSION
        assert ((plain["due_on"] is not None), (plain["working_day"] is not None)) == (dated, dated)


def test_a_person_may_own_a_duty(every_duty):
    """Where a record names a person or a position, that is the owner."""
    owners = {due.rule: as_json(facts, due)["owner"] for facts, due in every_duty}
    assert (owners["milestone"], owners["draft-comment"]) == ("P. Example", "Regional Administrator")


def test_steps_convince(every_duty):
    """Each derivation quotes a clause, names a reading, uses the facts and ends with how things stand."""
    for _, due in every_duty:
        steps = explain(due)
        text = " ".join(str(step) for step in steps)
        assert any(step.clause in due.clauses for step in steps)
        assert "Reading" in text
        assert re.search("202[0246]", text)
        assert day(due.due_on) in text
        assert all(step.text.endswith((".", "!")) for step in steps)


def of_cases():
    """Give every duty of every case, with its steps."""
    for path in sorted(CASES.glob("*.yaml")):
        for entry in items(path):
            for due in asked(read_case(entry)):
                yield due, explain(due)


def test_no_reading_stands_without_the_alternative_that_was_not_taken():
    """In every state that the cases show, a step that names a reading also names what else could be."""
    for due, steps in of_cases():
        for step in steps:
            if "Reading " in step.text:
                assert "alternative" in step.text, (due.rule, step.text)


def test_the_explanations_name_the_readings_of_the_handbook():
    """Each reading that the handbook names for a rule stands in an explanation of that rule."""
    told = defaultdict(set)
    for due, steps in of_cases():
        told[due.rule].update(re.findall(r"Reading ([A-Z.0-9-]+[0-9])", " ".join(step.text for step in steps)))
    for rule, said in NOTES.items():
        assert {reading.about for reading in said.readings} <= told[rule]


def test_every_number_is_sourced():
    """A number that a rule uses is told with its name, its clause and the day on which it was last checked."""
    told = defaultdict(set)
    for due, steps in of_cases():
        for step in steps:
            for name in re.findall(r"\(`([a-z_]+)`\)", step.text):
                told[due.rule].add(name)
                assert step.clause in {value.clause for value in PARAMETERS[name].values}
                assert "last checked on" in step.text
    unused = {"initial_term_years", "renewal_term_min_years", "renewal_term_max_years"}
    for rule, said in NOTES.items():
        assert told[rule] >= set(said.parameters) - unused


def test_every_unsettled_duty_says_who_owes_it_and_what_settles_it():
    """And every dated one what its basis means and what the calendar says of the day."""
    for due, steps in of_cases():
        text = " ".join(step.text for step in steps)
        assert ("What settles it: " in text) is due.status.unsettled
        if due.modality is Modality.PERMISSION:
            continue
        assert ("Owed by: " in text) is due.status.unsettled
        assert (extension_terms.MEANS if due.rule == extension_terms.RULE else MEANING[due.basis]) in text
        assert f"{day(due.due_on)} is a" in text
        assert day(due.working_day) in text


def test_what_was_waived_or_met_late_says_so():
    """A waiver names who gave it and why; what was met after its day, how many days after."""
    waived = replace(
        FACTS, waivers=(Waiver("evaluation", "alliance:7", PERIOD, TODAY, "closed for a year", "D. Example"),)
    )
    due = next(d for d in check(waived, TODAY) if d.rule == "evaluation" and str(d.period) == PERIOD)
    assert explain(due)[-1].text == "Waived on November 23, 2026 by D. Example, with the reason: closed for a year"
    report = AnnualReport(1, date(2025, 11, 22), None, date(2026, 1, 24))
    late = next(d for d in check(replace(FACTS, reports=(report,)), TODAY) if d.rule == "annual-report")
    assert explain(late)[-1].text == "That was 2 calendar days after January 22, 2026."


def test_steps_are_built_only_when_asked(every_duty):
    """A check builds no sentence; asking twice gives the same ones."""
    for _, due in every_duty:
        assert callable(due.why)
        assert due.why() == due.why()


def test_identity_is_rule_subject_and_period(duties):
    """The id is the same in every run, differs between duties, and does not depend on the day."""
    assert len({due.id for due in duties}) == len(duties)
    later = {due.id for due in check(FACTS, date(2027, 1, 15))}
    assert {due.id for due in duties} <= later


def test_a_step_prints_its_clause():
    """A step with a clause prints its name and its words."""
    clause = RULES["evaluation"].clauses[1]
    assert str(Step("Discuss it.", clause)) == (
        "Discuss it. [CSP 04-01-002 IX.C.2: “Discuss the evaluation with the alliance participants.”]"
    )
    assert str(Step("Nothing.")) == "Nothing."


def test_a_period_holds_both_its_ends():
    """A period includes its first and last day."""
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    assert date(2026, 1, 1) in period
    assert date(2026, 12, 31) in period
    assert date(2027, 1, 1) not in period


def test_words():
    """Dates, numbers and lists as staff write them."""
    assert day(date(2026, 6, 5)) == "June 5, 2026"
    assert (count(1, "meeting"), count(0, "meeting")) == ("1 meeting", "0 meetings")
    assert [listing([]), listing("a"), listing("ab"), listing("abc")] == ["", "a", "a and b", "a, b and c"]


YEAR = MeetingYear(date(2026, 11, 23), date(2027, 11, 22), 2, 0, (date(2026, 12, 3),), date(2026, 11, 23))


def of_meetings(year):
    """Give the closing steps of a year's meetings, as one text."""
    held = tuple(Meeting(n, year.first + timedelta(days=n), held=True) for n in range(year.held))
    planned = tuple(Meeting(9 + n, on, held=False) for n, on in enumerate(year.planned))
    facts = replace(FACTS, agreements=(Agreement(1, date(2024, 11, 23)),), notices=(), meetings=(*held, *planned))
    due = next(d for d in check(facts, year.on) if d.rule == "meetings" and d.period.first == year.first)
    return " ".join(step.text for step in explain(due))


def test_the_pace_date_is_told_as_it_is():
    """A meeting held, a date ahead and a date passed are three sentences."""
    assert "If no meeting is held by its pace date, May 24, 2027, the year is at risk" in of_meetings(YEAR)
    assert "1 was held so far, so it puts nothing at risk." in of_meetings(replace(YEAR, held=1))
    late = of_meetings(replace(YEAR, on=date(2027, 6, 1), planned=()))
    assert "No meeting was held by its pace date, May 24, 2027, so the year is at risk." in late


def test_the_next_meeting_is_the_scheduled_one_where_there_is_one():
    """The day that is said of the undated one leaves the scheduled one out."""
    assert meeting_words(YEAR) == (
        "0 of 2 meetings held, 1 scheduled for December 3, 2026, 1 still needed, that one by November 22, 2027"
    )
    text = of_meetings(YEAR)
    assert (
        "The next meeting is the one scheduled for December 3, 2026; the last day for it is October 22, 2027." in text
    )
    assert "The first meeting without a date is the last one missing; it is to be held by November 22, 2027" in text
    assert meeting_words(replace(YEAR, planned=())).endswith("2 still needed, the next by October 22, 2027")
    # A meeting that is scheduled for the year's end comes after the one that has no date.
    last = replace(YEAR, planned=(date(2027, 11, 19),))
    assert meeting_words(last).endswith("1 still needed, that one by October 22, 2027")
    assert "The next meeting is to be held by October 22, 2027" in of_meetings(last)
    more = replace(YEAR, required=4)
    assert meeting_words(more).endswith("3 still needed, the first of them by September 23, 2027")
    both = replace(YEAR, planned=(date(2026, 12, 3), date(2027, 3, 3)))
    assert meeting_words(both).endswith("none still needed")
    assert "The next meeting is the one scheduled for December 3, 2026" in of_meetings(both)


def test_a_working_day_that_skips_a_holiday_says_which():
    """Juneteenth on a Saturday closes the Friday before it, too."""
    facts = replace(FACTS, agreements=(Agreement(1, date(2025, 6, 20)),), notices=(), tracked_from=date(2025, 6, 20))
    due = next(d for d in check(facts, TODAY) if d.rule == "evaluation" and d.due_on == date(2027, 6, 19))
    assert (
        "the last federal working day on or before it is June 17, 2027 (June 18, 2027 is a federal holiday (Juneteenth "
        "National Independence Day (observed))), shown beside it"
    ) in " ".join(step.text for step in explain(due))


def test_a_quote_that_is_cut_within_a_sentence_has_an_ellipsis():
    """A whole sentence is quoted as it stands."""
    assert cite("CSP 04-01-002 VI.H").quoted.endswith("at least twice per year …")
    assert cite("CSP 04-01-002 IX.C.2").quoted == "Discuss the evaluation with the alliance participants."


def test_an_extension_says_what_makes_its_date_binding_and_its_limit():
    """The date is the expectations', the limit is computed, and whether it was passed is said."""
    decision = RenewalDecision(2, 1, Recommendation.EXTEND, date(2026, 10, 1), date(2026, 11, 1), date(2027, 5, 31))
    facts = replace(FACTS, notices=(), decisions=(decision,))
    due = next(d for d in check(facts, TODAY) if d.rule == "extension-terms")
    text = " ".join(step.text for step in explain(due))
    assert "set in the written expectations; the directive makes it binding" in text
    assert (
        "November 23, 2026, the later of the expiry and the decision, + 12 calendar months = November 23, 2027; this "
        "extension ends on May 31, 2027, so it carries no warning."
    ) in text
    longer = replace(facts, decisions=(replace(decision, extended_until=date(2028, 1, 1)),))
    due = next(d for d in check(longer, TODAY) if d.rule == "extension-terms")
    assert "this extension runs longer, until January 1, 2028" in " ".join(step.text for step in explain(due))


def test_what_is_borrowed_or_read_into_a_text_says_so(every_duty):
    """The national report borrows its days; the day of the decision is a reading; the web page is evidence."""
    text = {}
    for facts, due in every_duty:
        told = " ".join(step.text for step in explain(due))
        text.setdefault((facts.level.value if isinstance(facts, Facts) else "program", due.rule), told)
    assert "applied to a national alliance by analogy" in text["national", "annual-report"]
    assert "by analogy" not in text["area", "annual-report"]
    assert "evidence for it: “no later than 60 days" in text["area", "annual-report"]
    assert "Reading F-10: " in text["national", "renewal-decision"]
    assert "both are carried over from CSP 04-01-002" in text["national", "renewal-decision"]
    assert "answers to its own offices on CSP 04-01-002 (osha.gov/node/59886)" in text["area", "signed-copy"]
    assert "What is known of the text of CSP 04-01-003 is silent here" in text["area", "signed-copy"]
    assert "both, not one of them" in text["national", "activity-notice"]


def test_the_clause_that_gives_the_date_stands_first():
    """Lists show one clause of each duty."""
    assert [RULES[rule].clauses[0].number for rule in ("signed-copy", "draft-comment")] == ["VIII.F.2", "VIII.B.2"]
    area = {due.rule: due.clauses[0].number for due in check(FACTS, TODAY)}
    assert (area["annual-report"], area["signed-copy"]) == ("VIII.F.3", "VIII.F.2")
    assert {d.clauses[0].number for d in check(NATIONAL, TODAY) if d.rule == "draft-comment"} == {"VIII.C.4"}
