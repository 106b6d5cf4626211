"""What the buttons do; each carries a value that is checked before anything else."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot import approval_buttons, import_buttons
from bot.answers import calendar, document, export, retention
from bot.answers.correct import records_page
from bot.answers.due import due_page
from bot.answers.listing import alliances_page
from bot.answers.office import closures
from bot.answers.outbox import outbox_page
from bot.answers.why import why_duty
from bot.asked import Answer, Asked, Reply
from bot.blocks import escaped, safe
from bot.commands import run
from bot.duty_words import full_day
from bot.effect_words import restored
from bot.find_duty import find_duty, settled_words
from bot.forms import FORMS
from bot.forms.record_activity import split_emphasis
from bot.gate_words import MarkedValue
from bot.hands_undone import HANDS_TAKEN_BACK
from bot.open_form import open_form
from bot.outcomes import duty_named, next_line, told_blocks, undone
from bot.paper_buttons import PAPER_BUTTONS
from bot.print_home import print_home
from bot.program_buttons import PROGRAM_BUTTONS
from bot.report_buttons import REPORT_BUTTONS
from bot.values import STALE, Page, Run, read, read_id, read_number
from bot.work_buttons import WORK_BUTTONS, WORK_TAKEN_BACK
from operations.actor import Actor
from operations.establish.decide_words import Decision, decide_words
from operations.read.history import CORRECTS, REPLACES, alliance_of_record, values_of
from operations.read.kept_records import kept_records
from operations.read.requests import duty_of_request
from operations.records.withdraw_record import withdraw_record
from operations.refusals import NotAllowed, Refused
from operations.remind.ask_decision import RECORD as REQUEST
from operations.remind.ask_decision import decide_request, withdraw_request
from operations.remind.assign_duty import RECORD as ASSIGNMENT
from operations.remind.assign_duty import unassign_duty, undo_assignment
from operations.remind.choose_digest import RECORD as DIGEST
from operations.remind.choose_digest import undo_digest
from operations.remind.steer_reminder import PASSED, undo_pass_on, undo_snooze
from operations.remind.steer_reminder import RECORD as SNOOZE
from operations.remind.waive_duty import RECORD as WAIVER
from operations.remind.waive_duty import undo_waiver
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


def _withdraw(asked: Asked, duty_id: uuid.UUID) -> Answer:
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


def change_office(asked: Asked, value: str) -> Reply:
    """Open the settings of an office."""
    return open_form(asked, FORMS["change_office"], office=value)


def change_chain(asked: Asked, value: str) -> Reply:
    """Open the form that sets who approves."""
    return open_form(asked, FORMS["change_chain"], office=value)


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


def give_position(asked: Asked, value: str) -> Reply:
    """Open the form that gives a position at an office."""
    return open_form(asked, FORMS["hold_position"], office=value)


def end_position(asked: Asked, value: str) -> Reply:
    """Open the form that lets a position at an office end."""
    return open_form(asked, FORMS["end_position"], office=value)


def name_designee(asked: Asked, value: str) -> Reply:
    """Open the form that names a designee at an office."""
    return open_form(asked, FORMS["name_designee"], office=value)


def arrange_office(asked: Asked, value: str) -> Reply:
    """Open the form that was chosen in an office's menu: another name, a merger, a split."""
    what, _, code = value.partition(":")
    if what not in {"rename_office", "merge_offices", "split_office"}:
        raise Refused(STALE)
    return open_form(asked, FORMS[what], office=code)


def arrange_alliance(asked: Asked, value: str) -> Reply:
    """Open the form that was chosen in an alliance's menu: another name, another office, a merger."""
    what, _, id = value.partition(":")
    if what not in {"rename_alliance", "move_alliance", "merge_alliances", "merge_participants"}:
        raise Refused(STALE)
    return open_form(asked, FORMS[what], alliance_id=read_number(id))


def fix(asked: Asked, value: str) -> Reply:
    """Open the form that corrects a record with everything in it, or the one that withdraws it."""
    what, _, record = value.partition(":")
    with asked.sessions.begin() as session:
        alliance_id = alliance_of_record(session, record)
        values = values_of(session, record)
        kept = None if alliance_id is None else kept_records(session, alliance_id).get(record)
    if alliance_id is None or what not in {"correct", "withdraw"}:
        raise Refused(STALE)
    if kept is not None:
        raise Refused(kept)
    if what == "withdraw":
        return open_form(asked, FORMS["withdraw"], alliance_id=alliance_id, values={"record": record})
    form = FORMS.get(CORRECTS.get(record.partition(":")[0], ""))
    if form is None or not values:
        raise Refused(STALE)
    emphasis = values.pop("all_emphasis", None)
    if emphasis is not None:
        values |= split_emphasis(emphasis)
    corrects = None if record.partition(":")[0] in REPLACES else record
    return open_form(asked, form, alliance_id=alliance_id, values=values, corrects=corrects)


def undo(asked: Asked, value: str) -> Reply:
    """Withdraw a record, or take back what was answered, asked or set."""
    kind, _, id = value.partition(":")
    if kind == REQUEST:
        return replace(_withdraw(asked, read_id(id)), replaces=True)
    take_back = TAKEN_BACK.get(kind, _record)
    with asked.sessions.begin() as session:
        text = take_back(session, value, asked.actor(session), asked.now)
    return Answer(text, replaces=True)


def _record(session: Any, record: str, by: Actor, now: datetime) -> str:
    return undone(withdraw_record(session, record=record, by=by, now=now))


def _settings(session: Any, record: str, by: Actor, now: datetime) -> str:
    return restored(restore_settings(session, record=record, by=by, now=now))


def _assignment(session: Any, record: str, by: Actor, now: datetime) -> str:
    changed, name = undo_assignment(session, record=record, by=by, now=now)
    again = f"it is assigned to {safe(name)} again" if name else "it is assigned to nobody in particular"
    return f"Undone for *{safe(changed.of.facts.name)}*: {again}."


def _digest(session: Any, record: str, by: Actor, now: datetime) -> str:
    undo_digest(session, record=record, by=by, now=now)
    return "Undone: your digest comes as before."


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


#: How a record is taken back that is no row of its own, by what it is called.
TAKEN_BACK: dict[str, Callable[[Any, str, Actor, datetime], str]] = {
    **approval_buttons.TAKEN_BACK,
    **import_buttons.TAKEN_BACK,
    **dict.fromkeys(RECORDS, _settings),
    ASSIGNMENT: _assignment,
    DIGEST: _digest,
    PASSED: _passed,
    SNOOZE: _snooze,
    WAIVER: _waiver,
    **HANDS_TAKEN_BACK,
    **WORK_TAKEN_BACK,
}


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
PAGES = {
    "due": due_page,
    "alliances": alliances_page,
    "outbox": outbox_page,
    "records": records_page,
    "documents": document.documents_page,
}


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
    "fix:record": fix,
    "keep:words": keep_words,
    "change:words": change_words,
    **approval_buttons.BUTTONS,
    "show:message": show_message,
    "print:home": print_home,
    "get:document": document.get,
    **calendar.BUTTONS,
    **export.BUTTONS,
    **import_buttons.BUTTONS,
    **retention.BUTTONS,
    "change:chain": change_chain,
    "change:office": change_office,
    "change:program": change_program,
    "change:alliance": change_alliance,
    "add:signatory": add_signatory,
    "give:position": give_position,
    "end:position": end_position,
    "name:designee": name_designee,
    "arrange:office": arrange_office,
    "arrange:alliance": arrange_alliance,
    "list:closures": list_closures,
    "enter:closure": enter_closure,
    "remove:closure": remove_closure,
    **WORK_BUTTONS,
    **REPORT_BUTTONS,
    **PAPER_BUTTONS,
    **PROGRAM_BUTTONS,
}
BUTTON_FAMILIES: dict[str, Callable[[Asked, str], Reply]] = {"page:": turn_page, "run:": run_word}
