"""Steps taken back: what rested on them follows, the audit keeps what stood there, and twice is told."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.alliances import Agreement, Alliance, Ending, Signatory, TeamMember
from models.audit import AuditEntry, write_noted
from models.duties import Obligation
from models.gates import GateRecord
from models.plans import CommentRequest, CoordinatorCall, Milestone, WorkPlan
from models.products import Product
from models.work import Activity, AnnualReport
from operations.conclude.conclude_alliance import Reason, Way, conclude_alliance
from operations.conclude.decide_renewal import decide_renewal
from operations.conclude.end_ambassador import end_ambassador, undo_end_ambassador
from operations.conclude.give_notice import give_notice
from operations.conclude.record_ambassador import record_ambassador
from operations.conclude.settle_notice import settle_notice
from operations.conclude.sign_renewal import sign_renewal
from operations.establish.add_signatory import add_signatory
from operations.establish.answer_comment import answer_comment
from operations.establish.ask_comments import ask_comments
from operations.establish.record_gates import record_gates
from operations.gather_facts import gather
from operations.gather_gate_facts import gather_gate_facts
from operations.hands.rename import rename_participant
from operations.operate.add_member import add_member
from operations.operate.correct_work_plan import correct_work_plan
from operations.operate.end_member import end_member
from operations.operate.hand_over_report import hand_over_report
from operations.operate.notify_activity import notify_activity
from operations.operate.plan_activity import plan_activity
from operations.operate.plan_content import PlanContent
from operations.operate.post_report import post_report
from operations.operate.reach_milestone import reach_milestone
from operations.operate.record_call import record_call
from operations.operate.record_work_plan import Promise, record_work_plan
from operations.operate.submit_report import submit_report
from operations.operate.undo_team import undo_team
from operations.read.history import list_records
from operations.records.gate_records import Done
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import check_rules
from operations.remind.steer_reminder import pass_on, undo_pass_on
from policy.facts import Recommendation
from policy.gate_records import RecordKind
from policy.rights import Role
from policy.subjects import DRAFT
from policy.team import Part
from tests.operations.conftest import NOW, TODAY
from tests.operations.desk import a_desk
from tests.operations.gates import pass_gates

YEAR_END = date(2025, 12, 9)


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose first term runs out on December 10, 2026."""
    made = portfolio.alliance("La Plaza", field.area, signed=date(2024, 12, 10))
    check_rules(portfolio.session, now=NOW)
    return made


@pytest.fixture
def told(alliance, field):
    """What every operation on the alliance is told."""
    return {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}


def undo(session, outcome, by, **more):
    """Withdraw what an outcome recorded; a second time is told."""
    done = withdraw_record(session, record=outcome.record, by=by, now=NOW, **more)
    write_noted(session)
    with pytest.raises(AlreadyDone, match="undone before"):
        withdraw_record(session, record=outcome.record, by=by, now=NOW)
    return done


def test_a_report_goes_back_step_by_step(session, field, told):
    """The posting first, then the submission, then the hand-over: each step leaves the one before."""
    handed = hand_over_report(session, period_end=YEAR_END, handed_over_on=TODAY, **told)
    sent = submit_report(session, period_end=YEAR_END, submitted_on=TODAY, **told)
    posted = post_report(session, period_end=YEAR_END, posted_on=TODAY, address="https://www.osha.gov/a", **told)
    with pytest.raises(Refused, match="on record as posted"):
        withdraw_record(session, record=sent.record, by=field.coordinator, now=NOW)
    undo(session, posted, field.coordinator)
    report = session.scalars(select(AnnualReport)).one()
    assert (report.posted_on, report.address, report.submitted_on) == (None, None, TODAY)
    undo(session, sent, field.coordinator)
    undo(session, handed, field.coordinator)
    assert session.scalars(select(AnnualReport)).all() == []
    open_rules = {due.rule for due in check_rules(session, now=NOW)[0].remaining}
    assert {"annual-report", "report-handoff"} <= open_rules


def test_a_work_plan_and_its_milestones_go_back(session, field, alliance, told):
    """A milestone is open again; with the plan it is gone, and the audit lists it with the reason."""
    promise = Promise(TODAY, "Ada", "A fair")
    plan = record_work_plan(
        session, first=date(2025, 12, 10), finalized_on=TODAY, summary="As agreed", milestones=[promise], **told
    )
    milestone = session.scalars(select(Milestone)).one()
    reached = reach_milestone(session, milestone_id=milestone.id, done_on=TODAY, **told)
    undo(session, reached, field.coordinator)
    assert milestone.done_on is None
    kept = session.scalars(select(WorkPlan)).one()
    listed = replace(plan, record=f"work-plan:{kept.id}")
    assert listed.record in {recorded.record for recorded in list_records(session, alliance.id)}
    undo(session, listed, field.coordinator, reason="Another alliance's plan")
    assert session.scalars(select(WorkPlan)).all() == []
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "work-plan:withdrawn")).one()
    assert (entry.data["milestones"][0]["title"], entry.data["reason"]) == ("A fair", "Another alliance's plan")


def test_the_outcome_of_a_notice_goes_back(session, field, alliance, told):
    """The last signatory takes part again, the alliance has not ended, and the notice runs."""
    member = session.scalars(select(Signatory)).one()
    told_notice = give_notice(
        session, signatory_id=member.id, noticed_on=TODAY - timedelta(days=40), named_end_on=None, reason="x", **told
    )
    notice_id = int(told_notice.record.partition(":")[2])
    ended = settle_notice(session, notice_id=notice_id, withdrawn=False, on=TODAY, **told)
    assert session.get(Ending, alliance.id) is not None
    with pytest.raises(Refused, match="outcome of this notice is on record"):
        withdraw_record(session, record=told_notice.record, by=field.coordinator, now=NOW)
    undo(session, ended, field.coordinator)
    assert (session.get(Ending, alliance.id), member.left_on) == (None, None)
    assert "termination-notice" in {due.rule for due in check_rules(session, now=NOW)[0].remaining}


def test_an_end_goes_back(session, field, alliance, told):
    """The alliance owes its duties again."""
    before = {due.rule for due in check_rules(session, now=NOW)[0].remaining}
    ended = conclude_alliance(
        session, ended_on=TODAY, reason=Reason.MUTUAL, way=Way.MUTUAL, explanation="All goals were met.", **told
    )
    undo(session, ended, field.coordinator)
    assert {due.rule for due in check_rules(session, now=NOW)[0].remaining} == before


def test_a_signing_goes_back(session, field, alliance, told):
    """What was recorded for it waits for the signing again; an original that was entered is not taken back."""
    pass_gates(session, alliance, field.coordinator)
    signed = sign_renewal(session, signed_on=TODAY, term_years=5, **told)
    undo(session, signed, field.coordinator)
    assert [a.renewal for a in session.scalars(select(Agreement))] == [False]
    records = session.scalars(select(GateRecord)).all()
    assert {(row.subject, row.counted_at) for row in records} == {(DRAFT, None)}
    sign_renewal(session, signed_on=TODAY, term_years=5, **told)
    original = session.scalars(select(Agreement.id).where(~Agreement.renewal)).one()
    with pytest.raises(Refused, match="was entered with its original agreement"):
        withdraw_record(session, record=f"agreement:{original}", by=field.coordinator, now=NOW)


def test_comments_and_activities_of_a_national_alliance_go_back(session, portfolio, field):
    """An answer, then what was asked; the notice of an activity, then the activity."""
    nate = portfolio.person("U0NATE001", (Role.ALLIANCE_COORDINATOR, field.national))
    national = portfolio.alliance("National", field.national, level="national")
    told = {"alliance_id": national.id, "by": nate, "now": NOW}
    asked = ask_comments(session, office_codes=["REG-PHI"], asked_on=TODAY, **told)
    request = session.scalars(select(CommentRequest)).one()
    answered = answer_comment(session, request_id=request.id, answered_on=TODAY, answer="No objection", **told)
    with pytest.raises(Refused, match="has answered"):
        withdraw_record(session, record=asked.record, by=nate, now=NOW)
    undo(session, answered, nate)
    undo(session, asked, nate)
    planned = plan_activity(session, on=TODAY + timedelta(days=40), place="Ohio", title="Talk", **told)
    activity_id = int(planned.record.partition(":")[2])
    notified = notify_activity(session, activity_id=activity_id, notified_on=TODAY, **told)
    with pytest.raises(Refused, match="undo that first"):
        withdraw_record(session, record=planned.record, by=nate, now=NOW)
    undo(session, notified, nate)
    undo(session, planned, nate)
    assert list_records(session, national.id) == []


def test_a_call_goes_back(session, portfolio, field, alliance):
    """The program owes it again."""
    clea = portfolio.person("U0CLEA001", (Role.DCSP_STAFF, field.national))
    undo(session, record_call(session, on=TODAY, by=clea, now=NOW), clea, reason="It was cancelled")
    assert session.scalars(select(CoordinatorCall)).all() == []


def test_a_duty_that_was_passed_on_comes_back(session, field, alliance):
    """With who had it; passing it on again stands in the way."""
    row = session.scalars(select(Obligation).where(Obligation.rule == "meetings")).first()
    first = pass_on(
        session, obligation_id=row.id, office_code="REG-PHI", reason="x", by=field.regional_coordinator, now=NOW
    )
    write_noted(session)
    _, office = undo_pass_on(session, record=first.record, by=field.regional_coordinator, now=NOW)
    assert (office, row.passed_on) == ("Wilmington Area Office", False)
    write_noted(session)
    with pytest.raises(AlreadyDone, match="undone before"):
        undo_pass_on(session, record=first.record, by=field.regional_coordinator, now=NOW)


def test_a_record_that_never_was_is_told(session, field, alliance):
    """Every kind, with a number that nobody has."""
    for kind in ("work-plan", "milestone", "posting", "outcome", "agreement", "ending", "told", "answer"):
        with pytest.raises(Refused, match="no longer there"):
            withdraw_record(session, record=f"{kind}:999999", by=field.coordinator, now=NOW)


def test_an_undone_renewal_takes_back_who_joined_and_left(session, portfolio, field, told):
    """Who left takes part again, who joined no longer does, who came back is gone as before; it can be signed anew."""
    alliance = session.get_one(Alliance, told["alliance_id"])
    session.add_all(
        [
            Signatory(alliance_id=alliance.id, name="Leavers"),
            Signatory(alliance_id=alliance.id, name="Returners", left_on=date(2025, 5, 1)),
        ]
    )
    session.flush()
    everybody = portfolio.person("U0ALL", *((role, field.area) for role in Role))
    pass_gates(session, alliance, by=everybody)
    done = [Done(RecordKind.LEAVING, "Leavers", details={"yes": True})]
    done += [Done(RecordKind.JOINING, name, details={"yes": True}) for name in ("Joiners", "Returners")]
    record_gates(session, alliance_id=alliance.id, done=done, by=everybody, now=NOW)
    done = []
    done.append(Done(RecordKind.PARTICIPANT, about="Joiners", details={"kinds": ["labor union"]}))
    done.append(Done(RecordKind.SIGNER, about="Joiners", by="Sina Signer", text="the right one"))
    record_gates(session, alliance_id=alliance.id, done=done, by=everybody, now=NOW)

    def parties():
        rows = session.scalars(select(Signatory).where(Signatory.alliance_id == alliance.id).order_by(Signatory.id))
        return [(row.name, row.joined_on, row.left_on) for row in rows]

    before = parties()
    signed = sign_renewal(session, signed_on=TODAY, term_years=2, **told)
    after = parties()
    assert ("Leavers", None, TODAY) in after
    assert ("Joiners", TODAY, None) in after
    assert ("Returners", None, None) in after
    write_noted(session)
    undo(session, signed, field.coordinator)
    assert parties() == before
    sign_renewal(session, signed_on=TODAY, term_years=2, **told)
    assert [row[0] for row in parties()] == [row[0] for row in after]
    # Whoever joined and has given notice since holds it back.
    write_noted(session)
    again = session.scalars(select(Agreement).where(Agreement.signed_on == TODAY)).one()
    joined = session.scalars(select(Signatory).where(Signatory.name == "Joiners")).one()
    notice = {"noticed_on": TODAY, "named_end_on": None, "reason": "Moved"}
    give_notice(session, signatory_id=joined.id, **notice, **told)
    with pytest.raises(Refused, match="Joiners joined with this renewal and has given notice since"):
        withdraw_record(session, record=f"agreement:{again.id}", by=field.coordinator, now=NOW)


def test_an_undone_renewal_knows_who_was_renamed_since(session, portfolio, field, told):
    """Who joined under another name takes part no longer, who left does again, and it can be signed anew."""
    alliance = session.get_one(Alliance, told["alliance_id"])
    session.add(Signatory(alliance_id=alliance.id, name="Leavers"))
    session.flush()
    everybody = portfolio.person("U0ALL", *((role, field.area) for role in Role))
    pass_gates(session, alliance, by=everybody)
    done = [Done(RecordKind.LEAVING, "Leavers", details={"yes": True})]
    done.append(Done(RecordKind.JOINING, "Joiners", details={"yes": True}))
    record_gates(session, alliance_id=alliance.id, done=done, by=everybody, now=NOW)
    done = [Done(RecordKind.PARTICIPANT, about="Joiners", details={"kinds": ["labor union"]})]
    done.append(Done(RecordKind.SIGNER, about="Joiners", by="Sina Signer", text="the right one"))
    record_gates(session, alliance_id=alliance.id, done=done, by=everybody, now=NOW)
    signed = sign_renewal(session, signed_on=TODAY, term_years=2, **told)
    for row in session.scalars(select(Signatory).where(Signatory.name.in_(["Leavers", "Joiners"]))).all():
        name = {"alliance_id": alliance.id, "signatory_id": row.id, "name": f"{row.name} Inc."}
        rename_participant(session, by=everybody, now=NOW, **name)
    write_noted(session)
    undo(session, signed, field.coordinator)

    def parties():
        rows = session.execute(select(Signatory.name, Signatory.left_on).where(Signatory.alliance_id == alliance.id))
        return sorted(row[0] for row in rows if row[1] is None)

    assert parties() == ["Leavers Inc.", "Local Builders"]
    sign_renewal(session, signed_on=TODAY, term_years=2, **told)
    assert parties() == ["Joiners Inc.", "Local Builders"]


def test_an_ambassador_whose_relationship_ended_stays_one(session, portfolio, field):
    """The end of the relationship is undone before the document."""
    veteran = portfolio.alliance("Veteran", field.area, signed=date(2020, 6, 1), renewed=(date(2022, 5, 30),))
    told = {"alliance_id": veteran.id, "by": field.coordinator, "now": NOW}
    made = record_ambassador(session, document_on=date(2026, 3, 2), **told)
    ended = end_ambassador(session, ended_on=TODAY, because="Quiet", **told)
    with pytest.raises(Refused, match=r"relationship is on record as ended on November 2\d, 2026; undo that first"):
        withdraw_record(session, record=made.record, by=field.coordinator, now=NOW)
    undo_end_ambassador(session, record=ended.record, by=field.coordinator, now=NOW)
    undo(session, made, field.coordinator)


def test_a_publication_is_undone_as_one(session, alliance, field):
    """The activity that a published product counts as is not withdrawn by itself."""
    activity = Activity(
        alliance_id=alliance.id, kind="product", on_day=TODAY, title="Poster", details={}, emphasis=[], recorded_at=NOW
    )
    session.add(activity)
    session.flush()
    more = {"form": "poster", "audience": "all", "purpose": "x", "proposed_by": "x", "proposed_on": TODAY}
    published = {"published_on": TODAY, "address": "https://www.osha.gov", "activity_id": activity.id}
    session.add(Product(alliance_id=alliance.id, title="Poster", recorded_at=NOW, **more, **published))
    session.flush()
    with pytest.raises(Refused, match="is the publication of the product “Poster”; undo that instead"):
        withdraw_record(session, record=f"activity:{activity.id}", by=field.coordinator, now=NOW)


def test_a_plan_that_something_rests_on_stays_also_from_the_list(session, alliance, field, told):
    """Both ways of taking a plan back ask the same; what every version said stays in the audit."""
    first, promise = date(2025, 12, 10), Promise(date(2026, 12, 1), "Ada", "Poster")
    whole = {"finalized_on": TODAY, "summary": "As agreed"}
    record_work_plan(session, first=first, milestones=(promise,), **whole, **told)
    content = PlanContent(TODAY, "Corrected", (), (promise,))
    correct_work_plan(session, first=first, content=content, reason="Wrong", **told)
    plan = session.scalars(select(WorkPlan)).one()
    milestone = session.scalars(select(Milestone)).one()
    reached = reach_milestone(session, milestone_id=milestone.id, done_on=TODAY, **told)
    listed = replace(reached, record=f"work-plan:{plan.id}")
    with pytest.raises(Refused, match=r"“Poster” was reached on November 2\d, 2026; undo that first"):
        undo(session, listed, field.coordinator)
    undo(session, reached, field.coordinator)
    undo(session, listed, field.coordinator)
    kept = session.scalars(select(AuditEntry.data).where(AuditEntry.action == "work-plan:withdrawn")).one()
    assert [one["content"]["summary"] for one in kept["versions"]] == ["As agreed", "Corrected"]
    assert session.scalars(select(WorkPlan)).all() == []


def test_input_on_a_proposal_that_is_taken_back_passes_no_gate(session, portfolio, field):
    """The answer stands on record for the gate of the evaluation as long as it stands at all."""
    desk = a_desk(session, portfolio, field, "national")
    desk.ask_input()
    desk.answer_all()

    def input_on():
        facts = gather_gate_facts(session, gather(session, [desk.alliance_id])[0], on=TODAY)
        return facts.regional_input_on, facts.directorate_input_on

    assert input_on() == (TODAY, TODAY)
    for request in session.scalars(select(CommentRequest)).all():
        withdraw_record(session, record=f"answer:{request.id}", by=desk.ada, now=NOW)
    assert input_on() == (None, None)


def test_what_would_be_refused_is_not_offered(session, field, told):
    """A posted report, a decision that another followed, who gave notice: neither corrected nor withdrawn, and why."""
    submit_report(session, period_end=YEAR_END, submitted_on=TODAY, **told)
    post_report(session, period_end=YEAR_END, posted_on=TODAY, address="https://www.osha.gov/a", **told)
    joined = add_signatory(session, name="Joiners", joined_on=TODAY, **told)
    notice = {"noticed_on": TODAY, "named_end_on": None, "reason": "Moved"}
    give_notice(session, signatory_id=int(joined.record.partition(":")[2]), **notice, **told)
    agreement = session.scalars(select(Agreement.id)).one()
    decided = {"agreement_id": agreement, "reasons": "Late.", "recommended_on": TODAY, "decided_by": "Dora Director"}
    terms = {"extended_until": date(2030, 6, 30), "expectations": "Two meetings."}
    extend, end = Recommendation.EXTEND, Recommendation.TERMINATE
    decide_renewal(session, recommendation=extend, decided_on=TODAY, **terms, **decided, **told)
    decide_renewal(session, recommendation=end, decided_on=None, **decided, **told)
    listed = list_records(session, told["alliance_id"])
    kept = {one.record.partition(":")[0]: one for one in listed if one.kept is not None}
    assert set(kept) == {"report", "decision", "signatory"}
    assert {(one.withdrawn, one.corrected_by) for one in kept.values()} == {(False, None)}
    for one in listed:
        expected = nullcontext() if one.kept is None else pytest.raises(Refused, match=re.escape(one.kept))
        with session.begin_nested() as savepoint:
            with expected:
                withdraw_record(session, record=one.record, by=field.coordinator, now=NOW)
            savepoint.rollback()


def test_who_left_a_team_and_came_back_is_not_on_it_twice(session, field, alliance):
    """The undo of the leaving is refused: there is a later entry."""
    told = {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}
    add_member(session, part=Part.REGION, since=TODAY - timedelta(days=9), name="Max Member", **told)
    member = session.scalars(select(TeamMember)).one()
    left = end_member(session, member_id=member.id, until=TODAY - timedelta(days=5), **told)
    add_member(session, part=Part.REGION, since=TODAY, name="Max Member", **told)
    with pytest.raises(AlreadyDone, match="Max Member, OSHA, has been on the team since November 23, 2026"):
        undo_team(session, record=left.record, by=field.coordinator, now=NOW)
    assert member.until == TODAY - timedelta(days=5)
