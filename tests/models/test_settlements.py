"""What the tables of plans and settlements refuse, whoever writes to them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from models.alliances import Agreement, RenewalDecision
from models.offices import Office
from models.plans import CommentRequest, PlannedActivity, WorkPlan
from models.settlements import Fulfilment, Waiver
from tests.operations.conftest import NOW, Portfolio

ON = date(2026, 11, 20)


@pytest.fixture
def alliance(session):
    """An alliance of one area office."""
    made = Portfolio(session)
    return made.alliance("La Plaza", made.office("0317300"))


def decision(session, alliance, **told):
    """Make a decision on the alliance's only term."""
    agreement = session.query(Agreement).filter_by(alliance_id=alliance.id).one()
    return RenewalDecision(
        alliance_id=alliance.id,
        agreement_id=agreement.id,
        **{"recommendation": "conditional extension", "reasons": "Late.", "recommended_on": ON} | told,
    )


def office_of(session):
    """Find the only office."""
    return session.query(Office.id).scalar()


def waiver(**told):
    """Make a waiver of the logo's withdrawal."""
    due = {"rule": "logo-withdrawal", "subject": "alliance:1", "due_on": ON, "waived_on": ON, "reason": "No logo."}
    return Waiver(**due | {"by": "Rita", "recorded_at": NOW} | told)


@pytest.mark.parametrize(
    ("constraint", "rows"),
    [
        (
            "ck_renewal_decisions_extension",
            lambda s, a: [decision(s, a, decided_on=ON, extended_until=date(2027, 1, 31))],
        ),
        ("ck_renewal_decisions_extension", lambda s, a: [decision(s, a, decided_on=ON, expectations="Two meetings.")]),
        (
            "ck_renewal_decisions_extended_until",
            lambda s, a: [
                decision(s, a, recommendation="renew", decided_on=ON, extended_until=ON, expectations="Two meetings.")
            ],
        ),
        ("uq_renewal_decisions_begun", lambda s, a: [decision(s, a), decision(s, a)]),
        (
            "uq_renewal_decisions_final",
            lambda s, a: [decision(s, a, recommendation="renew", decided_on=ON) for _ in range(2)],
        ),
        ("uq_waivers", lambda s, a: [waiver(alliance_id=a.id), waiver(alliance_id=a.id)]),
        ("ck_waivers_reason", lambda s, a: [waiver(reason=" ")]),
        (
            "uq_fulfilments",
            lambda s, a: [
                Fulfilment(alliance_id=a.id, rule="signed-copy", subject="agreement:1", done_on=ON, recorded_at=NOW)
                for _ in range(2)
            ],
        ),
        (
            "uq_work_plans",
            lambda s, a: [
                WorkPlan(alliance_id=a.id, first=ON, finalized_on=ON, summary="Plan", recorded_at=NOW) for _ in range(2)
            ],
        ),
        (
            "ck_comment_requests_dates",
            lambda s, a: [
                CommentRequest(
                    alliance_id=a.id,
                    office_id=office_of(s),
                    asked_on=ON,
                    answered_on=date(2026, 11, 19),
                    answer="Fine.",
                )
            ],
        ),
        (
            "ck_planned_activities_place",
            lambda s, a: [PlannedActivity(alliance_id=a.id, on_day=ON, place=" ", title="Booth", recorded_on=ON)],
        ),
    ],
    ids=[
        "an extension without expectations",
        "expectations without a last day",
        "a renewal with an extension",
        "two recommendations at once",
        "two final decisions",
        "a duty waived twice",
        "a waiver without a reason",
        "a duty done twice",
        "two work plans for one year",
        "an answer before the question",
        "an activity nowhere",
    ],
)
def test_the_tables_refuse(session, alliance, constraint, rows):
    """What must not be on record cannot be written, also past the operations."""
    session.add_all(rows(session, alliance))
    with pytest.raises(IntegrityError, match=constraint):
        session.flush()


def test_a_conditional_extension_is_followed_by_another_decision(session, alliance):
    """After an extension the term is decided on again; both stay on record."""
    session.add(decision(session, alliance, decided_on=ON, extended_until=date(2027, 1, 31), expectations="Meet."))
    session.add(decision(session, alliance, recommendation="renew", decided_on=date(2026, 11, 22)))
    session.flush()


def test_the_program_may_have_a_waiver_of_its_own(session):
    """A duty of no alliance can be waived."""
    session.add(waiver(subject="program", rule="coordinator-call", period="2026-10-01/2026-12-31"))
    session.flush()
