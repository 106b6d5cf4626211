"""Say the background and goals of an alliance whose agreement was not drafted here."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from operations.actor import office_day
from operations.operate.say_purpose import refuse_drafted, say_purpose
from operations.read.annual_report import said_purpose
from policy.rights import Verb
from policy.words import count, day


class SayPurpose(AllianceForm):
    """What the annual report says first of an alliance (CSP 04-01-002 VI.E)."""

    background: Annotated[str | None, Ask(multiline=True)] = Field(
        None,
        title="Background",
        max_length=3000,
        description="What brought OSHA and the participants together; the report begins with it.",
    )
    goals: Annotated[str | None, Ask(multiline=True)] = Field(
        None, title="Goals and objectives, one a line", max_length=3000
    )


def _open(opening: Opening) -> Draft:
    about = opening.about
    refuse_drafted(opening.session, about.name, about.id)
    said = said_purpose(opening.session, about.id)
    if said is None:
        return Draft(intro=["No agreement of this alliance was drafted here: its report takes both from this form."])
    on = day(office_day(said.at, about.of.timezone))
    intro = f"Said by {safe(said.by)} on {on}. What you change makes a new version; what was said before is kept."
    return Draft(values={"background": said.background, "goals": "\n".join(said.goals)}, intro=[intro])


def _submit(submitting: Submitting, typed: SayPurpose) -> Done:
    outcome = say_purpose(
        submitting.session,
        alliance_id=typed.alliance,
        background=typed.background,
        goals=typed.goals,
        by=submitting.by,
        now=submitting.now,
    )
    goals = len([line for line in (typed.goals or "").splitlines() if line.strip()])
    parts = [*(["background"] if typed.background else []), *([count(goals, "goal")] if goals else [])]
    said = f"Recorded for *{safe(outcome.of.facts.name)}*: {' and '.join(parts)}. The annual report says it."
    return Done(outcome, said, undoable=True)


FORM = Form(
    name="say_purpose",
    title="Background and goals",
    model=SayPurpose,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
)
