"""The life of an alliance from its proposal to Ambassador, step by step, for a hand of either kind.

All lives keep one calendar: signed on the first day, a year of work, renewed before the end of two years, a notice,
and the end of the renewal's term.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from tests.journeys.hands import WAIT_SECONDS, Hand, post
from tests.journeys.product import Product

SIGNED = "2026-11-23"
#: In the last days of the first agreement year, and past its end.
YEAR_ENDS, YEAR_OVER = "2027-11-22", "2027-12-06"
RENEWS = "2028-11-06"
#: More than thirty days after the renewal, when the notice was given.
LEAVES = "2028-12-11"
#: The renewal's two years are over.
TERM_OVER = "2030-11-12"

GOALS = "Fewer falls and fewer burns."


@dataclass(frozen=True)
class Alliance:
    """An alliance and the people who act for it."""

    name: str
    coordinator: str
    #: Who signs for OSHA, with the position.
    official: str
    #: Who submits its reports to DCSP.
    reports: str
    #: The signatory that stays, with its kind, and who signs for it.
    stays: str
    kind: str
    signer: str
    #: The signatory that gives notice.
    leaves: str
    leaves_kind: str = "professional association"


def morning(product: Product, day: str) -> None:
    """Move the local Slack's clock to a day at 10:30 in the morning in New York, when its office works."""
    post(product, "/control/clock", to=f"{day}T15:30:00+00:00")


# Establishing ------------------------------------------------------------------------------------------------


def propose(hand: Hand, alliance: Alliance) -> None:
    """Put a proposal on file; the office that leads is the person's own."""
    hand.say(f"/alliance new {alliance.name}")
    hand.fill(
        participants=f"{alliance.stays}: {alliance.kind}\n{alliance.leaves}: {alliance.leaves_kind}",
        goals=GOALS,
        objectives="Train 200 workers in their own language.",
        work_plan="Two courses, one poster.",
        milestones=f"2027-03-15; {alliance.coordinator}; Poster on ladders",
    )
    hand.picture("propose", at="participants")
    hand.send()
    hand.told(f"Proposed: {alliance.name}")


def go_on(hand: Hand, alliance: Alliance, step: str, button: str) -> None:
    """Press the button of the step of the procedure that is next, or that waits."""
    hand.say(f"/alliance procedure {alliance.name}")
    hand.told(re.compile(re.escape(step), re.IGNORECASE))
    hand.press(f"{button}: {step.partition(':')[0][:20]}")


def put_on_file(hand: Hand, alliance: Alliance) -> None:
    """Propose an alliance and evaluate the proposal."""
    propose(hand, alliance)
    evaluate_proposal(hand, alliance)


def ask(hand: Hand, alliance: Alliance, step: str, button: str) -> None:
    """Put a paper before its officials."""
    go_on(hand, alliance, f"{step}: next", button)
    hand.send()
    hand.told(f"Asked for {alliance.name}")


def approve(hand: Hand, alliance: Alliance, *officials: str) -> None:
    """Let officials approve what waits for them, one after the other; the coordinator goes on."""
    for official in officials:
        hand.become(official)
        hand.say("/alliance approve")
        hand.told(alliance.name)
        hand.press(f"Approve: {alliance.name}")
        hand.told(re.compile(rf"Approved: .*{alliance.name}"))
    hand.become(alliance.coordinator)


def approved(hand: Hand, alliance: Alliance, step: tuple[str, str], *officials: str) -> None:
    """Put a paper before its officials, and let them approve it."""
    ask(hand, alliance, *step)
    approve(hand, alliance, *officials)


def evaluate_proposal(hand: Hand, alliance: Alliance) -> None:
    """Record the evaluation of the proposal."""
    go_on(hand, alliance, "Evaluation of the proposal: next", "Record the evaluation")
    hand.fill(findings="It serves the strategic goals and follows the directive.", shared_on=SIGNED)
    hand.send()
    hand.told("proposal evaluated on Monday, November 23, 2026")


def prepare(hand: Hand, alliance: Alliance, day: str = SIGNED, *, joined_by: str = "") -> None:
    """Write the draft, answer the checklist, record what both sides agreed on, and who signs for a union that joins."""
    go_on(hand, alliance, "Draft agreement and preliminary work plan: next", "Write the draft")
    if day != SIGNED:
        hand.fill(
            goals=GOALS, objectives="Train 400 workers.", activities="Courses for roofers.", work_plan="Four courses."
        )
    hand.send()
    hand.told(re.compile(r"version \d+ of the draft agreement"))
    go_on(hand, alliance, "Checklist of VII.C and worker representation: next", "Answer the criteria")
    hand.fill(worker_involvement="Workers review each product.")
    hand.fill(**dict.fromkeys([*hand.shown("vii"), *hand.shown("f_9")], "Section 2 of the agreement"))
    hand.send()
    hand.told("Each criterion is answered.")
    go_on(hand, alliance, "Language reviewed for endorsement: next", "Record the review")
    fields = ("agreed_by_osha_0_on", "agreed_by_participants_0_on", "work_plan_agreed_0_on", "language_review_0_on")
    hand.fill(**dict.fromkeys(fields, day))
    if joined_by:
        hand.fill(**dict.fromkeys(hand.shown("participant_"), "labor union"), **{hand.shown("signer_")[-1]: joined_by})
    hand.send()
    hand.told("what was done")


def sign(hand: Hand, alliance: Alliance, *, by_mail: str, day: str, spelled: str, joined_by: str = "") -> None:
    """Record the signatures that came by mail, then the one of OSHA, which makes the agreement."""
    go_on(hand, alliance, "Signatures, the last OSHA signature last: next", "Record signatures")
    hand.fill(by_1=alliance.signer, on_1=by_mail, by_2="Cleo Clerk, President", on_2=by_mail, evidence="Letters")
    if joined_by:
        hand.fill(by_3=joined_by, on_3=by_mail)
    hand.send()
    hand.told(f"{3 if joined_by else 2} signatures. Missing: ")
    go_on(hand, alliance, "Signatures, the last OSHA signature last: next", "Record signatures")
    hand.fill(by_0=alliance.official, on_0="2031-01-02")
    hand.refused("on_0", "still to come")
    hand.picture("signatures", at="on_0")
    hand.fill(on_0=day)
    if day != SIGNED:
        hand.fill(term_years="2 years")
    hand.send(confirm=True)
    hand.told(f"Signed: {alliance.name} on {spelled}")


def sign_at_first(hand: Hand, alliance: Alliance) -> None:
    """Sign the first agreement."""
    sign(hand, alliance, by_mail="2026-11-20", day=SIGNED, spelled="Monday, November 23, 2026")


def sign_again(hand: Hand, alliance: Alliance, *, joined_by: str = "") -> None:
    """Sign the renewal, with whoever joins."""
    sign(hand, alliance, by_mail="2028-11-03", day=RENEWS, spelled="Monday, November 6, 2028", joined_by=joined_by)


# A year ------------------------------------------------------------------------------------------------------


def begin_the_year(hand: Hand, alliance: Alliance) -> None:
    """Put people on the team, record the work plan of the year, plan the first meeting."""
    hand.say(f"/alliance team {alliance.name}")
    hand.told("Nobody is on record as a member of the team.")
    for signatory, name in ((alliance.stays, "Gus Guild"), (alliance.leaves, "Cleo Clerk")):
        hand.press("Add a member")
        hand.fill(signatory=signatory, name=name, since=SIGNED)
        hand.send()
        hand.told(f"{name}, {signatory}")
        hand.say(f"/alliance team {alliance.name}")
        hand.told(f"Team of {alliance.name}")
    hand.say(f"/alliance workplan {alliance.name}")
    hand.fill(
        finalized_on=SIGNED,
        summary="Two courses on ladders and one poster in Spanish.",
        activities=f"Course on ladders; roofers; {alliance.coordinator}; 100 trained",
        milestones=f"2027-03-15; {alliance.coordinator}; Poster on ladders",
    )
    hand.send()
    hand.told("work plan of the year from November 23, 2026 with 1 line and 1 milestone")
    hand.say(f"/alliance meeting {alliance.name}")
    hand.fill(held="It is planned")
    hand.fill(on="2027-03-10", format="In person")
    hand.send()
    hand.told("team meeting planned in person on Wednesday, March 10, 2027")


def meet_twice(hand: Hand, alliance: Alliance) -> None:
    """Record that the planned meeting was held, with its minutes, and a second one; the duty is met."""
    hand.say(f"/alliance meeting {alliance.name}")
    hand.fill(on="2027-03-10", format="In person", present="Gus Guild", notes="The poster is at the printer's.")
    hand.send()
    hand.told("1 of 2 meetings held")
    hand.say(f"/alliance meeting {alliance.name}")
    hand.fill(on="2027-09-15", format="Teleconference", present="Gus Guild", notes="84 workers trained.")
    hand.send()
    hand.told("2 of 2 meetings held. Duty met.")


def evaluate_the_year(hand: Hand, alliance: Alliance, evaluated: str, discussed: str, year: str, **more: str) -> None:
    """Record the yearly evaluation, its discussion and perhaps what it recommends."""
    hand.say(f"/alliance evaluate {alliance.name}")
    marks = {"mark_goals": "Meets", "mark_work_plan": "Meets in part", "note_work_plan": "The poster came late."}
    hand.fill(
        evaluated_on=evaluated, findings="Goals met; 84 workers trained.", discussed_on=discussed, **marks, **more
    )
    hand.picture("evaluation", at="findings")
    hand.send()
    hand.told(f"evaluation of the year to {year}")


def report_the_year(hand: Hand, alliance: Alliance, *, area: bool, manager: str = "") -> None:
    """Hand the annual report over, submit it to DCSP, post it: each by who owes it, from its card.

    `manager` approves it first; nobody where that is empty.
    """
    wait_for_duty(hand, alliance, "annual report")
    hand.say(f"/alliance report {alliance.name}")
    card = hand.told(f"Annual report of {alliance.name}")
    assert "November 23, 2026 to November 22, 2027" in card
    hand.picture("report")
    if manager:
        hand.press("Put before its officials")
        hand.send()
        hand.told(f"Asked for {alliance.name}")
        approve(hand, alliance, manager)
        hand.say(f"/alliance report {alliance.name}")
        assert manager in hand.told("State: Approved")
    if area:
        hand.press("Handed over to the region")
        hand.fill(handed_over_on="2027-12-01")
        hand.send()
        hand.told("handed to the Regional Alliance Program Coordinator on Wednesday, December 1, 2027")
    hand.become(alliance.reports)
    hand.say(f"/alliance report {alliance.name}")
    hand.told(f"Annual report of {alliance.name}")
    hand.press("Submitted to DCSP")
    hand.fill(submitted_on="2027-12-03", remarks="With photos.")
    hand.send()
    told = hand.told("annual report of the year to November 22, 2027, submitted on Friday, December 3, 2027")
    assert f"The document annual-report-{'-'.join(alliance.name.split())}-2027-11-22.docx is kept with it." in told
    hand.become(alliance.coordinator)
    hand.say(f"/alliance report {alliance.name} 2027-11-22")
    hand.told(re.compile("submitted to DCSP on December 3, 2027", re.IGNORECASE))
    hand.press("Posted on the web")
    hand.fill(posted_on=YEAR_OVER, address="https://www.osha.gov/alliances/report-2027")
    hand.send()
    hand.told("posted on Monday, December 6, 2027")


def live_the_year(
    product: Product, hand: Hand, alliance: Alliance, *, area: bool, copy: bool = True, manager: str = ""
) -> None:
    """Do all that the first year asks for in its last days, and report it once it is over."""
    if copy:
        copy_sent(hand, alliance)
    meet_twice(hand, alliance)
    evaluate_the_year(hand, alliance, "2027-11-10", "2027-11-16", "November 22, 2027")
    morning(product, YEAR_OVER)
    report_the_year(hand, alliance, area=area, manager=manager)


def record_due(hand: Hand, alliance: Alliance, duty: str) -> None:
    """Press Record it at a duty in the list of what is due."""
    wait_for_duty(hand, alliance, duty)
    hand.press("Record it", duty)


def wait_for_duty(hand: Hand, alliance: Alliance, duty: str) -> None:
    """Ask what is due until the day's check, which follows the clock, has opened a duty."""
    end = time.monotonic() + WAIT_SECONDS
    while True:
        hand.say(f"/alliance due {alliance.name}")
        if duty in hand.told("Due: ") or time.monotonic() > end:
            break
    hand.told(duty)


def copy_sent(hand: Hand, alliance: Alliance) -> None:
    """Record that DCSP has the signed copy."""
    record_due(hand, alliance, "Send the copy")
    hand.fill(duty="DCSP has the signed copy", done_on="2026-12-10")
    hand.send()
    hand.told("Thursday, December 10, 2026")


# Renewal, notice, Ambassador ---------------------------------------------------------------------------------


def decide(hand: Hand, alliance: Alliance) -> None:
    """Record the decision to renew; the evaluation has said why."""
    hand.say(f"/alliance renew {alliance.name}")
    hand.told("What do you want to record?")
    hand.press("Recommendation and decision")
    hand.fill(
        recommendation="Renew",
        reasons="Goals met.",
        recommended_on="2028-11-01",
        decided_on=RENEWS,
        decided_by=alliance.official,
        goals="200 trained, one poster.",
    )
    hand.send()
    hand.told("renew recommended on Wednesday, November 1, 2028. Decided on Monday, November 6, 2028.")


def prepare_the_renewal(product: Product, hand: Hand, alliance: Alliance, *, joined_by: str = "") -> None:
    """Evaluate the second year, decide to renew, write the draft of the renewal."""
    morning(product, RENEWS)
    evaluate_the_year(hand, alliance, "2028-10-20", "2028-10-27", "November 22, 2028")
    decide(hand, alliance)
    prepare(hand, alliance, RENEWS, joined_by=joined_by)


def give_notice(hand: Hand, alliance: Alliance) -> None:
    """Record the written notice of a signatory."""
    hand.say(f"/alliance notice {alliance.name}")
    hand.fill(signatory=alliance.leaves, noticed_on="2028-11-08", reason="Our board decided so.")
    hand.send()
    hand.told("ends on Friday, December 8, 2028 at the earliest")


def settle_notice(hand: Hand, alliance: Alliance, outcome: str) -> None:
    """Record how the notice came out; an end before the thirty days is refused."""
    hand.say(f"/alliance notice {alliance.name}")
    hand.told("has a notice running")
    hand.press("How it came out")
    hand.fill(outcome="The participation ended", on="2028-12-07")
    hand.refused("on", "The participation ends on December 8, 2028 at the earliest: 30 days' written notice")
    hand.picture("notice")
    hand.fill(outcome=outcome, on="2028-12-08")
    hand.send(confirm=True)
    ended = "the participation of {} ended on Friday, December 8, 2028; the alliance goes on"
    withdrawn = "the notice by {} was withdrawn on Friday, December 8, 2028"
    hand.told((withdrawn if "withdrawn" in outcome else ended).format(alliance.leaves))


def become_ambassador(hand: Hand, alliance: Alliance) -> None:
    """Offer the status once both terms are over, then record the document."""
    hand.say(f"/alliance ambassador {alliance.name}")
    hand.fill(what="The status was offered", on="2030-11-08")
    hand.send()
    hand.told("Ambassador status offered on Friday, November 8, 2030")
    hand.say(f"/alliance ambassador {alliance.name}")
    hand.fill(on=TERM_OVER)
    hand.send(confirm=True)
    hand.told("Ambassador from Tuesday, November 12, 2030; the agreement ended on that day")


def is_an_ambassador(hand: Hand, product: Product, alliance: Alliance) -> None:
    """Read the card and what is due as anybody would; the chain of the audit holds."""
    hand.say(f"/alliance show {alliance.name}")
    card = hand.told("Latest records")
    hand.picture("card")
    assert "ambassador" in card.lower()
    assert "Renewal signed November 6, 2028" in card
    hand.say(f"/alliance due {alliance.name}")
    due = hand.told(f"Due: {alliance.name}")
    # What finished years still owe stays; of what is to come only the logo is left.
    assert "Submit the annual report" in due
    near = due.partition("In the next 30 days")[2]
    assert near.count("Record it") == near.count("Withdraw the OSHA Alliance logo"), near
    assert "The audit is whole" in product.run("audit", "verify")


def end_as_ambassador(product: Product, hand: Hand, reader: Hand, alliance: Alliance) -> None:
    """Become an Ambassador when the renewal's term is over; somebody reads the card."""
    morning(product, TERM_OVER)
    become_ambassador(hand, alliance)
    is_an_ambassador(reader, product, alliance)
