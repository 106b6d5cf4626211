"""Record that Ambassador status was offered, or the Ambassador document that ends the agreement."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day, open_duties
from bot.form_types import (
    AllianceForm,
    Ask,
    DocumentField,
    Done,
    Draft,
    FilesField,
    Form,
    Opening,
    Submitting,
    document_field,
    files_field,
)
from operations.conclude.record_ambassador import record_ambassador
from operations.operate.record_done import record_done
from operations.refusals import Refused
from policy.rights import Verb

WHAT_FOLLOWS = (
    "An alliance that completed its initial agreement and one renewal may become an Ambassador (FAQ F-1, F-12). The "
    "document ends the agreement on its date; an Ambassador owes no reports."
)
RULE = "ambassador-eligible"
DOCUMENT = "document"


class OfferAmbassador(AllianceForm):
    """How far the Ambassador status has come."""

    what: Annotated[
        Literal["offered", "document"],
        Ask(radio=True, labels={"offered": "The status was offered", DOCUMENT: "The Ambassador document was signed"}),
    ] = Field(title="What happened")
    on: date = Field(title="Date")
    remarks: Annotated[str | None, Ask(multiline=True)] = Field(None, title="Remarks", max_length=2000)
    document: DocumentField = document_field("The Ambassador document")
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    about = opening.about
    if about.of.facts.ending is not None:
        raise Refused(f"{about.name} has ended: there is no status to offer.")
    offered = any(not due.status.unsettled for due in about.of_rule(RULE))
    return Draft(values={"what": DOCUMENT if offered else "offered", "on": about.today}, intro=[WHAT_FOLLOWS])


def _submit(submitting: Submitting, typed: OfferAmbassador) -> Done:
    if typed.what == DOCUMENT:
        outcome = record_ambassador(
            submitting.session,
            alliance_id=typed.alliance,
            document_on=typed.on,
            remarks=typed.remarks,
            by=submitting.by,
            now=submitting.now,
        )
        what = f"Ambassador from {full_day(typed.on)}; the agreement ended on that day"
    else:
        outcome = record_done(
            submitting.session,
            alliance_id=typed.alliance,
            rule=RULE,
            subject=f"alliance:{typed.alliance}",
            done_on=typed.on,
            note=typed.remarks,
            by=submitting.by,
            now=submitting.now,
        )
        what = f"Ambassador status offered on {full_day(typed.on)}"
    return Done(outcome, f"Recorded for *{safe(outcome.of.facts.name)}*: {what}.", undoable=True)


def _confirm(done: Done) -> str | None:
    if (done.outcome.record or "").startswith("fulfilment:"):
        return None
    lifted = sum(due.rule != RULE for due in done.outcome.settled)
    more = f" With it {open_duties(lifted)} will be lifted." if lifted else ""
    return f"{done.said}{more}\nIs it right? It can be undone while nothing rests on it."


FORM = Form(
    name="offer_ambassador",
    title="Ambassador status",
    model=OfferAmbassador,
    verb=Verb.END_ALLIANCE,
    open=_open,
    submit=_submit,
    confirm=_confirm,
)
