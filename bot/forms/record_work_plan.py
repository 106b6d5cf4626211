"""Record the final work plan of an agreement year, with its milestones."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Done, Draft, Form, Opening, Submitting
from bot.years import FIRST, year_draft
from operations.operate.record_work_plan import Promise, record_work_plan
from policy.rights import Verb
from policy.words import count, day

MOST_MILESTONES = 30
TITLE_CHARACTERS = 300
#: Month, day and year as staff write them.
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class RecordWorkPlan(AllianceForm):
    """The work plan of one agreement year (CSP 04-01-002 VI.C)."""

    first: Annotated[date, Ask(offered=True)] = Field(title="Agreement year of the plan")
    finalized_on: date = Field(title="Date it was final", description="As a rule the day of the team's meeting.")
    summary: Annotated[str, Ask(multiline=True)] = Field(
        title="Activities and products of the year", max_length=3000, description="What the alliance will complete."
    )
    milestones: Annotated[
        str | None, Ask(multiline=True, placeholder="2027-03-15; Ada Coordinator; Poster on ladder safety")
    ] = Field(
        None,
        title="Milestones",
        max_length=3000,
        description="One to a line: date; person; what. The person is reminded of it, nobody above.",
    )

    @field_validator("milestones")
    @classmethod
    def readable(cls, text: str | None) -> str | None:
        """Refuse lines that are no milestones."""
        read_milestones(text or "")
        return text


def read_milestones(text: str) -> list[Promise]:
    """Read milestones, one to a line, each "date; person; what".

    Raises:
        ValueError: A line is none; the sentence names it.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_MILESTONES:
        raise ValueError(f"At most {MOST_MILESTONES} milestones; these are {len(lines)}.")
    return [_milestone(number, line) for number, line in enumerate(lines, start=1)]


def _milestone(number: int, line: str) -> Promise:
    parts = [part.strip() for part in line.split(";", 2)]
    if len(parts) < 3 or not all(parts):  # noqa: PLR2004 - the three that a milestone has
        raise ValueError(f"Line {number} is no milestone: write date; person; what.")
    due_on = _date(parts[0])
    if due_on is None:
        raise ValueError(f"Line {number}: “{parts[0][:40]}” is no date; write it as 2027-03-15 or 3/15/2027.")
    if len(parts[2]) > TITLE_CHARACTERS:
        raise ValueError(f"Line {number} is too long: at most {TITLE_CHARACTERS} characters for what is to be done.")
    return Promise(due_on=due_on, person=parts[1][:200], title=parts[2])


def _date(text: str) -> date | None:
    american = _AMERICAN.fullmatch(text)
    try:
        if american is not None:
            month, of_month, year = map(int, american.groups())
            return date(year, month, of_month)
        return date.fromisoformat(text)
    except ValueError:
        return None


def _open(opening: Opening) -> Draft:
    return year_draft(
        opening,
        "work-plan",
        "the work plans of its years are on record; the next year asks for the next one.",
        field=FIRST,
    )


def _submit(submitting: Submitting, typed: RecordWorkPlan) -> Done:
    milestones = read_milestones(typed.milestones or "")
    outcome = record_work_plan(
        submitting.session,
        alliance_id=typed.alliance,
        first=typed.first,
        finalized_on=typed.finalized_on,
        summary=typed.summary,
        milestones=milestones,
        by=submitting.by,
        now=submitting.now,
    )
    with_them = f" with {count(len(milestones), 'milestone')}" if milestones else ""
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: work plan of the year from {day(typed.first)}{with_them}, "
        f"final on {full_day(typed.finalized_on)}.",
    )


FORM = Form(
    name="record_work_plan",
    title="Record a work plan",
    model=RecordWorkPlan,
    verb=Verb.PLAN,
    open=_open,
    submit=_submit,
)
