"""What is said when a change of hands is taken back: a position, a name, a merger of participants, a move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.blocks import safe
from bot.people_words import change_lines
from operations.actor import Actor
from operations.hands.change_position import RECORD as POSITION
from operations.hands.change_position import undo_position
from operations.hands.merge_participants import RECORD as PARTICIPANTS
from operations.hands.merge_participants import undo_merger
from operations.hands.move_alliance import RECORD as MOVE
from operations.hands.move_alliance import undo_move
from operations.hands.rename import RECORD as NAME
from operations.hands.rename import undo_rename
from policy.words import listing


def _position(session: Any, record: str, by: Actor, now: datetime) -> str:
    change = undo_position(session, record=record, by=by, now=now)
    what = f"{safe(change.person)}, {change.role} of *{safe(change.office_name)}*"
    return "\n".join([f"Undone: {what}. Everything is as before.", *change_lines(change)])


def _name(session: Any, record: str, by: Actor, now: datetime) -> str:
    done = undo_rename(session, record=record, by=by, now=now)
    return f"Undone: *{safe(done.after)}* is called so again."


def _participants(session: Any, record: str, by: Actor, now: datetime) -> str:
    done = undo_merger(session, record=record, by=by, now=now)
    return f"Undone: *{safe(done.gone)}* takes part beside *{safe(done.into)}* again."


def _move(session: Any, record: str, by: Actor, now: datetime) -> str:
    done = undo_move(session, record=record, by=by, now=now)
    return f"Undone: *{safe(done.outcome.of.facts.name)}* is run by {safe(listing(done.after), 600)} again."


#: How a change is taken back, by what its record is called.
HANDS_TAKEN_BACK: dict[str, Callable[[Any, str, Actor, datetime], str]] = {
    POSITION: _position,
    NAME: _name,
    PARTICIPANTS: _participants,
    MOVE: _move,
}
