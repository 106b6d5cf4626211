"""Reports, evaluations, renewals and notices are recorded by their forms."""

from __future__ import annotations

from models.alliances import Ending, RenewalDecision, TerminationNotice
from models.duties import Obligation
from models.work import AnnualReport, Evaluation
from tests.bot.slack import held, words


def submission(person):
    """Open the form for the submission from the card of the report; return it."""
    person.presses(person.asks("/alliance report contractors of philadelphia"), "submit:report")
    return person.modal()


def test_the_report_is_recorded_by_the_year_that_is_due(rita, rows):
    """The open year stands chosen and today is proposed."""
    form = submission(rita)
    assert (held(form, "period_end"), held(form, "submitted_on")) == ("2026-06-19", "2026-11-23")
    answer = rita.sends(submitted_on="2026-06-18")
    assert "ends on June 19, 2026" in answer["errors"]["submitted_on"]
    rita.sends(submitted_on="2026-11-20", remarks="Late")
    told = rita.reads()["text"]
    assert "annual report of the year to June 19, 2026, submitted on Friday, November 20, 2026" in told
    assert "Duty met: Submit the annual report" in told
    assert len(rows(AnnualReport)) == 1


def test_a_report_on_record_is_said_before_typing_and_can_be_undone(rita, rows):
    """The refusal names the day of the submission; after Undo the year is open again."""
    card = rita.asks("/alliance report contractors of philadelphia")
    rita.presses(card, "submit:report")
    rita.sends(submitted_on="2026-11-20")
    told = rita.reads()
    rita.presses(card, "submit:report")
    refusal = rita.reads(telling="on record")["text"]
    assert "the report of the year to June 19, 2026 is on record as submitted on November 20, 2026" in refusal
    rita.presses(told, "undo:record")
    assert "Undone: the annual report of" in rita.reads("update")["text"]
    assert rows(AnnualReport) == []
    assert held(submission(rita), "period_end") == "2026-06-19"


def test_an_evaluation_stays_open_until_it_is_discussed(ada, rows):
    """Without a discussion the duty stays; the form then opens with what is on record."""
    ada.opens("/alliance evaluate plaza")
    ada.sends(evaluated_on="2026-11-02", findings="Goals met.")
    assert "stays open until the discussion" in ada.reads()["text"]
    so_far = "evaluated on November 2, 2026; the discussion with the participants is still to be recorded"
    assert so_far in words(ada.asks("/alliance due plaza")["blocks"])
    assert [o.detail for o in rows(Obligation) if o.rule == "evaluation" and o.detail] == [so_far]
    form = ada.opens("/alliance evaluate plaza")
    assert (held(form, "evaluated_on"), held(form, "findings")) == ("2026-11-02", "Goals met.")
    answer = ada.sends(discussed_on="2026-11-01")
    assert "before the evaluation" in answer["errors"]["discussed_on"]
    ada.sends(discussed_on="2026-11-10")
    assert "Duty met: Evaluate the alliance" in ada.reads()["text"]
    assert [(e.findings, str(e.discussed_on)) for e in rows(Evaluation)] == [("Goals met.", "2026-11-10")]


def test_a_renewal_is_recommended_and_then_decided(ada, rows):
    """Recommendation first, decision later; the second time the form knows the first."""
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:decide_renewal")
    ada.chooses("recommendation", "renew")
    ada.sends(reasons="Close to its goals.", recommended_on="2026-11-02")
    assert "stays open until management" in ada.reads()["text"]
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:decide_renewal")
    assert held(ada.modal(), "recommendation") == "renew"
    assert (
        "before the recommendation"
        in ada.sends(decided_on="2026-11-01", decided_by="Dora Director")["errors"]["decided_on"]
    )
    answer = ada.sends(decided_on="2026-11-20", decided_by="Dora Director", goals="All goals were met.")
    assert answer["response_action"] == "push"
    assert "the evaluation of the alliance" in words(ada.modal()["blocks"])
    ada.presses_in(ada.modal(), "run:gates:record_evaluation")
    ada.sends(evaluated_on="2026-11-02", discussed_on="2026-11-09", findings="Goals met.")
    ada.slack.post("/client/close", user=ada.id, view_id=ada.modal()["id"])
    ada.sends()
    told = ada.reads()["text"]
    assert "Decided on Friday, November 20, 2026. Record the renewal with /alliance renew once it is signed." in told
    assert [d.decided_by for d in rows(RenewalDecision)] == ["Dora Director"]
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:decide_renewal")
    assert "the decision of November 20, 2026 (renew) is on record" in ada.reads()["text"]
    assert not ada.has_modal()
    assert "renew, decided on November 20, 2026" in ada.asks("/alliance show plaza")["text"]


def test_a_notice_and_how_it_came_out(ada, rows, world, slack):
    """The earliest end is thirty days on; the end is confirmed before it is recorded, and cannot be earlier."""
    ada.opens("/alliance notice plaza")
    answer = ada.sends(signatory="osha", noticed_on="2026-11-02", named_end_on="2026-12-01", reason="Resources")
    assert "December 2, 2026 at the earliest" in answer["errors"]["named_end_on"]
    ada.sends(named_end_on=None)
    told = ada.reads()["text"]
    assert "ends on Wednesday, December 2, 2026 at the earliest" in told
    assert told.count("Record the end that a notice leads to") == 1
    assert len(rows(TerminationNotice)) == 1

    running = ada.asks("/alliance notice plaza")
    assert "has a notice running" in running["text"]
    ada.presses(running, "run:notice:record_end")
    form = ada.modal()
    assert form["callback_id"] == "record_end"
    assert "at the earliest" in ada.sends(outcome="ended", on="2026-11-23")["errors"]["on"]

    world.now = world.now.replace(month=12, day=3)
    assert ada.sends(outcome="ended", on="2026-12-02")["response_action"] == "push"
    assert rows(Ending) == []
    confirmation = ada.modal()
    said = words(confirmation["blocks"])
    assert "Nothing is recorded yet" in said
    assert "This records for" in said
    assert "Recorded for" not in said
    assert "can be undone while nothing rests on it" in said
    assert ada.sends()["response_action"] == "clear"
    assert not ada.has_modal()
    assert "the whole alliance ended on Wednesday, December 2, 2026" in ada.reads()["text"]
    assert len(rows(Ending)) == 1
