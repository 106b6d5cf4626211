"""Every form at the page: filled in well and badly, sent twice, with nothing typed ever lost."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from slack_bolt import BoltRequest
from slack_sdk import WebClient
from sqlalchemy.orm import sessionmaker

from bot.app import build_app
from models.alliances import Ending, RenewalDecision, TerminationNotice
from models.duties import Submission
from models.work import Activity, AnnualReport, Evaluation, Meeting
from tests.bot.conftest import ELSEWHERE
from tests.bot.slack import Person, fields_of, held, words
from tests.operations.conftest import NOW

LONG = "x" * 3000


def meeting(**more):
    """Return the fields of a meeting that is fine."""
    return {"held": "held", "on": "2026-11-20", "format": "teleconference"} | more


def test_a_meeting_is_recorded_and_told(ada, rows):
    """The answer echoes date and name, counts the meetings and says what comes next."""
    ada.opens("/alliance meeting plaza")
    assert ada.sends(**meeting(attendees="Ada; Ben <@UADA>"))["response_action"] == "close"
    told = ada.reads()["text"]
    assert "*La Plaza Alliance*: team meeting held by teleconference on Friday, November 20, 2026." in told
    assert "This agreement year: 1 of 2 meetings held, " in told
    assert "Next: Evaluate the alliance" in told
    assert [(m.held, m.attendees) for m in rows(Meeting)] == [(True, "Ada; Ben <@UADA>")]


def test_the_second_meeting_meets_the_duty_and_can_be_undone(ada, rows):
    """The last meeting that was missing says so; Undo takes it back."""
    for on in ("2026-03-03", "2026-11-20"):
        ada.opens("/alliance meeting plaza")
        ada.sends(**meeting(on=on))
        told = ada.reads()
    assert "This agreement year: 2 of 2 meetings held. Duty met." in told["text"]
    ada.presses(told, "undo:record")
    assert "Undone: the meeting of *La Plaza Alliance* no longer counts." in ada.reads("update")["text"]
    assert sum(m.withdrawn_at is None for m in rows(Meeting)) == 1


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        (meeting(on="2026-11-24"), "on", "is still to come"),
        (meeting(on="2025-12-09"), "on", "before the alliance was signed"),
        (meeting(held="planned", on="2026-11-20"), "on", "has passed"),
        (meeting(held="planned", on="2028-11-25"), "on", "more than 2 years ahead"),
        (meeting(on=None), "on", "required"),
    ],
)
def test_a_meeting_on_an_impossible_day_is_refused_at_its_field(ada, rows, values, field, sentence):
    """The form stays with what was typed, and the sentence stands at the field."""
    ada.opens("/alliance meeting plaza")
    answer = ada.sends(**values, notes="Long notes")
    assert answer["response_action"] == "errors"
    assert sentence in answer["errors"][field]
    assert held(ada.modal(), "notes") == "Long notes"
    assert rows(Meeting) == []
    assert rows(Submission) == []


def test_a_refused_form_can_be_corrected_and_sent(ada, rows):
    """A refusal does not use the form up."""
    ada.opens("/alliance meeting plaza")
    ada.sends(**meeting(on="2026-11-24"))
    assert ada.sends(on="2026-11-23")["response_action"] == "close"
    assert len(rows(Meeting)) == 1


def test_a_meeting_that_is_on_record_is_not_counted_twice(ada, rows):
    """The same day again is refused, whoever sends it."""
    for _ in range(2):
        ada.opens("/alliance meeting plaza")
        answer = ada.sends(**meeting())
    assert "already on record as held" in answer["errors"]["on"]
    assert len(rows(Meeting)) == 1


def test_a_planned_meeting_counts_for_nothing_yet(ada, rows):
    """Planning is recorded and says that nothing is held yet."""
    ada.opens("/alliance meeting plaza")
    ada.sends(**meeting(held="planned", on="2026-12-03"))
    assert (
        "This agreement year: 0 of 2 meetings held, 1 scheduled for December 3, 2026, 1 still needed"
        in (ada.reads()["text"])
    )


def test_the_form_and_the_card_say_what_the_year_still_needs(ada, rows):
    """Held, scheduled and still needed stand above the fields, in the answer, on the card and in the list."""
    ada.opens("/alliance meeting plaza")
    assert "Agreement year to December 9, 2026: 0 of 2 meetings held, none scheduled, 2 still needed" in words(
        ada.modal()["blocks"]
    )
    ada.sends(**meeting())
    ada.opens("/alliance meeting plaza")
    ada.sends(**meeting(held="planned", on="2026-12-03"))
    said = "1 of 2 meetings held, 1 scheduled for December 3, 2026, none still needed"
    assert f"This agreement year: {said}." in ada.reads()["text"]
    assert said in ada.asks("/alliance show plaza")["text"]
    assert said in words(ada.asks("/alliance due plaza")["blocks"])


def test_an_activity_with_the_columns_of_its_kind(ada, rows):
    """The kind decides what is asked; what was typed before it was chosen stays."""
    ada.opens("/alliance record plaza")
    assert "city" not in fields_of(ada.modal())
    ada.slack.post("/client/action", **_typing(ada, "title", "Stand-Down"))
    form = ada.chooses("kind", "outreach")
    assert {"representatives", "presentation", "city", "state"} <= set(fields_of(form))
    ada.sends(
        title="Fall <!channel> Stand-Down",
        on="2026-05-02",
        city="Dover",
        state="DE",
        emphasis=["Falls", "Small business"],
        other_emphasis="Poultry; Falls; ",
        reached="500",
    )
    told = ada.reads()
    assert "Fall &lt;!channel&gt; Stand-Down" in told["text"]
    assert "500 reached" in told["text"]
    (activity,) = rows(Activity)
    assert (activity.kind, activity.reached) == ("outreach", 500)
    assert activity.emphasis == ["Falls", "Small business", "Poultry"]
    assert activity.details == {"city": "Dover", "state": "DE"}
    ada.presses(told, "undo:record")
    assert "Undone: the activity" in ada.reads("update")["text"]


def test_changing_the_kind_there_and_back_keeps_what_was_typed(ada):
    """Fields that go and come again hold what they held."""
    ada.opens("/alliance record plaza")
    ada.chooses("kind", "outreach")
    ada.slack.post("/client/action", **_typing(ada, "city", "Dover"))
    assert "city" not in fields_of(ada.chooses("kind", "product"))
    form = ada.chooses("kind", "training")
    assert held(form, "city") == "Dover"
    assert held(form, "kind") == "training"


@pytest.mark.parametrize("kind", ["dissemination", "training", "osha-training", "product"])
def test_each_kind_of_activity_is_recorded(ada, rows, kind):
    """Every kind can be recorded with its date and title alone; the number may come later."""
    ada.opens("/alliance record plaza")
    ada.chooses("kind", kind)
    assert ada.sends(title="Something", on="2026-05-02")["response_action"] == "close"
    assert [(a.kind, a.reached) for a in rows(Activity)] == [(kind, None)]


def test_a_text_that_is_too_long_stays_in_the_form(ada, rows):
    """Too long a text is refused at its field."""
    ada.opens("/alliance record plaza")
    ada.chooses("kind", "product")
    answer = ada.sends(title="x" * 301, on="2026-05-02")
    assert "title" in answer["errors"]
    assert rows(Activity) == []


def test_the_report_is_recorded_by_the_year_that_is_due(rita, rows):
    """The open year stands chosen and today is proposed."""
    form = rita.opens("/alliance report contractors of philadelphia")
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
    rita.opens("/alliance report contractors of philadelphia")
    rita.sends(submitted_on="2026-11-20")
    told = rita.reads()
    refusal = rita.asks("/alliance report contractors of philadelphia")["text"]
    assert "the report of the year to June 19, 2026 is on record as submitted on November 20, 2026" in refusal
    rita.presses(told, "undo:record")
    assert "Undone: the annual report of" in rita.reads("update")["text"]
    assert rows(AnnualReport) == []
    assert held(rita.opens("/alliance report contractors of philadelphia"), "period_end") == "2026-06-19"


def test_a_report_that_is_not_due_yet_is_said_before_typing(ada):
    """Where no year is open the form does not open."""
    assert "no annual report is due" in ada.asks("/alliance report plaza")["text"]
    assert not ada.has_modal()


def test_choosing_the_alliance_fills_the_rest_of_the_form(rita, ids):
    """The years follow the alliance; one without an open year says so and keeps the choice."""
    rita.opens("/alliance report")
    form = rita.chooses("alliance", ids["roofing"])
    assert held(form, "period_end") == "2026-06-19"
    form = rita.chooses("alliance", ids["plaza"])
    assert fields_of(form) == ["alliance"]
    assert "no annual report is due" in words(form["blocks"])
    assert held(rita.chooses("alliance", ids["roofing"]), "period_end") == "2026-06-19"


def test_a_form_sent_before_its_fields_came_shows_them(ada, ids):
    """Who is faster than the form gets the fields, not an error."""
    assert fields_of(ada.opens("/alliance evaluate")) == ["alliance"]
    assert ada.sends(alliance=ids["plaza"])["response_action"] == "update"
    assert held(ada.modal(), "period_end") == "2026-12-09"


def test_the_only_alliance_of_a_person_stands_chosen(rita, ids):
    """Who has one alliance does not choose it."""
    assert held(rita.opens("/alliance report"), "alliance") == str(ids["roofing"])


def test_an_evaluation_stays_open_until_it_is_discussed(ada, rows):
    """Without a discussion the duty stays; the form then opens with what is on record."""
    ada.opens("/alliance evaluate plaza")
    ada.sends(evaluated_on="2026-11-02", findings="Goals met.")
    assert "stays open until the discussion" in ada.reads()["text"]
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
    assert "before the recommendation" in ada.sends(decided_on="2026-11-01")["errors"]["decided_on"]
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
    assert "ends on Wednesday, December 2, 2026 at the earliest" in ada.reads()["text"]
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
    assert "cannot be undone here" in said
    assert ada.sends()["response_action"] == "clear"
    assert not ada.has_modal()
    assert "the whole alliance ended on Wednesday, December 2, 2026" in ada.reads()["text"]
    assert len(rows(Ending)) == 1


def test_going_back_from_the_confirmation_records_nothing(ada, rows):
    """The confirmation can be left, and the form below is as it was."""
    ada.opens("/alliance notice plaza")
    ada.sends(signatory="osha", noticed_on="2026-11-02", reason="Resources")
    ada.reads()
    ada.presses(ada.asks("/alliance notice plaza"), "run:notice:record_end")
    ada.sends(outcome="withdrawn")
    ada.slack.post("/client/close", user=ada.id, view_id=ada.modal()["id"])
    assert held(ada.modal(), "outcome") == "withdrawn"
    assert rows(TerminationNotice)[0].withdrawn_on is None


@pytest.mark.parametrize("at_once", [True, False])
def test_a_second_submit_does_nothing_and_gets_the_first_answer(ada, rows, slack, sample_engine, at_once):
    """The same form delivered three times, one after the other or at once, is recorded once."""
    view = ada.opens("/alliance meeting plaza")
    view["state"] = {"values": ada.fills(**meeting())}
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    app = build_app(client, sessionmaker(sample_engine), lambda: NOW)
    user = {"id": "UADA", "name": "ada"}
    body = {"type": "view_submission", "team": {"id": "T1"}, "user": user, "view": view}

    def deliver(_number):
        return app.dispatch(BoltRequest(body=body, mode="socket_mode"))

    with ThreadPoolExecutor(3 if at_once else 1) as pool:
        responses = list(pool.map(deliver, range(3)))
    assert [(r.status, r.body) for r in responses] == [(200, "")] * 3
    assert len(rows(Meeting)) == 1
    deadline = time.monotonic() + 5
    while len(told := [e["text"] for e in slack.record(ada.mark) if e["kind"] == "ephemeral"]) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert len(set(told)) == 1
    assert "This agreement year: 1 of 2 meetings held, " in told[0]


def test_an_end_that_somebody_else_recorded_is_said_in_the_confirmation(ada, rita, rows):
    """A refusal that comes with the confirmation takes its place."""
    ada.opens("/alliance notice plaza")
    ada.sends(signatory="osha", noticed_on="2026-11-02", reason="Resources")
    ada.reads()
    for person in (ada, rita):
        person.presses(person.asks("/alliance notice plaza"), "run:notice:record_end")
        assert person.sends(outcome="withdrawn")["response_action"] == "push"
    assert rita.sends()["response_action"] == "clear"
    assert ada.sends()["response_action"] == "update"
    assert "already on record as withdrawn on November 23, 2026" in words(ada.modal()["blocks"])


def test_the_answer_comes_directly_where_the_app_is_no_member(slack, ada, rows):
    """A form opened in a channel without the app is confirmed in a direct message."""
    person = Person(slack, "UADA", ELSEWHERE)
    person.opens("/alliance meeting plaza")
    person.sends(**meeting())
    assert "team meeting held" in person.reads("post")["text"]


def test_what_the_database_cannot_keep_is_left_out(ada, rows):
    """NUL and half characters in a text do not fail the form."""
    ada.opens("/alliance meeting plaza")
    assert ada.sends(**meeting(notes="a\x00b\ud800c"))["response_action"] == "close"
    assert rows(Meeting)[0].notes == "abc"


def test_the_shortcut_records_from_anywhere(ada, ids):
    """The global shortcut opens the form with the alliance to choose."""
    ada.slack.post("/client/shortcut", user=ada.id, callback_id="record_activity")
    assert "kind" in fields_of(ada.chooses("alliance", ids["plaza"]))


def test_a_message_is_logged_as_an_activity(ada, ids, rows):
    """The words of the message stand in the form once the alliance is chosen."""
    text = "Heat webinar for 40 roofers\nWith slides in Spanish"
    ts = ada.slack.post("/client/say", user=ada.id, channel=ada.channel, text=text)["ts"]
    ada.slack.post("/client/shortcut", user=ada.id, callback_id="log_activity", channel=ada.channel, message_ts=ts)
    form = ada.chooses("alliance", ids["plaza"])
    assert held(form, "title") == "Heat webinar for 40 roofers"
    ada.chooses("kind", "training")
    ada.sends(on="2026-11-20", reached="40")
    assert rows(Activity)[0].details == {"info": text}


def _typing(person, name, value):
    """Return the action of typing into a field, which Slack keeps to itself."""
    view = person.modal()
    block = next(b for b in view["blocks"] if b["block_id"] == name)
    return {
        "user": person.id,
        "container": {"type": "view", "view_id": view["id"]},
        "block_id": name,
        "action_id": block["element"]["action_id"],
        "type": block["element"]["type"],
        "value": {"value": value},
    }
