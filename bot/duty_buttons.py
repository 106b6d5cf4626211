"""What the buttons about a duty and what is asked for it do: record, explain, snooze, assign, and their Undo."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.answers.why import why_duty
from bot.asked import Answer, Asked, Reply
from bot.blocks import safe
from bot.duty_words import full_day
from bot.forms import FORMS
from bot.open_duty import open_duty
from bot.open_form import open_form
from bot.outcomes import duty_named, next_line, told_blocks
from bot.values import STALE, read_id
from operations.actor import Actor
from operations.read.requests import duty_of_request
from operations.refusals import NotAllowed, Refused
from operations.remind.ask_decision import decide_request, withdraw_request
from operations.remind.assign_duty import RECORD as ASSIGNMENT
from operations.remind.assign_duty import unassign_duty, undo_assignment
from operations.remind.steer_reminder import PASSED, undo_pass_on, undo_snooze
from operations.remind.steer_reminder import RECORD as SNOOZE
from operations.remind.waive_duty import RECORD as WAIVER
from operations.remind.waive_duty import undo_waiver


def record(asked: Asked, value: str) -> Reply:
    """Open the form that fulfils a duty, or say who settled it."""
    return open_duty(asked, read_id(value))


def why(asked: Asked, value: str) -> Reply:
    """Explain a duty."""
    return why_duty(asked, read_id(value))


def snooze(asked: Asked, value: str) -> Reply:
    """Open the form that puts a reminder off."""
    return open_form(asked, FORMS["snooze"], obligation_id=read_id(value))


def pass_on(asked: Asked, value: str) -> Reply:
    """Open the form that says whose a duty is."""
    return open_form(asked, FORMS["pass_on"], obligation_id=read_id(value))


def more(asked: Asked, value: str) -> Reply:
    """Do what was chosen in the menu at the end of a row."""
    what, _, id = value.partition(":")
    duty_id = read_id(id)
    if what == "unassign":
        return _unassign(asked, duty_id)
    if what == "withdraw":
        return withdraw(asked, duty_id)
    if what not in {"assign", "waive"}:
        raise Refused(STALE)
    try:
        return open_form(asked, FORMS[what], obligation_id=duty_id)
    except NotAllowed:
        if what != "waive":
            raise
        # Who may not waive a duty, or owes it, may ask somebody above to.
        return open_form(asked, FORMS["ask_waiver"], obligation_id=duty_id)


def withdraw(asked: Asked, duty_id: uuid.UUID) -> Answer:
    """Withdraw what is asked for a duty."""
    with asked.sessions.begin() as session:
        outcome = withdraw_request(session, obligation_id=duty_id, by=asked.actor(session), now=asked.now)
    return Answer(f"Withdrawn: nothing is asked for {duty_named(outcome, duty_id)} any more.")


def approve(asked: Asked, value: str) -> Reply:
    """Approve what somebody asks for a duty; the answer undoes it."""
    request_id = read_id(value)
    with asked.sessions.begin() as session:
        by, duty_id = asked.actor(session), duty_of_request(session, request_id)
        outcome = decide_request(session, request_id=request_id, approve=True, by=by, now=asked.now)
    text = f"Approved: {duty_named(outcome, duty_id)}."
    return Answer(text, told_blocks(text, outcome.record))


def decline(asked: Asked, value: str) -> Reply:
    """Open the form that declines what somebody asks for a duty."""
    with asked.sessions.begin() as session:
        duty_id = duty_of_request(session, read_id(value))
    return open_form(asked, FORMS["decline"], obligation_id=duty_id)


def _unassign(asked: Asked, duty_id: uuid.UUID) -> Reply:
    with asked.sessions.begin() as session:
        outcome = unassign_duty(session, obligation_id=duty_id, by=asked.actor(session), now=asked.now)
    text = f"Assigned to nobody in particular any more: {duty_named(outcome, duty_id)}."
    return Answer(text, told_blocks(text, outcome.record))


def _assignment(session: Any, record: str, by: Actor, now: datetime) -> str:
    changed, name = undo_assignment(session, record=record, by=by, now=now)
    again = f"it is assigned to {safe(name)} again" if name else "it is assigned to nobody in particular"
    return f"Undone for *{safe(changed.of.facts.name)}*: {again}."


def _snooze(session: Any, record: str, by: Actor, now: datetime) -> str:
    changed, until = undo_snooze(session, record=record, by=by, now=now)
    again = "its reminders come as planned" if until is None else f"it is snoozed until {full_day(until)} again"
    return f"Undone for *{safe(changed.of.facts.name)}*: {again}."


def _passed(session: Any, record: str, by: Actor, now: datetime) -> str:
    changed, office = undo_pass_on(session, record=record, by=by, now=now)
    return f"Undone for *{safe(changed.of.facts.name)}*: {safe(office)} gets the reminders again."


def _waiver(session: Any, record: str, by: Actor, now: datetime) -> str:
    changed = undo_waiver(session, record=record, by=by, now=now)
    duty_id = read_id((changed.record or "").partition(":")[2])
    return f"Undone: {duty_named(changed, duty_id)} is owed again.\n{next_line(changed)}"


#: By action id.
DUTY_BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {
    "record:obligation": record,
    "why:obligation": why,
    "snooze:obligation": snooze,
    "pass_on:obligation": pass_on,
    "more:obligation": more,
    "approve:request": approve,
    "decline:request": decline,
}
#: How what was answered is taken back, by what its record is called.
DUTY_TAKEN_BACK: dict[str, Callable[[Any, str, Actor, datetime], str]] = {
    ASSIGNMENT: _assignment,
    PASSED: _passed,
    SNOOZE: _snooze,
    WAIVER: _waiver,
}
