"""Correct or withdraw one signature of several; what stood there stays readable (CSP 04-01-002 VI.D, IX.A.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Agreement
from models.gates import GateRecord
from operations.actor import Actor
from operations.conclude.refuse_ended import refuse_ended
from operations.establish.move_signing import move_signing, refuse_gates_then, refuse_move
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.establish.sign_agreement import SIGNERS, Signature, as_done, note_signatures, refuse_impossible
from operations.read.signatures import RecordedSignature, read_signatures, recorded_signatures
from operations.records.attach_document import attach_document, standing_documents, withdraw_documents_of
from operations.records.gate_records import DIGEST, write_gate_records
from operations.records.open_alliance import Opened, open_alliance, refuse_day_to_come
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.procedure import ProcedureStep
from policy.rights import Verb
from policy.subjects import DRAFT
from policy.words import day as spelled

#: What a single signature is called: "signature:12".
RECORD = "signature"
_GONE = "This signature is no longer on record; /alliance correct lists those that are."


@dataclass(frozen=True, slots=True)
class Corrected:
    """A signature that was corrected."""

    outcome: Outcome
    #: For whom it is: the office, or the signatory.
    name: str
    #: The day of the agreement that it belongs to; None while that is in preparation.
    agreement_on: date | None
    #: The day that the agreement had before.
    agreement_was_on: date | None


def correct_signature(
    session: Session,
    *,
    number: int,
    signature: Signature,
    reason: str,
    documented: bool = False,
    by: Actor,
    now: datetime,
) -> Corrected:
    """Record a signature anew in place of a wrong one, by the number of its record; `signature.about` is not read.

    `documented` says that a document comes with it. Where the last OSHA signature of an original agreement gets
    another day, the agreement has that day, and its years and duties are counted from it; a renewal's never moves.

    Raises:
        GatesOpen: Of an agreement in preparation or an original a gate is open on the day of an OSHA signature.
        Refused: The day is impossible, or it would move the day of an agreement on which something rests.
        AlreadyDone: It says so already, or was corrected or withdrawn before.
        NotAllowed: No position of the person allows it.
    """
    opened, row, one = _open(session, number, by=by, now=now)
    new = Signature(
        one.about, signature.by.strip(), signature.on, signature.acting_for, signature.evidence or None, signature.field
    )
    if not documented and (new.by, new.on, new.acting_for, new.evidence) == (
        *(one.by, one.on, one.acting_for, one.evidence),
    ):
        raise AlreadyDone("The signature says so already; nothing changed.")
    agreement = _agreement_of(session, row)
    was, moved = (None if agreement is None else agreement.signed_on), None
    if agreement is None:
        _refuse_of_draft(session, opened, new, osha=one.osha)
    else:
        moved = _refuse_of_agreement(session, opened, new, one, agreement)
    _take_away(session, opened, row, one, reason, by=by, now=now)
    digest = row.details.get(DIGEST)
    (made,) = write_gate_records(session, opened.row.id, row.subject, [as_done(new, digest)], by=by, now=now)
    made.counted_at = None if agreement is None else now
    note_signatures(session, opened, [made], digest, by=by, now=now, corrects=row.id, reason=reason)
    record = f"gate:{made.id}"
    if agreement is not None and moved not in {None, agreement.signed_on}:
        move_signing(session, opened, agreement, moved or new.on, reason=reason, by=by, now=now)
    _carry_documents(session, opened, row, record, reason, by=by, now=now)
    outcome = recheck(session, opened.row.id, by=by, now=now, record=record)
    return Corrected(outcome, one.name, None if agreement is None else agreement.signed_on, was)


def withdraw_signature(session: Session, *, number: int, reason: str | None, by: Actor, now: datetime) -> Outcome:
    """Withdraw a signature of an agreement in preparation that was recorded by mistake.

    Raises:
        Refused: The agreement is signed.
        AlreadyDone: It was corrected or withdrawn before.
        NotAllowed: No position of the person allows it.
    """
    opened, row, one = _open(session, number, by=by, now=now)
    agreement = _agreement_of(session, row)
    if agreement is not None:
        raise Refused(
            f"The agreement of {spelled(agreement.signed_on)} rests on this signature: {_first(opened, agreement)}."
        )
    _take_away(session, opened, row, one, reason, by=by, now=now)
    _carry_documents(session, opened, row, None, reason, by=by, now=now)
    return recheck(session, opened.row.id, by=by, now=now, record=f"{RECORD}:{number}")


def _open(session: Session, number: int, *, by: Actor, now: datetime) -> tuple[Opened, GateRecord, RecordedSignature]:
    row = session.get(GateRecord, number)
    if row is None:
        raise Refused(_GONE)
    opened = open_alliance(session, row.alliance_id, by=by, verb=Verb.SIGN, now=now)
    session.refresh(row)
    if row.withdrawn_at is not None:
        raise AlreadyDone("This signature was corrected or withdrawn before; nothing changed.")
    one = next((one for one in recorded_signatures(session, row.alliance_id) if one.id == number), None)
    if one is None:
        raise Refused(_GONE)
    return opened, row, one


def _agreement_of(session: Session, row: GateRecord) -> Agreement | None:
    """Return the signed agreement that a signature belongs to; None while that is in preparation."""
    return None if row.subject == DRAFT else session.get_one(Agreement, int(row.subject.partition(":")[2]))


def _refuse_of_draft(session: Session, opened: Opened, new: Signature, *, osha: bool) -> None:
    """Let pass what could be recorded now; the last signature weighs all of them together."""
    refuse_ended(opened)
    standing = {one.about: one for one in read_signatures(session, opened.of, on=opened.today)}
    refuse_impossible(opened, standing, new)
    for on in sorted({opened.today, *((new.on,) if osha else ())}):
        refuse_open_gates(session, opened.of, step=ProcedureStep.SIGN, on=on, but=SIGNERS)


def _refuse_of_agreement(
    session: Session, opened: Opened, new: Signature, one: RecordedSignature, agreement: Agreement
) -> date:
    """Let pass what can have been, with all that was signed and recorded since; return the day of the agreement."""
    field, signed_on = new.field or "", agreement.signed_on
    if not new.by:
        raise Refused(f"Name who signed for {one.name}.", field="by")
    refuse_day_to_come(opened, new.on, field=field, what="a signature")
    before = [other.signed_on for other in opened.of.facts.agreements if other.signed_on < signed_on]
    if before and new.on <= before[-1]:
        raise Refused(
            f"{spelled(new.on)} does not lie after the agreement before it ({spelled(before[-1])}).", field=field
        )
    together = [other for other in recorded_signatures(session, opened.row.id) if other.subject == one.subject]
    osha = {other.about: other.on for other in together if other.osha}
    moved = max((osha | ({new.about: new.on} if one.osha else {})).values(), default=signed_on)
    outside = {other.name: other.on for other in together if not other.osha}
    outside |= {} if one.osha else {one.name: new.on}
    last = max(moved, signed_on) if agreement.renewal else moved
    late = next((name for name, on in outside.items() if on > last), None)
    if late is not None:
        raise Refused(
            f"{late} cannot have signed on {spelled(outside[late])}, after the last OSHA signature "
            f"({spelled(last)}): that is the day of the agreement.",
            field=field,
        )
    if new.on == one.on or not one.osha:
        return signed_on
    if agreement.renewal:
        _refuse_of_renewal(opened, new, agreement, moved, osha)
        return signed_on
    refuse_gates_then(session, opened, agreement, new.on)
    if max(osha.values()) != signed_on:
        # Its day was corrected elsewhere, as by an import: it is not that of these signatures.
        return signed_on
    if moved != signed_on:
        refuse_move(session, opened, agreement, moved, field=field)
    return moved


def _refuse_of_renewal(
    opened: Opened, new: Signature, agreement: Agreement, moved: date, osha: Mapping[str, date]
) -> None:
    """Let pass what keeps the day of a renewal; it is taken back, corrected and signed again for another."""
    field, signed_on = new.field or "", agreement.signed_on
    if moved > signed_on or max(osha.values()) == signed_on != moved:
        raise Refused(
            f"The agreement was signed on {spelled(signed_on)}, the day of its last OSHA signature, which this would "
            f"move to {spelled(moved)}: {_first(opened, agreement)}.",
            field=field,
        )
    if new.on < min(osha.values()):
        raise Refused(
            f"No OSHA signature counts from before the gates were passed, and they were looked at for "
            f"{spelled(min(osha.values()))}, the day of the first OSHA signature on record.",
            field=field,
        )


def _first(opened: Opened, agreement: Agreement) -> str:
    """Say what has to be undone before a signature of an agreement can be withdrawn, or a renewal's day move."""
    if opened.of.facts.agreements[-1].id != agreement.id:
        return "withdraw the later renewal first (/alliance correct), then this one"
    if not agreement.renewal:
        return "correct it, or withdraw the signed agreement first (/alliance correct)"
    return "withdraw the signed renewal first (/alliance correct), correct the signature, and sign again"


def _take_away(
    session: Session,
    opened: Opened,
    row: GateRecord,
    one: RecordedSignature,
    reason: str | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Withdraw a signature, and those of the same office or signatory that it took the place of."""
    session.execute(
        update(GateRecord)
        .where(
            GateRecord.alliance_id == row.alliance_id,
            GateRecord.subject == row.subject,
            GateRecord.kind == row.kind,
            GateRecord.about == row.about,
            GateRecord.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    content = {"of": one.name, "by": one.by, "acting_for": one.acting_for, "on_day": one.on, "evidence": one.evidence}
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="signature:withdrawn",
        subject=opened.subject,
        data={RECORD: row.id, "record": content} | ({"reason": reason} if reason else {}),
    )


def _carry_documents(
    session: Session, opened: Opened, row: GateRecord, to: str | None, reason: str | None, *, by: Actor, now: datetime
) -> None:
    """Put the documents behind a correction that stood behind the signatures recorded together with the wrong one.

    They stay where they are while another of these stands.
    """
    sheet = session.scalars(
        select(GateRecord)
        .where(GateRecord.sheet == row.sheet)
        .order_by(GateRecord.id)
        .execution_options(populate_existing=True)
    ).all()
    if any(one.withdrawn_at is None for one in sheet):
        return
    for number in [one.id for one in sheet]:
        carried = standing_documents(session, f"gate:{number}")
        withdraw_documents_of(session, f"gate:{number}", reason, by=by, now=now)
        for document in carried if to is not None else ():
            attach_document(session, alliance_id=opened.row.id, record=to or "", attached=document, by=by, now=now)
