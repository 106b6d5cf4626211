"""Refuse a step while a mandatory gate before it is open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from operations.gather_facts import Gathered
from operations.read.gates import GatesShown, gates_before
from operations.refusals import Refused
from policy.gate_facts import GateFacts
from policy.procedure import ProcedureStep
from policy.words import count
from policy.words import day as spelled


class GatesOpen(Refused):
    """Gates stop the step; `shown` tells all of them."""

    def __init__(self, shown: GatesShown) -> None:
        lines = [
            f"({number}) {open_.gate.title}: {open_.missing} [{', '.join(c.name for c in open_.clauses)}]"
            for number, open_ in enumerate(shown.refusing, start=1)
        ]
        super().__init__(
            f"{count(len(lines), 'gate')} open {shown.before} (on {spelled(shown.on)}): {' '.join(lines)} "
            "/alliance gates shows what passes each."
        )
        self.shown = shown


def refuse_open_gates(
    session: Session,
    of: Gathered,
    *,
    step: ProcedureStep,
    on: date,
    facts: GateFacts | None = None,
    but: Collection[str] = (),
) -> GatesShown:
    """Return the gates before a step on a local day, when none of the mandatory ones is open.

    `but` names gates that may still be open, as that of the signers while they sign one after the other.

    Raises:
        GatesOpen: One is; the sentence lists them with their clauses.
    """
    shown = gates_before(session, of, step=step, on=on, facts=facts)
    shown = replace(shown, gates=tuple(one for one in shown.gates if one.gate.id not in but))
    return refuse_open(shown)


def refuse_open(shown: GatesShown) -> GatesShown:
    """Return gates of which no mandatory one is open.

    Raises:
        GatesOpen: One is; the sentence lists them with their clauses.
    """
    if shown.refusing:
        raise GatesOpen(shown)
    return shown
