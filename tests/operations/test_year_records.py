from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from models.alliances import Agreement
from models.audit import AuditEntry, write_noted
from operations.operate.hand_over_report import hand_over_report
from operations.operate.record_activity import record_activity
from operations.operate.record_evaluation import record_evaluation
from operations.operate.submit_report import submit_report
from operations.read.alliances import alliance_ids, list_alliances, show_alliance
from operations.read.choices import alliance_choices
from operations.read.duties import list_due
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.dates import State
from policy.duties import Status
from tests.operations.conftest import NOW

YEAR_END = date(2026, 9, 14)


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose first agreement year ended on September 14, 2026."""
    return portfolio.alliance("La Plaza", field.area, signed=date(2025, 9, 15))


def submit(session, alliance, by, on, period_end=YEAR_END):
    """Record the submission of a report."""
    return submit_report(session, alliance_id=alliance.id, period_end=period_end, submitted_on=on, by=by, now=NOW)


def evaluate(session, alliance, by, *, evaluated, discussed):
    """Record an evaluation."""
    return record_evaluation(
        session,
        alliance_id=alliance.id,
        period_end=YEAR_END,
        evaluated_on=evaluated,
        discussed_on=discussed,
        findings="Goals met.",
        by=by,
        now=NOW,
    )


def test_submitting_the_report_meets_its_duty(session, field, alliance, statuses):
    """The report of the ended year is owed until its submission to DCSP is recorded."""
    outcome = submit(session, alliance, field.regional_coordinator, date(2026, 11, 2))
    assert [due.rule for due in outcome.settled] == []  # it opens settled: history is no news
    assert statuses(alliance)["annual-report 2025-09-15/2026-09-14"] == "met"


@pytest.mark.parametrize(
    ("on", "words"), [(date(2026, 11, 24), "still to come"), (date(2026, 9, 1), "cannot have been submitted")]
)
def test_a_report_cannot_be_submitted_before_its_year_ends_or_tomorrow(session, field, alliance, on, words):
    """Both are refused at the date."""
    with pytest.raises(Refused, match=words) as refused:
        submit(session, alliance, field.coordinator, on)
    assert refused.value.field == "submitted_on"


def test_a_report_is_submitted_once(session, field, alliance):
    """The second record of it says when it was submitted."""
    submit(session, alliance, field.coordinator, date(2026, 11, 2))
    with pytest.raises(AlreadyDone, match="November 2, 2026"):
        submit(session, alliance, field.coordinator, date(2026, 11, 3))


def test_a_year_that_is_not_on_record_is_refused(session, field, alliance):
    """A form that was open while the signing date was corrected cannot record for a year that no longer is."""
    session.scalars(select(Agreement)).one().signed_on = date(2025, 9, 20)
    session.flush()
    gone = "no agreement year to September 14, 2026 on record"
    with pytest.raises(Refused, match=gone) as refused:
        submit(session, alliance, field.coordinator, date(2026, 11, 2))
    assert refused.value.field == "period_end"
    with pytest.raises(Refused, match=gone):
        evaluate(session, alliance, field.coordinator, evaluated=date(2026, 10, 1), discussed=None)


def test_an_evaluation_counts_once_it_is_discussed(session, field, alliance, statuses):
    """Evaluated but not discussed leaves the duty open; the discussion meets it."""
    key = "evaluation 2025-09-15/2026-09-14"
    evaluate(session, alliance, field.coordinator, evaluated=date(2026, 9, 1), discussed=None)
    assert statuses(alliance)[key] == "open"
    evaluate(session, alliance, field.coordinator, evaluated=date(2026, 9, 1), discussed=date(2026, 9, 30))
    assert statuses(alliance)[key] == "met"


def test_a_discussion_before_the_evaluation_is_refused(session, field, alliance):
    """The refusal stands at the discussion's date."""
    with pytest.raises(Refused, match="before the evaluation") as refused:
        evaluate(session, alliance, field.coordinator, evaluated=date(2026, 9, 1), discussed=date(2026, 8, 1))
    assert refused.value.field == "discussed_on"


def test_an_activity_is_shown_with_the_alliance(session, field, alliance):
    """The latest record stands first on the card."""
    record_activity(
        session,
        alliance_id=alliance.id,
        kind="training",
        on=date(2026, 10, 1),
        title="Fall prevention",
        reached=None,
        emphasis=["Construction"],
        details={"city": "Dover", "state": "DE"},
        by=field.coordinator,
        now=NOW,
    )
    card = show_alliance(session, alliance.id, now=NOW)
    assert (card.happened[0].title, card.happened[0].reached) == ("Fall prevention", None)
    assert card.state is State.ACTIVE
    assert card.offices == ("Wilmington Area Office",)


def test_a_list_holds_the_offices_below(session, field, alliance):
    """The region's list shows the alliances of its area offices, with what is due first."""
    (listed,) = list_alliances(session, alliance_ids(session, ["REG-PHI"]), now=NOW)
    assert (listed.name, listed.next_due.rule) == ("La Plaza", "evaluation")


def test_the_choices_offer_what_is_owed_first(session, field, alliance):
    """A form about reports offers the unsettled year."""
    choices = alliance_choices(session, alliance.id, now=NOW)
    assert [str(due.period) for due in choices.of_rule("annual-report")] == ["2025-09-15/2026-09-14"]
    assert choices.signatories[0][1] == "Local Builders"


def test_a_list_knows_what_day_it_is_at_each_office(session, portfolio, field):
    """At three in the morning in New York it is still the day before in Honolulu."""
    honolulu = portfolio.office("0936300", parent=field.region, timezone="Pacific/Honolulu")
    portfolio.alliance("Pineapple", honolulu, signed=date(2024, 11, 24))
    night = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    found = {owed.due.rule: owed for owed in list_due(session, as_of=night) if owed.due.due_on == date(2026, 11, 24)}
    assert found["renewal-decision"].on == date(2026, 11, 24)
    assert found["renewal-decision"].due.status is Status.OPEN


@pytest.mark.parametrize("kind", ["report", "evaluation"])
def test_a_year_record_is_undone_once_and_its_content_stays_readable(session, field, alliance, statuses, kind):
    """The duty is open again, the audit holds all that the row held, and the year can be recorded anew."""
    by = field.coordinator

    def record():
        if kind == "report":
            return submit(session, alliance, by, date(2026, 11, 2))
        return evaluate(session, alliance, by, evaluated=date(2026, 10, 1), discussed=date(2026, 10, 2))

    rule, action = {
        "report": ("annual-report", "annual-report:withdrawn"),
        "evaluation": ("evaluation", "evaluation:withdrawn"),
    }[kind]
    name = record().record
    with pytest.raises(NotAllowed):
        withdraw_record(session, record=name, by=field.stranger, now=NOW)
    withdraw_record(session, record=name, by=by, now=NOW)
    assert statuses(alliance)[f"{rule} 2025-09-15/2026-09-14"] == "open"
    write_noted(session)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == action)).one()
    assert (entry.actor, entry.data["record"]["period_end"]) == ("Ada Coordinator", "2026-09-14")
    with pytest.raises(AlreadyDone, match="undone before"):
        withdraw_record(session, record=name, by=by, now=NOW)
    record()
    assert statuses(alliance)[f"{rule} 2025-09-15/2026-09-14"] == "met"


def test_undoing_a_submission_keeps_the_hand_over(session, field, alliance, statuses):
    """The area office did hand its report over: only the submission no longer counts, and only once."""
    handed = {"period_end": YEAR_END, "handed_over_on": date(2026, 10, 1), "by": field.coordinator, "now": NOW}
    hand_over_report(session, alliance_id=alliance.id, **handed)
    name = submit(session, alliance, field.regional_coordinator, date(2026, 11, 2)).record
    withdraw_record(session, record=name, by=field.regional_coordinator, now=NOW)
    found = statuses(alliance)
    assert found["annual-report 2025-09-15/2026-09-14"] == "open"
    assert found["report-handoff 2025-09-15/2026-09-14"] == "met"
    with pytest.raises(AlreadyDone, match="undone before"):
        withdraw_record(session, record=name, by=field.regional_coordinator, now=NOW)
