"""A duty that an official waives, and a waiver that is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from models.audit import AuditEntry, write_noted
from models.duties import Notice, Obligation
from models.settlements import Waiver
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from operations.remind.waive_duty import refuse_who_owes_it, undo_waiver, waive_duty
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY
from tests.operations.test_renewals import SIGNED, sign


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose first term runs out on December 10, 2026."""
    return portfolio.alliance("La Plaza", field.area, signed=SIGNED)


def obligation(session, rule):
    """Read the obligation of a rule."""
    return session.scalars(select(Obligation).where(Obligation.rule == rule, Obligation.settled.is_(None))).one()


def waive(session, row, by, reason="The team met with the region."):
    """Waive a duty."""
    return waive_duty(session, obligation_id=row.id, reason=reason, by=by, now=NOW)


def test_an_official_waives_a_duty_with_a_reason(session, alliance, director):
    """Both dates are kept, what was to be said of it is not said, and it is settled."""
    check_rules(session, now=NOW)
    row = obligation(session, "meetings")
    outcome = waive(session, row, director)
    assert [(due.rule, due.status) for due in outcome.settled] == [("meetings", "waived")]
    waiver = session.scalars(select(Waiver)).one()
    assert (waiver.due_on, waiver.waived_on, waiver.by) == (date(2026, 12, 9), TODAY, "Dana Director")
    assert (row.settled, row.settled_by, row.reason) == ("waived", "Dana Director", "The team met with the region.")
    pending = select(Notice).where(Notice.obligation_id == row.id, Notice.status == "pending")
    assert session.scalars(pending).all() == []
    with pytest.raises(AlreadyDone, match="waived on November 23, 2026 by Dana Director"):
        waive(session, row, director)


def test_a_waiver_is_taken_back_once_by_who_may_give_it(session, field, alliance, director):
    """The duty is owed again with its reminders; the audit keeps who gave the waiver and who took it back."""
    check_rules(session, now=NOW)
    row = obligation(session, "meetings")
    record = waive(session, row, director).record
    with pytest.raises(NotAllowed, match="You may not waive a duty"):
        undo_waiver(session, record=record, by=field.coordinator, now=NOW)
    undo_waiver(session, record=record, by=director, now=NOW)
    assert (row.settled, row.settled_by) == (None, None)
    pending = select(Notice).where(Notice.obligation_id == row.id, Notice.status == "pending")
    assert session.scalars(pending).all()
    write_noted(session)
    told = session.scalars(select(AuditEntry).where(AuditEntry.action == "waiver:taken-back")).one()
    assert (told.actor, told.data["given_by"], told.data["due_on"]) == ("Dana Director",) * 2 + ("2026-12-09",)
    with pytest.raises(AlreadyDone, match="taken back before"):
        undo_waiver(session, record=record, by=director, now=NOW)


def test_who_owes_a_duty_does_not_waive_it(session, portfolio, field, alliance, director):
    """The coordinator may not waive at all; the director not what directors owe; the one above may."""
    check_rules(session, now=NOW)
    with pytest.raises(NotAllowed, match="You may not waive a duty"):
        waive(session, obligation(session, "meetings"), field.coordinator)
    both = portfolio.person(
        "U0BOTH001", (Role.AREA_DIRECTOR, field.area), (Role.ALLIANCE_COORDINATOR, field.area), name="Bo Both"
    )
    with pytest.raises(NotAllowed, match="You owe this duty yourself"):
        waive(session, obligation(session, "meetings"), both)
    sign(session, alliance, field.coordinator)
    with pytest.raises(NotAllowed, match="Area Director"):
        waive(session, obligation(session, "signed-copy"), director)
    administrator = portfolio.person("U0RADMIN1", (Role.REGIONAL_ADMINISTRATOR, field.region))
    assert waive(session, obligation(session, "signed-copy"), administrator).settled


def test_a_waiver_needs_a_reason_and_something_that_is_asked_for(session, portfolio, field, alliance, director):
    """An empty reason is refused at its field; a permission asks for nothing."""
    portfolio.alliance("Over", field.area, signed=date(2020, 6, 1), renewed=(date(2022, 5, 30), date(2024, 5, 30)))
    check_rules(session, now=NOW)
    with pytest.raises(Refused, match="Say why") as refused:
        waive(
            session,
            session.scalars(select(Obligation).where(Obligation.rule == "renewal-decision")).first(),
            director,
            " ",
        )
    assert refused.value.field == "reason"
    with pytest.raises(Refused, match="in a few words"):
        waive(session, session.scalars(select(Obligation).where(Obligation.rule == "meetings")).first(), director, "x ")
    with pytest.raises(Refused, match="not asked for"):
        waive(session, obligation(session, "ambassador-eligible"), director)


def test_a_designee_waives_nothing_that_they_owe_by_name(session, portfolio, field, alliance, director):
    """Nor what the official owes for whom they act: a work plan names persons, whatever their positions."""
    for name, official in (("Jane Doe", "Dana Director"), ("Max Roe", "Jane Doe")):
        by = replace(director, name=f"{name} (for {official})")
        with pytest.raises(NotAllowed, match=r"You owe this duty yourself \(Jane Doe\)"):
            refuse_who_owes_it("Jane Doe", by, [field.area.code])
    refuse_who_owes_it("Jane Doe", replace(director, name="Max Roe (for Dana Director)"), [field.area.code])
