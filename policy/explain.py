"""Why a duty is due on its date, step by step, for people and for programs."""

from __future__ import annotations

from typing import Any

from policy.closing_steps import closing_steps
from policy.duties import Due, Modality, Step
from policy.facts import Facts, ProgramFacts


def explain(due: Due) -> tuple[Step, ...]:
    """Give the steps of the derivation, each with the clause that it rests on."""
    return (*due.why(), *closing_steps(due))


def as_json(facts: Facts | ProgramFacts, due: Due, detail: str | None = None) -> dict[str, Any]:
    """Give the duty as plain data, with the names and order that other programs rely on.

    `detail` tells it from the others of its rule. A duty of the whole program has no alliance; a permission has no
    due date and no working day.
    """
    dated = due.modality is not Modality.PERMISSION
    return {
        "id": str(due.id),
        "alliance": facts.name if isinstance(facts, Facts) else None,
        "level": facts.level.value if isinstance(facts, Facts) else "program",
        "offices": list(facts.offices),
        "rule": due.rule,
        "period": None if due.period is None else str(due.period),
        "opens_on": due.opens_on.isoformat(),
        "due_on": due.due_on.isoformat() if dated else None,
        "working_day": due.working_day.isoformat() if dated else None,
        "status": due.status.value,
        "basis": due.basis.value,
        "modality": due.modality.value,
        "edition": due.edition,
        "clauses": [clause.name for clause in due.clauses],
        "carried_over": due.carried_over,
        "owner": str(due.owner),
        "required": due.required,
        "held": due.held,
        "why": [str(step) for step in explain(due)],
        # Added later, so they stand last; the first five and the last four for meetings only.
        **_meetings(due),
        "detail": detail,
        "settled_on": None if due.settled_on is None else due.settled_on.isoformat(),
        "reason": due.reason,
        **_meetings_ahead(due),
    }


def _meetings(due: Due) -> dict[str, Any]:
    """Give how the meetings of the year stand; what is still needed, and by when, only while the duty is unsettled."""
    year = due.meetings
    if year is None:
        return dict.fromkeys(("scheduled", "needed", "pace_on", "next_by", "at_risk"))
    next_by = year.next_by if due.status.unsettled else None
    return {
        "scheduled": len(year.scheduled),
        "needed": year.needed if due.status.unsettled else 0,
        "pace_on": year.pace_on.isoformat(),
        "next_by": None if next_by is None else next_by.isoformat(),
        "at_risk": due.at_risk,
    }


def _meetings_ahead(due: Due) -> dict[str, Any]:
    """Give the days of the year's meetings and why it is at risk, for meetings still to be held."""
    year = due.meetings
    if year is None or not due.status.unsettled:
        return dict.fromkeys(("scheduled_on", "unrecorded_on", "undated_by", "risk"))
    return {
        "scheduled_on": [on.isoformat() for on in year.scheduled],
        "unrecorded_on": [on.isoformat() for on in year.unrecorded],
        "undated_by": None if year.undated_by is None else year.undated_by.isoformat(),
        "risk": year.risk if due.at_risk else None,
    }
