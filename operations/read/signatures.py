"""Who signs an agreement in preparation, and who has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.gates import GateRecord
from models.offices import Office
from operations.approve.drafts import latest_digests, latest_draft
from operations.gather_facts import Gathered
from operations.gather_gate_facts import SIGNING, Standing, parties_to_sign, read_records
from operations.records.gate_records import DIGEST
from policy.gate_facts import Official
from policy.gate_records import RecordKind
from policy.subjects import DRAFT


@dataclass(frozen=True, slots=True)
class ToSign:
    """One signature that the agreement takes."""

    #: Code of the OSHA office, or the name of the signatory.
    about: str
    #: Name of either.
    name: str
    official: Official
    #: Whether the signature is OSHA's.
    osha: bool
    #: Who is named to sign, or has signed, with the position; None while nobody is.
    by: str | None = None
    acting_for: str | None = None
    signed_on: date | None = None
    #: Where the signature is: the letter, the file.
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedSignature:
    """A signature that is on record and counts."""

    #: The number of its record.
    id: int
    #: "draft", or "agreement:12" of a signed one.
    subject: str
    #: Code of the OSHA office, or the name of the signatory; and the name of either.
    about: str
    name: str
    #: Whether it is OSHA's.
    osha: bool
    by: str
    acting_for: str | None
    on: date
    evidence: str | None


def read_signatures(session: Session, of: Gathered, *, on: date) -> tuple[ToSign, ...]:
    """Return the signatures that an agreement takes, those of OSHA first, as they stand on a local day.

    A signature under an earlier version of the draft does not count.
    """
    facts = of.facts.as_of(on)
    records = read_records(session, facts.id, DRAFT, on=on)
    rows = session.execute(select(Office.code, Office.name).where(Office.code.in_(facts.offices)))
    names = {code: name for code, name in rows}  # noqa: C416 - a Row is no pair to the type checker
    digest = digest_to_sign(session, of)
    return (
        *(_to_sign(records, digest, code, names[code], SIGNING[facts.level], osha=True) for code in facts.offices),
        *(
            _to_sign(records, digest, name, name, Official.SENIOR_OFFICIAL, osha=False)
            for name in parties_to_sign(facts, records)
        ),
    )


def recorded_signatures(session: Session, alliance_id: int) -> list[RecordedSignature]:
    """Return the signatures that count, of the agreement in preparation and of those that are signed."""
    rows = session.scalars(
        select(GateRecord)
        .where(
            GateRecord.alliance_id == alliance_id,
            GateRecord.kind == RecordKind.SIGNED.value,
            or_(GateRecord.subject == DRAFT, GateRecord.subject.startswith("agreement:")),
            GateRecord.withdrawn_at.is_(None),
        )
        .order_by(GateRecord.id)
    ).all()
    digests = latest_digests(session, alliance_id, {row.subject for row in rows})
    counting = {(r.subject, r.about): r for r in rows if r.details.get(DIGEST) == digests.get(r.subject)}
    offices = select(Office.code, Office.name).where(Office.code.in_({row.about for row in rows}))
    names = {code: name for code, name in session.execute(offices)}  # noqa: C416 - a Row
    return [
        RecordedSignature(
            row.id,
            row.subject,
            row.about,
            names.get(row.about, row.about),
            row.about in names,
            row.by or "",
            row.acting_for,
            row.on_day,
            row.text,
        )
        for row in counting.values()
        if row.on_day is not None
    ]


def signer_of(named: GateRecord) -> str | None:
    """Return who signs or has signed, with the position; of who is named to sign it stands by itself."""
    position = named.text if named.kind == RecordKind.SIGNER else None
    return ", ".join(filter(None, (named.by, position))) or None


def digest_to_sign(session: Session, of: Gathered) -> str | None:
    """Return the digest of the draft that is signed; None where none was kept."""
    draft = latest_draft(session, of.facts.id, DRAFT)
    return None if draft is None else draft.digest


def _to_sign(records: Standing, digest: str | None, about: str, name: str, official: Official, *, osha: bool) -> ToSign:
    signed: GateRecord | None = records.get((RecordKind.SIGNED, about))
    if signed is not None and signed.details.get("digest") != digest:
        signed = None
    named = signed or records.get((RecordKind.SIGNER, about))
    if named is None:
        return ToSign(about, name, official, osha)
    return ToSign(
        about,
        name,
        official,
        osha,
        by=signer_of(named),
        acting_for=named.acting_for,
        signed_on=None if signed is None else signed.on_day,
        evidence=None if signed is None else signed.text,
    )
