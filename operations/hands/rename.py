"""Give an office, an alliance or a participant another name; the one of before still finds it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Alliance, Signatory, TeamMember
from models.approvals import Approval
from models.audit import AuditEntry
from models.duties import Obligation
from models.gates import GateRecord
from models.names import FormerName
from models.offices import Office
from operations.actor import Actor, office_day, require
from operations.approve.cards import rewrite_cards
from operations.hands.lock_hands import lock_hands
from operations.hands.move_approvals import alliances_asking, approvals_asking
from operations.records.open_alliance import Opened, lock_alliances, open_alliance
from operations.records.read_cells import MAX_CHARACTERS, name_key, tidy
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import recheck
from policy.approval import ApprovalStatus
from policy.chains import Purpose
from policy.gate_records import RecordKind
from policy.rights import Verb

#: What a change of a name that can be taken back is called: "name:" and the id of the change.
RECORD = "name"
RENAMED, RENAMED_BACK = "name:changed", "name:changed-back"
#: What can be renamed, as the audit calls it.
_NAMED: Mapping[str, Any] = MappingProxyType({"office": Office, "alliance": Alliance, "participant": Signatory})
#: The records for the gates that name a participant.
ABOUT_PARTICIPANTS = tuple(
    kind.value
    for kind in (
        RecordKind.PARTICIPANT,
        RecordKind.SPECIAL_APPROVAL,
        RecordKind.SIGNER,
        RecordKind.SIGNED,
        RecordKind.LEAVING,
        RecordKind.JOINING,
    )
)


@dataclass(frozen=True, slots=True)
class Renamed:
    """A change of a name."""

    #: "office", "alliance" or "participant".
    what: str
    before: str
    after: str
    #: What takes it back; None for what took one back.
    record: str | None


def rename_office(
    session: Session, *, office_code: str, name: str, by: Actor, now: datetime, undoes: str | None = None
) -> Renamed:
    """Rename an office; its code, its people, alliances and history stay.

    `undoes` names the change that this one takes back.

    Raises:
        Refused: There is no such office, or another bears the name.
        AlreadyDone: It is called so.
        NotAllowed: The person is no administrator of it.
    """
    lock_hands(session)
    if session.scalar(select(Office.id).where(Office.code == office_code)) is None:
        raise Refused(f"There is no office with the code “{office_code}”.", field="office")
    require(session, by, Verb.ADMINISTER, office_codes=[office_code])
    # As everywhere: the alliances whose cards name it before anything else.
    asking = sorted(alliances_asking(session, office_code))
    lock_alliances(session, asking)
    this = select(Office).where(Office.code == office_code).with_for_update(key_share=True)
    office = session.scalars(this.execution_options(populate_existing=True)).one()
    wanted, before = _usable(name, office.name), office.name
    others = {
        name_key(other): code
        for other, code in session.execute(select(Office.name, Office.code))
        if code != office.code
    }
    if code := others.get(name_key(wanted)):
        raise Refused(f"“{wanted}” is the name of the office {code}; choose another.", field="name")
    office.name = wanted
    today = office_day(now, office.timezone)
    keep_name(session, FormerName(office_id=office.id, name=before, until=today), wanted)
    rewrite_cards(session, approvals_asking(session, office_code, asking))
    return _note(
        session, f"office:{office.code}", "office", office.id, before, after=wanted, undoes=undoes, by=by, now=now
    )


def rename_alliance(
    session: Session, *, alliance_id: int, name: str, by: Actor, now: datetime, undoes: str | None = None
) -> Renamed:
    """Rename an alliance; its messages are rewritten, and its history stays.

    `undoes` names the change that this one takes back.

    Raises:
        Refused: Another alliance bears the name.
        AlreadyDone: It is called so.
        NotAllowed: No position of the person allows it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.REARRANGE, now=now)
    wanted, before = _usable(name, opened.row.name), opened.row.name
    same = select(Alliance.id).where(func.lower(Alliance.name) == wanted.lower(), Alliance.id != alliance_id)
    taken = Refused(f"Another alliance is called “{wanted}”: was it entered twice? Then merge the two.", field="name")
    if session.scalar(same) is not None:
        raise taken
    try:
        with session.begin_nested():
            opened.row.name = wanted
    except IntegrityError:
        # Somebody else gave it to another one while this was being checked.
        raise taken from None
    keep_name(session, FormerName(alliance_id=alliance_id, name=before, until=opened.today), wanted)
    done = _note(session, opened.subject, "alliance", alliance_id, before, after=wanted, undoes=undoes, by=by, now=now)
    follow_name(session, opened, by=by, now=now)
    return done


def rename_participant(
    session: Session,
    *,
    alliance_id: int,
    signatory_id: int,
    name: str,
    by: Actor,
    now: datetime,
    undoes: str | None = None,
) -> Renamed:
    """Rename an outside signatory of an alliance; it is the same organization, and its history stays.

    `undoes` names the change that this one takes back.

    Raises:
        Refused: It is no signatory of this alliance, or another one bears the name.
        AlreadyDone: It is called so.
        NotAllowed: No position of the person allows it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.REARRANGE, now=now)
    rows = session.scalars(select(Signatory).where(Signatory.alliance_id == alliance_id)).all()
    signatory = next((row for row in rows if row.id == signatory_id), None)
    if signatory is None:
        raise Refused("This participant is no longer on record; open the form again.", field="signatory")
    wanted, before = _usable(name, signatory.name), signatory.name
    if any(name_key(row.name) == name_key(wanted) for row in rows if row.id != signatory_id):
        raise Refused(f"{wanted} is another participant of {opened.row.name}; choose another name.", field="name")
    signatory.name = wanted
    _bring_along(session, alliance_id, before, wanted)
    carry_team(session, alliance_id, before, wanted)
    keep_name(session, FormerName(signatory_id=signatory_id, name=before, until=opened.today), wanted)
    done = _note(
        session, opened.subject, "participant", signatory_id, before, after=wanted, undoes=undoes, by=by, now=now
    )
    follow_name(session, opened, by=by, now=now)
    return done


def _bring_along(session: Session, alliance_id: int, before: str, after: str) -> None:
    """Let what stands on record for the gates about a participant, or is before officials, be about its new name."""
    session.execute(
        update(GateRecord)
        .where(
            GateRecord.alliance_id == alliance_id, GateRecord.about == before, GateRecord.kind.in_(ABOUT_PARTICIPANTS)
        )
        .values(about=after)
    )
    special = Approval.purpose == Purpose.SPECIAL.value
    session.execute(
        update(Approval)
        .where(Approval.alliance_id == alliance_id, Approval.about == before, special)
        .values(about=after)
    )


def carry_team(session: Session, alliance_id: int, before: str, after: str) -> list[int]:
    """Let the members of the team who stand for a participant stand for it under another name; returns their ids."""
    here = select(TeamMember).where(
        TeamMember.alliance_id == alliance_id, TeamMember.until.is_(None), TeamMember.withdrawn_at.is_(None)
    )
    rows = session.scalars(here.order_by(TeamMember.id)).all()
    mine = [row for row in rows if name_key(row.organization) == name_key(before)]
    for row in mine:
        row.organization = after
    return [row.id for row in mine]


def undo_rename(session: Session, *, record: str, by: Actor, now: datetime) -> Renamed:
    """Give the name back that a record says was changed; the other one goes on finding it.

    Raises:
        Refused: There is no such change, or it was renamed since.
        NotAllowed: No position of the person allows it.
        AlreadyDone: It was taken back before.
    """
    change = record.partition(":")[2]
    entry = _entry(session, RENAMED, change)
    if entry is None:
        raise Refused("This record cannot be undone here.")
    what, id, before, after = (entry.data[name] for name in ("what", "id", "before", "after"))
    about = entry.subject.partition(":")[2]
    # Before anything is looked at: nobody else's name is written over.
    if what == "office":
        lock_hands(session)
    else:
        lock_alliances(session, [int(about)])
    if _entry(session, RENAMED_BACK, change) is not None:
        raise AlreadyDone("This was undone before; nothing changed.")
    named = _NAMED[what]
    if session.scalar(select(named.name).where(named.id == id)) != after:
        raise Refused("It was renamed since; nothing changed.")
    if what == "office":
        return rename_office(session, office_code=about, name=before, by=by, now=now, undoes=change)
    if what == "alliance":
        return rename_alliance(session, alliance_id=id, name=before, by=by, now=now, undoes=change)
    return rename_participant(
        session, alliance_id=int(about), signatory_id=id, name=before, by=by, now=now, undoes=change
    )


def _usable(name: str, before: str) -> str:
    wanted = tidy(name)
    if not wanted:
        raise Refused("Enter the name.", field="name")
    if len(wanted) > MAX_CHARACTERS:
        raise Refused(f"At most {MAX_CHARACTERS} characters; this has {len(wanted)}.", field="name")
    if wanted == before:
        raise AlreadyDone(f"It is called {before} already; nothing changed.", field="name")
    return wanted


def keep_name(session: Session, former: FormerName, wanted: str) -> int | None:
    """Keep the name of before, unless it is only written otherwise or kept already; returns its id where it is new."""
    whose = [
        column == value
        for column, value in (
            (FormerName.office_id, former.office_id),
            (FormerName.alliance_id, former.alliance_id),
            (FormerName.signatory_id, former.signatory_id),
        )
        if value is not None
    ]
    known = {name_key(name) for name in session.scalars(select(FormerName.name).where(*whose))}
    new = name_key(former.name) not in known | {name_key(wanted)}
    if new:
        session.add(former)
    session.flush()
    return former.id if new else None


def _note(
    session: Session,
    subject: str,
    what: str,
    id: int,
    before: str,
    *,
    after: str,
    undoes: str | None,
    by: Actor,
    now: datetime,
) -> Renamed:
    change = undoes or str(uuid.uuid4())
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=RENAMED if undoes is None else RENAMED_BACK,
        subject=subject,
        data={"change": change, "what": what, "id": id, "before": before, "after": after},
    )
    return Renamed(what, before, after, f"{RECORD}:{change}" if undoes is None else None)


def follow_name(session: Session, opened: Opened, *, by: Actor, now: datetime) -> None:
    """Rewrite what stands in the channels under the name of before, and is still open."""
    owed = select(Obligation.id).where(Obligation.alliance_id == opened.row.id, Obligation.settled.is_(None))
    recheck(session, opened.row.id, by=by, now=now, record=RECORD, changed=session.scalars(owed))
    waits = Approval.alliance_id == opened.row.id, Approval.status == ApprovalStatus.OPEN.value
    rewrite_cards(session, session.scalars(select(Approval.id).where(*waits)).all())


def _entry(session: Session, action: str, change: str) -> AuditEntry | None:
    return session.scalars(
        select(AuditEntry).where(AuditEntry.action == action, AuditEntry.data.contains({"change": change})).limit(1)
    ).one_or_none()
