"""How an alliance stands, worded the same in every list: its state, how long its term runs, the use of the logo."""

from __future__ import annotations

from datetime import date

from policy.dates import State, Term
from policy.facts import Ending, EndingKind
from policy.words import day

#: A term that has run out takes the permission with it (XII.B); the logo is withdrawn when the alliance ends (A14).
LOGO = "the Alliance logo may be used only while a term is in effect (CSP 04-01-002 XII.B)"


def state_words(state: State, ending: Ending | None, term: Term | None, on: date) -> str:
    """Say how an alliance stands on a day, by its latest term: "active, term to March 9, 2028"."""
    if ending is not None and ending.kind is EndingKind.WITHDRAWN and state is State.CONCLUDED:
        return f"proposal withdrawn {day(ending.ended_on)}"
    if ending is not None and ending.relationship_ended_on is not None:
        return f"ambassador from {day(ending.ended_on)} to {day(ending.relationship_ended_on)}"
    if ending is not None and state in {State.AMBASSADOR, State.CONCLUDED}:
        return f"{state.value}{' since' if state is State.AMBASSADOR else ''} {day(ending.ended_on)}"
    if term is None:
        return state.value
    until = term.in_effect_until(on)
    words = f"{state.value}, {'conditional extension' if until > term.expires_on else 'term'} to {day(until)}"
    return words if state is State.ACTIVE else f"{words}; {LOGO}"
