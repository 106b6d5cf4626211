"""What is on record of an alliance, record by record, and what a form is filled with that corrects one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Agreement, Ending, RenewalDecision, Signatory, TerminationNotice
from models.documents import Document
from models.drafts import Draft
from models.gates import GateRecord
from models.plans import CommentRequest, Milestone, PlannedActivity, WorkPlan
from models.settlements import Fulfilment, Waiver
from models.work import Activity, AnnualReport, Evaluation, Meeting
from operations.actor import office_day
from operations.gather_facts import gather
from operations.read.kept_records import kept_records
from operations.read.signatures import recorded_signatures
from policy.gate_records import RecordKind
from policy.subjects import DRAFT, PROPOSAL, REPORT
from policy.words import day as spelled

#: The kinds of records that a form can correct, with everything in it, and that form.
CORRECTS = {
    "meeting": "record_meeting",
    "activity": "record_activity",
    "evaluation": "record_evaluation",
    "report": "submit_report",
    "handover": "hand_over_report",
    "posting": "post_report",
    "decision": "decide_renewal",
    "notice": "give_notice",
    "signature": "correct_signature",
}
#: Those of them whose form replaces the record itself, and asks for the reason.
REPLACES = frozenset({"signature"})

#: Digits that the column of ids can hold.
LONGEST_NUMBER = 18
_TABLES: dict[str, Any] = {
    "meeting": Meeting,
    "activity": Activity,
    "evaluation": Evaluation,
    **dict.fromkeys(("handover", "report", "posting"), AnnualReport),
    "work-plan": WorkPlan,
    "milestone": Milestone,
    "fulfilment": Fulfilment,
    "agreement": Agreement,
    "decision": RenewalDecision,
    **dict.fromkeys(("notice", "outcome"), TerminationNotice),
    "signatory": Signatory,
    "ending": Ending,
    **dict.fromkeys(("answer", "comments"), CommentRequest),
    **dict.fromkeys(("planned-activity", "told"), PlannedActivity),
    "document": Document,
    "signature": GateRecord,
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record as a line; `record` is what withdraws it."""

    record: str
    what: str
    on: date
    #: Whether it can be taken back; a signature of a signed agreement is only corrected.
    withdrawn: bool = True
    #: Why it can neither be taken back nor corrected as things stand; None where it can.
    kept: str | None = None

    @property
    def corrected_by(self) -> str | None:
        """The form that corrects it; None where it is withdrawn and recorded anew, or stays."""
        return None if self.kept else CORRECTS.get(self.record.partition(":")[0])


def list_records(session: Session, alliance_id: int) -> list[Recorded]:
    """List what is on record of an alliance, the latest first; what was withdrawn is left out."""
    kept = kept_records(session, alliance_id)
    found = [
        *_since_signed(session, alliance_id),
        *_original(session, alliance_id),
        *_signatures(session, alliance_id),
        *_asked(session, alliance_id),
        *_documents(session, alliance_id),
    ]
    told = (replace(one, withdrawn=False, kept=why) if (why := kept.get(one.record)) else one for one in found)
    return sorted(told, key=lambda one: one.on, reverse=True)


def what_rests(session: Session, alliance_id: int, *, before: date | None) -> str | None:
    """Say what is on record that would stand against taking an original agreement back; None where nothing does.

    With a day: what would stand against moving its day there.
    """
    for one in sorted(_since_signed(session, alliance_id), key=lambda one: one.on):
        if before is None or one.on < before or one.record.partition(":")[0] in _OF_ITS_YEARS:
            return f"this rests on it: {one.what}, {spelled(one.on)}"
    told = select(Draft.made_at).where(Draft.alliance_id == alliance_id, Draft.subject.startswith(f"{REPORT}:"))
    if session.scalar(told.limit(1)) is not None:
        return "the annual report of one of its years was put before officials"
    waived = select(Waiver.waived_on).where(Waiver.alliance_id == alliance_id, Waiver.period.is_not(None))
    waived_on = session.scalar(waived.order_by(Waiver.waived_on).limit(1))
    return None if waived_on is None else f"a duty of one of its years was waived on {spelled(waived_on)}"


#: What names the year, the term or the whole that it is of: it would be of another one.
_OF_ITS_YEARS = frozenset({"evaluation", "handover", "report", "posting", "agreement", "decision", "ending"})


def _since_signed(session: Session, alliance_id: int) -> Iterator[Recorded]:
    yield from _of_the_year(session, alliance_id)
    yield from _reports_and_plans(session, alliance_id)
    yield from _of_the_agreement(session, alliance_id)
    yield from _planned(session, alliance_id)


def alliance_of_record(session: Session, record: str) -> int | None:
    """Return the alliance that a record is of; None where there is no such record."""
    kind, _, number = record.partition(":")
    if not number.isdecimal() or len(number) > LONGEST_NUMBER or kind not in _TABLES:
        return None
    row = session.get(_TABLES[kind], int(number))
    if isinstance(row, Milestone):
        row = session.get(WorkPlan, row.work_plan_id)
    return None if row is None else row.alliance_id


def values_of(session: Session, record: str) -> dict[str, Any]:
    """Return what a form is filled with that corrects a record; nothing for a kind that no form corrects."""
    kind, _, number = record.partition(":")
    if not number.isdecimal():
        return {}
    row = session.get(_TABLES[kind], int(number)) if kind in CORRECTS else None
    return {} if row is None else _filled(kind, row)


def _filled(kind: str, row: Any) -> dict[str, Any]:
    if kind == "meeting":
        filled = {"held": "held" if row.held else "planned", "on": row.on_day.isoformat()}
        filled |= _held(row, "format", "attendees", "notes")
        filled |= {} if row.begins_at is None else {"begins_at": f"{row.begins_at:%H:%M}"}
    elif kind == "activity":
        filled = {"on": row.on_day.isoformat(), "all_emphasis": list(row.emphasis)}
        filled |= _held(row, "kind", "title", "reached") | dict(row.details)
    elif kind == "notice":
        filled = {"signatory": "osha" if row.signatory_id is None else str(row.signatory_id)}
        filled |= _held(row, "noticed_on", "named_end_on", "reason")
    elif kind == "decision":
        filled = {"agreement": str(row.agreement_id)} | _held(row, *_DECISION_FIELDS)
    elif kind == "signature":
        filled = {"signature": str(row.id)}
    elif kind == "evaluation":
        filled = _held(row, "period_end", "evaluated_on", "discussed_on", "findings")
    else:
        filled = _held(row, "period_end", *_REPORT_FIELDS[kind])
        if filled[_REPORT_FIELDS[kind][0]] is None:
            return {}
    return filled


#: What the form asks for that corrects a decision at the end of a term, beside the term.
_DECISION_FIELDS = (
    "recommendation",
    "reasons",
    "recommended_on",
    "decided_on",
    "decided_by",
    "extended_until",
    "expectations",
)
#: What the form asks for that corrects a step of an annual report, beside the year.
_REPORT_FIELDS = {
    "report": ("submitted_on", "remarks"),
    "handover": ("handed_over_on",),
    "posting": ("posted_on", "address"),
}


def _held(row: Any, *names: str) -> dict[str, Any]:
    """Return what stands in these columns; a day as a form holds it."""
    held = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in held.items()}


def _of_the_year(session: Session, alliance_id: int) -> Iterator[Recorded]:
    def rows(model: Any) -> Any:
        return session.scalars(select(model).where(model.alliance_id == alliance_id))

    for meeting in rows(Meeting):
        if meeting.withdrawn_at is None:
            yield Recorded(
                f"meeting:{meeting.id}", "meeting held" if meeting.held else "meeting planned", meeting.on_day
            )
    for activity in rows(Activity):
        if activity.withdrawn_at is None:
            yield Recorded(f"activity:{activity.id}", f"activity “{activity.title}”", activity.on_day)
    for evaluation in rows(Evaluation):
        what = f"evaluation of the year to {spelled(evaluation.period_end)}"
        yield Recorded(f"evaluation:{evaluation.id}", what, evaluation.evaluated_on)
    for done in rows(Fulfilment):
        yield Recorded(f"fulfilment:{done.id}", f"duty done: {done.rule}", done.done_on)


def _reports_and_plans(session: Session, alliance_id: int) -> Iterator[Recorded]:
    def rows(model: Any) -> Any:
        return session.scalars(select(model).where(model.alliance_id == alliance_id))

    for report in rows(AnnualReport):
        what = f"report of the year to {spelled(report.period_end)}"
        steps = (
            ("handover", "handed over", report.handed_over_on),
            ("report", "submitted", report.submitted_on),
            ("posting", "posted", report.posted_on),
        )
        yield from (Recorded(f"{kind}:{report.id}", f"{what} {step}", on) for kind, step, on in steps if on is not None)
    for plan in rows(WorkPlan):
        yield Recorded(f"work-plan:{plan.id}", f"work plan of the year from {spelled(plan.first)}", plan.finalized_on)
        reached = select(Milestone).where(Milestone.work_plan_id == plan.id, Milestone.done_on.is_not(None))
        for milestone in session.scalars(reached):
            if milestone.done_on is not None:
                yield Recorded(f"milestone:{milestone.id}", f"milestone “{milestone.title}” reached", milestone.done_on)


def _of_the_agreement(session: Session, alliance_id: int) -> Iterator[Recorded]:
    def rows(model: Any) -> Any:
        return session.scalars(select(model).where(model.alliance_id == alliance_id))

    signed = list(rows(Agreement))
    for agreement in signed:
        if agreement.renewal and agreement.signed_on == max(one.signed_on for one in signed):
            yield Recorded(f"agreement:{agreement.id}", "renewal signed", agreement.signed_on)
    for decision in rows(RenewalDecision):
        on = decision.decided_on or decision.recommended_on
        how = "decided" if decision.decided_on else "recommended"
        yield Recorded(f"decision:{decision.id}", f"end of term, {how}: {decision.recommendation}", on)
    for notice in rows(TerminationNotice):
        settled = notice.withdrawn_on or notice.ended_on
        if settled is None:
            yield Recorded(f"notice:{notice.id}", "30-day notice", notice.noticed_on)
        else:
            how = "withdrawn" if notice.withdrawn_on else "ended"
            yield Recorded(f"outcome:{notice.id}", f"30-day notice {how}", settled)
    for signatory in rows(Signatory):
        if signatory.joined_on is not None:
            yield Recorded(f"signatory:{signatory.id}", f"{signatory.name} joined", signatory.joined_on)
    ending = session.get(Ending, alliance_id)
    if ending is not None:
        yield Recorded(f"ending:{alliance_id}", f"end ({ending.kind})", ending.ended_on)


def _original(session: Session, alliance_id: int) -> Iterator[Recorded]:
    """Yield the original agreement while nothing rests on it, and it was prepared here: then it can be taken back."""
    row = session.scalar(select(Agreement).where(Agreement.alliance_id == alliance_id, ~Agreement.renewal))
    if row is None or not signed_here(session, row) or what_rests(session, alliance_id, before=None) is not None:
        return
    yield Recorded(f"agreement:{row.id}", "original agreement signed", row.signed_on)


def signed_here(session: Session, agreement: Agreement) -> bool:
    """Whether an agreement was made here of signatures on record, and did not come with an import."""
    signed = select(GateRecord.id).where(
        GateRecord.alliance_id == agreement.alliance_id,
        GateRecord.subject == f"agreement:{agreement.id}",
        GateRecord.kind == RecordKind.SIGNED.value,
    )
    return session.scalar(signed.limit(1)) is not None


def _signatures(session: Session, alliance_id: int) -> Iterator[Recorded]:
    for one in recorded_signatures(session, alliance_id):
        prepared = one.subject == DRAFT
        yield Recorded(f"signature:{one.id}", f"signature of {one.name}: {one.by}", one.on, withdrawn=prepared)


def _asked(session: Session, alliance_id: int) -> Iterator[Recorded]:
    asked = set()
    requests = select(CommentRequest).where(CommentRequest.alliance_id == alliance_id).order_by(CommentRequest.id)
    for request in session.scalars(requests):
        proposal = request.subject == PROPOSAL
        if request.answered_on is not None:
            what = "input on the proposal" if proposal else "comment on the draft"
            yield Recorded(f"answer:{request.id}", what, request.answered_on)
        elif (request.subject, request.asked_on) not in asked:
            # What was sent out together is taken back together.
            asked.add((request.subject, request.asked_on))
            what = "proposal sent out for input" if proposal else "draft sent out for comment"
            yield Recorded(f"comments:{request.id}", what, request.asked_on)


def _planned(session: Session, alliance_id: int) -> Iterator[Recorded]:
    for planned in session.scalars(select(PlannedActivity).where(PlannedActivity.alliance_id == alliance_id)):
        what = f"“{planned.title}” in {planned.place}"
        if planned.notified_on is None:
            yield Recorded(f"planned-activity:{planned.id}", f"planned: {what}", planned.recorded_on)
        else:
            yield Recorded(f"told:{planned.id}", f"told of {what}", planned.notified_on)


def _documents(session: Session, alliance_id: int) -> Iterator[Recorded]:
    standing = select(Document).where(Document.alliance_id == alliance_id, Document.withdrawn_at.is_(None))
    rows = session.scalars(standing).all()
    timezone = gather(session, [alliance_id])[0].timezone if rows else ""
    for row in rows:
        yield Recorded(f"document:{row.id}", f"document {row.name}", office_day(row.added_at, timezone))
