"""Note what came of messages that were claimed: the second of two transactions, after Slack was called."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, DateTime, Integer, Interval, String, Uuid, any_, bindparam, column, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from models import audit
from models.duties import Message, MessageKind, NoticeStatus
from models.offices import Office, Person
from operations.remind.deliver_message import IN_LINE, LEASE, Claim, Step, change_notices_of
from operations.remind.hold_message import Hold, put_off
from operations.remind.list_undeliverable import lists_of_the_day
from operations.remind.out_of_reach import DELIVERY, NO_REACH, find_address, is_marked, mark, offices_with, unmark
from operations.remind.plan_notices import announce, ask_for_rewrite


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that stands in a channel with these words."""

    claim: Claim
    channel: str
    ts: str
    words: dict[str, Any]


def note_sent(session: Session, claim: Claim, *, ts: str, words: dict[str, Any], now: datetime) -> None:
    """Note that a message stands in the channel with these words."""
    note_all_sent(session, [Sent(claim, claim.channel, ts, words)], now=now)


def note_all_sent(
    session: Session,
    sent: Sequence[Sent],
    *,
    now: datetime,
    given_back: Sequence[Claim] = (),
    claimed_anew: Sequence[Claim] = (),
) -> None:
    """Note which messages of a batch stand in their channels; the others are given back, or their leases begin anew."""
    claims = {each.claim.message_id: each.claim for each in sent}
    back = sent and is_marked(session, {claim.channel for claim in claims.values()})
    if back:
        _lock_addresses(session, claims.values(), marked=True)
    lists = lists_of_the_day(session, now=now) if back else []
    # In the order in which everybody locks them.
    session.execute(_LOCK, {"ids": [*claims, *lists, *(claim.message_id for claim in [*given_back, *claimed_anew])]})
    if claimed_anew:
        session.execute(_RENEW, {"ids": [claim.message_id for claim in claimed_anew], "lease": LEASE})
    for claim in given_back:
        # It was not tried this time: what was unknown of it before still is.
        unknown = claim.step is Step.LOOK_THEN_POST
        _give_back(session, claim, NoticeStatus.UNCERTAIN if unknown else NoticeStatus.PENDING, now=now)
    if not sent:
        return
    first = [claim for claim in claims.values() if claim.step is not Step.UPDATE]
    rows = session.execute(_SENT, {"now": now, "sent": [_plain(each) for each in sent]}).all()
    if back:
        _mark_reached(session, [*claims.values()], now=now)
    change_notices_of(session, first, NoticeStatus.SENT, now=now)
    for row in rows:
        if row.version > row.shown_version:
            announce(session, row.id)
        audit.record(
            session,
            at=now,
            actor=DELIVERY,
            action="message:rewritten" if claims[row.id].step is Step.UPDATE else "message:sent",
            subject=f"message:{row.id}",
            data={"office": row.office_id, "day": row.day, "channel": row.channel, "ts": row.ts},
        )
    # Made with the first messages of the day, they may have been read before one of those arrived.
    ask_for_rewrite(session, lists)


def _plain(sent: Sent) -> dict[str, Any]:
    claim = sent.claim
    return {
        "id": str(claim.message_id),
        "channel": sent.channel,
        "ts": sent.ts,
        "words": sent.words,
        "version": claim.version,
    }


def _lock_addresses(session: Session, claims: Collection[Claim], *, marked: bool = False) -> None:
    """Lock the offices and people that messages go to, before the messages, as changed settings and folding do."""
    offices_with(session, {claim.channel for claim in claims if not claim.to_person}, marked=marked)
    people = select(Person.id).where(Person.slack_id.in_({claim.channel for claim in claims if claim.to_person}))
    session.execute(people.order_by(Person.id).with_for_update(key_share=True))


def _mark_reached(session: Session, claims: Sequence[Claim], *, now: datetime) -> None:
    """Note that channels and people can be reached again, where they could not."""
    channels = {claim.channel for claim in claims if not claim.to_person}
    unmark(session, offices_with(session, channels, marked=True), now=now)
    people = {claim.channel for claim in claims if claim.to_person}
    unmark(session, session.scalars(select(Person).where(Person.slack_id.in_(people))), now=now)


def note_uncertain(
    session: Session, claim: Claim, *, error: str, now: datetime, lease: timedelta | None = None
) -> None:
    """Note that nobody knows whether the post arrived; it is looked for before anything is posted again.

    Until what is left of its lease is that of a dead worker, whoever asks finds it taken: it may be on its way.
    """
    _give_back(session, claim, NoticeStatus.UNCERTAIN, now=now, error=error, lease=lease)


def note_refused(session: Session, claim: Claim, *, error: str, now: datetime) -> None:
    """Note that Slack refused for good, such as an archived channel."""
    message = _hold(session, claim)
    message.claimed_until, message.error = None, error
    if message.ts is None:
        message.status = NoticeStatus.FAILED.value
        change_notices_of(session, [claim], NoticeStatus.FAILED, now=now, reason=f"Slack refused: {error}")
    else:
        # What stands in the channel can no longer be changed: trying again would change nothing.
        message.shown_version = claim.version
        if error == "message_not_found":
            message.gone_at = now
    audit.record(
        session,
        at=now,
        actor=DELIVERY,
        action="message:refused",
        subject=f"message:{message.id}",
        data={"channel": message.channel, "error": error},
    )


def note_gone(session: Session, claim: Claim, *, error: str, now: datetime) -> bool:
    """Send a message that certainly was not posted up the ladder: its channel or person is gone.

    Returns whether there was somewhere to go; else it has failed. Who is gone is marked, so that what comes later
    goes straight up.
    """
    _lock_addresses(session, [claim])
    message = _hold(session, claim)
    message.claimed_until, message.error = None, error
    office = session.get_one(Office, message.office_id)
    person = _person_of(session, message)
    mark(session, offices_with(session, [message.channel]) if person is None else [person], error, now=now)
    session.flush()
    # What is a person's own goes to nobody else.
    own = message.kind == MessageKind.OWN
    address = None if own else find_address(session, office, now=now, probe=False)
    if address is None:
        message.status = NoticeStatus.FAILED.value
        change_notices_of(session, [claim], NoticeStatus.FAILED, now=now, reason=NO_REACH)
    else:
        gone = address.climbed_why if person is None else f"{person.name} {person.unreachable_why}"
        message.channel, message.climbed_why = address.channel, message.climbed_why or gone
        message.status = NoticeStatus.PENDING.value
        change_notices_of(session, [claim], NoticeStatus.PENDING, now=now)
    audit.record(
        session,
        at=now,
        actor=DELIVERY,
        action="message:climbed",
        subject=f"message:{message.id}",
        data={"from": claim.channel, "to": address and address.channel, "error": error},
    )
    return address is not None


def note_thread_gone(session: Session, claim: Claim, *, now: datetime) -> None:
    """Give a reply back whose thread is no longer there: it stands on its own then, and so do those to come."""
    parent_id = session.scalar(select(Message.parent_id).where(Message.id == claim.message_id))
    # Both at once, in the order in which everybody locks them.
    session.execute(_LOCK, {"ids": [claim.message_id, parent_id]})
    session.get_one(Message, parent_id, populate_existing=True).gone_at = now
    note_not_sent(session, claim, now=now)


def note_paced(session: Session, work: Claim) -> None:
    """Note that a message waits for its turn."""
    first = Message.error.is_distinct_from(IN_LINE)
    session.execute(update(Message).where(Message.id == work.message_id, first).values(error=IN_LINE))


def note_not_sent(session: Session, claim: Claim, *, now: datetime, error: str | None = None) -> None:
    """Give a message back that certainly was not posted, such as after Slack asked to wait."""
    _give_back(session, claim, NoticeStatus.PENDING, now=now, error=error)


def note_held(session: Session, claim: Claim, hold: Hold, *, now: datetime) -> None:
    """Give a message back that certainly was not posted, and is not to be before a moment."""
    note_not_sent(session, claim, now=now)
    put_off(session, claim.message_id, hold, now=now)


def _give_back(
    session: Session,
    claim: Claim,
    status: NoticeStatus,
    *,
    now: datetime,
    error: str | None = None,
    lease: timedelta | None = None,
) -> None:
    message = _hold(session, claim)
    message.claimed_until, message.error = None if lease is None else func.clock_timestamp() + lease, error
    if message.ts is None:
        message.status = status.value
        change_notices_of(session, [claim], status, now=now)


def _person_of(session: Session, message: Message) -> Person | None:
    """Return the person a message goes to, as long as it has not gone up the ladder or arrived."""
    person = None if message.person_id is None else session.get_one(Person, message.person_id)
    return person if person is not None and person.slack_id == message.channel else None


def _hold(session: Session, claim: Claim) -> Message:
    return session.scalars(_THIS, {"id": claim.message_id}).one()


#: Made once, as they are asked for with every message.
_THIS = select(Message).where(Message.id == bindparam("id")).execution_options(populate_existing=True).with_for_update()
_THESE = Message.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
_LOCK = select(Message.id).where(_THESE).order_by(Message.id).with_for_update()
_RENEW = (
    update(Message)
    .where(_THESE)
    .values(claimed_until=func.clock_timestamp() + bindparam("lease", type_=Interval))
    .execution_options(synchronize_session=False)
)
_STANDING = (
    func.jsonb_to_recordset(bindparam("sent", type_=JSONB))
    .table_valued(
        column("id", Uuid),
        column("channel", String),
        column("ts", String),
        column("words", JSONB),
        column("version", Integer),
        name="standing",
    )
    .render_derived(with_types=True)
)
_SENT = (
    update(Message)
    .where(Message.id == _STANDING.c.id)
    .values(
        channel=_STANDING.c.channel,
        ts=_STANDING.c.ts,
        words=_STANDING.c.words,
        shown_version=_STANDING.c.version,
        status=NoticeStatus.SENT,
        claimed_until=None,
        error=None,
        sent_at=func.coalesce(Message.sent_at, bindparam("now", type_=DateTime(timezone=True))),
    )
    .returning(
        Message.id, Message.office_id, Message.day, Message.channel, Message.ts, Message.version, Message.shown_version
    )
    .execution_options(synchronize_session="fetch")
)
