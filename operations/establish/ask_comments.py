"""Record that a national proposal or draft agreement was sent out for input (CSP 04-01-002 IX.A.2, VIII.A.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.offices import Office
from models.plans import CommentRequest
from operations.actor import Actor
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.establish.revise_proposal import refuse_signed
from operations.hands.refuse_closed import refuse_closed
from operations.records.open_alliance import open_alliance, refuse_day_to_come
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.facts import Level
from policy.procedure import ProcedureStep
from policy.rights import Verb
from policy.subjects import DRAFT, PROPOSAL
from policy.words import listing

#: Whose Regional Administrators and directorate heads comment.
ASKED_KINDS = ("region", "directorate")


def ask_comments(
    session: Session,
    *,
    alliance_id: int,
    office_codes: Sequence[str],
    asked_on: date,
    subject: str = DRAFT,
    due_on: date | None = None,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record which regions and directorates were asked on a local day; one that is being asked is left out.

    `subject` says on what: the draft of the agreement, or the proposal. Without `due_on` the target of the parameters
    holds.

    Raises:
        GatesOpen: What comes before has not been done.
        Refused: The alliance is not a national one, the day is to come, or an office is no region or directorate, or is
            closed.
        AlreadyDone: Each of these offices is being asked already.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.ASK_COMMENTS, now=now)
    if opened.of.facts.level is not Level.NATIONAL:
        raise Refused("Comments are asked on proposals and draft agreements of national alliances.")
    if opened.of.facts.ending is not None:
        raise Refused(f"{opened.row.name} has ended: there is no draft to comment on.")
    refuse_day_to_come(opened, asked_on, field="asked_on", what="a request")
    if due_on is not None and due_on < asked_on:
        raise Refused("The answers are wanted on a day after the request.", field="due_on")
    if subject == PROPOSAL:
        refuse_signed(opened)
        refuse_open_gates(session, opened.of, step=ProcedureStep.EVALUATE, on=opened.today)
    elif not opened.of.facts.agreements:
        refuse_open_gates(session, opened.of, step=ProcedureStep.DRAFT, on=opened.today)
    offices = session.scalars(select(Office).where(Office.code.in_(office_codes)).order_by(Office.name)).all()
    wrong = [office.name for office in offices if office.kind not in ASKED_KINDS]
    if wrong or not offices:
        raise Refused(
            f"Choose regions and directorates{f': {listing(wrong)} is neither' if wrong else ''}.", field="offices"
        )
    for office in offices:
        refuse_closed(session, office, field="offices")
    # What was still missing when an agreement was signed is no longer waited for.
    since = max((agreement.signed_on for agreement in opened.of.facts.agreements), default=date.min)
    waiting = CommentRequest.answered_on.is_(None) & (CommentRequest.asked_on > since)
    asked = set(
        session.scalars(
            select(CommentRequest.office_id).where(
                CommentRequest.alliance_id == alliance_id,
                CommentRequest.subject == subject,
                waiting | (CommentRequest.asked_on == asked_on),
            )
        )
    )
    asking = [office for office in offices if office.id not in asked]
    if not asking:
        raise AlreadyDone("Each of these offices is being asked already, or was on that day.", field="offices")
    requests = [
        CommentRequest(alliance_id=alliance_id, office_id=office.id, subject=subject, asked_on=asked_on, due_on=due_on)
        for office in asking
    ]
    session.add_all(requests)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="comments:asked",
        subject=opened.subject,
        data={"offices": [office.code for office in asking], "asked_on": asked_on}
        | ({} if subject == DRAFT else {"on_the": subject})
        | ({} if due_on is None else {"due_on": due_on}),
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"comments:{requests[0].id}")
