"""Record a signed renewal agreement."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import paragraphs, safe
from bot.duty_words import full_day
from bot.form_types import (
    AllianceForm,
    Ask,
    Choice,
    DocumentField,
    Done,
    Draft,
    Form,
    Opening,
    Submitting,
    document_field,
)
from bot.gate_words import open_line
from operations.conclude.sign_renewal import sign_renewal
from operations.read.gates import gates_before
from operations.read.renewal_parties import renewal_parties
from operations.refusals import Refused
from policy.dates import terms_of
from policy.parameters import renewal_term_bounds, renewal_term_years
from policy.procedure import ProcedureStep
from policy.rights import Verb
from policy.words import count, day


class SignRenewal(AllianceForm):
    """When a renewal was signed, and for how long (CSP 04-01-002 VII.B)."""

    signed_on: date = Field(
        title="Date of the last OSHA signature", description="The new term begins on this day, also after the old one."
    )
    term_years: Annotated[int, Ask(offered=True)] = Field(title="Term")
    document: DocumentField = document_field("The signed renewal")


def _open(opening: Opening) -> Draft:
    about = opening.about
    if about.latest_agreement is None:
        raise Refused(f"{about.name} has no signed agreement yet: there is nothing to renew.")
    if about.of.facts.ending is not None:
        raise Refused(f"{about.name} ended on {day(about.of.facts.ending.ended_on)}: it cannot be renewed.")
    shortest, longest = renewal_term_bounds(about.today)
    shown = gates_before(opening.session, about.of, step=ProcedureStep.SIGN, on=about.today)
    lines = ["*What is still open before signing*", *map(open_line, shown.open)] if shown.open else []
    parties = renewal_parties(opening.session, about.of)
    lines += ["Record what was done with `/alliance gates`."] if lines else []
    for what, names in (("With it join", parties.joining), ("With it leave", parties.leaving)):
        lines += [f"{what}: {', '.join(map(safe, names))}."] if names else []
    lines += [f"Renewed in part: {safe(parties.in_part, 1000)}"] if parties.in_part else []
    return Draft(
        intro=paragraphs(lines),
        values={"signed_on": about.today, "term_years": str(renewal_term_years(about.today))},
        choices={"term_years": [Choice(str(years), count(years, "year")) for years in range(shortest, longest + 1)]},
    )


def _submit(submitting: Submitting, typed: SignRenewal) -> Done:
    outcome = sign_renewal(
        submitting.session,
        alliance_id=typed.alliance,
        signed_on=typed.signed_on,
        term_years=typed.term_years,
        by=submitting.by,
        now=submitting.now,
    )
    *_, before, signed = terms_of(outcome.of.facts)
    late = ""
    if signed.signed_on > before.expires_on:
        late = f" The term before ran out on {day(before.expires_on)}; the new one begins on its own signing."
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: renewal signed on {full_day(typed.signed_on)}, in effect to "
        f"{day(signed.expires_on)} ({count(typed.term_years, 'year')}).{late}",
        undoable=True,
    )


FORM = Form(
    name="sign_renewal",
    title="Renewal signed",
    model=SignRenewal,
    verb=Verb.SIGN,
    open=_open,
    submit=_submit,
)
