"""Record what the Solicitor, or another official who is not in Slack, decided on paper."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from models.approvals import ApprovalDecision
from models.drafts import Draft
from operations.actor import Actor, office_day, require
from operations.approve.ask_approval import open_approval
from operations.approve.seat_holders import barred_of, find_all, on_paper
from operations.approve.settle import Decided, settle
from operations.approve.standing import approvals_in, refuse_decided_seat, refuse_ended, refuse_no_reason
from operations.named_person import is_one_of, names_of
from operations.records.open_alliance import refuse_day_to_come
from operations.refusals import Refused
from policy.approval import Verdict
from policy.rights import Verb
from policy.words import day as spelled
from policy.words import listing


def record_outside(
    session: Session,
    *,
    approval_id: uuid.UUID,
    seat: str,
    verdict: Verdict,
    name: str,
    on: date,
    evidence: str,
    reason: str | None = None,
    by: Actor,
    now: datetime,
) -> Decided:
    """Record the decision of a seat (by its key) on a day, with who decided and where that is written.

    Raises:
        Refused: The name, the day or the evidence is missing or impossible, or the seat decides in Slack.
        NotAllowed: No position of the person allows it.
        AlreadyDone: It was decided, withdrawn or void before.
    """
    approval, opened = open_approval(session, approval_id, by=by, now=now)
    require(session, by, Verb.PREPARE, office_codes=opened.of.facts.offices)
    _, waiting = refuse_ended(session, approval, opened)
    barred = barred_of(session, approval, now=now)
    found = next((one for one in waiting.seats if one.key == seat), None)
    if found is None:
        refuse_decided_seat(session, approval, [seat], opened)
        raise Refused("It is not the turn of this official.", field="seat")
    held = find_all(session, waiting.seats, barred, now=now)
    if found.key not in on_paper(held, waiting.step.needs - approvals_in(session, approval, waiting.step)):
        able = listing(decider.named for holders in held.values() for decider in holders.deciders)
        raise Refused(
            f"{able} can decide this in Slack; recorded is only what an official decides on paper who is not in Slack.",
            field="seat",
        )
    name, evidence = " ".join(name.split()), evidence.strip()
    if not name:
        raise Refused("Name who decided.", field="name")
    if is_one_of(name, {approval.asked_by, by.name, *names_of(session, {by.person_id, *barred})}):
        raise Refused(f"{name} asked for this or records it; nobody approves a step that they requested.", field="name")
    if not evidence:
        raise Refused("Say where the decision is written: a letter, a message, a link.", field="evidence")
    refuse_day_to_come(opened, on, field="on", what="a decision")
    draft = session.get_one(Draft, approval.draft_id)
    made = office_day(draft.made_at, opened.of.timezone)
    if on < made:
        raise Refused(
            f"{spelled(on)} lies before version {draft.version} was written ({spelled(made)}): it cannot have been "
            "decided on then.",
            field="on",
        )
    refuse_no_reason(verdict, reason)
    row = ApprovalDecision(
        approval_id=approval.id,
        step=waiting.step.id,
        seat=found.key,
        verdict=verdict.value,
        reason=(reason or "").strip() or None,
        decided_by=name,
        acting_for=held[found].title if found.role is not None else None,
        on_day=on,
        evidence=evidence,
        recorded_by_id=by.person_id,
        recorded_by=by.name,
        digest=approval.digest,
        decided_at=now,
    )
    return settle(session, approval, opened, row, by=by, now=now)
