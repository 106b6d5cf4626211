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
from operations.records.open_alliance import Opened, open_alliance
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb

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

#: A number that the column of ids can hold.
_NUMBER = re.compile(r"[0-9]{1,18}")


def withdraw_record(session: Session, *, record: str, by: Actor, now: datetime) -> Outcome:
    """Withdraw a record named as `Outcome.record` names it ("meeting:12"); its duties are checked again.

    Raises:
        Refused: There is no such record, or it cannot be withdrawn.
        AlreadyDone: It was withdrawn before.
    """
    name, _, number = record.partition(":")
    kind = _KINDS.get(name)
    if kind is None or not _NUMBER.fullmatch(number):
        raise Refused("This record cannot be undone here.")
    alliance_id = _find(session, name, int(number)).alliance_id
    opened = open_alliance(session, alliance_id, by=by, verb=kind.verb, now=now)
    found = _find(session, name, int(number))
    if isinstance(found, Marked):
        _mark(session, found, name, opened, by=by, now=now)
    else:
        _delete(session, found, name, opened, by=by, now=now)
    return recheck(session, alliance_id, by=by, now=now, record=record)


def record_noun(record: str) -> str:
    """Return what a sentence calls a record: "annual report" for "report:12"."""
    kind = _KINDS.get(record.partition(":")[0])
    return "record" if kind is None else kind.noun


def _find(session: Session, name: str, number: int) -> Marked | Deleted:
    kind = _KINDS[name]
    found = session.get(kind.model, number, populate_existing=True)
    if not isinstance(found, Marked | Deleted):
        raise _gone(session, name, kind, number)
    return found


def _mark(session: Session, found: Marked, name: str, opened: Opened, *, by: Actor, now: datetime) -> None:
    kind = _KINDS[name]
    if found.withdrawn_at is not None:
        raise AlreadyDone(f"This {kind.noun} was undone before; nothing changed.")
    if isinstance(found, GateRecord):
        if found.counted_at is not None:
            raise Refused("An agreement was signed on the strength of this record; it can no longer be undone.")
        # What was recorded together is withdrawn together.
        session.execute(update(GateRecord).where(GateRecord.sheet == found.sheet).values(withdrawn_at=now))
    found.withdrawn_at = now
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=kind.action,
        subject=opened.subject,
        data={name: found.id, "on": found.on_day},
    )


def _delete(session: Session, found: Deleted, name: str, opened: Opened, *, by: Actor, now: datetime) -> None:
    """Delete the row, or what it says of a submission; all that it held stands in the audit."""
    kind = _KINDS[name]
    if isinstance(found, TerminationNotice) and (found.withdrawn_on is not None or found.ended_on is not None):
        raise Refused("The outcome of this notice is on record; the notice can no longer be undone.")
    if isinstance(found, AnnualReport) and found.posted_on is not None:
        raise Refused("This annual report is on record as posted; it can no longer be undone.")
    if isinstance(found, AnnualReport) and found.submitted_on is None:
        raise AlreadyDone(f"This {kind.noun} was undone before; nothing changed.")
    if isinstance(found, Signatory) and _gave_notice(session, found):
        raise Refused("A notice of this signatory is on record; it can no longer be undone.")
    if isinstance(found, RenewalDecision) and _followed(session, found):
        raise Refused("A later decision on this term is on record; undo that one first.")
    content = {column.key: getattr(found, column.key) for column in type(found).__mapper__.columns}
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=kind.action,
        subject=opened.subject,
        data={name: found.id, "record": content},
    )
    if isinstance(found, AnnualReport) and found.handed_over_on is not None:
        # The area office did hand it over; only the submission is withdrawn.
        found.submitted_on = found.remarks = None
    else:
        session.delete(found)


def _followed(session: Session, decision: RenewalDecision) -> bool:
    later = select(RenewalDecision.id).where(
        RenewalDecision.agreement_id == decision.agreement_id, RenewalDecision.id > decision.id
    )
    return session.scalar(later.limit(1)) is not None


def _gave_notice(session: Session, signatory: Signatory) -> bool:
    given = select(TerminationNotice.id).where(TerminationNotice.signatory_id == signatory.id)
    return session.scalar(given.limit(1)) is not None


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
