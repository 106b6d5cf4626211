"""Record what was done before a signing: one sheet of all that is still open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import Field, create_model

from bot.blocks import safe
from bot.form_types import AllianceForm, Ask, DocumentField, Draft, Form, Opening, Submitting, document_field
from bot.form_types import Done as Told
from bot.named import named
from operations.establish.record_gates import record_gates
from operations.gather_facts import Gathered
from operations.read.choices import alliance_choices
from operations.read.gate_sheet import Slot, gate_sheet
from operations.read.gates import gates_before
from operations.records.gate_records import Done
from operations.refusals import Refused
from policy.gate_records import RecordKind
from policy.participants import ParticipantKind
from policy.procedure import ProcedureStep
from policy.rights import Verb
from policy.words import count

ON, BY, TEXT, KINDS, YES = "on", "by", "text", "kinds", "yes"

#: What each kind of record asks for, part by part; {name} is whom or what it is about.
PARTS: dict[RecordKind, dict[str, str]] = {
    RecordKind.EVALUATED: {ON: "Alliance evaluated on"},
    RecordKind.DISCUSSED: {ON: "Evaluation discussed with the participants on"},
    RecordKind.GOALS: {TEXT: "Record of goals met"},
    RecordKind.AGREED_BY_OSHA: {ON: "OSHA agreed to the draft agreement on"},
    RecordKind.AGREED_BY_PARTICIPANTS: {ON: "The participants agreed to the draft agreement on"},
    RecordKind.WORK_PLAN_AGREED: {ON: "Both sides agreed to the first year's work plan on"},
    RecordKind.CONFORMITY_REVIEW: {
        ON: "DCSP reviewed the draft on",
        BY: "Reviewed for DCSP by",
        TEXT: "DCSP's review: where it is written",
    },
    RecordKind.REGIONAL_REVIEW: {
        ON: "{name} reviewed the draft on",
        BY: "Reviewed for {name} by",
        TEXT: "Review of {name}: where it is written",
    },
    RecordKind.SOLICITOR_ASKED: {YES: "Solicitor of Labor"},
    RecordKind.SOLICITOR_APPROVAL: {
        ON: "Solicitor of Labor approved on",
        BY: "Approved for the Solicitor by",
        TEXT: "Solicitor's approval: where it is written",
    },
    RecordKind.PARTICIPANT: {KINDS: "What kind of organization is {name}?"},
    RecordKind.SPECIAL_APPROVAL: {
        ON: "Additional approval for {name} on",
        BY: "Additional approval for {name} by",
        TEXT: "Additional approval for {name}: where it is written",
    },
    RecordKind.SIGNER: {BY: "Who signs for {name}?"},
    RecordKind.LANGUAGE_REVIEW: {ON: "Language of the agreement reviewed on", BY: "Language reviewed by"},
}
HINTS = {
    (RecordKind.EVALUATED, ON): "Only where it is not recorded as a yearly evaluation: /alliance evaluate.",
    (RecordKind.SIGNER, BY): "Name and position; of a designee also for whom: Ben Doe (for Ann Roe), Deputy.",
    (RecordKind.LANGUAGE_REVIEW, ON): "For endorsement and preferential treatment (XII.A, FAQ F-3).",
    (RecordKind.LANGUAGE_REVIEW, BY): "Empty if that is you.",
    (RecordKind.SOLICITOR_APPROVAL, BY): "For a designee: Ben Doe (for Ann Roe).",
}
#: How many of a kind the form knows.
MOST = {
    RecordKind.REGIONAL_REVIEW: 6,
    RecordKind.SPECIAL_APPROVAL: 20,
    RecordKind.PARTICIPANT: 20,
    RecordKind.SIGNER: 30,
}
#: Fields that fit into a window beside the rest; what is left out is asked for once these are on record.
MOST_FIELDS = 80


def _field_of(kind: RecordKind, number: int, part: str) -> str:
    return f"{kind.value.replace('-', '_')}_{number}_{part}"


def _fields() -> Iterator[tuple[str, Any]]:
    kinds_of = Annotated[list[ParticipantKind] | None, Ask(labels={kind.value: kind.value for kind in ParticipantKind})]
    types: dict[str, Any] = {
        ON: date | None,
        BY: str | None,
        TEXT: Annotated[str | None, Ask(multiline=True)],
        KINDS: kinds_of,
        YES: Annotated[bool, Ask(labels={"yes": "An administrator asks for the Solicitor's approval, too"})],
    }
    correct = Annotated[bool, Ask(steers=True, labels={"yes": "Show what is on record, too, to correct it"})]
    yield "correct", (correct, Field(default=False, title="Correct"))
    for kind, parts in PARTS.items():
        for number in range(MOST.get(kind, 1)):
            for part, title in parts.items():
                more: dict[str, Any] = {"max_length": 2000 if part == TEXT else 300} if part in {TEXT, BY} else {}
                default = False if part == YES else None
                made = Field(default=default, title=title, description=HINTS.get((kind, part)), **more)
                yield _field_of(kind, number, part), (types[part], made)
    yield "document", (DocumentField, document_field("The document itself: a review, an approval, a letter"))


#: What was done before a signing (CSP 04-01-002 IX.A, VII.C, VI.D, XII.A; FAQ F-5, F-9).
RecordGates: Any = create_model("RecordGates", __base__=AllianceForm, **dict(_fields()))


def _asked(session: Any, of: Gathered, on: date, *, correct: bool) -> list[Slot]:
    """Return what the form asks for: what is missing, or with it what may be corrected."""
    sheet = [s for s in gate_sheet(session, of, on=on) if s.number < MOST.get(s.kind, 1)]
    found = [s for s in sheet if s.missing or (correct and not s.before_officials)]
    room, kept = MOST_FIELDS, []
    for slot in found:
        room -= len(PARTS[slot.kind])
        if room >= 0:
            kept.append(slot)
    return kept


def _open(opening: Opening) -> Draft:
    about = opening.about
    if about.of.facts.ending is not None:
        raise Refused(f"{about.name} has ended: nothing of it is signed any more.")
    correct = bool(opening.values.get("correct"))
    draft = Draft()
    shown = {"alliance", "correct", "document"}
    draft.number(_numbers(gate_sheet(opening.session, about.of, on=about.today)))
    for slot in _asked(opening.session, about.of, about.today, correct=correct):
        for part, title in PARTS[slot.kind].items():
            name = _field_of(slot.kind, slot.number, part)
            shown.add(name)
            draft.labels[name] = title.format(name=slot.name)
            draft.values[name] = None if slot.standing is None else _held(slot.standing, part)
    draft.hidden = frozenset(RecordGates.model_fields) - shown
    still = gates_before(opening.session, about.of, step=ProcedureStep.SIGN, on=about.today).open
    titles = "\n".join(f"•  {one.gate.title} ({one.clauses[0].name})" for one in still)
    draft.intro = [f"*{count(len(still), 'gate')} open before signing*\n{titles}"] if still else ["No gate is open."]
    draft.intro.append(
        "Fill in what was done, with its day and evidence; leave the rest empty. What officials were asked for here "
        "(`/alliance approve`) counts as they decide, and is left out."
    )
    return draft


def _numbers(slots: Iterable[Slot]) -> list[str]:
    """Return whom each number stands for: a participant bears the same number wherever one is asked about."""
    numbered = MOST.keys() - {RecordKind.SPECIAL_APPROVAL}
    return [f"{slot.kind} {slot.number} {slot.about}" for slot in slots if slot.kind in numbered]


def _held(standing: Done, part: str) -> Any:
    if part == ON:
        return standing.on
    if part == KINDS:
        return list(standing.details["kinds"])
    if part == YES:
        return True
    if part == TEXT:
        return standing.text
    whom = f" (for {standing.acting_for})" if standing.acting_for else ""
    position = f", {standing.text}" if standing.kind is RecordKind.SIGNER and standing.text else ""
    return f"{standing.by or ''}{whom}{position}" or None


def _submit(submitting: Submitting, typed: Any) -> Told:
    choices = alliance_choices(submitting.session, typed.alliance, now=submitting.now)
    values = typed.model_dump()
    slots = gate_sheet(submitting.session, choices.of, on=choices.today)
    submitting.refuse_shifted(_numbers(slots))
    found = [_done(slot, values, submitting.by.name) for slot in slots]
    outcome = record_gates(
        submitting.session,
        alliance_id=typed.alliance,
        done=[one for one in found if one is not None],
        by=submitting.by,
        now=submitting.now,
    )
    still = gates_before(submitting.session, outcome.of, step=ProcedureStep.SIGN, on=outcome.today).open
    left = f"Still open before signing: {'; '.join(one.gate.title for one in still)}." if still else "No gate is open."
    return Told(outcome, f"Recorded for *{safe(outcome.of.facts.name)}* what was done. {left}", undoable=True)


def _done(slot: Slot, values: dict[str, Any], recorder: str) -> Done | None:
    """Return what was filled in for a slot; None where nothing was."""
    given = {part: values.get(_field_of(slot.kind, slot.number, part)) for part in PARTS[slot.kind]}
    if not any(given.values()):
        return None
    by, acting_for, position = named(given.get(BY), signs=slot.kind is RecordKind.SIGNER)
    if slot.kind is RecordKind.LANGUAGE_REVIEW:
        by = by or recorder
    return Done(
        slot.kind,
        slot.about,
        on=given.get(ON),
        by=by,
        acting_for=acting_for,
        text=given.get(TEXT) or position,
        details={} if KINDS not in given else {"kinds": sorted(given[KINDS] or [])},
        field=_field_of(slot.kind, slot.number, next(iter(given))),
    )


FORM = Form(
    name="record_gates",
    title="What was done",
    model=RecordGates,
    verb=Verb.PREPARE,
    open=_open,
    submit=_submit,
)
