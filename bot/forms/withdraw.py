"""Withdraw a record with the reason; it stays readable in the history."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.form_types import AllianceForm, Ask, Choice, Done, Draft, Form, Opening, Submitting
from operations.read.history import list_records
from operations.records.withdraw_record import record_noun, withdraw_record
from operations.refusals import Refused
from policy.rights import Verb
from policy.words import capital, day


class Withdraw(AllianceForm):
    """Which record no longer counts, and why."""

    record: Annotated[str, Ask(offered=True)] = Field(title="Record")
    reason: Annotated[str, Ask(multiline=True)] = Field(
        title="Why is it withdrawn?", max_length=1000, description="The reason is kept with it in the history."
    )


def _open(opening: Opening) -> Draft:
    records = [one for one in list_records(opening.session, opening.about.id) if one.withdrawn]
    if not records:
        raise Refused(f"{opening.about.name}: nothing is on record that can be withdrawn.")
    # Slack takes a hundred choices: the one that it was opened for is among them.
    records.sort(key=lambda one: one.record != opening.values.get("record"))
    return Draft(
        choices={"record": [Choice(one.record, f"{day(one.on)}: {capital(one.what)}") for one in records]},
        intro=["It no longer counts, its duties follow, and it stays readable in the history."],
    )


def _submit(submitting: Submitting, typed: Withdraw) -> Done:
    outcome = withdraw_record(
        submitting.session, record=typed.record, reason=typed.reason, by=submitting.by, now=submitting.now
    )
    what = record_noun(typed.record)
    return Done(outcome, f"Withdrawn: the {what} of *{safe(outcome.of.facts.name)}* no longer counts.")


FORM = Form(
    name="withdraw",
    title="Withdraw a record",
    model=Withdraw,
    # Every position that records anything may comment; the operation asks for the right to record this.
    verb=Verb.COMMENT,
    open=_open,
    submit=_submit,
    submit_label="Withdraw",
)
