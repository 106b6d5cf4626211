"""Record what was done before a signing or a publication: each thing that a gate asks for, with its evidence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.drafts import Draft
from models.gates import GateRecord
from models.plans import WorkPlan
from models.products import Product
from models.work import Activity
from operations.actor import Actor
from operations.approve.drafts import latest_draft
from operations.conclude.refuse_ended import refuse_ended
from operations.establish.refuse_before_officials import refuse_before_officials
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.gather_gate_facts import Standing, joining, read_records, regional_offices
from operations.named_person import is_named, is_one_of, names_of
from operations.records.gate_records import DIGEST, VERSION, Done, write_gate_records
from operations.records.open_alliance import Opened, open_alliance, refuse_day_to_come
from operations.refusals import Refused
from operations.remind.check_rules import Outcome, recheck
from policy.criteria import CRITERIA, Need
from policy.gate_records import APPROVALS, DATED, REQUESTS, RecordKind
from policy.procedure import ProcedureStep
from policy.rights import Verb
from policy.subjects import DRAFT, PROPOSAL
from policy.words import day as spelled


def record_gates(
    session: Session, *, alliance_id: int, done: Sequence[Done], subject: str = DRAFT, by: Actor, now: datetime
) -> Outcome:
    """Record what was done for an agreement in preparation, or for another subject of `GateRecord.subject`.

    What is recorded together is undone together; what stands on record just so is left alone. Nobody approves a draft
    that they put forward. A review or an approval is bound to the latest version of the draft, where there is one.

    Raises:
        GatesOpen: What is recorded for a first agreement comes before its turn.
        Refused: There is nothing to record, or a day, a name or a subject is impossible, or officials decide it here.
        NotAllowed: No position of the person allows it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PREPARE, now=now)
    refuse_ended(opened)
    _refuse_unknown_subject(session, opened, subject)
    standing, draft = read_records(session, alliance_id, subject), latest_draft(session, alliance_id, subject)
    done = [one for one in (_bound(each, draft) for each in done) if not _stands(standing, one)]
    if not done:
        raise Refused("Nothing new is filled in: enter at least one thing that was done.")
    _refuse_out_of_turn(session, opened, subject, {one.kind for one in done})
    refuse_before_officials(session, opened, subject, done)
    joins = joining(standing)
    for one in done:
        _refuse_impossible(session, opened, subject, one, joins)
        _refuse_own_name(session, by, one)
    put_forward = _put_forward(session, alliance_id, subject)
    if any(one.kind in REQUESTS for one in done):
        put_forward |= {by.name, *names_of(session, {by.person_id})}
    _refuse_own_request(standing, put_forward, done)
    rows = write_gate_records(session, alliance_id, subject, done, by=by, now=now)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="gate:recorded",
        subject=opened.subject,
        data={"for": subject, "records": [_told(row) for row in rows]},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"gate:{rows[0].id}")


def _refuse_out_of_turn(session: Session, opened: Opened, subject: str, kinds: Collection[RecordKind]) -> None:
    """Refuse what is done for the draft of a first agreement before its proposal is approved, and so on."""
    if subject != DRAFT or opened.of.facts.agreements or set(kinds) <= {RecordKind.PARTICIPANT}:
        return
    refuse_open_gates(session, opened.of, step=ProcedureStep.DRAFT, on=opened.today)
    if RecordKind.SOLICITOR_APPROVAL in kinds and RecordKind.CONFORMITY_REVIEW not in kinds:
        refuse_open_gates(session, opened.of, step=ProcedureStep.SOLICITOR_REVIEW, on=opened.today)


def _bound(one: Done, draft: Draft | None) -> Done:
    """Bind a review or an approval to the version that it was given to."""
    if draft is None or one.kind not in APPROVALS or DIGEST in one.details:
        return one
    return replace(one, details={**one.details, DIGEST: draft.digest, VERSION: draft.version})


def _stands(standing: Standing, one: Done) -> bool:
    """Whether the same is on record already."""
    row = standing.get((one.kind, one.about))
    if row is None:
        return False
    kept = (row.on_day, row.by, row.acting_for, row.text, row.details)
    return kept == (one.on, one.by, one.acting_for, one.text, dict(one.details))


def _told(row: GateRecord) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in ("kind", "about", "by", "acting_for", "text", "details")}
    return {"gate": row.id, "on": row.on_day} | {name: value for name, value in told.items() if value}


def _refuse_unknown_subject(session: Session, opened: Opened, subject: str) -> None:
    kind, _, number = subject.partition(":")
    if kind == "agreement":
        known = number in {str(agreement.id) for agreement in opened.of.facts.agreements}
    elif kind == "work-plan":
        plan = session.get(WorkPlan, int(number))
        known = plan is not None and plan.alliance_id == opened.row.id
    elif kind == "activity":
        activity = session.get(Activity, int(number))
        known = activity is not None and activity.alliance_id == opened.row.id and activity.withdrawn_at is None
    elif kind == "product":
        product = session.get(Product, int(number))
        known = product is not None and product.alliance_id == opened.row.id and product.withdrawn_at is None
    else:
        known = subject == DRAFT or (subject == PROPOSAL and not opened.of.facts.agreements)
    if not known:
        raise Refused("What this was recorded for is no longer there; open the form again.")


def _refuse_impossible(session: Session, opened: Opened, subject: str, one: Done, joins: Sequence[str]) -> None:
    """Refuse what cannot have been done so; `about` must name something that there is."""
    facts = opened.of.facts
    if one.kind in DATED:
        if one.on is None:
            raise Refused("Enter the day on which it was done.", field=one.field)
        refuse_day_to_come(opened, one.on, field=one.field or "", what="what was done")
        before = facts.agreements[-1].signed_on if facts.agreements and subject == DRAFT else None
        if before is not None and one.on < before:
            raise Refused(
                f"{spelled(one.on)} lies before the latest agreement was signed ({spelled(before)}): a renewal passes "
                "its gates anew.",
                field=one.field,
            )
    if one.kind in APPROVALS and not (one.by and one.text):
        raise Refused("Name who gave it, and where that is written: a letter, a message, a file.", field=one.field)
    if one.kind is RecordKind.SIGNER and not one.by:
        raise Refused("Name who signs.", field=one.field)
    if one.kind is RecordKind.JOINING and one.about.casefold() in {name.casefold() for name in opened.of.signatories}:
        raise Refused(f"{one.about} takes part already.", field=one.field)
    taking_part = {signatory.name for signatory in facts.signatories}
    named = {*taking_part, *joins}
    known = {
        RecordKind.LEAVING: taking_part,
        RecordKind.REGIONAL_REVIEW: set(regional_offices(session, facts.offices)),
        RecordKind.SPECIAL_APPROVAL: named,
        RecordKind.PARTICIPANT: named,
        RecordKind.SIGNER: named | set(facts.offices),
        RecordKind.CRITERION: {criterion.id for criterion in CRITERIA},
    }.get(one.kind)
    if known is not None and one.about not in known:
        raise Refused(f"{opened.row.name} has no “{one.about}”; open the form again.", field=one.field)
    if one.kind is RecordKind.CRITERION and not one.details.get("applies", True):
        _refuse_empty_reason(one)


def _refuse_empty_reason(one: Done) -> None:
    criterion = next(c for c in CRITERIA if c.id == one.about)
    if criterion.need is Need.MANDATORY:
        raise Refused(f"{one.about} binds every alliance of this kind; “does not apply” is no answer.", field=one.field)
    if not one.text:
        raise Refused("Say why it does not apply.", field=one.field)


def _refuse_own_name(session: Session, by: Actor, one: Done) -> None:
    """Refuse somebody who names themselves for a review or approval that is not theirs to give."""
    roles = APPROVALS.get(one.kind)
    if roles is None or not is_named(session, by, one.by):
        return
    at = {p.office_code for p in by.positions if p.role in roles}
    if not at or (one.kind is RecordKind.REGIONAL_REVIEW and one.about not in at):
        allowed = ", ".join(sorted(role.value for role in roles))
        raise Refused(f"You cannot give this yourself; it takes: {allowed}. Name who gave it.", field=one.field)


def _put_forward(session: Session, alliance_id: int, subject: str) -> set[str]:
    """Return who put a draft forward, by all their names: who corrected it later, too."""
    rows = session.execute(
        select(GateRecord.recorded_by, GateRecord.recorded_by_id).where(
            GateRecord.alliance_id == alliance_id,
            GateRecord.subject == subject,
            GateRecord.kind.in_([kind.value for kind in REQUESTS]),
            GateRecord.withdrawn_at.is_(None),
        )
    ).all()
    return {name for name, _ in rows} | names_of(session, {id for _, id in rows})


def _refuse_own_request(standing: Standing, put_forward: set[str], done: Sequence[Done]) -> None:
    """Refuse an approval by who put the draft forward, whichever of the two is recorded first."""
    approvers: dict[str | None, str | None] = {row.by: None for (kind, _), row in standing.items() if kind in APPROVALS}
    approvers |= {one.by: one.field for one in done if one.kind in APPROVALS}
    for name, field_name in approvers.items():
        if name and is_one_of(name, put_forward):
            raise Refused(
                f"{name} put this draft forward; nobody approves a step that they requested.", field=field_name
            )
