"""Write the draft agreement with its preliminary work plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, create_model

from bot.blocks import clip, escaped, safe
from bot.draft_words import changed_words
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from bot.seen_version import carry_version, seen_version
from operations.establish.draft_agreement import draft_agreement
from operations.read.procedure import next_words
from operations.read.proposals import agreement_on_file, proposal_on_file
from operations.refusals import Refused
from policy.agreement_draft import FIELDS, OPTIONAL, draft_from
from policy.rights import Verb

CHANGED_CHARACTERS = 2000


def _fields() -> Iterator[tuple[str, Any]]:
    for name, title in FIELDS.items():
        if name in OPTIONAL:
            made = Field(None, title=title, max_length=3000)
            yield name, (Annotated[str | None, Ask(multiline=True)], made)
        else:
            yield name, (Annotated[str, Ask(multiline=True)], Field(title=title, max_length=3000))


#: CSP 04-01-002 VI.B, IX.A.4.
DraftAgreement: Any = create_model("DraftAgreement", __base__=AllianceForm, **dict(_fields()))


def _open(opening: Opening) -> Draft:
    about = opening.about
    if about.of.facts.ending is not None:
        raise Refused(f"{about.name} has ended: nothing of it is signed any more.")
    found = agreement_on_file(opening.session, about.id)
    if found is not None:
        content, version = found
        intro = (
            f"Version {version} is on file. What you change makes a new version; reviews and approvals of this one, "
            "and signatures under it, then no longer count."
        )
        draft = Draft(values=dict(content), intro=[intro])
        carry_version(opening, draft, version)
        return draft
    proposal = proposal_on_file(opening.session, about.id)
    intro = "The fields are filled from the proposal. Change them to what both sides want to sign."
    draft = Draft(values={} if proposal is None else draft_from(proposal[0]), intro=[] if proposal is None else [intro])
    carry_version(opening, draft, 0)
    return draft


def _submit(submitting: Submitting, typed: Any) -> Done:
    content = {name: getattr(typed, name) for name in FIELDS}
    drafted = draft_agreement(
        submitting.session,
        alliance_id=typed.alliance,
        content=content,
        seen=seen_version(submitting),
        by=submitting.by,
        now=submitting.now,
    )
    outcome = drafted.outcome
    changes = f"\n{clip(changed_words(drafted.changes), CHANGED_CHARACTERS)}" if drafted.changes else ""
    return Done(
        outcome,
        f"Kept for *{safe(outcome.of.facts.name)}*: version {drafted.version} of the draft agreement.{changes}",
        next=escaped(next_words(submitting.session, outcome.of, on=outcome.today)),
    )


FORM = Form(
    name="draft_agreement",
    title="Draft agreement",
    model=DraftAgreement,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
    submit_label="Keep",
)
