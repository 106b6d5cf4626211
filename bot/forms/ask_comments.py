"""Record that a draft national agreement was sent out for comment."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Choice, Done, Draft, Form, Opening, Submitting
from operations.establish.ask_comments import ask_comments
from operations.read.choices import offices_to_ask
from operations.refusals import Refused
from policy.facts import Level
from policy.rights import Verb
from policy.words import count


class AskComments(AllianceForm):
    """Who was asked, and when (CSP 04-01-002 VIII.A.3)."""

    offices: Annotated[list[str], Ask(offered=True)] = Field(
        title="Regions and directorates asked",
        description="Each Regional Administrator and directorate head: all are chosen, take out who is not asked.",
    )
    asked_on: date = Field(title="Date on which the draft was sent")


def _open(opening: Opening) -> Draft:
    about = opening.about
    if about.of.facts.level is not Level.NATIONAL:
        raise Refused(f"{about.name} is not a national alliance: comments are asked on national drafts.")
    offices = offices_to_ask(opening.session, about.id)
    if not offices:
        raise Refused(f"{about.name}: every region and directorate is being asked already.")
    return Draft(
        values={"offices": [code for code, _ in offices], "asked_on": about.today},
        choices={"offices": [Choice(code, name) for code, name in offices]},
    )


def _submit(submitting: Submitting, typed: AskComments) -> Done:
    outcome = ask_comments(
        submitting.session,
        alliance_id=typed.alliance,
        office_codes=typed.offices,
        asked_on=typed.asked_on,
        by=submitting.by,
        now=submitting.now,
    )
    facts = outcome.of.facts
    asked = sum(request.asked_on == typed.asked_on for request in facts.comment_requests)
    return Done(
        outcome,
        f"Recorded for *{safe(facts.name)}*: draft sent to {count(asked, 'office')} for comment on "
        f"{full_day(typed.asked_on)}. Each is reminded in the channel of its office.",
        undoable=True,
    )


FORM = Form(
    name="ask_comments",
    title="Ask for comments",
    model=AskComments,
    verb=Verb.ASK_COMMENTS,
    open=_open,
    submit=_submit,
)
