"""What may be put before officials for an alliance today, and whom that would reach."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import RenewalDecision
from models.approvals import Approval
from models.offices import Office
from operations.actor import Actor
from operations.approve.drafts import latest_digests, latest_draft
from operations.approve.seat_holders import find_holders
from operations.approve.terms_of import chain_today
from operations.asked_by import barred_by
from operations.gather_facts import Gathered
from operations.gather_gate_facts import gather_gate_facts, regional_offices
from operations.read.annual_report import read_annual_report
from operations.read.gates import products_ahead
from policy.approval import ApprovalStatus, Seat
from policy.chains import Purpose
from policy.drafts import digest_of
from policy.facts import Level
from policy.gate_facts import GateFacts
from policy.gates import GATES, applies
from policy.participants import SPECIAL
from policy.report_content import report_content
from policy.rights import Role
from policy.rules.annual_report import RULE
from policy.subjects import DRAFT, PROPOSAL, RENEWAL, REPORT
from policy.words import day


@dataclass(frozen=True, slots=True)
class Askable:
    """Something that may be put before officials."""

    purpose: Purpose
    subject: str
    about: str
    #: In words: "review of the draft for programmatic consistency: Philadelphia Region".
    label: str

    @property
    def value(self) -> str:
        """What a form carries for it: of a name its digest, as a choice in Slack holds 150 characters."""
        about = hashlib.sha256(self.about.encode()).hexdigest()[:12] if self.about else ""
        return f"{self.purpose.value}|{self.subject}|{about}"


@dataclass(frozen=True, slots=True)
class StepAhead:
    """A step as it would be asked today."""

    title: str
    clause: str
    needs: int
    #: Each seat with who may decide, and why it is somebody else than its holder.
    seats: tuple[tuple[str, tuple[str, ...], str | None], ...]


def list_askable(session: Session, of: Gathered, *, on: date) -> list[Askable]:
    """List what fits the alliance and is neither before them nor approved as it stands."""
    done = _done(session, of, on)
    return [one for one in _fitting(session, of, on) if (one.purpose.value, one.subject, one.about) not in done]


def preview_chain(
    session: Session,
    of: Gathered,
    purpose: Purpose,
    *,
    about: str = "",
    experts: Sequence[Seat] = (),
    by: Actor,
    now: datetime,
) -> tuple[StepAhead, ...]:
    """Say whom it would be put before today, step by step.

    Raises:
        ValueError: A product is reviewed by nobody.
    """
    chain = chain_today(session, of, purpose, about=about, experts=experts)
    asked = by.person_id or 0, now
    barred = barred_by(session, [asked], now=now)[asked]
    steps = []
    for step in chain.steps:
        held = [find_holders(session, seat, barred, now=now) for seat in step.seats]
        seats = tuple((h.title, tuple(dict.fromkeys(d.named for d in h.deciders)), h.why) for h in held)
        steps.append(StepAhead(step.title, step.clause, step.needs, seats))
    return tuple(steps)


def list_experts(session: Session) -> list[tuple[str, str]]:
    """List (code, name) of the directorates whose experts may be asked to review a product."""
    there = Office.kind == "directorate", Office.closed_on.is_(None)
    rows = session.execute(select(Office.code, Office.name).where(*there).order_by(Office.name))
    return [(code, name) for code, name in rows]


def expert_seat(code: str) -> Seat:
    """Return the seat of a directorate's reviewer, for whom its head acts where there is none."""
    return Seat(Role.DIRECTORATE_REVIEWER, code)


def _of_draft(session: Session, of: Gathered, facts: GateFacts, names: Mapping[str, str]) -> Iterator[Askable]:
    """Yield who reviews and approves the draft agreement."""
    for purpose in (Purpose.CONFORMITY, Purpose.SOLICITOR):
        if applies(GATES[purpose.terms.gate], facts):
            yield _askable(purpose, DRAFT)
    if applies(GATES[Purpose.CONSISTENCY.terms.gate], facts):
        for code in regional_offices(session, of.facts.offices):
            yield _askable(Purpose.CONSISTENCY, DRAFT, code, names[code])
    if applies(GATES[Purpose.SPECIAL.terms.gate], facts):
        for participant in facts.participants:
            if participant.kinds & SPECIAL:
                yield _askable(Purpose.SPECIAL, DRAFT, participant.name, participant.name)


def _fitting(session: Session, of: Gathered, on: date) -> Iterator[Askable]:
    facts = gather_gate_facts(session, of, on=on)
    names = {code: name for code, name in session.execute(select(Office.code, Office.name))}  # noqa: C416 - a Row
    if not of.facts.agreements:
        purpose = Purpose.NATIONAL_PROPOSAL if of.facts.level is Level.NATIONAL else Purpose.FIELD_PROPOSAL
        yield _askable(purpose, PROPOSAL)
    yield from _of_draft(session, of, facts, names)
    if of.facts.agreements and _recommended(session, of.facts.agreements[-1].id):
        yield _askable(Purpose.RENEWAL, f"{RENEWAL}:{of.facts.agreements[-1].id}")
    yield from products_of(session, of.facts.id)
    yield from _reports_of(of, on)


def _reports_of(of: Gathered, on: date) -> Iterator[Askable]:
    """Yield the reports of the years that have ended and are not submitted yet."""
    for due in of.duties_on(on):
        if due.rule == RULE and due.status.unsettled and due.period is not None:
            last = due.period.last
            yield _askable(Purpose.REPORT, f"{REPORT}:{last.isoformat()}", "", f"Year to {day(last)}")


def products_of(session: Session, alliance_id: int) -> Iterator[Askable]:
    """Yield the products that wait for their publication, asked for or not."""
    for subject, title in products_ahead(session, alliance_id):
        yield _askable(Purpose.PRODUCT, subject, "", title)


def _askable(purpose: Purpose, subject: str, about: str = "", name: str = "") -> Askable:
    title = purpose.terms.title
    return Askable(purpose, subject, about, f"{name}: {title}" if name else title)


def _recommended(session: Session, agreement_id: int) -> bool:
    waiting = select(RenewalDecision.id).where(
        RenewalDecision.agreement_id == agreement_id, RenewalDecision.decided_on.is_(None)
    )
    return session.scalar(waiting.limit(1)) is not None


def _done(session: Session, of: Gathered, on: date) -> set[tuple[str, str, str]]:
    rows = session.scalars(
        select(Approval).where(
            Approval.alliance_id == of.facts.id,
            Approval.status.in_([ApprovalStatus.OPEN.value, ApprovalStatus.APPROVED.value]),
        )
    ).all()
    digests = latest_digests(session, of.facts.id, {row.subject for row in rows})
    # What a report says is not kept version by version, but as the records stand.
    says = {one.subject: _says(session, of, one.subject, on) for one in _reports_of(of, on) if one.subject in digests}
    return {
        (row.purpose, row.subject, row.about)
        for row in rows
        if (row.digest == says[row.subject] if row.subject in says else _is_done(row, digests))
    }


def _is_done(row: Approval, digests: Mapping[str, str]) -> bool:
    if row.status == ApprovalStatus.OPEN:
        return True
    return digests.get(row.subject) == row.digest and row.purpose != Purpose.RENEWAL


def _says(session: Session, of: Gathered, subject: str, on: date) -> str:
    """Return the digest of what a report says now."""
    last = date.fromisoformat(subject.partition(":")[2])
    return digest_of(report_content(read_annual_report(session, of, period_end=last, today=on)))


def read_draft(session: Session, alliance_id: int, subject: str) -> tuple[int, dict[str, str | list[str]]] | None:
    """Return number and content of the latest version of a draft; None where there is none."""
    draft = latest_draft(session, alliance_id, subject)
    return None if draft is None else (draft.version, dict(draft.content))
