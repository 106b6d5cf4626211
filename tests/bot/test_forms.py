"""Meetings and activities are recorded by the forms, over the socket as people do."""

from __future__ import annotations

import pytest

from models.duties import Submission
from models.work import Activity, Meeting
from tests.bot.meeting import meeting
from tests.bot.slack import fields_of, held, words


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


def test_what_the_database_cannot_keep_is_left_out(ada, rows):
    """NUL and half characters in a text do not fail the form."""
    ada.opens("/alliance meeting plaza")
    assert ada.sends(**meeting(notes="a\x00b\ud800c"))["response_action"] == "close"
    assert rows(Meeting)[0].notes == "abc"


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
