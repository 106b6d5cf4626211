"""Record who signed an agreement and when; with the last signature it is signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import Field, create_model

from bot.blocks import escaped, paragraphs, safe
from bot.duty_words import full_day
from bot.form_types import (
    AllianceForm,
    Ask,
    Choice,
    DocumentField,
    Done,
    Draft,
    Form,
    Opening,
    Submitting,
    document_field,
)
from bot.gate_words import open_line
from bot.named import named, with_whom
from operations.establish.sign_agreement import Signature, Signed, sign_agreement
from operations.read.choices import AllianceChoices, alliance_choices
from operations.read.gates import gates_before
from operations.read.procedure import next_words
from operations.read.signatures import ToSign, read_signatures
from operations.refusals import Refused
from policy.parameters import initial_term_years, renewal_term_bounds, renewal_term_years
from policy.procedure import ProcedureStep
from policy.rights import Verb
from policy.words import count, day, listing

#: Signatures for which the form has fields; a larger alliance records them in two goes.
MOST = 30


def _fields() -> Iterator[tuple[str, Any]]:
    yield "term_years", (Annotated[int, Ask(offered=True)], Field(title="Term"))
    correct = Annotated[
        bool, Ask(steers=True, labels={"yes": "Show signatures that are on record, too, to correct them"})
    ]
    yield "correct", (correct, Field(default=False, title="Correct"))
    for number in range(MOST):
        hint = "Name and position; of a designee also for whom: Ben Doe (for Ann Roe), Deputy."
        yield f"by_{number}", (str | None, Field(default=None, title="Signer", max_length=300, description=hint))
        yield f"on_{number}", (date | None, Field(default=None, title="Date of the signature"))
    evidence = Annotated[str | None, Ask(multiline=True)]
    yield (
        "evidence",
        (
            evidence,
            Field(
                default=None, title="Where the signatures are", max_length=1000, description="A letter, a file, a link."
            ),
        ),
    )
    yield "document", (DocumentField, document_field("The signed pages"))


#: CSP 04-01-002 VI.D, IX.A.7, VII.B.
SignAgreement: Any = create_model("SignAgreement", __base__=AllianceForm, **dict(_fields()))


def _open(opening: Opening) -> Draft:
    about = opening.about
    if about.of.facts.ending is not None:
        raise Refused(f"{about.name} has ended: nothing of it is signed any more.")
    signatures = read_signatures(opening.session, about.of, on=about.today)
    correct = bool(opening.values.get("correct"))
    draft = Draft(intro=_intro(opening.session, about, signatures))
    shown = {"alliance", "term_years", "correct", "evidence", "document"}
    for number, one in enumerate(signatures[:MOST]):
        if one.signed_on is not None and not correct:
            continue
        shown |= {f"by_{number}", f"on_{number}"}
        draft.labels[f"by_{number}"] = f"Who signs for {one.name} ({one.official.value})"
        draft.labels[f"on_{number}"] = f"{one.name}: date of the signature"
        draft.values[f"by_{number}"] = None if one.by is None else with_whom(one.by, one.acting_for)
        draft.values[f"on_{number}"] = one.signed_on
    draft.number(one.about for one in signatures)
    draft.hidden = frozenset(SignAgreement.model_fields) - shown
    years = _terms(about)
    draft.choices["term_years"] = [Choice(str(term), count(term, "year")) for term in years]
    default = initial_term_years if about.latest_agreement is None else renewal_term_years
    draft.values["term_years"] = str(default(about.today))
    return draft


def _terms(about: AllianceChoices) -> list[int]:
    if about.latest_agreement is None:
        return [initial_term_years(about.today)]
    shortest, longest = renewal_term_bounds(about.today)
    return list(range(shortest, longest + 1))


def _intro(session: Any, about: AllianceChoices, signatures: tuple[ToSign, ...]) -> list[str]:
    lines = [f"•  {signature_line(one)}" for one in signatures]
    shown = gates_before(session, about.of, step=ProcedureStep.SIGN, on=about.today)
    still = [one for one in shown.open if one.gate.id != "signers"]
    if still:
        lines += ["*What is still open before anybody signs*", *map(open_line, still)]
    lines.append("The agreement is signed on the day of the last OSHA signature; others may sign before it, by mail.")
    return paragraphs(["*Signatures*", *lines])


def signature_line(one: ToSign) -> str:
    """Say in a line who signs for whom, and whether they have."""
    who = safe(with_whom(one.by, one.acting_for) or f"the {one.official.value}, not named yet")
    state = "missing" if one.signed_on is None else f"signed {day(one.signed_on)}"
    return f"{safe(one.name)}: {who}; {state}"


def _submit(submitting: Submitting, typed: Any) -> Done:
    choices = alliance_choices(submitting.session, typed.alliance, now=submitting.now)
    values = typed.model_dump()
    signatures = read_signatures(submitting.session, choices.of, on=choices.today)
    submitting.refuse_shifted(one.about for one in signatures)
    given = list(_given(signatures, values))
    signed = sign_agreement(
        submitting.session,
        alliance_id=typed.alliance,
        signatures=given,
        term_years=typed.term_years,
        by=submitting.by,
        now=submitting.now,
    )
    outcome = signed.outcome
    return Done(
        outcome,
        _said(signed, len(given), typed.term_years),
        undoable=True,
        next=None
        if signed.signed_on is not None
        else escaped(next_words(submitting.session, outcome.of, on=outcome.today)),
    )


def _given(signatures: tuple[ToSign, ...], values: dict[str, Any]) -> Iterator[Signature]:
    """Yield the signatures that have a date; a name alone is not one."""
    for number, one in enumerate(signatures[:MOST]):
        on, typed = values.get(f"on_{number}"), values.get(f"by_{number}")
        if on is None:
            continue
        by, acting_for, position = named(typed, signs=True)
        who = ", ".join(filter(None, (by, position)))
        yield Signature(one.about, who, on, acting_for, values.get("evidence"), field=f"on_{number}")


def _said(signed: Signed, recorded: int, term_years: int) -> str:
    name = safe(signed.outcome.of.facts.name)
    if signed.signed_on is None:
        missing = safe(listing(one.name for one in signed.missing), 1000)
        return f"Recorded for *{name}*: {count(recorded, 'signature')}. Missing: {missing}."
    return (
        f"Signed: *{name}* on {full_day(signed.signed_on)}, the day of the last OSHA signature, for "
        f"{count(term_years, 'year')}. The duties of the agreement begin."
    )


def _confirm(done: Done) -> str | None:
    if not (done.record or "").startswith("agreement:"):
        return None
    return (
        f"Nothing is recorded yet.\n{done.said}\n"
        "Is it right? It can be undone while nothing rests on it; afterwards a wrong date is corrected with "
        "`/alliance correct`."
    )


FORM = Form(
    name="sign_agreement",
    title="Signatures",
    model=SignAgreement,
    verb=Verb.SIGN,
    open=_open,
    submit=_submit,
    confirm=_confirm,
    confirm_title="The last signature",
    confirm_label="Sign",
)
