"""What cannot be delivered goes up to the next office's channel, or waits until one is set."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models.duties import Message, Notice, Obligation
from models.offices import Person
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message
from operations.remind.fold_messages import fold_messages
from operations.remind.note_outcome import note_gone, note_not_sent
from operations.remind.out_of_reach import mark
from policy.rights import Role
from tests.operations.conftest import NOW
from tests.operations.escalating import PLUS_1, PLUS_7, at, deliver_all, duty, notices, ring


@pytest.fixture
def alliance(portfolio, field):
    """An alliance whose meetings and evaluation fall due on December 9, 2026."""
    return portfolio.alliance("La Plaza", field.area, signed=date(2025, 12, 10), level="regional")


def gone(session, message, error, now):
    """Let Slack refuse a message because its channel or person is gone."""
    claim = claim_message(session, message.id, now=now)
    return note_gone(session, claim, error=error, now=now)


def fold(session, office, day):
    """Check and fold one office's day without delivering it."""
    check_rules(session, now=at(day))
    return [session.get_one(Message, id) for id in fold_messages(session, office_id=office.id, day=day, now=at(day))]


def test_a_message_climbs_until_a_channel_takes_it(session, field, alliance):
    """Area archived, region closed: it lands with the National Office and says for whom it is and why it is there."""
    (message,) = fold(session, field.area, date(2026, 11, 25))
    now = at(date(2026, 11, 25))
    assert gone(session, message, "is_archived", now)
    assert message.channel == "C0REGION"
    assert gone(session, message, "not_in_channel", now)
    deliver_all(session, now)
    assert (message.channel, message.status) == ("C0NATIONAL", "sent")
    here = "This is for Wilmington Area Office. It came here because the channel of Wilmington Area Office is archived."
    assert here in message.words["text"]
    assert (field.area.unreachable_why, field.region.unreachable_since) == ("is archived", now)


def test_nobody_left_fails_and_comes_back_when_a_channel_is_set(session, field, alliance):
    """At the end of the ladder the notices fail; once a channel is set the next message of the office says them."""
    field.region.channel = field.national.channel = None
    (message,) = fold(session, field.area, date(2026, 11, 25))
    assert not gone(session, message, "is_archived", at(date(2026, 11, 25)))
    assert (message.status, notices(session, date(2026, 11, 25))["office:0317300"]) == ("failed", "failed")
    field.area.channel = "C0NEW"
    again = fold(session, field.area, date(2026, 11, 27))
    deliver_all(session, at(date(2026, 11, 27)))
    assert [(m.channel, m.status) for m in again] == [("C0NEW", "sent")]
    assert notices(session, date(2026, 11, 25))["office:0317300"] == "sent"


def test_a_marked_channel_is_left_alone_for_a_day_and_then_tried_again(session, field, alliance):
    """The same day's messages go straight up; the next day's tries the channel, and its success takes the mark away."""
    (message,) = fold(session, field.area, date(2026, 11, 25))
    gone(session, message, "is_archived", at(date(2026, 11, 25)))
    deliver_all(session, at(date(2026, 11, 25)))
    session.execute(update(Message).values(day=date(2026, 11, 24)))
    again = fold_messages_of_late_notice(session, field)
    assert again.channel == "C0REGION"
    (probe,) = fold(session, field.area, date(2026, 12, 2))
    assert probe.channel == "C0AREA"
    deliver_all(session, at(date(2026, 12, 2)))
    assert field.area.unreachable_since is None


def fold_messages_of_late_notice(session, field):
    """Let one more notice become due on November 25 in the afternoon, and fold it."""
    of_meetings = Notice.obligation_id == duty(session).id
    notice = session.scalars(select(Notice).where(Notice.stage == "before:7", of_meetings)).one()
    notice.day = date(2026, 11, 25)
    session.flush()
    now = at(date(2026, 11, 25)) + timedelta(hours=5)
    (made,) = fold_messages(session, office_id=field.area.id, day=date(2026, 11, 25), now=now)
    return session.get_one(Message, made)


def test_an_official_who_left_slack(session, field, alliance):
    """The direct message goes to the channel of the official's office, for whom it says it is; the person is marked."""
    check_rules(session, now=at(PLUS_7))
    (direct,) = [m for m in fold(session, field.region, PLUS_7) if m.kind == "direct"]
    gone(session, direct, "user_disabled", at(PLUS_7))
    deliver_all(session, at(PLUS_7))
    assert (direct.kind, direct.channel) == ("direct", "C0REGION")
    why = "This is for Person U0REGION1, Office REG-PHI. It came here because Person U0REGION1 has a Slack account"
    assert why in direct.words["text"]
    person = session.scalars(select(Person).where(Person.slack_id == "U0REGION1")).one()
    assert person.unreachable_why == "has a Slack account that is deactivated"


def test_the_next_in_the_position_is_told_when_the_first_left_slack(session, portfolio, field, alliance):
    """Who is marked is passed over as long as somebody else holds the position."""
    portfolio.person("U0SECOND1", (Role.REGIONAL_COORDINATOR, field.region))
    first = session.scalars(select(Person).where(Person.slack_id == "U0REGION1")).one()
    mark(session, [first], "user_disabled", now=NOW)
    (direct,) = ring(session, field.region, day=PLUS_7)
    assert direct.channel == "DU0SECOND1"


def test_a_reply_that_climbs_stands_on_its_own(session, field, alliance):
    """In the region's channel there is no such thread to answer."""
    ring(session, field.area, day=date(2026, 11, 25))
    (reply,) = fold_rule(session, field.area, PLUS_1)
    claim = claim_message(session, reply.id, now=at(PLUS_1))
    assert claim.thread_ts is not None
    note_not_sent(session, claim, now=at(PLUS_1))
    gone(session, reply, "is_archived", at(PLUS_1))
    claim = claim_message(session, reply.id, now=at(PLUS_1))
    assert (claim.channel, claim.thread_ts) == ("C0REGION", None)


def fold_rule(session, office, day):
    """Fold what is to be said of meetings, and nothing else."""
    check_rules(session, now=at(day))
    session.execute(
        update(Notice)
        .where(
            Notice.obligation_id.in_(select(Obligation.id).where(Obligation.rule != "meetings")),
            Notice.status == "pending",
        )
        .values(status="skipped")
    )
    return [session.get_one(Message, id) for id in fold_messages(session, office_id=office.id, day=day, now=at(day))]
