"""Extensions and signed renewals at the end of a term."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.alliances import Agreement, RenewalDecision
from operations.conclude.decide_renewal import decide_renewal
from operations.conclude.sign_renewal import sign_renewal
from operations.establish.record_gates import record_gates
from operations.operate.record_done import record_done
from operations.read.alliances import show_alliance
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import check_rules
from policy.dates import State
from policy.facts import Recommendation
from tests.operations.conftest import NOW, TODAY
from tests.operations.gates import pass_gates, what_a_renewal_needs

SIGNED = date(2024, 12, 10)
EXPIRES = date(2026, 12, 10)


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose first term runs out on December 10, 2026."""
    return portfolio.alliance("La Plaza", field.area, signed=SIGNED)


@pytest.fixture
def renewed(portfolio, field):
    """An area alliance in its first renewal."""
    return portfolio.alliance("Roofers", field.area, signed=date(2020, 6, 1), renewed=(date(2022, 5, 30),))


def agreement_of(session, alliance):
    """Return the id of the latest agreement."""
    query = select(Agreement.id).where(Agreement.alliance_id == alliance.id).order_by(Agreement.signed_on.desc())
    return session.scalars(query.limit(1)).one()


def decide(session, alliance, by, **told):
    """Decide on a conditional extension until June 30, 2027."""
    given = {
        "recommendation": Recommendation.EXTEND,
        "reasons": "One meeting is missing.",
        "recommended_on": TODAY,
        "decided_on": TODAY,
        "extended_until": date(2027, 6, 30),
        "expectations": "Two meetings by June.",
        "decided_by": "Dora Director",
    } | told
    return decide_renewal(
        session, alliance_id=alliance.id, agreement_id=agreement_of(session, alliance), by=by, now=NOW, **given
    )


def test_an_extension_meets_the_decision_and_opens_its_terms(session, field, alliance):
    """The last day of the extension is a duty of its own; the alliance stays active until then."""
    check_rules(session, now=NOW)
    outcome = decide(session, alliance, field.coordinator)
    assert [due.rule for due in outcome.settled] == ["renewal-decision"]
    (terms,) = [due for due in outcome.opened if due.rule == "extension-terms"]
    assert terms.due_on == date(2027, 6, 30)
    assert outcome.warnings == ()
    after_expiry = NOW.replace(year=2027, month=1)
    assert show_alliance(session, alliance.id, now=after_expiry).state is State.ACTIVE
    settled = record_done(
        session,
        alliance_id=alliance.id,
        rule="extension-terms",
        subject=terms.subject,
        done_on=TODAY,
        note="Both meetings were held.",
        by=field.coordinator,
        now=NOW,
    )
    assert [due.rule for due in settled.settled] == ["extension-terms"]


def test_the_settling_of_an_extension_says_what_came_of_it(session, field, alliance):
    """A date alone is not enough."""
    outcome = decide(session, alliance, field.coordinator)
    (terms,) = [due for due in outcome.opened if due.rule == "extension-terms"]
    with pytest.raises(Refused, match="what came of the expectations") as refused:
        record_done(
            session,
            alliance_id=alliance.id,
            rule="extension-terms",
            subject=terms.subject,
            done_on=TODAY,
            by=field.coordinator,
            now=NOW,
        )
    assert refused.value.field == "note"


def test_a_long_extension_is_recorded_with_a_warning(session, field, alliance):
    """Twelve months from the expiry are not long; a day more is."""
    assert decide(session, alliance, field.coordinator, extended_until=date(2027, 12, 10)).warnings == ()
    session.delete(session.scalars(select(RenewalDecision)).one())
    session.flush()
    (warning,) = decide(session, alliance, field.coordinator, extended_until=date(2027, 12, 11)).warnings
    assert "more than 12 months from December 10, 2026" in warning


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"extended_until": None, "expectations": None}, ("extended_until", "Give the date")),
        ({"extended_until": EXPIRES}, ("extended_until", "The term runs until December 10, 2026")),
        ({"expectations": None}, ("expectations", "Write down the expectations")),
        ({"decided_on": None, "extended_until": None}, ("extended_until", "Give the date by which")),
    ],
)
def test_an_incomplete_extension_is_refused_at_its_field(session, field, alliance, told, refusal):
    """IX.C.3.b asks for written expectations with a date."""
    with pytest.raises(Refused, match=refusal[1]) as refused:
        decide(session, alliance, field.coordinator, **told)
    assert refused.value.field == refusal[0]
    assert session.scalars(select(RenewalDecision)).all() == []


def test_after_an_extension_the_term_is_decided_on_again(session, field, alliance):
    """Another decision follows; after any other than an extension none does."""
    decide(session, alliance, field.coordinator, recommended_on=date(2026, 11, 2), decided_on=date(2026, 11, 3))
    with pytest.raises(AlreadyDone, match="November 3, 2026"):
        decide(session, alliance, field.coordinator, recommended_on=date(2026, 11, 2), decided_on=date(2026, 11, 3))
    needed = what_a_renewal_needs(session, alliance, TODAY)
    record_gates(session, alliance_id=alliance.id, done=needed, by=field.coordinator, now=NOW)
    final = {
        "recommendation": Recommendation.RENEW,
        "extended_until": None,
        "expectations": None,
        "decided_by": "Dora Director",
    }
    outcome = decide(session, alliance, field.coordinator, **final)
    assert "extension-terms" in {due.rule for due in outcome.settled}
    with pytest.raises(AlreadyDone, match="renew"):
        decide(session, alliance, field.coordinator, **final)


def sign(session, alliance, by, *, on=TODAY, years=5):
    """Record a renewal whose gates are passed."""
    pass_gates(session, alliance, by)
    return sign_renewal(session, alliance_id=alliance.id, signed_on=on, term_years=years, by=by, now=NOW)


def test_a_renewal_begins_a_term_and_meets_the_decision(session, field, alliance):
    """The new agreement carries the edition of its day; its copy is owed from then on."""
    check_rules(session, now=NOW)
    outcome = sign(session, alliance, field.coordinator)
    assert [due.rule for due in outcome.settled] == ["renewal-decision"]
    assert "signed-copy" in {due.rule for due in outcome.opened}
    card = show_alliance(session, alliance.id, now=NOW)
    assert (card.terms[-1].expires_on, card.terms[-1].edition.name) == (date(2031, 11, 23), "CSP 04-01-003")
    with pytest.raises(AlreadyDone, match="November 23, 2026"):
        sign(session, alliance, field.coordinator)


def test_a_late_renewal_begins_on_its_own_day(session, portfolio, field):
    """After the term has run out the alliance is past-due and may still be renewed."""
    late = portfolio.alliance("Late", field.area, signed=date(2024, 6, 1))
    assert show_alliance(session, late.id, now=NOW).state is State.PAST_DUE
    sign(session, late, field.coordinator, years=2)
    card = show_alliance(session, late.id, now=NOW)
    assert (card.state, card.terms[-1].expires_on) == (State.ACTIVE, date(2028, 11, 23))


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"years": 1}, ("term_years", "2 to 5 years")),
        ({"years": 6}, ("term_years", "2 to 5 years")),
        ({"on": date(2026, 11, 24)}, ("signed_on", "still to come")),
        ({"on": date(2024, 12, 9)}, ("signed_on", "before the alliance was signed")),
        ({"on": SIGNED}, ("signed_on", "already on record")),
    ],
)
def test_a_renewal_that_cannot_be_is_refused(session, field, alliance, told, refusal):
    """Term and day have their bounds."""
    with pytest.raises(Refused, match=refusal[1]) as refused:
        sign(session, alliance, field.coordinator, **told)
    assert refused.value.field == refusal[0]


def test_a_renewal_before_the_latest_agreement_is_refused(session, field, renewed):
    """History is imported, not signed."""
    with pytest.raises(Refused, match="lies before the latest agreement"):
        sign(session, renewed, field.coordinator, on=date(2021, 1, 1))
