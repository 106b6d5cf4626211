"""Set who has to approve at an office; whom that means is shown before it is saved."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from bot.approval_words import ahead_lines
from bot.blocks import safe
from bot.effect_words import NOT_SAVED
from bot.form_types import Ask, Draft, OfficeForm, Opening, Said, Submitting, previewed
from bot.setting_words import changed_lines
from operations.approve.change_chain import ChainChange, chain_set, change_chain
from operations.read.office import show_office
from policy.chain_words import HOW, chain_lines, read_lines
from policy.chains import Purpose
from policy.rights import Verb
from policy.words import capital

#: What the form carries beside its fields: the chain as it stood when it opened.
SEEN = "seen"
KEPT = "What is before officials already keeps the chain that it was asked with."
NEVER_LESS = (
    "Empty: what holds above, or the directive's own chain. It may ask for more than the directive, never for less."
)


class ChangeChain(OfficeForm):
    """Who has to approve what."""

    purpose: Annotated[
        Purpose, Ask(steers=True, labels={each.value: capital(each.terms.title) for each in Purpose})
    ] = Field(title="For what?")
    steps: Annotated[str | None, Ask(multiline=True, placeholder="Area Director\nRegional Administrator")] = Field(
        None, title="Who approves, step by step", max_length=1500, description=HOW
    )

    @field_validator("steps")
    @classmethod
    def _are_steps(cls, text: str | None) -> str | None:
        if text:
            read_lines(chain_lines(text))
        return text


def _open(opening: Opening) -> Draft:
    purpose = Purpose(opening.values.get("purpose") or Purpose.FIELD_PROPOSAL)
    card = show_office(opening.session, opening.office, now=opening.now)
    own = chain_set(opening.session, opening.office, purpose)
    return Draft(
        # What stood there is carried along: nobody writes over what somebody else set meanwhile.
        values={"purpose": purpose.value, "steps": "\n".join(chain_lines(own)) if own else None, SEEN: own or ""},
        intro=[f"*{safe(card.name)}* and the offices below it. {NEVER_LESS}"],
    )


def _submit(submitting: Submitting, typed: ChangeChain) -> Said:
    change = change_chain(
        submitting.session,
        office_code=submitting.office,
        purpose=typed.purpose,
        text="; ".join(chain_lines(typed.steps or "")) or None,
        by=submitting.by,
        now=submitting.now,
        tried=submitting.tried,
        seen=submitting.kept.get(SEEN),
    )
    return Said(
        "\n".join([f"Saved for *{safe(change.settings.office_name)}*.", *_lines(change)]),
        "\n".join([*_lines(change), KEPT, NOT_SAVED]),
        change.settings.record,
    )


def _lines(change: ChainChange) -> list[str]:
    lines = changed_lines(change.settings.changed)
    if change.example is not None:
        lines += [f"For *{safe(change.example)}*, for example, it would go to:", *ahead_lines(change.steps)]
    return lines


FORM = previewed(
    "change_chain",
    "Who approves",
    ChangeChain,
    Verb.CHANGE_SETTINGS,
    open=_open,
    submit=_submit,
)
