"""What the buttons of an import do: write what was shown, stop it, take it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.asked import Answer, Asked, Reply
from bot.blocks import safe
from bot.values import read_id
from operations.actor import Actor
from operations.records.imports import RECORD, cancel_import, confirm_import, undo_import


def confirm(asked: Asked, value: str) -> Reply:
    """Let a worker write what was shown."""
    with asked.sessions.begin() as session:
        shown = confirm_import(session, import_id=read_id(value), by=asked.actor(session), now=asked.now)
    return Answer(f"{safe(shown.file)} is being imported; the message above says how far it is.")


def cancel(asked: Asked, value: str) -> Reply:
    """Stop an import."""
    with asked.sessions.begin() as session:
        shown = cancel_import(session, import_id=read_id(value), by=asked.actor(session), now=asked.now)
    return Answer(f"Stopped: nothing of {safe(shown.file)} is written.")


def _undo(session: Any, record: str, by: Actor, now: datetime) -> str:
    shown = undo_import(session, import_id=read_id(record.partition(":")[2]), by=by, now=now)
    return f"{safe(shown.file)} is being taken back as a whole; the message says how it came out."


TAKEN_BACK: dict[str, Callable[[Any, str, Actor, datetime], str]] = {RECORD: _undo}
#: By action id.
BUTTONS: dict[str, Callable[[Asked, str], Reply]] = {"confirm:import": confirm, "cancel:import": cancel}
