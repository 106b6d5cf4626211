"""What is late climbs: said in its thread, to the official above, to the National Office."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, update

from models.alliances import AllianceOffice
from models.audit import AuditEntry
from models.duties import Notice, Obligation
from models.offices import Person, Position
from models.work import Meeting
from operations.operate.record_meeting import record_meeting
from operations.read.message import show_message
from operations.records.withdraw_record import withdraw_record
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import waiting_messages
from operations.remind.steer_reminder import pass_on
from policy.rights import Role
from sandbox.block_limits import message_problems, message_too_long
from tests.operations.conftest import NOW
from tests.operations.escalating import PLUS_1, PLUS_7, PLUS_30, at, deliver_all, duty, notices, ring

#: The meetings of the alliance fall due on this Wednesday; these are the days of its stages afterwards.
DUE = date(2026, 12, 9)


@pytest.fixture
def alliance(portfolio, field):
    """An alliance whose meetings and evaluation fall due on December 9, 2026."""
    return portfolio.alliance("La Plaza", field.area, signed=date(2025, 12, 10), level="regional")


@pytest.fixture
def official(portfolio, field):
    """Who is above the area office: the coordinator of its region, whom the field has already."""
    return field.regional_coordinator


def test_each_stage_names_its_recipients(session, field, alliance):
    """A day late the office hears of it, after seven the official too, after thirty and again the National Office."""
    check_rules(session, now=at(PLUS_30))
    session.execute(update(Notice).values(status="cancelled"))
    check_rules(session, now=at(DUE))
    assert set(notices(session, PLUS_1)) == {"office:0317300"}
    assert set(notices(session, PLUS_7)) == {"office:0317300", "official:REG-PHI"}
    assert set(notices(session, PLUS_30)) == {"office:0317300", "office:OSHA-NO"}


def test_what_is_late_is_said_in_the_thread_of_the_first_reminder(session, field, alliance):
    """Reminded twice before the day, the office gets each escalation as a reply to the first reminder."""
    (first,) = ring(session, field.area, day=date(2026, 11, 25))
    ring(session, field.area, day=date(2026, 12, 2))
    (reply,) = ring(session, field.area, day=PLUS_1)
    assert (first.kind, reply.kind, reply.parent_id, reply.channel) == ("reminder", "reply", first.id, "C0AREA")
    text = reply.words["text"]
    assert "overdue by 1 day" in text
    assert "<@U0COORD01> (Alliance Coordinator, Wilmington Area Office) owes it." in text
    assert "IX.B.2" in text


def test_one_reply_for_all_duties_of_a_thread(session, portfolio, field, alliance):
    """Two alliances that share their first reminder share its thread and the reply of the day."""
    portfolio.alliance("Second", field.area, signed=date(2025, 12, 10), level="regional")
    ring(session, field.area, day=date(2026, 11, 25))
    (reply,) = ring(session, field.area, day=PLUS_1)
    assert {d.alliance for d in show_message(session, reply.id, now=NOW).duties} == {"La Plaza", "Second"}


def test_never_reminded_it_goes_into_the_message_of_the_day(session, field, alliance):
    """Without a first reminder the escalation becomes it, and the next one answers it."""
    (first,) = ring(session, field.area, day=PLUS_1)
    assert first.kind == "reminder"
    (reply,) = ring(session, field.area, day=PLUS_7)
    assert reply.parent_id == first.id


def test_a_change_of_channel_begins_a_new_thread(session, field, alliance):
    """What stands in the old channel is not answered there: the office does not look at it any more."""
    ring(session, field.area, day=date(2026, 11, 25))
    field.area.channel = "C0NEW"
    (new,) = ring(session, field.area, day=PLUS_1)
    assert (new.kind, new.channel) == ("reminder", "C0NEW")


def test_the_official_above_is_written_to_directly(session, field, alliance, official):
    """After seven days the region's coordinator gets a direct message; the reply says so, with the person's name."""
    ring(session, field.area, day=date(2026, 11, 25))
    reply, direct = ring(session, field.area, field.region, day=PLUS_7)
    assert (direct.kind, direct.channel) == ("direct", f"D{official.slack_id}")
    assert "Now also told, 7 days after its due date: <@U0REGION1> (Regional Alliance" in reply.words["text"]
    said = direct.words["text"]
    assert "You are told 7 days after its due date, as Regional Alliance Program Coordinator, Office REG-PHI." in said


def test_an_officials_duties_of_a_day_are_one_message(session, portfolio, field, official):
    """Two area offices of a region are late on the same day: their coordinator hears of both at once."""
    other = portfolio.office("0317500", parent=field.region, channel="C0OTHER")
    for name, office in (("One", field.area), ("Two", other)):
        portfolio.alliance(name, office, signed=date(2025, 12, 10), level="regional")
    made = ring(session, field.area, other, field.region, day=PLUS_7)
    (direct,) = [m for m in made if m.kind == "direct"]
    assert {d.alliance for d in show_message(session, direct.id, now=NOW).duties} == {"One", "Two"}


@pytest.mark.parametrize("who", ["designee", "nobody"])
def test_an_empty_position(session, portfolio, field, alliance, who):
    """Nobody in the position: its designee is told; no designee either: the channel of the office where it is."""
    session.execute(update(Position).where(Position.role == Role.REGIONAL_COORDINATOR).values(held_until=PLUS_1))
    if who == "designee":
        portfolio.person("U0DESIGNEE")
        ids = dict(session.execute(select(Person.slack_id, Person.id)).all())
        held = {"office_id": field.region.id, "role": Role.REGIONAL_COORDINATOR.value, "held_from": PLUS_1}
        session.add(Position(person_id=ids["U0DESIGNEE"], acting_for_id=ids["U0REGION1"], **held))
    (told,) = ring(session, field.region, day=PLUS_7)
    if who == "designee":
        assert (told.kind, told.channel) == ("direct", "DU0DESIGNEE")
    else:
        assert (told.kind, told.channel) == ("reminder", "C0REGION")
        assert "nobody in that position can be written to" in told.words["text"]
        assert "Passed on" not in told.words["text"]


def test_the_national_office_hears_of_it_in_its_channel(session, field, alliance):
    """After thirty days a row in the National Office's message of the day names the office that owes it."""
    reminder, national = ring(session, field.area, field.national, day=PLUS_30)
    assert (national.kind, national.channel) == ("reminder", "C0NATIONAL")
    assert "Wilmington Area Office) owes it. The National Office is told 30 days" in national.words["text"]
    assert "Office OSHA-NO, in its channel" in reminder.words["text"]


def test_the_national_office_as_owner_gets_no_second_row(session, portfolio, field):
    """Its own late duty: the director of OOSA after seven days, and after thirty one row, its own."""
    portfolio.person("U0DIRECT1", (Role.OOSA_DIRECTOR, field.national))
    portfolio.alliance("National", field.national, level="national", signed=date(2025, 12, 10))
    made = ring(session, field.national, day=PLUS_7)
    assert {(m.kind, m.channel) for m in made} == {("reminder", "C0NATIONAL"), ("direct", "DU0DIRECT1")}
    (reply,) = ring(session, field.national, day=PLUS_30)
    assert reply.kind == "reply"
    assert notices(session, PLUS_30) == {"office:OSHA-NO": "sent"}


def test_owner_and_official_the_same_person(session, portfolio, field, alliance):
    """Who coordinates both the alliance and the region is told as the official too, and mentioned once."""
    ids = dict(session.execute(select(Person.slack_id, Person.id)).all())
    session.execute(update(Position).values(person_id=ids["U0COORD01"]))
    made = ring(session, field.area, field.region, day=PLUS_7)
    assert [(m.kind, m.channel) for m in made] == [("reminder", "C0AREA"), ("direct", "DU0COORD01")]
    assert made[0].words["text"].count("<@U0COORD01>") == 1


def test_a_region_without_administrator_hears_of_its_own_duty_once(session, portfolio, field):
    """The official would be told in the channel that hears of it anyway."""
    portfolio.alliance("Regional", field.region, level="regional", signed=date(2025, 12, 10))
    (only,) = ring(session, field.region, day=PLUS_7)
    assert (only.kind, only.channel) == ("reminder", "C0REGION")
    assert notices(session, PLUS_7) == {"office:REG-PHI": "sent", "official:REG-PHI": "skipped"}


def test_meeting_the_duty_rewrites_every_copy(session, field, alliance):
    """Reminder, reply, direct message and the National Office's row all say that it is done."""
    all_three = (field.area, field.region, field.national)
    made = [m for day in (date(2026, 11, 25), PLUS_7, PLUS_30) for m in ring(session, *all_three, day=day)]
    assert [m.kind for m in made] == ["reminder", "reply", "direct", "reply", "reminder"]
    meet_twice(session, alliance, field, at(PLUS_30))
    assert set(waiting_messages(session, now=NOW)) == {m.id for m in made}
    deliver_all(session, at(PLUS_30))
    assert all("Done on" in m.words["text"] for m in made)
    assert notices(session, date(2026, 12, 2))["office:0317300"] == "skipped"
    later = select(Notice.status).join(Obligation).where(Obligation.due_on == DUE, Notice.day > PLUS_30)
    assert set(session.scalars(later.where(Obligation.rule == "meetings"))) == {"cancelled"}


def test_a_duty_owed_again_is_answered_in_its_thread_again(session, field, alliance):
    """Met and undone: the next stage goes under the first reminder as before."""
    (first,) = ring(session, field.area, day=date(2026, 11, 25))
    meet_twice(session, alliance, field, at(date(2026, 11, 27)))
    last = session.scalars(select(Meeting).order_by(Meeting.id.desc())).first()
    withdraw_record(session, record=f"meeting:{last.id}", by=field.coordinator, now=at(date(2026, 11, 30)))
    (reply,) = ring(session, field.area, day=PLUS_1)
    assert reply.parent_id == first.id


@pytest.mark.parametrize("how", ["passed on", "another lead"])
def test_another_office_begins_its_own_thread(session, portfolio, field, alliance, how):
    """The new office has not been reminded: its first message is a reminder, and the old one's thread is left."""
    ring(session, field.area, day=date(2026, 11, 25))
    other = portfolio.office("0317500", parent=field.region, channel="C0OTHER")
    if how == "passed on":
        passed = {"office_code": other.code, "reason": "moved", "by": field.coordinator, "now": at(DUE)}
        pass_on(session, obligation_id=duty(session).id, **passed)
    else:
        session.execute(update(AllianceOffice).values(office_id=other.id))
    made = ring(session, field.area, other, field.region, day=PLUS_7)
    assert [(m.kind, m.channel) for m in made] == [("reminder", "C0OTHER"), ("direct", "DU0REGION1")]


def test_two_offices_in_one_channel_have_their_own_threads(session, portfolio, field, alliance):
    """Each gets its reminder and its reply, though the channel is the same."""
    other = portfolio.office("0317500", parent=field.region, channel="C0AREA")
    portfolio.alliance("Other", other, signed=date(2025, 12, 10), level="regional")
    first = ring(session, field.area, other, day=date(2026, 11, 25))
    replies = ring(session, field.area, other, day=PLUS_1)
    assert [r.parent_id for r in replies] == [m.id for m in first]
    assert {m.channel for m in first + replies} == {"C0AREA"}


def test_after_downtime_only_the_latest_stage_is_said_to_anybody(session, field, alliance):
    """Thirty days late nobody is told that it was seven days late: one catch-up, the others skipped with a reason."""
    check_rules(session, now=at(DUE))
    ring(session, field.area, field.region, field.national, day=PLUS_30)
    assert notices(session, PLUS_7) == {"office:0317300": "skipped", "official:REG-PHI": "skipped"}
    reasons = select(Notice.reason).where(Notice.day == PLUS_7, Notice.recipient == "official:REG-PHI")
    assert "overtaken by after:30 before it could be sent" in session.scalars(reasons).all()


def test_an_escalation_of_sixty_duties_fits(session, portfolio, field):
    """A reply about sixty alliances is within Slack's limits, and counts them all."""
    for number in range(60):
        portfolio.alliance(f"Alliance {number}", field.area, signed=date(2025, 12, 10), level="regional")
    ring(session, field.area, day=date(2026, 11, 25))
    (reply,) = ring(session, field.area, day=PLUS_1)
    blocks = reply.words["blocks"]
    assert message_problems(blocks) == []
    assert not message_too_long(blocks)
    assert "60 duties to act on, 60 overdue." in reply.words["text"]


def test_each_change_of_a_notice_is_in_the_audit(session, field, alliance):
    """Claimed, sent, and cancelled with the reason: one entry a step, naming the notices."""
    ring(session, field.area, day=date(2026, 11, 25))
    meet_twice(session, alliance, field, at(date(2026, 11, 27)))
    session.commit()
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action.like("notice:%")).order_by(AuditEntry.seq)
    ).all()
    of_meetings = {str(id) for id in session.scalars(select(Notice.id).where(Notice.obligation_id == duty(session).id))}
    told = [
        (e.action, len(of_meetings & set(e.data["notices"]))) for e in entries if of_meetings & set(e.data["notices"])
    ]
    assert [action for action, _ in told] == ["notice:skipped", "notice:claimed", "notice:sent", "notice:cancelled"]
    assert any(e.action == "notice:cancelled" and e.data["reason"] == "met on 2026-11-27" for e in entries)


def meet_twice(session, alliance, field, now):
    """Record the two meetings of the agreement year."""
    for on in (date(2026, 3, 2), min(DUE, now.date())):
        record_meeting(session, alliance_id=alliance.id, on=on, held=True, format="both", by=field.coordinator, now=now)
