"""A product at the page: proposed, reviewed, checked, published or given up, and a success story told."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from models.offices import Office
from models.products import Product, SuccessStory
from models.work import Activity
from policy.rights import Role
from sandbox.block_limits import message_problems, view_problems
from tests.bot.slack import fields_of, held, words
from tests.bot.test_approvals import appoint
from tests.bot.test_gates import as_sent

PROPOSAL = {
    "title": "Ladder poster",
    "form": "Poster",
    "audience": "Roofers who read Spanish",
    "purpose": "Falls from ladders; nothing of this kind is there in Spanish.",
    "proposed_by": "Local Builders",
    "proposed_on": "2026-10-05",
}
ADDRESS = "https://www.osha.gov/alliances/ladder-poster"


def propose(person, **more):
    """Propose a product; return what the app says."""
    person.presses(person.asks("/alliance product plaza"), "run:product:propose_product")
    answer = person.sends(**(PROPOSAL | more))
    assert answer["response_action"] == "close", answer
    return person.reads()


def clear(person):
    """Record all that the product needs before it is published."""
    person.presses(person.asks("/alliance product plaza"), "check:product")
    person.sends(
        free="yes", rights="yes", language_on="2026-10-20", reviews="DEP; 2026-10-19; clear, add the hotline\nDSG"
    )
    person.presses(person.asks("/alliance product plaza"), "check:product")
    person.sends(reviews="DSG; 2026-10-21")
    return person.reads()


def test_without_a_directorate_the_experts_outside_are_asked(ada):
    """A program that has no directorate on record is not kept from a review."""
    propose(ada)
    ada.presses(ada.asks("/alliance product plaza"), "ask:product")
    form = ada.modal()
    assert "experts" not in fields_of(form)
    assert ada.sends(summary="A poster", outside="Jane Roe")["response_action"] == "close"
    assert "Asked for *La Plaza Alliance*" in ada.reads()["text"]


def test_without_a_product_it_says_how_one_begins(ada):
    """The empty list explains the way and has the button."""
    answer = ada.asks("/alliance product plaza")
    assert "No product was proposed yet" in answer["text"]
    assert "published free of charge (FAQ F-2, F-9)" in answer["text"]
    ada.presses(answer, "run:product:propose_product")
    assert held(ada.modal(), "proposed_by") == "La Plaza"
    assert view_problems(as_sent(ada.modal()), "modal") == []


def test_from_proposal_to_publication(ada, rows):
    """Each stage says what is next; the publication counts as an activity of the kind product."""
    told = propose(ada)["text"]
    assert "the product “Ladder poster”, proposed on Monday, October 5, 2026" in told
    answer = ada.asks("/alliance product plaza")
    assert "*Ladder poster*: proposed" in answer["text"]
    assert "free of charge" in answer["text"]
    assert message_problems(answer["blocks"]) == []
    assert "No gate is open. Publish it" in clear(ada)["text"]
    answer = ada.asks("/alliance product plaza")
    assert "*Ladder poster*: cleared, not published yet" in answer["text"]
    assert "•  DEP: reviewed on October 19, 2026: clear, add the hotline" in answer["text"]
    ada.presses(answer, "publish:product")
    assert view_problems(as_sent(ada.modal()), "modal") == []
    ada.sends(published_on="2026-11-02", address=ADDRESS, reached="120")
    told = ada.reads()
    assert f"published on Monday, November 2, 2026, at {ADDRESS}" in told["text"]
    assert [(a.kind, a.title, a.reached, a.on_day.isoformat()) for a in rows(Activity)] == [
        ("product", "Ladder poster", 120, "2026-11-02")
    ]
    assert "product, Ladder poster, 120 reached" in ada.asks("/alliance show plaza")["text"]
    assert f"Published on November 2, 2026 at {ADDRESS}" in ada.asks("/alliance product plaza")["text"]
    assert "has no product on record" in ada.asks("/alliance gates plaza publish")["text"]
    ada.presses(told, "undo:record")
    assert "“Ladder poster” is not published yet" in ada.reads("update")["text"]
    assert [a.withdrawn_at is None for a in rows(Activity)] == [False]
    assert "cleared, not published yet" in ada.asks("/alliance product plaza")["text"]


def test_it_is_not_published_past_an_open_gate(ada, rows):
    """The refusal stands above the form and names each gate with its clause; what is missing is recorded from there."""
    propose(ada)
    ada.presses(ada.asks("/alliance product plaza"), "publish:product")
    assert "Still open before “Ladder poster” is published" in words(ada.modal()["blocks"])
    answer = ada.sends(published_on="2026-11-02", address=ADDRESS)
    assert answer["response_action"] == "push"
    window = words(ada.modal()["blocks"])
    assert "4 of 4 gates open" in window
    assert "FAQ F-9 (products)" in window
    assert rows(Activity) == []
    assert [p.published_on for p in rows(Product)] == [None]


def test_what_came_later_does_not_clear_it(ada, rows):
    """A review of November cannot stand before a publication of October."""
    propose(ada)
    clear(ada)
    ada.presses(ada.asks("/alliance product plaza"), "publish:product")
    assert ada.sends(published_on="2026-10-20", address=ADDRESS)["response_action"] == "push"
    assert "Product reviewed" in words(ada.modal()["blocks"])
    assert rows(Activity) == []


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"published_on": "2026-11-24"}, "published_on", "still to come"),
        ({"published_on": "2026-10-01"}, "published_on", "before its proposal (October 5, 2026)"),
        ({"address": "our web page"}, "address", "This is no web address"),
    ],
)
def test_a_bad_publication_is_refused_at_its_field(ada, rows, values, field, sentence):
    """A day to come, a day before the proposal, no address."""
    propose(ada)
    clear(ada)
    ada.presses(ada.asks("/alliance product plaza"), "publish:product")
    answer = ada.sends(**({"published_on": "2026-11-02", "address": ADDRESS} | values))
    assert sentence in answer["errors"][field]
    assert rows(Activity) == []


def test_a_product_is_given_up_and_taken_up_again(ada):
    """With the reason; Undo has it on its way again, and the proposal can be undone, too."""
    told = propose(ada)
    assert "already on record" in propose_again(ada)["errors"]["title"]
    ada.closes()
    ada.presses(ada.asks("/alliance product plaza"), "drop:product")
    ada.sends(dropped_on="2026-11-10", because="A video is made instead.")
    dropped = ada.reads()
    assert "Given up on November 10, 2026: A video is made instead." in ada.asks("/alliance product plaza")["text"]
    ada.presses(told, "undo:record")
    assert "undo that first" in ada.reads()["text"]
    ada.presses(dropped, "undo:record")
    assert "“Ladder poster” is on its way" in ada.reads("update")["text"]
    ada.presses(told, "undo:record")
    assert "the proposal of “Ladder poster” no longer counts" in ada.reads("update")["text"]
    assert "No product was proposed yet" in ada.asks("/alliance product plaza")["text"]


def propose_again(person):
    """Propose the same product a second time."""
    person.presses(person.asks("/alliance product plaza"), "run:product:propose_product")
    return person.sends(**PROPOSAL)


def test_words_of_endorsement_in_a_proposal_wait_for_a_decision(ada):
    """They are a gate before the publication."""
    told = propose(ada, purpose="The only training approved by OSHA.")
    assert "approved by OSHA" in told["text"]
    clear(ada)
    assert "approved by OSHA" in ada.asks("/alliance product plaza")["text"]


def test_who_may_not_propose_reads_all_the_same(ada, stranger):
    """The list is for everyone; the form is not."""
    propose(ada)
    answer = stranger.asks("/alliance product plaza")
    assert "*Ladder poster*: proposed" in answer["text"]
    stranger.presses(answer, "publish:product")
    assert "You may not record what a signing or a publication needs" in stranger.reads()["text"]


def test_a_success_story_is_told_and_taken_back(ada, rows):
    """It stands on the card; words that may read as endorsement are shown; Undo takes it back."""
    ada.opens("/alliance story plaza")
    assert "This is no web address" in ada.sends(title="T", story="S", address="osha.gov")["errors"]["address"]
    ada.sends(
        title="No falls in a year", story="400 roofers were trained; OSHA endorses their product.", address=ADDRESS
    )
    told = ada.reads()
    assert "success story “No falls in a year” of Monday, November 23, 2026" in told["text"]
    assert "endorse" in told["text"]
    assert "success story, No falls in a year" in ada.asks("/alliance show plaza")["text"]
    listed = ada.asks("/alliance product plaza")
    assert f"400 roofers were trained; OSHA endorses their product. Read it at {ADDRESS}" in listed["text"]
    assert message_problems(listed["blocks"]) == []
    ada.opens("/alliance story plaza")
    assert "already on record" in ada.sends(title="no falls in a year", story="Again")["errors"]["title"]
    ada.closes()
    ada.presses(told, "undo:record")
    assert "the story “No falls in a year” no longer counts" in ada.reads("update")["text"]
    assert [s.withdrawn_at is None for s in rows(SuccessStory)] == [False]
    assert "No falls" not in ada.asks("/alliance show plaza")["text"]


def test_a_product_goes_to_its_experts_from_its_card(ada, nate, sample_engine, rows):
    """The card asks, shows for whom it waits, and what they decided; an old button says that it is asked."""
    propose(ada)
    with Session(sample_engine) as session:
        session.add(Office(code="DEP", name="Enforcement", kind="directorate", timezone="America/New_York"))
        session.commit()
        appoint(session, "UNATE", "Nate National", Role.DIRECTORATE_HEAD, "DEP")
        session.commit()
    card = ada.asks("/alliance product plaza")
    ada.presses(card, "ask:product")
    form = ada.modal()
    assert held(form, "what").startswith("product-review|product:")
    assert view_problems(as_sent(form), "modal") == []
    ada.sends(summary="How to stand a ladder", experts=["DEP"])
    assert "Asked for *La Plaza Alliance*: Ladder poster: review of the product" in ada.reads()["text"]
    ada.presses(card, "ask:product")
    assert "This product is before its experts" in ada.reads()["text"]
    asked = ada.asks("/alliance product plaza")
    assert "directorate reviewer, Enforcement: asked, no answer yet" in asked["text"]
    assert "*Waiting* for Nate National (for directorate reviewer, Enforcement)" in asked["text"]
    assert message_problems(asked["blocks"]) == []
    (shown,) = {e["action_id"] for b in asked["blocks"] for e in b.get("elements", ())} & {
        "ask:product",
        "show:approval",
    }
    assert shown == "show:approval"
    waits = nate.asks("/alliance approve")
    assert "version 1 of the product “Ladder poster”" in waits["text"].replace("Version", "version")
    nate.presses(waits, "approve:approval")
    assert "Approved: review of the product" in nate.reads()["text"]
    ada.presses(ada.asks("/alliance product plaza"), "check:product")
    ada.sends(free="yes", rights="yes", language_on="2026-11-20")
    assert "No gate is open" in ada.reads()["text"]
    ada.presses(ada.asks("/alliance product plaza"), "publish:product")
    ada.sends(published_on="2026-11-23", address=ADDRESS)
    assert "published on Monday, November 23, 2026" in ada.reads()["text"]
    assert [row.address for row in rows(Product)] == [ADDRESS]
