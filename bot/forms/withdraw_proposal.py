"""Withdraw a proposal that is not pursued."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from operations.establish.withdraw_proposal import withdraw_proposal
from operations.refusals import Refused
from policy.rights import Verb
from policy.words import day


class WithdrawProposal(AllianceForm):
    """Why a proposal is not pursued (CSP 04-01-002 IX.A.3)."""

    reason: Annotated[str, Ask(multiline=True)] = Field(title="Reason", max_length=1500)


def _open(opening: Opening) -> Draft:
    about = opening.about
    facts = about.of.facts
    if facts.ending is not None:
        raise Refused(f"The proposal of {about.name} was withdrawn on {day(facts.ending.ended_on)} already.")
    if facts.agreements:
        raise Refused(f"{about.name} was signed on {day(facts.agreements[0].signed_on)}: it is no proposal any more.")
    return Draft(intro=["The proposal stays on record with its reason; it is not pursued any more."])


def _submit(submitting: Submitting, typed: WithdrawProposal) -> Done:
    outcome = withdraw_proposal(
        submitting.session, alliance_id=typed.alliance, reason=typed.reason, by=submitting.by, now=submitting.now
    )
    return Done(
        outcome,
        f"Withdrawn: the proposal of *{safe(outcome.of.facts.name)}* on {full_day(outcome.today)}. It stays on record.",
    )


def _confirm(done: Done) -> str:
    return f"{done.said}\n*This cannot be undone here.* Is it right?"


FORM = Form(
    name="withdraw_proposal",
    title="Withdraw the proposal",
    model=WithdrawProposal,
    verb=Verb.PROPOSE,
    open=_open,
    submit=_submit,
    submit_label="Withdraw",
    confirm=_confirm,
)
