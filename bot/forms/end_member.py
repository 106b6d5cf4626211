"""Record that a member left an Implementation Team."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Choice, Done, Draft, Form, Opening, Submitting
from bot.team_words import lacks_words, member_words
from operations.operate.end_member import end_member
from operations.read.team import read_team
from operations.refusals import Refused
from policy.rights import Verb


class EndMember(AllianceForm):
    """Who left the team, and when (CSP 04-01-002 VI.H)."""

    member: Annotated[int, Ask(offered=True)] = Field(title="Member")
    until: date = Field(title="Last day on the team")


def _open(opening: Opening) -> Draft:
    about = opening.about
    team = read_team(opening.session, about.of)
    if not team.members:
        raise Refused(f"{about.name} has nobody on its team; add members with /alliance team.")
    return Draft(
        values={"member": str(team.members[0].id), "until": about.today},
        choices={"member": [Choice(str(one.id), f"{one.name}, {one.organization}") for one in team.members]},
    )


def _submit(submitting: Submitting, typed: EndMember) -> Done:
    outcome = end_member(
        submitting.session,
        alliance_id=typed.alliance,
        member_id=typed.member,
        until=typed.until,
        by=submitting.by,
        now=submitting.now,
    )
    team = read_team(submitting.session, outcome.of)
    left = next((one for one in team.former if one.id == typed.member), None)
    who = "the member" if left is None else member_words(left)
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: {who} left the team on {full_day(typed.until)}.\n"
        f"{lacks_words(team)}",
        undoable=True,
    )


FORM = Form(
    name="end_member",
    title="Left the team",
    model=EndMember,
    verb=Verb.CHANGE_TEAM,
    open=_open,
    submit=_submit,
)
