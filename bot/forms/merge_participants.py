"""Merge a participant of an alliance into another one of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.effect_words import NOT_SAVED
from bot.form_types import AllianceForm, Ask, Choice, Draft, Form, Opening, Said, Submitting
from bot.values import read_number
from operations.hands.merge_participants import ParticipantMerger, merge_participants
from operations.refusals import Refused
from policy.rights import Verb
from policy.words import count


class MergeParticipants(AllianceForm):
    """Which participant goes, and which one goes on for both."""

    which: Annotated[str, Ask(offered=True)] = Field(title="Which participant is merged into another?")
    into: Annotated[str, Ask(offered=True)] = Field(title="Into which one, which stays?")


def _open(opening: Opening) -> Draft:
    if len(opening.about.signatories) < 2:  # noqa: PLR2004 - one and another
        raise Refused(f"{opening.about.name} has no two participants on record; there is nothing to merge.")
    choices = [Choice(str(id), name) for id, name in opening.about.signatories]
    return Draft(
        choices={"which": choices, "into": choices},
        intro=[
            (
                "Two organizations have become one, or one was entered twice. What is open goes on with the one that "
                "stays, and the other's name finds it; what was signed stays as it was. What goes over is shown first."
            )
        ],
    )


def _submit(submitting: Submitting, typed: MergeParticipants) -> Said:
    done = merge_participants(
        submitting.session,
        alliance_id=typed.alliance,
        signatory_id=read_number(typed.which),
        into_id=read_number(typed.into),
        by=submitting.by,
        now=submitting.now,
    )
    gone, into, lines = f"*{safe(done.gone)}*", f"*{safe(done.into)}*", _lines(done)
    return Said(
        "\n".join([f"{gone} was merged into {into}; its name finds it.", *lines]),
        "\n".join([f"{gone} will be merged into {into}, which takes part for both.", *lines, NOT_SAVED]),
        done.record,
    )


def _lines(done: ParticipantMerger) -> list[str]:
    said = [
        count(number, noun)
        for number, noun in (
            (done.notices, "notice"),
            (done.members, "team member"),
            (done.records, "gate record"),
            (done.approvals, "approval"),
        )
        if number
    ]
    return [f"Goes over: {', '.join(said)}."] if said else []


FORM = Form(
    name="merge_participants",
    title="Merge participants",
    model=MergeParticipants,
    verb=Verb.REARRANGE,
    open=_open,
    submit=_submit,
    submit_label="What goes over?",
    confirm=lambda said: said.preview,
    confirm_title="What goes over",
    confirm_label="Merge",
)
