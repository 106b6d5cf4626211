"""What is mine: the duties and alliances of the offices where I hold a position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.answer_words import TO_DECIDE
from bot.asked import Asked
from bot.duty_words import Row, row_of_owed
from operations.actor import Actor
from operations.read.answers import NOTHING, read_answers
from operations.read.duties import list_due, list_passed_to
from operations.read.mine import read_mine

#: The heading of a person's list.
MINE = "Due for me and my offices"
ASSIGNED = "Assigned to me"
#: The groups that come first in a person's list, and last what is in none.
FIRST = (TO_DECIDE, ASSIGNED, None)


def my_rows(session: Any, asked: Asked, by: Actor) -> list[Row]:
    """Return the open duties of a person: to decide on, assigned to them, then those of their offices."""
    mine = read_mine(session, by, now=asked.now, failed=asked.failed)
    rows = [for_person(row, asked.user_id) for row in with_answers(session, asked, list(map(row_of_owed, mine.owed)))]
    return sorted(rows, key=lambda row: FIRST.index(row.first))


def with_answers(session: Any, asked: Asked, rows: Sequence[Row]) -> list[Row]:
    """Return rows with what people answered to their reminders."""
    answers = read_answers(session, [row.id for row in rows], now=asked.now)
    found = [replace(row, answers=answers.get(row.id, NOTHING)) for row in rows]
    return [replace(row, decides=_decides(row, asked.user_id)) for row in found]


def for_person(row: Row, slack_id: str) -> Row:
    """Return a row as a person sees it: the group in which it comes first, and whether they can decide on it."""
    assigned, request = row.answers.assigned_to, row.answers.request
    first = ASSIGNED if assigned is not None and assigned.slack_id == slack_id else None
    if request is not None and slack_id in request.asked:
        first = TO_DECIDE
    return replace(row, first=first, decides=_decides(row, slack_id))


def _decides(row: Row, slack_id: str) -> bool:
    return row.answers.request is not None and slack_id in row.answers.request.deciders


def office_rows(session: Any, asked: Asked, codes: Sequence[str]) -> list[Row]:
    """Return the open duties of some offices, of those below, and what was passed on to them."""
    owed = [o for code in codes for o in list_due(session, as_of=asked.now, office=code, failed=asked.failed)]
    owed += list_passed_to(session, codes, as_of=asked.now, failed=asked.failed)
    found = {o.due.id: o for o in owed}
    return [row_of_owed(o) for o in sorted(found.values(), key=lambda o: o.order)]
