"""Take back a step that was recorded by mistake: a posting, an outcome, a signing; the audit keeps what stood there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Agreement, Ending, Signatory, TerminationNotice
from models.gates import GateRecord
from models.offices import Office
from models.plans import CommentRequest, CoordinatorCall, Milestone, PlannedActivity, WorkPlan
from models.settlements import Fulfilment
from models.work import AnnualReport
from operations.actor import Actor, require
from operations.approve.close_draft import reopen_draft
from operations.establish.answer_comment import uncount_input
from operations.gather_facts import asked_position
from operations.operate.record_done import VERBS
from operations.operate.undo_work_plan import take_away
from operations.read.history import signed_here, what_rests
from operations.read.kept_records import BY_NOTICE, kept_records
from operations.records.open_alliance import Opened, open_alliance
from operations.records.open_program import open_program
from operations.records.undo_parties import undo_parties
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, ProgramOutcome, recheck, recheck_program
from operations.remind.lock_messages import lock_messages
from policy.facts import EndingKind
from policy.rights import Verb
from policy.rules.signed_copy import HANDOVER
from policy.subjects import PROPOSAL

#: What the answer to a request for comments is called.
ANSWER = "answer"

TakeBack = Callable[[Session, Any, Opened], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Step:
    """How a step is called and taken back: by who may record it."""

    model: type[Any]
    #: None where it depends on the row, see `_verb`.
    verb: Verb | None
    #: What a sentence calls it.
    noun: str
    #: What the audit calls the withdrawal, and by what name it tells the id.
    action: str
    take_back: TakeBack
    #: The field that tells whether the step was taken; None where that is the row itself.
    field: str | None = None


def withdraw_step(session: Session, *, name: str, number: int, reason: str | None, by: Actor, now: datetime) -> Outcome:
    """Take a step back, by the name of its kind and its number; its duties are checked again.

    Raises:
        Refused: It is no longer there, or something rests on it.
        AlreadyDone: It was taken back before.
        NotAllowed: No position of the person allows to record it.
    """
    step = STEPS[name]
    row = _find(session, step, name, number)
    opened = open_alliance(session, _alliance_of(session, row), by=by, verb=step.verb, now=now)
    # A correction records it anew in the same transaction: the messages of both are locked in one round.
    lock_messages(session, [opened.row.id])
    row = _find(session, step, name, number)
    _require(session, step, row, opened, by)
    if step.field is not None and getattr(row, step.field) is None:
        raise AlreadyDone(f"This {step.noun} was undone before; nothing changed.")
    why = kept_records(session, opened.row.id).get(f"{name}:{number}")
    if why is not None:
        raise Refused(why)
    content = {column.key: getattr(row, column.key) for column in type(row).__mapper__.columns}
    more = step.take_back(session, row, opened)
    if name == ANSWER:
        uncount_input(session, content, now=now)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=step.action,
        subject=opened.subject,
        data={name: number, "record": content, **more, **({"reason": reason} if reason else {})},
    )
    return recheck(session, opened.row.id, by=by, now=now, record=f"{name}:{number}")


def withdraw_call(session: Session, *, number: int, reason: str | None, by: Actor, now: datetime) -> ProgramOutcome:
    """Take back a call with the coordinators; the program's duties are checked again.

    Raises:
        AlreadyDone: It was taken back before.
        NotAllowed: No position of the person allows to record it.
    """
    opened = open_program(session, by=by, verb=Verb.HOLD_CALL, now=now)
    row = session.get(CoordinatorCall, number, populate_existing=True)
    if row is None:
        raise AlreadyDone("This call was undone before; nothing changed.")
    session.delete(row)
    data = {"call": number, "on": row.on_day, "topics": row.topics} | ({"reason": reason} if reason else {})
    action, subject = "coordinator-call:withdrawn", opened.subject
    audit.record(session, at=now, actor=by.name, action=action, subject=subject, data=data)
    return recheck_program(session, by=by, now=now, record=f"call:{number}")


def _find(session: Session, step: Step, name: str, number: int) -> Any:
    row = session.get(step.model, number, populate_existing=True)
    if row is None:
        told = audit.AuditEntry.data.contains({name: number})
        undone = select(audit.AuditEntry.seq).where(audit.AuditEntry.action == step.action, told).limit(1)
        if session.scalar(undone) is not None:
            raise AlreadyDone(f"This {step.noun} was undone before; nothing changed.")
        raise Refused("This record is no longer there.")
    return row


def _alliance_of(session: Session, row: Any) -> int:
    if isinstance(row, Milestone):
        return session.get_one(WorkPlan, row.work_plan_id).alliance_id
    alliance_id: int = row.alliance_id
    return alliance_id


def _require(session: Session, step: Step, row: Any, opened: Opened, by: Actor) -> None:
    if step.verb is not None:
        return
    if isinstance(row, Ending):
        withdrawn = row.kind == EndingKind.WITHDRAWN
        require(
            session,
            by,
            Verb.PROPOSE if withdrawn else Verb.END_ALLIANCE,
            office_codes=opened.of.facts.offices,
        )
    elif isinstance(row, Fulfilment):
        rule = "signed-copy" if row.rule == HANDOVER else row.rule
        require(session, by, VERBS[rule], office_codes=opened.of.facts.offices)
    else:
        office = session.get_one(Office, row.office_id).code
        require(session, by, Verb.COMMENT, office_codes=(office, *opened.of.facts.offices))


def _delete(session: Session, row: Any, _opened: Opened) -> dict[str, Any]:
    session.delete(row)
    return {}


def _plan(session: Session, row: WorkPlan, _opened: Opened) -> dict[str, Any]:
    return take_away(session, row)


def _clear(*names: str) -> TakeBack:
    def clear(_session: Session, row: Any, _opened: Opened) -> dict[str, Any]:
        for name in names:
            setattr(row, name, None)
        return {}

    return clear


def _handover(session: Session, row: AnnualReport, _opened: Opened) -> dict[str, Any]:
    if row.submitted_on is None:
        session.delete(row)
    else:
        row.handed_over_on = None
    return {}


def _comments(session: Session, row: CommentRequest, _opened: Opened) -> dict[str, Any]:
    """Take back all that was asked on that day on the same paper and nobody answered."""
    asked = session.execute(
        select(CommentRequest, Office)
        .join(Office, Office.id == CommentRequest.office_id)
        .where(
            CommentRequest.alliance_id == row.alliance_id,
            CommentRequest.subject == row.subject,
            CommentRequest.asked_on == row.asked_on,
            CommentRequest.answered_on.is_(None),
        )
        .order_by(CommentRequest.id)
    ).all()
    if not asked:
        raise Refused("Each of these offices has answered; the answers are undone first.")
    for request, _ in asked:
        session.delete(request)
    told = [
        {
            "id": request.id,
            "office": office.code,
            "name": office.name,
            "owner": asked_position(office.kind, office.name),
            "due_on": request.due_on,
        }
        for request, office in asked
    ]
    return {"offices": [one["office"] for one in told], "asked_on": row.asked_on, "requests": told}


def _outcome(session: Session, row: TerminationNotice, opened: Opened) -> dict[str, Any]:
    """Let a notice run again: who left takes part again, and an alliance that it ended has not ended."""
    if row.withdrawn_on is None and row.ended_on is None:
        raise AlreadyDone("This outcome of a notice was undone before; nothing changed.")
    ended: date | None = row.ended_on
    row.withdrawn_on = row.ended_on = None
    if ended is None:
        return {}
    if row.signatory_id is not None:
        session.get_one(Signatory, row.signatory_id).left_on = None
    ending = session.get(Ending, opened.row.id)
    if ending is None or ending.ended_on != ended or not ending.reason.startswith(BY_NOTICE):
        return {}
    session.delete(ending)
    return {"ending": ending.reason}


def _signing(session: Session, row: Agreement, opened: Opened) -> dict[str, Any]:
    """Take a signed agreement back; what was recorded for it waits for the signing again."""
    if not row.renewal:
        return _original(session, row, opened)
    return _unsigned(session, row)


def _original(session: Session, row: Agreement, opened: Opened) -> dict[str, Any]:
    """Take an original agreement back on which nothing rests yet: the alliance is a proposal again."""
    if not signed_here(session, row):
        raise Refused(
            f"{opened.row.name} was entered with its original agreement, which cannot be taken back; an import "
            "corrects its day."
        )
    rests = what_rests(session, row.alliance_id, before=None)
    if rests is not None:
        raise Refused(
            f"The original agreement cannot be taken back while {rests}. A wrong day is corrected with its OSHA "
            "signature (/alliance correct)."
        )
    session.execute(
        update(GateRecord)
        .where(GateRecord.alliance_id == row.alliance_id, GateRecord.subject == PROPOSAL)
        .values(counted_at=None)
    )
    return _unsigned(session, row)


def _unsigned(session: Session, row: Agreement) -> dict[str, Any]:
    parties = undo_parties(session, row)
    reopen_draft(session, row.alliance_id, row.id)
    session.delete(row)
    return parties


STEPS: dict[str, Step] = {
    "work-plan": Step(WorkPlan, Verb.PLAN, "work plan", "work-plan:withdrawn", _plan),
    "milestone": Step(Milestone, Verb.PLAN, "milestone", "milestone:reopened", _clear("done_on"), "done_on"),
    "handover": Step(
        AnnualReport, Verb.HAND_OVER, "hand-over", "annual-report:hand-over-withdrawn", _handover, "handed_over_on"
    ),
    "posting": Step(
        AnnualReport,
        Verb.POST_REPORT,
        "posting",
        "annual-report:posting-withdrawn",
        _clear("posted_on", "address"),
        "posted_on",
    ),
    "fulfilment": Step(Fulfilment, None, "record that a duty was done", "fulfilment:withdrawn", _delete),
    "comments": Step(CommentRequest, Verb.ASK_COMMENTS, "request for comments", "comments:withdrawn", _comments),
    ANSWER: Step(CommentRequest, None, "comment", "comment:withdrawn", _clear("answered_on", "answer"), "answered_on"),
    "planned-activity": Step(PlannedActivity, Verb.ANNOUNCE, "planned activity", "planned-activity:withdrawn", _delete),
    "told": Step(
        PlannedActivity,
        Verb.ANNOUNCE,
        "notice of an activity",
        "planned-activity:notice-withdrawn",
        _clear("notified_on"),
        "notified_on",
    ),
    "outcome": Step(
        TerminationNotice, Verb.GIVE_NOTICE, "outcome of a notice", "termination-notice:outcome-withdrawn", _outcome
    ),
    "ending": Step(Ending, None, "end", "alliance:end-withdrawn", _delete),
    "agreement": Step(Agreement, Verb.SIGN, "signed agreement", "renewal:withdrawn-signing", _signing),
}
