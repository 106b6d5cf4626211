"""Put on record what a renewal needs, for tests whose subject comes after the gates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Agreement, Alliance, RenewalDecision
from models.offices import Office
from models.plans import CommentRequest
from operations.actor import Actor
from operations.establish.record_gates import Done, record_gates
from operations.gather_facts import gather
from operations.gather_gate_facts import commenting_offices, regional_offices
from policy.criteria import CRITERIA
from policy.gate_records import RecordKind as Kind
from tests.operations.conftest import NOW, TODAY


def what_a_renewal_needs(session: Session, alliance: Alliance, on: date) -> list[Done]:
    """Return all that is recorded on the sheet and in the checklist before a renewal is signed."""
    facts = gather(session, [alliance.id])[0].facts
    evidence = {"on": on, "text": "Letter of that day"}
    names = [s.name for s in facts.signatories]
    return [
        *(Done(kind, on=on) for kind in (Kind.AGREED_BY_OSHA, Kind.AGREED_BY_PARTICIPANTS, Kind.WORK_PLAN_AGREED)),
        Done(Kind.EVALUATED, on=on),
        Done(Kind.DISCUSSED, on=on),
        Done(Kind.GOALS, text="All goals were met."),
        Done(Kind.CONFORMITY_REVIEW, by="Cleo Conformity", **evidence),
        Done(Kind.SOLICITOR_APPROVAL, by="Sol Solicitor", **evidence),
        *(
            Done(Kind.REGIONAL_REVIEW, about=code, by="Rudi Reviewer", **evidence)
            for code in regional_offices(session, facts.offices)
        ),
        *(Done(Kind.PARTICIPANT, about=name, details={"kinds": ["labor union"]}) for name in names),
        *(Done(Kind.SIGNER, about=about, by="Sina Signer", text="the right one") for about in (*facts.offices, *names)),
        *(Done(Kind.CRITERION, about=criterion.id, text="Section 2 of the agreement") for criterion in CRITERIA),
        Done(Kind.LANGUAGE_REVIEW, on=on, by="Lara Language"),
    ]


def pass_gates(session: Session, alliance: Alliance, by: Actor, *, on: date = TODAY, now: datetime = NOW) -> None:
    """Record all that a renewal signed on a day needs, the decision to renew included."""
    record_gates(session, alliance_id=alliance.id, done=what_a_renewal_needs(session, alliance, on), by=by, now=now)
    agreement = session.scalars(
        select(Agreement.id).where(Agreement.alliance_id == alliance.id).order_by(Agreement.signed_on.desc())
    ).first()
    session.add(
        RenewalDecision(
            alliance_id=alliance.id,
            agreement_id=agreement,
            recommendation="renew",
            reasons="Goals met.",
            recommended_on=on,
            decided_on=on,
            decided_by="Dora Director",
        )
    )
    for code, _ in commenting_offices(session) if alliance.level == "national" else []:
        office = session.scalars(select(Office).where(Office.code == code)).one()
        session.add(CommentRequest(alliance_id=alliance.id, office_id=office.id, asked_on=on))
    session.flush()
