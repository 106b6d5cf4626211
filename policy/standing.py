"""How a duty stands on a day: one place decides status, waiver and working day for every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from policy.calendar import on_or_before
from policy.clauses import Clause
from policy.dates import Timeline
from policy.duties import Basis, Due, Modality, Period, Status, Step
from policy.editions import CSP_2015, Edition
from policy.facts import Facts, ProgramFacts
from policy.meeting_year import MeetingYear


def stand(
    facts: Facts | ProgramFacts,
    today: date,
    timeline: Timeline,
    *,
    rule: str,
    subject: str,
    period: Period | None,
    opens_on: date,
    due_on: date,
    basis: Basis,
    modality: Modality,
    edition: Edition,
    clauses: tuple[Clause, ...],
    owner: str,
    why: Callable[[], tuple[Step, ...]],
    met_on: date | None = None,
    lifted_on: date | None = None,
    lifted_because: str | None = None,
    carried_over: bool = False,
    meetings: MeetingYear | None = None,
    so_far: str | None = None,
) -> Iterator[Due]:
    """Yield the duty with its status, or nothing before it opens or when it fell due before tracking began.

    A duty met before it was lifted stays met; a waiver ends an open duty, and one given before the duty was
    lifted stays. A permission has no due date: it is shown however old it is.
    """
    if opens_on > today or (due_on < facts.tracked_from and modality is not Modality.PERMISSION):
        return
    settled_on, reason, waived_by = None, None, None
    if met_on is not None and (lifted_on is None or met_on <= lifted_on):
        status, settled_on = Status.MET, met_on
    else:
        status = status_while_unsettled(due_on, basis, today, modality)
        if lifted_on is not None:
            status, settled_on, reason = Status.LIFTED, lifted_on, lifted_because
        if facts.waivers:
            waived = _waiver(facts, rule, subject, period, lifted_on)
            if waived is not None:
                status, settled_on, reason, waived_by = Status.WAIVED, *waived
    yield Due(
        rule=rule,
        subject=subject,
        period=period,
        opens_on=opens_on,
        due_on=due_on,
        working_day=on_or_before(due_on, timeline.closures),
        status=status,
        basis=basis,
        modality=modality,
        edition=edition.name,
        clauses=clauses,
        carried_over=carried_over,
        owner=owner,
        meetings=meetings,
        so_far=so_far if status.unsettled else None,
        settled_on=settled_on,
        reason=reason,
        waived_by=waived_by,
        why=why,
    )


def carried(edition: Edition) -> bool:
    """Whether a duty that only the text of CSP 04-01-002 states is carried over into a later edition."""
    return edition is not CSP_2015


def status_while_unsettled(due_on: date, basis: Basis, today: date, modality: Modality = Modality.MANDATORY) -> Status:
    """Give the status of a duty that nobody has settled.

    A target of an office is never overdue, and a permission is never late.
    """
    if today <= due_on or modality is Modality.PERMISSION:
        return Status.OPEN
    return Status.PAST_TARGET if basis is Basis.OFFICE else Status.OVERDUE


def done_on(facts: Facts, rule: str, subject: str) -> date | None:
    """Give the first day on which a person recorded a duty as done that has no record of its own."""
    done = [f.done_on for f in facts.fulfilments if f.rule == rule and f.subject == subject and f.period is None]
    return min(done, default=None)


def _waiver(
    facts: Facts | ProgramFacts, rule: str, subject: str, period: Period | None, lifted_on: date | None
) -> tuple[date, str, str] | None:
    span = None if period is None else str(period)
    given = [
        (w.waived_on, w.reason, w.by)
        for w in facts.waivers
        if w.rule == rule
        and w.subject == subject
        and w.period == span
        and (lifted_on is None or w.waived_on <= lifted_on)
    ]
    return min(given, default=None)
