"""Turn rows into the frozen facts that the gates read, of an agreement in preparation or of a product."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from models.gates import GateRecord
from models.offices import Office
from operations.actor import office_day
from operations.approve.drafts import latest_digests, latest_draft
from operations.approve.void import before_officials, experts_asked, void_approvals
from operations.gather_facts import Gathered
from operations.gather_program import DCSP
from operations.office_settings import settings_in_force
from operations.read.marked_words import texts_of, texts_of_draft, undecided
from operations.records.gate_records import APPROVAL, DIGEST
from policy import facts as f
from policy.approval import Seat, seat_of
from policy.criteria import Answer
from policy.drafts import WORK_PLAN
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
from policy.gate_records import APPROVALS, SEAT_BY_SEAT, RecordKind
from policy.participants import Participant, ParticipantKind
from policy.subjects import DRAFT, PROPOSAL

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

    What is dated after `on` is left out, and so is what approved a version of the draft that says something else than
    the latest does, or none where there is one, and what was recorded by hand of something that officials were asked
    for here: it counts as they decide.
    """
    rows = _rows(session, alliance_id, subject, on)
    digest = latest_digests(session, alliance_id, [subject]).get(subject)
    asked = before_officials(session, alliance_id, subject)
    return {(RecordKind(row.kind), row.about): row for row in rows if _is_of(row, digest) and not _by_hand(row, asked)}


def _is_of(row: GateRecord, digest: str | None) -> bool:
    """Whether a record is of the version with a digest; only what approves or signs one is bound to it."""
    bound = row.details.get(DIGEST)
    return bound == digest if RecordKind(row.kind) in APPROVALS else bound in {None, digest}


def _by_hand(row: GateRecord, asked: Collection[tuple[RecordKind, str]]) -> bool:
    """Whether a record stands beside what officials were asked for; a further expert's review of a product may."""
    kind = RecordKind(row.kind)
    if APPROVAL in row.details or kind is RecordKind.PRODUCT_REVIEWED:
        return False
    return (kind, "" if kind in SEAT_BY_SEAT else row.about) in asked


def _rows(session: Session, alliance_id: int, subject: str, on: date | None) -> Sequence[GateRecord]:
    return session.scalars(
        select(GateRecord)
        .where(
            GateRecord.alliance_id == alliance_id,
            GateRecord.subject == subject,
            GateRecord.withdrawn_at.is_(None),
            true() if on is None else or_(GateRecord.on_day.is_(None), GateRecord.on_day <= on),
        )
        .order_by(GateRecord.id)
    ).all()


def gather_gate_facts(session: Session, of: Gathered, *, on: date, subject: str = DRAFT) -> GateFacts:
    """Gather what stands on record by a local day for the agreement that an alliance prepares.

    `subject` names a signed one ("agreement:12"), of which `of` leaves out that it was signed.
    """
    facts = of.facts.as_of(on)
    records = read_records(session, facts.id, subject, on=on)
    proposal = read_records(session, facts.id, PROPOSAL, on=on)
    proposed = latest_draft(session, facts.id, PROPOSAL)
    proposed_on = None if proposed is None else office_day(proposed.made_at, of.timezone)
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
    parties = parties_to_sign(facts, records)
    kinds = kinds_on_record(session, facts.id)
    participants = tuple(Participant(name, kinds.get(name, frozenset())) for name in parties)
    goals = records.get((RecordKind.GOALS, ""))
    texts = texts_of_draft(session, facts.id, None if plan is None else plan.id, subject=subject)
    return GateFacts(
        level=facts.level,
        edition=edition_on(on),
        offices=tuple(names[code] for code in facts.offices),
        regional_offices=tuple(names[code] for code in regional_offices(session, facts.offices)),
        participants=participants,
        renewal=latest is not None,
        proposal_on=proposed_on,
        draft_work_plan_on=proposed_on if proposed is not None and proposed.content.get(WORK_PLAN) else None,
        evaluation=_on_record(proposal, RecordKind.PROPOSAL_EVALUATED),
        regional_input_on=_day(proposal, RecordKind.REGIONAL_INPUT),
        directorate_input_on=_day(proposal, RecordKind.DIRECTORATE_INPUT),
        approvals=tuple(
            OnRecord(
                row.by or "",
                row.on_day or on,
                Official(row.details["official"]) if "official" in row.details else None,
                names.get(row.details.get("office", "")),
                row.acting_for,
            )
            for _, row in _all(proposal, RecordKind.PROPOSAL_APPROVAL)
        ),
        void=void_approvals(session, of, (PROPOSAL, subject)),
        agreement_agreed_by_osha_on=_day(records, RecordKind.AGREED_BY_OSHA),
        agreement_agreed_by_participants_on=_day(records, RecordKind.AGREED_BY_PARTICIPANTS),
        preliminary_work_plan_agreed_on=_day(records, RecordKind.WORK_PLAN_AGREED),
        comments_due_from=frozenset(name for _, name in commenting_offices(session)),
        comments_asked_of=frozenset(
            names[r.office] for r in facts.comment_requests if r.subject == DRAFT and r.asked_on > since
        ),
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
            for about, row in _signers(records).items()
        ),
        performance_evaluated_on=max([*evaluated, *_days(records, RecordKind.EVALUATED)], default=None),
        evaluation_discussed_on=max([*discussed, *_days(records, RecordKind.DISCUSSED)], default=None),
        recommendation=None if decision is None else decision.recommendation,
        decided_on=None if decision is None else decision.decided_on,
        goals_record=None if goals is None else goals.text,
        renewal_skips=frozenset(settings_in_force(session)[of.office_id].renewal_skips or ()),
    )


def gather_product_facts(session: Session, of: Gathered, subject: str, *, on: date) -> GateFacts:
    """Gather what stands on record by a local day for a product, by its subject."""
    records = read_records(session, of.facts.id, subject, on=on)
    names = _office_names(session)
    pending = frozenset(seat.named(names) for seat in read_experts(session, of.facts.id, subject))
    return GateFacts(
        level=of.facts.level,
        edition=edition_on(on),
        void=void_approvals(session, of, (subject,)),
        product=Product(
            free_of_charge=_said(records, RecordKind.PRODUCT_FREE),
            reviewers_asked=pending
            | {expert_words(about, names) for about, _ in _all(records, RecordKind.PRODUCT_ASKED)},
            # Who has to approve here does not do so by hand.
            reviewed_by=frozenset(expert_words(about, names) for about, _ in _all(records, RecordKind.PRODUCT_REVIEWED))
            - pending,
            states_responsibilities_and_rights=_said(records, RecordKind.PRODUCT_RIGHTS),
            language_reviewed=_on_record(records, RecordKind.LANGUAGE_REVIEW),
            undecided_words=tuple(m.words for m in undecided(session, of.facts.id, texts_of(session, subject))),
        ),
    )


def read_experts(session: Session, alliance_id: int, subject: str) -> tuple[Seat, ...]:
    """Return the experts who were asked here to approve a product, and have not approved its latest version."""
    digest = latest_digests(session, alliance_id, [subject]).get(subject)
    return experts_asked(session, alliance_id, subject, digest)


def expert_words(about: str, offices: Mapping[str, str]) -> str:
    """Name an expert who was asked: as typed, or by the position of a seat; `offices` are names by code."""
    seat = seat_of(about)
    return about if seat is None else seat.named(offices)


def joining(records: Standing) -> tuple[str, ...]:
    """Return the organizations that are to join with the agreement in preparation."""
    return tuple(about for about, row in _all(records, RecordKind.JOINING) if row.details.get("yes"))


def leaving(records: Standing) -> frozenset[str]:
    """Return the signatories that are to leave with the agreement in preparation."""
    return frozenset(about for about, row in _all(records, RecordKind.LEAVING) if row.details.get("yes"))


def parties_to_sign(facts: f.Facts, records: Standing) -> tuple[str, ...]:
    """Return who signs the agreement in preparation for the participants: who stays, then who joins with it."""
    going = leaving(records)
    stay = [s.name for s in facts.signatories if s.left_on is None and s.name not in going]
    return (*stay, *(name for name in joining(records) if name not in stay))


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
            Office.closed_on.is_(None),
        )
        .order_by(Office.kind.desc(), Office.name)
    )
    return [(code, name) for code, name in rows]


def regional_offices(session: Session, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes of the Regional Offices above some offices, each once."""
    every = session.execute(select(Office.id, Office.code, Office.kind, Office.parent_id)).all()
    rows, by_id = {row.code: row for row in every}, {row.id: row for row in every}
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


def _signers(records: Standing) -> dict[str, GateRecord]:
    """Return who signs for each office and participant: who has signed, else who is named."""
    return dict(_all(records, RecordKind.SIGNER)) | dict(_all(records, RecordKind.SIGNED))


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


def kinds_on_record(session: Session, alliance_id: int) -> dict[str, frozenset[ParticipantKind]]:
    """Return what each participant was last said to be: it stays that when the next agreement is prepared."""
    rows = session.scalars(
        select(GateRecord)
        .where(
            GateRecord.alliance_id == alliance_id,
            GateRecord.kind == RecordKind.PARTICIPANT.value,
            GateRecord.withdrawn_at.is_(None),
        )
        .order_by(GateRecord.id)
    )
    return {row.about: frozenset(map(ParticipantKind, row.details["kinds"])) for row in rows}


def _of_plan(session: Session, alliance_id: int, plan_id: int) -> Standing:
    return read_records(session, alliance_id, f"work-plan:{plan_id}")


def _answers(draft: Standing, plan: Standing) -> Iterator[Answer]:
    """Yield what the draft and the plan say to the criteria; of two answers the draft's counts, as the later one."""
    for (kind, about), row in [*plan.items(), *draft.items()]:
        if kind is RecordKind.CRITERION and row.text:
            yield Answer(about, row.text, applies=row.details.get("applies", True))
        elif kind in ANSWERED_BY and row.text:
            yield from (Answer(criterion, row.text) for criterion in ANSWERED_BY[kind])
