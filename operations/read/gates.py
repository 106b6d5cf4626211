"""Show the gates before a step: open or passed, with the clause in its own words, and what would pass each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.products import Product
from models.work import Activity
from operations.gather_facts import Gathered
from operations.gather_gate_facts import gather_gate_facts, gather_product_facts
from operations.read.marked_words import Marked, texts_of, texts_of_draft, undecided
from operations.read.merged import gather_standing
from operations.refusals import Refused
from policy.clauses import Clause
from policy.editions import Edition
from policy.gate_facts import GateFacts
from policy.gate_readings import gate_readings
from policy.gates import GATES, Gate, carried_over, cited, standing_gates
from policy.procedure import ProcedureStep
from policy.subjects import DEVELOPED, PRODUCT
from policy.words import day

#: Products whose gates are shown, the latest first.
SHOWN_PRODUCTS = 10

_NEW = "what would be signed is a new alliance"
_SHEET = "Record what was done with /alliance gates."
#: What passes a gate, where it is not the sheet of all that was done.
PASSED_BY = {
    "comments-asked": "Record the round of comments with /alliance comments.",
    "criteria-answered": "Answer the checklist with /alliance criteria.",
    "worker-representation": "Record it with /alliance criteria; /alliance gates asks what the participants are.",
    "worker-participation": "Record it with /alliance criteria.",
    "renewal-decided": (
        "Record the evaluation with /alliance evaluate, and the recommendation and decision with /alliance renew."
    ),
    "goals-record": "Record it with the decision: /alliance renew.",
}


@dataclass(frozen=True, slots=True)
class GateShown:
    """A gate as it stands."""

    gate: Gate
    #: What is missing, in plain sentences; None when it is passed.
    missing: str | None
    #: The clause to quote first.
    clauses: tuple[Clause, ...]
    carried_over: bool

    @property
    def passed_by(self) -> str:
        """What a person does to pass it."""
        return PASSED_BY.get(self.gate.id, _SHEET)


@dataclass(frozen=True, slots=True)
class GatesShown:
    """All gates before a step of an alliance, or before the publication of one of its products."""

    of: Gathered
    step: ProcedureStep
    #: The day of the step: what is dated later does not count.
    on: date
    renewal: bool
    edition: Edition
    gates: tuple[GateShown, ...]
    #: What the office leaves out when it renews.
    left_out: tuple[Gate, ...]
    #: Words that wait for a person's decision.
    marked: tuple[Marked, ...]
    #: The product as its records name it ("product:3", or "activity:7" where it was never proposed) and its title;
    #: None for an agreement.
    product: tuple[str, str] | None = None

    @property
    def open(self) -> tuple[GateShown, ...]:
        """The gates that are not passed."""
        return tuple(shown for shown in self.gates if shown.missing is not None)

    @property
    def readings(self) -> tuple[str, ...]:
        """What the text leaves open of these gates, what is chosen, and what else could be."""
        carried = any(shown.carried_over for shown in self.gates)
        return gate_readings(
            {shown.gate.id for shown in self.gates}, self.edition, renewal=self.renewal, carried=carried
        )

    @property
    def refusing(self) -> tuple[GateShown, ...]:
        """Those of the open gates for which the step is refused."""
        return tuple(shown for shown in self.open if shown.gate.modality == "mandatory")

    @property
    def before(self) -> str:
        """The step in words, as in "before the renewal of La Plaza is signed"."""
        name = self.of.facts.name
        if self.product is not None:
            return f"before “{self.product[1]}” of {name} is published"
        what = f"the renewal of {name}" if self.renewal else name
        done = {ProcedureStep.SIGN: "is signed", ProcedureStep.RENEW: "is decided on"}.get(
            self.step, f"passes the step “{self.step.value}”"
        )
        return f"before {what} {done}"


def show_gates(session: Session, alliance_id: int, *, step: ProcedureStep, on: date) -> tuple[GatesShown, ...]:
    """Return the gates before a step on a local day; before a publication those of each of the latest products.

    Raises:
        Refused: The alliance is gone, or has ended by then.
    """
    of = gather_standing(session, alliance_id)
    ending = of.facts.as_of(on).ending
    if ending is not None:
        what = "nothing of it is published any more" if step is ProcedureStep.PUBLISH else _NEW
        raise Refused(f"{of.facts.name} ended on {day(ending.ended_on)}: {what}.")
    if step is ProcedureStep.PUBLISH:
        ahead = products_ahead(session, of.facts.id)
        return tuple(gates_of_product(session, of, subject, title, on=on) for subject, title in ahead)
    return (gates_before(session, of, step=step, on=on),)


def gates_before(
    session: Session, of: Gathered, *, step: ProcedureStep, on: date, facts: GateFacts | None = None
) -> GatesShown:
    """Return the gates before a step of the agreement that an alliance prepares, as the facts (or the records) say."""
    facts = facts or gather_gate_facts(session, of, on=on)
    plans = of.facts.as_of(on).work_plans
    texts = texts_of_draft(session, of.facts.id, plans[-1].id if plans else None)
    marked = undecided(session, of.facts.id, texts) if step is not ProcedureStep.RENEW else []
    return GatesShown(
        of=of,
        step=step,
        on=on,
        renewal=facts.renewal,
        edition=facts.edition,
        gates=tuple(_shown(facts, step)),
        left_out=tuple(
            GATES[id]
            for id in sorted(facts.renewal_skips)
            if facts.renewal and facts.level in GATES[id].levels and step is not ProcedureStep.RENEW
        ),
        marked=tuple(marked),
    )


def products_ahead(session: Session, alliance_id: int) -> list[tuple[str, str]]:
    """List (subject, title) of the latest products that wait for their publication, and that were not proposed."""
    proposed = session.execute(
        select(Product.id, Product.title)
        .where(
            Product.alliance_id == alliance_id,
            Product.published_on.is_(None),
            Product.dropped_on.is_(None),
            Product.withdrawn_at.is_(None),
        )
        .order_by(Product.proposed_on.desc(), Product.id.desc())
        .limit(SHOWN_PRODUCTS)
    ).all()
    developed = session.execute(
        select(Activity.id, Activity.title)
        .outerjoin(Product, Product.activity_id == Activity.id)
        .where(
            Activity.alliance_id == alliance_id,
            Activity.kind == "product",
            Activity.withdrawn_at.is_(None),
            Product.id.is_(None),
        )
        .order_by(Activity.on_day.desc(), Activity.id.desc())
        .limit(SHOWN_PRODUCTS)
    ).all()
    found = [(f"{PRODUCT}:{id}", title) for id, title in proposed]
    return [*found, *((f"{DEVELOPED}:{id}", title) for id, title in developed)][:SHOWN_PRODUCTS]


def gates_of_product(session: Session, of: Gathered, subject: str, title: str, *, on: date) -> GatesShown:
    """Return the gates before a product is published on a local day."""
    facts = gather_product_facts(session, of, subject, on=on)
    marked = undecided(session, of.facts.id, texts_of(session, subject))
    gates = tuple(_shown(facts, ProcedureStep.PUBLISH))
    step = ProcedureStep.PUBLISH
    return GatesShown(of, step, on, False, facts.edition, gates, (), tuple(marked), (subject, title))


def _shown(facts: GateFacts, step: ProcedureStep) -> Iterator[GateShown]:
    for gate in standing_gates(facts, step):
        clauses = cited(gate, facts.level, facts.edition)
        yield GateShown(gate, gate.open_words(facts), clauses, carried_over(clauses, facts.edition))
