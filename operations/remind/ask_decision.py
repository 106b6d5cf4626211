"""Ask an official above for what one may not decide alone: a snooze past the legal date, a waiver."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.duties import Message, MessageKind, NoticeStatus, Obligation
from models.requests import Request
from operations.actor import Actor, office_day
from operations.read.requests import Decider, asker_of, find_deciders
from operations.records.open_alliance import Opened
from operations.records.open_obligation import open_obligation, recheck_obligation
from operations.records.open_program import OpenedProgram
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import Outcome, ProgramOutcome
from operations.remind.out_of_reach import find_address, note_probe, who_can_be_told
from operations.remind.plan_notices import announce
from operations.remind.waive_duty import waive_duty
from policy.duties import Modality
from policy.requests import RequestKind, RequestStatus
from policy.rights import Verb
from policy.words import day as spelled


def ask_decision(
    session: Session,
    *,
    obligation_id: uuid.UUID,
    kind: RequestKind,
    reason: str | None,
    until: date | None = None,
    by: Actor,
    now: datetime,
) -> Outcome | ProgramOutcome:
    """Ask the nearest official above to decide, by a direct message; until then everything goes on as before.

    Raises:
        Refused: The reason is missing, the day is past, something is asked already, or nobody could decide.
        NotAllowed: No position of who asks allows it.
        AlreadyDone: The duty is settled.
    """
    row, opened = open_obligation(session, obligation_id, by=by, verb=Verb.ASK, now=now)
    if not (reason or "").strip():
        raise Refused("Give the reason: who decides reads it, and it is kept with the duty.", field="reason")
    if until is not None and until <= opened.today:
        raise Refused("Choose a day after today: until then no reminder is sent.", field="until")
    if kind is RequestKind.WAIVE and row.modality == Modality.PERMISSION:
        raise Refused("This is possible and not asked for: there is nothing to waive.")
    earlier = _open_request(session, row.id)
    if earlier is not None:
        raise Refused(f"{earlier.asked_by} asked for a decision on this already; that one has to be settled first.")
    deciders = find_deciders(session, kind, row, by, now=now)
    if by.person_id is None or not deciders:
        raise Refused("Nobody above you is on record who could decide this. An administrator can add who that is.")
    request = Request(
        id=uuid.uuid4(),
        obligation_id=row.id,
        kind=kind.value,
        until=until,
        reason=(reason or "").strip(),
        asked_by_id=by.person_id,
        asked_by=by.name,
        asked_at=now,
    )
    session.add(request)
    session.flush()
    _write_to(session, request, deciders, now=now)
    _note(session, request, "asked", opened.subject, by=by.name, now=now)
    return recheck_obligation(session, row, by=by, now=now)


def decide_request(
    session: Session, *, request_id: uuid.UUID, approve: bool, why: str | None = None, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    """Approve what was asked, which does it in the name of both, or decline it with a reason.

    Raises:
        Refused: The reason to decline is missing, or the day that was asked for has come.
        NotAllowed: The person asked for it, or is not above who did.
        AlreadyDone: It was decided or withdrawn before, or the duty is settled.
    """
    request, row, opened = _open(session, request_id, by=by, now=now)
    kind = RequestKind(request.kind)
    if by.person_id == request.asked_by_id:
        raise NotAllowed("You asked for this yourself: it takes a second person, above you, to decide it.")
    deciders = find_deciders(session, kind, row, asker_of(session, request, now=now), now=now)
    if by.person_id not in {decider.person.id for decider in deciders}:
        raise NotAllowed(f"It takes somebody above {request.asked_by} to decide this.")
    if not approve and not (why or "").strip():
        raise Refused("Say why: who asked reads it.", field="why")
    _end(request, RequestStatus.APPROVED if approve else RequestStatus.DECLINED, by.name, now)
    request.decided_why = why
    _note(session, request, request.status, opened.subject, by=by.name, now=now)
    if not approve:
        return recheck_obligation(session, row, by=by, now=now)
    if kind is RequestKind.WAIVE:
        return waive_duty(session, obligation_id=row.id, reason=request.reason, by=by, now=now)
    if request.until is not None and request.until <= opened.today:
        raise Refused(f"{request.asked_by} asked to wait until {spelled(request.until)}: that day has come.")
    row.snoozed_until, row.snoozed_by = request.until, request.asked_by
    row.snooze_reason, row.snooze_agreed_by = request.reason, by.name
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="obligation:snoozed",
        subject=opened.subject,
        data={"obligation": row.id, "rule": row.rule, "until": request.until, "asked_by": request.asked_by},
    )
    return recheck_obligation(session, row, by=by, now=now)


def withdraw_request(
    session: Session, *, obligation_id: uuid.UUID, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    """Take back what one asked for a duty.

    Raises:
        Refused: Nothing is asked for this duty.
        NotAllowed: Somebody else asked.
        AlreadyDone: The duty is settled.
    """
    row, opened = open_obligation(session, obligation_id, by=by, verb=Verb.ASK, now=now)
    request = _open_request(session, obligation_id)
    if request is None:
        raise AlreadyDone("Nothing is asked for this duty any more; nothing changed.")
    if by.person_id != request.asked_by_id:
        raise NotAllowed(f"{request.asked_by} asked for this: who asked can take it back, an official can decline it.")
    _end(request, RequestStatus.WITHDRAWN, by.name, now)
    _note(session, request, "withdrawn", opened.subject, by=by.name, now=now)
    return recheck_obligation(session, row, by=by, now=now)


def _open(
    session: Session, request_id: uuid.UUID, *, by: Actor, now: datetime
) -> tuple[Request, Obligation, Opened | OpenedProgram]:
    """Return a request that is still open and its duty; whatever owes that is locked before the request is read."""
    request = session.get(Request, request_id)
    if request is None:
        raise Refused("This request is no longer on record.")
    try:
        row, opened = open_obligation(session, request.obligation_id, by=by, verb=Verb.DECIDE, now=now)
    except AlreadyDone:
        _refuse_ended(session, request)
        raise
    _refuse_ended(session, request)
    return request, row, opened


def _refuse_ended(session: Session, request: Request) -> None:
    session.refresh(request)
    if request.decided_by is not None:
        raise AlreadyDone(f"This was {request.status} by {request.decided_by}; nothing changed.")


def _open_request(session: Session, obligation_id: uuid.UUID) -> Request | None:
    return session.scalar(
        select(Request)
        .where(Request.obligation_id == obligation_id, Request.status == RequestStatus.OPEN)
        .execution_options(populate_existing=True)
    )


def _write_to(session: Session, request: Request, deciders: Sequence[Decider], *, now: datetime) -> None:
    """Make the direct message to the nearest official, or to the channel where nobody can be written to."""
    nearest = [d for d in deciders if (d.role, d.office.id) == (deciders[0].role, deciders[0].office.id)]
    office = nearest[0].office
    person = next(iter(who_can_be_told([decider.person for decider in nearest], now)), None)
    address = None if person is not None else find_address(session, office, now=now)
    if person is None and address is None:
        # It still stands in the lists of who can decide.
        return
    message = Message(
        id=uuid.uuid4(),
        kind=MessageKind.REQUEST.value,
        request_id=request.id,
        office_id=office.id,
        person_id=person and person.id,
        day=office_day(now, office.timezone),
        channel=person.slack_id if person is not None else address and address.channel,
        climbed_why=address and address.climbed_why,
        status=NoticeStatus.PENDING.value,
        created_at=now,
    )
    session.add(message)
    session.flush()
    if person is not None:
        note_probe(person, now)
    announce(session, message.id)


def _end(request: Request, status: RequestStatus, by: str | None, now: datetime) -> None:
    request.status, request.decided_by, request.decided_at = status.value, by, now


def _note(session: Session, request: Request, what: str, subject: str, *, by: str, now: datetime) -> None:
    audit.record(
        session,
        at=now,
        actor=by,
        action=f"request:{what}",
        subject=subject,
        data={
            "request": request.id,
            "kind": request.kind,
            "obligation": request.obligation_id,
            "until": request.until,
            "reason": request.reason,
            "asked_by": request.asked_by,
            "why": request.decided_why,
        },
    )
