"""Add a member to an Implementation Team."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Choice, Done, Draft, Form, Opening, Submitting
from bot.team_words import PART_LABELS, lacks_words, member_words
from operations.operate.add_member import RECORD, add_member
from operations.read.team import read_team
from operations.refusals import Refused
from policy.rights import Verb
from policy.team import OSHA_PARTS, Part, parts_of
from policy.words import day

OSHA = ("part", tuple(part.value for part in Part if part in OSHA_PARTS))
SIGNATORY = ("part", (Part.SIGNATORY.value,))
OTHERS = ("part", tuple(part.value for part in Part if part not in OSHA_PARTS and part is not Part.SIGNATORY))


class AddMember(AllianceForm):
    """Who joined the team, and whom they stand for (CSP 04-01-002 VI.H)."""

    part: Annotated[Part, Ask(offered=True, steers=True)] = Field(title="Stands for")
    colleague: Annotated[int | None, Ask(search="colleague", only=OSHA, placeholder="Name, position or office")] = (
        Field(None, title="Person of OSHA")
    )
    signatory: Annotated[int | None, Ask(offered=True, only=SIGNATORY)] = Field(None, title="Signatory")
    organization: Annotated[str | None, Ask(only=OTHERS)] = Field(None, title="Organization", max_length=300)
    name: str | None = Field(None, title="Name", max_length=200)
    since: date = Field(title="On the team since")


def _open(opening: Opening) -> Draft:
    about = opening.about
    ending = about.of.facts.ending
    if ending is not None:
        raise Refused(f"{about.name} ended on {day(ending.ended_on)}: its team takes nobody in any more.")
    parts = [part for part in parts_of(about.of.facts.level) if part is not Part.SIGNATORY or about.signatories]
    typed = opening.values.get("part")
    part = typed if typed in parts else parts[0].value
    of_osha = part in OSHA[1]
    return Draft(
        values={"part": part, "since": about.today},
        choices={
            "part": [Choice(one.value, PART_LABELS[one]) for one in parts],
            "signatory": [Choice(str(id), name) for id, name in about.signatories],
        },
        labels={"name": "Name, if the person is not on record here"} if of_osha else {},
        required=frozenset() if of_osha else frozenset({"name", "signatory", "organization"}),
    )


def _submit(submitting: Submitting, typed: AddMember) -> Done:
    outcome = add_member(
        submitting.session,
        alliance_id=typed.alliance,
        part=typed.part,
        since=typed.since,
        person_id=typed.colleague,
        name=typed.name,
        signatory_id=typed.signatory,
        organization=typed.organization,
        by=submitting.by,
        now=submitting.now,
    )
    team = read_team(submitting.session, outcome.of)
    added = next((one for one in team.members if outcome.record == f"{RECORD}:{one.id}"), None)
    who = "" if added is None else f"{member_words(added)} "
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: {who}on the team since {full_day(typed.since)}.\n"
        f"{lacks_words(team)}",
        undoable=True,
    )


FORM = Form(
    name="add_member",
    title="Add to the team",
    model=AddMember,
    verb=Verb.CHANGE_TEAM,
    open=_open,
    submit=_submit,
    submit_label="Add",
)
