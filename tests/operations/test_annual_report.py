"""The annual report is made of what was recorded in its period, and of nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from models.alliances import Ending, TeamMember
from models.products import SuccessStory
from models.work import Meeting
from operations.approve.keep_draft import keep_draft
from operations.gather_facts import gather
from operations.operate.record_activity import record_activity
from operations.operate.record_meeting import record_meeting
from operations.operate.record_work_plan import Planned, Promise, record_work_plan
from operations.operate.submit_report import submit_report
from operations.read.annual_report import read_annual_report
from operations.records.withdraw_record import withdraw_record
from operations.refusals import Refused
from policy.annual_report import gaps
from policy.duties import Period
from tests.operations.conftest import NOW, TODAY

YEAR = Period(date(2025, 9, 15), date(2026, 9, 14))


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance of two offices whose first agreement year ended on September 14, 2026."""
    return portfolio.alliance("La Plaza", field.area, field.region, signed=YEAR.first)


@pytest.fixture
def told(alliance, field):
    """What every operation on the alliance is told."""
    return {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}


def read(session, alliance, period_end=YEAR.last):
    """Read the report of a year."""
    session.flush()
    return read_annual_report(session, gather(session, [alliance.id])[0], period_end=period_end, today=TODAY)


def active(session, told, on, title="A fair", **more):
    """Record an activity."""
    what = {"kind": "outreach", "reached": 40, "emphasis": ["Falls"], "details": {"city": "Dover", "state": "DE"}}
    return record_activity(session, on=on, title=title, **what | more, **told)


def test_a_report_holds_its_period_and_no_other(session, alliance, told):
    """Activities and meetings count from the first to the last day of the year; what was undone does not."""
    for on in (YEAR.first, YEAR.last, date(2026, 9, 15)):
        active(session, told, on, title=str(on))
    undone = active(session, told, date(2026, 3, 3), title="undone")
    withdraw_record(session, record=undone.record, by=told["by"], now=NOW)
    record_meeting(
        session, on=date(2026, 3, 3), held=True, format="in person", attendees="Ada, Ben", notes=None, **told
    )
    report = read(session, alliance)
    assert [row.title for row in report.activities] == ["2025-09-15", "2026-09-14"]
    assert [(row.on, row.present) for row in report.meetings] == [(date(2026, 3, 3), ("Ada, Ben",))]
    assert (report.period, report.closeout, report.reached()) == (YEAR, False, 80)
    assert (report.offices, report.participants) == (("Wilmington Area Office", "Office REG-PHI"), ("Local Builders",))


def test_plan_team_and_stories_are_those_of_the_year(session, alliance, told):
    """The year's work plan with its milestones, who was on the team within the year, contributors apart."""
    record_work_plan(
        session,
        first=YEAR.first,
        finalized_on=date(2025, 10, 1),
        summary="As agreed",
        activities=[Planned("A fair", "Roofers", "Ada", "40 people")],
        milestones=[Promise(date(2026, 4, 1), "Ada", "The fair")],
        **told,
    )
    for name, part, since, until in (
        ("Ada", "region", date(2025, 9, 15), None),
        ("Bo", "union", date(2026, 1, 1), date(2026, 2, 1)),
        ("Gone", "signatory", date(2020, 1, 1), date(2025, 9, 14)),
    ):
        who = {"name": name, "organization": "OSHA", "part": part, "since": since, "until": until}
        session.add(TeamMember(alliance_id=alliance.id, recorded_at=NOW, **who))
    story = {"on_day": date(2026, 5, 5), "title": "No falls", "story": "How.", "recorded_at": NOW}
    session.add(SuccessStory(alliance_id=alliance.id, **story))
    report = read(session, alliance)
    assert report.plan is not None
    assert report.plan.lines == (("A fair", "Roofers", "Ada", "40 people"),)
    assert [(m.title, m.done_on) for m in report.plan.milestones] == [("The fair", None)]
    assert ([m.name for m in report.team], [m.name for m in report.contributors]) == (["Ada"], ["Bo"])
    assert [story.title for story in report.stories] == ["No falls"]


def test_goals_are_those_of_the_agreement_of_the_period(session, alliance, field):
    """Neither the proposal before it nor the draft of the next agreement says what was agreed on for the year."""

    def keep(subject, goals):
        content = {"goals": goals, "recognition": f"Why: {goals}"}
        keep_draft(session, by=field.coordinator, now=NOW, alliance=alliance.id, subject=subject, content=content)

    (agreement,) = gather(session, [alliance.id])[0].facts.agreements
    keep("draft", "As is hoped for the next term")
    assert read(session, alliance).goals == ("As is hoped for the next term",), "nothing else is on file"
    keep("proposal", "As was proposed")
    assert read(session, alliance).goals == ("As was proposed",)
    keep(f"agreement:{agreement.id}", "As was signed")
    report = read(session, alliance)
    assert (report.overview, report.goals) == ("Why: As was signed", ("As was signed",))


def test_gaps_show_from_the_first_day(session, alliance, told):
    """Weeks before the year ends its report says what is missing, by the record that is to be corrected."""
    made = active(session, told, date(2026, 10, 1), reached=None)
    session.add(Meeting(alliance_id=alliance.id, on_day=date(3019, 10, 30), held=False, format="both", recorded_at=NOW))
    found = {gap.record: gap.sentence for gap in gaps(read(session, alliance, date(2027, 9, 14)))}
    assert found[made.record].endswith("still lacks: representative and affiliation and number reached.")
    assert any("3019" in sentence for sentence in found.values())


def test_the_way_of_the_report_is_told(session, alliance, told, field):
    """When it was submitted stands in it, with the remarks made then."""
    by = told | {"by": field.regional_coordinator}
    submit_report(session, period_end=YEAR.last, submitted_on=date(2026, 11, 2), remarks="By mail", **by)
    report = read(session, alliance)
    assert (report.submitted_on, report.remarks) == (date(2026, 11, 2), "By mail")


def test_the_year_of_the_end_is_reported_up_to_the_end(session, alliance):
    """It is a closeout report, named by the end or by the year's last day."""
    session.add(Ending(alliance_id=alliance.id, kind="concluded", ended_on=date(2026, 11, 1), reason="Goals met"))
    for named in (date(2026, 11, 1), date(2027, 9, 14)):
        report = read(session, alliance, named)
        assert (report.period, report.closeout) == (Period(date(2026, 9, 15), date(2026, 11, 1)), True)


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2026, 9, 13), "No agreement year of La Plaza ends on September 13, 2026; the one around it ends on Sep"),
        (date(2020, 1, 1), "La Plaza was signed on September 15, 2025; no agreement year ended by January 1, 2020."),
    ],
)
def test_a_day_that_ends_no_year_is_refused(session, alliance, day, sentence):
    """The sentence names the day that was meant, where there is one."""
    with pytest.raises(Refused, match=sentence):
        read(session, alliance, day)
