"""The annual report before its officials, what is changed after that, and what it says of an alliance's purpose."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.messages import message_words
from models.alliances import Agreement, Alliance, Ending
from models.audit import AuditEntry, write_noted
from operations.approve.ask_approval import ask_approval
from operations.approve.decide_approval import decide_approval
from operations.approve.keep_draft import write_draft
from operations.approve.put_report import held_back, keep_report, put_forward
from operations.approve.undo_decision import undo_decision
from operations.gather_facts import gather
from operations.operate.record_activity import record_activity
from operations.operate.say_purpose import say_purpose
from operations.operate.submit_report import submit_report
from operations.read.annual_report import lacks_of, read_annual_report, year_due
from operations.read.askable import list_askable
from operations.read.message import show_message
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import check_rules
from operations.remind.fold_messages import fold_messages
from policy.annual_report import gaps
from policy.approval import Verdict
from policy.chains import Purpose
from policy.duties import Period
from tests.operations.conftest import NOW, TODAY

YEAR = Period(date(2025, 9, 15), date(2026, 9, 14))
SUBJECT = "report:2026-09-14"


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose first agreement year ended on September 14, 2026."""
    return portfolio.alliance("La Plaza", field.area, signed=YEAR.first)


@pytest.fixture
def told(alliance, field):
    """What every operation of the coordinator on the alliance is told."""
    return {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}


@pytest.fixture
def submits(alliance, field):
    """What the submission is told."""
    return {
        "alliance_id": alliance.id,
        "by": field.regional_coordinator,
        "now": NOW,
        "period_end": YEAR.last,
        "submitted_on": TODAY,
    }


def put(session, told, last=YEAR.last):
    """Put the report before its officials as it stands."""
    keep_report(session, period_end=last, **told)
    return ask_approval(session, purpose=Purpose.REPORT, subject=f"report:{last}", **told)


def approve(session, approval, by):
    """Approve it."""
    return decide_approval(session, approval_id=approval.id, verdict=Verdict.APPROVE, by=by, now=NOW)


def active(session, told, title="A fair"):
    """Record an activity of the year."""
    what = {"kind": "outreach", "on": date(2026, 3, 3), "reached": 40, "emphasis": ["Falls"], "details": {}}
    return record_activity(session, title=title, **what, **told)


def of_now(session, alliance):
    """Gather the alliance, and read its report as it stands."""
    session.flush()
    of = gather(session, [alliance.id])[0]
    return of, read_annual_report(session, of, period_end=YEAR.last, today=TODAY)


def offered(session, alliance):
    """Return the reports that may be put before officials."""
    of, _ = of_now(session, alliance)
    return [one.subject for one in list_askable(session, of, on=TODAY) if one.purpose is Purpose.REPORT]


def test_what_its_manager_approved_is_submitted_without_a_word(session, alliance, told, submits, director):
    """The Area Director decides, by our reading; then nothing holds it back, and it is not asked for again."""
    active(session, told)
    assert offered(session, alliance) == [SUBJECT]
    approval = put(session, told)
    (step,) = approval.chain["steps"]
    assert (step["title"], step["clause"]) == ("Manager of the office", "")
    decided = approve(session, approval, director)
    assert offered(session, alliance) == []
    with pytest.raises(AlreadyDone, match="This was approved by Dana Director"):
        put(session, told)
    submit_report(session, **submits)
    with pytest.raises(Refused, match="was submitted to DCSP since"):
        undo_decision(session, record=decided.record, by=director, now=NOW)


def test_a_change_after_the_approval_is_told_and_asks_why(session, alliance, told, submits, director):
    """Nothing is voided in silence: the field is named, and the reason is kept with the submission."""
    approve(session, put(session, told), director)
    active(session, told)
    changed = put_forward(session, *of_now(session, alliance)).changed
    assert [change.label for change in changed] == ["Outreach Events and Training for non-OSHA Staff"]
    assert offered(session, alliance) == [SUBJECT]
    with pytest.raises(Refused, match=r"changed since Dana Director approved it \(Outreach Events") as refused:
        submit_report(session, **submits)
    assert refused.value.field == "despite"
    submit_report(session, despite="A late entry, told by telephone", **submits)
    write_noted(session)
    query = select(AuditEntry.data).where(AuditEntry.action == "annual-report:submitted")
    assert session.scalars(query).one()["despite"] == "A late entry, told by telephone"


def test_put_forward_anew_it_counts_again(session, alliance, told, director):
    """The later version voids nothing that was decided; once it is approved nothing holds the report back."""
    approve(session, put(session, told), director)
    active(session, told)
    again = put(session, told | {"now": NOW + timedelta(hours=1)})
    of, _ = of_now(session, alliance)
    assert held_back(session, of, YEAR.last, TODAY).startswith("It is still before its officials")
    approve(session, again, director)
    assert held_back(session, of, YEAR.last, TODAY) is None


def test_what_is_submitted_despite_its_officials_waits_for_nobody(session, told, submits, director):
    """Their cards say that it was submitted."""
    approval = put(session, told)
    submit_report(session, despite="The day was near", **submits)
    assert (approval.status, approval.ended_why) == ("superseded", "the report was submitted")


def test_a_year_that_runs_waits(session, told):
    """What is not over is not approved."""
    with pytest.raises(Refused, match="runs until September 14, 2027"):
        keep_report(session, period_end=date(2027, 9, 14), **told)


def test_a_closeout_report_is_approved_after_the_end(session, alliance, told, director):
    """The end of the alliance does not keep its last report from its officials."""
    session.add(Ending(alliance_id=alliance.id, kind="concluded", ended_on=date(2026, 11, 1), reason="Goals met"))
    session.flush()
    assert approve(session, put(session, told, date(2026, 11, 1)), director).record


def test_the_purpose_is_what_was_signed_before_what_was_said(session, alliance, told, field):
    """The draft of the signed agreement gives overview and goals; what it leaves open was said apart from it."""
    say_purpose(session, background="They met.", goals="- No falls\nNo burns", **told)
    _, report = of_now(session, alliance)
    assert (report.overview, report.goals) == ("They met.", ("No falls", "No burns"))
    signed = session.scalars(select(Agreement.id).where(Agreement.alliance_id == alliance.id)).one()
    by = {"by": field.coordinator, "now": NOW}
    write_draft(session, alliance.id, f"agreement:{signed}", {"goals": "Train 200", "objectives": "In Spanish"}, **by)
    _, report = of_now(session, alliance)
    assert (report.overview, report.goals) == ("They met.", ("Train 200", "In Spanish"))
    write_draft(session, alliance.id, f"agreement:{signed}", {"recognition": "Value", "goals": "Train 200"}, **by)
    with pytest.raises(Refused, match="says its background and goals"):
        say_purpose(session, background="Else", goals=None, **told)


def test_the_reminder_counts_what_the_report_lacks(session, alliance, told, field):
    """As many as the report itself names; nothing else is counted."""
    active(session, told)
    of, report = of_now(session, alliance)
    lacks = len(gaps(report))
    assert lacks_of(session, session.get_one(Alliance, alliance.id), YEAR, today=TODAY) == lacks
    assert year_due(of, TODAY, of.duties_on(TODAY)) == YEAR.last
    check_rules(session, now=NOW)
    said = ""
    for office in (field.area, field.region):
        for id in fold_messages(session, office_id=office.id, day=TODAY, now=NOW):
            said += message_words(show_message(session, id, now=NOW))["text"]
    assert f"{lacks} things that VI.E asks for are missing. /alliance report shows how it stands now." in said
