"""Record that regions and directorates were asked for input on a proposal."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import escaped, safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Choice, Done, Draft, Form, Opening, Submitting
from operations.establish.ask_comments import ask_comments
from operations.read.choices import offices_to_ask
from operations.read.procedure import next_words
from operations.refusals import Refused
from policy.facts import Level
from policy.rights import Verb
from policy.subjects import PROPOSAL
from policy.words import count, day


class AskInput(AllianceForm):
    """Who was asked, when, and by when the answers are wanted (CSP 04-01-002 IX.A.2)."""

    offices: Annotated[list[str], Ask(offered=True)] = Field(
        title="Regions and directorates asked",
        description="All are chosen; take out whose input is not appropriate (IX.A.2).",
    )
    asked_on: date = Field(title="Date on which the proposal was sent")
    due_on: date | None = Field(
        None, title="Answers wanted by", description="Empty: 10 federal working days, the target of the office."
    )


def _open(opening: Opening) -> Draft:
    about = opening.about
    if about.of.facts.level is not Level.NATIONAL:
        raise Refused(f"{about.name} is not a national alliance: input is obtained on national proposals.")
    if about.latest_agreement is not None:
        raise Refused(f"{about.name} was signed on {day(about.latest_agreement[1])}: it is no proposal any more.")
    offices = offices_to_ask(opening.session, about.id, PROPOSAL)
    if not offices:
        raise Refused(f"{about.name}: every region and directorate is being asked already.")
    return Draft(
        values={"offices": [code for code, _ in offices], "asked_on": about.today},
        choices={"offices": [Choice(code, name) for code, name in offices]},
    )


def _submit(submitting: Submitting, typed: AskInput) -> Done:
    outcome = ask_comments(
        submitting.session,
        alliance_id=typed.alliance,
        office_codes=typed.offices,
        asked_on=typed.asked_on,
        subject=PROPOSAL,
        due_on=typed.due_on,
        by=submitting.by,
        now=submitting.now,
    )
    facts = outcome.of.facts
    asked = sum(r.asked_on == typed.asked_on and r.subject == PROPOSAL for r in facts.comment_requests)
    return Done(
        outcome,
        f"Recorded for *{safe(facts.name)}*: proposal sent to {count(asked, 'office')} for input on "
        f"{full_day(typed.asked_on)}. Each is reminded in the channel of its office.",
        next=escaped(next_words(submitting.session, outcome.of, on=outcome.today)),
    )


FORM = Form(
    name="ask_input",
    title="Ask for input",
    model=AskInput,
    verb=Verb.ASK_COMMENTS,
    open=_open,
    submit=_submit,
)
