"""Put a reminder off, never past the due date."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import due_words, full_day, row_of_due, row_text, title
from bot.find_duty import FoundDuty
from bot.form_types import Done, Draft, Form, FormModel, Opening, Submitting
from operations.refusals import Refused
from operations.remind.steer_reminder import snooze_reminder
from policy.calendar import Closures, on_or_after, on_or_before
from policy.rights import Verb
from policy.words import day

#: Calendar days that are proposed.
PROPOSED = timedelta(days=7)


class Snooze(FormModel):
    """Until when no reminder is sent."""

    until: date = Field(title="Remind the channel again on", description="Never past the due date.")


def _open(opening: Opening) -> Draft:
    found = _duty(opening)
    row, today = found.row, found.on
    if row.late or row.due_on <= today:
        word = "today" if row.due_on == today else f"on {day(row.due_on)}"
        raise Refused(f"This was due {word}: what is due cannot be snoozed. Record it, or pass it on.")
    return Draft(
        values={"until": min(today + PROPOSED, row.due_on)},
        hints={"until": f"Never past the due date, {full_day(row.due_on)}."},
        intro=[row_text(row)],
    )


def _duty(opening: Opening) -> FoundDuty:
    if opening.duty is None:
        raise LookupError("opened without a duty")
    return opening.duty


def _submit(submitting: Submitting, typed: Snooze) -> Done:
    outcome = snooze_reminder(
        submitting.session,
        obligation_id=submitting.duty,
        until=typed.until,
        by=submitting.by,
        now=submitting.now,
    )
    said = f"Snoozed for *{safe(outcome.of.facts.name)}* until {full_day(typed.until)}."
    due = next((due for due in outcome.duties if due.id == submitting.duty), None)
    if due is not None:
        sent_on = _sent_on(typed.until, due.due_on, outcome.of.closures)
        if sent_on != typed.until:
            said = f"{said} That is no working day: the reminder comes on {full_day(sent_on)}."
        row = row_of_due(due, outcome.of, outcome.today)
        said = f"{said} {title(row.rule)}: {due_words(row)}."
    return Done(outcome, said)


def _sent_on(until: date, due_on: date, closures: Closures) -> date:
    """Return the working day on which a reminder snoozed until a day comes, never past the due date."""
    after = on_or_after(until, closures)
    return after if after <= due_on else on_or_before(due_on, closures)


FORM = Form(
    name="snooze",
    title="Snooze a reminder",
    model=Snooze,
    verb=Verb.SNOOZE,
    open=_open,
    submit=_submit,
    submit_label="Snooze",
)
