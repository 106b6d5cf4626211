"""Record a signed renewal agreement (CSP 04-01-002 VII.B, FAQ F-10)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from operations.actor import Actor
from operations.conclude.refuse_ended import refuse_ended
from operations.establish.make_agreement import make_agreement
from operations.read.signatures import read_signatures
from operations.records.open_alliance import Opened, open_alliance, refuse_impossible_day
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.rights import Verb
from policy.words import day as spelled


def sign_renewal(
    session: Session, *, alliance_id: int, signed_on: date, term_years: int, by: Actor, now: datetime
) -> Outcome:
    """Record a renewal signed on the day of the last OSHA signature, for a term of whole years.

    The new term begins on that day, also when the one before ran out earlier (reading A14). What was recorded for
    the draft belongs to the agreement from then on.

    Raises:
        GatesOpen: A mandatory gate is open on that day.
        Refused: The day or the term is impossible, or no agreement was signed before.
        AlreadyDone: A renewal of that day is on record, or the alliance has ended.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.SIGN, now=now)
    refuse_ended(opened, field="signed_on")
    agreements = opened.of.facts.agreements
    if not agreements:
        raise Refused(f"{opened.row.name} has no signed agreement yet: there is nothing to renew.")
    refuse_impossible_day(opened, signed_on, field="signed_on", what="a renewal")
    if any(agreement.signed_on == signed_on for agreement in agreements):
        raise AlreadyDone(f"An agreement signed on {spelled(signed_on)} is already on record.", field="signed_on")
    latest = max(agreement.signed_on for agreement in agreements)
    if signed_on < latest:
        raise Refused(
            f"{spelled(signed_on)} lies before the latest agreement ({spelled(latest)}): only a later renewal can be "
            "recorded here.",
            field="signed_on",
        )
    _refuse_signed_later(session, opened, signed_on)
    agreement = make_agreement(session, opened, signed_on=signed_on, term_years=term_years, by=by, now=now)
    return recheck(session, alliance_id, by=by, now=now, record=f"agreement:{agreement.id}")


def _refuse_signed_later(session: Session, opened: Opened, signed_on: date) -> None:
    """Refuse a day before a signature that is on record for it: it is the day of the last OSHA signature."""
    for one in read_signatures(session, opened.of, on=opened.today):
        if one.signed_on is not None and one.signed_on > signed_on:
            raise Refused(
                f"{one.name} is on record as having signed on {spelled(one.signed_on)}: a renewal is signed on the day "
                "of the last OSHA signature, and nobody signs after it. A wrong signature is corrected in "
                "/alliance correct.",
                field="signed_on",
            )
