"""Record a signatory's or OSHA's written notice to leave (CSP 04-01-002 IX.C, last sentence)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Signatory, TerminationNotice
from operations.actor import Actor
from operations.records.open_alliance import open_alliance, refuse_impossible_day
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.rules.termination_notice import earliest_end
from policy.words import day as spelled


def give_notice(
    session: Session,
    *,
    alliance_id: int,
    signatory_id: int | None,
    noticed_on: date,
    named_end_on: date | None,
    reason: str,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Record a written notice; `signatory_id` None means that OSHA gave it.

    Raises:
        Refused: A day is impossible, or the notice names an end before its 30 calendar days are over.
        AlreadyDone: A notice of the same party is running.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.GIVE_NOTICE, now=now)
    if opened.of.facts.ending is not None:
        raise Refused(f"{opened.row.name} ended on {spelled(opened.of.facts.ending.ended_on)}: no notice is needed.")
    refuse_impossible_day(opened, noticed_on, field="noticed_on", what="a written notice")
    earliest = earliest_end(noticed_on)
    if named_end_on is not None and named_end_on < earliest:
        raise Refused(
            f"A notice of {spelled(noticed_on)} ends the participation on {spelled(earliest)} at the earliest: "
            f"30 days' written notice (CSP 04-01-002 IX.C). Leave the day empty to take that one.",
            field="named_end_on",
        )
    giver = "OSHA"
    if signatory_id is not None:
        signatory = session.get(Signatory, signatory_id)
        if signatory is None or signatory.alliance_id != alliance_id or signatory.left_on is not None:
            raise Refused("This signatory no longer takes part; choose another.", field="signatory")
        giver = signatory.name
        if signatory.joined_on is not None and noticed_on < signatory.joined_on:
            raise Refused(
                f"{giver} joined on {spelled(signatory.joined_on)}: it gave no notice before; check the day.",
                field="noticed_on",
            )
    running = session.scalar(
        select(TerminationNotice).where(
            TerminationNotice.alliance_id == alliance_id,
            TerminationNotice.signatory_id.is_not_distinct_from(signatory_id),
            TerminationNotice.withdrawn_on.is_(None),
            TerminationNotice.ended_on.is_(None),
        )
    )
    if running is not None:
        raise AlreadyDone(
            f"A notice by {giver} of {spelled(running.noticed_on)} is already running; record its end or its "
            "withdrawal first.",
            field="signatory",
        )
    notice = TerminationNotice(
        alliance_id=alliance_id,
        signatory_id=signatory_id,
        noticed_on=noticed_on,
        named_end_on=named_end_on,
        reason=reason,
    )
    session.add(notice)
    session.flush()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="termination-notice:given",
        subject=opened.subject,
        data={
            "notice": notice.id,
            "given_by": giver,
            "noticed_on": noticed_on,
            "named_end_on": named_end_on,
            "reason": reason,
        },
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"notice:{notice.id}")
