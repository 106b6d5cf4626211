"""Merge an alliance that was entered twice into the other entry: the records follow, the emptied one is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import audit
from models.alliances import (
    Agreement,
    AllianceOffice,
    Ending,
    RenewalDecision,
    Signatory,
    TeamMember,
    TerminationNotice,
)
from models.documents import Document
from models.duties import Notice, NoticeStatus, Obligation
from models.gates import GateRecord
from models.names import FormerName
from models.plans import CommentRequest, Milestone, PlannedActivity, WorkPlan, WorkPlanVersion
from models.products import Product, SuccessStory
from models.settlements import Fulfilment, Waiver
from models.work import Activity, AnnualReport, Evaluation, Meeting
from operations.actor import Actor
from operations.approve.end_approvals import end_approvals
from operations.hands.lock_hands import lock_hands
from operations.hands.move_to_office import set_offices
from operations.records.open_alliance import Opened, lock_alliances, open_alliance
from operations.records.read_cells import name_key
from operations.refusals import Refused
from operations.remind.change_notices import change_notices
from operations.remind.check_rules import Outcome, recheck
from operations.remind.lapse_requests import lapse_requests
from operations.remind.lock_messages import lock_messages
from operations.remind.plan_notices import UNSENT, rewrite_messages
from policy.duties import Status
from policy.facts import Recommendation
from policy.rights import Verb


@dataclass(frozen=True, slots=True)
class AllianceMerger:
    """What a merger of two entries did."""

    outcome: Outcome
    emptied: str
    into: str
    #: How many records of each kind went over, and how many stood in both entries, of which one is kept.
    moved: dict[str, int]
    doubled: dict[str, int]


@dataclass
class _Merge:
    """A merger on its way."""

    session: Session
    old: Opened
    new: Opened
    now: datetime
    moved: dict[str, int] = field(default_factory=dict)
    #: What stood in both entries, as it stood in the emptied one: for the audit.
    dropped: list[dict[str, Any]] = field(default_factory=list)
    #: By the subjects of the emptied entry, those in whose place they stand now.
    subjects: dict[str, str] = field(default_factory=dict)

    def rows(self, model: Any, opened: Opened) -> list[Any]:
        """Return the rows of an alliance."""
        return list(self.session.scalars(select(model).where(model.alliance_id == opened.row.id).order_by(model.id)))

    def move(self, row: Any, **changes: Any) -> None:
        """Let a row be of the other alliance."""
        for name, value in changes.items():
            setattr(row, name, value)
        row.alliance_id = self.new.row.id
        self.moved[row.__tablename__] = self.moved.get(row.__tablename__, 0) + 1

    def drop(self, row: Any) -> None:
        """Leave a row out that the other entry has too; the audit keeps it."""
        self.tell(row)
        self.session.delete(row)

    def tell(self, row: Any) -> None:
        """Have the audit keep a row that goes."""
        content = {column.key: getattr(row, column.key) for column in type(row).__mapper__.columns}
        self.dropped.append({"table": row.__tablename__, "record": content})


def merge_alliances(session: Session, *, alliance_id: int, into_id: int, by: Actor, now: datetime) -> AllianceMerger:
    """Merge an alliance into another of its level that is the same one, entered twice.

    Its records, participants, former names and offices go over; of what stands in both the other one's is kept, and
    the audit keeps the rest. What was told and owed under the emptied entry stays readable there. This cannot be
    undone.

    Raises:
        Refused: The two are one, of different levels, or both of them ended, on different days.
        NotAllowed: No position of the person allows it for both.
    """
    if alliance_id == into_id:
        raise Refused("An alliance cannot be merged into itself; choose the other entry.", field="into")
    # Its offices change: an office that is merged meanwhile would not find it.
    lock_hands(session)
    lock_alliances(session, sorted((alliance_id, into_id)))
    old = open_alliance(session, alliance_id, by=by, verb=Verb.REARRANGE, now=now)
    new = open_alliance(session, into_id, by=by, verb=Verb.REARRANGE, now=now)
    _refuse_different(old, new)
    lock_messages(session, (alliance_id, into_id))
    merge = _Merge(session, old, new, now)
    with session.no_autoflush:
        _merge_signatories(merge)
        _merge_agreements(merge)
        _merge_years(merge)
        _merge_rest(merge)
    session.flush()
    _move_duties(merge)
    _settle_left(merge, by)
    _close(merge)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="alliance:merged",
        subject=old.subject,
        data={"into": into_id, "name": old.row.name, "moved": merge.moved, "dropped": merge.dropped},
    )
    outcome = recheck(session, into_id, by=by, now=now, record=f"merger:{alliance_id}")
    doubled: dict[str, int] = {}
    for entry in merge.dropped:
        if entry["table"] == WorkPlanVersion.__tablename__:
            continue  # counted with its plan
        doubled[entry["table"]] = doubled.get(entry["table"], 0) + 1
    return AllianceMerger(outcome, old.row.name, new.row.name, merge.moved, doubled)


def _refuse_different(old: Opened, new: Opened) -> None:
    mine, theirs = old.of.facts, new.of.facts
    if mine.level is not theirs.level:
        raise Refused(
            f"{new.row.name} is a {theirs.level.value} alliance, {old.row.name} a {mine.level.value} one: they are not "
            "the same.",
            field="into",
        )
    if mine.ending and theirs.ending and mine.ending.ended_on != theirs.ending.ended_on:
        raise Refused("Both of them ended, on different days: they are not the same alliance.", field="into")


def _merge_signatories(merge: _Merge) -> None:
    session = merge.session
    there = {name_key(row.name): row for row in merge.rows(Signatory, merge.new)}
    for row in merge.rows(Signatory, merge.old):
        same = there.get(name_key(row.name))
        if same is None:
            merge.move(row)
            continue
        for model in (TerminationNotice, FormerName):
            session.execute(update(model).where(model.signatory_id == row.id).values(signatory_id=same.id))
        merge.drop(row)
    running = {row.signatory_id for row in merge.rows(TerminationNotice, merge.new) if _runs(row)}
    for row in merge.rows(TerminationNotice, merge.old):
        if _runs(row) and row.signatory_id in running:
            merge.drop(row)
        else:
            merge.move(row)
    session.flush()


def _runs(row: TerminationNotice) -> bool:
    return row.withdrawn_on is None and row.ended_on is None


def _merge_agreements(merge: _Merge) -> None:
    session = merge.session
    there = {row.signed_on: row for row in merge.rows(Agreement, merge.new)}
    mine = merge.rows(Agreement, merge.old)
    stands = {row.id: there.get(row.signed_on, row) for row in mine}
    decided = merge.rows(RenewalDecision, merge.new)
    for row in merge.rows(RenewalDecision, merge.old):
        agreement = stands[row.agreement_id]
        if any(_excludes(row, agreement.id, other) for other in decided):
            merge.drop(row)
        else:
            merge.move(row, agreement_id=agreement.id)
    session.flush()
    for row in mine:
        same = there.get(row.signed_on)
        if same is None:
            # Which one is the original is written below: one at a time.
            merge.move(row, renewal=True)
            continue
        same.term_years = same.term_years or row.term_years
        merge.subjects[f"agreement:{row.id}"] = f"agreement:{same.id}"
        merge.drop(row)
    session.flush()
    agreements = sorted(merge.rows(Agreement, merge.new), key=lambda row: row.signed_on)
    for row in agreements:
        row.renewal = True
    session.flush()
    if agreements:
        agreements[0].renewal = False
    session.flush()


def _excludes(row: RenewalDecision, agreement_id: int, other: RenewalDecision) -> bool:
    """Whether a decision cannot stand beside another on the same term."""
    if other.agreement_id != agreement_id:
        return False
    begun = row.decided_on is None and other.decided_on is None
    final = Recommendation.EXTEND not in {row.recommendation, other.recommendation}
    return begun or final


def _merge_years(merge: _Merge) -> None:
    """Merge what there is once a year, or once a day."""
    for model, key in ((Evaluation, "period_end"), (AnnualReport, "period_end")):
        there = {getattr(row, key) for row in merge.rows(model, merge.new)}
        for row in merge.rows(model, merge.old):
            if getattr(row, key) in there:
                merge.drop(row)
            else:
                merge.move(row)
    plans = {row.first: row for row in merge.rows(WorkPlan, merge.new)}
    for row in merge.rows(WorkPlan, merge.old):
        same = plans.get(row.first)
        if same is None:
            merge.move(row)
            continue
        merge.session.execute(update(Milestone).where(Milestone.work_plan_id == row.id).values(work_plan_id=same.id))
        merge.subjects[f"work-plan:{row.id}"] = f"work-plan:{same.id}"
        for version in merge.session.scalars(select(WorkPlanVersion).where(WorkPlanVersion.work_plan_id == row.id)):
            merge.tell(version)  # it goes with its plan
        merge.drop(row)
    days = {row.on_day for row in merge.rows(Meeting, merge.new) if row.withdrawn_at is None}
    for row in merge.rows(Meeting, merge.old):
        # The same meeting counts once; the second record of it stays readable.
        double = row.withdrawn_at is None and row.on_day in days
        merge.move(row, withdrawn_at=merge.now if double else row.withdrawn_at)
    known = {(row.kind, row.on_day, name_key(row.title)) for row in merge.rows(Activity, merge.new)}
    for row in merge.rows(Activity, merge.old):
        double = row.withdrawn_at is None and (row.kind, row.on_day, name_key(row.title)) in known
        merge.move(row, withdrawn_at=merge.now if double else row.withdrawn_at)
    merge.session.flush()


def _merge_rest(merge: _Merge) -> None:
    session, old, new = merge.session, merge.old.row, merge.new.row
    asked = {(row.office_id, row.subject, row.asked_on) for row in merge.rows(CommentRequest, merge.new)}
    for row in merge.rows(CommentRequest, merge.old):
        merge.drop(row) if (row.office_id, row.subject, row.asked_on) in asked else merge.move(row)
    planned = {(row.on_day, name_key(row.place), name_key(row.title)) for row in merge.rows(PlannedActivity, merge.new)}
    for row in merge.rows(PlannedActivity, merge.old):
        same = (row.on_day, name_key(row.place), name_key(row.title)) in planned
        merge.drop(row) if same else merge.move(row)
    merge.subjects[f"alliance:{old.id}"] = f"alliance:{new.id}"
    for model in (Fulfilment, Waiver):
        there = {(row.rule, row.subject, row.period) for row in merge.rows(model, merge.new)}
        for row in merge.rows(model, merge.old):
            subject = merge.subjects.get(row.subject, row.subject)
            if (row.rule, subject, row.period) in there:
                merge.drop(row)
            else:
                merge.move(row, subject=subject)
    for made in (
        *merge.rows(Product, merge.old),
        *merge.rows(SuccessStory, merge.old),
        *merge.rows(Document, merge.old),
    ):
        merge.move(made)
    for row in merge.rows(GateRecord, merge.old):
        merge.move(row, subject=merge.subjects.get(row.subject, row.subject))
    team = {(name_key(row.name), row.since) for row in merge.rows(TeamMember, merge.new)}
    for row in merge.rows(TeamMember, merge.old):
        merge.drop(row) if (name_key(row.name), row.since) in team else merge.move(row)
    session.flush()
    _merge_ending(merge)


def _merge_ending(merge: _Merge) -> None:
    session, old, new = merge.session, merge.old.row, merge.new.row
    ending = session.get(Ending, old.id)
    if ending is not None:
        merge.drop(ending)
        if session.get(Ending, new.id) is None:
            session.flush()
            kept = merge.dropped[-1]["record"]
            session.add(Ending(**kept | {"alliance_id": new.id}))
    session.flush()


def _move_duties(merge: _Merge) -> None:
    """Bring the duties of the records that went over; those of the entry itself, and of doubles, stay with it."""
    merge.session.execute(
        update(Obligation)
        .where(Obligation.alliance_id == merge.old.row.id, Obligation.subject.not_in(list(merge.subjects)))
        .values(alliance_id=merge.new.row.id)
    )


def _settle_left(merge: _Merge, by: Actor) -> None:
    """Lift what is left of the emptied entry: the other one owes it."""
    session = merge.session
    left = session.scalars(
        select(Obligation)
        .where(Obligation.alliance_id == merge.old.row.id, Obligation.settled.is_(None))
        .order_by(Obligation.id)
        .with_for_update()
    ).all()
    ids = [row.id for row in left]
    for row in left:
        row.settled, row.settled_on, row.settled_by = Status.LIFTED.value, merge.old.today, by.name
        row.reason, row.changed_at = f"entered twice: merged into {merge.new.row.name}", merge.now
        row.snoozed_until = None
    session.flush()
    unsent = select(Notice).where(Notice.obligation_id.in_(ids), Notice.status.in_(UNSENT)).order_by(Notice.id)
    change_notices(
        session,
        session.scalars(unsent.with_for_update()).all(),
        NoticeStatus.CANCELLED,
        actor=by.name,
        subject=merge.old.subject,
        now=merge.now,
        reason=f"merged into {merge.new.row.name}",
    )
    lapse_requests(session, ids, now=merge.now)
    # Drafts and what was approved of them are never changed: they stay readable with the emptied entry.
    why = f"the alliance was merged into {merge.new.row.name}"
    end_approvals(session, merge.old.row.id, by=by.name, now=merge.now, why=why)
    rewrite_messages(session, ids)


def _close(merge: _Merge) -> None:
    """Empty the entry of its offices, and let its names find the other one."""
    session, old, new = merge.session, merge.old.row, merge.new.row
    set_offices(session, new.id, _both(session, new.id, old.id))
    set_offices(session, old.id, [])
    session.execute(update(FormerName).where(FormerName.alliance_id == old.id).values(alliance_id=new.id))
    session.add(FormerName(alliance_id=new.id, name=old.name, until=merge.old.today))
    old.merged_into_id, old.merged_at = new.id, merge.now
    new.tracked_from = min(old.tracked_from, new.tracked_from)
    session.flush()


def _both(session: Session, *alliance_ids: int) -> Iterable[int]:
    offices: dict[int, None] = {}
    for id in alliance_ids:
        query = select(AllianceOffice.office_id).where(AllianceOffice.alliance_id == id).order_by(AllianceOffice.rank)
        offices |= dict.fromkeys(session.scalars(query))
    return offices
