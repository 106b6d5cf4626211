"""Propose an alliance."""

from __future__ import annotations

from bot.blocks import escaped, safe
from bot.form_types import Done, Draft, Form, NewForm, Opening, Submitting
from bot.proposal_fields import ProposalFields, proposal_draft, proposal_from
from operations.establish.propose import propose
from operations.read.procedure import next_words
from policy.rights import Verb
from policy.words import count


class Propose(ProposalFields, NewForm):
    """A brief written proposal with the draft of its work plan (CSP 04-01-002 IX.A.1)."""


def _open(opening: Opening) -> Draft:
    return proposal_draft(opening, {})


def _submit(submitting: Submitting, typed: Propose) -> Done:
    proposal = proposal_from(typed)
    outcome = propose(
        submitting.session, proposal=proposal, different=typed.different, by=submitting.by, now=submitting.now
    )
    return Done(
        outcome,
        f"Proposed: *{safe(proposal.name)}*, {proposal.level.value} alliance of {safe(outcome.of.office_name)} with "
        f"{count(len(proposal.participants), 'participant')}. The proposal and its draft work plan are on file. "
        "No duties run before the agreement is signed.",
        next=escaped(next_words(submitting.session, outcome.of, on=outcome.today)),
    )


FORM = Form(
    name="propose",
    title="Propose an alliance",
    model=Propose,
    verb=Verb.PROPOSE,
    open=_open,
    submit=_submit,
    submit_label="Put on file",
)
