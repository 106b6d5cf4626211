"""What the buttons do; each carries a value that is checked before anything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot import approval_buttons, dropped_files, import_buttons
from bot.answers import calendar, document, export, retention
from bot.answers.correct import records_page
from bot.answers.due import due_page
from bot.answers.listing import alliances_page
from bot.answers.outbox import outbox_page
from bot.asked import Answer, Asked, Reply
from bot.blocks import safe
from bot.commands import run
from bot.duty_buttons import DUTY_BUTTONS, DUTY_TAKEN_BACK, withdraw
from bot.effect_words import restored
from bot.forms import FORMS
from bot.forms.record_activity import split_emphasis
from bot.gate_words import MarkedValue
from bot.hands_undone import HANDS_TAKEN_BACK
from bot.office_buttons import OFFICE_BUTTONS
from bot.open_form import open_form
from bot.outcomes import told_blocks, undone
from bot.paper_buttons import PAPER_BUTTONS
from bot.print_home import print_home
from bot.program_buttons import PROGRAM_BUTTONS
from bot.report_buttons import REPORT_BUTTONS
from bot.values import STALE, Page, Run, read, read_id
from bot.work_buttons import WORK_BUTTONS, WORK_TAKEN_BACK
from operations.actor import Actor
from operations.establish.decide_words import Decision, decide_words
from operations.read.history import CORRECTS, REPLACES, alliance_of_record, values_of
from operations.read.kept_records import kept_records
from operations.records.withdraw_record import withdraw_record
from operations.refusals import Refused
from operations.remind.ask_decision import RECORD as REQUEST
from operations.remind.choose_digest import RECORD as DIGEST
from operations.remind.choose_digest import undo_digest
from operations.restore_settings import RECORDS, restore_settings


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
        return replace(withdraw(asked, read_id(id)), replaces=True)
    take_back = TAKEN_BACK.get(kind, _record)
    with asked.sessions.begin() as session:
        text = take_back(session, value, asked.actor(session), asked.now)
    return Answer(text, replaces=True)


def _record(session: Any, record: str, by: Actor, now: datetime) -> str:
    return undone(withdraw_record(session, record=record, by=by, now=now))


def _settings(session: Any, record: str, by: Actor, now: datetime) -> str:
    return restored(restore_settings(session, record=record, by=by, now=now))


def _digest(session: Any, record: str, by: Actor, now: datetime) -> str:
    undo_digest(session, record=record, by=by, now=now)
    return "Undone: your digest comes as before."


#: How a record is taken back that is no row of its own, by what it is called.
TAKEN_BACK: dict[str, Callable[[Any, str, Actor, datetime], str]] = {
    **approval_buttons.TAKEN_BACK,
    **import_buttons.TAKEN_BACK,
    **dict.fromkeys(RECORDS, _settings),
    DIGEST: _digest,
    **DUTY_TAKEN_BACK,
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
    **DUTY_BUTTONS,
    "undo:record": undo,
    "fix:record": fix,
    "keep:words": keep_words,
    "change:words": change_words,
    **approval_buttons.BUTTONS,
    "show:message": show_message,
    "print:home": print_home,
    "get:document": document.get,
    **calendar.BUTTONS,
    **dropped_files.BUTTONS,
    **export.BUTTONS,
    **import_buttons.BUTTONS,
    **retention.BUTTONS,
    **OFFICE_BUTTONS,
    **WORK_BUTTONS,
    **REPORT_BUTTONS,
    **PAPER_BUTTONS,
    **PROGRAM_BUTTONS,
}
BUTTON_FAMILIES: dict[str, Callable[[Asked, str], Reply]] = {"page:": turn_page, "run:": run_word}
#: Those that only show something or open a form, pressed with every reminder and list.
SHOWING = frozenset({"record:obligation", "why:obligation", "snooze:obligation", "pass_on:obligation", "show:message"})
