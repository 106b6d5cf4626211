"""What happens beside the straight way of an alliance: declined, moved, corrected, renamed, decided on paper.

Each is lived once, without the page, in one of the lives.
"""

from __future__ import annotations

import re

from tests.journeys.hands import WireHand
from tests.journeys.life import SIGNED, YEAR_ENDS, Alliance, record_due

LETTER = b"%PDF-1.7\n% Jane Roe writes that the card is right.\n"


def decline_and_change(hand: WireHand, alliance: Alliance, official: str) -> None:
    """An official declines the proposal with the reason; who asked changes it from there."""
    hand.become(official)
    hand.say("/alliance approve")
    hand.told(alliance.name)
    hand.press(f"Decline: {alliance.name}")
    hand.fill(reason="Say how many of the workers read Spanish.")
    hand.send()
    hand.told("Declined: ")
    hand.become(alliance.coordinator)
    hand.say("/alliance approve")
    hand.told(re.compile(rf"This was declined by {official}.*: Say how many of the workers read Spanish\."))
    hand.press(f"Change and ask again: {alliance.name}")
    hand.fill(objectives="Train 200 workers, 80 of them in Spanish.")
    hand.send()
    changed = hand.told("version 2 of the proposal is on file")
    assert "Objectives: “Train 200 workers in their own language.” is now “Train 200 workers, 80" in changed


def correct_a_signature(hand: WireHand, alliance: Alliance) -> None:
    """The name of one of several signatures was wrong; the day of the agreement stays."""
    hand.say(f"/alliance correct {alliance.name}")
    hand.told("Records of")
    hand.choose("Correct", f"Signature of {alliance.stays}")
    hand.fill(by="Anna Center, Director", reason="Misread in the letter.")
    hand.send()
    assert "whose day stays: Anna Center, Director on Friday, November 20, 2026" in hand.told("Corrected for ")
    hand.say(f"/alliance correct {alliance.name}")
    said = f"Misread in the letter. It said: Signature of: {alliance.stays}; Signer: {alliance.signer}"
    assert said in hand.told("Withdrawn, the")


def change_planned_meetings(hand: WireHand, alliance: Alliance) -> None:
    """Plan a further meeting, move it, and cancel it, each with its reason."""

    def meeting(**fields: str) -> None:
        hand.say(f"/alliance meeting {alliance.name}")
        for name, value in fields.items():
            hand.fill(**{name: value})
        hand.send()

    meeting(held="It is planned", on="2027-06-16", format="Teleconference")
    hand.told("team meeting planned by teleconference on Wednesday, June 16, 2027")
    told = {"meeting": "Planned for June 16, 2027", "moved_to": "2027-06-23", "because": "The hall is taken."}
    meeting(held="A planned meeting was moved", **told)
    hand.told("the planned meeting was moved to Wednesday, June 23, 2027")
    told = {"meeting": "Planned for June 23, 2027", "because": "Nobody can come."}
    meeting(held="A planned meeting was cancelled", **told)
    hand.told("the planned meeting was cancelled")
    hand.say(f"/alliance show {alliance.name}")
    hand.told("Latest records")
    hand.press("Meetings")
    said = hand.told("Meetings of")
    assert "June 16, 2027: planned and moved to June 23, 2027: The hall is taken." in said
    assert "June 23, 2027: planned and cancelled: Nobody can come." in said


def correct_the_plan(hand: WireHand, alliance: Alliance) -> None:
    """A milestone of the work plan gets another day; what the plan said before stays readable."""
    hand.say(f"/alliance workplan {alliance.name}")
    hand.fill(milestones=f"2027-04-15; {alliance.coordinator}; Poster on ladders", reason="The printer is late.")
    hand.send()
    hand.told("with 1 line and 1 milestone, corrected, final on Monday, November 23, 2026")
    hand.say(f"/alliance show {alliance.name}")
    hand.told("Latest records")
    hand.press("Work plan")
    said = hand.told("Work plan of")
    assert "April 15, 2027: Poster on ladders" in said
    assert f"{alliance.coordinator}: The printer is late." in said


def record_an_event(hand: WireHand, alliance: Alliance) -> None:
    """Record an outreach event in the columns of the annual report."""
    hand.say(f"/alliance record {alliance.name}")
    hand.fill(kind="Outreach event")
    hand.fill(on="2027-06-05", title="Ladder fair", city="Oakland", state="CA", emphasis="Falls", reached="120")
    hand.send()
    hand.told("outreach event “Ladder fair” on Saturday, June 5, 2027, 120 reached")


def rename_a_participant(hand: WireHand, alliance: Alliance, official: str) -> None:
    """An official gives a participant another name; the old one stays known."""
    hand.become(official)
    hand.say(f"/alliance show {alliance.name}")
    hand.told("Latest records")
    hand.choose("Rename it or a participant")
    hand.fill(which=f"Participant: {alliance.stays}", name=f"{alliance.stays} West")
    hand.send()
    hand.told(f"{alliance.stays} is called {alliance.stays} West from now on; the old name still finds it.")
    hand.become(alliance.coordinator)


def tell_the_region(hand: WireHand, alliance: Alliance, place: str) -> None:
    """Record that the region and the state were told of an activity that is planned there."""
    record_due(hand, alliance, "Tell the Regional")
    hand.fill(notified_on=SIGNED)
    hand.send()
    hand.told(f"{place} told of the activity on Monday, November 23, 2026")
    hand.say(f"/alliance due {alliance.name}")
    assert "Tell the Regional" not in hand.told("Due: ")


def review_on_paper(hand: WireHand, alliance: Alliance) -> None:
    """An expert outside approves a product by letter; the decision is recorded with it, and the letter is kept."""
    hand.say(f"/alliance product {alliance.name}")
    hand.told("No product was proposed yet")
    hand.press("Propose a product")
    hand.fill(title="Ladder card", form="Fact sheet", audience="Roofers", purpose="How to stand a ladder.")
    hand.send()
    hand.told("the product “Ladder card”")
    hand.say(f"/alliance product {alliance.name}")
    hand.told("Ladder card: ")
    hand.press("Ask experts")
    hand.fill(summary="How to stand a ladder, in two languages.", outside="Jane Roe, Ladder Institute")
    hand.send()
    hand.told(f"Asked for {alliance.name}: Ladder card: review of the product")
    hand.say("/alliance approve")
    hand.told("Ladder card")
    hand.press("Record their decision")
    hand.fill(name="Jane Roe, Ladder Institute", on=YEAR_ENDS, evidence="Her letter of November 22")
    hand.attach("document", "letter.pdf", LETTER)
    hand.send(confirm=True)
    assert "The document letter.pdf" in hand.told(re.compile(rf"Approved: .*{alliance.name}"))
    hand.say(f"/alliance document {alliance.name}")
    assert f"decision on paper, attached by {alliance.coordinator}" in hand.told("letter.pdf")


def change_the_parties(hand: WireHand, alliance: Alliance, joins: str) -> None:
    """Plan who leaves and who joins with the renewal; think better of it, and let nobody leave."""

    def parties(**fields: str) -> None:
        hand.say(f"/alliance renew {alliance.name}")
        hand.told("What do you want to record?")
        hand.press("Who joins or leaves")
        hand.fill(**fields)
        hand.send()

    parties(leaving=alliance.leaves, joining=joins)
    hand.told(f"{joins} will join; {alliance.leaves} will leave")
    hand.press("Undo")
    hand.told("Undone: ")
    parties(joining=joins)
    assert "will leave" not in hand.told(f"{joins} will join")
