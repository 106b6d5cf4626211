"""What administrators and officials rearrange while work is open: participants, chains of approval, offices."""

from __future__ import annotations

import re

import pytest

from tests.journeys import life
from tests.journeys.hands import EVERYBODYS, PageHand, WireHand
from tests.journeys.life import Alliance

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

APPROVAL = ("Approval of the proposal", "Ask for approval")
MEI, BEATRIZ, DALLAS = "U0SAMPLE003", "Beatriz Stopwatch", "C0SAMPLEREGDAL"
ADAEZE, KIRAN, YOLANDA, CALUMET = "Adaeze Windmill", "Kiran Windmill", "Yolanda Compass", "C0SAMPLE0521700"
RENATA, HARUTO, ZAINAB, OMAHA = "Renata Lighthouse", "Haruto Paperclip", "Zainab Harborlight", "C0SAMPLE0728900"
NOTHING = "Nothing waits for your approval"


def proposed(what: str, coordinator: str) -> Alliance:
    """Return an alliance that is only proposed."""
    parties = {"stays": f"{what} Local 0", "kind": "labor union", "leaves": f"Society of {what}"}
    return Alliance(name=f"{what} Alliance", coordinator=coordinator, official="", reports="", signer="", **parties)


def test_a_merged_participant_takes_its_notice_along(product, visit):
    """What goes over is shown first; the name that went still finds; Undo parts them again."""
    hand = WireHand(product, BEATRIZ, DALLAS)
    hand.say("/alliance show gulf coast shipyard")
    hand.told("Shipyard Training Fund")
    hand.choose("Merge two of its participants")
    hand.fill(which="Shipyard Training Fund", into="Gulf Coast Shipbuilders")
    hand.send(confirm=True)
    merged = hand.told("was merged into")
    assert "Goes over: 1 notice" in merged
    reader = PageHand(visit(product, f"U0SAMPLE036/{DALLAS}"))
    reader.say("/alliance notice Shipyard Training Fund")
    assert "by Gulf Coast Shipbuilders Association" in reader.told("has a notice running")
    hand.press("Undo")
    hand.told("Undone")
    reader.say("/alliance notice gulf coast shipyard")
    assert "by Shipyard Training Fund" in reader.told("has a notice running")


def test_two_of_three_approve_once_an_administrator_asks_for_it(product, visit):
    """What was asked before keeps its chain; what is asked after needs two, and the third is asked no more."""
    before, after = (proposed(what, "Gunnar Compass") for what in ("Barge Ropes", "Tunnel Dust"))
    hand = WireHand(product, "Gunnar Compass", CALUMET)
    life.put_on_file(hand, before)
    life.ask(hand, before, *APPROVAL)

    page = PageHand(visit(product, f"{MEI}/{EVERYBODYS}"))
    page.say("/alliance office 0521700")
    page.told("Time zone")
    page.press("Who approves")
    page.fill(steps="4 of Area Director, Regional Alliance Program Coordinator, Regional Administrator")
    page.refused("steps", "4")
    page.fill(steps="2 of Area Director, Regional Alliance Program Coordinator, Regional Administrator")
    page.confirmed("keeps the chain that it was asked with")
    page.told("Saved for")

    life.approve(hand, before, ADAEZE)
    hand.say(f"/alliance procedure {before.name}")
    assert "Approval of the proposal: done" in hand.told("steps done")
    life.put_on_file(hand, after)
    life.ask(hand, after, *APPROVAL)
    life.approve(hand, after, KIRAN)
    hand.say(f"/alliance approve {after.name}")
    hand.told("Waiting for 1 of these: Adaeze Windmill, Area Director")
    life.approve(hand, after, YOLANDA)
    hand.say(f"/alliance procedure {after.name}")
    assert "Approval of the proposal: done" in hand.told("steps done")
    hand.become(ADAEZE)
    hand.say("/alliance approve")
    hand.told(NOTHING)


def test_a_split_office_gives_its_duties_and_approvals_away(product, visit):
    """The new office owes what is open; who stayed behind decides no more, the official above does."""
    bins = proposed("Platte River Bins", RENATA)
    hand = WireHand(product, RENATA, OMAHA)
    life.put_on_file(hand, bins)
    life.ask(hand, bins, *APPROVAL)
    hand.say("/alliance due panhandle")
    owed = hand.told("Due: Panhandle").count("Record it")
    assert owed
    hand.become(HARUTO)
    hand.say("/alliance approve")
    hand.told(bins.name)

    hand.become("Mei Fencepost")
    hand.say("/alliance office omaha")
    hand.told("Time zone")
    hand.choose("Split")
    hand.fill(name="North Platte Area Office", code="0728950", alliances=re.compile("Panhandle|Platte River"))
    hand.fill(positions=RENATA)
    hand.send(confirm=True)
    assert bins.name in hand.told("stands beside")

    hand.become(HARUTO)
    hand.say("/alliance approve")
    hand.told(NOTHING)
    life.approve(hand, bins, ZAINAB)
    hand.say(f"/alliance procedure {bins.name}")
    assert "Approval of the proposal: done" in hand.told("steps done")
    page = PageHand(visit(product, f"U0SAMPLE093/{EVERYBODYS}"))
    page.say("/alliance due north platte")
    assert page.told("Due: North Platte Area Office").count("Record it") == owed
    page.say("/alliance due mine")
    assert "Panhandle Public Health District" in page.told("Due for me")
