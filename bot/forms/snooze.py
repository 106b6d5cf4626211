"""Put a reminder off; past the legal date an official above is asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from bot.answer_words import UNDECIDED, asked_of, request_words
from bot.blocks import safe
from bot.duty_words import Row, due_words, full_day, row_of_due, row_text, title
from bot.find_duty import FoundDuty
from bot.form_types import Ask, Done, Draft, Form, FormModel, Opening, Submitting
from bot.outcomes import duty_named
from operations.read.message import show_obligation
from operations.remind.ask_decision import ask_decision
from operations.remind.steer_reminder import snooze_reminder
from policy.calendar import Closures
from policy.duties import Basis
from policy.requests import RequestKind, RequestStatus, is_past_legal_date, reminded_on
from policy.rights import Verb

#: Calendar days that are proposed.
PROPOSED = timedelta(days=7)
ABOVE = "a reason and an official above you, who gets a direct message and decides"


class Snooze(FormModel):
    """Until when no reminder is sent."""

    until: Annotated[date, Ask(steers=True)] = Field(title="Remind the channel again on")
    reason: Annotated[str | None, Ask(multiline=True)] = Field(None, title="Reason", max_length=1000)


def _open(opening: Opening) -> Draft:
    found = _duty(opening)
    row, shown = found.row, found.shown
    proposed = found.on + PROPOSED if row.due_on <= found.on else min(found.on + PROPOSED, row.due_on)
    values: dict[str, Any] = {"until": proposed}
    if shown is not None and shown.snoozed_until is not None and shown.snoozed_until > found.on:
        values = {"until": shown.snoozed_until, "reason": shown.snooze_reason}
    until = date.fromisoformat(str(opening.values.get("until") or values["until"]))
    comes = reminded_on(until, row.due_on, found.of.closures)
    later = until > row.due_on
    legal = row.basis is not Basis.OFFICE
    needed = f"Needed for this day: it lies after the {'due date' if legal else 'target'}."
    hint = f"The reminder comes on {full_day(comes)}{'' if comes == until else ', a working day'}."
    request = row.answers.request if shown is None else shown.answers.request
    asked = [] if request is None or request.status is not RequestStatus.OPEN else [request_words(request)]
    return Draft(
        values=values,
        hints={
            "until": hint if until > found.on else "Choose a day after today: until then no reminder is sent.",
            "reason": needed if later else f"Not needed up to {full_day(row.due_on)}.",
        },
        intro=[row_text(row), *asked, _case(row, found.on)],
        required=frozenset({"reason"}) if later else frozenset(),
    )


def _case(row: Row, today: date) -> str:
    """Say what it takes to put this duty off, by what its date rests on."""
    on = full_day(row.due_on)
    if row.basis is Basis.OFFICE:
        passed = f"The office's own target, {on}, has passed: any day takes a reason."
        return passed if row.due_on <= today else f"{on} is the office's own target: a later day takes a reason."
    if row.due_on <= today:
        return f"The legal date, {on}, has come: any later day takes {ABOVE}."
    return f"{on} is the legal date: up to it you decide alone, a later day takes {ABOVE}."


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
        row = row_of_due(due, outcome.of, outcome.today)
        said = f"{said}{_comes(typed.until, due.due_on, outcome.of.closures)} {title(row.rule)}: {due_words(row)}."
    return Done(outcome, said, undoable=True)


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
    due = next((due for due in outcome.duties if due.id == submitting.duty), None)
    comes = "" if due is None else _comes(typed.until, due.due_on, outcome.of.closures)
    said = f"Asked {waits} to let {what} wait until {full_day(typed.until)}.{comes} {UNDECIDED}"
    return Done(outcome, said, undoable=True)


def _comes(until: date, due_on: date, closures: Closures) -> str:
    """Say on which day the reminder comes, where that is another one."""
    comes = reminded_on(until, due_on, closures)
    return "" if comes == until else f" That is no working day: the reminder comes on {full_day(comes)}."


FORM = Form(
    name="snooze",
    title="Snooze a reminder",
    model=Snooze,
    verb=Verb.SNOOZE,
    open=_open,
    submit=_submit,
    submit_label="Snooze",
)
