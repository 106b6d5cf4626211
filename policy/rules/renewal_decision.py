"""The decision at the end of each term: renew, extend on conditions, or terminate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from policy.clauses import cite
from policy.dates import Term, Timeline
from policy.duties import Basis, Due, Modality, Owner, Period, Step
from policy.editions import CSP_2015
from policy.facts import Facts
from policy.parameters import lapse_after_days, renewal_decision_lead_days
from policy.standing import stand
from policy.steps import VII_B, due_steps, edition_steps, length_steps, number_step, signed_step
from policy.words import count, day

RULE = "renewal-decision"

IX_C_3 = cite("CSP 04-01-002 IX.C.3")
F_10 = cite("FAQ F-10")

CLAUSES_2015 = (VII_B, IX_C_3)
CLAUSES_2020 = (F_10, VII_B, IX_C_3)


# FAQ F-10: "Alliances may be renewed or concluded at the end of each agreement cycle at the discretion of
# OSHA and the Alliance participant."
# IX.C.3: "Based on the evaluation and discussion with alliance participants, recommend to management"
def renewal_decision(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """The end of each term needs a recommendation and its decision on the day the agreement expires.

    It opens 180 calendar days before, and only for the agreement that is then the latest one.
    """
    for index, term in enumerate(timeline.terms):
        if term.expires_on < facts.tracked_from:
            continue
        opens_on = _opens_on(term)
        successor = timeline.terms[index + 1] if index + 1 < len(timeline.terms) else None
        superseded = successor is not None and successor.signed_on <= opens_on
        ended = timeline.ending is not None and timeline.ending.ended_on <= opens_on
        if superseded or ended:
            continue
        from_faq = term.edition is not CSP_2015
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"agreement:{term.agreement.id}",
            period=Period(term.signed_on, term.expires_on),
            opens_on=opens_on,
            due_on=term.expires_on,
            basis=Basis.FAQ if from_faq else Basis.OFFICE,
            modality=Modality.MANDATORY,
            edition=term.edition,
            clauses=CLAUSES_2020 if from_faq else CLAUSES_2015,
            owner=Owner.ALLIANCE_COORDINATOR,
            met_on=_met_on(facts, term, successor),
            lifted_on=None if timeline.ending is None else timeline.ending.ended_on,
            lifted_because="The alliance ended before a decision was recorded.",
            why=partial(_why, facts, today, timeline, term, successor),
        )


def _opens_on(term: Term) -> date:
    return max(term.signed_on, term.expires_on - timedelta(days=renewal_decision_lead_days(term.signed_on)))


def _decided_on(facts: Facts, term: Term) -> date | None:
    decided = [
        d.decided_on for d in facts.decisions if d.agreement_id == term.agreement.id and d.decided_on is not None
    ]
    return min(decided, default=None)


def _met_on(facts: Facts, term: Term, successor: Term | None) -> date | None:
    """Give the earlier of the recorded decision and the signing of a later renewal."""
    days = [_decided_on(facts, term), None if successor is None else successor.signed_on]
    return min((on for on in days if on is not None), default=None)


def _why(facts: Facts, today: date, timeline: Timeline, term: Term, successor: Term | None) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, term, successor))


def _steps(facts: Facts, today: date, timeline: Timeline, term: Term, successor: Term | None) -> Iterator[Step]:
    yield from _term_steps(term)
    yield from edition_steps(term.edition, term, term.signed_on, carried_over=False)
    silent = ""
    if term.edition is not CSP_2015:
        silent = (
            f" What is known of the text of {term.edition.name} speaks of renewing and concluding. On a recommendation "
            "and on a conditional extension it is silent: both are carried over from CSP 04-01-002. The alternative, "
            "that they went with the older text, is stated nowhere."
        )
    yield Step(f"OSHA staff recommend to management: renewal, conditional extension or termination.{silent}", IX_C_3)
    lead_days = renewal_decision_lead_days(term.signed_on)
    yield number_step("renewal_decision_lead_days", term.signed_on)
    opens = f"The duty opened on {day(_opens_on(term))}, {lead_days} calendar days before."
    if term.edition is CSP_2015:
        yield from due_steps(
            facts,
            timeline,
            term.expires_on,
            Basis.OFFICE,
            sentence="Reading IX.C.3: the text names no day for the decision; the target is the day of expiry, "
            f"{day(term.expires_on)}. The alternative is no date at all. {opens}",
        )
    else:
        yield from due_steps(
            facts,
            timeline,
            term.expires_on,
            Basis.FAQ,
            sentence="Reading F-10: “may be renewed or concluded at the end of each agreement cycle” is read so that "
            f"the decision is due on the day of expiry, {day(term.expires_on)}. The alternative is that the sentence "
            f"only permits, so that there is no deadline. {opens}",
            clause=F_10,
        )
    lapse_after = count(_lapse_after(facts, term), "calendar day")
    yield Step(
        "Reading A14: expiry does not end the alliance; it becomes past-due, is not renewed automatically, and may "
        f"still be renewed late, with a new term from the new signing date. {lapse_after} after its expiry it has "
        "lapsed and opens no new year. The alternative, that it ends by itself, is stated nowhere."
    )
    if facts.lapse_after_days is None:
        yield number_step("lapse_after_days", term.expires_on)
    yield from _found(facts, today, timeline, term, successor)


def _term_steps(term: Term) -> Iterator[Step]:
    kind = "renewal" if term.agreement.renewal else "initial agreement"
    length = count(term.years, "year")
    yield signed_step(kind, term.signed_on)
    yield from length_steps(term)
    yield Step(
        f"{day(term.signed_on)} + {length} = {day(term.expires_on)}. Reading A05: the agreement is in effect "
        "through the same month and day (February 29 becomes February 28 in a common year); the alternative is "
        "the day before."
    )


def _lapse_after(facts: Facts, term: Term) -> int:
    return lapse_after_days(term.expires_on) if facts.lapse_after_days is None else facts.lapse_after_days


def _found(facts: Facts, today: date, timeline: Timeline, term: Term, successor: Term | None) -> Iterator[Step]:
    recommendations = sorted(
        (d for d in facts.decisions if d.agreement_id == term.agreement.id),
        key=lambda d: (d.recommended_on, d.id),
    )
    for d in recommendations:
        decided = "not yet decided" if d.decided_on is None else f"decided on {day(d.decided_on)}"
        yield Step(f"Recommended on {day(d.recommended_on)}: {d.recommendation.value}; {decided}.")
    if successor is not None:
        late = " (late)" if successor.signed_on > term.expires_on else ""
        yield Step(f"A later agreement was signed on {day(successor.signed_on)}{late}.")
    met_on, ending = _met_on(facts, term, successor), timeline.ending
    if met_on is not None and (ending is None or met_on <= ending.ended_on):
        yield Step(f"Met on {day(met_on)}, the earlier of the decision and the signing of a later agreement.")
    elif ending is not None:
        yield Step(f"The alliance ended on {day(ending.ended_on)}; no decision is owed any more.")
    elif recommendations:
        yield Step(f"Still missing on {day(today)}: management's decision on the recommendation.")
    else:
        yield Step(f"Still missing on {day(today)}: a recommendation and management's decision.")
