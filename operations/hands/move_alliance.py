"""Move an alliance to another office; its open duties and reminders follow, its history stays."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import AllianceOffice
from models.audit import AuditEntry
from models.offices import Office
from operations.actor import Actor, allowed, require
from operations.gather_gate_facts import regional_offices
from operations.hands.follow_hands import follow_hands
from operations.hands.lock_hands import lock_hands
from operations.hands.move_approvals import move_approvals
from operations.hands.move_to_office import set_offices
from operations.records.open_alliance import Opened, open_alliance
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import Outcome, recheck
from operations.remind.lock_messages import lock_messages
from policy.facts import Level
from policy.rights import Verb

#: What a move that can be taken back is called: "move:" and the id of the change.
RECORD = "move"
MOVED, MOVED_BACK = "alliance:moved", "alliance:moved-back"
#: The kinds of offices that lead an alliance of a level (VI.D); a new level leads nowhere yet.
LEADS = {
    Level.NATIONAL: frozenset({"national", "directorate"}),
    Level.REGIONAL: frozenset({"region"}),
    Level.AREA: frozenset({"area", "district"}),
}


@dataclass(frozen=True, slots=True)
class AllianceMove:
    """A move of an alliance."""

    outcome: Outcome
    #: Names of its offices, the lead office first.
    before: tuple[str, ...]
    after: tuple[str, ...]
    #: What takes it back; None for what took one back.
    record: str | None


def move_alliance(
    session: Session,
    *,
    alliance_id: int,
    lead: str,
    alone: bool,
    reason: str,
    by: Actor,
    now: datetime,
) -> AllianceMove:
    """Let an office, by its code, lead an alliance from today on in the place of the one that did.

    The other offices of the alliance stay, unless the new one is to run it `alone`.

    Raises:
        Refused: The office is unknown, closed or of the wrong kind, or there is no reason.
        AlreadyDone: It leads it already.
        NotAllowed: The person may not rearrange at both offices.
    """
    # Which others there are is read once nobody else can change it.
    lock_hands(session)
    others = [] if alone else [office.code for office in _offices_of(session, alliance_id)[1:]]
    return _move(session, alliance_id, [lead, *others], reason, None, by=by, now=now)


def _move(
    session: Session,
    alliance_id: int,
    office_codes: Sequence[str],
    reason: str,
    undoes: str | None,
    *,
    by: Actor,
    now: datetime,
) -> AllianceMove:
    lock_hands(session)
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.REARRANGE, now=now)
    if not reason.strip():
        raise Refused("Say why it moves; the reason is kept with it.", field="reason")
    offices = [_office(session, code) for code in dict.fromkeys(office_codes)]
    if not offices:
        raise Refused("Choose the office that leads it from now on.", field="office")
    _refuse_wrong_kind(opened, offices)
    before = _offices_of(session, alliance_id)
    if [office.id for office in offices] == [office.id for office in before]:
        raise AlreadyDone(f"{opened.row.name} is run by {before[0].name} already; nothing changed.", field="office")
    _refuse_without_right(session, by, before, offices)
    lock_messages(session, [alliance_id])
    set_offices(session, alliance_id, [office.id for office in offices])
    moves = _moves(session, [office.code for office in before], [office.code for office in offices])
    change = undoes or str(uuid.uuid4())
    move_approvals(session, [alliance_id], moves, by=by, now=now, change=change, undone=undoes is not None)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=MOVED if undoes is None else MOVED_BACK,
        subject=opened.subject,
        data={
            "change": change,
            "before": [office.code for office in before],
            "after": [office.code for office in offices],
            "reason": reason.strip(),
        },
    )
    outcome = recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{change}")
    follow_hands(session, now=now, among=[alliance_id])
    return AllianceMove(
        outcome,
        tuple(office.name for office in before),
        tuple(office.name for office in offices),
        f"{RECORD}:{change}" if undoes is None else None,
    )


def _moves(session: Session, before: Sequence[str], after: Sequence[str]) -> dict[str, str]:
    """Say which office stands in the place of each, and which region of each region, that no longer takes part."""
    moves: dict[str, str] = {}
    for old, new in ((before, after), (regional_offices(session, (*before,)), regional_offices(session, (*after,)))):
        added = [code for code in new if code not in old]
        for number, code in enumerate(code for code in old if code not in new):
            moves[code] = added[number] if number < len(added) else new[0]
    return moves


def undo_move(session: Session, *, record: str, by: Actor, now: datetime) -> AllianceMove:
    """Take back the move that a record names.

    Raises:
        Refused: There is no such move, or the alliance was moved since.
        NotAllowed: No position of the person allows it for all of these offices.
        AlreadyDone: It was taken back before.
    """
    lock_hands(session)
    change = record.partition(":")[2]
    entry = _entry(session, MOVED, change)
    if entry is None:
        raise Refused("This record cannot be undone here.")
    if _entry(session, MOVED_BACK, change) is not None:
        raise AlreadyDone("This was undone before; nothing changed.")
    alliance_id = int(entry.subject.partition(":")[2])
    if [office.code for office in _offices_of(session, alliance_id)] != entry.data["after"]:
        raise Refused("The alliance was moved since; nothing changed.")
    return _move(session, alliance_id, entry.data["before"], "the move was taken back", change, by=by, now=now)


def _office(session: Session, code: str) -> Office:
    office = session.scalar(select(Office).where(Office.code == code))
    if office is None:
        raise Refused(f"There is no office with the code “{code}”.", field="office")
    if office.closed_on is not None:
        raise Refused(f"{office.name} is closed; choose another office.", field="office")
    return office


def _offices_of(session: Session, alliance_id: int) -> list[Office]:
    query = select(Office).join(AllianceOffice, AllianceOffice.office_id == Office.id)
    return list(session.scalars(query.where(AllianceOffice.alliance_id == alliance_id).order_by(AllianceOffice.rank)))


def _refuse_wrong_kind(opened: Opened, offices: Sequence[Office]) -> None:
    level = opened.of.facts.level
    for office in offices:
        if office.kind not in LEADS[level]:
            raise Refused(
                f"{office.name} is of the kind “{office.kind}”: a {level.value} alliance is not run there.",
                field="office",
            )


def _refuse_without_right(session: Session, by: Actor, before: Sequence[Office], after: Sequence[Office]) -> None:
    """Refuse who may not rearrange where it leaves or comes: nobody pushes an alliance into another's house."""
    require(session, by, Verb.REARRANGE, office_codes=[before[0].code])
    known = {office.id for office in before}
    for office in after:
        if office.id not in known and not allowed(session, by, Verb.REARRANGE, office_codes=[office.code]):
            raise NotAllowed(
                f"You may not {Verb.REARRANGE.label} for {office.name}: a move takes somebody who may do so for both "
                "offices, such as an official above them or an administrator.",
                field="office",
            )


def _entry(session: Session, action: str, change: str) -> AuditEntry | None:
    return session.scalars(
        select(AuditEntry).where(AuditEntry.action == action, AuditEntry.data.contains({"change": change})).limit(1)
    ).one_or_none()
