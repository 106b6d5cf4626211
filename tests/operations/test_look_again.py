"""An alliance is looked at again when one of its records, or what all share, has changed, and on its next day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Select, event, func, select, text, update

from models import Base
from models.alliances import (
    Agreement,
    Alliance,
    AllianceOffice,
    Ending,
    RenewalDecision,
    Signatory,
    TerminationNotice,
)
from models.duties import Obligation
from models.offices import Office
from models.plans import Closure, CommentRequest, Milestone, PlannedActivity, WorkPlan
from models.settlements import Fulfilment, Waiver
from models.work import AnnualReport, Evaluation, Meeting
from operations.gather_facts import gather
from operations.operate.record_meeting import record_meeting
from operations.remind.check_rules import check_rules
from operations.remind.look_again import needs_a_look, note_failure, surroundings
from tests.operations.conftest import NOW, TODAY

#: Tables whose rows the check reads for all alliances alike: they are in the digest.
SHARED = {"offices", "closures"}
#: Tables about an alliance whose rows no rule reads.
UNREAD = {
    "activities",
    "approvals",
    "calendar_feeds",
    "documents",
    "drafts",
    "former_names",
    "gate_records",
    "holds",
    "products",
    "success_stories",
    "team_members",
}


def waiting(session, now=NOW, **more) -> list[str]:
    """Name the alliances that have to be looked at."""
    condition = needs_a_look(surroundings(session), now=now, **more)
    return list(session.scalars(select(Alliance.name).where(condition).order_by(Alliance.name)))


@pytest.fixture
def two(portfolio, field, session):
    """Two alliances that were looked at."""
    pair = portfolio.alliance("La Plaza", field.area), portfolio.alliance("Second", field.area)
    assert waiting(session) == ["La Plaza", "Second"]
    check_rules(session, now=NOW)
    assert waiting(session) == []
    return pair


def triggered(session) -> set[str]:
    """Name the tables whose changes end the quiet of an alliance."""
    names = text("select tgrelid::regclass::text from pg_trigger where tgname = 'look_again'")
    return set(session.scalars(names))


def test_every_table_that_is_gathered_is_watched(session, two):
    """Whatever the facts of an alliance are read from has the trigger, or is part of the digest."""
    read: set[str] = set()

    def note(_connection, clause, *_) -> None:
        if isinstance(clause, Select):
            read.update(table.name for table in Base.metadata.tables.values() if f" {table.name}" in str(clause))

    event.listen(session.get_bind(), "before_execute", note)
    try:
        gather(session, [two[0].id])
    finally:
        event.remove(session.get_bind(), "before_execute", note)
    assert {"meetings", "milestones", "alliances", "offices"} <= read
    assert read - SHARED <= triggered(session)


def test_every_table_about_an_alliance_is_watched(session):
    """A table that is added one day and names an alliance needs the trigger, or a reason."""
    owned = {
        table.name
        for table in Base.metadata.tables.values()
        if any(key.column.table.name == "alliances" for key in table.foreign_keys)
    }
    assert owned - UNREAD <= triggered(session)


def plan_of(session, alliance) -> WorkPlan:
    """Add a Work Plan."""
    plan = WorkPlan(
        alliance_id=alliance.id, first=date(2025, 12, 10), finalized_on=TODAY, summary="All.", recorded_at=NOW
    )
    session.add(plan)
    session.flush()
    return plan


def agreement_of(session, alliance) -> int:
    """Find its agreement."""
    return session.scalars(select(Agreement.id).where(Agreement.alliance_id == alliance.id)).one()


#: By table, a row about an alliance, and a change of it.
RECORDS = {
    "meetings": lambda s, a: (Meeting(on_day=TODAY, held=True, format="both", recorded_at=NOW), {"held": False}),
    "signatories": lambda s, a: (Signatory(name="Another"), {"left_on": TODAY}),
    "agreements": lambda s, a: (
        Agreement(signed_on=TODAY, renewal=True, edition="CSP 04-01-003"),
        {"term_years": 3},
    ),
    "annual_reports": lambda s, a: (
        AnnualReport(period_end=TODAY, submitted_on=TODAY, recorded_at=NOW),
        {"posted_on": TODAY},
    ),
    "evaluations": lambda s, a: (
        Evaluation(period_end=TODAY, evaluated_on=TODAY, findings="Good.", recorded_at=NOW),
        {"discussed_on": TODAY},
    ),
    "renewal_decisions": lambda s, a: (
        RenewalDecision(
            agreement_id=agreement_of(s, a), recommendation="renew", reasons="Goals met.", recommended_on=TODAY
        ),
        {"decided_on": TODAY},
    ),
    "termination_notices": lambda s, a: (TerminationNotice(noticed_on=TODAY, reason="Moved."), {"withdrawn_on": TODAY}),
    "endings": lambda s, a: (Ending(kind="concluded", ended_on=TODAY, reason="Goals met."), {"ended_on": NOW.date()}),
    "work_plans": lambda s, a: (
        WorkPlan(first=TODAY, finalized_on=TODAY, summary="All.", recorded_at=NOW),
        {"finalized_on": date(2026, 11, 1)},
    ),
    "milestones": lambda s, a: (
        Milestone(work_plan_id=plan_of(s, a).id, title="A course", due_on=TODAY, person="Ada"),
        {"done_on": TODAY},
    ),
    "comment_requests": lambda s, a: (
        CommentRequest(office_id=s.scalar(select(func.min(Office.id))), asked_on=TODAY),
        {"answered_on": TODAY},
    ),
    "planned_activities": lambda s, a: (
        PlannedActivity(on_day=TODAY, place="Ohio", title="A fair", recorded_on=TODAY),
        {"notified_on": TODAY},
    ),
    "fulfilments": lambda s, a: (
        Fulfilment(rule="signed-copy", subject="agreement:1", done_on=TODAY, recorded_at=NOW),
        {"done_on": date(2026, 11, 1)},
    ),
    "waivers": lambda s, a: (
        Waiver(rule="r", subject="s", due_on=TODAY, waived_on=TODAY, reason="None.", by="Rita", recorded_at=NOW),
        {"waived_on": date(2026, 11, 1)},
    ),
    "alliance_offices": lambda s, a: (
        AllianceOffice(office_id=s.scalar(select(func.min(Office.id))), rank=5),
        {"rank": 6},
    ),
}


@pytest.mark.parametrize("table", RECORDS)
def test_a_record_ends_the_quiet_of_its_alliance_alone(session, two, table):
    """It does when it is added, changed and deleted, whoever does it."""
    alliance = two[0]
    row, change = RECORDS[table](session, alliance)
    if table != "milestones":
        row.alliance_id = alliance.id
    made = row.__table__
    for step in (
        lambda: session.add(row),
        lambda: session.execute(update(made).where(*keys(made, row)).values(change)),
        lambda: session.execute(made.delete().where(*keys(made, row))),
    ):
        step()
        session.flush()
        assert waiting(session) == ["La Plaza"]
        quiet_again(session, alliance)


def keys(table, row) -> list:
    """Return the condition that names a row."""
    return [column == getattr(row, column.key) for column in table.primary_key]


def quiet_again(session, alliance) -> None:
    """Say that an alliance was looked at, whatever its records hold."""
    note_failure(session, alliance.id, "made quiet by a test", now=NOW)
    assert waiting(session) == []


def test_all_tables_that_are_watched_are_tried():
    """The records above are of every watched table but the two that have a test of their own."""
    assert {"alliances", "obligations"}.isdisjoint(RECORDS)


def test_watched_tables_are_the_tried_ones(session):
    """No trigger is without a test."""
    assert triggered(session) == {*RECORDS, "alliances", "obligations"}


def test_a_column_that_rules_read_ends_the_quiet(session, two):
    """A change of the alliance itself does, and what the check itself notes there does not."""
    two[0].meetings_required = 4
    session.flush()
    assert waiting(session) == ["La Plaza"]
    check_rules(session, now=NOW)
    assert waiting(session) == []


@pytest.mark.parametrize("change", [{"snoozed_until": TODAY}, {"passed_on": True}])
def test_an_answer_to_a_reminder_ends_the_quiet(session, two, change):
    """What people decide about an obligation does; what the check writes in it does not."""
    one = session.scalars(select(Obligation.id).where(Obligation.alliance_id == two[1].id).limit(1)).one()
    session.execute(update(Obligation).where(Obligation.id == one).values(changed_at=NOW, required=9))
    assert waiting(session) == []
    session.execute(update(Obligation).where(Obligation.id == one).values(change))
    assert waiting(session) == ["Second"]


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.add(Closure(day=TODAY, reason="Storm")),
        lambda s: s.execute(update(Office).where(Office.kind == "national").values(settings={"repeat_every_days": 5})),
        lambda s: s.execute(update(Office).where(Office.kind == "area").values(timezone="America/Denver")),
    ],
)
def test_what_all_share_ends_the_quiet_of_all(session, two, change):
    """A closure, an office's settings and its time zone do."""
    change(session)
    session.flush()
    assert waiting(session) == ["La Plaza", "Second"]


def test_a_channel_concerns_nobody(session, two):
    """What the check does not read of an office ends nobody's quiet."""
    session.execute(update(Office).values(channel="C0NEW", schedule="0 8 * * 1-5"))
    assert waiting(session) == []


def test_an_operation_leaves_its_alliance_quiet(session, two, field):
    """It has checked the rules itself, in its own transaction."""
    record_meeting(
        session, alliance_id=two[0].id, on=date(2026, 11, 20), held=True, format="both", by=field.coordinator, now=NOW
    )
    assert waiting(session) == []


def test_the_quiet_ends_with_the_office_day_that_the_boundary_names(session, two):
    """An evaluation falls due on December 9; on the 10th, in New York, a new year opens."""
    begins = datetime.fromisoformat("2026-12-10T05:00:00+00:00")
    upper = session.scalar(select(func.upper(Alliance.quiet)).where(Alliance.id == two[0].id))
    assert upper <= begins
    assert waiting(session, upper - timedelta(seconds=1)) == []
    assert waiting(session, upper) == ["La Plaza", "Second"]


def test_a_look_ahead_says_nothing_of_the_days_between(session, two):
    """Checked as of a day to come, an alliance is looked at again today."""
    check_rules(session, now=NOW + timedelta(days=40))
    assert waiting(session) == ["La Plaza", "Second"]
    assert waiting(session, NOW + timedelta(days=40)) == []


def test_whoever_was_not_looked_at_for_long_is(session, two):
    """A moment since which everyone has to have been looked at once ends the quiet, too."""
    assert waiting(session, since=NOW) == []
    assert waiting(session, NOW + timedelta(hours=2), since=NOW + timedelta(hours=1)) == ["La Plaza", "Second"]
