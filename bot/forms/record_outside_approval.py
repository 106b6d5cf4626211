"""Record what the Solicitor, or another official who is not in Slack, decided on paper."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bot.approval_words import asked_text, decided_said
from bot.form_types import (
    ApprovalForm,
    Ask,
    Choice,
    DocumentField,
    Draft,
    Form,
    Opening,
    Said,
    Submitting,
    document_field,
)
from operations.approve.record_outside import record_outside
from operations.read.approvals import show_approval
from operations.refusals import Refused
from policy.approval import Verdict
from policy.rights import Verb

VERDICTS = {"approve": "Approved", "return": "Returned for changes", "decline": "Declined"}


class RecordOutsideApproval(ApprovalForm):
    """Who decided what, on which day, and where that is written."""

    seat: Annotated[str, Ask(offered=True)] = Field(title="For whom?")
    verdict: Annotated[Literal["approve", "return", "decline"], Ask(labels=VERDICTS, radio=True)] = Field(
        title="What was decided?"
    )
    name: str = Field(title="Who decided", max_length=200, description="Name and position.")
    on: date = Field(title="Decided on")
    evidence: Annotated[str, Ask(multiline=True)] = Field(
        title="Where it is written", max_length=1000, description="A letter, a message, a link."
    )
    document: DocumentField = document_field("The letter itself")
    reason: Annotated[str | None, Ask(multiline=True)] = Field(
        None, title="Why", max_length=1000, description="Where it was returned or declined."
    )


def _open(opening: Opening) -> Draft:
    shown = show_approval(opening.session, uuid.UUID(opening.values["approval"]), now=opening.now)
    seats = [seat for seat in shown.waiting if seat.on_paper]
    if not seats:
        raise Refused("Nobody's decision on paper is waited for; /alliance approve shows how it stands.")
    return Draft(
        values={"approval": str(shown.id), "seat": seats[0].key, "verdict": "approve"},
        choices={"seat": [Choice(seat.key, seat.title) for seat in seats]},
        intro=[asked_text(shown)],
    )


def _submit(submitting: Submitting, typed: RecordOutsideApproval) -> Said:
    decided = record_outside(
        submitting.session,
        approval_id=submitting.carried("approval"),
        seat=typed.seat,
        verdict=Verdict(typed.verdict),
        name=typed.name,
        on=typed.on,
        evidence=typed.evidence,
        reason=typed.reason,
        by=submitting.by,
        now=submitting.now,
    )
    said = decided_said(decided)
    return Said(
        said,
        f"{said}\nYour name stands next to theirs, with where it is written. Is it right?",
        decided.record,
        decided.alliance_id,
    )


FORM = Form(
    name="record_outside_approval",
    title="Decision on paper",
    model=RecordOutsideApproval,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
    confirm=lambda said: said.preview,
)
