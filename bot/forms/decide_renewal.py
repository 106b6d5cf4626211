"""Record the recommendation for the end of a term, and management's decision."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import (
    AllianceForm,
    Ask,
    Choice,
    Done,
    Draft,
    FilesField,
    Form,
    Opening,
    Submitting,
    files_field,
)
from operations.conclude.decide_renewal import decide_renewal
from operations.read.begun import decision_begun, decision_made, recommended
from operations.refusals import AlreadyDone, Refused
from policy.facts import Recommendation
from policy.papers import RECOMMENDATIONS, RECOMMENDED
from policy.rights import Verb
from policy.words import day

RENEWAL = ("recommendation", (Recommendation.RENEW.value,))
EXTENSION = ("recommendation", (Recommendation.EXTEND.value,))


class DecideRenewal(AllianceForm):
    """What is to become of an alliance at the end of its term (CSP 04-01-002 IX.C.3)."""

    agreement: Annotated[int, Ask(offered=True)] = Field(title="Term")
    recommendation: Annotated[Recommendation, Ask(radio=True, steers=True, labels=RECOMMENDATIONS)] = Field(
        title=RECOMMENDED["recommendation"]
    )
    reasons: Annotated[str, Ask(multiline=True)] = Field(
        title=RECOMMENDED["reasons"],
        max_length=3000,
        description="From the evaluation and its discussion with the participants.",
    )
    recommended_on: date = Field(title=RECOMMENDED["recommended_on"])
    decided_on: date | None = Field(
        None,
        title="Date of management's decision",
        description="Leave it empty if it is not decided yet: the duty stays open until it is.",
    )
    decided_by: str | None = Field(
        None,
        title="Decided by",
        max_length=200,
        description="The official of management; empty if that is you. Whoever only recommends does not decide.",
    )
    goals: Annotated[str | None, Ask(multiline=True, only=RENEWAL)] = Field(
        None,
        title="Record of goals met",
        max_length=3000,
        description="How the goals of the agreement, the work plans and the program's expectations were met "
        "(VII.C.4.k): a renewal asks for it.",
    )
    extended_until: Annotated[date | None, Ask(only=EXTENSION)] = Field(
        None, title=RECOMMENDED["extended_until"], description="The date that the written expectations set."
    )
    expectations: Annotated[str | None, Ask(multiline=True, only=EXTENSION)] = Field(
        None, title=RECOMMENDED["expectations"], max_length=3000, description="Of improved performance, by that day."
    )
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    about = opening.about
    terms: dict[str, str] = {}
    for due in about.of_rule("renewal-decision"):
        if due.status.unsettled and due.period is not None:
            label = f"{day(due.period.first)} to {day(due.period.last)}"
            terms[due.subject.removeprefix("agreement:")] = label
    if not terms and about.latest_agreement is not None:
        id, signed_on = about.latest_agreement
        made = decision_made(opening.session, id)
        if made is not None:
            raise AlreadyDone(
                f"{about.name}: the decision of {day(made.decided_on)} ({made.recommendation}) is on record for the "
                f"term signed on {day(signed_on)}."
            )
        terms[str(id)] = f"Term signed on {day(signed_on)}"
    if not terms:
        raise Refused(f"{about.name} has no signed agreement yet: there is no term to decide on.")
    opened_for = None if opening.due is None else opening.due.subject.removeprefix("agreement:")
    chosen = opened_for if opened_for in terms else next(iter(terms))
    values: dict[str, object] = {"agreement": chosen, "recommended_on": about.today}
    signed_on = next((a.signed_on for a in about.of.facts.agreements if str(a.id) == chosen), about.today)
    evaluated = recommended(opening.session, about.id, signed_on)
    if evaluated is not None:
        # The evaluation may have said it already.
        values["recommendation"], values["reasons"] = evaluated
    begun = decision_begun(opening.session, int(chosen or 0))
    if begun is not None:
        values |= {
            "recommendation": begun.recommendation,
            "reasons": begun.reasons,
            "recommended_on": begun.recommended_on,
            "extended_until": begun.extended_until,
            "expectations": begun.expectations,
        }
    return Draft(
        values=values,
        choices={"agreement": [Choice(value, label) for value, label in terms.items()]},
    )


def _submit(submitting: Submitting, typed: DecideRenewal) -> Done:
    outcome = decide_renewal(
        submitting.session,
        alliance_id=typed.alliance,
        agreement_id=typed.agreement,
        recommendation=typed.recommendation,
        reasons=typed.reasons,
        recommended_on=typed.recommended_on,
        decided_on=typed.decided_on,
        decided_by=typed.decided_by,
        goals=typed.goals,
        extended_until=typed.extended_until,
        expectations=typed.expectations,
        by=submitting.by,
        now=submitting.now,
    )
    decided = (
        "The duty stays open until management's decision is recorded: open this form again then."
        if typed.decided_on is None
        else f"Decided on {full_day(typed.decided_on)}."
    )
    if typed.extended_until is not None:
        decided += f" The extension runs to {full_day(typed.extended_until)}."
    elif typed.decided_on is not None and typed.recommendation is Recommendation.RENEW:
        decided += " Record the renewal with /alliance renew once it is signed."
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: {typed.recommendation.value} recommended on "
        f"{full_day(typed.recommended_on)}. {decided}",
        undoable=True,
    )


FORM = Form(
    name="decide_renewal",
    title="Decide on renewal",
    model=DecideRenewal,
    verb=Verb.DECIDE_RENEWAL,
    open=_open,
    submit=_submit,
)
