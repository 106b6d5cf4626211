"""Where a message for an office goes: up from office to office, past channels and people that are out of reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, String, any_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from models import audit
from models.offices import Office, Person

#: The reason of a notice that failed because nobody on the ladder can be reached.
NO_CHANNEL = "no channel is set for the office or an office above it"
NO_REACH = "Slack lets us into no channel of the office or of an office above it"
#: Notices that failed for such a reason are sent after all once there is a channel.
FOR_WANT_OF_A_CHANNEL = (NO_CHANNEL, NO_REACH)
#: How long what Slack refused is left alone: shorter than a day, so that each day's first message tries again.
LEFT_ALONE = timedelta(hours=20)
DELIVERY = "delivery"

_WORDS = {
    "is_archived": "is archived",
    "channel_not_found": "is not there, or is private without this app in it",
    "not_in_channel": "is private, and this app is not in it",
    "user_not_found": "has no account in this Slack workspace",
    "users_not_found": "has no account in this Slack workspace",
    "user_not_visible": "cannot be written to from this Slack workspace",
    "user_disabled": "has a Slack account that is deactivated",
    "account_inactive": "has a Slack account that is deactivated",
    "is_inactive": "has a Slack account that is deactivated",
    "cannot_dm_bot": "cannot be written to in Slack",
    "no_workspace": "is in no Slack workspace where this app is installed",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message for an office goes."""

    channel: str
    #: Whose channel it is.
    office: Office
    #: Why it is not the office's own; None where it is.
    climbed_why: str | None


def find_address(session: Session, office: Office, *, now: datetime, probe: bool = True) -> Address | None:
    """Find the nearest channel for an office; None where there is none.

    Without `probe` one that Slack refused is left alone however long ago that was.
    """
    why: str | None = None
    step: Office | None = office
    while step is not None:
        if step.channel is None:
            why = why or f"{step.name} has no channel"
        elif can_try(step, now) if probe else step.unreachable_since is None:
            return Address(step.channel, step, why)
        else:
            why = why or f"the channel of {step.name} {step.unreachable_why}"
        step = None if step.parent_id is None else session.get(Office, step.parent_id)
    return None


def can_try(target: Office | Person, now: datetime) -> bool:
    """Whether a message may be sent there: nothing was refused, or not for a day."""
    if target.unreachable_since is None:
        return True
    return target.probed_at is None or now - target.probed_at >= LEFT_ALONE


def who_can_be_told(people: Sequence[Person], now: datetime) -> list[Person]:
    """List those whom Slack did not refuse; where it refused all, those with whom it is time to try again."""
    reached = [person for person in people if person.unreachable_since is None]
    return reached or [person for person in people if can_try(person, now)]


def note_probe(session: Session, target: Office | Person, now: datetime) -> None:
    """Note that a message is on its way to where Slack refused another: the next ones wait for what comes of it.

    Where somebody else changes it at this moment, nobody waits for that with messages locked: the next one tries, too.
    """
    if target.unreachable_since is None:
        return
    kind = type(target)
    free = select(kind.id).where(kind.id == target.id).with_for_update(key_share=True, skip_locked=True)
    if session.scalar(free) is not None:
        target.probed_at = now


def mark(session: Session, targets: Iterable[Office | Person], error: str, *, now: datetime) -> None:
    """Note that Slack refused for good what was sent to these; `error` is Slack's word."""
    code = error.partition(";")[0]
    why = _WORDS.get(code, f"cannot be reached ({code})")
    for target in targets:
        target.probed_at = now
        if target.unreachable_since is None or target.unreachable_why != why:
            target.unreachable_since, target.unreachable_why = target.unreachable_since or now, why
            _record(session, target, "unreachable", now, why=why)


def is_marked(session: Session, slack_ids: Collection[str]) -> bool:
    """Whether a channel or person with one of these ids of Slack's is marked; nothing is locked."""
    return bool(session.scalar(_MARKED, {"ids": list(slack_ids)}))


def unmark(session: Session, targets: Iterable[Office | Person], *, now: datetime) -> None:
    """Note that these can be reached again."""
    for target in targets:
        if target.unreachable_since is not None:
            _record(session, target, "reachable", now, since=target.unreachable_since)
            target.unreachable_since = target.unreachable_why = target.probed_at = None


def offices_with(session: Session, channels: Collection[str], *, marked: bool = False) -> list[Office]:
    """List the offices that have one of these channels for their own, locked; only those that are marked if asked."""
    query = select(Office).where(Office.channel.in_(channels)).order_by(Office.id).with_for_update(key_share=True)
    return list(session.scalars(query.where(Office.unreachable_since.is_not(None)) if marked else query))


def _record(session: Session, target: Office | Person, what: str, now: datetime, **data: object) -> None:
    kind, name = ("office", target.code) if isinstance(target, Office) else ("person", target.slack_id)
    audit.record(session, at=now, actor=DELIVERY, action=f"{kind}:{what}", subject=f"{kind}:{name}", data=data)


#: Made once, as it is asked with every message.
_THESE = any_(bindparam("ids", type_=ARRAY(String)))
_MARKED = select(
    or_(
        exists().where(Office.channel == _THESE, Office.unreachable_since.is_not(None)),
        exists().where(Person.slack_id == _THESE, Person.unreachable_since.is_not(None)),
    )
)
