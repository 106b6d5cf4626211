"""The forms of the duties that are no meetings, reports or notices: opened from their buttons, filled in, sent."""

from __future__ import annotations

from datetime import date

import pytest

from models.plans import CommentRequest, CoordinatorCall, Milestone, PlannedActivity
from models.settlements import Fulfilment
from models.work import AnnualReport
from policy.rules import RULES
from sandbox.block_limits import view_problems
from tests.bot.slack import held, words
from tests.operations.conftest import Portfolio

#: What each form shows chosen when it is opened from its duty, by the field that says which duty it is.
CHOSEN = {
    "record_done": "duty",
    "submit_report": "period_end",
    "hand_over_report": "period_end",
    "post_report": "period_end",
    "record_evaluation": "period_end",
    "record_work_plan": "first",
    "reach_milestone": "milestone",
    "notify_activity": "activity",
    "answer_comment": "request",
    "decide_renewal": "agreement",
    "record_end": "notice",
    "offer_ambassador": "what",
    "record_meeting": "held",
    "record_call": "on",
}


@pytest.mark.parametrize("rule", RULES)
def test_record_it_opens_the_form_of_every_rule_filled_in(ada, nate, everything, button, rule):
    """The form is the rule's own, about the alliance and the very duty, and within Slack's limits."""
    message = button(rule)
    row = message["row"]
    national = row.alliance_id in {None, everything.of("National").id}
    person = nate if national else ada
    person.presses(message, "record:obligation")
    view = person.modal()
    assert view["callback_id"] == RULES[rule].resolved_by
    sent = {key: view[key] for key in ("type", "title", "submit", "close", "blocks", "private_metadata", "callback_id")}
    assert view_problems(sent, "modal") == []
    chosen = held(view, CHOSEN[view["callback_id"]])
    number = row.subject.partition(":")[2]
    if row.period is not None and view["callback_id"] in {"submit_report", "hand_over_report", "post_report"}:
        assert chosen == row.period.partition("/")[2]
    if view["callback_id"] in {"reach_milestone", "notify_activity", "answer_comment", "decide_renewal", "record_end"}:
        assert chosen == number
    if view["callback_id"] == "record_done":
        assert chosen.endswith(f"{rule}|{row.subject}")
    if row.alliance_id is not None:
        assert held(view, "alliance") == str(row.alliance_id)


def test_the_copy_is_handed_over_and_then_had_by_dcsp(ada, rita, everything, button, rows):
    """The form proposes the step that the duty stands at."""
    message = button("signed-copy")
    ada.presses(message, "record:obligation")
    assert held(ada.modal(), "duty").startswith("handed-over|signed-copy|")
    on = message["row"].opens_on.isoformat()
    ada.sends(done_on=on)
    assert "What is left is that DCSP has it." in ada.reads()["text"]
    rita.presses(message, "record:obligation")
    assert held(rita.modal(), "duty").startswith("signed-copy|")
    rita.sends(done_on=on)
    assert "Duty met: Send the copy of the signed agreement to DCSP" in rita.reads()["text"]
    assert [f.rule for f in rows(Fulfilment)] == ["signed-copy-handover", "signed-copy"]


def test_an_extension_is_settled_with_a_note(nate, everything, button, rows):
    """Without what came of it the form stays."""
    nate.presses(button("extension-terms"), "record:obligation")
    assert "what came of the expectations" in nate.sends()["errors"]["note"]
    nate.sends(note="Both meetings were held.")
    assert "Duty met: Settle the expectations" in nate.reads()["text"]
    assert [f.note for f in rows(Fulfilment)] == ["Both meetings were held."]


def test_a_report_is_handed_over_from_its_form(ada, everything, button, rows):
    """A day before the year's end is refused at its field."""
    ada.presses(button("report-handoff"), "record:obligation")
    assert "before the end of the year" in ada.sends(handed_over_on="2024-01-01")["errors"]["handed_over_on"]
    ada.sends(handed_over_on="2026-11-20")
    assert "Duty met: Hand the annual report" in ada.reads()["text"]


def test_a_report_is_posted_with_its_address(nate, everything, button, rows):
    """What is no address is refused at its field; what was typed stays."""
    nate.presses(button("report-posting"), "record:obligation")
    assert "This is no web address" in nate.sends(address="the web page")["errors"]["address"]
    assert held(nate.modal(), "address") == "the web page"
    nate.sends(address="https://www.osha.gov/alliances/ngfa?a=1&b=<2>")
    assert "a=1&amp;b=&lt;2&gt;" in nate.reads()["text"]
    assert [r.address for r in rows(AnnualReport)] == ["https://www.osha.gov/alliances/ngfa?a=1&b=<2>"]


def test_a_work_plan_with_milestones(ada, records, rows):
    """Each line is a milestone, or is named; the milestones are open then."""
    records.of("La Plaza").tracked_from = date(2025, 12, 1)
    records.settle()
    form = ada.opens("/alliance workplan plaza")
    assert held(form, "first") == "2025-12-10"
    for bad, words_of in (
        ("2026-12-01; Ada", "Line 1 is no milestone"),
        ("2026-12-01; Ada; Poster\nsoon; Ben; Talk", "Line 2: “soon” is no date"),
        ("2026-02-30; Ada; Poster", "is no date"),
        ("12/1/2037; Ada; Poster", "lies outside the plan"),
        ("\n".join(["2026-12-01; Ada; Poster"] * 31), "At most 30 milestones"),
    ):
        answer = ada.sends(finalized_on="2026-01-20", summary="Two trainings.", milestones=bad)
        assert words_of in answer["errors"]["milestones"]
    ada.sends(milestones="2026-12-01; Ada Coordinator; Poster\n12/15/2026; Ben Builder; Talk; in Spanish")
    told = ada.reads()["text"]
    assert "with 2 milestones, final on Tuesday, January 20, 2026" in told
    assert "Now open: Reach the milestone of the work plan (“Poster”, Ada Coordinator)" in told
    assert [(str(m.due_on), m.title) for m in rows(Milestone)] == [
        ("2026-12-01", "Poster"),
        ("2026-12-15", "Talk; in Spanish"),
    ]


def test_a_milestone_is_reached(ada, everything, button):
    """What was promised is named when it is met."""
    message = button("milestone")
    assert "“Poster”, Ada Coordinator" in words(message["blocks"])
    ada.presses(message, "record:obligation")
    ada.sends(done_on="2026-11-20")
    assert "“Poster” reached on Friday, November 20, 2026." in ada.reads()["text"]


def test_an_activity_is_announced_and_its_place_told(nate, records, rows, button):
    """The announcement opens the duty to tell, and telling meets it; only national alliances have it."""
    nate.opens("/alliance announce NGFA")
    nate.sends(title="Booth", on="2026-12-10", place="Chicago Region")
    assert "Now open: Tell the Regional Administrator and the State Plan State" in nate.reads()["text"]
    assert [a.place for a in rows(PlannedActivity)] == ["Chicago Region"]
    nate.presses(button("activity-notice"), "record:obligation")
    nate.sends(notified_on="2026-11-23")
    assert "Chicago Region told of the activity on Monday, November 23, 2026" in nate.reads()["text"]


def test_only_national_alliances_announce_and_ask(ada, rita):
    """The words say so for any other alliance."""
    assert "is not a national alliance" in ada.asks("/alliance announce plaza")["text"]
    assert "comments are asked on national drafts" in ada.asks("/alliance comments plaza")["text"]


def test_comments_are_asked_of_all_who_comment(nate, records, rows):
    """Every region and directorate is chosen; who is taken out is not asked."""
    made = Portfolio(records)
    for code in ("DCSP", "DSG", "DOC"):
        made.office(code, kind="directorate", parent=records.office("OSHA-NO"), name=f"Directorate {code}")
    records.commit()
    form = nate.opens("/alliance comments NGFA")
    assert sorted(held(form, "offices")) == ["DOC", "DSG", "REG-PHI"]
    nate.sends(offices=["DSG", "REG-PHI"], asked_on="2026-11-20")
    assert "draft sent to 2 offices for comment" in nate.reads()["text"]
    assert len(rows(CommentRequest)) == 2
    assert held(nate.opens("/alliance comments NGFA"), "offices") == ["DOC"]


def test_the_region_asked_finds_the_request_in_its_list_and_answers(rita, ada, everything, button, rows):
    """Who works there may; a coordinator elsewhere is told who may."""
    message = button("draft-comment")
    assert "Asked of Philadelphia Regional Office" in words(message["blocks"])
    ada.presses(message, "record:obligation")
    assert "You may not record a comment" in ada.reads()["text"]
    rita.presses(message, "record:obligation")
    rita.sends(answered_on="2026-11-20", answer="No comment.")
    assert "comment of Philadelphia Regional Office on Friday, November 20, 2026" in rita.reads()["text"]
    assert [r.answer for r in rows(CommentRequest)] == ["No comment."]


def test_a_call_is_recorded_for_the_program(nate, ada, everything, button, rows):
    """Nothing but the program owes it, and only its office records it."""
    message = button("coordinator-call")
    assert "The program\nFiscal quarter October 1, 2026 to December 31, 2026" in words(message["blocks"])
    ada.presses(message, "record:obligation")
    assert "You may not record a call" in ada.reads()["text"]
    nate.presses(message, "record:obligation")
    assert "still to come" in nate.sends(on="2026-11-24")["errors"]["on"]
    nate.sends(on="2026-11-19", topics="Plans")
    told = nate.reads()["text"]
    assert "Duty met: Hold the call" in told
    assert "Next: Hold the call" in told
    assert "2026-11-19" in {str(call.on_day) for call in rows(CoordinatorCall)}


def test_what_is_only_possible_stands_last_and_is_not_counted(ada, everything):
    """A permission has no due date, and nobody is asked to use it."""
    shown = ada.asks("/alliance due over")
    assert "Possible since" in shown["text"]
    *_, last = [line for line in shown["text"].splitlines() if line.startswith("- ")]
    assert "May become an Ambassador, Over: Possible since" in last
    assert "*Possible, not asked for*" in words(shown["blocks"])
