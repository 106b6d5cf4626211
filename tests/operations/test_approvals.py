"""Drafts before a chain of officials: bound to what was shown, decided once, void with the next version."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from models.approvals import Approval
from models.drafts import Draft
from models.gates import GateRecord
from models.offices import Person
from operations.approve.ask_approval import withdraw_approval
from operations.approve.close_draft import close_draft
from operations.approve.keep_draft import keep_draft
from operations.establish.refuse_open_gates import GatesOpen
from operations.read.approvals import list_asked, list_to_approve
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.deliver_message import claim_message
from policy.approval import ApprovalStatus, Approved, Verdict
from policy.chains import Purpose
from tests.operations.approving import ask, cards, decide, keep, open_gates, post, words
from tests.operations.conftest import NOW


def test_a_version_is_kept_once_and_never_changed(session, proposed, ada):
    """The same content gives the same version back, another one the next; a row refuses to be written over."""
    first = keep(session, proposed, ada)
    assert keep(session, proposed, ada, empty="", none=None) is first
    second = keep(session, proposed, ada, goals="No falls")
    assert (first.version, second.version) == (1, 2)
    with pytest.raises(Refused, match="Nothing is filled in"):
        keep_draft(session, by=ada, now=NOW, alliance=proposed.id, subject="proposal", content={"goals": " "})
    with pytest.raises(DatabaseError, match="never changed"):
        session.execute(update(Draft).values(made_by="Somebody"))


@pytest.mark.usefixtures("director", "rae")
def test_the_card_goes_to_everybody_who_may_decide(session, proposed, ada):
    """Area Director and Regional Administrator get it with what is asked, the clause and the buttons."""
    keep(session, proposed, ada)
    approval = ask(session, proposed, ada, note="Before the season, please")
    messages = cards(session, approval)
    assert [message.channel for message in messages] == ["U0ADMIN01", "U0DIRECT1"]
    said = words(session, messages[1])
    for part in (
        "For Dana Director: your approval is asked",
        "*Harbor*: Evaluation and approval of the proposal in the field",
        "Version 1 of the proposal, asked by Ada Coordinator on November 23, 2026.",
        "Before the season, please",
        "Goals: “Fewer falls”",
        "Area Director, Wilmington Area Office: Dana Director",
        "CSP 04-01-002 X",
    ):
        assert part in said["text"]
    labels = [element["text"]["text"] for element in said["blocks"][-1]["elements"]]
    assert labels == ["Approve", "Return for changes", "Decline", "Show it"]
    assert [a.id for a in list_to_approve(session, "U0DIRECT1", now=NOW)] == [approval.id]
    assert list_to_approve(session, ada.slack_id, now=NOW) == []


def test_an_approval_opens_its_gate_in_the_same_transaction(session, proposed, ada, director, rae):
    """The gate says what is missing before, and is passed once the one needed approved; every card says who did."""
    keep(session, proposed, ada)
    approval = ask(session, proposed, ada)
    post(session)
    assert "field-approval" in open_gates(session, proposed)
    done = decide(session, approval, director)
    assert done.standing == Approved()
    assert open_gates(session, proposed) == {}
    record = session.scalars(select(GateRecord).where(GateRecord.kind == "proposal-approval")).one()
    assert (record.by, record.details["digest"]) == ("Dana Director", approval.digest)
    for message in cards(session, approval):
        assert message.version > message.shown_version
        said = words(session, message)
        assert "This was approved by Dana Director on November 23, 2026, at 9:00 AM" in said["text"]
        assert [e["text"]["text"] for e in said["blocks"][-1]["elements"]] == ["Show it"]
    (news,) = cards(session, approval, "approval-news")
    assert "For Ada Coordinator: what you asked was approved" in words(session, news)["text"]


def test_a_later_version_voids_what_is_open_and_what_was_approved(session, proposed, ada, director):
    """The gate opens again and says what changed; going back to the same words makes the approval count again."""
    keep(session, proposed, ada)
    approval = ask(session, proposed, ada)
    decide(session, approval, director)
    keep(session, proposed, ada, goals="No falls")
    missing = open_gates(session, proposed)["field-approval"]
    assert "Dana Director approved version 1 on November 23, 2026; version 2 changed: Goals." in missing
    again = ask(session, proposed, ada)
    keep(session, proposed, ada)
    assert again.status == ApprovalStatus.SUPERSEDED
    assert open_gates(session, proposed) == {}
    with pytest.raises(
        AlreadyDone, match="This is void: version 3 was kept on November 23, 2026, at 9:00 AM, by Ada Coordinator"
    ):
        decide(session, again, director)


def test_who_saw_an_earlier_version_is_told_what_changed(session, proposed, ada, director):
    """The second card says field by field what is new since the one that reached them."""
    keep(session, proposed, ada)
    first = ask(session, proposed, ada)
    post(session)
    decide(session, first, director, Verdict.RETURN, "Name the trainers")
    keep(
        session, proposed, ada, goals="No falls", trainers="Two of the union", participants=["Local Builders", "Union"]
    )
    second = ask(session, proposed, ada)
    said = words(session, cards(session, second)[0])["text"]
    assert "Changed since version 1, which you saw" in said
    assert "Goals: was “Fewer falls”, now “No falls”" in said
    assert "Trainers: new: “Two of the union”" in said
    assert "Projected participants: added “Union”" in said


def test_a_return_needs_its_reason_and_the_draft_comes_back(session, proposed, ada, director):
    """Nothing is written without a reason; then who asked reads it, and can change and ask again."""
    keep(session, proposed, ada)
    approval = ask(session, proposed, ada)
    for verdict in (Verdict.RETURN, Verdict.DECLINE):
        with pytest.raises(Refused, match="Say why") as raised:
            decide(session, approval, director, verdict, "  ")
        assert raised.value.field == "reason"
    decide(session, approval, director, Verdict.RETURN, "Name the trainers")
    assert (approval.status, approval.ended_why) == ("returned", "Name the trainers")
    (news,) = cards(session, approval, "approval-news")
    said = words(session, news)
    assert "returned by Dana Director on November 23, 2026, at 9:00 AM: Name the trainers" in said["text"]
    assert [e["text"]["text"] for e in said["blocks"][-1]["elements"]] == ["Change and ask again", "Show it"]


def test_nothing_is_asked_out_of_turn(session, proposed, ada, director):
    """Without a proposal nothing is asked; a draft goes to the region only once the proposal is approved."""
    with pytest.raises(Refused, match="no proposal on file"):
        ask(session, proposed, ada)
    draft = {"purpose": Purpose.CONSISTENCY, "subject": "draft", "about": "REG-PHI"}
    keep(session, proposed, ada)
    keep(session, proposed, ada, subject="draft")
    with pytest.raises(GatesOpen, match="Proposal evaluated and approved in the field"):
        ask(session, proposed, ada, **draft)
    decide(session, ask(session, proposed, ada), director)
    review = ask(session, proposed, ada, **draft)
    with pytest.raises(AlreadyDone, match="asked for the review of the draft for programmatic consistency"):
        ask(session, proposed, ada, **draft)
    assert review.about == "REG-PHI"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"purpose": Purpose.NATIONAL_PROPOSAL}, "is asked for at the area level"),
        ({"subject": "draft"}, "is asked for another paper"),
        ({"purpose": Purpose.CONSISTENCY, "subject": "draft", "about": "REG-BOS"}, "Choose the Regional Office"),
        ({"purpose": Purpose.SPECIAL, "subject": "draft", "about": "Nobody"}, "Choose the participant"),
        ({"purpose": Purpose.SOLICITOR, "subject": "draft"}, "only where an administrator asks"),
    ],
)
def test_what_does_not_fit_is_refused(session, proposed, ada, more, why):
    """A purpose of another level, another paper, or about somebody unknown gets one sentence."""
    keep(session, proposed, ada)
    with pytest.raises(Refused, match=why):
        ask(session, proposed, ada, **more)


def test_who_may_not_prepare_may_not_ask(session, field, proposed, ada):
    """A stranger asks for nothing."""
    keep(session, proposed, ada)
    with pytest.raises(NotAllowed, match="record what a signing or a publication needs"):
        ask(session, proposed, field.stranger)


def test_what_one_asked_is_withdrawn_by_who_asked(session, proposed, ada, director):
    """Then nobody is asked any more; somebody else cannot withdraw it."""
    keep(session, proposed, ada)
    approval = ask(session, proposed, ada)
    with pytest.raises(NotAllowed, match="Ada Coordinator asked for this"):
        withdraw_approval(session, approval_id=approval.id, by=director, now=NOW)
    withdraw_approval(session, approval_id=approval.id, by=ada, now=NOW)
    for message in cards(session, approval):
        assert claim_message(session, message.id, now=NOW) is None
        assert message.status == "cancelled"
    with pytest.raises(AlreadyDone, match="This was withdrawn by Ada Coordinator"):
        decide(session, approval, director)
    assert [shown.status for shown in list_asked(session, ada.person_id, now=NOW)] == ["withdrawn"]


def test_a_card_that_reaches_nobody_goes_to_the_channel(session, proposed, ada, director, rae):
    """Where a decider's account is gone, the channel of the seat's office gets the card and says why."""
    for person in session.scalars(select(Person).where(Person.slack_id.in_(["U0DIRECT1", "U0ADMIN01"]))):
        person.unreachable_since, person.unreachable_why, person.probed_at = NOW, "has no account", NOW
    keep(session, proposed, ada)
    approval = ask(session, proposed, ada)
    assert {message.channel for message in cards(session, approval)} == {"C0AREA", "C0REGION"}
    said = words(session, cards(session, approval)[0])
    assert "Dana Director has no account" in said["text"]
    assert "Approve" in str(said["blocks"][-1])


def test_all_approvals_of_a_signed_draft_belong_to_the_agreement(session, proposed, ada, director):
    """The next draft begins with nothing: neither its versions nor its approvals carry over."""
    from operations.approve.drafts import latest_draft  # noqa: PLC0415

    keep(session, proposed, ada)
    decide(session, ask(session, proposed, ada), director)
    keep(session, proposed, ada, subject="draft")
    review = ask(session, proposed, ada, purpose=Purpose.CONSISTENCY, subject="draft", about="REG-PHI")
    close_draft(session, proposed.id, 7, by=ada, now=NOW)
    session.expire_all()
    assert latest_draft(session, proposed.id, "draft") is None
    assert (review.subject, review.status, review.ended_why) == (
        "agreement:7",
        "superseded",
        "the agreement was signed",
    )
    assert session.scalars(select(Approval.subject).where(Approval.status == "approved")).one() == "proposal"
