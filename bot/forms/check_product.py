"""Record what a product needs before it is published."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from bot.blocks import safe
from bot.form_types import AllianceForm, Ask, Choice, Draft, Form, Opening, Submitting
from bot.form_types import Done as Told
from operations.establish.record_gates import record_gates
from operations.read.gates import show_gates
from operations.records.gate_records import Done
from operations.refusals import Refused
from policy.gate_records import RecordKind
from policy.procedure import ProcedureStep
from policy.rights import Verb

Said = Literal["yes", "no"]


class CheckProduct(AllianceForm):
    """A product before its publication (CSP 04-01-002 VII.C.2, XII.A; FAQ F-2, F-9)."""

    product: Annotated[str, Ask(offered=True)] = Field(title="Product")
    free: Annotated[Said | None, Ask(radio=True)] = Field(None, title="Free of charge to the public (FAQ F-9)")
    rights: Annotated[Said | None, Ask(radio=True)] = Field(
        None, title="States employer responsibilities and worker rights (VII.C.2)"
    )
    reviews: Annotated[str | None, Ask(multiline=True, placeholder="DEP; 2026-11-20; clear, add the hotline")] = Field(
        None,
        title="Experts asked for a review under the Guidelines",
        max_length=2000,
        description="One to a line: who was asked; the day of the review, once it is done; what they said.",
    )
    language_on: date | None = Field(
        None, title="Language reviewed on", description="For endorsement and preferential treatment (XII.A, FAQ F-3)."
    )
    language_by: str | None = Field(
        None, title="Language reviewed by", max_length=300, description="Empty if that is you."
    )

    @field_validator("reviews")
    @classmethod
    def readable(cls, text: str | None) -> str | None:
        """Refuse lines that are no reviews."""
        read_reviews(text or "")
        return text


def read_reviews(text: str) -> list[tuple[str, date | None, str | None]]:
    """Read who was asked, when they reviewed and what they said, one to a line.

    Raises:
        ValueError: A line is none; the sentence names it.
    """
    found = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), start=1):
        name, typed, said, *_ = [*(part.strip() for part in line.split(";", 2)), "", ""]
        try:
            on = date.fromisoformat(typed) if typed else None
        except ValueError:
            raise ValueError(f"Line {number}: “{typed[:40]}” is no date; write it as 2026-11-20.") from None
        if not name:
            raise ValueError(f"Line {number} names nobody: write who was asked; the day of the review.")
        found.append((name, on, said or None))
    return found


def _open(opening: Opening) -> Draft:
    about = opening.about
    shown = show_gates(opening.session, about.id, step=ProcedureStep.PUBLISH, on=about.today)
    offered = [Choice(*one.product) for one in shown if one.product is not None]
    if not offered:
        raise Refused(
            f"{about.name} has no product that waits for its publication; propose one with /alliance product."
        )
    return Draft(values={"product": offered[0].value}, choices={"product": offered})


def _submit(submitting: Submitting, typed: CheckProduct) -> Told:
    reviews = read_reviews(typed.reviews or "")
    done = [Done(RecordKind.PRODUCT_ASKED, name, field="reviews") for name, _, _ in reviews]
    done += [
        Done(RecordKind.PRODUCT_REVIEWED, name, on=on, by=name, text=said, field="reviews")
        for name, on, said in reviews
        if on is not None
    ]
    for kind, said, name in (
        (RecordKind.PRODUCT_FREE, typed.free, "free"),
        (RecordKind.PRODUCT_RIGHTS, typed.rights, "rights"),
    ):
        if said is not None:
            done.append(Done(kind, details={"yes": said == "yes"}, field=name))
    if typed.language_on is not None or typed.language_by is not None:
        by = typed.language_by or submitting.by.name
        done.append(Done(RecordKind.LANGUAGE_REVIEW, on=typed.language_on, by=by, field="language_on"))
    outcome = record_gates(
        submitting.session,
        alliance_id=typed.alliance,
        done=done,
        subject=typed.product,
        by=submitting.by,
        now=submitting.now,
    )
    shown = show_gates(submitting.session, typed.alliance, step=ProcedureStep.PUBLISH, on=outcome.today)
    open_ = [gate for one in shown if one.product is not None and one.product[0] == typed.product for gate in one.open]
    left = (
        f"Still open before it is published: {'; '.join(g.gate.title for g in open_)}."
        if open_
        else "No gate is open. Publish it with /alliance product."
    )
    return Told(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}* what was done before the publication. {left}",
        undoable=True,
    )


FORM = Form(
    name="check_product",
    title="Before publication",
    model=CheckProduct,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
)
