"""Turn rows into the frozen facts that the gates read, of an agreement in preparation or of a product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from models.gates import DRAFT, GateRecord
from models.offices import Office
from operations.gather_facts import Gathered
from operations.gather_program import DCSP
from operations.office_settings import settings_in_force
from operations.read.marked_words import texts_of, texts_of_draft, undecided
from policy import facts as f
from policy.criteria import Answer
from policy.editions import edition_on
from policy.gate_facts import (
    GateFacts,
    Official,
    OnRecord,
    Product,
    Signer,
    SpecialApproval,
    WorkerRepresentation,
)
from policy.gate_records import RecordKind
from policy.participants import Participant, ParticipantKind

#: Who signs for an OSHA office (VI.D).
SIGNING = {
    f.Level.NATIONAL: Official.ASSISTANT_SECRETARY,
    f.Level.REGIONAL: Official.REGIONAL_ADMINISTRATOR,
    f.Level.AREA: Official.AREA_DIRECTOR,
}
#: The criteria that are answered by what stands on record for gates of their own.
ANSWERED_BY = {RecordKind.WORKERS: ("VII.C.3", "F-9 (workers)"), RecordKind.GOALS: ("VII.C.4.k",)}

Standing = Mapping[tuple[RecordKind, str], GateRecord]


def read_records(session: Session, alliance_id: int, subject: str, *, on: date | None = None) -> Standing:
    """Return what stands on record for a subject, by kind and what it is about: the latest of each.

    What is dated after `on` is left out.
    """
    rows = session.scalars(
        select(GateRecord)
        .where(
            GateRecord.alliance_id == alliance_id,
            GateRecord.subject == subject,
            GateRecord.withdrawn_at.is_(None),
            true() if on is None else or_(GateRecord.on_day.is_(None), GateRecord.on_day <= on),
        )
        .order_by(GateRecord.id)
    )
    return {(RecordKind(row.kind), row.about): row for row in rows}


def gather_gate_facts(session: Session, of: Gathered, *, on: date) -> GateFacts:
    """Gather what stands on record by a local day for the agreement that an alliance prepares."""
    facts = of.facts.as_of(on)
    records = read_records(session, facts.id, DRAFT, on=on)
    names = _office_names(session)
    latest = facts.agreements[-1] if facts.agreements else None
    since = date.min if latest is None else latest.signed_on
    # The plan of the first year goes with the agreement; a renewal's is the latest there is.
    plan = facts.work_plans[-1] if facts.work_plans else None
    evaluated = [e.evaluated_on for e in evaluations_of_term(facts)]
    discussed = [e.discussed_on for e in evaluations_of_term(facts) if e.discussed_on is not None]
    decision = max(
        (d for d in facts.decisions if latest is not None and d.agreement_id == latest.id),
        key=lambda d: (d.recommended_on, d.id),
        default=None,
    )
    participants = tuple(
        Participant(s.name, _kinds(records.get((RecordKind.PARTICIPANT, s.name))))
        for s in facts.signatories
        if s.left_on is None
    )
    goals = records.get((RecordKind.GOALS, ""))
    texts = texts_of_draft(session, facts.id, None if plan is None else plan.id)
    return GateFacts(
        level=facts.level,
        edition=edition_on(on),
        offices=tuple(names[code] for code in facts.offices),
        regional_offices=tuple(names[code] for code in regional_offices(session, facts.offices)),
        participants=participants,
        renewal=latest is not None,
        agreement_agreed_by_osha_on=_day(records, RecordKind.AGREED_BY_OSHA),
        agreement_agreed_by_participants_on=_day(records, RecordKind.AGREED_BY_PARTICIPANTS),
        preliminary_work_plan_agreed_on=_day(records, RecordKind.WORK_PLAN_AGREED),
        comments_due_from=frozenset(name for _, name in commenting_offices(session)),
        comments_asked_of=frozenset(names[r.office] for r in facts.comment_requests if r.asked_on > since),
        conformity_review=_on_record(records, RecordKind.CONFORMITY_REVIEW),
        regional_reviews=tuple(
            OnRecord(row.by or "", row.on_day or on, office=names.get(about), acting_for=row.acting_for)
            for about, row in _all(records, RecordKind.REGIONAL_REVIEW)
        ),
        solicitor_approval=_on_record(records, RecordKind.SOLICITOR_APPROVAL, Official.SOLICITOR),
        solicitor_asked_for=(RecordKind.SOLICITOR_ASKED, "") in records,
        workers=WorkerRepresentation(**{about: row.text for about, row in _all(records, RecordKind.WORKERS)}),
        criteria=tuple(_answers(records, {} if plan is None else _of_plan(session, facts.id, plan.id))),
        language_reviewed=_on_record(records, RecordKind.LANGUAGE_REVIEW),
        undecided_words=tuple(marked.words for marked in undecided(session, facts.id, texts)),
        special_approvals=tuple(
            SpecialApproval(about, row.by or "", row.on_day or on)
            for about, row in _all(records, RecordKind.SPECIAL_APPROVAL)
        ),
        signers=tuple(
            Signer(
                row.by or "",
                SIGNING[facts.level] if about in facts.offices else Official.SENIOR_OFFICIAL,
                names.get(about, about),
                row.acting_for,
            )
            for about, row in _all(records, RecordKind.SIGNER)
        ),
        performance_evaluated_on=max([*evaluated, *_days(records, RecordKind.EVALUATED)], default=None),
        evaluation_discussed_on=max([*discussed, *_days(records, RecordKind.DISCUSSED)], default=None),
        recommendation=None if decision is None else decision.recommendation,
        decided_on=None if decision is None else decision.decided_on,
        goals_record=None if goals is None else goals.text,
        renewal_skips=frozenset(settings_in_force(session)[of.office_id].renewal_skips or ()),
    )


def gather_product_facts(session: Session, of: Gathered, activity_id: int, *, on: date) -> GateFacts:
    """Gather what stands on record by a local day for a product of an alliance, which is an activity."""
    subject = f"activity:{activity_id}"
    records = read_records(session, of.facts.id, subject, on=on)
    return GateFacts(
        level=of.facts.level,
        edition=edition_on(on),
        product=Product(
            free_of_charge=_said(records, RecordKind.PRODUCT_FREE),
            reviewers_asked=frozenset(about for about, _ in _all(records, RecordKind.PRODUCT_ASKED)),
            reviewed_by=frozenset(about for about, _ in _all(records, RecordKind.PRODUCT_REVIEWED)),
            states_responsibilities_and_rights=_said(records, RecordKind.PRODUCT_RIGHTS),
            language_reviewed=_on_record(records, RecordKind.LANGUAGE_REVIEW),
            undecided_words=tuple(m.words for m in undecided(session, of.facts.id, texts_of(session, subject))),
        ),
    )


def evaluations_of_term(facts: f.Facts) -> list[f.Evaluation]:
    """Return the evaluations since the latest agreement was signed: those that its renewal may rest on."""
    since = facts.agreements[-1].signed_on if facts.agreements else date.min
    return [e for e in facts.evaluations if e.evaluated_on >= since]


def commenting_offices(session: Session) -> list[tuple[str, str]]:
    """Return (code, name) of the offices that comment on national drafts: each region, each directorate but DCSP."""
    top = select(Office.id).where(Office.parent_id.is_(None), Office.kind == "national").scalar_subquery()
    rows = session.execute(
        select(Office.code, Office.name)
        .where(
            or_(Office.kind == "region", (Office.kind == "directorate") & (Office.parent_id == top)),
            Office.code != DCSP,
        )
        .order_by(Office.kind.desc(), Office.name)
    )
    return [(code, name) for code, name in rows]


def regional_offices(session: Session, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes of the Regional Offices above some offices, each once."""
    rows = {row.code: row for row in session.scalars(select(Office))}
    by_id = {row.id: row for row in rows.values()}
    found = []
    for code in codes:
        above = rows[code]
        while above.kind != "region" and above.parent_id is not None:
            above = by_id[above.parent_id]
        if above.kind == "region":
            found.append(above.code)
    return tuple(dict.fromkeys(found))


def _office_names(session: Session) -> dict[str, str]:
    return {code: name for code, name in session.execute(select(Office.code, Office.name))}  # noqa: C416 - a Row


def _all(records: Standing, kind: RecordKind) -> Iterator[tuple[str, GateRecord]]:
    return ((about, row) for (of_kind, about), row in records.items() if of_kind is kind)


def _days(records: Standing, kind: RecordKind) -> list[date]:
    return [row.on_day for _, row in _all(records, kind) if row.on_day is not None]


def _day(records: Standing, kind: RecordKind) -> date | None:
    return next(iter(_days(records, kind)), None)


def _on_record(records: Standing, kind: RecordKind, official: Official | None = None) -> OnRecord | None:
    row = records.get((kind, ""))
    if row is None or row.on_day is None:
        return None
    return OnRecord(row.by or "", row.on_day, official, acting_for=row.acting_for)


def _said(records: Standing, kind: RecordKind) -> bool | None:
    row = records.get((kind, ""))
    return None if row is None else bool(row.details.get("yes"))


def _kinds(row: GateRecord | None) -> frozenset[ParticipantKind]:
    return frozenset() if row is None else frozenset(map(ParticipantKind, row.details["kinds"]))


def _of_plan(session: Session, alliance_id: int, plan_id: int) -> Standing:
    return read_records(session, alliance_id, f"work-plan:{plan_id}")


def _answers(draft: Standing, plan: Standing) -> Iterator[Answer]:
    """Yield what the draft and the plan say to the criteria; of two answers the draft's counts, as the later one."""
    for (kind, about), row in [*plan.items(), *draft.items()]:
        if kind is RecordKind.CRITERION and row.text:
            yield Answer(about, row.text, applies=row.details.get("applies", True))
        elif kind in ANSWERED_BY and row.text:
            yield from (Answer(criterion, row.text) for criterion in ANSWERED_BY[kind])
