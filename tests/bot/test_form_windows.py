"""How a form's window behaves: what it asks for, its confirmation, sent twice, or left open over a deploy."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from slack_bolt import BoltRequest
from slack_sdk import WebClient
from sqlalchemy.orm import sessionmaker

from bot.app import build_app
from bot.form_types import Submitting, metadata_of
from bot.forms import FORMS
from bot.outcomes import told_blocks
from models.alliances import Ending, TerminationNotice
from models.work import Meeting
from operations.actor import Actor
from operations.refusals import Refused
from sandbox.block_limits import message_problems
from tests.bot.conftest import ELSEWHERE
from tests.bot.meeting import meeting
from tests.bot.slack import STEPS, Person, fields_of, found, held, words
from tests.bot.test_home import home_of
from tests.bot.test_procedure import propose, the_alliance
from tests.operations.conftest import NOW


def test_choosing_the_alliance_fills_the_rest_of_the_form(rita, ids):
    """The years follow the alliance; one without an open year says so and keeps the choice."""
    rita.opens("/alliance evaluate")
    form = rita.chooses("alliance", ids["plaza"])
    assert held(form, "period_end") == "2026-12-09"
    form = rita.chooses("alliance", ids["grain"])
    assert fields_of(form) == ["alliance"]
    assert "You may not record an evaluation for OSHA National Office" in words(form["blocks"])
    assert held(rita.chooses("alliance", ids["plaza"]), "period_end") == "2026-12-09"


def test_a_form_sent_before_its_fields_came_shows_them(ada, ids):
    """Who is faster than the form gets the fields, not an error."""
    assert fields_of(ada.opens("/alliance evaluate")) == ["alliance"]
    assert ada.sends(alliance=ids["plaza"])["response_action"] == "update"
    assert held(ada.modal(), "period_end") == "2026-12-09"


def test_the_only_alliance_of_a_person_stands_chosen(rita, ids):
    """Who has one alliance does not choose it."""
    assert held(rita.opens("/alliance evaluate"), "alliance") == str(ids["roofing"])


def test_what_is_told_is_shown_to_its_end():
    """A paragraph of Slack's holds 3,000 characters; what is longer goes on in the next one."""
    text = "\n".join([*("x" * 299 for _ in range(15)), "*Warning:* the end"])
    blocks = told_blocks(text, None)
    assert message_problems(blocks) == []
    assert "*Warning:* the end" in words(blocks)


@pytest.mark.parametrize("why", ["restricted_action_read_only_channel", "not_in_channel"])
def test_who_cannot_be_told_in_a_channel_is_told_directly(ada, rows, slack, why):
    """What was recorded is confirmed wherever the form was opened, also where only some may post."""
    slack.post("/control/faults", on="chat.postEphemeral", what="error", error=why, times=1)
    ada.opens("/alliance meeting plaza")
    assert ada.sends(**meeting())["response_action"] == "close"
    assert "team meeting held" in ada.reads("post")["text"]


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


@pytest.mark.parametrize(
    "name", ["decline", "decline_draft", "return_draft", "record_outside_approval", "correct_signature", "waive"]
)
@pytest.mark.parametrize("kept", [{}, {"request": "12", "approval": "12"}])
def test_a_form_of_an_older_version_is_told_so(name, kept):
    """Open across a deploy, it may not carry what it is about: one sentence, before anything is written."""
    form = FORMS[name]
    typed = form.model.model_construct(
        why="No", reason="No", seat="outside:A", verdict="approve", name="A", on=date(2026, 11, 23), evidence="B"
    )
    submitting = Submitting(None, Actor("Ada"), datetime(2026, 11, 23, tzinfo=UTC), None, kept=kept)
    with pytest.raises(Refused, match="This form is from an older version, and nothing was recorded"):
        form.submit(submitting, typed)


@pytest.mark.parametrize("carried", ["", "{}", '{"form": 3}', "[]", "no JSON"])
def test_what_a_form_of_an_older_version_carries_is_not_guessed(carried):
    """Metadata that cannot be read is refused in the same sentence."""
    with pytest.raises(Refused, match="This form is from an older version"):
        metadata_of({"private_metadata": carried})


def test_what_is_too_long_to_be_confirmed_is_said_at_its_field(ada, rows):
    """Slack keeps so much with a window and no more."""
    propose(ada)
    answer = ada.asks("/alliance procedure safe roofs", telling=STEPS)
    ada.presses(answer, "run:procedure:other:withdraw_proposal")
    refused = ada.sends(reason="'" + '"' * 1490)["errors"]["reason"]
    assert "characters too long to be confirmed; shorten it" in refused
    assert rows(Ending) == []


def test_a_form_in_the_third_window_is_confirmed_in_its_place(ada, rows):
    """From Home over the card and the procedure to a form: Slack lets no fourth window stand above."""
    propose(ada)
    shown, wanted = home_of(ada), f'"alliance":{the_alliance(rows).id}}}'
    buttons = [element["value"] for _, element in found(shown["blocks"], "run:show")]
    ada.presses_in(shown, "run:show", next(n for n, value in enumerate(buttons) if value.endswith(wanted)))
    ada.presses_in(ada.modal(), "run:procedure")
    ada.presses_in(ada.modal(), "run:procedure:other:withdraw_proposal")
    ada.sends(reason="The guild dissolved.")
    assert "cannot be undone here" in words(ada.modal()["blocks"])
    ada.sends()
    assert [row.kind for row in rows(Ending)] == ["withdrawn"]
