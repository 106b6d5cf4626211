"""Record the signatures of an agreement, one by one and in any order; with the last of them it is signed.

CSP 04-01-002 VI.D, IX.A.7: for OSHA every official concerned, and a senior official of each signatory. Signatures may
come by mail; the agreement is signed on the day of the last OSHA signature, which comes last (OSHA's FAQ on signing).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from models import audit
from models.gates import GateRecord
from operations.actor import Actor
from operations.conclude.refuse_ended import refuse_ended
from operations.establish.make_agreement import make_agreement, refuse_term
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.read.signatures import ToSign, digest_to_sign, read_signatures
from operations.records.gate_records import Done, write_gate_records
from operations.records.open_alliance import Opened, open_alliance, refuse_day_to_come
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.gate_records import RecordKind
from policy.procedure import ProcedureStep
from policy.rights import Verb
from policy.subjects import DRAFT
from policy.words import day as spelled

#: The gate that closes with the signatures themselves.
SIGNERS = ("signers",)


@dataclass(frozen=True, slots=True)
class Signature:
    """That somebody signed."""

    #: Code of the OSHA office, or the name of the signatory.
    about: str
    by: str
    #: The local day of the signature.
    on: date
    #: The official for whom a designee signed.
    acting_for: str | None = None
    #: Where it is: the letter, the file.
    evidence: str | None = None
    #: The form's field that a refusal speaks of.
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """How an agreement stands after signatures were recorded."""

    outcome: Outcome
    #: The day on which it was signed; None while signatures are missing.
    signed_on: date | None
    missing: tuple[ToSign, ...]


def sign_agreement(
    session: Session,
    *,
    alliance_id: int,
    signatures: Sequence[Signature],
    term_years: int,
    by: Actor,
    now: datetime,
) -> Signed:
    """Record signatures; when none is missing any more, the agreement is made for a term of whole years.

    After a signing was taken back all may be there: then none needs to be given for the agreement to be made again.

    Raises:
        GatesOpen: A mandatory gate is open, today or on the day of an OSHA signature.
        Refused: A day or the term is impossible, or somebody outside signed after the last OSHA signature.
        AlreadyDone: It is on record already, or the alliance has ended.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.SIGN, now=now)
    refuse_ended(opened)
    refuse_term(opened.today, term_years, renewal=bool(opened.of.facts.agreements))
    standing = {one.about: one for one in read_signatures(session, opened.of, on=opened.today)}
    new = [one for one in signatures if not _stands(standing.get(one.about), one)]
    if not new and any(one.signed_on is None for one in standing.values()):
        if signatures:
            raise AlreadyDone("These signatures are on record already; nothing was changed.")
        raise Refused("Nothing is filled in: enter at least one signature with its date.")
    for one in new:
        refuse_impossible(opened, standing, one)
    for on in sorted({opened.today, *(one.on for one in new if standing[one.about].osha)}):
        refuse_open_gates(session, opened.of, step=ProcedureStep.SIGN, on=on, but=SIGNERS)
    after = [_with(one, new) for one in standing.values()]
    missing = tuple(one for one in after if one.signed_on is None)
    signed_on = None if missing else _day_of_agreement(after, new[0].field if new else None)
    if signed_on is not None:
        # What was undone and done again since an official signed came after that signature.
        for on in sorted({one.signed_on for one in after if one.osha and one.signed_on is not None}):
            refuse_open_gates(session, opened.of, step=ProcedureStep.SIGN, on=on, but=SIGNERS)
    record = _write(session, opened, new, by=by, now=now) if new else ""
    if signed_on is not None:
        agreement = make_agreement(session, opened, signed_on=signed_on, term_years=term_years, by=by, now=now)
        record = f"agreement:{agreement.id}"
    return Signed(recheck(session, alliance_id, by=by, now=now, record=record), signed_on, missing)


def _write(session: Session, opened: Opened, new: Sequence[Signature], *, by: Actor, now: datetime) -> str:
    """Put signatures on record as one sheet; return what withdraws it."""
    digest = digest_to_sign(session, opened.of)
    rows = write_gate_records(session, opened.row.id, DRAFT, [as_done(one, digest) for one in new], by=by, now=now)
    note_signatures(session, opened, rows, digest, by=by, now=now)
    return f"gate:{rows[0].id}"


def note_signatures(
    session: Session,
    opened: Opened,
    rows: Sequence[GateRecord],
    digest: str | None,
    *,
    by: Actor,
    now: datetime,
    **more: object,
) -> None:
    """Tell the audit of signatures that were put on record, and under which version."""
    told = [
        {"gate": row.id, "for": row.about, "by": row.by, "acting_for": row.acting_for, "on": row.on_day} for row in rows
    ]
    data = {"signatures": told, "digest": digest, **more}
    audit.record(session, at=now, actor=by.name, action="agreement:signatures", subject=opened.subject, data=data)


def _with(standing: ToSign, new: Sequence[Signature]) -> ToSign:
    """Return how a signature stands once the new ones are recorded."""
    signed = next((one for one in new if one.about == standing.about), None)
    if signed is None:
        return standing
    return replace(standing, by=signed.by, acting_for=signed.acting_for, signed_on=signed.on)


def _stands(standing: ToSign | None, one: Signature) -> bool:
    if standing is None or standing.signed_on is None:
        return False
    return (standing.signed_on, standing.by, standing.acting_for) == (one.on, one.by, one.acting_for)


def refuse_impossible(opened: Opened, standing: Mapping[str, ToSign], one: Signature) -> None:
    """Let pass a signature of somebody who signs, on a day on which that can have been.

    Raises:
        Refused: The sentence says what is wrong.
    """
    if one.about not in standing:
        raise Refused(f"{opened.row.name} has no “{one.about}” that signs; open the form again.", field=one.field)
    if not one.by.strip():
        raise Refused(f"Name who signed for {standing[one.about].name}.", field=one.field)
    refuse_day_to_come(opened, one.on, field=one.field or "", what="a signature")
    agreements = opened.of.facts.agreements
    if agreements and one.on <= agreements[-1].signed_on:
        raise Refused(
            f"{spelled(one.on)} does not lie after the latest agreement ({spelled(agreements[-1].signed_on)}).",
            field=one.field,
        )


def _day_of_agreement(after: Sequence[ToSign], field: str | None) -> date:
    """Return the day of the last OSHA signature; nobody outside may have signed after it."""
    signed_on = max(one.signed_on for one in after if one.osha and one.signed_on is not None)
    late = next(
        (one for one in after if not one.osha and one.signed_on is not None and one.signed_on > signed_on), None
    )
    if late is not None and late.signed_on is not None:
        raise Refused(
            f"{late.name} signed on {spelled(late.signed_on)}, after the last OSHA signature ({spelled(signed_on)}): "
            "OSHA signs last, and that day is the day of the agreement.",
            field=field,
        )
    return signed_on


def as_done(one: Signature, digest: str | None) -> Done:
    """Return a signature of the version with a digest as it is put on record."""
    return Done(
        RecordKind.SIGNED,
        one.about,
        on=one.on,
        by=one.by.strip(),
        acting_for=one.acting_for,
        text=one.evidence,
        details={} if digest is None else {"digest": digest},
    )
