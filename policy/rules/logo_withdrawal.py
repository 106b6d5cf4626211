"""The end of the use of the OSHA Alliance logo when the alliance ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from policy.clauses import cite
from policy.dates import Timeline
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.facts import Ending, EndingKind, Facts
from policy.standing import carried, done_on, stand
from policy.steps import F_12, due_steps, edition_steps, signing_steps
from policy.words import day

RULE = "logo-withdrawal"

XII_B = cite("CSP 04-01-002 XII.B (logo)")

CLAUSES = (XII_B,)


# XII.B: "Alliance Program participants are authorized to appropriately use the OSHA Alliance logo on documents or
# Web pages relating to the Alliance for as long as the Alliance remains in effect."
def logo_withdrawal(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """The logo is withdrawn on the day on which the alliance ends, whether concluded, terminated or Ambassador.

    An Ambassador document ends the agreement, and with it the permission; FAQ F-12 frees an Ambassador of what a
    formal alliance asks for, it does not prolong what a formal alliance allows.
    """
    ending = timeline.ending
    if ending is None or not timeline.terms or ending.ended_on < timeline.terms[0].signed_on:
        return
    edition = timeline.term_on(ending.ended_on).edition
    yield from stand(
        facts,
        today,
        timeline,
        rule=RULE,
        subject=f"alliance:{facts.id}",
        period=None,
        opens_on=ending.ended_on,
        due_on=ending.ended_on,
        basis=Basis.DIRECTIVE,
        modality=Modality.MANDATORY,
        edition=edition,
        clauses=CLAUSES,
        carried_over=carried(edition),
        owner=Owner.ALLIANCE_COORDINATOR,
        met_on=done_on(facts, RULE, f"alliance:{facts.id}"),
        why=partial(_why, facts, today, timeline, ending),
    )


def _why(facts: Facts, today: date, timeline: Timeline, ending: Ending) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, ending))


def _steps(facts: Facts, today: date, timeline: Timeline, ending: Ending) -> Iterator[Step]:
    term = timeline.term_on(ending.ended_on)
    yield from signing_steps(timeline)
    yield from edition_steps(term.edition, term, ending.ended_on, carried_over=carried(term.edition))
    if ending.kind is EndingKind.AMBASSADOR:
        yield Step(f"The alliance became an Ambassador on {day(ending.ended_on)}; its agreement ended on that day.")
        yield Step(
            "Reading A21: an Ambassador is free of the requirements of a formal alliance; the logo is not one of "
            "them but a permission for as long as the alliance remains in effect. The alternative, that an Ambassador "
            "goes on using the Alliance logo, is stated nowhere.",
            F_12,
        )
    else:
        yield Step(f"The alliance was {ending.kind.value} on {day(ending.ended_on)}.")
    yield from due_steps(
        facts,
        timeline,
        ending.ended_on,
        Basis.DIRECTIVE,
        sentence="The permission to use the logo ends with the alliance: the logo comes off documents and web pages "
        f"on {day(ending.ended_on)}.",
        clause=XII_B,
    )
    yield Step(
        "Reading A14: a term that has run out does not end the alliance, so while it is past-due the use of the logo "
        "is pointed out but not yet withdrawn. The alternative is to withdraw it on the day of expiry."
    )
    met_on = done_on(facts, RULE, f"alliance:{facts.id}")
    if met_on is not None:
        yield Step(f"Met on {day(met_on)}, when the withdrawal was recorded.")
    else:
        yield Step(f"No withdrawal of the logo is recorded on or before {day(today)}.")
