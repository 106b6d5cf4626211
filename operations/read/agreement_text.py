"""Read what an agreement says: the one in preparation, or one that was signed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from models.drafts import Draft
from operations.approve.drafts import latest_draft
from operations.gather_facts import Gathered
from operations.gather_gate_facts import SIGNING, kinds_on_record
from operations.read.renewal_parties import renewal_parties
from operations.read.signatures import read_signatures, recorded_signatures
from policy.editions import edition_on
from policy.gate_facts import Official
from policy.handed_papers import AgreementText, Head, Signer
from policy.papers_there import PaperThere
from policy.parameters import initial_term_years
from policy.participants import ParticipantKind
from policy.subjects import DRAFT


def read_draft(session: Session, of: Gathered, _: PaperThere, head: Head) -> tuple[Head, AgreementText]:
    """Read the agreement that an alliance prepares, with who is to sign it."""
    facts, on = of.facts, head.written_on
    changed = renewal_parties(session, of)
    staying = [name for name in head.participants if name not in changed.leaving]
    participants = (*staying, *(name for name in changed.joining if name not in staying))
    draft = latest_draft(session, facts.id, DRAFT)
    renewal = bool(facts.agreements)
    return replace(head, participants=participants), AgreementText(
        renewal=renewal,
        in_part=changed.in_part,
        edition=edition_on(on),
        term_years=None if renewal else initial_term_years(on),
        version=None if draft is None else draft.version,
        content=_content(draft),
        signers=tuple(
            Signer(one.name, one.official.value, one.by, one.acting_for, None)
            for one in read_signatures(session, of, on=on)
        ),
        signed_on=None,
        arrangement=_has_consulate(session, facts.id, participants),
    )


def read_signed(session: Session, of: Gathered, there: PaperThere, head: Head) -> tuple[Head, AgreementText]:
    """Read an agreement as it was signed, with who signed it."""
    facts = of.facts
    row = next(agreement for agreement in facts.agreements if agreement.id == there.record)
    on = row.signed_on
    subject = f"agreement:{row.id}"
    draft = latest_draft(session, facts.id, subject)
    signed = [one for one in recorded_signatures(session, facts.id) if one.subject == subject]
    # The alliance may have moved to other offices since; the lead office stands first.
    offices = sorted((one.name for one in signed if one.osha), key=lambda name: name != head.offices[0])
    before = replace(
        head,
        offices=tuple(offices) or head.offices,
        renewed_on=tuple(renewed for renewed in head.renewed_on if renewed < on),
    )
    return before, AgreementText(
        renewal=row.renewal,
        in_part=row.in_part,
        edition=edition_on(on),
        term_years=row.term_years,
        version=None if draft is None else draft.version,
        content=_content(draft),
        signers=tuple(
            Signer(one.name, _position(of, osha=one.osha), one.by or None, one.acting_for, one.on) for one in signed
        ),
        signed_on=on,
        arrangement=_has_consulate(session, facts.id, head.participants),
    )


def _content(draft: Draft | None) -> dict[str, str]:
    content: dict[str, Any] = {} if draft is None else dict(draft.content)
    return {name: said for name, said in content.items() if isinstance(said, str)}


def _position(of: Gathered, *, osha: bool) -> str:
    return (SIGNING[of.facts.level] if osha else Official.SENIOR_OFFICIAL).value


def _has_consulate(session: Session, alliance_id: int, participants: tuple[str, ...]) -> bool:
    kinds = kinds_on_record(session, alliance_id)
    return any(ParticipantKind.CONSULATE in kinds.get(name, ()) for name in participants)
