"""Work plans with their milestones, activities announced, and comments asked."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.duties import Obligation
from models.offices import Office
from models.plans import CommentRequest, Milestone, PlannedActivity, WorkPlan
from operations.establish.answer_comment import answer_comment
from operations.establish.ask_comments import ask_comments
from operations.operate.notify_activity import notify_activity
from operations.operate.plan_activity import plan_activity
from operations.operate.reach_milestone import reach_milestone
from operations.operate.record_work_plan import Promise, record_work_plan
from operations.read.choices import offices_to_ask
from operations.read.duties import list_passed_to
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY

SIGNED = date(2026, 10, 1)
FINAL = date(2026, 11, 10)


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance in its first weeks."""
    return portfolio.alliance("La Plaza", field.area, signed=SIGNED)


@pytest.fixture
def national(portfolio, field):
    """A national alliance, the coordinator of the National Office, and two directorates."""
    portfolio.office("DCSP", kind="directorate", parent=field.national, name="Directorate of Programs")
    portfolio.office("DSG", kind="directorate", parent=field.national, name="Directorate of Standards")
    return portfolio.alliance("Grain", field.national, level="national", signed=SIGNED)


@pytest.fixture
def nate(portfolio, field):
    """The coordinator of the National Office."""
    return portfolio.person("U0NATE001", (Role.ALLIANCE_COORDINATOR, field.national), name="Nate National")


def plan(session, alliance, by, *, first=SIGNED, on=FINAL, milestones=()):
    """Record the work plan of the first year."""
    return record_work_plan(
        session,
        alliance_id=alliance.id,
        first=first,
        finalized_on=on,
        summary="Two trainings.",
        milestones=milestones,
        by=by,
        now=NOW,
    )


POSTER = Promise(date(2027, 3, 15), "Ada Coordinator", "Poster on ladders")


def test_a_work_plan_meets_its_year_and_opens_its_milestones(session, field, alliance):
    """Each milestone is a duty of the person whom the plan names."""
    check_rules(session, now=NOW)
    outcome = plan(session, alliance, field.coordinator, milestones=[POSTER])
    assert [due.rule for due in outcome.settled] == ["work-plan"]
    (due,) = [due for due in outcome.opened if due.rule == "milestone"]
    assert (due.due_on, due.owner, due.modality) == (POSTER.due_on, "Ada Coordinator", "advisory")
    (row,) = session.scalars(select(Obligation).where(Obligation.rule == "milestone")).all()
    assert row.detail == "“Poster on ladders”, Ada Coordinator"


def test_a_year_has_one_work_plan(session, field, alliance):
    """A second plan of the year is refused, with the day of the first."""
    plan(session, alliance, field.coordinator)
    with pytest.raises(AlreadyDone, match="final on November 10, 2026"):
        plan(session, alliance, field.coordinator)
    assert len(session.scalars(select(WorkPlan)).all()) == 1


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"on": date(2026, 11, 24)}, ("finalized_on", "still to come")),
        ({"on": date(2026, 9, 30)}, ("finalized_on", "before the alliance was signed")),
        ({"milestones": [Promise(date(2026, 9, 30), "Ada", "Early")]}, ("milestones", "lies outside the plan")),
        ({"milestones": [Promise(date(2037, 3, 15), "Ada", "Late")]}, ("milestones", "lies outside the plan")),
    ],
)
def test_impossible_days_of_a_plan_are_refused(session, field, alliance, more, refusal):
    """The sentence stands at the field; nothing is written."""
    with pytest.raises(Refused, match=refusal[1]) as refused:
        plan(session, alliance, field.coordinator, **more)
    assert refused.value.field == refusal[0]
    assert session.scalars(select(Milestone)).all() == []


def test_a_milestone_is_reached_once(session, field, alliance):
    """The record meets the duty; a second one is refused; so is another alliance's milestone."""
    plan(session, alliance, field.coordinator, milestones=[POSTER])
    number = session.scalars(select(Milestone.id)).one()

    def reach(on=TODAY, id=number, of=alliance, by=field.coordinator):
        return reach_milestone(session, alliance_id=of.id, milestone_id=id, done_on=on, by=by, now=NOW)

    with pytest.raises(Refused, match="still to come"):
        reach(on=date(2026, 11, 24))
    with pytest.raises(NotAllowed):
        reach(by=field.stranger)
    with pytest.raises(Refused, match="no longer on record"):
        reach(id=number + 1)
    assert [due.rule for due in reach().settled] == ["milestone"]
    with pytest.raises(AlreadyDone, match="November 23, 2026"):
        reach()


def announce(session, alliance, by, *, on=date(2026, 12, 10), place="Philadelphia Region"):
    """Record a planned activity."""
    return plan_activity(session, alliance_id=alliance.id, on=on, place=place, title="Booth", by=by, now=NOW)


def test_a_planned_activity_is_announced_before_it_takes_place(session, national, nate):
    """Five working days before the day the region has to know; the record of the notice meets the duty."""
    outcome = announce(session, national, nate)
    (due,) = [due for due in outcome.opened if due.rule == "activity-notice"]
    assert due.due_on == date(2026, 12, 3)
    activity = session.scalars(select(PlannedActivity)).one()
    told = notify_activity(
        session, alliance_id=national.id, activity_id=activity.id, notified_on=TODAY, by=nate, now=NOW
    )
    assert [due.rule for due in told.settled] == ["activity-notice"]
    with pytest.raises(AlreadyDone, match="told on November 23, 2026"):
        notify_activity(session, alliance_id=national.id, activity_id=activity.id, notified_on=TODAY, by=nate, now=NOW)


def test_only_a_coming_activity_of_a_national_alliance_is_announced(session, field, alliance, national, nate):
    """The past is recorded as an activity; a field alliance's region knows already; twice is once."""
    with pytest.raises(Refused, match="Only activities of a national alliance"):
        announce(session, alliance, field.coordinator)
    with pytest.raises(Refused, match="has passed") as refused:
        announce(session, national, nate, on=date(2026, 11, 20))
    assert refused.value.field == "on"
    announce(session, national, nate)
    with pytest.raises(AlreadyDone):
        announce(session, national, nate, place="philadelphia region")


def ask(session, alliance, by, *codes, on=date(2026, 11, 16)):
    """Record that offices were asked."""
    return ask_comments(session, alliance_id=alliance.id, office_codes=codes, asked_on=on, by=by, now=NOW)


def test_each_office_asked_owes_a_comment_in_its_own_channel(session, field, national, nate):
    """The reminder goes to the office asked, which finds it in its list."""
    assert [code for code, _ in offices_to_ask(session, national.id)] == ["REG-PHI", "DSG"]
    outcome = ask(session, national, nate, "REG-PHI", "DSG")
    opened = {due.owner: due for due in outcome.opened if due.rule == "draft-comment"}
    assert set(opened) == {"Regional Administrator", "head of the Directorate of Standards"}
    # Ten federal working days, with Thanksgiving among them.
    assert {due.due_on for due in opened.values()} == {date(2026, 12, 1)}
    rows = session.execute(
        select(Office.code, Obligation.detail)
        .join(Office, Office.id == Obligation.office_id)
        .where(Obligation.rule == "draft-comment")
        .order_by(Office.code)
    ).all()
    assert [code for code, _ in rows] == ["DSG", "REG-PHI"]
    assert rows[0].detail == "asked of Directorate of Standards"
    assert [o.due.rule for o in list_passed_to(session, ["REG-PHI"], as_of=TODAY)] == ["draft-comment"]
    assert offices_to_ask(session, national.id) == []


def test_who_never_answered_is_asked_again_about_the_renewal(session, national, nate):
    """A comment that was missing when the agreement was signed does not stand in the way of the next round."""
    ask(session, national, nate, "REG-PHI", "DSG", on=date(2026, 9, 21))
    assert [code for code, _ in offices_to_ask(session, national.id)] == ["REG-PHI", "DSG"]
    ask(session, national, nate, "REG-PHI", "DSG")
    assert offices_to_ask(session, national.id) == []
    with pytest.raises(AlreadyDone):
        ask(session, national, nate, "DSG", on=date(2026, 11, 17))


def test_an_office_is_asked_once_at_a_time(session, field, national, nate):
    """Who is being asked is left out; when all are, nothing is left to record."""
    ask(session, national, nate, "REG-PHI")
    ask(session, national, nate, "REG-PHI", "DSG", on=date(2026, 11, 17))
    assert len(session.scalars(select(CommentRequest)).all()) == 2
    with pytest.raises(AlreadyDone, match="being asked already"):
        ask(session, national, nate, "REG-PHI", "DSG", on=date(2026, 11, 18))


@pytest.mark.parametrize("codes", [(), ("0317300",), ("NOWHERE",)])
def test_regions_and_directorates_are_asked(session, field, national, nate, codes):
    """An area office is not asked, nor is nobody."""
    with pytest.raises(Refused, match="Choose regions and directorates") as refused:
        ask(session, national, nate, *codes)
    assert refused.value.field == "offices"


def test_comments_are_asked_on_national_drafts(session, field, alliance):
    """A field alliance has other reviews."""
    with pytest.raises(Refused, match="national alliances"):
        ask(session, alliance, field.coordinator, "REG-PHI")


def test_the_office_asked_answers_or_the_coordinator_for_it(session, portfolio, field, national, nate):
    """Its own people may, the national coordinator may, another office may not."""
    ask(session, national, nate, "REG-PHI", "DSG")
    administrator = portfolio.person("U0RADMIN1", (Role.REGIONAL_ADMINISTRATOR, field.region))
    requests = {
        code: id
        for id, code in session.execute(
            select(CommentRequest.id, Office.code).join(Office, Office.id == CommentRequest.office_id)
        )
    }

    def answer(code, by, on=TODAY):
        return answer_comment(
            session,
            alliance_id=national.id,
            request_id=requests[code],
            answered_on=on,
            answer="No comment",
            by=by,
            now=NOW,
        )

    with pytest.raises(NotAllowed):
        answer("DSG", administrator)
    with pytest.raises(Refused, match="lies before the request"):
        answer("REG-PHI", administrator, on=date(2026, 11, 13))
    assert [due.owner for due in answer("REG-PHI", administrator).settled] == ["Regional Administrator"]
    with pytest.raises(AlreadyDone, match="November 23, 2026"):
        answer("REG-PHI", nate)
    assert [due.owner for due in answer("DSG", nate).settled] == ["head of the Directorate of Standards"]
