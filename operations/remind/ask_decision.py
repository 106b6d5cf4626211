"""Ask an official above for what one may not decide alone: a snooze past the legal date, a waiver."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.duties import MessageKind, Obligation
from models.requests import Request
from operations.actor import Actor, office_day
from operations.asked_by import barred_by
from operations.read.requests import Decider, deciders_of, find_deciders, nearest
from operations.records.open_alliance import Opened
from operations.records.open_obligation import open_obligation, recheck_obligation
from operations.records.open_program import OpenedProgram
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import Outcome, ProgramOutcome
from operations.remind.make_message import make_message
from operations.remind.out_of_reach import find_address, who_can_be_told
from operations.remind.plan_notices import announce
from operations.remind.steer_reminder import put_off
from operations.remind.tell_person import tell_person
from operations.remind.waive_duty import refuse_no_reason, waive_duty
from policy.duties import Modality
from policy.requests import RequestKind, RequestStatus, is_too_far
from policy.rights import Verb
from policy.words import day as spelled

#: What something asked that can be withdrawn is called: "request:" and the id of the duty.
RECORD = "request"


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

    The outcome's record can be withdrawn, see `withdraw_request`.

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
    if until is not None and is_too_far(until, opened.today):
        raise Refused(
            "Choose a day within a year: what is not owed any more is declared not applicable.", field="until"
        )
    if kind is RequestKind.WAIVE:
        refuse_no_reason(reason)
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
    return replace(recheck_obligation(session, row, by=by, now=now), record=f"{RECORD}:{row.id}")


def decide_request(
    session: Session, *, request_id: uuid.UUID, approve: bool, why: str | None = None, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    """Approve what was asked, which does it in the name of both, or decline it with a reason; who asked is told.

    The record of an approval's outcome can be undone, as that of a snooze or a waiver.

    Raises:
        Refused: The reason to decline is missing, or the day that was asked for has come.
        NotAllowed: The person asked for it, or is not above who did.
        AlreadyDone: It was decided or withdrawn before, or the duty is settled.
    """
    request, row, opened = _open(session, request_id, by=by, now=now)
    kind = RequestKind(request.kind)
    if by.person_id == request.asked_by_id:
        raise NotAllowed("You asked for this yourself: it takes a second person, above you, to decide it.")
    asked = request.asked_by_id, request.asked_at
    if by.person_id in barred_by(session, [asked], now=now)[asked]:
        raise NotAllowed(f"{request.asked_by} asked for this as your designee: it takes a second person to decide it.")
    deciders = deciders_of(session, request, row, now=now)
    if by.person_id not in {decider.person.id for decider in deciders}:
        raise NotAllowed(f"It takes somebody above {request.asked_by} to decide this.")
    if not approve and not (why or "").strip():
        raise Refused("Say why: who asked reads it.", field="why")
    if approve and request.until is not None and request.until <= opened.today:
        raise Refused(
            f"{request.asked_by} asked to wait until {spelled(request.until)}: that day has come. Decline it; a later "
            "day can be asked for then."
        )
    _end(request, RequestStatus.APPROVED if approve else RequestStatus.DECLINED, by.name, now)
    request.decided_why = why
    _note(session, request, request.status, opened.subject, by=by.name, now=now)
    session.flush()
    tell_person(session, request.asked_by_id, row, kind=MessageKind.DECIDED, now=now, request_id=request.id)
    if not approve:
        return recheck_obligation(session, row, by=by, now=now)
    if kind is RequestKind.WAIVE:
        return waive_duty(session, obligation_id=row.id, reason=request.reason, by=by, now=now)
    after = {
        "snoozed_until": request.until,
        "snoozed_by": request.asked_by,
        "snooze_reason": request.reason,
        "snooze_agreed_by": by.name,
    }
    told = {"until": request.until, "asked_by": request.asked_by}
    return put_off(session, row, after, opened.subject, by=by, now=now, told=told)


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
    if request.status == RequestStatus.LAPSED:
        raise AlreadyDone("Nobody decided this before the day that was asked for; it has lapsed, and nothing changed.")
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
    asked = nearest(deciders)
    office = asked[0].office
    person = next(iter(who_can_be_told([decider.person for decider in asked], now)), None)
    to = person or find_address(session, office, now=now)
    if to is None:
        # It still stands in the lists of who can decide.
        return
    day = office_day(now, office.timezone)
    kind = MessageKind.REQUEST
    message = make_message(session, kind, office=office, to=to, day=day, now=now, request_id=request.id)
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
