"""Fold what is to be said on one day: to an office, in its threads, and to the officials who sit there."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models.duties import Message, MessageKind, Notice, NoticeStatus, Obligation
from models.offices import Office, Person
from operations.read.officials import find_official
from operations.remind.change_notices import change_notices
from operations.remind.make_message import make_message
from operations.remind.out_of_reach import (
    FOR_WANT_OF_A_CHANNEL,
    NO_CHANNEL,
    NO_REACH,
    Address,
    find_address,
    who_can_be_told,
)
from policy.stages import Audience

FOLDING = "folding"


@dataclass(frozen=True, slots=True)
class Folding:
    """One office's day."""

    session: Session
    office: Office
    day: date
    now: datetime
    address: Address | None

    def change(self, notices: Sequence[Notice], status: NoticeStatus, reason: str | None = None) -> None:
        """Bring notices into a state."""
        subject = f"office:{self.office.code}"
        change_notices(self.session, notices, status, actor=FOLDING, subject=subject, now=self.now, reason=reason)


def fold_messages(session: Session, *, office_id: int, day: date, now: datetime) -> list[uuid.UUID]:
    """Fold an office's pending notices up to a local day into its messages of that day; return the ids of new ones.

    One reminder, one reply in each thread, and one direct message to each official: what would go into a message
    that was made already waits for the next day. Where no channel is set for the office or any office above it,
    the notices fail, with that reason, until there is one.
    """
    # The office's row lines up two clocks that fire at once; it comes before its duties, as for who changes it.
    office = session.scalars(select(Office).where(Office.id == office_id).with_for_update(key_share=True)).one()
    _lock_duties(session, office_id, day)
    by = Folding(session, office, day, now, find_address(session, office, now=now))
    if by.address is not None:
        _revive(by)
    waiting = _worth_saying(by, _pending(by))
    made = []
    rows, by_person = _for_officials(by, [n for n in waiting if n.audience == Audience.OFFICIAL_ABOVE])
    others = [n for n in waiting if n.audience != Audience.OFFICIAL_ABOVE]
    threads = _threads(by, [n.obligation_id for n in others if _answers(n)])
    by_thread = defaultdict(list)
    for notice in others:
        thread = threads.get(notice.obligation_id) if _answers(notice) else None
        by_thread[thread].append(notice)
    rows += by_thread.pop(None, [])
    if by.address is None:
        by.change(rows, NoticeStatus.FAILED, NO_CHANNEL if channel_of(session, office_id) is None else NO_REACH)
    else:
        made.append(_make(by, MessageKind.REMINDER, by.address, rows))
        made += [_make(by, MessageKind.REPLY, by.address, said, parent_id=id) for id, said in by_thread.items()]
    # Two offices whose officials are the same people lock their rows in one order.
    told = sorted(by_person.items(), key=lambda one: one[0].id)
    made += [_make(by, MessageKind.DIRECT, person, said) for person, said in told]
    session.flush()
    return [message_id for message_id in made if message_id is not None]


def _lock_duties(session: Session, office_id: int, day: date) -> None:
    """Lock the duties of which something is to be said, before their notices, as who checks them does.

    Otherwise a message could be folded after a check has locked those that say anything of its duties, and be claimed
    while the check holds their notices: each would wait for the other.
    """
    unsaid = select(Notice.obligation_id).where(
        Notice.office_id == office_id, Notice.status.in_([NoticeStatus.PENDING, NoticeStatus.FAILED]), Notice.day <= day
    )
    locked = select(Obligation.id).where(Obligation.id.in_(unsaid)).order_by(Obligation.id)
    session.execute(locked.with_for_update(read=True, key_share=True))


def _pending(by: Folding) -> Sequence[Notice]:
    return by.session.scalars(
        select(Notice)
        .options(joinedload(Notice.obligation))
        .where(
            Notice.office_id == by.office.id,
            Notice.status == NoticeStatus.PENDING,
            Notice.day <= by.day,
            Notice.message_id.is_(None),
        )
        .order_by(Notice.id)
        .with_for_update(of=Notice)
    ).all()


def _revive(by: Folding) -> None:
    """Give another chance to what failed because there was no channel."""
    failed = by.session.scalars(
        select(Notice)
        .where(
            Notice.office_id == by.office.id,
            Notice.status == NoticeStatus.FAILED,
            Notice.reason.in_(FOR_WANT_OF_A_CHANNEL),
        )
        .order_by(Notice.id)
        .with_for_update()
    ).all()
    by.change(failed, NoticeStatus.PENDING)
    for notice in failed:
        notice.message_id = None
    by.session.flush()


def _worth_saying(by: Folding, pending: Sequence[Notice]) -> list[Notice]:
    """Keep the latest stage of each obligation, whoever hears of it; what it overtook is skipped, with the reason."""
    latest: dict[uuid.UUID, tuple[date, str]] = {}
    planned = by.session.execute(
        select(Notice.obligation_id, Notice.day, Notice.stage)
        .where(
            Notice.obligation_id.in_({notice.obligation_id for notice in pending}),
            Notice.status != NoticeStatus.CANCELLED,
            Notice.day <= by.day,
        )
        .order_by(Notice.day, Notice.stage)
    )
    for obligation_id, day, stage in planned:
        latest[obligation_id] = (day, stage)
    kept = []
    overtaken = defaultdict(list)
    for notice in pending:
        day, stage = latest[notice.obligation_id]
        if (notice.day, notice.stage) == (day, stage):
            kept.append(notice)
        else:
            overtaken[stage].append(notice)
    for stage, notices in overtaken.items():
        by.change(notices, NoticeStatus.SKIPPED, f"overtaken by {stage} before it could be sent")
    return sorted(kept, key=_due)


def _for_officials(by: Folding, notices: Sequence[Notice]) -> tuple[list[Notice], dict[Person, list[Notice]]]:
    """Find who hears of each notice for an official; what nobody can be told goes into the office's channel."""
    rows, by_person = [], defaultdict(list)
    said_anyway = []
    for notice in notices:
        owner_office_id = notice.obligation.office_id
        official = find_official(by.session, by.office, owner_office_id, by.day)
        people = who_can_be_told(official.people, by.now)
        if people:
            by_person[people[0]].append(notice)
        elif owner_office_id == by.office.id:
            said_anyway.append(notice)
        else:
            rows.append(notice)
    reason = "nobody who holds the position can be told, and the office's channel hears of it anyway"
    by.change(said_anyway, NoticeStatus.SKIPPED, reason)
    return rows, by_person


def _answers(notice: Notice) -> bool:
    """Whether a notice goes into the thread of what its office was told before."""
    return notice.audience == Audience.OWNER and notice.stage.startswith("after:")


def _threads(by: Folding, obligations: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Find the first reminder of each obligation that stands in the channel where the office is told today."""
    if by.address is None:
        return {}
    standing = by.session.execute(
        select(Notice.obligation_id, Message.id)
        .join(Message, Message.id == Notice.message_id)
        .where(
            Notice.obligation_id.in_(list(obligations)),
            Notice.audience == Audience.OWNER,
            Notice.status == NoticeStatus.SENT,
            Message.kind == MessageKind.REMINDER,
            Message.status == NoticeStatus.SENT,
            Message.channel == by.address.channel,
            Message.gone_at.is_(None),
        )
        .order_by(Message.sent_at.desc(), Message.id)
    )
    return {obligation_id: message_id for obligation_id, message_id in standing}  # noqa: C416 - a row is no pair for mypy


def _make(
    by: Folding,
    kind: MessageKind,
    to: Address | Person,
    notices: Sequence[Notice],
    *,
    parent_id: uuid.UUID | None = None,
) -> uuid.UUID | None:
    """Make a message of these notices; None where there are none, or that of the day is made already."""
    if not notices:
        return None
    person = to if isinstance(to, Person) else None
    if person is not None:
        # Two offices where one person holds positions line up at that person's row.
        by.session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    same = select(Message.id).where(Message.kind == kind, Message.day == by.day)
    if kind is MessageKind.REMINDER:
        same = same.where(Message.office_id == by.office.id)
    else:
        same = same.where(
            Message.parent_id.is_not_distinct_from(parent_id),
            Message.person_id.is_not_distinct_from(person and person.id),
        )
    if by.session.scalar(same):
        return None
    id = _free_id(by.session, notices)  # the field's own word
    make_message(by.session, kind, office=by.office, to=to, day=by.day, now=by.now, id=id, parent_id=parent_id)
    for notice in notices:
        notice.message_id, notice.changed_at = id, by.now
    return id


def _free_id(session: Session, notices: Sequence[Notice]) -> uuid.UUID:
    """Return the id of the first notice that gave its id to no earlier message, one that was cancelled."""
    ids = [notice.id for notice in notices]
    taken = set(session.scalars(select(Message.id).where(Message.id.in_(ids))))
    return next((id for id in ids if id not in taken), None) or uuid.uuid4()


def channel_of(session: Session, office_id: int) -> str | None:
    """Return the channel of an office, or of the nearest office above it that has one."""
    current: int | None = office_id
    while current is not None:
        channel, current = session.execute(select(Office.channel, Office.parent_id).where(Office.id == current)).one()
        if channel:
            return str(channel)
    return None


def _due(notice: Notice) -> tuple[date, str]:
    obligation: Obligation = notice.obligation
    return obligation.due_on, obligation.rule
