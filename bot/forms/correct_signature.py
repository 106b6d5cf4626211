"""Correct one signature of several: another name, day or evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import STALE_FORM, AllianceForm, Ask, DocumentField, Done, Draft, Form, Opening, Submitting
from bot.form_types import document_field as document
from bot.named import named, with_whom
from operations.establish.correct_signature import RECORD, correct_signature
from operations.establish.sign_agreement import Signature
from operations.read.signatures import RecordedSignature, recorded_signatures
from operations.refusals import Refused
from policy.rights import Verb
from policy.subjects import DRAFT
from policy.words import day

STAYS = "It stays readable in the history; what you record takes its place."
#: What happens to a signed agreement, before anything is recorded.
MOVES = (
    "The agreement was signed on {day}, the day of its last OSHA signature. Another last day moves it there: term, "
    "years and duties are counted from that day, work plans and what is asked for a duty go with their year, and "
    "approvals stay. It is refused while a report, an evaluation, a renewal or anything dated before that day rests "
    "on it."
)
MOVES_NOT = "The day of a signed renewal does not move: it is taken back, corrected and signed again."


class CorrectSignature(AllianceForm):
    """Who signed, when, and where it is (CSP 04-01-002 VI.D, IX.A.7)."""

    by: str = Field(
        title="Signer",
        max_length=300,
        description="Name and position; of a designee also for whom: Ben Doe (for Ann Roe), Deputy.",
    )
    on: date = Field(title="Date of the signature")
    evidence: Annotated[str | None, Ask(multiline=True)] = Field(
        None, title="Where the signature is", max_length=1000, description="A letter, a file, a link."
    )
    document: DocumentField = document("The signed page")
    reason: Annotated[str, Ask(multiline=True)] = Field(
        title="Why is it corrected?", max_length=1000, description="The reason is kept with what stood there before."
    )


def _open(opening: Opening) -> Draft:
    one = _meant(opening.session, opening.about.id, opening.values)
    return Draft(
        values={RECORD: str(one.id), "by": with_whom(one.by, one.acting_for), "on": one.on, "evidence": one.evidence},
        intro=[
            f"The signature of {safe(one.name)} on record: {safe(with_whom(one.by, one.acting_for))}, {day(one.on)}.",
            STAYS,
            *_on_agreement(opening, one),
        ],
    )


def _on_agreement(opening: Opening, one: RecordedSignature) -> list[str]:
    """Say what another day of a signature does to the agreement that it belongs to."""
    if one.subject == DRAFT or not one.osha:
        return []
    id = int(one.subject.partition(":")[2])
    agreement = next((a for a in opening.about.of.facts.agreements if a.id == id), None)
    if agreement is None:
        return []
    return [MOVES_NOT if agreement.renewal else MOVES.format(day=day(agreement.signed_on))]


def _meant(session: Any, alliance_id: int, carried: Mapping[str, Any]) -> RecordedSignature:
    number = carried.get(RECORD)
    one = next((one for one in recorded_signatures(session, alliance_id) if str(one.id) == number), None)
    if one is None:
        raise Refused("Choose the signature in the list of /alliance correct; this one is not on record there.")
    return one


def _submit(submitting: Submitting, typed: CorrectSignature) -> Done:
    if RECORD not in submitting.kept:
        raise Refused(STALE_FORM)
    one = _meant(submitting.session, typed.alliance, submitting.kept)
    by, acting_for, position = named(typed.by, signs=True)
    corrected = correct_signature(
        submitting.session,
        number=one.id,
        signature=Signature(
            one.about, ", ".join(filter(None, (by, position))), typed.on, acting_for, typed.evidence, field="on"
        ),
        reason=typed.reason,
        documented=typed.document is not None,
        by=submitting.by,
        now=submitting.now,
    )
    outcome = corrected.outcome
    of, moved = "of the agreement in preparation", ""
    if corrected.agreement_on is not None:
        stays = corrected.agreement_on == corrected.agreement_was_on
        of = f"of the agreement of {day(corrected.agreement_on)}" + (", whose day stays" if stays else "")
        if not stays and corrected.agreement_was_on is not None:
            moved = (
                f" The agreement stood at {day(corrected.agreement_was_on)}; its term, years and duties are counted "
                f"from {day(corrected.agreement_on)} now."
            )
    return Done(
        outcome,
        f"Corrected for *{safe(outcome.of.facts.name)}*: the signature of {safe(corrected.name)} {of}: "
        f"{safe(typed.by)} on {full_day(typed.on)}. What stood there before stays readable.{moved}",
        undoable=corrected.agreement_on is None,
    )


FORM = Form(
    name="correct_signature",
    title="Correct a signature",
    model=CorrectSignature,
    verb=Verb.SIGN,
    open=_open,
    submit=_submit,
    submit_label="Correct",
)
