"""The sheet of what is to be done before a signing, and the checklist of criteria, as they are filled in so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.gates import GateRecord
from models.offices import Office
from operations.approve.void import before_officials
from operations.gather_facts import Gathered
from operations.gather_gate_facts import (
    ANSWERED_BY,
    Standing,
    evaluations_of_term,
    gather_gate_facts,
    read_records,
    regional_offices,
)
from operations.records.gate_records import Done
from policy.criteria import Criterion, checklist
from policy.editions import CSP_2015, Edition
from policy.facts import Level
from policy.gate_facts import GateFacts
from policy.gate_records import RecordKind
from policy.gates import GATES, standing_gates
from policy.participants import SPECIAL
from policy.procedure import ProcedureStep
from policy.subjects import DRAFT


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that can be put on record."""

    kind: RecordKind
    about: str
    #: Its place among those of its kind, which stays while others are recorded.
    number: int
    #: Whom or what it is about, in words; empty where there is only one.
    name: str
    #: What stands on record; None when nothing does.
    standing: Done | None
    #: Whether another record does for it: the yearly evaluation for the one that a renewal rests on.
    done_elsewhere: bool = False
    #: Whether officials were asked for it here: it counts as they decide.
    before_officials: bool = False

    @property
    def missing(self) -> bool:
        """Whether it is still to be recorded."""
        return self.standing is None and not self.done_elsewhere and not self.before_officials


@dataclass(frozen=True, slots=True)
class Checklist:
    """The criteria of an agreement in preparation, or of a work plan, with the answers so far."""

    edition: Edition
    criteria: tuple[Criterion, ...]
    #: By the number of the criterion, and by the way of worker representation.
    answers: dict[str, Done]
    workers: dict[str, Done]
    #: What a sentence calls the gate of the workers, and whom it binds.
    workers_gate: str


def gate_sheet(session: Session, of: Gathered, *, on: date) -> tuple[Slot, ...]:
    """Return what the sheet before a signing asks for on a local day, in the order of the gates."""
    records = read_records(session, of.facts.id, DRAFT)
    facts = gather_gate_facts(session, of, on=on)
    names = {code: name for code, name in session.execute(select(Office.code, Office.name))}  # noqa: C416 - a Row
    asked = [*_of_the_procedure(session, of, facts, on), *_of_the_parties(of, facts)]
    before = before_officials(session, of.facts.id, DRAFT)
    return tuple(
        Slot(
            kind,
            about,
            number,
            names.get(about, about),
            _as_done(records.get((kind, about))),
            elsewhere,
            (kind, about) in before,
        )
        for kind, about, number, elsewhere in asked
    )


Asked = tuple[RecordKind, str, int, bool]


def _of_the_procedure(session: Session, of: Gathered, facts: GateFacts, on: date) -> Iterator[Asked]:
    """Yield what is done: evaluation, agreement, reviews, approvals."""
    standing = {gate.id for gate in standing_gates(facts, ProcedureStep.SIGN)}
    if facts.renewal:
        evaluations = evaluations_of_term(of.facts.as_of(on))
        yield RecordKind.EVALUATED, "", 0, bool(evaluations)
        yield RecordKind.DISCUSSED, "", 0, any(e.discussed_on is not None for e in evaluations)
        yield RecordKind.GOALS, "", 0, False
    for kind in (RecordKind.AGREED_BY_OSHA, RecordKind.AGREED_BY_PARTICIPANTS, RecordKind.WORK_PLAN_AGREED):
        yield kind, "", 0, False
    if "conformity-review" in standing:
        yield RecordKind.CONFORMITY_REVIEW, "", 0, False
    if "regional-review" in standing:
        for number, code in enumerate(regional_offices(session, of.facts.offices)):
            yield RecordKind.REGIONAL_REVIEW, code, number, False
    if facts.level is Level.AREA:
        yield RecordKind.SOLICITOR_ASKED, "", 0, False
    if "solicitor-approval" in standing:
        yield RecordKind.SOLICITOR_APPROVAL, "", 0, False
    yield RecordKind.LANGUAGE_REVIEW, "", 0, False


def _of_the_parties(of: Gathered, facts: GateFacts) -> Iterator[Asked]:
    """Yield what is said of who takes part: kind, additional approval, who signs."""
    for number, participant in enumerate(facts.participants):
        # An organization is what it was when the agreement before was signed.
        yield RecordKind.PARTICIPANT, participant.name, number, facts.renewal and bool(participant.kinds)
    if facts.edition in GATES["special-approval"].editions:
        for number, participant in enumerate(facts.participants):
            if participant.kinds & SPECIAL:
                yield RecordKind.SPECIAL_APPROVAL, participant.name, number, False
    for number, about in enumerate((*of.facts.offices, *(p.name for p in facts.participants))):
        yield RecordKind.SIGNER, about, number, False


def read_checklist(session: Session, of: Gathered, *, subject: str, on: date) -> Checklist:
    """Return the checklist of the draft, or of a work plan, on a local day.

    While nothing of a draft is answered, it proposes the answers of the agreement before.
    """
    facts = gather_gate_facts(session, of, on=on)
    asked = checklist(facts.edition, facts.participants, renewal=facts.renewal)
    # The workers have fields of their own.
    own = ANSWERED_BY[RecordKind.WORKERS] if subject == DRAFT else ()
    records = read_records(session, of.facts.id, subject)
    if subject == DRAFT and of.facts.agreements and not _of_kind(records, RecordKind.CRITERION):
        records = read_records(session, of.facts.id, f"agreement:{of.facts.agreements[-1].id}")
    return Checklist(
        edition=facts.edition,
        criteria=tuple(criterion for criterion in asked if criterion.id not in own),
        answers=_of_kind(records, RecordKind.CRITERION),
        workers=_of_kind(read_records(session, of.facts.id, DRAFT), RecordKind.WORKERS),
        workers_gate=(
            "CSP 04-01-002 VII.C.3: mandatory where an employer or a group of employers takes part; one of the three."
            if facts.edition is CSP_2015
            else "FAQ F-9: a reasonable effort to secure worker participation is mandatory for every alliance; one of "
            "the three shows it, or what was tried."
        ),
    )


def _of_kind(records: Standing, kind: RecordKind) -> dict[str, Done]:
    return {
        about: done
        for (of_kind, about), row in records.items()
        if of_kind is kind and (done := _as_done(row)) is not None
    }


def _as_done(row: GateRecord | None) -> Done | None:
    if row is None:
        return None
    return Done(RecordKind(row.kind), row.about, row.on_day, row.by, row.acting_for, row.text, row.details)
