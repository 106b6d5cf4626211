"""Alliances of area offices from proposal to Ambassador, lived by the people who take part."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys import asides, life
from tests.journeys.hands import PageHand, WireHand
from tests.journeys.life import Alliance
from tests.journeys.person import button_of, open_channel, reminder, told
from tests.journeys.product import Product

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

MALIK, NORTH_AURORA = "U0SAMPLE071", "C0SAMPLE0521400"
LADDERS = Alliance(
    name="Aurora Ladder Alliance",
    coordinator="Malik Candlewick",
    official="Teresa Flagpole, Area Director",
    reports="Kiran Windmill",
    stays="Aurora Roofers Local 0",
    kind="labor union",
    signer="Gus Guild, President",
    leaves="Fox Valley Ladder Society",
)
GUNNAR, CALUMET = "U0SAMPLE073", "C0SAMPLE0521700"
RIGHTS = Alliance(
    name="Calumet Worker Rights Alliance",
    coordinator="Gunnar Compass",
    official="Adaeze Windmill, Area Director",
    reports="Kiran Windmill",
    stays="Calumet Workers Center",
    kind="labor group",
    signer="Ana Center, Director",
    leaves="Consulate of Exampleland in Chicago",
    leaves_kind="consulate",
)
#: Which pictures the guides have from the area alliance.
PICTURES = (
    *("propose", "procedure", "approval", "returned", "signatures", "reminder", "evaluation", "notice", "card"),
    "report",
)
REVIEW = ("Review by the Regional Office for programmatic consistency", "Ask for the review")
APPROVAL = ("Approval of the proposal", "Ask for approval")
SPECIAL = ("Additional approval for special signatories", "Ask for approval")


def test_an_area_alliance_from_proposal_to_ambassador(own_product: Product, visit):
    """All of it by the page: returned and approved, signed, a year's work, renewed, a signatory leaves, Ambassador."""
    page = PageHand(visit(own_product, f"{MALIK}/{NORTH_AURORA}"), guides=PICTURES)
    life.propose(page, LADDERS)
    page.say(f"/alliance procedure {LADDERS.name}")
    page.told("Evaluation of the proposal: next")
    page.picture("procedure")
    life.evaluate_proposal(page, LADDERS)
    life.ask(page, LADDERS, *APPROVAL)
    return_and_change(page)
    life.approved(page, LADDERS, APPROVAL, "Teresa Flagpole")
    life.prepare(page, LADDERS)
    life.approved(page, LADDERS, REVIEW, "Yolanda Compass")
    life.sign_at_first(page, LADDERS)
    life.begin_the_year(page, LADDERS)

    life.morning(own_product, life.YEAR_ENDS)
    posted = reminder(page.page, "November 22, 2027")
    # A year of reminders goes out at once, to every office in turn.
    expect(posted).to_contain_text("0 of 2 meetings held", timeout=60_000)
    page.picture("reminder", of=posted)
    life.live_the_year(own_product, page, LADDERS, area=True)

    life.prepare_the_renewal(own_product, page, LADDERS)
    life.approved(page, LADDERS, REVIEW, "Yolanda Compass")
    life.sign_again(page, LADDERS)

    life.morning(own_product, life.LEAVES)
    life.give_notice(page, LADDERS)
    life.settle_notice(page, LADDERS, "The participation ended")
    life.end_as_ambassador(own_product, page, page, LADDERS)


def return_and_change(page: PageHand) -> None:
    """The Area Director returns the proposal from the message; the form opens anew with everything in it."""
    page.become("Teresa Flagpole")
    card = newest_message(page, "your approval is asked")
    page.picture("approval", of=card, most=520)
    button_of(card, "Return for changes", LADDERS.name).click()
    page.fill(reason="Say how many of the workers read Spanish.")
    page.send()
    page.become("Malik Candlewick")
    news = newest_message(page, "what you asked was returned")
    expect(news).to_contain_text("Say how many of the workers read Spanish.")
    page.picture("returned", of=news)
    button_of(news, "Change and ask again", LADDERS.name).click()
    expect(page.page.get_by_test_id("input-goals")).to_have_value(life.GOALS)
    page.fill(objectives="Train 200 workers, 80 of them in Spanish.")
    page.send()
    open_channel(page.page, "alliances-north-aurora")


def newest_message(page: PageHand, words: str) -> Locator:
    """Open what the app wrote to a person, once it is there."""
    expect(page.page.get_by_test_id("app-home")).to_have_class(re.compile("unread"))
    page.page.get_by_test_id("app-home").click()
    message = page.page.get_by_role("log").get_by_role("article").filter(has_text=words).last
    expect(message).to_be_visible()
    return message


def test_a_consulate_alliance_from_proposal_to_ambassador(own_product: Product, visit):
    """Declined, then changed; a consulate asks for its own approval each time it signs; its notice is withdrawn."""
    page = PageHand(visit(own_product, f"{GUNNAR}/{CALUMET}"))
    wire = WireHand(own_product, "Gunnar Compass", CALUMET)
    life.put_on_file(wire, RIGHTS)
    life.ask(wire, RIGHTS, *APPROVAL)
    asides.decline_and_change(wire, RIGHTS, "Adaeze Windmill")
    life.approved(wire, RIGHTS, APPROVAL, "Adaeze Windmill")
    life.prepare(wire, RIGHTS)
    life.ask(wire, RIGHTS, *REVIEW)
    life.ask(page, RIGHTS, *SPECIAL)
    life.approve(page, RIGHTS, "Yolanda Compass", "Tomasz Pinecone")
    life.sign_at_first(wire, RIGHTS)
    asides.correct_a_signature(wire, RIGHTS)
    life.begin_the_year(wire, RIGHTS)
    asides.correct_the_plan(wire, RIGHTS)

    life.morning(own_product, life.YEAR_ENDS)
    life.live_the_year(own_product, wire, RIGHTS, area=True, manager="Adaeze Windmill")

    life.prepare_the_renewal(own_product, wire, RIGHTS)
    life.ask(wire, RIGHTS, *REVIEW)
    life.ask(wire, RIGHTS, *SPECIAL)
    life.approve(wire, RIGHTS, "Yolanda Compass", "Tomasz Pinecone")
    life.sign_again(wire, RIGHTS)

    life.morning(own_product, life.LEAVES)
    life.give_notice(page, RIGHTS)
    life.settle_notice(page, RIGHTS, "The notice was withdrawn")
    life.end_as_ambassador(own_product, wire, page, RIGHTS)
    expect(told(page.page, "Latest records")).to_contain_text("Consulate of Exampleland in Chicago")
