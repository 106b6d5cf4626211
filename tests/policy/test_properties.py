"""What holds for every alliance, whatever its records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from policy.calendar import is_working_day
from policy.check import check, check_program, forecast, forecast_program
from policy.dates import add_years
from policy.duties import Basis, Due, Modality, Status
from policy.explain import as_json
from policy.facts import (
    Agreement,
    AnnualReport,
    CommentRequest,
    Ending,
    EndingKind,
    Evaluation,
    Facts,
    Fulfilment,
    Level,
    Meeting,
    Milestone,
    PlannedActivity,
    ProgramFacts,
    Recommendation,
    Regime,
    RenewalDecision,
    Signatory,
    TerminationNotice,
    Waiver,
    WorkPlan,
)
from policy.meeting_numbers import MeetingNumber
from policy.rules import RULES

DAYS = st.dates(date(2012, 1, 1), date(2034, 12, 31))
MAYBE = st.none() | DAYS
NUMBERS = st.builds(MeetingNumber, DAYS | st.just(date.min), st.none() | st.integers(0, 3))

MEETINGS = st.lists(st.tuples(DAYS, st.booleans()), max_size=6)
ASKED = ["Regional Administrator", "directorate head"]
DONE = [
    ("signed-copy", "agreement:1"),
    ("signed-copy-handover", "agreement:1"),
    ("extension-terms", "decision:0"),
    ("logo-withdrawal", "alliance:1"),
    ("ambassador-eligible", "alliance:1"),
]
FULFILMENTS = st.builds(
    lambda done, on: Fulfilment(*done, period=None, done_on=on),
    st.sampled_from(DONE),
    DAYS,
)
PROGRAMS = st.builds(ProgramFacts, st.just("Alliance Program"), DAYS, st.lists(DAYS, max_size=6).map(tuple))


@st.composite
def alliances(draw):
    """Draw an alliance with records of every kind, consistent or not."""
    signings = sorted(draw(st.sets(DAYS, min_size=1, max_size=4)))
    agreements = [
        Agreement(n, on, renewal=n > 1, term_years=draw(st.none() | st.integers(2, 5)) if n > 1 else None)
        for n, on in enumerate(signings, start=1)
    ]
    ends = [add_years(on, years) - timedelta(days=1) for on in signings for years in range(1, 6)]
    period_end = st.sampled_from(ends) | DAYS
    return Facts(
        id=1,
        name="Example",
        level=draw(st.sampled_from(Level)),
        offices=("0418800",),
        tracked_from=draw(st.just(signings[0]) | DAYS),
        agreements=tuple(agreements),
        meetings=tuple(Meeting(n, on, held) for n, (on, held) in enumerate(draw(MEETINGS))),
        reports=tuple(
            AnnualReport(n, end, draw(MAYBE), draw(MAYBE), draw(MAYBE))
            for n, end in enumerate(draw(st.lists(period_end, max_size=3)))
        ),
        evaluations=tuple(
            Evaluation(n, end, draw(DAYS), draw(MAYBE)) for n, end in enumerate(draw(st.lists(period_end, max_size=3)))
        ),
        decisions=tuple(
            RenewalDecision(
                n, draw(st.integers(1, 4)), draw(st.sampled_from(Recommendation)), on, draw(MAYBE), draw(MAYBE)
            )
            for n, on in enumerate(draw(st.lists(DAYS, max_size=2)))
        ),
        notices=tuple(
            TerminationNotice(n, on, draw(st.sampled_from(["OSHA", "Example"])), draw(MAYBE), draw(MAYBE))
            for n, on in enumerate(draw(st.lists(DAYS, max_size=2)))
        ),
        ending=draw(st.none() | st.builds(Ending, st.sampled_from(EndingKind), DAYS, st.just("goals met"))),
        anchored_on=draw(st.none() | st.sampled_from(signings)),
        meetings_required=tuple(sorted(draw(st.lists(NUMBERS, max_size=3)), key=lambda set_: set_.since)),
        meetings_mandatory=draw(st.none() | st.booleans()),
        lapse_after_days=draw(st.none() | st.integers(0, 800)),
        fulfilments=tuple(draw(st.lists(FULFILMENTS, max_size=3))),
        work_plans=tuple(
            WorkPlan(n, draw(st.sampled_from(signings) | DAYS), draw(DAYS)) for n in range(draw(st.integers(0, 2)))
        ),
        milestones=tuple(
            Milestone(n, draw(st.integers(0, 2)), "a talk", draw(DAYS), "P. Example", draw(MAYBE))
            for n in range(draw(st.integers(0, 2)))
        ),
        comment_requests=tuple(
            CommentRequest(n, "REG-ATL", draw(st.sampled_from(ASKED)), draw(DAYS), draw(MAYBE))
            for n in range(draw(st.integers(0, 2)))
        ),
        planned_activities=tuple(
            PlannedActivity(n, draw(DAYS), "Michigan", draw(DAYS), draw(MAYBE)) for n in range(draw(st.integers(0, 2)))
        ),
        signatories=tuple(
            Signatory(name, draw(MAYBE), draw(MAYBE)) for name in draw(st.sets(st.sampled_from(["Example", "Masons"])))
        ),
        ambassador_option=draw(st.booleans()),
        fiscal_year_checklist=draw(st.booleans()),
        regime=draw(st.none() | st.builds(Regime, DAYS)),
    )


def standings(facts: Facts, today: date) -> dict[object, Status]:
    """Give the status of each duty."""
    return {due.id: due.status for due in check(facts, today)}


def causes(facts: Facts) -> dict[str, date]:
    """Give the day of the record that causes each subject's duties; of the alliance itself its first signing."""
    finalized = {plan.id: plan.finalized_on for plan in facts.work_plans}
    return {
        f"alliance:{facts.id}": min(a.signed_on for a in facts.agreements),
        **{f"agreement:{a.id}": a.signed_on for a in facts.agreements},
        **{f"notice:{n.id}": n.noticed_on for n in facts.notices},
        **{f"decision:{d.id}": d.decided_on for d in facts.decisions if d.decided_on},
        **{f"request:{r.id}": r.asked_on for r in facts.comment_requests},
        **{f"activity:{a.id}": a.recorded_on for a in facts.planned_activities},
        # A plan may name a date that lies before it was final.
        **{
            f"milestone:{m.id}": min(m.due_on, finalized[m.work_plan_id])
            for m in facts.milestones
            if m.work_plan_id in finalized
        },
    }


@given(alliances(), DAYS)
def test_dates_are_in_order(facts, today):
    """A duty falls due on or after it opens, opens after its cause, and has opened when it is shown."""
    cause = causes(facts)
    for due in check(facts, today):
        assert cause[due.subject] <= due.opens_on <= due.due_on
        assert due.opens_on <= today
        assert due.due_on >= facts.tracked_from or due.modality is Modality.PERMISSION
        assert due.working_day <= due.due_on
        assert is_working_day(due.working_day)
        if due.period is not None:
            assert due.period.first <= due.period.last


def test_a_report_submitted_before_its_year_causes_no_posting():
    """Such a record is a slip; found by the property above."""
    report = AnnualReport(id=1, period_end=date(2013, 1, 1), submitted_on=date(2012, 1, 1))
    signed = date(2012, 1, 2)
    facts = Facts(1, "Slip", Level.NATIONAL, ("OSHA-NO",), signed, (Agreement(1, signed),), reports=(report,))
    assert "report-posting" not in {due.rule for due in check(facts, date(2012, 1, 2))}


@given(alliances(), DAYS)
def test_status_follows_date_and_basis(facts, today):
    """Late from the day after, by the name its basis allows; settled means a day and, when lifted, a reason."""
    for due in check(facts, today):
        if due.modality is Modality.PERMISSION:
            assert due.status in {Status.OPEN, Status.MET, Status.LIFTED, Status.WAIVED}
        elif due.status.unsettled:
            late = Status.PAST_TARGET if due.basis is Basis.OFFICE else Status.OVERDUE
            assert due.status is (late if today > due.due_on else Status.OPEN)
        assert (due.settled_on is None) == due.status.unsettled
        if due.settled_on is not None:
            assert due.settled_on <= today
            assert (due.reason is not None) == (due.status is not Status.MET)


@given(PROGRAMS, DAYS, st.integers(0, 800))
def test_the_program_has_one_call_a_quarter(program, today, days):
    """Every quarter from the start of tracking has one duty; checks repeat and a forecast holds what is open."""
    found = check_program(program, today)
    assert found == check_program(program.as_of(today), today)
    for due in found:
        assert due.period is not None
        assert program.tracked_from <= due.due_on == due.period.last
        assert due.opens_on == due.period.first <= today
        assert (due.status is Status.MET) == any(on in due.period and on <= today for on in program.calls)
    assert all(a.period.last + timedelta(days=1) == b.period.first for a, b in pairwise(found))
    last = today + timedelta(days=days)
    assert {due.id for due in forecast_program(program, today, last)} == {
        due.id for due in check_program(program, last) if due.status.unsettled and today <= due.due_on <= last
    }


@given(alliances(), DAYS)
def test_checking_is_repeatable(facts, today):
    """Checking twice, or checking what was known on the day, gives the same duties in the same order."""
    once = check(facts, today)
    assert once == check(facts, today) == check(facts.as_of(today), today)
    assert list(once) == sorted(once, key=lambda d: (d.due_on, d.rule, d.subject, d.opens_on))
    assert len({due.id for due in once}) == len(once)


@given(alliances(), DAYS, st.randoms(use_true_random=False))
def test_order_of_records_does_not_matter(facts, today, random):
    """Records in any order give the same duties and the same sentences."""

    def shuffled(records):
        mixed = list(records)
        random.shuffle(mixed)
        return tuple(mixed)

    mixed = replace(
        facts,
        agreements=shuffled(facts.agreements),
        meetings=shuffled(facts.meetings),
        reports=shuffled(facts.reports),
        evaluations=shuffled(facts.evaluations),
        decisions=shuffled(facts.decisions),
        notices=shuffled(facts.notices),
        fulfilments=shuffled(facts.fulfilments),
        work_plans=shuffled(facts.work_plans),
        milestones=shuffled(facts.milestones),
        comment_requests=shuffled(facts.comment_requests),
        planned_activities=shuffled(facts.planned_activities),
        signatories=shuffled(facts.signatories),
    )
    as_they_were, as_they_are = check(facts, today), check(mixed, today)
    assert as_they_were == as_they_are
    assert [as_json(facts, d) for d in as_they_were] == [as_json(mixed, d) for d in as_they_are]


def changed(facts: Facts, name: str, due: Due, **values: object) -> Facts:
    """Change the record that a duty names as its cause."""
    cause = int(due.subject.partition(":")[2])
    records = tuple(replace(r, **values) if r.id == cause else r for r in getattr(facts, name))
    return replace(facts, **{name: records})


def added(facts: Facts, name: str, record: object) -> Facts:
    """Add a record."""
    return replace(facts, **{name: (*getattr(facts, name), record)})


def decided(facts: Facts, due: Due, on: date) -> Facts:
    """Decide on the renewal of the agreement that a duty names."""
    agreement = int(due.subject.partition(":")[2])
    return added(facts, "decisions", RenewalDecision(99, agreement, Recommendation.RENEW, on, on))


FULFIL = {
    "meetings": lambda facts, _, on: added(facts, "meetings", Meeting(99, on)),
    "first-meeting": lambda facts, _, on: added(facts, "meetings", Meeting(99, on)),
    "annual-report": lambda facts, due, on: added(facts, "reports", AnnualReport(99, due.period.last, None, on)),
    "report-handoff": lambda facts, due, on: added(facts, "reports", AnnualReport(99, due.period.last, on)),
    "report-posting": lambda facts, due, on: added(facts, "reports", AnnualReport(99, due.period.last, None, None, on)),
    "evaluation": lambda facts, due, on: added(facts, "evaluations", Evaluation(99, due.period.last, on, on)),
    "work-plan": lambda facts, due, on: added(facts, "work_plans", WorkPlan(99, due.period.first, on)),
    "renewal-decision": decided,
    "termination-notice": lambda facts, due, on: changed(facts, "notices", due, withdrawn_on=on),
    "draft-comment": lambda facts, due, on: changed(facts, "comment_requests", due, answered_on=on),
    "activity-notice": lambda facts, due, on: changed(facts, "planned_activities", due, notified_on=on),
    "milestone": lambda facts, due, on: changed(facts, "milestones", due, done_on=on),
}


def fulfilled(facts: Facts, due: Due, on: date) -> Facts:
    """Record on a day what fulfils a duty; what has no record of its own is recorded as done."""
    if due.rule in FULFIL:
        return FULFIL[due.rule](facts, due, on)
    return added(facts, "fulfilments", Fulfilment(due.rule, due.subject, None, on))


@given(alliances(), DAYS, DAYS, st.booleans())
@settings(max_examples=50)
def test_a_fulfilment_never_worsens(facts, today, on, waive):
    """Recording what fulfils a duty, or waiving it, settles no less, and opens no other duty of its rule."""
    before = check(facts, today)
    for target in before:
        span = str(target.period) if target.period else None
        waiver = Waiver(target.rule, target.subject, span, on, "a reason", "D. Example")
        # What is already done is not recorded a second time with another day.
        if target.status is Status.MET and target.subject.partition(":")[0] != "alliance" and not waive:
            continue
        richer = replace(facts, waivers=(waiver,)) if waive else fulfilled(facts, target, on)
        after = {due.id: due.status for due in check(richer, today) if due.rule == target.rule}
        assert set(after) == {due.id for due in before if due.rule == target.rule}
        for due in before:
            assert due.rule != target.rule or due.status.unsettled or not after[due.id].unsettled


@given(alliances(), DAYS, DAYS)
@settings(max_examples=50)
def test_a_fulfilment_on_the_day_settles(facts, today, on):
    """Whatever is open is settled by recording its fulfilment as done on or before the day of the check."""
    for target in check(facts, today):
        if not target.status.unsettled or target.rule == "meetings":
            continue
        day = min(max(on, target.opens_on), today)
        after = {due.id: due.status for due in check(fulfilled(facts, target, day), today)}
        assert after[target.id] is Status.MET


@given(alliances(), DAYS, st.integers(0, 800))
def test_time_alone_settles_nothing(facts, today, days):
    """With no record of a later day, a settled duty stays settled and an open one only grows late."""
    known = facts.as_of(today)
    known = replace(known, meetings=tuple(m for m in known.meetings if m.held))
    later = {due.id: due for due in check(known, today + timedelta(days=days))}
    for due in check(known, today):
        assert later[due.id].due_on == due.due_on
        if due.status.unsettled:
            assert later[due.id].status.unsettled
        else:
            assert (later[due.id].status, later[due.id].settled_on) == (due.status, due.settled_on)


@given(alliances(), DAYS, st.integers(0, 800))
def test_forecast_is_what_later_checks_find(facts, first, days):
    """A forecast lists exactly the unsettled duties that fall due in its range, all of them open."""
    last = first + timedelta(days=days)
    found = forecast(facts, first, last)
    assert all(due.status is Status.OPEN and first <= due.due_on <= last for due in found)
    assert {due.id for due in found} == {
        due.id
        for due in check(facts, last)
        if due.status.unsettled and first <= due.due_on <= last and due.modality is not Modality.PERMISSION
    }


@given(alliances(), DAYS)
@settings(max_examples=50)
def test_every_duty_explains_itself(facts, today):
    """Whatever the records, each derivation names the due date and cites a clause of the duty."""
    for due in check(facts, today):
        text = " ".join(as_json(facts, due)["why"])
        assert any(clause.quote in text for clause in due.clauses)


@given(alliances(), DAYS)
def test_rules_do_not_lean_on_each_other(facts, today):
    """Each rule alone gives the duties that it gives among the others."""
    together = check(facts, today)
    for name, rule in RULES.items():
        assert list(check(facts, today, {name: rule})) == [due for due in together if due.rule == name]
