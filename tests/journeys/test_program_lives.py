"""A regional and a national alliance from proposal to Ambassador, lived by the people who take part."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import asides, life
from tests.journeys.hands import PageHand, WireHand
from tests.journeys.life import Alliance
from tests.journeys.person import told
from tests.journeys.product import Product

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

TALA, SAN_FRANCISCO = "U0SAMPLE033", "C0SAMPLEREGSFO"
TRENCHES = Alliance(
    name="Pacific Trench Alliance",
    coordinator="Tala Mapmaker",
    official="Marisol Cobblestone, Regional Administrator",
    reports="Lars Raincoat",
    stays="Pacific Laborers Local 0",
    kind="labor union",
    signer="Lou Laborer, President",
    leaves="Pacific Trench Society",
)
KWAME, NATIONAL = "U0SAMPLE002", "C0SAMPLEOSHANO"
LADDERS = Alliance(
    name="National Ladder Safety Alliance",
    coordinator="Kwame Harborlight",
    official="Ravi Mapmaker, Assistant Secretary",
    reports="Kwame Harborlight",
    stays="American Ladder Workers Union",
    kind="labor union",
    signer="Ana Ladder, President",
    leaves="National Ladder Institute",
)
APPROVAL = ("Approval of the proposal", "Ask for approval")
CONFORMITY = ("Review by DCSP for conformity", "Ask for the review")
SOLICITOR = ("Approval by the Solicitor of Labor", "Ask for approval")


def test_a_regional_alliance_from_proposal_to_ambassador(own_product: Product, visit):
    """DCSP and the Solicitor before the Region signs; a product; a meeting moved, a party renamed; one leaves."""
    page = PageHand(visit(own_product, f"{TALA}/{SAN_FRANCISCO}"), guides=("product",))
    wire = WireHand(own_product, "Tala Mapmaker", SAN_FRANCISCO)
    life.put_on_file(wire, TRENCHES)
    life.approved(wire, TRENCHES, APPROVAL, "Marisol Cobblestone")
    life.prepare(wire, TRENCHES)
    page.say(f"/alliance procedure {TRENCHES.name}")
    assert "Approval by the Solicitor of Labor: not yet" in page.told("steps done")
    life.approved(page, TRENCHES, CONFORMITY, "Aisha Teakettle")
    life.approved(page, TRENCHES, SOLICITOR, "Naomi Inkwell")
    life.sign_at_first(wire, TRENCHES)
    life.begin_the_year(wire, TRENCHES)
    asides.change_planned_meetings(wire, TRENCHES)
    asides.rename_a_participant(wire, TRENCHES, "Marisol Cobblestone")

    life.morning(own_product, life.YEAR_ENDS)
    asides.record_an_event(wire, TRENCHES)
    publish_a_poster(page)
    life.live_the_year(own_product, wire, TRENCHES, area=False)

    page.say(f"/alliance preview {TRENCHES.name} {life.RENEWS} 6")
    page.told("2 to 5 years")
    life.prepare_the_renewal(own_product, wire, TRENCHES)
    life.approved(wire, TRENCHES, CONFORMITY, "Aisha Teakettle")
    life.approved(wire, TRENCHES, SOLICITOR, "Naomi Inkwell")
    life.sign_again(page, TRENCHES)

    life.morning(own_product, life.LEAVES)
    life.give_notice(wire, TRENCHES)
    life.settle_notice(wire, TRENCHES, "The participation ended")
    life.end_as_ambassador(own_product, page, page, TRENCHES)


def publish_a_poster(page: PageHand) -> None:
    """Propose a product, record its review, and publish it once its gates are closed."""
    page.say(f"/alliance product {TRENCHES.name}")
    page.told("No product was proposed yet")
    page.press("Propose a product")
    page.fill(title="Trench poster", form="Poster", audience="Laborers", purpose="What to look for before going in.")
    page.send()
    page.told("the product “Trench poster”, proposed on Monday, November 22, 2027")
    page.say(f"/alliance product {TRENCHES.name}")
    page.told("Trench poster: ")
    page.press("Reviews and checks")
    page.fill(reviews="Jane Roe, Trench Institute; someday; clear")
    page.refused("reviews", "“someday” is no date")
    page.fill(reviews="Jane Roe, Trench Institute; 2027-11-19; clear", language_on=life.YEAR_ENDS)
    page.fill(free="Yes", rights="Yes")
    page.picture("product")
    page.send()
    page.told("No gate is open. Publish it")
    page.say(f"/alliance product {TRENCHES.name}")
    page.told("Trench poster: cleared, not published yet")
    page.press("It was published")
    page.fill(published_on="2027-11-23", address="https://www.osha.gov/alliances/trench-poster")
    page.refused("published_on", "still to come")
    page.fill(published_on=life.YEAR_ENDS)
    page.send()
    page.told("published on Monday, November 22, 2027")


def test_a_national_alliance_from_proposal_to_ambassador(own_product: Product, visit):
    """Regions and directorates are asked twice; DCSP, OAS and the Solicitor approve; an expert on paper; one joins."""
    page = PageHand(visit(own_product, f"{KWAME}/{NATIONAL}"), guides=("input",))
    wire = WireHand(own_product, "Kwame Harborlight", NATIONAL)
    life.propose(wire, LADDERS)
    ask_for_input(page)
    life.evaluate_proposal(wire, LADDERS)
    life.approved(page, LADDERS, APPROVAL, "Tomasz Pinecone", "Ravi Mapmaker")
    life.prepare(wire, LADDERS)
    ask_for_comments(page)
    life.approved(wire, LADDERS, SOLICITOR, "Naomi Inkwell")
    life.sign_at_first(wire, LADDERS)
    life.begin_the_year(wire, LADDERS)
    announce(page)
    asides.tell_the_region(wire, LADDERS, "Chicago Region and the State of Michigan")

    life.morning(own_product, life.YEAR_ENDS)
    asides.review_on_paper(wire, LADDERS)
    tell_a_story(page)
    life.live_the_year(own_product, wire, LADDERS, area=False, copy=False)

    asides.change_the_parties(wire, LADDERS, "Ladder Makers Local 0")
    president = "Mia Maker, President"
    life.prepare_the_renewal(own_product, wire, LADDERS, joined_by=president)
    ask_for_comments(wire)
    life.approved(wire, LADDERS, SOLICITOR, "Naomi Inkwell")
    life.sign_again(wire, LADDERS, joined_by=president)

    life.morning(own_product, life.LEAVES)
    page.say(f"/alliance notice {LADDERS.name}")
    page.fill(signatory=LADDERS.leaves, noticed_on="2028-12-12", reason="Our board decided so.")
    page.refused("noticed_on", "still to come")
    page.fill(noticed_on="2028-11-08")
    page.send()
    page.told("ends on Friday, December 8, 2028 at the earliest")
    life.settle_notice(wire, LADDERS, "The participation ended")
    life.end_as_ambassador(own_product, wire, page, LADDERS)
    expect(told(page.page, "Latest records")).to_contain_text("Ladder Makers Local 0")


def ask_for_input(page: PageHand) -> None:
    """Ask every region and directorate, record two answers, read who has answered."""
    life.go_on(page, LADDERS, "Input of regions and directorates: next", "Ask for input")
    page.fill(due_on="2026-12-11")
    page.send()
    page.told("for input on Monday, November 23, 2026")
    for office in ("Denver Region", "Directorate of Construction"):
        life.go_on(page, LADDERS, "Input of regions and directorates: ", "Record an answer")
        page.fill(request=re.compile(office), answer="We support it and offer an expert.")
        page.send()
        page.told(f"input of {office}")
    page.say(f"/alliance procedure {LADDERS.name}")
    answers = page.told("Input on the proposal: 2 of")
    assert "Denver Region: answered November 23, 2026: “We support it and offer an expert.”" in answers
    assert "Boston Region: not answered; asked November 23, 2026, wanted by December 11, 2026" in answers
    page.picture("input", of=page.page.locator(".section", has_text="Input on the proposal").last)


def ask_for_comments(hand: PageHand | WireHand) -> None:
    """Send the draft to every region and directorate."""
    life.go_on(hand, LADDERS, "Comments of every region and directorate: next", "Ask for comments")
    hand.send()
    hand.told("draft sent to")


def announce(page: PageHand) -> None:
    """Announce an activity in a region, before it takes place."""
    page.say(f"/alliance announce {LADDERS.name}")
    page.fill(title="Ladder day", on="2026-11-20", place="Chicago Region and the State of Michigan")
    page.refused("on", "November 20, 2026 has passed")
    page.fill(on="2027-03-15")
    page.send()
    page.told("“Ladder day” is planned in Chicago Region and the State of Michigan")


def tell_a_story(page: PageHand) -> None:
    """Record a success story; what may read as endorsement is shown and left to a person."""
    page.say(f"/alliance story {LADDERS.name}")
    page.fill(title="No falls in a year", story="400 roofers were trained; nobody fell.")
    page.send()
    page.told("success story “No falls in a year”")
