"""Record how a 30-day notice came out: the participation ended, or the notice was withdrawn."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Ending, Signatory, TerminationNotice
from operations.actor import Actor
from operations.conclude.refuse_before_renewal import refuse_before_renewal
from operations.records.open_alliance import Opened, open_alliance, refuse_impossible_day
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.facts import EndingKind
from policy.rights import Verb
from policy.rules.termination_notice import earliest_end
from policy.words import day as spelled


def settle_notice(
    session: Session, *, alliance_id: int, notice_id: int, withdrawn: bool, on: date, by: Actor, now: datetime
) -> Outcome:
    """Record the end of the participation, or the withdrawal of the notice, on a local day.

    The alliance itself ends when OSHA gave the notice or when the last outside signatory leaves;
    otherwise the others stay (reading A12).

    Raises:
        Refused: The day is impossible, or an end lies before the 30 days are over.
        AlreadyDone: The outcome is on record.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.GIVE_NOTICE, now=now)
    notice = session.get(TerminationNotice, notice_id)
    if notice is None or notice.alliance_id != alliance_id:
        raise Refused("This notice is no longer on record; open the form again.")
    if notice.withdrawn_on is not None or notice.ended_on is not None:
        word, day = (
            ("withdrawn", notice.withdrawn_on) if notice.withdrawn_on is not None else ("ended", notice.ended_on)
        )
        raise AlreadyDone(f"The notice is already on record as {word} on {spelled(day)}.")  # type: ignore[arg-type]
    refuse_impossible_day(opened, on, field="on", what="the outcome of a notice")
    earliest = earliest_end(notice.noticed_on, notice.named_end_on)
    if on < notice.noticed_on:
        raise Refused(f"The notice is dated {spelled(notice.noticed_on)}: nothing came of it before.", field="on")
    if not withdrawn and on < earliest:
        raise Refused(
            f"The participation ends on {spelled(earliest)} at the earliest: 30 days' written notice "
            "(CSP 04-01-002 IX.C).",
            field="on",
        )
    if not withdrawn:
        refuse_before_renewal(opened, on, field="on")
    if withdrawn:
        notice.withdrawn_on = on
    else:
        notice.ended_on = on
        _leave(session, opened, notice, on)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="termination-notice:withdrawn" if withdrawn else "termination-notice:ended",
        subject=opened.subject,
        data={"notice": notice_id, "on": on},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"outcome:{notice_id}")


def _leave(session: Session, opened: Opened, notice: TerminationNotice, on: date) -> None:
    staying = []
    if notice.signatory_id is not None:
        taking_part = session.scalars(
            select(Signatory).where(Signatory.alliance_id == opened.row.id, Signatory.left_on.is_(None))
        ).all()
        for signatory in taking_part:
            if signatory.id == notice.signatory_id:
                signatory.left_on = on
            else:
                staying.append(signatory.name)
    # Two notices may run side by side; the alliance ends with the first that ends it.
    if not staying and opened.of.facts.ending is None:
        who = "OSHA" if notice.signatory_id is None else "the last signatory"
        session.add(
            Ending(
                alliance_id=opened.row.id,
                kind=EndingKind.TERMINATED.value,
                ended_on=on,
                reason=f"30-day notice by {who} of {spelled(notice.noticed_on)}: {notice.reason}",
            )
        )
