"""Which records of an alliance cannot be taken back as they stand, and why: asked before it is offered, and done."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from models.alliances import Agreement, Alliance, Ending, RenewalDecision, Signatory, TerminationNotice
from models.gates import GateRecord
from models.offices import Office
from models.plans import CommentRequest, Milestone, PlannedActivity, WorkPlan
from models.products import Product
from models.work import AnnualReport
from operations.records.undo_parties import who_gave_notice
from policy.gate_records import RecordKind
from policy.subjects import PROPOSAL
from policy.words import day as spelled

#: How the reason of an end begins that a 30-day notice brought.
BY_NOTICE = "30-day notice"
_INPUT = (RecordKind.REGIONAL_INPUT.value, RecordKind.DIRECTORATE_INPUT.value)

_Kept = Iterator[tuple[str, str]]


def kept_records(session: Session, alliance_id: int) -> dict[str, str]:
    """Return the sentence that refuses to take a record back, by the record ("report:12"); the others can be.

    An original agreement is not among them: see `history.what_rests`.
    """
    return {
        record: why
        for kept in (_of_the_year, _plans, _planned, _notices, _signatories, _terms, _ending, _input)
        for record, why in kept(session, alliance_id)
    }


def _of_the_year(session: Session, alliance_id: int) -> _Kept:
    posted = select(AnnualReport.id).where(AnnualReport.alliance_id == alliance_id, AnnualReport.posted_on.is_not(None))
    for id in session.scalars(posted):
        yield f"report:{id}", "This annual report is on record as posted; undo the posting first."
    published = select(Product.activity_id, Product.title).where(
        Product.alliance_id == alliance_id, Product.activity_id.is_not(None)
    )
    for activity_id, title in session.execute(published):
        why = f"This activity is the publication of the product “{title}”; undo that instead (/alliance product)."
        yield f"activity:{activity_id}", why


def _plans(session: Session, alliance_id: int) -> _Kept:
    reached = (
        select(WorkPlan.id, Milestone.title, Milestone.done_on)
        .join(Milestone, Milestone.work_plan_id == WorkPlan.id)
        .where(WorkPlan.alliance_id == alliance_id, Milestone.done_on.is_not(None))
        .order_by(Milestone.id)
    )
    for id, title, on in session.execute(reached):
        if on is not None:
            yield f"work-plan:{id}", f"The milestone “{title}” was reached on {spelled(on)}; undo that first."
    answered = select(GateRecord.subject).where(
        GateRecord.alliance_id == alliance_id,
        GateRecord.subject.startswith("work-plan:"),
        GateRecord.withdrawn_at.is_(None),
    )
    for subject in session.scalars(answered.distinct()):
        yield subject, "Criteria are answered in this work plan; correct the plan instead."


def _planned(session: Session, alliance_id: int) -> _Kept:
    told = select(PlannedActivity).where(
        PlannedActivity.alliance_id == alliance_id, PlannedActivity.notified_on.is_not(None)
    )
    for row in session.scalars(told):
        if row.notified_on is not None:
            why = f"{row.place} is on record as told on {spelled(row.notified_on)}; undo that first."
            yield f"planned-activity:{row.id}", why


def _notices(session: Session, alliance_id: int) -> _Kept:
    rows = session.scalars(select(TerminationNotice).where(TerminationNotice.alliance_id == alliance_id)).all()
    settled = [row for row in rows if row.withdrawn_on is not None or row.ended_on is not None]
    running = {row.signatory_id for row in rows if row not in settled}
    for row in settled:
        yield f"notice:{row.id}", "The outcome of this notice is on record; undo that first."
        if row.signatory_id in running:
            yield f"outcome:{row.id}", "A later notice by the same one is running; undo that first."


def _signatories(session: Session, alliance_id: int) -> _Kept:
    given = select(Signatory.id).where(
        Signatory.alliance_id == alliance_id, exists().where(TerminationNotice.signatory_id == Signatory.id)
    )
    for id in session.scalars(given):
        yield f"signatory:{id}", "A notice of this signatory is on record; undo that first."


def _terms(session: Session, alliance_id: int) -> _Kept:
    later = aliased(RenewalDecision)
    followed = select(RenewalDecision.id).where(
        RenewalDecision.alliance_id == alliance_id,
        exists().where(later.agreement_id == RenewalDecision.agreement_id, later.id > RenewalDecision.id),
    )
    for id in session.scalars(followed):
        yield f"decision:{id}", "A later decision on this term is on record; undo that one first."
    signed = session.scalars(
        select(Agreement).where(Agreement.alliance_id == alliance_id).order_by(Agreement.signed_on.desc())
    ).all()
    for agreement in signed:
        latest = agreement.signed_on == signed[0].signed_on
        if agreement.renewal and (why := _why_signed(session, agreement, latest=latest)):
            yield f"agreement:{agreement.id}", why


def _why_signed(session: Session, renewal: Agreement, *, latest: bool) -> str | None:
    if not latest:
        return "Only the latest renewal can be taken back."
    if session.get_one(Alliance, renewal.alliance_id).anchored_on == renewal.signed_on:
        return "The agreement years are counted from this renewal; change that in the settings first."
    decided = select(RenewalDecision.id).where(RenewalDecision.agreement_id == renewal.id)
    if session.scalar(decided.limit(1)) is not None:
        return "A decision on the term of this renewal is on record; undo that first."
    if session.get(Ending, renewal.alliance_id) is not None:
        return "The alliance has ended since; undo that first."
    joined = who_gave_notice(session, renewal)
    return joined and f"{joined} joined with this renewal and has given notice since; undo that first."


def _ending(session: Session, alliance_id: int) -> _Kept:
    row = session.get(Ending, alliance_id)
    if row is None:
        return
    if row.reason.startswith(BY_NOTICE):
        yield f"ending:{alliance_id}", "A 30-day notice brought this end; undo how that came out instead."
    elif row.relationship_ended_on is not None:
        ended = spelled(row.relationship_ended_on)
        why = f"The Ambassador relationship is on record as ended on {ended}; undo that first."
        yield f"ending:{alliance_id}", why


def _input(session: Session, alliance_id: int) -> _Kept:
    counted = (
        select(CommentRequest.id)
        .join(Office, Office.id == CommentRequest.office_id)
        .where(
            CommentRequest.alliance_id == alliance_id,
            CommentRequest.subject == PROPOSAL,
            exists().where(
                GateRecord.alliance_id == alliance_id,
                GateRecord.subject == PROPOSAL,
                GateRecord.kind.in_(_INPUT),
                GateRecord.about == Office.code,
                GateRecord.on_day == CommentRequest.answered_on,
                GateRecord.text == CommentRequest.answer,
                GateRecord.withdrawn_at.is_(None),
                GateRecord.counted_at.is_not(None),
            ),
        )
    )
    for id in session.scalars(counted):
        yield f"answer:{id}", "An agreement was signed on the strength of this input; it can no longer be undone."
