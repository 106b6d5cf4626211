"""Put a reminder off; past the legal date an official above is asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from bot.answer_words import asked_of
from bot.blocks import safe
from bot.duty_words import due_words, full_day, row_of_due, row_text, title
from bot.find_duty import FoundDuty
from bot.form_types import Ask, Done, Draft, Form, FormModel, Opening, Submitting
from bot.outcomes import duty_named
from operations.read.message import show_obligation
from operations.remind.ask_decision import ask_decision
from operations.remind.steer_reminder import snooze_reminder
from policy.calendar import Closures, on_or_after, on_or_before
from policy.requests import RequestKind, is_past_legal_date
from policy.rights import Verb

#: Calendar days that are proposed.
PROPOSED = timedelta(days=7)
LATER = "Past a legal date it takes a reason and an official above you; past a target a reason."


class Snooze(FormModel):
    """Until when no reminder is sent."""

    until: date = Field(title="Remind the channel again on")
    reason: Annotated[str | None, Ask(multiline=True)] = Field(
        None, title="Reason", max_length=1000, description="Needed past the due date."
    )


def _open(opening: Opening) -> Draft:
    found = _duty(opening)
    row, today = found.row, found.on
    if row.due_on <= today:
        return Draft(values={"until": today + PROPOSED}, hints={"until": LATER}, intro=[row_text(row)])
    day_itself = f"Up to the due date, {full_day(row.due_on)}, you decide alone. "
    return Draft(
        values={"until": min(today + PROPOSED, row.due_on)},
        hints={"until": day_itself + LATER},
        intro=[row_text(row)],
    )


def _duty(opening: Opening) -> FoundDuty:
    if opening.duty is None:
        raise LookupError("opened without a duty")
    return opening.duty


def _submit(submitting: Submitting, typed: Snooze) -> Done:
    shown = show_obligation(submitting.session, submitting.duty, now=submitting.now)
    if shown is not None and is_past_legal_date(typed.until, shown.due_on, shown.basis, shown.modality):
        return _ask(submitting, typed)
    outcome = snooze_reminder(
        submitting.session,
        obligation_id=submitting.duty,
        until=typed.until,
        reason=typed.reason,
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


def _ask(submitting: Submitting, typed: Snooze) -> Done:
    outcome = ask_decision(
        submitting.session,
        obligation_id=submitting.duty,
        kind=RequestKind.SNOOZE,
        reason=typed.reason,
        until=typed.until,
        by=submitting.by,
        now=submitting.now,
    )
    waits = asked_of(submitting.session, submitting.duty, now=submitting.now)
    what = duty_named(outcome, submitting.duty)
    return Done(outcome, f"Asked {waits}: {what} is to wait until {full_day(typed.until)}. Until then reminders go on.")


def _sent_on(until: date, due_on: date, closures: Closures) -> date:
    """Return the working day on which a reminder snoozed until a day comes: up to the due date never past it."""
    after = on_or_after(until, closures)
    return on_or_before(due_on, closures) if until <= due_on < after else after


FORM = Form(
    name="snooze",
    title="Snooze a reminder",
    model=Snooze,
    verb=Verb.SNOOZE,
    open=_open,
    submit=_submit,
    submit_label="Snooze",
)
