"""The written expectations of a conditional extension, to be settled by the date that they set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from policy.clauses import cite
from policy.dates import Timeline, add_months
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.facts import Facts, Recommendation, RenewalDecision
from policy.parameters import extension_warning_months
from policy.standing import carried, done_on, stand
from policy.steps import due_steps, governing_steps, number_step, signing_steps
from policy.words import count, day

RULE = "extension-terms"

IX_C_3_B = cite("CSP 04-01-002 IX.C.3.b")

CLAUSES = (IX_C_3_B,)

#: What it means that the date has its basis.
MEANS = (
    "The date is set in the written expectations; the directive makes it binding: from the day after, the duty is "
    "overdue."
)


@dataclass(frozen=True, slots=True)
class _Extension:
    """A decided conditional extension."""

    decision: RenewalDecision
    decided_on: date
    until: date


# IX.C.3.b: "A conditional extension based on written expectations of improved performance within specified
# timelines"
def extension_terms(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """Whether the expectations of a conditional extension were met is settled by the extension's last day.

    A later decision or agreement settles it too. There is no longest extension; a long one carries a warning. An
    extension that was over when it was decided grants nothing and asks for nothing.
    """
    if not facts.decisions or not timeline.terms:
        return
    ended_on = None if timeline.ending is None else timeline.ending.ended_on
    for extension in _extensions(facts):
        decided_on = extension.decided_on
        if ended_on is not None and ended_on < decided_on:
            continue
        edition = timeline.edition_on(decided_on)
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"decision:{extension.decision.id}",
            period=None,
            opens_on=decided_on,
            due_on=extension.until,
            basis=Basis.DIRECTIVE,
            modality=Modality.MANDATORY,
            edition=edition,
            clauses=CLAUSES,
            carried_over=carried(edition),
            owner=Owner.ALLIANCE_COORDINATOR,
            met_on=min(_settled(facts, timeline, extension), default=(None, ""))[0],
            lifted_on=ended_on,
            lifted_because="The alliance ended before the expectations were settled.",
            why=partial(_why, facts, today, timeline, extension),
        )


def _extensions(facts: Facts) -> Iterator[_Extension]:
    """Give the extensions that grant something: decided, with a last day on or after the decision."""
    for decision in facts.decisions:
        decided_on, until = decision.decided_on, decision.extended_until
        if decision.recommendation is not Recommendation.EXTEND or decided_on is None or until is None:
            continue
        if decided_on <= until:
            yield _Extension(decision, decided_on, until)


def _settled(facts: Facts, timeline: Timeline, extension: _Extension) -> list[tuple[date, str]]:
    """Give each day on which something settled the expectations, with the words for it."""
    decision, decided_on = extension.decision, extension.decided_on
    found = [
        (term.signed_on, "a later agreement was signed")
        for term in timeline.terms
        if term.signed_on >= decided_on and term.agreement.id != decision.agreement_id
    ]
    found += [
        (d.decided_on, "a later decision was made")
        for d in facts.decisions
        if d.agreement_id == decision.agreement_id and d.decided_on is not None and d.decided_on > decided_on
    ]
    done = done_on(facts, RULE, f"decision:{decision.id}")
    if done is not None:
        found.append((done, "the expectations were recorded as settled"))
    return found


def _why(facts: Facts, today: date, timeline: Timeline, extension: _Extension) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, extension))


def _steps(facts: Facts, today: date, timeline: Timeline, extension: _Extension) -> Iterator[Step]:
    decided_on, until = extension.decided_on, extension.until
    yield from signing_steps(timeline)
    yield Step(f"A conditional extension until {day(until)} was decided on {day(decided_on)}.")
    yield from governing_steps(timeline, decided_on, carried_over=carried(timeline.edition_on(decided_on)))
    yield from due_steps(
        facts,
        timeline,
        until,
        Basis.DIRECTIVE,
        sentence=f"The timeline is the one set in the written expectations: {day(until)}.",
        clause=IX_C_3_B,
        meaning=MEANS,
    )
    yield Step(
        "Reading A13: the text sets no longest extension, no form and no signature; the date in the written "
        "expectations is taken as it stands. The alternative, to treat an extension like a renewal, would ask for "
        "gates that the text does not name."
    )
    begins = max(
        [decided_on, *(t.expires_on for t in timeline.terms if t.agreement.id == extension.decision.agreement_id)]
    )
    months = extension_warning_months(decided_on)
    yield number_step("extension_warning_months", decided_on)
    limit = add_months(begins, months)
    span = (
        f"{day(begins)}, the later of the expiry and the decision, + {count(months, 'calendar month')} = {day(limit)}"
    )
    if until > limit:
        yield Step(
            f"Warning: {span}; this extension runs longer, until {day(until)}. It is accepted; a renewal may be the "
            "clearer choice."
        )
    else:
        yield Step(f"{span}; this extension ends on {day(until)}, so it carries no warning.")
    settled, ending = min(_settled(facts, timeline, extension), default=None), timeline.ending
    if settled is not None and (ending is None or settled[0] <= ending.ended_on):
        yield Step(f"Met on {day(settled[0])}: {settled[1]}.")
    elif ending is not None:
        yield Step(f"The alliance ended on {day(ending.ended_on)}; nothing is left to settle.")
    else:
        yield Step(
            f"Neither the settlement of the expectations nor a later decision or agreement is recorded on or before "
            f"{day(today)}."
        )
