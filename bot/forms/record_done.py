"""Record as done what has no record of its own: a copy sent, a logo withdrawn, an extension settled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day, title
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
from bot.open_duties import duty_label
from operations.operate.record_done import record_done
from operations.refusals import Refused
from policy.duties import Due, Owner
from policy.rights import Verb

RULES = ("signed-copy", "extension-terms", "logo-withdrawal")
#: What begins the choice of the step on the way of an area office's copy.
HANDED_OVER = "handed-over|"

LABELS = {
    "signed-copy": "DCSP has the signed copy",
    "extension-terms": "Expectations of the extension settled",
    "logo-withdrawal": "Logo withdrawn",
}


class RecordDone(AllianceForm):
    """Which duty was done, and when."""

    duty: Annotated[str, Ask(offered=True)] = Field(title="What was done")
    done_on: date = Field(title="Date")
    note: Annotated[str | None, Ask(multiline=True)] = Field(
        None,
        title="Note",
        max_length=2000,
        description="For a conditional extension: whether the expectations were met, and how that is known.",
    )
    files: FilesField = files_field()


def _open(opening: Opening) -> Draft:
    about = opening.about
    found = [due for rule in RULES for due in about.of_rule(rule) if due.status.unsettled]
    if not found:
        raise Refused(f"{about.name}: no copy, logo or extension is waiting to be recorded.")
    choices = [choice for due in found for choice in _choices(opening, due)]
    opened_for = opening.due
    own = next((due for due in found if opened_for is not None and due.id == opened_for.id), None)
    wanted = choices[0] if own is None else _choices(opening, own)[0]
    return Draft(values={"duty": wanted.value, "done_on": about.today}, choices={"duty": choices})


def _choices(opening: Opening, due: Due) -> list[Choice]:
    return list(_steps(opening, due))


def _steps(opening: Opening, due: Due) -> Iterator[Choice]:
    value, label = f"{due.rule}|{due.subject}", duty_label(opening, due)
    if due.rule == "signed-copy" and due.owner == Owner.AREA_DIRECTOR:
        yield Choice(f"{HANDED_OVER}{value}", f"Handed to the region, {label}")
    yield Choice(value, f"{LABELS[due.rule]}, {label}")


def _submit(submitting: Submitting, typed: RecordDone) -> Done:
    handed_over = typed.duty.startswith(HANDED_OVER)
    rule, _, subject = typed.duty.removeprefix(HANDED_OVER).partition("|")
    outcome = record_done(
        submitting.session,
        alliance_id=typed.alliance,
        rule=rule,
        subject=subject,
        done_on=typed.done_on,
        note=typed.note,
        handed_over=handed_over,
        by=submitting.by,
        now=submitting.now,
    )
    what = "copy handed to the Regional Alliance Program Coordinator" if handed_over else title(rule).lower()
    rest = " What is left is that DCSP has it." if handed_over else ""
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: {what.replace('osha', 'OSHA').replace('dcsp', 'DCSP')}, "
        f"{full_day(typed.done_on)}.{rest}",
        undoable=True,
    )


FORM = Form(
    name="record_done",
    title="Record as done",
    model=RecordDone,
    verb=Verb.SETTLE,
    open=_open,
    submit=_submit,
)
