"""What the gates read of approvals: which count no more because the paper was changed, what is before officials."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from models.approvals import Approval
from models.drafts import Draft
from models.gates import GateRecord
from operations.actor import office_day
from operations.approve.drafts import latest_draft
from operations.gather_facts import Gathered
from operations.records.gate_records import APPROVAL, DIGEST, VERSION
from policy.approval import ApprovalStatus, Seat, read_chain
from policy.chains import TERMS, Purpose
from policy.gate_records import APPROVALS, SEAT_BY_SEAT, RecordKind
from policy.papers import paper_changes
from policy.words import day, listing

#: In order of the asking; of several at one moment of a clock that stands still, what ended without effect first.
LATEST_LAST = (
    Approval.asked_at,
    case({ApprovalStatus.OPEN.value: 1, ApprovalStatus.APPROVED.value: 2}, value=Approval.status, else_=0),
    Approval.id,
)


def void_approvals(session: Session, of: Gathered, subjects: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Return (gate, sentence) of each approval that a later version voids: the latest of its purpose.

    So it does to what was recorded by hand of the version before.
    """
    return (*_decided_here(session, of, subjects), *_by_hand(session, of, subjects))


def _decided_here(session: Session, of: Gathered, subjects: Collection[str]) -> Iterator[tuple[str, str]]:
    rows = session.execute(
        select(Approval, Draft)
        .join(Draft, Draft.id == Approval.draft_id)
        .where(
            Approval.alliance_id == of.facts.id,
            Approval.subject.in_(subjects),
            Approval.status == ApprovalStatus.APPROVED.value,
        )
        .order_by(Approval.ended_at)
    ).all()
    latest = {(row.subject, row.purpose, row.about): (row, draft) for row, draft in rows}
    for approval, draft in latest.values():
        now = latest_draft(session, of.facts.id, approval.subject)
        if now is None or now.digest == approval.digest or approval.ended_at is None:
            continue
        on = day(office_day(approval.ended_at, of.timezone))
        yield (
            Purpose(approval.purpose).terms.gate,
            f"{approval.ended_by} approved version {draft.version} on {on}; {_changed(draft, now)}",
        )


def _by_hand(session: Session, of: Gathered, subjects: Collection[str]) -> Iterator[tuple[str, str]]:
    rows = session.scalars(
        select(GateRecord)
        .where(
            GateRecord.alliance_id == of.facts.id,
            GateRecord.subject.in_(subjects),
            GateRecord.kind.in_([kind.value for kind in APPROVALS]),
            GateRecord.withdrawn_at.is_(None),
        )
        .order_by(GateRecord.id)
    ).all()
    for row in {(row.subject, row.kind, row.about): row for row in rows}.values():
        now = latest_draft(session, of.facts.id, row.subject)
        if now is None or APPROVAL in row.details or row.details.get(DIGEST) == now.digest or row.on_day is None:
            continue
        gate = next(terms.gate for terms in TERMS.values() if terms.writes == row.kind)
        if VERSION not in row.details:
            yield gate, f"{row.by} gave it on {day(row.on_day)}, before any version of the draft was kept here."
            continue
        draft = session.scalars(
            select(Draft).where(
                Draft.alliance_id == of.facts.id,
                Draft.subject == row.subject,
                Draft.version == row.details[VERSION],
                Draft.digest == row.details[DIGEST],
            )
        ).one_or_none()
        if draft is None:
            # It came from another entry of the alliance, whose versions stayed there.
            continue
        yield gate, f"{row.by} gave it to version {draft.version} on {day(row.on_day)}; {_changed(draft, now)}"


def _changed(draft: Draft, now: Draft) -> str:
    changes = paper_changes(now.subject, draft.content, now.content, {})
    return f"version {now.version} changed: {listing(change.label for change in changes)}."


def before_officials(session: Session, alliance_id: int, subject: str) -> dict[tuple[RecordKind, str], Approval]:
    """Return the latest approval of each thing that was put before officials here, by what it puts on record.

    What was taken back by who asked is left out. `about` is empty for what is approved seat by seat.
    """
    rows = session.scalars(
        select(Approval)
        .where(
            Approval.alliance_id == alliance_id,
            Approval.subject == subject,
            Approval.status != ApprovalStatus.WITHDRAWN.value,
        )
        .order_by(*LATEST_LAST)
    )
    found = {}
    for row in rows:
        kind = Purpose(row.purpose).terms.writes
        if kind is not None:
            found[kind, "" if kind in SEAT_BY_SEAT else row.about] = row
    return found


def experts_asked(session: Session, alliance_id: int, subject: str, digest: str | None) -> tuple[Seat, ...]:
    """Return the experts whose approval of a product's latest version, by its digest, is still to come.

    They are asked as long as they have not approved it: a return or a refusal is none, nor is an earlier version.
    """
    row = before_officials(session, alliance_id, subject).get((RecordKind.PRODUCT_REVIEWED, ""))
    if row is None or (row.status == ApprovalStatus.APPROVED and row.digest == digest):
        return ()
    return tuple(seat for step in read_chain(row.chain).steps for seat in step.seats)
