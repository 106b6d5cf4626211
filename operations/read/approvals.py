"""How an approval stands: what was put forward, what changed in it, whose turn it is, who decided what."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select, true
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.approvals import Approval, ApprovalDecision
from models.drafts import Draft
from models.duties import Message, MessageKind
from models.offices import Office, Person
from models.products import Product
from models.work import Activity
from operations.actor import Actor, identify, office_day
from operations.approve.cards import lead_office
from operations.approve.drafts import latest_draft
from operations.approve.ended_words import ended_words, moment
from operations.approve.papers import tell_changes, tell_paper
from operations.approve.seat_holders import SeatHolders, barred_of, find_all, on_paper
from operations.approve.settle import RECORD
from operations.approve.standing import decisions_of, standing_of, waiting_approvals
from operations.approve.void import LATEST_LAST
from operations.read.documents import documents_behind
from operations.read.names_now import with_names_now
from operations.refusals import Refused
from policy.acting import acting_roles
from policy.approval import ApprovalStatus, Seat, Verdict, Waiting, read_chain
from policy.chains import Purpose
from policy.drafts import Change, Content, Value
from policy.subjects import PRODUCT, PROPOSAL, RENEWAL, REPORT, about_product
from policy.words import day

#: Calendar days for which what ended is still listed to who asked.
ENDED_DAYS = 30


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """What a seat decided."""

    id: int
    verdict: Verdict
    by: str
    acting_for: str | None
    #: The day, and of a decision in Slack the moment, on the clock of the lead office.
    on: date
    at: str
    reason: str | None
    evidence: str | None
    recorded_by: str | None
    #: Names of the documents that are kept with it.
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeatShown:
    """A seat of a step."""

    key: str
    #: "Area Director, Wilmington Area Office".
    title: str
    #: Who may decide for it today, with whom they act for; and their Slack ids.
    names: tuple[str, ...]
    deciders: frozenset[str]
    #: Why somebody else than its holder decides, or why nobody can in Slack.
    why: str | None
    waits: bool
    #: Whether its decision is to be recorded for it.
    on_paper: bool
    decision: DecisionShown | None


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of the chain."""

    title: str
    clause: str
    needs: int
    seats: tuple[SeatShown, ...]

    @property
    def waits(self) -> bool:
        """Whether it is its turn."""
        return any(seat.waits for seat in self.seats)

    @property
    def approved(self) -> int:
        """How many of its seats have approved."""
        return sum(s.decision is not None and s.decision.verdict is Verdict.APPROVE for s in self.seats)


@dataclass(frozen=True, slots=True)
class ApprovalShown:
    """An approval as every surface shows it."""

    id: uuid.UUID
    alliance_id: int
    alliance: str
    purpose: Purpose
    subject: str
    #: "version 2 of the proposal".
    what: str
    #: The name of the Regional Office or participant, and as it is kept; empty where there is one.
    about: str
    about_key: str
    version: int
    #: Label and words of each field, as put forward, in the order of its form.
    content: tuple[tuple[str, Value], ...]
    #: What changed since the version that who looks saw last, and which that was; None where they saw none.
    since: int | None
    changes: tuple[Change, ...]
    #: The version that was kept since; None while this is the latest.
    newer: int | None
    asked_by: str
    asked_by_slack: str
    asked_on: date
    note: str | None
    status: ApprovalStatus
    #: How it ended, a sentence without its full stop; None while it is open.
    ended: str | None
    ended_why: str | None
    steps: tuple[StepShown, ...]

    @property
    def counts(self) -> bool:
        """Whether it was approved, and of what the paper says now."""
        return self.status is ApprovalStatus.APPROVED and self.newer is None

    @property
    def latest(self) -> int:
        """The number of the latest decision, 0 for none."""
        decided = (seat.decision for step in self.steps for seat in step.seats)
        return max((decision.id for decision in decided if decision is not None), default=0)

    @property
    def waiting(self) -> tuple[SeatShown, ...]:
        """The seats that may decide now."""
        return tuple(seat for step in self.steps for seat in step.seats if seat.waits)

    @property
    def deciders(self) -> frozenset[str]:
        """Slack ids of who may decide now."""
        return frozenset().union(*(seat.deciders for seat in self.waiting))


def show_approval(
    session: Session, approval_id: uuid.UUID, *, now: datetime, seen_by: int | None = None, office_id: int | None = None
) -> ApprovalShown:
    """Show an approval; what changed is told to a person (`seen_by`) or to the channel of an office.

    Raises:
        Refused: There is none of that id.
    """
    approval = session.get(Approval, approval_id)
    if approval is None:
        raise Refused("This approval is no longer on record.")
    alliance, asker = session.get_one(Alliance, approval.alliance_id), session.get_one(Person, approval.asked_by_id)
    draft, lead = session.get_one(Draft, approval.draft_id), lead_office(session, approval.alliance_id)
    newest = latest_draft(session, approval.alliance_id, approval.subject)
    before = _seen_before(session, approval, draft, seen_by, office_id)
    ended = approval.status != ApprovalStatus.OPEN

    def said(version: Draft) -> Content:
        # What is decided reads as it was decided; what still waits names everybody as they are called today.
        return version.content if ended else with_names_now(session, alliance.id, draft.subject, version.content)

    return ApprovalShown(
        id=approval.id,
        alliance_id=alliance.id,
        alliance=alliance.name,
        purpose=Purpose(approval.purpose),
        subject=approval.subject,
        what=f"version {draft.version} of {subject_words(session, approval.subject)}",
        about=_about(session, approval),
        about_key=approval.about,
        version=draft.version,
        content=tell_paper(session, draft.subject, said(draft)),
        since=None if before is None else before.version,
        changes=() if before is None else tell_changes(session, draft.subject, said(before), said(draft)),
        newer=newest.version if newest is not None and newest.digest != draft.digest else None,
        asked_by=approval.asked_by,
        asked_by_slack=asker.slack_id,
        asked_on=office_day(approval.asked_at, lead.timezone),
        note=approval.note,
        status=ApprovalStatus(approval.status),
        ended=ended_words(approval, lead.timezone) if ended else None,
        ended_why=approval.ended_why,
        steps=tuple(_steps(session, approval, lead.timezone, now=now)),
    )


def list_to_approve(session: Session, slack_id: str, *, now: datetime) -> list[ApprovalShown]:
    """List what waits for a person's decision, the longest first."""
    by = identify(session, slack_id, now=now)
    return [show_approval(session, id, now=now, seen_by=by.person_id) for id in to_approve(session, by, now=now)]


def to_approve(session: Session, by: Actor, *, now: datetime) -> list[uuid.UUID]:
    """List the ids of what waits for a person's decision, the longest first."""
    roles = {position.role for position in by.positions}
    found = []
    for approval, standing in waiting_approvals(session) if roles else ():
        # Who may decide is looked for only where this person's position may be among them.
        seats = [s for s in standing.seats if s.role is not None and roles & {s.role, *acting_roles(s.role)}]
        held = find_all(session, seats, barred_of(session, approval, now=now), now=now) if seats else {}
        if any(decider.person.id == by.person_id for holders in held.values() for decider in holders.deciders):
            found.append(approval.id)
    return found


def who_decides(session: Session, *, now: datetime) -> set[str]:
    """Return the Slack ids of all for whose decision anything waits."""
    return {
        decider.person.slack_id
        for approval, standing in waiting_approvals(session)
        for holders in find_all(session, standing.seats, barred_of(session, approval, now=now), now=now).values()
        for decider in holders.deciders
    }


def list_asked(session: Session, person_id: int | None, *, now: datetime) -> list[ApprovalShown]:
    """List what a person asked: what is open, and what ended within 30 calendar days, the latest last."""
    ids = session.scalars(
        select(Approval.id)
        .where(
            Approval.asked_by_id == person_id,
            or_(
                Approval.status == ApprovalStatus.OPEN.value,
                Approval.ended_at >= now - timedelta(days=ENDED_DAYS),
            ),
        )
        .order_by(Approval.ended_at.is_not(None), Approval.asked_at, Approval.id)
    )
    return [show_approval(session, id, now=now) for id in ids]


def list_of_alliance(
    session: Session, alliance_id: int, *, now: datetime, purpose: Purpose | None = None
) -> list[ApprovalShown]:
    """List the approvals of an alliance, or those of a purpose: the latest of each subject and what it is about."""
    of_it = true() if purpose is None else Approval.purpose == purpose.value
    rows = session.scalars(
        select(Approval).where(Approval.alliance_id == alliance_id, of_it).order_by(*LATEST_LAST)
    ).all()
    latest = {(row.subject, row.purpose, row.about): row.id for row in rows}
    return [show_approval(session, id, now=now) for id in latest.values()]


def subject_words(session: Session, subject: str) -> str:
    """Name what a draft is of: "the proposal", "the product “Toolbox talk”"."""
    kind, _, number = subject.partition(":")
    if kind == REPORT:
        return f"the annual report of the year to {day(date.fromisoformat(number))}"
    if about_product(subject) and number.isdecimal():
        model = Product if kind == PRODUCT else Activity
        title = session.scalar(select(model.title).where(model.id == int(number)))
        return f"the product “{title}”" if title else "the product"
    return {
        PROPOSAL: "the proposal",
        RENEWAL: "the recommendation at the end of the term",
    }.get(kind, "the draft agreement")


def _about(session: Session, approval: Approval) -> str:
    if Purpose(approval.purpose).terms.about != "region":
        return approval.about
    name = session.scalar(select(Office.name).where(Office.code == approval.about))
    return name or approval.about


def _steps(session: Session, approval: Approval, timezone: str, *, now: datetime) -> Iterable[StepShown]:
    rows = decisions_of(session, approval.id)
    decided = {(row.step, row.seat): _decision(session, row, timezone) for row in rows}
    chain = read_chain(approval.chain)
    standing = standing_of(approval, rows)
    is_open = approval.status == ApprovalStatus.OPEN
    waiting = {seat.key for seat in standing.seats} if is_open and isinstance(standing, Waiting) else set()
    turn = standing.step.id if is_open and isinstance(standing, Waiting) else None
    barred = barred_of(session, approval, now=now)
    for step in chain.steps:
        held = find_all(session, step.seats, barred, now=now)
        waits = {seat: holders for seat, holders in held.items() if step.id == turn and seat.key in waiting}
        paper = on_paper(waits, step.needs - (len(step.seats) - len(waits)))
        seats = [
            replace(
                _seat(seat, holders, decided.get((step.id, seat.key)), waits=seat in waits, is_open=is_open),
                on_paper=seat.key in paper,
            )
            for seat, holders in held.items()
        ]
        yield StepShown(step.title, step.clause, step.needs, tuple(seats))


def _seat(seat: Seat, holders: SeatHolders, decision: DecisionShown | None, *, waits: bool, is_open: bool) -> SeatShown:
    able = holders.deciders if is_open and decision is None else ()
    return SeatShown(
        key=seat.key,
        title=holders.title,
        names=tuple(dict.fromkeys(decider.named for decider in able)),
        deciders=frozenset(decider.person.slack_id for decider in able) if waits else frozenset(),
        why=holders.why if is_open and decision is None else None,
        waits=waits,
        on_paper=False,
        decision=decision,
    )


def _decision(session: Session, row: ApprovalDecision, timezone: str) -> DecisionShown:
    # Only what was decided on paper has a document.
    kept = () if row.recorded_by is None else documents_behind(session, f"{RECORD}:{row.id}")
    return DecisionShown(
        id=row.id,
        verdict=Verdict(row.verdict),
        by=row.decided_by,
        acting_for=row.acting_for,
        on=row.on_day,
        at=moment(row.decided_at, timezone),
        reason=row.reason,
        evidence=row.evidence,
        recorded_by=row.recorded_by,
        documents=kept,
    )


def _seen_before(
    session: Session, approval: Approval, draft: Draft, person_id: int | None, office_id: int | None
) -> Draft | None:
    """Return the latest earlier version of which a card reached a person, or the channel of an office."""
    if person_id is None and office_id is None:
        return None
    to = (
        Message.person_id == person_id
        if person_id is not None
        else and_(Message.person_id.is_(None), Message.office_id == office_id)
    )
    return session.scalar(
        select(Draft)
        .join(Approval, Approval.draft_id == Draft.id)
        .join(Message, Message.approval_id == Approval.id)
        .where(
            Draft.alliance_id == approval.alliance_id,
            Draft.subject == approval.subject,
            Draft.version < draft.version,
            Message.kind == MessageKind.APPROVAL.value,
            Message.ts.is_not(None),
            to,
        )
        .order_by(Draft.version.desc())
        .limit(1)
    )
