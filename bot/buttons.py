"""What the buttons do; each carries a value that is checked before anything else."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from bot.answers.due import due_page
from bot.answers.listing import alliances_page
from bot.answers.office import closures
from bot.answers.outbox import outbox_page
from bot.answers.why import why_duty
from bot.asked import Answer, Asked, Reply
from bot.blocks import escaped, safe
from bot.commands import run
from bot.effect_words import restored
from bot.find_duty import find_duty, settled_words
from bot.forms import FORMS
from bot.gate_words import MarkedValue
from bot.open_form import open_form
from bot.outcomes import duty_named, told_blocks, undone
from bot.values import STALE, Page, Run, read, read_id, read_number
from operations.establish.decide_words import Decision, decide_words
from operations.read.requests import duty_of_request
from operations.records.withdraw_record import withdraw_record
from operations.refusals import NotAllowed, Refused
from operations.remind.ask_decision import decide_request, withdraw_request
from operations.remind.assign_duty import RECORD as ASSIGNMENT
from operations.remind.assign_duty import unassign_duty, undo_assignment
from operations.restore_settings import RECORDS, restore_settings
from policy.rules import RULES


def record(asked: Asked, value: str) -> Reply:
    """Open the form that fulfils a duty, or say who settled it."""
    duty_id = read_id(value)
    with asked.sessions.begin() as session:
        found = find_duty(session, duty_id, now=asked.now)
        closing = settled_words(found)
    if closing is not None:
        return Answer(escaped(closing))
    form = FORMS[RULES[found.row.rule].resolved_by]
    return open_form(asked, form, alliance_id=found.of.alliance_id, obligation_id=duty_id)


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
        return _withdraw(asked, duty_id)
    if what not in {"assign", "waive"}:
        raise Refused(STALE)
    try:
        return open_form(asked, FORMS[what], obligation_id=duty_id)
    except NotAllowed:
        if what != "waive":
            raise
        # Who may not waive a duty, or owes it, may ask somebody above to.
        return open_form(asked, FORMS["ask_waiver"], obligation_id=duty_id)


def _withdraw(asked: Asked, duty_id: uuid.UUID) -> Reply:
    with asked.sessions.begin() as session:
        outcome = withdraw_request(session, obligation_id=duty_id, by=asked.actor(session), now=asked.now)
    return Answer(f"Withdrawn: nothing is asked for {duty_named(outcome, duty_id)} any more.")


def approve(asked: Asked, value: str) -> Reply:
    """Approve what somebody asks for a duty."""
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        outcome = decide_request(session, request_id=read_id(value), approve=True, by=by, now=asked.now)
        return Answer(f"Approved: {duty_named(outcome, read_id((outcome.record or '').partition(':')[2]))}.")


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


def change_office(asked: Asked, value: str) -> Reply:
    """Open the settings of an office."""
    return open_form(asked, FORMS["change_office"], office=value)


def change_program(asked: Asked, value: str) -> Reply:
    """Open the settings of the whole program."""
    return open_form(asked, FORMS["change_program"], office=value)


def change_alliance(asked: Asked, value: str) -> Reply:
    """Open the settings of an alliance."""
    return open_form(asked, FORMS["change_alliance"], alliance_id=read_number(value))


def add_signatory(asked: Asked, value: str) -> Reply:
    """Open the form for an organization that joined."""
    return open_form(asked, FORMS["add_signatory"], alliance_id=read_number(value))


def enter_closure(asked: Asked, value: str) -> Reply:
    """Open the form for a federal closure."""
    return open_form(asked, FORMS["enter_closure"], office=value)


def remove_closure(asked: Asked, value: str) -> Reply:
    """Open the form that takes a federal closure away."""
    return open_form(asked, FORMS["remove_closure"], office=value)


def list_closures(asked: Asked, _value: str) -> Reply:
    """List the federal closures."""
    return closures(asked)


def undo(asked: Asked, value: str) -> Reply:
    """Withdraw a record, or take a change of settings back."""
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        if value.partition(":")[0] in RECORDS:
            return Answer(restored(restore_settings(session, record=value, by=by, now=asked.now)), replaces=True)
        if value.partition(":")[0] == ASSIGNMENT:
            changed, name = undo_assignment(session, record=value, by=by, now=asked.now)
            again = f"it is assigned to {safe(name)} again" if name else "it is assigned to nobody in particular"
            return Answer(f"Undone for *{safe(changed.of.facts.name)}*: {again}.", replaces=True)
        outcome = withdraw_record(session, record=value, by=by, now=asked.now)
    return Answer(undone(outcome), replaces=True)


def keep_words(asked: Asked, value: str) -> Reply:
    """Record that marked words are harmless."""
    return _decide(asked, value, Decision.HARMLESS)


def change_words(asked: Asked, value: str) -> Reply:
    """Record that marked words are changed in what goes out."""
    return _decide(asked, value, Decision.CHANGED)


def _decide(asked: Asked, value: str, decision: Decision) -> Reply:
    marked = read(MarkedValue, value)
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        outcome = decide_words(
            session, record=marked.record, about=marked.about, decision=decision, by=by, now=asked.now
        )
    text = f"Recorded for *{safe(outcome.of.facts.name)}*: the words are {decision.value}, by {safe(by.name)}."
    return Answer(text, told_blocks(text, outcome.record))


def show_message(asked: Asked, value: str) -> Reply:
    """Show all duties of a reminder that was too long to show them."""
    return due_page(asked, Page(list="due", scope="message", key=str(read_id(value))))


#: By the name of the list.
PAGES = {"due": due_page, "alliances": alliances_page, "outbox": outbox_page}


def turn_page(asked: Asked, value: str) -> Reply:
    """Show another page of a list."""
    page = read(Page, value)
    return replace(PAGES[page.list](asked, page), replaces=True)


def run_word(asked: Asked, value: str) -> Reply:
    """Do what a word does."""
    return run(asked, read(Run, value))


#: By action id; `page:` and `run:` ids go on with what tells several in one line apart.
BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {
    "record:obligation": record,
    "why:obligation": why,
    "snooze:obligation": snooze,
    "pass_on:obligation": pass_on,
    "more:obligation": more,
    "approve:request": approve,
    "decline:request": decline,
    "undo:record": undo,
    "keep:words": keep_words,
    "change:words": change_words,
    "show:message": show_message,
    "change:office": change_office,
    "change:program": change_program,
    "change:alliance": change_alliance,
    "add:signatory": add_signatory,
    "list:closures": list_closures,
    "enter:closure": enter_closure,
    "remove:closure": remove_closure,
}
BUTTON_FAMILIES: dict[str, Callable[[Asked, str], Reply]] = {"page:": turn_page, "run:": run_word}
