"""What is refused of a form that was open while dates were corrected, or while an office was closed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.duties import Obligation
from models.plans import WorkPlan
from models.work import AnnualReport
from operations.establish.ask_comments import ask_comments
from operations.hands.merge_offices import merge_offices
from operations.operate.hand_over_report import hand_over_report
from operations.operate.post_report import post_report
from operations.operate.record_work_plan import record_work_plan
from operations.operate.submit_report import submit_report
from operations.refusals import Refused
from operations.remind.check_rules import check_rules
from operations.remind.steer_reminder import pass_on
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY


def test_a_year_that_is_none_of_the_alliance_gets_no_hand_over_and_no_plan(session, alliance, director, ada):
    """It would be on record, and the duty stay open all the same."""
    told = {"alliance_id": alliance.id, "now": NOW}
    with pytest.raises(Refused, match="no agreement year to October 5, 2026 on record") as refused:
        hand_over_report(session, period_end=date(2026, 10, 5), handed_over_on=TODAY, by=director, **told)
    assert refused.value.field == "period_end"
    with pytest.raises(Refused, match="No agreement year of La Plaza begins on February 3, 2026") as refused:
        record_work_plan(session, first=date(2026, 2, 3), finalized_on=TODAY, summary="Fair", by=ada, **told)
    assert refused.value.field == "first"
    assert session.scalars(select(AnnualReport)).all() == session.scalars(select(WorkPlan)).all() == []


def test_a_posting_is_of_the_report_of_its_own_year(session, portfolio, field):
    """That of a year whose submission was undone meanwhile is not recorded for the year after it."""
    years = {"signed": date(2023, 12, 10), "renewed": (date(2025, 12, 10),), "tracked_from": date(2023, 1, 1)}
    made = portfolio.alliance("La Plaza", field.area, **years)
    check_rules(session, now=NOW)
    told = {"alliance_id": made.id, "by": field.regional_coordinator, "now": NOW}
    submit_report(session, period_end=date(2025, 12, 9), submitted_on=TODAY, **told)
    post = {"posted_on": TODAY, "address": "https://www.osha.gov/alliances/plaza"}
    with pytest.raises(Refused, match="not on record as submitted"):
        post_report(session, period_end=date(2024, 12, 9), **post, **told)
    post_report(session, period_end=date(2025, 12, 9), **post, **told)


def test_nothing_is_sent_to_an_office_that_is_closed(session, portfolio, field, alliance, ada):
    """Neither a duty that is passed on nor a request for comments: its run has ended, and nobody works there."""
    chief = portfolio.person("U0CHIEF01", (Role.ADMINISTRATOR, field.national))
    staff = portfolio.person("U0STAFF01", (Role.DCSP_STAFF, field.national))
    national = portfolio.alliance("Nationwide", field.national, level="national")
    for old, new, kind in (("0317400", "0317500", "area"), ("REG-A", "REG-B", "region")):
        for code in (old, new):
            portfolio.office(code, kind=kind, parent=field.region if kind == "area" else field.national)
        merge_offices(session, office_code=old, into_code=new, by=chief, now=NOW)
    duty = session.scalars(select(Obligation).where(Obligation.rule == "meetings")).first()
    with pytest.raises(Refused, match=r"Office 0317400 is closed; Office 0317500 took over from it\.") as refused:
        pass_on(session, obligation_id=duty.id, office_code="0317400", reason="Theirs", by=ada, now=NOW)
    assert refused.value.field == "office"
    with pytest.raises(Refused, match="Office REG-A is closed; Office REG-B took over") as refused:
        ask_comments(session, alliance_id=national.id, office_codes=["REG-A"], asked_on=TODAY, by=staff, now=NOW)
    assert refused.value.field == "offices"
