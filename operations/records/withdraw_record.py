"""Withdraw what was recorded by mistake; the record stays readable, in its row or in the audit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import audit
from models.alliances import RenewalDecision, Signatory, TerminationNotice
from models.gates import GateRecord
from models.work import Activity, AnnualReport, Evaluation, Meeting
from operations.actor import Actor
from operations.approve.end_approvals import end_approvals
from operations.establish.correct_signature import RECORD as SIGNATURE
from operations.establish.correct_signature import withdraw_signature
from operations.read.kept_records import kept_records
from operations.records.attach_document import RECORD as DOCUMENT
from operations.records.attach_document import withdraw_document, withdraw_documents_of
from operations.records.open_alliance import Opened, open_alliance
from operations.records.withdraw_step import STEPS, withdraw_call, withdraw_step
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, ProgramOutcome, recheck
from operations.remind.lock_messages import lock_messages
from policy.rights import Verb
from policy.subjects import RENEWAL

Marked = Meeting | Activity | GateRecord
Deleted = AnnualReport | Evaluation | RenewalDecision | TerminationNotice | Signatory


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a kind of record is called and withdrawn: by who may record it."""

    model: type[Marked | Deleted]
    verb: Verb
    #: What a sentence calls it.
    noun: str
    #: What the audit calls the withdrawal.
    action: str


_KINDS = {
    "meeting": _Kind(Meeting, Verb.RECORD, "meeting", "meeting:withdrawn"),
    "activity": _Kind(Activity, Verb.RECORD, "activity", "activity:withdrawn"),
    "report": _Kind(AnnualReport, Verb.SUBMIT_REPORT, "annual report", "annual-report:withdrawn"),
    "evaluation": _Kind(Evaluation, Verb.EVALUATE, "evaluation", "evaluation:withdrawn"),
    "decision": _Kind(RenewalDecision, Verb.DECIDE_RENEWAL, "renewal decision", "renewal:withdrawn"),
    "signatory": _Kind(Signatory, Verb.SIGN, "added signatory", "signatory:withdrawn"),
    "gate": _Kind(GateRecord, Verb.PREPARE, "record for the gates", "gate:withdrawn"),
    # "termination-notice:withdrawn" says that its giver took the notice back.
    "notice": _Kind(TerminationNotice, Verb.GIVE_NOTICE, "notice", "termination-notice:record-withdrawn"),
}

#: What a call with the coordinators is called; it belongs to the program, and to no alliance.
CALL = "call"

_OTHERS = {CALL: "call with the coordinators", DOCUMENT: "document", SIGNATURE: "signature"}

#: A number that the column of ids can hold.
_NUMBER = re.compile(r"[0-9]{1,18}")


def withdraw_record(
    session: Session, *, record: str, reason: str | None = None, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    """Withdraw a record named as `Outcome.record` names it ("meeting:12"); its duties are checked again.

    The reason is kept in the audit; right after a record was made nobody is asked for one.

    Raises:
        Refused: There is no such record, or it cannot be withdrawn.
        AlreadyDone: It was withdrawn before.
    """
    name, _, number = record.partition(":")
    if _NUMBER.fullmatch(number) and name == DOCUMENT:
        return withdraw_document(session, number=int(number), reason=reason, by=by, now=now)
    if _NUMBER.fullmatch(number) and name == SIGNATURE:
        return withdraw_signature(session, number=int(number), reason=reason, by=by, now=now)
    outcome = _withdraw(session, name, number, record, reason=reason, by=by, now=now)
    for one in _together(session, name, number):
        withdraw_documents_of(session, one, reason, by=by, now=now)
    return outcome


def _together(session: Session, name: str, number: str) -> list[str]:
    """Return the records that were withdrawn as one, as each is named."""
    if name != "gate":
        return [f"{name}:{number}"]
    sheet = select(GateRecord.sheet).where(GateRecord.id == int(number)).scalar_subquery()
    return [f"gate:{id}" for id in session.scalars(select(GateRecord.id).where(GateRecord.sheet == sheet))]


def _withdraw(
    session: Session, name: str, number: str, record: str, *, reason: str | None, by: Actor, now: datetime
) -> Outcome | ProgramOutcome:
    kind = _KINDS.get(name)
    if _NUMBER.fullmatch(number) and name in STEPS:
        return withdraw_step(session, name=name, number=int(number), reason=reason, by=by, now=now)
    if _NUMBER.fullmatch(number) and name == CALL:
        return withdraw_call(session, number=int(number), reason=reason, by=by, now=now)
    if kind is None or not _NUMBER.fullmatch(number):
        raise Refused("This record cannot be undone here.")
    alliance_id = _find(session, name, int(number)).alliance_id
    opened = open_alliance(session, alliance_id, by=by, verb=kind.verb, now=now)
    # A correction records it anew in the same transaction: the messages of both are locked in one round.
    lock_messages(session, [alliance_id])
    found = _find(session, name, int(number))
    why = kept_records(session, alliance_id).get(f"{name}:{found.id}")
    if why is not None:
        raise Refused(why)
    if isinstance(found, Marked):
        _mark(session, found, name, opened, reason=reason, by=by, now=now)
    else:
        _delete(session, found, name, opened, reason=reason, by=by, now=now)
    return recheck(session, alliance_id, by=by, now=now, record=record)


def record_noun(record: str) -> str:
    """Return what a sentence calls a record: "annual report" for "report:12"."""
    name = record.partition(":")[0]
    if name in _OTHERS:
        return _OTHERS[name]
    kind = _KINDS.get(name) or STEPS.get(name)
    return "record" if kind is None else kind.noun


def _find(session: Session, name: str, number: int) -> Marked | Deleted:
    kind = _KINDS[name]
    found = session.get(kind.model, number, populate_existing=True)
    if not isinstance(found, Marked | Deleted):
        raise _gone(session, name, kind, number)
    return found


def _mark(
    session: Session, found: Marked, name: str, opened: Opened, *, reason: str | None, by: Actor, now: datetime
) -> None:
    kind = _KINDS[name]
    if found.withdrawn_at is not None:
        raise AlreadyDone(f"This {kind.noun} was undone before; nothing changed.")
    if isinstance(found, GateRecord):
        if found.counted_at is not None:
            raise Refused("An agreement was signed on the strength of this record; it can no longer be undone.")
        if "approval" in found.details:
            raise Refused("An approval put this on record; who decided can undo it there.")
        # What was recorded together is withdrawn together.
        session.execute(update(GateRecord).where(GateRecord.sheet == found.sheet).values(withdrawn_at=now))
    found.withdrawn_at = now
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=kind.action,
        subject=opened.subject,
        data={name: found.id, "on": found.on_day} | ({"reason": reason} if reason else {}),
    )


def _delete(
    session: Session, found: Deleted, name: str, opened: Opened, *, reason: str | None, by: Actor, now: datetime
) -> None:
    """Delete the row, or what it says of a submission; all that it held stands in the audit."""
    kind = _KINDS[name]
    if isinstance(found, AnnualReport) and found.submitted_on is None:
        raise AlreadyDone(f"This {kind.noun} was undone before; nothing changed.")
    content = {column.key: getattr(found, column.key) for column in type(found).__mapper__.columns}
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=kind.action,
        subject=opened.subject,
        data={name: found.id, "record": content} | ({"reason": reason} if reason else {}),
    )
    if isinstance(found, AnnualReport) and found.handed_over_on is not None:
        # The area office did hand it over; only the submission is withdrawn.
        found.submitted_on = found.remarks = None
    else:
        session.delete(found)
    if isinstance(found, RenewalDecision):
        why, subject = "the recommendation was undone", f"{RENEWAL}:{found.agreement_id}"
        end_approvals(session, opened.row.id, by=by.name, now=now, why=why, subject=subject)


def _gone(session: Session, name: str, kind: _Kind, number: int) -> Refused:
    """Tell a record that was undone, which the audit knows, from one that never was."""
    undone = session.scalar(
        select(audit.AuditEntry.seq)
        .where(audit.AuditEntry.action == kind.action, audit.AuditEntry.data.contains({name: number}))
        .limit(1)
    )
    if undone is not None:
        return AlreadyDone(f"This {kind.noun} was undone before; nothing changed.")
    return Refused("This record is no longer there.")
