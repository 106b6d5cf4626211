"""What the tests of escalations do again and again: let days pass, deliver, read the notices."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from bot.messages import reminder_message
from models.duties import Message, Notice, Obligation
from operations.read.message import show_message
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message, waiting_messages
from operations.remind.fold_messages import fold_messages
from operations.remind.note_outcome import Sent, note_all_sent
from tests.operations.conftest import NOW

PLUS_1, PLUS_7, PLUS_30 = date(2026, 12, 10), date(2026, 12, 16), date(2027, 1, 8)


def at(day):
    """Return nine o'clock in New York on a day of winter."""
    return NOW.replace(year=day.year, month=day.month, day=day.day)


def ring(session, *offices, day, alone="meetings"):
    """Check the rules, fold the messages of a day for these offices, deliver all; return them by kind and place."""
    now = at(day)
    check_rules(session, now=now)
    for notice in session.scalars(select(Notice).join(Obligation).where(Obligation.rule != alone)):
        # The tests are about one duty.
        if notice.status == "pending":
            notice.status = "skipped"
    session.flush()
    made = [id for office in offices for id in fold_messages(session, office_id=office.id, day=day, now=now)]
    deliver_all(session, now)
    return [session.get_one(Message, id) for id in made]


def deliver_all(session, now):
    """Post or rewrite what waits, as if Slack took it."""
    for message_id in waiting_messages(session, now=now):
        claim = claim_message(session, message_id, now=now)
        if claim is not None:
            words = reminder_message(show_message(session, message_id, now=now))
            channel = f"D{claim.channel}" if claim.to_person else claim.channel
            ts = claim.ts or f"{now.timestamp():.0f}.{message_id.int % 10**6:06}"
            note_all_sent(session, [Sent(claim, channel, ts, words)], now=now)
    session.flush()


def duty(session, rule="meetings"):
    """Read the one obligation of a rule."""
    return session.scalars(select(Obligation).where(Obligation.rule == rule)).one()


def notices(session, day):
    """Read recipient and state of the notices about meetings on a day."""
    rows = select(Notice).join(Obligation).where(Obligation.rule == "meetings", Notice.day == day)
    return {notice.recipient: notice.status for notice in session.scalars(rows)}
