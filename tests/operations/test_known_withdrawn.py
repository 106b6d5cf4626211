"""What was believed on a past day of records that were withdrawn or corrected since."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.alliances import Ending, Signatory
from models.audit import write_noted
from models.plans import CommentRequest, Milestone
from operations.conclude.conclude_alliance import Reason, Way, conclude_alliance
from operations.conclude.end_ambassador import end_ambassador
from operations.conclude.give_notice import give_notice
from operations.conclude.settle_notice import settle_notice
from operations.conclude.sign_renewal import sign_renewal
from operations.establish.add_signatory import add_signatory
from operations.establish.ask_comments import ask_comments
from operations.establish.withdraw_proposal import withdraw_proposal
from operations.operate.correct_work_plan import correct_work_plan
from operations.operate.notify_activity import notify_activity
from operations.operate.plan_activity import plan_activity
from operations.operate.plan_content import PlanContent, Promise
from operations.operate.reach_milestone import reach_milestone
from operations.operate.record_call import record_call
from operations.operate.record_evaluation import record_evaluation
from operations.operate.record_work_plan import record_work_plan
from operations.operate.submit_report import submit_report
from operations.operate.undo_work_plan import undo_work_plan
from operations.read.known_on import gather_known
from operations.read.known_program import gather_known_program
from operations.records.withdraw_record import withdraw_record
from operations.remind.check_rules import check_program, check_rules
from operations.remind.waive_duty import undo_waiver, waive_duty
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY
from tests.operations.gates import pass_gates
from tests.operations.proposals import a_proposal, proposed

DAY = timedelta(days=1)
YESTERDAY, BEFORE = TODAY - DAY, TODAY - 3 * DAY
#: When things were entered that are taken back today.
THEN = NOW - 2 * DAY


@pytest.fixture
def alliance(session, portfolio, field):
    """An area alliance signed on December 10, 2024, entered a week ago."""
    made = portfolio.alliance("La Plaza", field.area, signed=date(2024, 12, 10))
    made.created_at = NOW - 7 * DAY
    session.flush()
    check_rules(session, now=NOW - 7 * DAY)
    return made


@pytest.fixture
def boss(portfolio, field):
    """Somebody who may do all that is done here."""
    return portfolio.person("U0BOSS", *((role, field.area) for role in Role))


@pytest.fixture
def told(alliance, boss):
    """What every operation of the day before yesterday is told."""
    return {"alliance_id": alliance.id, "by": boss, "now": THEN}


@pytest.fixture
def known(session, alliance):
    """Gives the facts as they were on record at the end of a day, and what is not certain of them."""

    def read(on):
        write_noted(session)
        (found,) = gather_known(session, on, [alliance.id])
        # The decision that a renewal needs is put on record without a trace.
        assert [said for said in found.unsure if not said.startswith("the recommendation")] == []
        return found.of.facts

    return read


def take_back(session, outcome, boss):
    """Withdraw today what was entered before."""
    write_noted(session)
    withdraw_record(session, record=outcome.record, by=boss, now=NOW)


def test_records_that_were_deleted_were_believed_until_then(session, alliance, boss, told, known):
    """An evaluation, a report, a notice, a signatory, an end: each was there yesterday, as it was, and not before."""
    evaluated = record_evaluation(
        session, period_end=date(2026, 12, 9), evaluated_on=date(2026, 11, 2), discussed_on=None, findings="x", **told
    )
    reported = submit_report(session, period_end=date(2025, 12, 9), submitted_on=date(2026, 1, 20), **told)
    joined = add_signatory(session, name="Late Joiners", joined_on=TODAY - 2 * DAY, **told)
    notice = {"noticed_on": date(2026, 11, 2), "named_end_on": None, "reason": "Resources"}
    noticed = give_notice(session, signatory_id=None, **notice, **told)

    def shown(on):
        facts = known(on)
        return (
            [(e.evaluated_on, e.discussed_on) for e in facts.evaluations],
            [r.submitted_on for r in facts.reports],
            [(n.given_by, n.noticed_on) for n in facts.notices],
            [s.name for s in facts.signatories],
        )

    there = shown(TODAY)
    assert there == shown(YESTERDAY)
    assert all(there)
    for outcome in (evaluated, reported, joined, noticed):
        take_back(session, outcome, boss)
    assert shown(YESTERDAY) == there
    assert shown(TODAY) == ([], [], [], [name for name in there[3] if name != "Late Joiners"])
    assert shown(BEFORE) == ([], [], [], [name for name in there[3] if name != "Late Joiners"])


def test_an_end_and_its_outcome_were_believed_until_then(session, alliance, boss, told, known):
    """A signatory's notice that ended the alliance, undone today."""
    signatory = session.scalars(select(Signatory.id).where(Signatory.alliance_id == alliance.id)).one()
    notice = {"noticed_on": date(2026, 10, 1), "named_end_on": None, "reason": "Moved"}
    given = give_notice(session, signatory_id=signatory, **notice, **told | {"now": NOW - 4 * DAY})
    number = int(given.record.partition(":")[2])
    out = settle_notice(session, notice_id=number, withdrawn=False, on=date(2026, 11, 2), **told)
    there = known(YESTERDAY)
    assert there.ending is not None
    take_back(session, out, boss)
    assert known(YESTERDAY) == there
    assert (known(TODAY).ending, known(TODAY).notices[0].ended_on, known(TODAY).signatories[0].left_on) == (
        (None, None, None)
    )
    assert known(BEFORE) == known(TODAY)


def test_a_renewal_and_a_conclusion_were_believed_until_then(session, alliance, boss, told, known):
    """What is signed or concluded and taken back was so in between."""
    pass_gates(session, alliance, boss, on=TODAY - 2 * DAY, now=THEN)
    signed = sign_renewal(session, signed_on=TODAY - 2 * DAY, term_years=2, **told)
    take_back(session, signed, boss)
    assert [len(known(on).agreements) for on in (BEFORE, YESTERDAY, TODAY)] == [1, 2, 1]
    ended = conclude_alliance(
        session, way=Way.MUTUAL, reason=Reason.MUTUAL, explanation="x", ended_on=TODAY - 2 * DAY, **told
    )
    take_back(session, ended, boss)
    assert [known(on).ending is None for on in (BEFORE, YESTERDAY, TODAY)] == [True, False, True]


def test_a_waiver_was_believed_until_it_was_taken_back(session, portfolio, field, known):
    """It was there for a day."""
    director = portfolio.person("U0DIRECTOR", (Role.AREA_DIRECTOR, field.area))
    duty = next(due for due in check_rules(session, now=THEN)[0].remaining if due.rule == "meetings")
    waived = waive_duty(session, obligation_id=duty.id, reason="Does not apply", by=director, now=THEN)
    write_noted(session)
    undo_waiver(session, record=waived.record, by=director, now=NOW)
    assert [len(known(on).waivers) for on in (BEFORE, YESTERDAY, TODAY)] == [0, 1, 0]


def test_a_plan_was_believed_as_it_said_then(session, alliance, boss, told, known):
    """A milestone that was moved today stood on its old day yesterday; one reached and reopened was reached."""
    first = date(2025, 12, 10)
    promises = (Promise(date(2027, 1, 15), "Ada", "Poster"), Promise(date(2027, 2, 1), "Ada", "Course"))
    plan = PlanContent(TODAY - 3 * DAY, "As agreed", (), promises)
    whole = {"finalized_on": plan.finalized_on, "summary": plan.summary, "milestones": promises}
    record_work_plan(session, first=first, **whole, **told)
    write_noted(session)

    def shown(on):
        return [(m.title, m.due_on, m.person, m.done_on) for m in known(on).milestones]

    there = [("Poster", date(2027, 1, 15), "Ada", None), ("Course", date(2027, 2, 1), "Ada", None)]
    assert shown(YESTERDAY) == there
    moved = (replace(promises[0], due_on=date(2027, 3, 1)), Promise(date(2027, 4, 1), "Ben", "Booth"))
    change = {"first": first, "content": replace(plan, milestones=moved), "reason": "Later"}
    corrected = correct_work_plan(session, **change, **told | {"now": NOW})
    assert shown(YESTERDAY) == there
    assert shown(TODAY) == [("Poster", date(2027, 3, 1), "Ada", None), ("Booth", date(2027, 4, 1), "Ben", None)]
    poster = known(YESTERDAY).milestones[0].id
    assert poster == known(TODAY).milestones[0].id
    reached = reach_milestone(session, milestone_id=poster, done_on=TODAY, **told | {"now": NOW})
    take_back_at = NOW + DAY
    write_noted(session)
    withdraw_record(session, record=reached.record, by=boss, now=take_back_at)
    assert [m.done_on for m in known(TODAY).milestones] == [TODAY, None]
    undo_work_plan(session, record=corrected.record, by=boss, now=take_back_at)
    assert [(title, due_on) for title, due_on, *_ in shown(TODAY + DAY)] == [one[:2] for one in there]
    assert [title for title, *_ in shown(TODAY)] == ["Poster", "Booth"]
    # Taken back as a whole, from the list, it was there until then.
    plan_id = known(TODAY + DAY).work_plans[0].id
    withdraw_record(session, record=f"work-plan:{plan_id}", by=boss, now=NOW + 2 * DAY)
    assert [title for title, *_ in shown(TODAY + DAY)] == ["Poster", "Course"]
    assert (known(TODAY + 2 * DAY).work_plans, known(TODAY + 2 * DAY).milestones) == ((), ())


def test_what_was_undone_and_done_again_was_open_in_between(session, portfolio, field):
    """A milestone reached, reopened and reached; an activity told of, not told of, and told of."""
    national = portfolio.alliance("Grain", field.national, level="national", signed=date(2024, 12, 10))
    national.created_at = NOW - 7 * DAY
    boss = portfolio.person("U0BOSS", *((role, field.national) for role in Role))
    about = {"alliance_id": national.id, "by": boss}
    entered = about | {"now": NOW - 6 * DAY}
    plan = {"first": date(2025, 12, 10), "finalized_on": TODAY - 6 * DAY, "summary": "As agreed"}
    record_work_plan(session, **plan, milestones=[Promise(date(2027, 1, 15), "Ada", "Poster")], **entered)
    planned = plan_activity(session, on=TODAY + 40 * DAY, place="Ohio", title="Talk", **entered)
    number = int(planned.record.partition(":")[2])
    milestone = session.scalars(select(Milestone.id)).one()
    for days in (5, 1):
        now, on = NOW - days * DAY, TODAY - days * DAY
        reached = reach_milestone(session, milestone_id=milestone, done_on=on, **about, now=now)
        notified = notify_activity(session, activity_id=number, notified_on=on, **about, now=now)
        write_noted(session)
        if days > 1:
            for done in (reached, notified):
                withdraw_record(session, record=done.record, by=boss, now=NOW - 3 * DAY)
    days = [gather_known(session, TODAY - n * DAY, [national.id])[0].of.facts for n in (6, 4, 2, 1)]
    assert [facts.milestones[0].done_on is not None for facts in days] == [False, True, False, True]
    assert [facts.planned_activities[0].notified_on is not None for facts in days] == [False, True, False, True]


def test_requests_for_comments_were_believed_until_they_were_taken_back(session, portfolio, field):
    """Those on the draft are taken back alone, asked anew today, and were there in between as they had been asked."""
    national = portfolio.alliance("Grain", field.national, level="national")
    national.created_at = NOW - 7 * DAY
    other = portfolio.office("REG-BOS", kind="region", parent=field.national, name="Boston Region")
    boss = portfolio.person("U0BOSS", (Role.OOSA_DIRECTOR, field.national))
    on = TODAY - 2 * DAY
    offices = {"office_codes": [field.region.code, other.code], "asked_on": on}
    told = {"alliance_id": national.id, "by": boss}
    asked = ask_comments(session, **offices, **told, now=THEN)
    kept = CommentRequest(alliance_id=national.id, office_id=other.id, subject="proposal", asked_on=on)
    session.add(kept)
    session.flush()

    def shown(day):
        write_noted(session)
        (found,) = gather_known(session, day, [national.id])
        return [r for r in found.of.facts.comment_requests if r.subject == "draft"]

    there = shown(YESTERDAY)
    assert len(there) == 2
    withdraw_record(session, record=asked.record, by=boss, now=NOW)
    assert session.scalars(select(CommentRequest.subject)).all() == ["proposal"]
    assert (shown(BEFORE), shown(YESTERDAY), shown(TODAY)) == ([], there, [])
    ask_comments(session, **offices, **told, now=NOW + DAY)
    assert (shown(YESTERDAY), shown(TODAY), len(shown(TODAY + DAY))) == (there, [], 2)


def test_a_call_and_a_waiver_of_the_program_were_believed_until_then(session, alliance, portfolio, field):
    """A call with the coordinators that was taken back was held in between, and what was waived was."""
    boss = portfolio.person("U0BOSS", (Role.OOSA_DIRECTOR, field.national), (Role.ADMINISTRATOR, field.national))
    call = record_call(session, on=TODAY - 3 * DAY, by=boss, now=THEN)
    duty = next(due for due in check_program(session, now=THEN).remaining if due.rule == "coordinator-call")
    waived = waive_duty(session, obligation_id=duty.id, reason="Does not apply", by=boss, now=THEN)
    write_noted(session)
    withdraw_record(session, record=call.record, by=boss, now=NOW)
    undo_waiver(session, record=waived.record, by=boss, now=NOW)
    write_noted(session)
    found = [gather_known_program(session, day).of.facts for day in (BEFORE, YESTERDAY, TODAY)]
    assert [(len(facts.calls), len(facts.waivers)) for facts in found] == [(0, 0), (1, 1), (0, 0)]


def test_a_proposal_that_was_withdrawn_stood_until_then(session, field):
    """It had not ended on the days before."""
    made = proposed(session, a_proposal(field.area), field.coordinator)
    made.created_at = NOW - 7 * DAY
    withdraw_proposal(session, alliance_id=made.id, reason="Not pursued", by=field.coordinator, now=NOW)
    write_noted(session)
    found = [gather_known(session, day, [made.id])[0] for day in (YESTERDAY, TODAY)]
    assert [one.of.facts.ending is None for one in found] == [True, False]
    assert found[0].unsure == ()


def test_what_is_recorded_anew_as_it_was_is_not_believed_in_between(session, alliance, boss, told, known):
    """An end and a report, taken back and recorded again with the same day: on the day between they were not there."""

    def enter(now):
        at = told | {"now": now}
        sent = submit_report(session, period_end=date(2025, 12, 9), submitted_on=date(2026, 1, 20), **at)
        mutual = {"way": Way.MUTUAL, "reason": Reason.MUTUAL, "explanation": "x", "ended_on": TODAY - 4 * DAY}
        return sent, conclude_alliance(session, **mutual, **at)

    for outcome in reversed(enter(NOW - 3 * DAY)):
        write_noted(session)
        withdraw_record(session, record=outcome.record, by=boss, now=NOW - 2 * DAY)
    enter(NOW)
    seen = {on: known(on) for on in (BEFORE, BEFORE + DAY, TODAY)}
    assert [(f.ending is not None, len(f.reports)) for f in seen.values()] == [(True, 1), (False, 0), (True, 1)]


def test_who_left_on_one_day_left_as_each_was_entered(session, alliance, boss, told, known):
    """Of two signatories the second one ends the alliance, with its own entry."""
    session.add(Signatory(alliance_id=alliance.id, name="Roofers Guild"))
    session.flush()
    notices = []
    for signatory in session.scalars(select(Signatory.id).where(Signatory.alliance_id == alliance.id)).all():
        notice = {"noticed_on": date(2026, 10, 1), "named_end_on": None, "reason": "Moved"}
        given = give_notice(session, signatory_id=signatory, **notice, **told | {"now": NOW - 4 * DAY})
        notices.append(int(given.record.partition(":")[2]))
    for number, now in zip(notices, (THEN, NOW), strict=True):
        settle_notice(session, notice_id=number, withdrawn=False, on=date(2026, 11, 2), **told | {"now": now})
    before, after = known(YESTERDAY), known(TODAY)
    assert (before.ending, sorted(s.left_on is None for s in before.signatories)) == (None, [False, True])
    assert after.ending is not None
    assert {s.left_on for s in after.signatories} == {date(2026, 11, 2)}


def test_an_ambassador_stayed_one_until_it_was_entered_otherwise(session, alliance, boss, known):
    """The end of the relationship was not known on the days before."""
    session.add(Ending(alliance_id=alliance.id, kind="ambassador", ended_on=date(2026, 11, 1), reason="x"))
    session.flush()
    end_ambassador(
        session, alliance_id=alliance.id, ended_on=date(2026, 11, 10), because="No longer active", by=boss, now=NOW
    )
    assert [known(on).ending.relationship_ended_on for on in (YESTERDAY, TODAY)] == [None, date(2026, 11, 10)]
