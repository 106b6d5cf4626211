"""The duties of the program as a whole, and the call that meets them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from models.duties import Obligation
from models.offices import Office
from models.plans import CoordinatorCall
from operations.gather_program import gather_program
from operations.operate.record_call import record_call
from operations.read.duties import list_due, list_forecast
from operations.read.message import show_message, show_obligation
from operations.read.pick_duty import explain_duty
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_program, check_rules
from operations.remind.fold_messages import fold_messages
from operations.remind.steer_reminder import pass_on, snooze_reminder
from policy.explain import as_json
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY

QUARTER = "2026-10-01/2026-12-31"
ON = date(2026, 10, 14)


@pytest.fixture
def alliance(portfolio, field):
    """An alliance tracked from October 1, 2026: from then on the program is, too."""
    return portfolio.alliance("La Plaza", field.area, tracked_from=date(2026, 10, 1))


@pytest.fixture
def dcsp(portfolio, field, alliance):
    """Somebody who works at DCSP."""
    office = portfolio.office("DCSP", kind="directorate", parent=field.national, name="Directorate DCSP")
    return portfolio.person("U0DCSP001", (Role.DCSP_STAFF, office), name="Dana Desk")


def obligations(session):
    """Read the obligations of the program."""
    return session.scalars(select(Obligation).where(Obligation.alliance_id.is_(None)).order_by(Obligation.due_on)).all()


def test_the_program_owes_a_call_in_each_fiscal_quarter(session, field, dcsp):
    """DCSP owes it; a check writes it down with no alliance."""
    check_rules(session, now=NOW)
    (row,) = obligations(session)
    assert (row.rule, row.period, row.due_on, row.owner) == ("coordinator-call", QUARTER, date(2026, 12, 31), "DCSP")
    assert session.get_one(Office, row.office_id).code == "DCSP"


def test_without_dcsp_the_office_at_the_top_owes_it(session, field, alliance):
    """The National Office stands in."""
    check_program(session, now=NOW)
    assert [session.get_one(Office, row.office_id).code for row in obligations(session)] == ["OSHA-NO"]


def test_there_is_no_program_without_an_alliance_or_a_national_office(session, portfolio):
    """Nobody is asked for a call before there is anybody to call."""
    assert gather_program(session) is None
    portfolio.alliance("Alone", portfolio.office("0317300"))
    assert gather_program(session) is None
    assert check_program(session, now=NOW) is None


def test_lists_and_forecasts_hold_it_with_no_alliance(session, field, dcsp):
    """Programs read null where the alliance stands, and "program" as its level."""
    owed = [o for o in list_due(session, as_of=TODAY) if o.due.rule == "coordinator-call"]
    told = as_json(owed[0].of.facts, owed[0].due)
    assert len(owed) == 1
    assert (told["alliance"], told["level"], told["offices"]) == (None, "program", ["DCSP"])
    ahead = list_forecast(session, first=TODAY, last=date(2027, 6, 30))
    assert [o.due.due_on for o in ahead if o.due.rule == "coordinator-call"] == [
        date(2026, 12, 31),
        date(2027, 3, 31),
        date(2027, 6, 30),
    ]
    assert "coordinator-call" not in {o.due.rule for o in list_due(session, as_of=TODAY, office="REG-PHI")}
    assert "coordinator-call" in {o.due.rule for o in list_due(session, as_of=TODAY, office="DCSP")}


def test_it_can_be_asked_about_by_name(session, field, dcsp):
    """The name of the program stands where an alliance's would."""
    picked = explain_duty(session, name="program", rule="coordinator-call", period=QUARTER, as_of=TODAY)
    assert picked.owed.due.due_on == date(2026, 12, 31)
    with pytest.raises(Refused, match="The program has no duty “meetings”"):
        explain_duty(session, name="program", rule="meetings", period=None, as_of=TODAY)


def test_a_call_meets_the_quarter(session, field, dcsp):
    """The record is told with what it met; the same day is refused a second time."""
    check_program(session, now=NOW)
    outcome = record_call(session, on=ON, topics="Plans", by=dcsp, now=NOW)
    assert [due.rule for due in outcome.settled] == ["coordinator-call"]
    assert [(row.settled, row.settled_by) for row in obligations(session)] == [("met", "Dana Desk")]
    with pytest.raises(AlreadyDone, match="October 14, 2026 is already on record"):
        record_call(session, on=ON, by=dcsp, now=NOW)
    assert session.scalars(select(CoordinatorCall.topics)).all() == ["Plans"]


def test_a_call_is_recorded_by_those_who_hold_it_and_once_it_was_held(session, field, dcsp):
    """A region's coordinator takes part and records nothing; tomorrow has no call yet."""
    with pytest.raises(NotAllowed):
        record_call(session, on=ON, by=field.regional_coordinator, now=NOW)
    with pytest.raises(Refused, match="still to come") as refused:
        record_call(session, on=date(2026, 11, 24), by=dcsp, now=NOW)
    assert refused.value.field == "on"


def test_its_reminder_is_snoozed_and_passed_on_like_any_other(session, field, dcsp):
    """What no alliance owes can be steered, too."""
    check_program(session, now=NOW)
    (row,) = obligations(session)
    snooze_reminder(session, obligation_id=row.id, until=date(2026, 12, 1), by=dcsp, now=NOW)
    assert row.snoozed_by == "Dana Desk"
    outcome = pass_on(session, obligation_id=row.id, office_code="OSHA-NO", reason="Theirs", by=dcsp, now=NOW)
    assert outcome.of.facts.name == "The program"
    assert row.office_id == field.national.id


def test_its_reminder_names_the_program(session, field, dcsp):
    """Thirty days before the quarter's end the office that owes it is reminded; the message holds together."""
    later = NOW.replace(month=12, day=1)
    check_rules(session, now=later)
    (row,) = obligations(session)
    (message_id,) = fold_messages(session, office_id=row.office_id, day=date(2026, 12, 1), now=later)
    (shown,) = show_message(session, message_id, now=later).duties
    assert (shown.alliance, shown.alliance_id, shown.rule) == ("The program", None, "coordinator-call")
    assert show_obligation(session, row.id, now=later) == replace(shown, stage=None)
