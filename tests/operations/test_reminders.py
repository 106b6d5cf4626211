from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models.alliances import Agreement, AllianceOffice, Ending
from models.duties import Message, Notice, Obligation
from models.work import Meeting
from operations.establish.ask_comments import ask_comments
from operations.operate.record_meeting import record_meeting
from operations.read.message import show_message
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import Step, claim_message, waiting_messages
from operations.remind.fold_messages import fold_messages
from operations.remind.note_outcome import note_sent
from operations.remind.steer_reminder import pass_on, snooze_reminder
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY


@pytest.fixture
def alliance(portfolio, field):
    """An alliance whose meetings fall due on December 9, 2026, 16 days from today."""
    return portfolio.alliance("La Plaza", field.area)


def notices(session, rule, **criteria):
    """Read the notices of a rule, in order of day."""
    query = select(Notice).join(Obligation).where(Obligation.rule == rule).order_by(Notice.day)
    return session.scalars(query.filter_by(**criteria)).all()


def meetings_duty(session):
    """Read the one obligation about meetings."""
    return session.scalars(select(Obligation).where(Obligation.rule == "meetings")).one()


def send(session, office, day=TODAY, now=NOW):
    """Fold an office's message of a day and note it as posted."""
    (message_id,) = fold_messages(session, office_id=office.id, day=day, now=now)
    claim = claim_message(session, message_id, now=NOW)
    assert claim.step is Step.POST
    note_sent(session, claim, ts="1763910000.000100", words={"text": "said"}, now=now)
    session.flush()
    return message_id


def hold(session, alliance, field, on, *, held=True):
    """Record a meeting."""
    record_meeting(session, alliance_id=alliance.id, on=on, held=held, format="both", by=field.coordinator, now=NOW)


def test_a_duty_plans_its_stages_once(session, alliance):
    """The first check plans the stages to come and the latest one missed; a second check adds nothing."""
    check_rules(session, now=NOW)
    planned = [(n.stage, n.day) for n in notices(session, "meetings")]
    # December 2 and 8 are working days; 30 days before, November 9, has passed and is caught up.
    assert planned[:4] == [
        ("before:30", date(2026, 11, 9)),
        ("before:14", date(2026, 11, 25)),
        ("before:7", date(2026, 12, 2)),
        ("before:1", date(2026, 12, 8)),
    ]
    check_rules(session, now=NOW)
    assert [(n.stage, n.day) for n in notices(session, "meetings")] == planned


def test_everything_of_an_office_and_a_day_is_one_message(session, portfolio, field, alliance):
    """Two alliances of one office share a message; folding again the same day makes no second one."""
    portfolio.alliance("Second", field.area)
    check_rules(session, now=NOW)
    (message_id,) = fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW)
    shown = show_message(session, message_id, now=NOW)
    assert {duty.alliance for duty in shown.duties} == {"La Plaza", "Second"}
    assert fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW) == []
    assert session.get(Message, message_id).channel == "C0AREA"


def test_an_office_without_a_channel_uses_its_parents(session, field, alliance):
    """The region's channel gets what the area office has no channel for."""
    field.area.channel = None
    check_rules(session, now=NOW)
    (message_id,) = fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW)
    assert session.get(Message, message_id).channel == "C0REGION"


def test_without_any_channel_the_notices_fail_with_the_reason(session, field, alliance):
    """Nothing is lost in silence: the ledger says why it could not be told."""
    for office in (field.area, field.region, field.national):
        office.channel = None
    check_rules(session, now=NOW)
    assert fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW) == []
    failed = notices(session, "meetings", status="failed")
    assert [n.reason for n in failed] == ["no channel is set for the office or an office above it"]


def test_meeting_a_duty_cancels_what_is_unsent_and_rewrites_what_was_sent(session, field, alliance):
    """After the second meeting no stage is pending, and the message waits to be rewritten."""
    check_rules(session, now=NOW)
    message_id = send(session, field.area)
    assert waiting_messages(session, now=NOW) == []
    hold(session, alliance, field, date(2026, 3, 2))
    hold(session, alliance, field, date(2026, 11, 20))
    assert notices(session, "meetings", status="pending") == []
    assert {n.reason for n in notices(session, "meetings", status="cancelled")} == {"met on 2026-11-20"}
    assert waiting_messages(session, now=NOW) == [message_id]
    claim = claim_message(session, message_id, now=NOW)
    assert claim.step is Step.UPDATE
    note_sent(session, claim, ts=claim.ts, words={"text": "done"}, now=NOW)
    session.flush()
    assert waiting_messages(session, now=NOW) == []


def test_planning_a_meeting_rewrites_the_message_with_what_is_still_needed(session, field, alliance):
    """What a message shows of the meetings is held, scheduled and still needed, as the latest record has it."""
    check_rules(session, now=NOW)
    message_id = send(session, field.area)
    hold(session, alliance, field, date(2026, 11, 20))
    hold(session, alliance, field, date(2026, 12, 3), held=False)
    assert waiting_messages(session, now=NOW) == [message_id]
    (year,) = [d.meetings for d in show_message(session, message_id, now=NOW).duties if d.rule == "meetings"]
    assert (year.held, year.scheduled, year.needed, year.risk) == (1, (date(2026, 12, 3),), 0, None)
    (late,) = [
        d.meetings
        for d in show_message(session, message_id, now=NOW + timedelta(days=11)).duties
        if d.rule == "meetings"
    ]
    assert (late.scheduled, late.unrecorded, late.needed) == ((), (date(2026, 12, 3),), 1)


def test_a_change_while_a_message_is_being_rewritten_is_not_lost(session, field, alliance):
    """A second change between claim and note leaves the message waiting for another version."""
    check_rules(session, now=NOW)
    message_id = send(session, field.area)
    hold(session, alliance, field, date(2026, 3, 2))
    claim = claim_message(session, message_id, now=NOW)
    hold(session, alliance, field, date(2026, 11, 20))
    note_sent(session, claim, ts=claim.ts, words={"text": "one held"}, now=NOW)
    session.flush()
    assert waiting_messages(session, now=NOW) == [message_id]


def test_after_days_of_silence_only_the_latest_stage_is_said(session, field, alliance):
    """Two stages that became due while nothing was sent fold into the later one."""
    check_rules(session, now=NOW)
    later = NOW + timedelta(days=10)
    check_rules(session, now=later)
    fold_messages(session, office_id=field.area.id, day=date(2026, 12, 3), now=later)
    said = {n.stage: n.status for n in notices(session, "meetings") if n.day <= date(2026, 12, 3)}
    assert said == {"before:30": "skipped", "before:14": "skipped", "before:7": "pending"}


def test_a_snoozed_duty_is_silent_until_its_day(session, field, alliance):
    """No stage before the chosen day stays, and one on it is planned."""
    check_rules(session, now=NOW)
    row = meetings_duty(session)
    snooze_reminder(session, obligation_id=row.id, until=date(2026, 12, 4), by=field.coordinator, now=NOW)
    pending = [(n.stage, n.day) for n in notices(session, "meetings", status="pending")]
    assert pending[0] == ("snoozed:2026-12-04", date(2026, 12, 4))
    assert ("before:1", date(2026, 12, 8)) in pending


@pytest.mark.parametrize(("until", "words"), [(TODAY, "after today"), (date(2026, 12, 10), "due on December 9, 2026")])
def test_a_snooze_past_the_legal_date_is_refused(session, field, alliance, until, words):
    """Neither today nor a day after the due date can be chosen."""
    check_rules(session, now=NOW)
    with pytest.raises(Refused, match=words):
        snooze_reminder(session, obligation_id=meetings_duty(session).id, until=until, by=field.coordinator, now=NOW)


def test_not_ours_sends_the_reminders_elsewhere(session, field, alliance):
    """After passing on, the stages go to the other office and the old ones are cancelled."""
    check_rules(session, now=NOW)
    row = meetings_duty(session)
    pass_on(session, obligation_id=row.id, office_code="REG-PHI", reason="moved", by=field.coordinator, now=NOW)
    assert {n.recipient for n in notices(session, "meetings", status="pending")} == {"office:REG-PHI"}
    check_rules(session, now=NOW)
    assert row.office_id == field.region.id


@pytest.mark.parametrize("steer", ["snooze", "pass on"])
def test_what_was_sent_says_that_a_duty_was_snoozed_or_passed_on(session, field, alliance, steer):
    """The message that stands in the channel waits to be rewritten."""
    check_rules(session, now=NOW)
    message_id = send(session, field.area)
    named = {"obligation_id": meetings_duty(session).id, "by": field.coordinator, "now": NOW}
    if steer == "snooze":
        snooze_reminder(session, until=date(2026, 12, 4), **named)
    else:
        pass_on(session, office_code="REG-PHI", reason="moved", **named)
    assert waiting_messages(session, now=NOW) == [message_id]


def test_a_duty_snoozed_to_a_weekend_is_said_on_the_working_day_before(session, portfolio, field):
    """It falls due on Saturday, December 12, 2026: Monday would be too late."""
    portfolio.alliance("Saturday", field.area, signed=date(2025, 12, 13))
    check_rules(session, now=NOW)
    row = meetings_duty(session)
    snooze_reminder(session, obligation_id=row.id, until=date(2026, 12, 12), by=field.coordinator, now=NOW)
    pending = notices(session, "meetings", status="pending")
    assert (pending[0].stage, pending[0].day) == ("snoozed:2026-12-12", date(2026, 12, 11))


def test_a_change_of_several_duties_rewrites_every_message_that_shows_one(session, field, alliance):
    """The end of an alliance lifts duties that stand in messages of two days; both wait to be rewritten."""
    check_rules(session, now=NOW)
    for notice in notices(session, "evaluation", stage="before:30"):
        notice.day = date(2026, 11, 24)
    first = send(session, field.area)
    second = send(session, field.area, day=date(2026, 11, 24))
    session.add(Ending(alliance_id=alliance.id, kind="concluded", ended_on=TODAY, reason="goals met"))
    session.flush()
    check_rules(session, now=NOW)
    assert set(waiting_messages(session, now=NOW)) == {first, second}


def test_a_duty_that_is_owed_again_is_said_again(session, field, alliance):
    """Met before its message was posted, and undone: the stage that was cancelled goes into the next message."""
    check_rules(session, now=NOW)
    for notice in session.scalars(select(Notice).join(Obligation).where(Obligation.rule != "meetings")):
        notice.day += timedelta(days=100)
    (cancelled,) = fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW)
    hold(session, alliance, field, date(2026, 3, 2))
    hold(session, alliance, field, date(2026, 11, 20))
    assert claim_message(session, cancelled, now=NOW) is None
    last = session.scalars(select(Meeting).where(Meeting.on_day == date(2026, 11, 20))).one()
    withdraw_record(session, record=f"meeting:{last.id}", by=field.coordinator, now=NOW)
    tomorrow = send(session, field.area, day=date(2026, 11, 24), now=NOW + timedelta(days=1))
    assert tomorrow != cancelled
    (said,) = notices(session, "meetings", status="sent")
    assert (said.stage, said.message_id) == ("before:30", tomorrow)


def test_a_duty_is_not_passed_on_to_an_outside_body(session, portfolio, field, alliance):
    """The form offers none; one that is sent all the same is refused at its field."""
    portfolio.office("SOL", kind="external")
    check_rules(session, now=NOW)
    duty = {"obligation_id": meetings_duty(session).id, "by": field.coordinator, "now": NOW}
    with pytest.raises(Refused, match="choose one of the list") as refused:
        pass_on(session, office_code="SOL", reason="legal", **duty)
    assert refused.value.field == "office"


def test_a_duty_that_came_back_follows_the_lead_office_again(session, portfolio, field, alliance):
    """Passed on and passed back, it goes where the alliance goes when another office takes the lead."""
    check_rules(session, now=NOW)
    row = meetings_duty(session)
    pass_on(session, obligation_id=row.id, office_code="REG-PHI", reason="moved", by=field.coordinator, now=NOW)
    back = {"office_code": field.area.code, "reason": "ours", "by": field.regional_coordinator, "now": NOW}
    pass_on(session, obligation_id=row.id, **back)
    other = portfolio.office("0317500", parent=field.region)
    session.execute(update(AllianceOffice).values(office_id=other.id))
    check_rules(session, now=NOW)
    assert row.office_id == other.id


def test_a_comment_passed_to_the_lead_office_stays_there(session, portfolio, field):
    """It is at home at the office that was asked, not at the one that leads."""
    lead = portfolio.person("U0NATION1", (Role.DCSP_STAFF, field.national))
    draft = portfolio.alliance("National", field.national, level="national")
    asked = {"office_codes": [field.region.code], "asked_on": TODAY, "by": lead, "now": NOW}
    ask_comments(session, alliance_id=draft.id, **asked)
    row = session.scalars(select(Obligation).where(Obligation.rule == "draft-comment")).one()
    assert (row.office_id, row.passed_on) == (field.region.id, False)
    pass_on(session, obligation_id=row.id, office_code=field.national.code, reason="theirs", by=lead, now=NOW)
    assert (row.office_id, row.passed_on) == (field.national.id, True)
    pass_on(session, obligation_id=row.id, office_code=field.region.code, reason="back", by=lead, now=NOW)
    assert (row.office_id, row.passed_on) == (field.region.id, False)


def test_a_settled_duty_answers_who_settled_it(session, field, alliance):
    """A snooze on something that is done says who did it and when."""
    hold(session, alliance, field, date(2026, 3, 2))
    hold(session, alliance, field, date(2026, 11, 20))
    with pytest.raises(AlreadyDone, match="met on November 20, 2026 by Ada Coordinator"):
        snooze_reminder(
            session,
            obligation_id=meetings_duty(session).id,
            until=date(2026, 12, 1),
            by=field.coordinator,
            now=NOW,
        )


def test_a_broken_lease_is_looked_for_before_it_is_posted_again(session, field, alliance):
    """A claim that ran out says: look in the channel first."""
    check_rules(session, now=NOW)
    (message_id,) = fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW)
    assert claim_message(session, message_id, now=NOW).step is Step.POST
    assert claim_message(session, message_id, now=NOW) is None
    session.flush()
    session.get(Message, message_id).claimed_until = NOW - timedelta(days=400)
    session.flush()
    assert claim_message(session, message_id, now=NOW).step is Step.LOOK_THEN_POST


def test_a_check_that_finds_nothing_new_writes_nothing(session, field, alliance):
    """The second check of unchanged records leaves every obligation as it was."""
    check_rules(session, now=NOW)
    before = {row.id: row.changed_at for row in session.scalars(select(Obligation))}
    check_rules(session, now=NOW + timedelta(hours=1))
    assert {row.id: row.changed_at for row in session.scalars(select(Obligation))} == before


def test_a_corrected_date_lifts_the_duty_that_it_caused(session, field, alliance):
    """When the signing date was wrong, the duties of the wrong year are lifted and those of the right one open."""
    check_rules(session, now=NOW)
    wrong = meetings_duty(session)
    alliance_agreement = session.scalars(select(Agreement).where(Agreement.alliance_id == alliance.id)).one()
    alliance_agreement.signed_on = date(2025, 12, 20)
    check_rules(session, now=NOW)
    assert (wrong.settled, wrong.reason) == ("lifted", "the records no longer ask for it")
    right = session.scalars(select(Obligation).where(Obligation.rule == "meetings", Obligation.settled.is_(None))).one()
    assert right.due_on == date(2026, 12, 19)
