"""What is mine: the duties and alliances of the offices where I hold a position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot.answer_words import TO_DECIDE
from bot.asked import Asked
from bot.duty_words import Row, row_of_owed
from operations.actor import Actor
from operations.read.alliances import Listed, list_alliances
from operations.read.answers import NOTHING, read_answers
from operations.read.choices import office_above
from operations.read.duties import Owed, list_assigned_to, list_due, list_passed_to, list_to_decide
from policy.rights import DCSP_OFFICES

ASSIGNED = "Assigned to me"
#: The groups that come first in a person's list, and last what is in none.
FIRST = (TO_DECIDE, ASSIGNED, None)


def my_rows(session: Any, asked: Asked, by: Actor) -> list[Row]:
    """Return the open duties of a person: to decide on, assigned to them, then those of their offices."""
    owed = _owed_by(session, asked, [code for code, _ in _reach(session, by)], of_all=False)
    owed += list_assigned_to(session, by.person_id, as_of=asked.now, failed=asked.failed)
    owed += list_to_decide(session, asked.user_id, now=asked.now, failed=asked.failed)
    rows = [replace(row, first=_first(row, asked.user_id)) for row in with_answers(session, asked, _rows(owed))]
    return sorted(rows, key=lambda row: FIRST.index(row.first))


def with_answers(session: Any, asked: Asked, rows: Sequence[Row]) -> list[Row]:
    """Return rows with what people answered to their reminders."""
    answers = read_answers(session, [row.id for row in rows], now=asked.now)
    return [replace(row, answers=answers.get(row.id, NOTHING)) for row in rows]


def _first(row: Row, slack_id: str) -> str | None:
    assigned, request = row.answers.assigned_to, row.answers.request
    if request is not None and slack_id in request.deciders:
        return TO_DECIDE
    return ASSIGNED if assigned is not None and assigned.slack_id == slack_id else None


def office_rows(session: Any, asked: Asked, codes: Sequence[str]) -> list[Row]:
    """Return the open duties of some offices, of those below, and what was passed on to them."""
    return _rows(_owed_by(session, asked, codes, of_all=True))


def _owed_by(session: Any, asked: Asked, codes: Sequence[str], *, of_all: bool) -> list[Owed]:
    """List them; unless `of_all`, the National Office counts for the alliances that it leads itself."""
    owed = []
    for code in codes:
        own_only = not of_all and _is_top(session, code)
        below = list_due(session, as_of=asked.now, office=code, failed=asked.failed)
        owed += [o for o in below if not own_only or code in o.of.facts.offices or o.of.alliance_id is None]
    return owed + list_passed_to(session, codes, as_of=asked.now, failed=asked.failed)


def _rows(owed: Sequence[Owed]) -> list[Row]:
    found = {o.due.id: o for o in owed}
    return [row_of_owed(o) for o in sorted(found.values(), key=lambda o: o.order)]


def my_alliances(session: Any, asked: Asked, by: Actor) -> list[Listed]:
    """Return the alliances of a person's offices, in order of name."""
    found = {
        line.id: line
        for code, top in _reach(session, by)
        for line in list_alliances(session, now=asked.now, offices=[code], failed=asked.failed)
        if not top or code in line.offices
    }
    return sorted(found.values(), key=lambda line: line.name.casefold())


def _reach(session: Any, by: Actor) -> Iterator[tuple[str, bool]]:
    """Yield the offices that a person works for, each with whether it is the National Office.

    DCSP and OOSA are units of the National Office and run the alliances that it leads (CSP 04-01-002 VI.F).
    """
    for code in dict.fromkeys(_top(session, code) if code in DCSP_OFFICES else code for code in by.offices):
        yield code, _is_top(session, code)


def _is_top(session: Any, code: str) -> bool:
    return office_above(session, code) is None


def _top(session: Any, code: str) -> str:
    while (above := office_above(session, code)) is not None:
        code = above[0]
    return code
