"""Answer the criteria of VII.C for the agreement in preparation, and say how workers are represented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field, create_model

from bot.blocks import safe
from bot.criteria_fields import answers, criteria_draft, criteria_fields
from bot.form_types import AllianceForm, Ask, Draft, Form, Opening, Submitting
from bot.form_types import Done as Told
from operations.establish.record_gates import record_gates
from operations.read.choices import alliance_choices
from operations.read.gate_sheet import read_checklist
from operations.read.gates import gates_before
from operations.records.gate_records import Done
from operations.refusals import Refused
from policy.editions import CSP_2015
from policy.gate_records import RecordKind
from policy.procedure import ProcedureStep
from policy.rights import Verb

DRAFT = "draft"
INTRO = (
    "Say for each criterion where the agreement answers it, or write “not applicable” and why. What you leave empty "
    "stays open; you can come back."
)
#: The ways of worker representation, as `WorkerRepresentation` names them.
WORKERS = {
    "union_signatory": ("Workers: union that signs", "VII.C.3.a. Its name."),
    "worker_involvement": ("Workers: involvement", "VII.C.3.b. How workers take part in developing and carrying out."),
    "community_labor_group": ("Workers: community-based labor group", "VII.C.3.c. Its name."),
    "effort": ("Workers: effort made", "What was done to secure their participation, successful or not."),
}


def _fields() -> Iterator[tuple[str, Any]]:
    for name, (title, hint) in WORKERS.items():
        kind = Annotated[str | None, Ask(multiline=True)]
        yield name, (kind, Field(default=None, title=title, max_length=1000, description=hint))
    yield from criteria_fields()


#: CSP 04-01-002 VII.C; FAQ F-9.
AnswerCriteria: Any = create_model("AnswerCriteria", __base__=AllianceForm, **dict(_fields()))


def _open(opening: Opening) -> Draft:
    about = opening.about
    if about.of.facts.ending is not None:
        raise Refused(f"{about.name} has ended: nothing of it is signed any more.")
    asked = read_checklist(opening.session, about.of, subject=DRAFT, on=about.today)
    draft = criteria_draft(asked, INTRO, f"*Worker representation.* {asked.workers_gate}")
    if asked.edition is CSP_2015:
        draft.hidden |= {"effort"}
    draft.values |= {name: done.text for name, done in asked.workers.items() if done.text}
    return draft


def _submit(submitting: Submitting, typed: Any) -> Told:
    choices = alliance_choices(submitting.session, typed.alliance, now=submitting.now)
    asked = read_checklist(submitting.session, choices.of, subject=DRAFT, on=choices.today)
    values = typed.model_dump()
    workers = [
        Done(RecordKind.WORKERS, name, text=values[name], field=name)
        for name in WORKERS
        if values[name] or (name in asked.workers and asked.workers[name].text)
    ]
    outcome = record_gates(
        submitting.session,
        alliance_id=typed.alliance,
        done=[*workers, *answers(values, asked.answers)],
        by=submitting.by,
        now=submitting.now,
    )
    shown = gates_before(submitting.session, outcome.of, step=ProcedureStep.SIGN, on=outcome.today)
    missing = " ".join(one.missing or "" for one in shown.open if one.gate.id == "criteria-answered")
    return Told(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: answers to the criteria. "
        f"{safe(missing, 1500) or 'Each criterion is answered.'}",
        undoable=True,
    )


FORM = Form(
    name="answer_criteria",
    title="Answer the criteria",
    model=AnswerCriteria,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
)
