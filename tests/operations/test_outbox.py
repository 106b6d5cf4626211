"""What waits to be delivered, what failed, and what goes out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from models.digests import Digest
from models.duties import Notice, NoticeStatus
from models.offices import Person
from operations.read.outbox import read_outbox
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message
from operations.remind.fold_messages import fold_messages
from operations.remind.note_outcome import note_not_sent, note_sent, note_uncertain
from operations.remind.plan_notices import rewrite_messages
from tests.operations.conftest import NOW, TODAY


@pytest.fixture(autouse=True)
def alliance(session, portfolio, field):
    """An alliance whose meetings fall due on December 9, 2026; all rules are checked."""
    made = portfolio.alliance("La Plaza", field.area)
    check_rules(session, now=NOW)
    return made


def fold(session, field):
    """Make today's message of the area office."""
    return next(iter(fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW)), None)


def in_hand(session):
    """Give state and reason of what waits."""
    return [(message.status, message.why) for message in read_outbox(session, now=NOW).in_hand]


def test_what_was_missed_goes_out_today_and_the_next_stage_on_its_day(session):
    """Each message has its moment on the office's clock, and says each duty once."""
    first, *later = read_outbox(session, now=NOW, days=9).planned
    assert (first.office, first.at.isoformat()) == ("0317300", "2026-11-23T09:00:00-05:00")
    stages = {(s.rule, s.stage) for s in first.said}
    assert ("meetings", "before:30") in stages
    assert len(stages) == len({rule for rule, _ in stages}) == len(first.said)
    assert [p.at.date() for p in later if ("meetings", "before:14") in {(s.rule, s.stage) for s in p.said}] == [
        date(2026, 11, 25)
    ]
    missed = next(s.why for s in first.said if (s.rule, s.stage) == ("meetings", "before:30"))
    assert missed.endswith("caught up on November 23, 2026")


def test_what_lies_beyond_the_days_is_left_out(session):
    """Seven days ahead nothing of the last days of the year is told."""
    assert all(p.at.date() <= TODAY + timedelta(days=7) for p in read_outbox(session, now=NOW).planned)


def test_where_nothing_goes_out_soon_what_comes_next_is_named(session, field):
    """The next message has its moment, office and duties, however far it is; where one goes out it is not asked."""
    assert read_outbox(session, now=NOW).next is None
    fold(session, field)
    session.execute(
        update(Notice).where(Notice.status == "pending", Notice.day < date(2027, 3, 1)).values(status="skipped")
    )
    found = read_outbox(session, now=NOW)
    assert found.planned == ()
    first = session.scalar(select(func.min(Notice.day)).where(Notice.status == "pending"))
    assert (found.next.office, found.next.at.date(), found.next.at.hour) == ("OSHA-NO", first, 9)
    assert found.next.said
    assert read_outbox(session, now=NOW, offices={"0317300"}).next is None


def test_each_state_of_a_message_says_why_it_waits(session, field):
    """Made, in a worker's hands, given back, of unknown outcome, posted, to be rewritten."""
    said = read_outbox(session, now=NOW).planned[0].said
    message_id = fold(session, field)
    session.flush()
    assert in_hand(session) == [(NoticeStatus.PENDING, "it is posted next")]
    claim = claim_message(session, message_id, now=NOW)
    session.flush()
    assert in_hand(session) == [(NoticeStatus.CLAIMED, "a worker has it in hand")]
    note_not_sent(session, claim, now=NOW)
    session.flush()
    assert in_hand(session) == [(NoticeStatus.PENDING, "it is posted next")]
    note_uncertain(session, claim_message(session, message_id, now=NOW), error="timed out", now=NOW)
    session.flush()
    ((_, why),) = in_hand(session)
    assert why.startswith("nobody knows whether it arrived (timed out)")
    note_sent(session, claim_message(session, message_id, now=NOW), ts="1.2", words={"text": "said"}, now=NOW)
    session.flush()
    assert in_hand(session) == []
    rewrite_messages(session, [s.obligation_id for s in said])
    session.flush()
    assert in_hand(session) == [(NoticeStatus.SENT, "a duty in it changed; it is rewritten next")]


def test_what_could_not_be_delivered_is_listed_with_its_reason(session, field):
    """Without any channel the notices fail; they are shown for thirty days."""
    for office in (field.area, field.region, field.national):
        office.channel = None
    session.flush()
    fold(session, field)
    session.flush()
    failed = read_outbox(session, now=NOW).undelivered
    assert {f.why for f in failed} == {"no channel is set for the office or an office above it"}
    assert "meetings" in {s.rule for f in failed for s in f.said}
    assert read_outbox(session, now=NOW + timedelta(days=31)).undelivered == ()


def test_only_the_offices_asked_for(session):
    """Another office's outbox is empty."""
    assert read_outbox(session, now=NOW, offices={"REG-PHI"}).planned == ()
    assert read_outbox(session, now=NOW, offices={"0317300"}).planned != ()


def test_digests_of_the_days_to_come_are_counted(session, field):
    """The week's come with the first run of the next week, to offices with alliances and to who wants one each day."""
    asked = read_outbox(session, now=NOW, days=7).digests
    monday = date(2026, 11, 30)
    assert {(d.on, d.kind) for d in asked if d.kind == "week" and d.on > NOW.date()} == {(monday, "week")}
    person = session.scalars(select(Person).where(Person.slack_id == "U0REGION1")).one()
    daily = {"schedule": "0 9 * * 1-5", "timezone": "America/New_York", "leaves_out": []}
    session.add(Digest(person_id=person.id, changed_at=NOW, **daily))
    session.flush()
    own = [d.on for d in read_outbox(session, now=NOW, days=7).digests if d.kind == "own"]
    assert monday in own
    assert date(2026, 11, 26) not in own, "Thanksgiving"
    week = next(d for d in asked if (d.on, d.kind) == (monday, "week"))
    assert str(week).startswith("November 30, 2026: digests of the week, for")
