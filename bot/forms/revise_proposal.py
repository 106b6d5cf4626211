"""Change a proposal."""

from __future__ import annotations

from dataclasses import replace

from bot.blocks import clip, escaped, safe
from bot.draft_words import changed_words
from bot.form_types import AllianceForm, Done, Draft, Form, Opening, Submitting
from bot.proposal_fields import ProposalFields, proposal_draft, proposal_from, proposal_values
from bot.seen_version import carry_version, seen_version
from operations.establish.revise_proposal import revise_proposal
from operations.read.procedure import next_words
from operations.read.proposals import proposal_on_file
from operations.refusals import Refused
from policy.rights import Verb
from policy.words import day

CHANGED_CHARACTERS = 2000


class ReviseProposal(ProposalFields, AllianceForm):
    """A new version of a proposal (CSP 04-01-002 IX.A.1, IX.A.2)."""


def _open(opening: Opening) -> Draft:
    about = opening.about
    facts = about.of.facts
    if facts.ending is not None:
        raise Refused(f"The proposal of {about.name} was withdrawn on {day(facts.ending.ended_on)}.")
    if facts.agreements:
        raise Refused(f"{about.name} was signed on {day(facts.agreements[0].signed_on)}: it is no proposal any more.")
    found = proposal_on_file(opening.session, about.id)
    if found is None:
        raise Refused(f"No proposal of {about.name} is on file.")
    proposal, version = found
    # An office may have been merged into another since this version was written.
    draft = proposal_draft(opening, proposal_values(replace(proposal, offices=facts.offices)))
    intro = (
        f"Version {version} is on file. What you change makes a new version; what was approved of this one then no "
        "longer counts."
    )
    draft.intro = [intro]
    carry_version(opening, draft, version)
    return draft


def _submit(submitting: Submitting, typed: ReviseProposal) -> Done:
    revised = revise_proposal(
        submitting.session,
        alliance_id=typed.alliance,
        proposal=proposal_from(typed),
        seen=seen_version(submitting),
        by=submitting.by,
        now=submitting.now,
    )
    outcome = revised.outcome
    changes = clip(changed_words(revised.changes), CHANGED_CHARACTERS)
    return Done(
        outcome,
        f"Changed: *{safe(outcome.of.facts.name)}*, version {revised.version} of the proposal is on file.\n{changes}",
        next=escaped(next_words(submitting.session, outcome.of, on=outcome.today)),
    )


FORM = Form(
    name="revise_proposal",
    title="Edit the proposal",
    model=ReviseProposal,
    verb=Verb.PROPOSE,
    open=_open,
    submit=_submit,
    submit_label="Keep",
)
