from __future__ import annotations

from datetime import date, timedelta

import pytest

from operations.conclude.decide_renewal import decide_renewal
from operations.conclude.give_notice import give_notice
from operations.conclude.settle_notice import settle_notice
from operations.establish.record_gates import record_gates
from operations.gather_facts import gather
from operations.read.begun import decision_made
from operations.read.choices import alliance_choices
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, Refused
from policy.facts import Recommendation
from tests.operations.conftest import NOW
from tests.operations.gates import what_a_renewal_needs

WRITTEN = date(2026, 10, 1)


@pytest.fixture
def alliance(portfolio, field):
    """An alliance of two signatories whose first term ends on December 10, 2027."""
    return portfolio.alliance("La Plaza", field.area, signatories=("Builders", "Roofers"))


def signatory(session, alliance, name):
    """Find a signatory's id."""
    choices = alliance_choices(session, alliance.id, now=NOW)
    return next(id for id, known in choices.signatories if known == name)


def give(session, alliance, by, who, *, on=WRITTEN, named=None):
    """Record a notice; `who` None is OSHA."""
    return give_notice(
        session,
        alliance_id=alliance.id,
        signatory_id=who,
        noticed_on=on,
        named_end_on=named,
        reason="Other plans.",
        by=by,
        now=NOW,
    )


def settle(session, alliance, by, outcome, *, on, withdrawn=False):
    """Record what came of the notice of an outcome."""
    return settle_notice(
        session,
        alliance_id=alliance.id,
        notice_id=int(outcome.record.removeprefix("notice:")),
        withdrawn=withdrawn,
        on=on,
        by=by,
        now=NOW,
    )


def test_a_notice_makes_its_earliest_end_a_duty(session, field, alliance):
    """The end may be recorded 30 calendar days after the written notice."""
    outcome = give(session, alliance, field.coordinator, None)
    (due,) = (due for due in outcome.opened if due.rule == "termination-notice")
    assert due.due_on == date(2026, 10, 31)


def test_a_named_end_before_the_30_days_is_refused(session, field, alliance):
    """The refusal names the earliest day."""
    with pytest.raises(Refused, match="October 31, 2026") as refused:
        give(session, alliance, field.coordinator, None, named=date(2026, 10, 30))
    assert refused.value.field == "named_end_on"


def test_a_notice_of_tomorrow_is_refused(session, field, alliance):
    """A notice is recorded once it is written."""
    with pytest.raises(Refused, match="still to come"):
        give(session, alliance, field.coordinator, None, on=date(2026, 11, 24))


def test_one_party_gives_one_notice_at_a_time(session, field, alliance):
    """A second running notice of the same party is refused; another party's is not."""
    give(session, alliance, field.coordinator, None)
    with pytest.raises(AlreadyDone, match="already running"):
        give(session, alliance, field.coordinator, None)
    assert give(session, alliance, field.coordinator, signatory(session, alliance, "Builders")).record


def test_an_end_before_the_30_days_is_refused(session, field, alliance):
    """One day too early is refused, at the day."""
    outcome = give(session, alliance, field.coordinator, None)
    with pytest.raises(Refused, match="October 31, 2026 at the earliest"):
        settle(session, alliance, field.coordinator, outcome, on=date(2026, 10, 30))


def test_a_signatory_that_leaves_ends_only_its_own_part(session, field, alliance):
    """The others stay, until the last one leaves (reading A12)."""
    first = give(session, alliance, field.coordinator, signatory(session, alliance, "Builders"))
    settle(session, alliance, field.coordinator, first, on=date(2026, 11, 1))
    assert gather(session, [alliance.id])[0].facts.ending is None
    last = give(session, alliance, field.coordinator, signatory(session, alliance, "Roofers"))
    settle(session, alliance, field.coordinator, last, on=date(2026, 11, 2))
    assert gather(session, [alliance.id])[0].facts.ending.ended_on == date(2026, 11, 2)


def test_two_notices_that_run_side_by_side_end_the_alliance_once(session, portfolio, field, statuses):
    """After the last signatory has left, OSHA's own notice can still be recorded as ended."""
    alliance = portfolio.alliance("Alone", field.area, signatories=("Builders",))
    by_osha = give(session, alliance, field.coordinator, None)
    by_builders = give(session, alliance, field.coordinator, signatory(session, alliance, "Builders"))
    settle(session, alliance, field.coordinator, by_builders, on=date(2026, 11, 2))
    settle(session, alliance, field.coordinator, by_osha, on=date(2026, 11, 2))
    ending = gather(session, [alliance.id])[0].facts.ending
    assert ending.reason == "30-day notice by the last signatory of October 1, 2026: Other plans."
    assert statuses(alliance)["termination-notice None"] == "met"


def test_oshas_notice_ends_the_alliance_and_its_unfinished_year(session, field, alliance, statuses):
    """The year's open meetings and evaluation are lifted, and a closeout report is owed."""
    outcome = give(session, alliance, field.coordinator, None)
    settle(session, alliance, field.coordinator, outcome, on=date(2026, 11, 2))
    stand = statuses(alliance)
    assert stand["meetings 2025-12-10/2026-12-09"] == "lifted"
    assert stand["evaluation 2025-12-10/2026-12-09"] == "lifted"
    assert stand["annual-report 2025-12-10/2026-11-02"] == "open"
    assert stand["termination-notice None"] == "met"


def test_a_withdrawn_notice_leaves_the_alliance_as_it_was(session, field, alliance, statuses):
    """Withdrawing meets the duty and may happen before the 30 days are over."""
    outcome = give(session, alliance, field.coordinator, None)
    settle(session, alliance, field.coordinator, outcome, on=date(2026, 10, 5), withdrawn=True)
    assert statuses(alliance)["termination-notice None"] == "met"
    with pytest.raises(AlreadyDone, match="withdrawn on October 5, 2026"):
        settle(session, alliance, field.coordinator, outcome, on=date(2026, 11, 2))


def prepare(session, alliance, by):
    """Record what a decision to renew rests on, done on November 1."""
    needed = what_a_renewal_needs(session, alliance, date(2026, 11, 1))
    record_gates(session, alliance_id=alliance.id, done=needed, by=by, now=NOW)


def test_a_decision_meets_the_renewal_duty(session, portfolio, field, statuses):
    """A recommendation alone leaves it open; the decision meets it."""
    old = portfolio.alliance("Old", field.area, signed=date(2024, 12, 10))
    choices = alliance_choices(session, old.id, now=NOW)
    prepare(session, old, field.coordinator)

    def decide(decided_on):
        return decide_renewal(
            session,
            alliance_id=old.id,
            agreement_id=choices.latest_agreement[0],
            recommendation=Recommendation.RENEW,
            reasons="Goals met.",
            recommended_on=date(2026, 11, 1),
            decided_on=decided_on,
            decided_by="Dora Director",
            by=field.coordinator,
            now=NOW,
        )

    key = "renewal-decision 2024-12-10/2026-12-10"
    decide(None)
    assert statuses(old)[key] == "open"
    decide(date(2026, 11, 1) + timedelta(days=7))
    assert statuses(old)[key] == "met"
    with pytest.raises(AlreadyDone, match="renew"):
        decide(date(2026, 11, 20))


def test_a_decision_is_undone(session, portfolio, field, statuses):
    """Without its decision the renewal is owed again, and it can be decided anew."""
    old = portfolio.alliance("Old", field.area, signed=date(2024, 12, 10))
    agreement = alliance_choices(session, old.id, now=NOW).latest_agreement[0]
    prepare(session, old, field.coordinator)

    def decide():
        return decide_renewal(
            session,
            alliance_id=old.id,
            agreement_id=agreement,
            recommendation=Recommendation.RENEW,
            reasons="Goals met.",
            recommended_on=date(2026, 11, 1),
            decided_on=date(2026, 11, 2),
            decided_by="Dora Director",
            by=field.coordinator,
            now=NOW,
        )

    key = "renewal-decision 2024-12-10/2026-12-10"
    withdraw_record(session, record=decide().record, by=field.coordinator, now=NOW)
    assert statuses(old)[key] == "open"
    decide()
    assert statuses(old)[key] == "met"


def test_a_notice_is_undone_only_while_it_runs(session, field, alliance, statuses):
    """The duty to record its outcome goes with it; once the outcome is on record the notice stays."""
    mistaken = give(session, alliance, field.coordinator, None)
    withdraw_record(session, record=mistaken.record, by=field.coordinator, now=NOW)
    assert statuses(alliance)["termination-notice None"] == "lifted"
    assert alliance_choices(session, alliance.id, now=NOW).notices == ()
    outcome = give(session, alliance, field.coordinator, None)
    settle(session, alliance, field.coordinator, outcome, on=date(2026, 11, 2))
    with pytest.raises(Refused, match="undo that first"):
        withdraw_record(session, record=outcome.record, by=field.coordinator, now=NOW)


def test_an_extension_is_undone_only_before_the_decision_that_follows_it(session, portfolio, field):
    """What was decided during the extension would stand for nothing without it."""
    old = portfolio.alliance("Old", field.area, signed=date(2024, 12, 10))
    agreement = alliance_choices(session, old.id, now=NOW).latest_agreement[0]
    prepare(session, old, field.coordinator)

    def decide(recommendation, decided_on, **more):
        who = {"alliance_id": old.id, "agreement_id": agreement, "by": field.coordinator, "now": NOW}
        days = {"recommended_on": decided_on, "decided_on": decided_on, "decided_by": "Dora Director"}
        return decide_renewal(session, recommendation=recommendation, reasons="Goals.", **who, **days, **more)

    terms = {"extended_until": date(2027, 3, 1), "expectations": "Two events."}
    extension = decide(Recommendation.EXTEND, date(2026, 11, 2), **terms)
    assert decision_made(session, agreement) is None
    final = decide(Recommendation.RENEW, date(2026, 11, 20))
    assert decision_made(session, agreement).decided_on == date(2026, 11, 20)
    with pytest.raises(Refused, match="undo that one first"):
        withdraw_record(session, record=extension.record, by=field.coordinator, now=NOW)
    withdraw_record(session, record=final.record, by=field.coordinator, now=NOW)
    withdraw_record(session, record=extension.record, by=field.coordinator, now=NOW)
    assert decision_made(session, agreement) is None
