"""What fulfils the duties without a form of their own, and the reports on their way."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.alliances import Agreement
from models.audit import AuditEntry, write_noted
from models.settlements import Fulfilment
from models.work import AnnualReport
from operations.conclude.conclude_alliance import Reason, Way, conclude_alliance
from operations.operate.hand_over_report import hand_over_report
from operations.operate.post_report import post_report
from operations.operate.record_done import record_done
from operations.operate.submit_report import submit_report
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from policy.rights import Role
from tests.operations.conftest import NOW

SIGNED = date(2025, 11, 3)
YEAR_END = date(2026, 11, 2)


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose first agreement year ended on November 2, 2026; its copy was due December 3, 2025."""
    return portfolio.alliance("La Plaza", field.area, signed=SIGNED, tracked_from=date(2025, 11, 1))


def copy_of(session, alliance):
    """Return the subject of the duty to send the copy."""
    agreement = session.scalars(select(Agreement.id).where(Agreement.alliance_id == alliance.id)).one()
    return f"agreement:{agreement}"


def done(session, alliance, by, *, rule="signed-copy", on=date(2025, 11, 20), **more):
    """Record the copy as sent."""
    subject = more.pop("subject", None) or copy_of(session, alliance)
    return record_done(session, alliance_id=alliance.id, rule=rule, subject=subject, done_on=on, by=by, now=NOW, **more)


def test_the_copy_goes_from_the_area_to_the_region_to_dcsp(session, field, alliance, statuses):
    """The hand-over moves the duty to the Coordinator; that DCSP has it meets the duty."""
    check_rules(session, now=NOW)
    assert statuses(alliance)["signed-copy None"] == "open"
    outcome = done(session, alliance, field.coordinator, handed_over=True)
    (due,) = [due for due in outcome.duties if due.rule == "signed-copy"]
    assert (due.status.unsettled, due.owner) == (True, "Regional Alliance Program Coordinator")
    with pytest.raises(AlreadyDone, match="November 20, 2025 is already on record"):
        done(session, alliance, field.coordinator, handed_over=True)
    outcome = done(session, alliance, field.regional_coordinator, on=date(2025, 12, 1))
    assert [due.rule for due in outcome.settled] == ["signed-copy"]
    assert statuses(alliance)["signed-copy None"] == "met"
    with pytest.raises(AlreadyDone, match="done on December 1, 2025"):
        done(session, alliance, field.coordinator)


def test_dcsp_records_the_copy_that_it_has(session, portfolio, field, alliance):
    """DCSP collects the copies of every office."""
    dcsp = portfolio.person("U0DCSP001", (Role.DCSP_STAFF, field.national))
    check_rules(session, now=NOW)
    assert [due.rule for due in done(session, alliance, dcsp).settled] == ["signed-copy"]
    with pytest.raises(NotAllowed, match="You may not record where the copy of an agreement is"):
        done(session, alliance, field.stranger)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"on": date(2026, 11, 24)}, ("done_on", "still to come")),
        ({"on": date(2025, 11, 2)}, ("done_on", "lies before the day from which it is owed")),
        ({"subject": "agreement:999999"}, (None, "do not ask for this any more")),
        ({"rule": "meetings"}, (None, "has a record of its own")),
    ],
)
def test_what_cannot_have_been_done_is_refused(session, field, alliance, more, refusal):
    """Nothing is written."""
    with pytest.raises(Refused, match=refusal[1]) as refused:
        done(session, alliance, field.coordinator, **more)
    assert refused.value.field == refusal[0]
    assert session.scalars(select(Fulfilment)).all() == []


def test_a_region_hands_no_copy_over_to_itself(session, portfolio, field):
    """Only an area office has that step."""
    regional = portfolio.alliance("Coast", field.region, level="regional", signed=SIGNED, tracked_from=SIGNED)
    with pytest.raises(Refused, match="Only an area office") as refused:
        done(session, regional, field.regional_coordinator, handed_over=True)
    assert refused.value.field == "step"


def test_the_logo_is_withdrawn_after_the_end(session, field, alliance):
    """The end opens the duty; the record meets it, also days later."""
    outcome = conclude_alliance(
        session,
        alliance_id=alliance.id,
        ended_on=date(2026, 11, 18),
        reason=Reason.MUTUAL,
        way=Way.MUTUAL,
        explanation="Done.",
        by=field.coordinator,
        now=NOW,
    )
    assert "logo-withdrawal" in {due.rule for due in outcome.opened}
    outcome = done(
        session,
        alliance,
        field.coordinator,
        rule="logo-withdrawal",
        subject=f"alliance:{alliance.id}",
        on=date(2026, 11, 20),
    )
    assert [due.rule for due in outcome.settled] == ["logo-withdrawal"]


def hand_over(session, alliance, by, on=date(2026, 11, 16)):
    """Record the hand-over of the first year's report."""
    return hand_over_report(session, alliance_id=alliance.id, period_end=YEAR_END, handed_over_on=on, by=by, now=NOW)


def submit(session, alliance, by, on=date(2026, 11, 18)):
    """Record the submission of the first year's report."""
    return submit_report(session, alliance_id=alliance.id, period_end=YEAR_END, submitted_on=on, by=by, now=NOW)


def post(session, alliance, by, *, on=date(2026, 11, 20), address="https://www.osha.gov/alliances/plaza"):
    """Record the posting of the first year's report."""
    return post_report(
        session, alliance_id=alliance.id, period_end=YEAR_END, posted_on=on, address=address, by=by, now=NOW
    )


def test_a_report_is_handed_over_submitted_and_posted(session, field, alliance, statuses):
    """Each step meets its own duty, on one record."""
    check_rules(session, now=NOW)
    year = f"{SIGNED}/{YEAR_END}"
    hand_over(session, alliance, field.coordinator)
    assert statuses(alliance)[f"report-handoff {year}"] == "met"
    assert statuses(alliance)[f"annual-report {year}"] == "open"
    submit(session, alliance, field.regional_coordinator)
    assert statuses(alliance)[f"report-posting {year}"] == "open"
    post(session, alliance, field.coordinator)
    assert statuses(alliance)[f"report-posting {year}"] == "met"
    report = session.scalars(select(AnnualReport)).one()
    assert (str(report.handed_over_on), str(report.submitted_on), str(report.posted_on)) == (
        "2026-11-16",
        "2026-11-18",
        "2026-11-20",
    )
    write_noted(session)
    query = select(AuditEntry.action).where(AuditEntry.action.startswith("annual-report:")).order_by(AuditEntry.seq)
    assert session.scalars(query).all() == [
        "annual-report:handed-over",
        "annual-report:submitted",
        "annual-report:posted",
    ]


def test_a_report_goes_each_step_once_and_in_order(session, field, alliance):
    """A second record and one out of order are refused, with what is on record."""
    with pytest.raises(Refused, match="not on record as submitted"):
        post(session, alliance, field.coordinator)
    with pytest.raises(Refused, match="lies before the end of the year"):
        hand_over(session, alliance, field.coordinator, date(2026, 11, 1))
    submit(session, alliance, field.regional_coordinator)
    with pytest.raises(AlreadyDone, match="went to DCSP on November 18, 2026"):
        hand_over(session, alliance, field.coordinator)
    with pytest.raises(Refused, match="lies before the submission"):
        post(session, alliance, field.coordinator, on=date(2026, 11, 17))
    post(session, alliance, field.coordinator)
    with pytest.raises(AlreadyDone, match="posted on November 20, 2026"):
        post(session, alliance, field.coordinator)


@pytest.mark.parametrize(
    "address", ["osha.gov", "ftp://osha.gov/x", "https://", "https://localhost", "javascript:alert(1)", "http://[::1"]
)
def test_an_address_is_one_of_the_web(session, field, alliance, address):
    """What no browser would open is refused at its field."""
    submit(session, alliance, field.regional_coordinator)
    with pytest.raises(Refused, match="This is no web address") as refused:
        post(session, alliance, field.coordinator, address=address)
    assert refused.value.field == "address"


def test_only_an_area_office_hands_a_report_over(session, portfolio, field):
    """A region submits its own."""
    regional = portfolio.alliance("Coast", field.region, level="regional", signed=SIGNED, tracked_from=SIGNED)
    with pytest.raises(Refused, match="Only an area office"):
        hand_over(session, regional, field.regional_coordinator)
