"""Move an alliance to another office."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.blocks import safe
from bot.form_types import AllianceForm, Ask, Draft, Form, Opening, Said, Submitting
from operations.hands.move_alliance import move_alliance
from operations.read.choices import office_names
from policy.rights import Verb
from policy.words import listing

LEAD, ALL = "lead", "all"


class MoveAlliance(AllianceForm):
    """Which office leads it from now on, and whether the others stay."""

    office: Annotated[str, Ask(search="office", placeholder="Type a part of its name")] = Field(
        title="Office that leads it from now on"
    )
    others: Annotated[
        Literal["lead", "all"],
        Ask(
            labels={
                LEAD: "The other offices stay; only the lead changes",
                ALL: "It alone runs the alliance from now on",
            },
            radio=True,
        ),
    ] = Field("all", title="The other offices")
    reason: Annotated[str, Ask(multiline=True)] = Field(title="Reason", max_length=1000)


def _open(opening: Opening) -> Draft:
    names = [name for _, name in office_names(opening.session, opening.about.of.facts.offices)]
    return Draft(
        values={"others": LEAD if len(names) > 1 else ALL},
        intro=[
            (
                f"Run by {safe(listing(names), 600)}. Open duties and reminders go to the new office; what was done "
                "and told stays as it was."
            )
        ],
        # Of one office there are no others to ask about.
        hidden=frozenset() if len(names) > 1 else frozenset({"others"}),
        required=frozenset({"others"}),
    )


def _submit(submitting: Submitting, typed: MoveAlliance) -> Said:
    done = move_alliance(
        submitting.session,
        alliance_id=typed.alliance,
        lead=typed.office,
        alone=typed.others == ALL,
        reason=typed.reason,
        by=submitting.by,
        now=submitting.now,
    )
    name, open_duties = safe(done.outcome.of.facts.name), len(done.outcome.remaining)
    duties = "1 open duty goes" if open_duties == 1 else f"{open_duties} open duties go"
    left = listing(name for name in done.before if name not in done.after) or "others"
    run = f"run by {safe(listing(done.after), 600)}"
    return Said(
        f"*{name}* is {run} from now on. {duties} with it.",
        f"*{name}* will be {run}, and no longer by {safe(left, 600)}. {duties} with it.\n_Nothing is saved yet._",
        done.record,
    )


FORM = Form(
    name="move_alliance",
    title="Move an alliance",
    model=MoveAlliance,
    verb=Verb.REARRANGE,
    open=_open,
    submit=_submit,
    submit_label="What moves?",
    confirm=lambda said: said.preview,
    confirm_title="What moves",
    confirm_label="Move",
)
