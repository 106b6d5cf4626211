"""The copy of each signed agreement that DCSP gets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from policy.clauses import Clause, cite
from policy.dates import Term, Timeline, add_months
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.facts import Facts, Level
from policy.parameters import signed_copy_months
from policy.standing import carried, done_on, stand
from policy.steps import due_steps, edition_steps, number_step, signed_step
from policy.words import count, day

RULE = "signed-copy"
#: Recorded like a fulfilment: the area office's step on the way.
HANDOVER = "signed-copy-handover"

VIII_D_3 = cite("CSP 04-01-002 VIII.D.3")
VIII_F_2 = cite("CSP 04-01-002 VIII.F.2")

CLAUSES: dict[Level, tuple[Clause, ...]] = {
    Level.NATIONAL: (),
    Level.REGIONAL: (VIII_F_2,),
    Level.AREA: (VIII_F_2, VIII_D_3),
}


# VIII.D.3: "Ensuring that copies of signed alliance agreements and annual reports are sent to the Regional
# Alliance Program Coordinator."
# VIII.F.2: "Promptly providing [...] alliance agreements, other documents, photos and news releases within the
# Region to DCSP."
def signed_copy(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """DCSP has the copy of each agreement and renewal one calendar month after its signing.

    One duty for an agreement: an area office owes it until its hand-over to the Regional Alliance Program
    Coordinator is recorded, then the Coordinator does. The end of the alliance does not lift it.
    """
    if facts.level is Level.NATIONAL:
        return
    for term in timeline.terms:
        due_on = _due_on(term)
        if due_on < facts.tracked_from:
            continue
        subject = f"agreement:{term.agreement.id}"
        handed_over = facts.level is Level.REGIONAL or done_on(facts, HANDOVER, subject) is not None
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=subject,
            period=None,
            opens_on=term.signed_on,
            due_on=due_on,
            basis=Basis.OSHA_WEB,
            modality=Modality.MANDATORY,
            edition=term.edition,
            clauses=CLAUSES[facts.level],
            carried_over=carried(term.edition),
            owner=Owner.REGIONAL_COORDINATOR if handed_over else Owner.AREA_DIRECTOR,
            met_on=done_on(facts, RULE, subject),
            why=partial(_why, facts, today, timeline, term),
        )


def _due_on(term: Term) -> date:
    return add_months(term.signed_on, signed_copy_months(term.signed_on))


def _why(facts: Facts, today: date, timeline: Timeline, term: Term) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, term))


def _steps(facts: Facts, today: date, timeline: Timeline, term: Term) -> Iterator[Step]:
    kind = "renewal" if term.agreement.renewal else "original agreement"
    yield signed_step(kind, term.signed_on)
    yield from edition_steps(term.edition, term, term.signed_on, carried_over=carried(term.edition))
    if facts.level is Level.AREA:
        yield Step("The Area Director sends the copy to the Regional Alliance Program Coordinator.", VIII_D_3)
    yield Step("The Regional Alliance Program Coordinator provides it promptly to DCSP.", VIII_F_2)
    due_on, months = _due_on(term), count(signed_copy_months(term.signed_on), "calendar month")
    yield number_step("signed_copy_months", term.signed_on)
    yield from due_steps(
        facts,
        timeline,
        due_on,
        Basis.OSHA_WEB,
        sentence="Reading A16: in the text “promptly” has no days. The evidence for a number is OSHA's web page with "
        "answers to its own offices on CSP 04-01-002 (osha.gov/node/59886): no later than one month after signing. "
        f"{day(term.signed_on)} + {months} = {day(due_on)}, the same day of the next month, or that month's last day "
        "when it is shorter. The alternative is an office target.",
    )
    subject = f"agreement:{term.agreement.id}"
    handed_over, met_on = done_on(facts, HANDOVER, subject), done_on(facts, RULE, subject)
    if facts.level is Level.AREA and handed_over is not None:
        yield Step(f"The copy was handed to the Regional Alliance Program Coordinator on {day(handed_over)}.")
    elif facts.level is Level.AREA and met_on is None:
        yield Step("No hand-over to the Regional Alliance Program Coordinator is recorded yet.")
    if met_on is not None:
        yield Step(f"Met on {day(met_on)}, when DCSP had the copy.")
    else:
        yield Step(f"That DCSP has the copy is not recorded on or before {day(today)}.")
