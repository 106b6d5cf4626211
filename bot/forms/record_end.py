"""Record how a 30-day notice came out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day, open_duties
from bot.form_types import (
    AllianceForm,
    Ask,
    Choice,
    Done,
    Draft,
    FilesField,
    Form,
    Opening,
    Submitting,
    files_field,
)
from operations.conclude.settle_notice import settle_notice
from operations.refusals import Refused
from policy.rights import Verb
from policy.words import day


class RecordEnd(AllianceForm):
    """The outcome of a notice: the participation ended, or the notice was withdrawn."""

    notice: Annotated[int, Ask(offered=True)] = Field(title="Notice")
    outcome: Annotated[
        Literal["ended", "withdrawn"],
        Ask(radio=True, labels={"ended": "The participation ended", "withdrawn": "The notice was withdrawn"}),
    ] = Field(title="Outcome")
    on: date = Field(title="Date", description="An end lies at least 30 calendar days after the written notice.")
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    about = opening.about
    notices = {str(id): f"By {giver}, {day(noticed_on)}" for id, giver, noticed_on in about.notices}
    if not notices:
        raise Refused(f"{about.name}: no notice is running. Record a written notice with /alliance notice first.")
    opened_for = None if opening.due is None else opening.due.subject.removeprefix("notice:")
    return Draft(
        values={"notice": opened_for if opened_for in notices else next(iter(notices)), "on": about.today},
        choices={"notice": [Choice(value, label) for value, label in notices.items()]},
    )


def _submit(submitting: Submitting, typed: RecordEnd) -> Done:
    outcome = settle_notice(
        submitting.session,
        alliance_id=typed.alliance,
        notice_id=typed.notice,
        withdrawn=typed.outcome == "withdrawn",
        on=typed.on,
        by=submitting.by,
        now=submitting.now,
    )
    facts = outcome.of.facts
    giver = next((notice.given_by for notice in facts.notices if notice.id == typed.notice), "the signatory")
    if typed.outcome == "withdrawn":
        what = f"the notice by {safe(giver)} was withdrawn on {full_day(typed.on)}"
    elif facts.ending is not None:
        what = f"the whole alliance ended on {full_day(typed.on)}, after the notice by {safe(giver)}"
    else:
        what = f"the participation of {safe(giver)} ended on {full_day(typed.on)}; the alliance goes on"
    return Done(outcome, f"Recorded for *{safe(facts.name)}*: {what}.", undoable=True)


def _confirm(done: Done) -> str:
    lifted = len([due for due in done.outcome.settled if due.rule != "termination-notice"])
    more = f" With it {open_duties(lifted)} will be lifted."
    records = done.said.replace("Recorded for", "This records for", 1)
    return (
        f"Nothing is recorded yet.\n{records}{more if lifted else ''}\n"
        "Is it right? It can be undone while nothing rests on it."
    )


FORM = Form(
    name="record_end",
    title="Outcome of a notice",
    model=RecordEnd,
    verb=Verb.GIVE_NOTICE,
    open=_open,
    submit=_submit,
    confirm=_confirm,
)
