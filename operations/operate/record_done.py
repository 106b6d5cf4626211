"""Record as done a duty that has no record of its own: a copy sent, a logo withdrawn, an extension settled."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.settlements import Fulfilment
from operations.actor import Actor
from operations.records.find_due import refuse_day_before, require_due
from operations.records.open_alliance import Opened, open_alliance, refuse_day_to_come
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.duties import Due, Owner
from policy.facts import Level
from policy.rights import Verb
from policy.rules.signed_copy import HANDOVER
from policy.words import day as spelled

#: The rules whose fulfilment is recorded here, each with what it takes.
VERBS = {
    "signed-copy": Verb.RECORD_COPY,
    "extension-terms": Verb.SETTLE,
    "logo-withdrawal": Verb.SETTLE,
    "ambassador-eligible": Verb.SETTLE,
}


def record_done(
    session: Session,
    *,
    alliance_id: int,
    rule: str,
    subject: str,
    done_on: date,
    note: str | None = None,
    handed_over: bool = False,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record that an open duty was done on a local day.

    `handed_over` records the step on the way of an area office's copy: its hand-over to the Regional Alliance
    Program Coordinator (CSP 04-01-002 VIII.D.3), who then owes the rest.

    Raises:
        Refused: The day is impossible, no such duty is open, or the note is missing where one is needed.
        AlreadyDone: It is on record.
    """
    if rule not in VERBS:
        raise Refused("This duty has a record of its own; open its form again with /alliance due.")
    opened = open_alliance(session, alliance_id, by=by, verb=VERBS[rule], now=now)
    due = require_due(opened, rule, subject=subject)
    refuse_day_to_come(opened, done_on, field="done_on", what="what was done")
    refuse_day_before(done_on, due.opens_on, field="done_on", what="the day from which it is owed")
    if rule == "extension-terms" and not note:
        raise Refused("Say what came of the expectations, and how.", field="note")
    if handed_over:
        _refuse_hand_over(session, opened, due)
    done = Fulfilment(
        alliance_id=alliance_id,
        rule=HANDOVER if handed_over else rule,
        subject=subject,
        period=None if due.period is None else str(due.period),
        done_on=done_on,
        note=note,
        recorded_by_id=by.person_id,
        recorded_at=now,
    )
    session.add(done)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=f"{done.rule}:done",
        subject=opened.subject,
        data={"of": subject, "done_on": done_on, "note": note},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"fulfilment:{done.id}")


def _refuse_hand_over(session: Session, opened: Opened, due: Due) -> None:
    if due.rule != "signed-copy" or opened.of.facts.level is not Level.AREA:
        raise Refused("Only an area office hands its copy over first; record when DCSP had it.", field="step")
    earlier = session.scalar(
        select(Fulfilment.done_on).where(Fulfilment.rule == HANDOVER, Fulfilment.subject == due.subject)
    )
    if earlier is not None or due.owner != Owner.AREA_DIRECTOR:
        on = "" if earlier is None else f" on {spelled(earlier)}"
        raise AlreadyDone(f"The hand-over{on} is already on record; what is left is that DCSP has it.", field="step")
