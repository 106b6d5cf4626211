"""What holds for every alliance, whatever its records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from policy.calendar import is_working_day
from policy.check import check, forecast
from policy.dates import add_years
from policy.duties import Basis, Modality, Status
from policy.explain import as_json
from policy.facts import (
    Agreement,
    AnnualReport,
    Ending,
    EndingKind,
    Evaluation,
    Facts,
    Level,
    Meeting,
    Recommendation,
    RenewalDecision,
    TerminationNotice,
    Waiver,
)
from policy.rules import RULES

DAYS = st.dates(date(2012, 1, 1), date(2034, 12, 31))
MAYBE = st.none() | DAYS

MEETINGS = st.lists(st.tuples(DAYS, st.booleans()), max_size=6)


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
            AnnualReport(n, end, None, draw(MAYBE)) for n, end in enumerate(draw(st.lists(period_end, max_size=3)))
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
        meetings_required=draw(st.none() | st.integers(0, 3)),
        meetings_mandatory=draw(st.none() | st.booleans()),
        lapse_after_days=draw(st.none() | st.integers(0, 800)),
    )


def standings(facts: Facts, today: date) -> dict[object, Status]:
    """Give the status of each duty."""
    return {due.id: due.status for due in check(facts, today)}


@given(alliances(), DAYS)
def test_dates_are_in_order(facts, today):
    """A duty falls due on or after it opens, opens after its cause, and has opened when it is shown."""
    first = min(a.signed_on for a in facts.agreements)
    noticed = {f"notice:{n.id}": n.noticed_on for n in facts.notices}
    for due in check(facts, today):
        assert noticed.get(due.subject, first) <= due.opens_on <= due.due_on
        assert due.opens_on <= today
        assert due.due_on >= facts.tracked_from
        assert due.working_day <= due.due_on
        assert is_working_day(due.working_day)
        if due.period is not None:
            assert due.period.first <= due.period.last


@given(alliances(), DAYS)
def test_status_follows_date_and_basis(facts, today):
    """Late from the day after, by the name its basis allows; settled means a day and, when lifted, a reason."""
    for due in check(facts, today):
        assert due.modality is not Modality.PERMISSION
        if due.status.unsettled:
            late = Status.PAST_TARGET if due.basis is Basis.OFFICE else Status.OVERDUE
            assert due.status is (late if today > due.due_on else Status.OPEN)
            assert due.settled_on is None
        else:
            assert due.settled_on is not None
            assert due.settled_on <= today
            assert (due.reason is not None) == (due.status is not Status.MET)


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
    )
    as_they_were, as_they_are = check(facts, today), check(mixed, today)
    assert as_they_were == as_they_are
    assert [as_json(facts, d) for d in as_they_were] == [as_json(mixed, d) for d in as_they_are]


@given(alliances(), DAYS, DAYS, st.sampled_from(["meeting", "report", "evaluation", "decision", "waiver"]))
def test_a_fulfilment_never_worsens(facts, today, on, kind):
    """Recording a meeting, report, evaluation, decision or waiver leaves no duty worse, and creates none."""
    before = check(facts, today)
    for target in before or ():
        end = target.period.last if target.period else on
        richer = {
            "meeting": lambda: replace(facts, meetings=(*facts.meetings, Meeting(99, on))),
            "report": lambda end=end: replace(facts, reports=(*facts.reports, AnnualReport(99, end, None, on))),
            "evaluation": lambda end=end: replace(facts, evaluations=(*facts.evaluations, Evaluation(99, end, on, on))),
            "decision": lambda: replace(
                facts, decisions=(*facts.decisions, RenewalDecision(99, 1, Recommendation.RENEW, on, on))
            ),
            "waiver": lambda target=target: replace(
                facts,
                waivers=(
                    Waiver(
                        target.rule,
                        target.subject,
                        str(target.period) if target.period else None,
                        on,
                        "a reason",
                        "D. Example",
                    ),
                ),
            ),
        }[kind]()
        after = standings(richer, today)
        assert set(after) == {due.id for due in before}
        for due in before:
            assert due.status.unsettled or not after[due.id].unsettled


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
        due.id for due in check(facts, last) if due.status.unsettled and first <= due.due_on <= last
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
