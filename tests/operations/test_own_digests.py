"""A person's own digest: what is theirs alone, when and as they choose."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.messages import message_words
from models.digests import Digest
from models.duties import Message, MessageKind, NoticeStatus, Obligation
from models.requests import Request
from operations.approve.decide_approval import decide_approval
from operations.approve.keep_draft import keep_draft
from operations.read.message import show_message
from operations.read.own import duties_of_person, people_with_something
from operations.refusals import AlreadyDone, NotAllowed
from operations.remind.ask_decision import ask_decision
from operations.remind.assign_duty import assign_duty
from operations.remind.check_rules import check_rules
from operations.remind.choose_digest import choose_digest, undo_digest
from operations.remind.deliver_message import claim_message
from operations.remind.digest_person import digest_person
from operations.remind.note_outcome import note_gone
from operations.remind.person_schedules import own_schedule, people_to_tell
from operations.remind.waive_duty import waive_duty
from policy.approval import Chain, Seat, Step, Verdict, write_chain
from policy.chains import Purpose
from policy.requests import RequestKind
from policy.rights import Role
from sandbox.block_limits import message_problems
from tests.operations.approving import an_approval
from tests.operations.conftest import NOW, TODAY
from tests.operations.digests import deliver, words_of


@pytest.fixture
def alliance(session, portfolio, field):
    """An alliance whose year ends on December 9, 2026 without a meeting or an evaluation."""
    alliance = portfolio.alliance("La Plaza", field.area)
    check_rules(session, now=NOW)
    return alliance


@pytest.fixture
def mine(session, field, alliance):
    """A duty that is assigned to the coordinator."""
    duty = session.scalars(select(Obligation).where(Obligation.rule == "evaluation")).one()
    assign_duty(
        session, obligation_id=duty.id, person_id=field.coordinator.person_id, by=field.regional_coordinator, now=NOW
    )
    session.flush()
    return duty


def own(session, actor, leaves_out=("offices",), now=NOW):
    """Make a person's digest, if there is anything in it."""
    made = digest_person(session, actor.person_id, leaves_out, now=now)
    return None if made is None else session.get_one(Message, made)


def test_a_person_reads_what_is_assigned_to_them(session, field, mine):
    """By direct message, with its buttons; who has nothing gets none."""
    made = own(session, field.coordinator)
    assert (made.kind, made.channel, made.shows) == (MessageKind.OWN, "U0COORD01", [mine.id])
    text = words_of(session, made)
    assert text.startswith("Ada Coordinator: your digest of Monday, November 23, 2026. 1 open duty.")
    assert "*Assigned to me*" in text
    assert own(session, field.regional_coordinator) is None
    assert own(session, field.stranger, ()) is None


def test_who_has_nothing_of_their_own_is_known_beforehand(session, portfolio, field, mine):
    """All for whom a digest is made are listed: by an assignment, a request, or a wish; nobody else is."""
    boss = portfolio.person("U0BOSS001", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Ben Boss")
    duty = session.scalars(select(Obligation).where(Obligation.rule == "meetings")).first()
    ask_decision(
        session,
        obligation_id=duty.id,
        kind=RequestKind.WAIVE,
        reason="Merged with another.",
        by=field.coordinator,
        now=NOW,
    )
    everyone = [field.coordinator, field.regional_coordinator, field.stranger, boss]
    expected = {field.coordinator.person_id, boss.person_id}
    assert people_with_something(session, now=NOW) == expected
    assert {one.person_id for one in everyone if own(session, one) is not None} == expected
    choose(session, field.regional_coordinator, leaves_out=("later",))
    assert people_with_something(session, now=NOW) == expected | {field.regional_coordinator.person_id}
    assert own(session, field.regional_coordinator, ("later",)) is not None
    session.execute(update(Obligation).values(assigned_to_id=None, assigned_as=None, assigned_by=None))
    session.execute(update(Request).values(status="withdrawn", decided_at=NOW))
    assert people_with_something(session, now=NOW) == {field.regional_coordinator.person_id}


def test_what_waits_for_an_approval_stands_in_ones_own_digest(session, portfolio, field, alliance):
    """First, with its buttons, whatever is left out; once another decided it is rewritten, and unsent not sent."""
    boss = portfolio.person("U0BOSS001", (Role.AREA_DIRECTOR, field.area), name="Ben Boss")
    other = portfolio.person("U0BOSS002", (Role.AREA_DIRECTOR, field.area), name="Bea Boss")
    told = {"alliance": alliance.id, "subject": "draft", "content": {"goals": "Fewer falls"}}
    about = {"by": field.coordinator, "now": NOW}
    draft = keep_draft(session, **told, **about)
    chain = write_chain(Chain((Step("one", "Director", (Seat(Role.AREA_DIRECTOR, field.area.code),), 1),)))
    approval = an_approval(draft, field.coordinator, purpose=Purpose.SPECIAL.value, chain=chain)
    session.add(approval)
    session.flush()
    assert people_with_something(session, now=NOW) == {boss.person_id, other.person_id}
    sent, unsent = own(session, boss), own(session, other)
    assert (sent.shows, unsent.shows) == ([approval.id], [approval.id])
    words = message_words(show_message(session, sent.id, now=NOW))
    assert message_problems(words["blocks"]) == []
    assert "*Waiting for your approval*" in words["text"]
    assert "approve:approval" in str(words["blocks"])
    deliver(session, sent)
    decide_approval(session, approval_id=approval.id, verdict=Verdict.APPROVE, by=boss, now=NOW)
    session.refresh(sent)
    assert sent.version == 2
    words = message_words(show_message(session, sent.id, now=NOW))
    assert "This was approved by Ben Boss" in words["text"]
    assert "approve:approval" not in str(words["blocks"])
    assert claim_message(session, unsent.id, now=NOW) is None


def test_what_is_left_out_is_not_in_it(session, field, mine):
    """Duties of the offices, advisory ones and targets, and what is due later than in 14 days."""
    rows = {row.id: row for row in session.scalars(select(Obligation).where(Obligation.office_id == field.area.id))}
    everything = duties_of_person(session, field.coordinator, (), TODAY, now=NOW)
    assert set(everything) == {id for id, row in rows.items() if row.modality != "permission"}
    strict = duties_of_person(session, field.coordinator, ("targets",), TODAY, now=NOW)
    assert strict
    assert all(rows[id].basis != "office" and rows[id].modality == "mandatory" for id in strict)
    near = duties_of_person(session, field.coordinator, ("later",), TODAY, now=NOW)
    assert max(rows[id].due_on for id in near) <= TODAY + timedelta(days=14) < max(r.due_on for r in rows.values())


def test_what_is_settled_leaves_ones_own_digest(session, portfolio, field, mine):
    """It is rewritten as done; one that was not sent yet, with nothing left in it, is not sent."""
    boss = portfolio.person("U0BOSS001", (Role.AREA_DIRECTOR, field.area), name="Ben Boss")
    sent = own(session, field.coordinator)
    deliver(session, sent)
    later = own(session, field.coordinator, now=NOW + timedelta(days=1))
    waive_duty(session, obligation_id=mine.id, reason="Merged with another.", by=boss, now=NOW)
    session.refresh(sent)
    assert sent.version == 2
    assert "Waived on November 23, 2026 by Ben Boss" in words_of(session, sent)
    assert claim_message(session, later.id, now=NOW) is None
    session.flush()
    session.refresh(later)
    assert later.status == NoticeStatus.CANCELLED


def test_who_has_no_account_gets_none_and_nobody_else_does(session, field, mine):
    """What is a person's own does not go up to a channel; the next is not made until it is time to try again."""
    made = own(session, field.coordinator)
    claim = claim_message(session, made.id, now=NOW)
    assert note_gone(session, claim, error="user_not_found", now=NOW) is False
    assert made.status == NoticeStatus.FAILED
    assert own(session, field.coordinator, now=NOW + timedelta(hours=1)) is None


def choose(session, actor, schedule="30 7 * * 1-5", leaves_out=("later",), now=NOW):
    """Choose when one's digest comes."""
    return choose_digest(
        session, schedule=schedule, timezone="America/Chicago", leaves_out=leaves_out, by=actor, now=now
    )


def schedules(session):
    """Return who is told of what is their own, and when, by Slack id."""
    return {one.slack_id: (one.line, one.timezone, one.leaves_out) for one in people_to_tell(session, now=NOW)}


def test_the_default_is_monday_at_nine_at_the_first_office(session, field, mine):
    """For everybody with a position; who chose something else is told at their time, who wants none never."""
    assert schedules(session)["U0COORD01"] == ("0 9 * * 1", "America/New_York", ("offices",))
    choose(session, field.regional_coordinator)
    assert schedules(session)["U0REGION1"] == ("30 7 * * 1-5", "America/Chicago", ("later",))
    choose(session, field.coordinator, None)
    assert "U0COORD01" not in schedules(session)
    assert own_schedule(session, field.coordinator.person_id, now=NOW) is None


def test_a_choice_is_audited_and_undone_once(session, field):
    """Undo brings the default back; a choice made since stays, and nobody undoes another's."""
    record = choose(session, field.coordinator)
    with pytest.raises(AlreadyDone):
        choose(session, field.coordinator)
    session.commit()
    with pytest.raises(NotAllowed):
        undo_digest(session, record=record, by=field.regional_coordinator, now=NOW)
    undo_digest(session, record=record, by=field.coordinator, now=NOW)
    assert session.get(Digest, field.coordinator.person_id) is None
    with pytest.raises(AlreadyDone):
        undo_digest(session, record=record, by=field.coordinator, now=NOW)


def test_who_holds_no_position_chooses_nothing(session, field):
    """No digest would be made for them."""
    with pytest.raises(NotAllowed, match="You hold no position"):
        choose(session, field.stranger)
