"""Record an office's comment on a draft national agreement (CSP 04-01-002 VIII.B.2, VIII.C.4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.gates import GateRecord
from models.offices import Office
from models.plans import CommentRequest
from operations.actor import Actor, require
from operations.records.find_due import refuse_day_before
from operations.records.gate_records import Done, write_gate_records
from operations.records.open_alliance import open_alliance, refuse_day_to_come
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.gate_records import RecordKind
from policy.rights import Verb
from policy.subjects import PROPOSAL
from policy.words import day as spelled


def answer_comment(
    session: Session, *, alliance_id: int, request_id: int, answered_on: date, answer: str, by: Actor, now: datetime
) -> Outcome:
    """Record a comment for the office asked, or for it by the national coordinator, on a local day.

    Raises:
        Refused: The day is impossible, or there is no such request.
        NotAllowed: The person works neither for the office asked nor for the alliance's.
        AlreadyDone: The comment is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=None, now=now)
    request = session.get(CommentRequest, request_id, populate_existing=True)
    if request is None or request.alliance_id != alliance_id:
        raise Refused("This request is no longer on record; open the form again.")
    office = session.get_one(Office, request.office_id)
    require(session, by, Verb.COMMENT, office_codes=(office.code, *opened.of.facts.offices))
    if request.answered_on is not None:
        raise AlreadyDone(
            f"The comment of {office.name} of {spelled(request.answered_on)} is already on record.",
            field="answered_on",
        )
    refuse_day_to_come(opened, answered_on, field="answered_on", what="a comment")
    refuse_day_before(answered_on, request.asked_on, field="answered_on", what="the request")
    request.answered_on, request.answer = answered_on, answer
    session.flush()
    if request.subject == PROPOSAL:
        _count_as_input(session, request, office, by=by, now=now)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="comment:recorded",
        subject=opened.subject,
        data={"request": request.id, "office": office.code, "answered_on": answered_on, "answer": answer},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"answer:{request.id}")


def _count_as_input(session: Session, request: CommentRequest, office: Office, *, by: Actor, now: datetime) -> None:
    """Put the answer on record for the gate of the evaluation (IX.A.2)."""
    kind = RecordKind.REGIONAL_INPUT if office.kind == "region" else RecordKind.DIRECTORATE_INPUT
    done = Done(kind, office.code, on=request.answered_on, by=office.name, text=request.answer)
    write_gate_records(session, request.alliance_id, PROPOSAL, [done], by=by, now=now)


def uncount_input(session: Session, request: Mapping[str, Any], *, now: datetime) -> None:
    """Take an answer to a proposal off the record of the gates, with what its request said before it was taken back."""
    if request["subject"] != PROPOSAL:
        return
    rows = session.scalars(
        select(GateRecord).where(
            GateRecord.alliance_id == request["alliance_id"],
            GateRecord.subject == PROPOSAL,
            GateRecord.kind.in_([RecordKind.REGIONAL_INPUT.value, RecordKind.DIRECTORATE_INPUT.value]),
            GateRecord.about == session.get_one(Office, request["office_id"]).code,
            GateRecord.on_day == request["answered_on"],
            GateRecord.text == request["answer"],
            GateRecord.withdrawn_at.is_(None),
        )
    ).all()
    for row in rows:
        row.withdrawn_at = now
