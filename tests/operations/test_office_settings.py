"""What an office sets for itself, what it takes from above, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from models.duties import Notice, Obligation
from models.plans import Closure
from operations.change_settings import change_settings
from operations.gather_facts import gather
from operations.office_settings import settings_in_force
from operations.read.duties import list_due
from operations.refusals import NotAllowed, Refused
from operations.remind.check_rules import check_rules
from policy.meeting_numbers import MeetingNumber
from policy.rights import Role
from policy.stages import DEFAULT_SETTINGS
from tests.operations.conftest import NOW, TODAY


@pytest.fixture
def administrator(portfolio, field):
    """Who may change settings of every office."""
    return portfolio.person("U0ADMIN01", (Role.ADMINISTRATOR, field.national), name="Mei Admin")


@pytest.fixture
def alliance(portfolio, field):
    """An alliance whose meetings fall due on December 9, 2026."""
    return portfolio.alliance("La Plaza", field.area)


def in_force(session, office):
    """Return the settings that hold for an office."""
    return settings_in_force(session)[office.id]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"ambasador_option": False}, "“ambasador_option” is no setting; the settings are ambassador_option"),
        ({"ambassador_option": "perhaps"}, "ambassador_option: write yes or no"),
        ({"days_before": {"meetigns": [7]}}, "“meetigns”, which is no rule"),
        ({"days_before": {"meetings": [-1]}}, "days_before.meetings: write a number that is 0 or more"),
        ({"days_after": {"the boss": 3}}, "days_after"),
        ({"repeat_every_days": 10**9}, "3650 or less"),
        ({"regime_since": "2027-10-01"}, "regime_since is for the whole program"),
    ],
)
def test_what_is_no_setting_is_refused_in_a_sentence(session, field, administrator, raw, words):
    """The sentence names the office and what is wrong; nothing is kept."""
    with pytest.raises(Refused, match="The settings of Wilmington Area Office cannot be used") as refused:
        change_settings(session, office_code="0317300", changes=raw, by=administrator, now=NOW)
    assert words in refused.value.sentence
    session.refresh(field.area)
    assert field.area.settings == {}


def test_who_may_not_change_settings_is_told(session, field):
    """A coordinator records work, and changes no settings."""
    with pytest.raises(NotAllowed, match="administrator"):
        change_settings(session, office_code="0317300", changes={}, by=field.coordinator, now=NOW)


def test_an_office_takes_from_above_what_it_does_not_set(session, field, administrator):
    """The nearest office that set something is followed; each setting by itself."""
    change_settings(
        session,
        office_code="REG-PHI",
        changes={"ambassador_option": False, "days_before": {"default": [10], "meetings": [20]}},
        by=administrator,
        now=NOW,
    )
    change_settings(
        session,
        office_code="0317300",
        changes={"fiscal_year_checklist": True, "days_before": {"meetings": [5, 2]}},
        by=administrator,
        now=NOW,
    )
    area, region = in_force(session, field.area), in_force(session, field.region)
    assert (area.ambassador_option, area.fiscal_year_checklist) == (False, True)
    assert (region.ambassador_option, region.fiscal_year_checklist) == (False, False)
    assert area.stages.by_rule["meetings"].days_before == (5, 2)
    assert area.stages.default.days_before == (10,)
    assert region.stages.by_rule["meetings"].days_before == (20,)
    assert in_force(session, field.national).stages == DEFAULT_SETTINGS


def test_a_setting_is_taken_away_with_nothing(session, field, administrator):
    """None gives the office what holds above."""
    for value in (False, None):
        change_settings(session, office_code="0317300", changes={"ambassador_option": value}, by=administrator, now=NOW)
    assert field.area.settings == {}
    assert in_force(session, field.area).ambassador_option


def test_the_days_of_an_office_are_the_days_of_its_reminders(session, field, alliance, administrator):
    """The notices follow the change at once."""
    check_rules(session, now=NOW)
    change_settings(
        session, office_code="REG-PHI", changes={"days_before": {"meetings": [10, 0]}}, by=administrator, now=NOW
    )
    planned = session.execute(
        select(Notice.stage, Notice.day)
        .join(Obligation)
        .where(Obligation.rule == "meetings", Notice.status == "pending")
        .order_by(Notice.day)
        .limit(2)
    ).all()
    # November 29 is a Sunday, and the Friday before it a working day.
    assert [tuple(row) for row in planned] == [("before:10", date(2026, 11, 27)), ("on:0", date(2026, 12, 9))]


def test_facts_carry_the_settings_of_the_lead_office(session, field, alliance, administrator):
    """Option, checklist and the program's regime reach the rules."""
    change_settings(session, office_code="OSHA-NO", changes={"regime_since": "2026-10-01"}, by=administrator, now=NOW)
    change_settings(
        session,
        office_code="0317300",
        changes={"ambassador_option": False, "fiscal_year_checklist": True},
        by=administrator,
        now=NOW,
    )
    facts = gather(session, [alliance.id])[0].facts
    assert (facts.ambassador_option, facts.fiscal_year_checklist) == (False, True)
    assert facts.regime is not None
    assert facts.regime.since == date(2026, 10, 1)
    rules = {(o.due.rule, str(o.due.period)) for o in list_due(session, as_of=TODAY, ids=[alliance.id])}
    assert ("annual-report", "2026-10-01/2027-03-31") in rules


def test_an_alliance_goes_before_its_office(session, field, alliance, administrator):
    """What the alliance set for itself counts; what it left out it takes from its lead office or one above."""
    change_settings(
        session,
        office_code="REG-PHI",
        changes={"meetings_required": 3, "meetings_mandatory": True, "lapse_after_days": 90},
        by=administrator,
        now=NOW,
    )
    change_settings(session, office_code="0317300", changes={"lapse_after_days": 0}, by=administrator, now=NOW)
    alliance.meetings_required = 0
    session.flush()
    facts = gather(session, [alliance.id])[0].facts
    assert facts.meetings_required == (MeetingNumber(date.min, 0),)
    assert (facts.meetings_mandatory, facts.lapse_after_days) == (True, 0)


def test_bad_settings_in_the_database_stop_no_office(session, field, alliance):
    """They are warned of, and the defaults hold for that office."""
    field.area.settings = {"colour": "red"}
    session.flush()
    with capture_logs() as logs:
        check_rules(session, now=NOW)
    assert [entry["office"] for entry in logs] == ["Wilmington Area Office"]
    assert in_force(session, field.area).stages == DEFAULT_SETTINGS


def test_a_closure_moves_stages_and_working_days(session, field, alliance):
    """On a closed day nothing is sent, and it is no working day of any duty."""
    session.add_all([Closure(day=date(2026, 12, 8), reason="Storm"), Closure(day=date(2026, 12, 9), reason="Storm")])
    session.flush()
    check_rules(session, now=NOW)
    (owed,) = [o for o in list_due(session, as_of=TODAY, ids=[alliance.id]) if o.due.rule == "meetings"]
    assert owed.due.working_day == date(2026, 12, 7)
    days = session.scalars(
        select(Notice.day).join(Obligation).where(Obligation.rule == "meetings", Notice.stage == "on:0")
    ).all()
    assert days == [date(2026, 12, 7)]
