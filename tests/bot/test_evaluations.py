"""The yearly evaluation at the page: marks with their notes, the discussion, the recommendation, all shown back."""

from __future__ import annotations

import pytest

from models.work import Evaluation
from sandbox.block_limits import message_problems, view_problems
from tests.bot.slack import fields_of, held, words
from tests.bot.test_gates import as_sent

DONE = {"evaluated_on": "2026-11-02", "findings": "Training goals were met."}


def shown(person):
    """Return the evaluations as anybody reads them."""
    person.presses(person.asks("/alliance show plaza"), "show:evaluations")
    answer = person.reads()
    assert message_problems(answer["blocks"]) == []
    return answer["text"]


def test_marks_discussion_and_recommendation_are_shown_back(ada, stranger, rows):
    """The criteria are those of the edition, each with its clause; the decision at the end begins with what is said."""
    assert "has no evaluation on record" in shown(stranger)
    form = ada.opens("/alliance evaluate plaza")
    assert view_problems(as_sent(form), "modal") == []
    assert "mark_workers" in fields_of(form)
    assert "mark_vii_c_1" not in fields_of(form)
    assert "Making a reasonable effort to secure meaningful worker participation" in words(form["blocks"])
    ada.sends(
        **DONE,
        mark_goals="Meets",
        mark_workers="Meets in part",
        note_workers="One of two meetings.",
        mark_products="N/A",
        discussed_on="2026-11-09",
        discussion="More meetings with workers next year.",
        recommendation="renew",
        reasons="Goals were met.",
    )
    told = ada.reads()
    assert "with 3 marks. It was discussed with the participants on Monday, November 9, 2026." in told["text"]
    assert "Recommended to management: renew." in told["text"]
    text = shown(stranger)
    assert "•  Goals of the agreement: *Meets*" in text
    assert "•  Worker participation: *Meets in part*: One of two meetings." in text
    assert "•  Products free of charge: *N/A*" in text
    assert "Participants: More meetings with workers next year." in text
    assert "Recommended: renew. Goals were met." in text
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:decide_renewal")
    assert (held(ada.modal(), "recommendation"), held(ada.modal(), "reasons")) == ("renew", "Goals were met.")
    ada.closes()
    ada.presses(told, "undo:record")
    ada.reads("update")
    assert rows(Evaluation) == []


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"mark_workers": "Did not meet"}, ("note_workers", "Say why: “Worker participation”")),
        ({"note_workers": "None came."}, ("mark_workers", "Choose how “Worker participation” was met")),
        ({"discussion": "They agree."}, ("discussed_on", "Enter the day of the discussion")),
        ({"recommendation": "terminate"}, ("reasons", "Give the reasons")),
        ({"reasons": "No resources."}, ("recommendation", "Choose what is recommended")),
    ],
)
def test_what_is_half_said_is_refused_at_its_field(ada, rows, values, refusal):
    """A mark without its note, a note without its mark, a recommendation without reasons; what was typed stays."""
    ada.opens("/alliance evaluate plaza")
    answer = ada.sends(**DONE, **values)
    assert refusal[1] in answer["errors"][refusal[0]]
    assert held(ada.modal(), "findings") == DONE["findings"]
    assert rows(Evaluation) == []


def test_an_evaluation_that_waits_for_its_discussion_comes_back_with_its_marks(ada, rows):
    """The form opens with everything in it; the discussion completes it."""
    ada.opens("/alliance evaluate plaza")
    ada.sends(**DONE, mark_goals="Meets", mark_alignment="Did not meet", note_alignment="Another emphasis")
    ada.reads()
    form = ada.opens("/alliance evaluate plaza")
    assert (held(form, "mark_goals"), held(form, "note_alignment")) == ("Meets", "Another emphasis")
    ada.sends(discussed_on="2026-11-20")
    ada.reads()
    (row,) = rows(Evaluation)
    assert row.marks["alignment"] == {"mark": "Did not meet", "note": "Another emphasis"}
