"""Extensions, signed renewals, conclusions, Ambassadors, and what does not apply."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.alliances import Agreement, Ending, RenewalDecision
from models.duties import Notice, Obligation
from models.settlements import Waiver
from operations.conclude.conclude_alliance import Reason, Way, conclude_alliance
from operations.conclude.decide_renewal import decide_renewal
from operations.conclude.record_ambassador import record_ambassador
from operations.conclude.sign_renewal import sign_renewal
from operations.establish.record_gates import record_gates
from operations.operate.record_done import record_done
from operations.operate.record_evaluation import record_evaluation
from operations.read.alliances import show_alliance
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from operations.remind.waive_duty import waive_duty
from policy.dates import State
from policy.facts import Recommendation
from policy.rights import Role
from tests.operations.conftest import NOW
from tests.operations.gates import pass_gates, what_a_renewal_needs

SIGNED = date(2024, 12, 10)
EXPIRES = date(2026, 12, 10)
TODAY = date(2026, 11, 23)


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


def conclude(session, alliance, by, *, on=TODAY, reason=Reason.RESOURCES, way=Way.MUTUAL):
    """Conclude an alliance."""
    return conclude_alliance(
        session,
        alliance_id=alliance.id,
        ended_on=on,
        reason=reason,
        way=way,
        explanation="As discussed.",
        by=by,
        now=NOW,
    )


def test_a_conclusion_ends_the_alliance_and_lifts_what_is_open(session, field, alliance):
    """The reason is kept; a closeout report and the logo are what is left to do; nothing ends twice."""
    check_rules(session, now=NOW)
    outcome = conclude(session, alliance, field.coordinator)
    assert {"meetings", "evaluation", "renewal-decision"} <= {due.rule for due in outcome.settled}
    assert {"annual-report", "logo-withdrawal"} <= {due.rule for due in outcome.opened}
    ending = session.scalars(select(Ending)).one()
    assert (ending.kind, ending.reason) == ("concluded", "lack of resources, by mutual agreement: As discussed.")
    for act in (
        lambda: conclude(session, alliance, field.coordinator),
        lambda: sign(session, alliance, field.coordinator),
    ):
        with pytest.raises(AlreadyDone, match="ended on November 23, 2026"):
            act()


def test_osha_concludes_alone_only_on_an_evaluation(session, field, alliance):
    """FAQ F-11: the evaluation and one of the reasons; mutual completion is no such reason."""
    alone = {"way": Way.EVALUATION, "reason": Reason.GOALS}
    with pytest.raises(Refused, match="on the basis of an evaluation") as refused:
        conclude(session, alliance, field.coordinator, **alone)
    assert refused.value.field == "way"
    record_evaluation(
        session,
        alliance_id=alliance.id,
        period_end=date(2026, 12, 9),
        evaluated_on=date(2026, 11, 16),
        discussed_on=None,
        findings="Goals not met.",
        by=field.coordinator,
        now=NOW,
    )
    with pytest.raises(Refused, match="mutual completion"):
        conclude(session, alliance, field.coordinator, way=Way.EVALUATION, reason=Reason.MUTUAL)
    with pytest.raises(Refused, match="none is on record"):
        conclude(session, alliance, field.coordinator, on=date(2026, 11, 15), **alone)
    assert conclude(session, alliance, field.coordinator, **alone).of.facts.ending.reason.startswith("goals not met")


@pytest.mark.parametrize(("on", "words"), [(date(2026, 11, 24), "still to come"), (date(2024, 12, 9), "before")])
def test_an_end_on_an_impossible_day_is_refused(session, field, alliance, on, words):
    """Neither tomorrow nor before the signing."""
    with pytest.raises(Refused, match=words) as refused:
        conclude(session, alliance, field.coordinator, on=on)
    assert refused.value.field == "ended_on"


def become(session, alliance, by, on=TODAY):
    """Record the Ambassador document."""
    return record_ambassador(session, alliance_id=alliance.id, document_on=on, by=by, now=NOW)


def test_the_document_makes_an_ambassador_who_owes_no_report(session, field, renewed):
    """It ends the agreement on its date, and completes a running renewal."""
    check_rules(session, now=NOW)
    outcome = become(session, renewed, field.coordinator)
    assert outcome.of.facts.ending.kind == "ambassador"
    assert show_alliance(session, renewed.id, now=NOW).state is State.AMBASSADOR
    assert [due.rule for due in outcome.opened if due.status.unsettled] == ["logo-withdrawal"]
    with pytest.raises(AlreadyDone):
        become(session, renewed, field.coordinator)


def test_without_a_renewal_there_is_no_ambassador(session, field, alliance):
    """FAQ F-1: an initial agreement and one renewal."""
    with pytest.raises(Refused, match="no renewal is on record"):
        become(session, alliance, field.coordinator)


def test_a_renewal_signed_after_the_document_does_not_count(session, field, renewed):
    """The document's own day decides, and the edition that knows the status."""
    with pytest.raises(Refused, match="no renewal is on record that was signed by May 29, 2022"):
        become(session, renewed, field.coordinator, on=date(2022, 5, 29))


def test_an_office_that_switched_the_option_off_makes_no_ambassador(session, field, renewed):
    """A Regional or Area Office may."""
    field.region.settings = {"ambassador_option": False}
    session.flush()
    with pytest.raises(Refused, match="Wilmington Area Office does not offer Ambassador status"):
        become(session, renewed, field.coordinator)


def test_the_offer_is_recorded_and_ends_nothing(session, portfolio, field):
    """Where the renewal is over, the status can be offered; the permission is used by that."""
    over = portfolio.alliance(
        "Over", field.area, signed=date(2020, 6, 1), renewed=(date(2022, 5, 30), date(2024, 5, 30))
    )
    outcome = record_done(
        session,
        alliance_id=over.id,
        rule="ambassador-eligible",
        subject=f"alliance:{over.id}",
        done_on=TODAY,
        by=field.coordinator,
        now=NOW,
    )
    assert outcome.of.facts.ending is None
    assert {due.rule: due.status for due in outcome.duties}["ambassador-eligible"] == "met"


@pytest.fixture
def director(portfolio, field):
    """The Area Director."""
    return portfolio.person("U0DIRECT1", (Role.AREA_DIRECTOR, field.area), name="Dora Director")


def obligation(session, rule):
    """Read the obligation of a rule."""
    return session.scalars(select(Obligation).where(Obligation.rule == rule, Obligation.settled.is_(None))).one()


def waive(session, row, by, reason="The team met with the region."):
    """Waive a duty."""
    return waive_duty(session, obligation_id=row.id, reason=reason, by=by, now=NOW)


def test_an_official_waives_a_duty_with_a_reason(session, alliance, director):
    """Both dates are kept, what was to be said of it is not said, and it is settled."""
    check_rules(session, now=NOW)
    row = obligation(session, "meetings")
    outcome = waive(session, row, director)
    assert [(due.rule, due.status) for due in outcome.settled] == [("meetings", "waived")]
    waiver = session.scalars(select(Waiver)).one()
    assert (waiver.due_on, waiver.waived_on, waiver.by) == (date(2026, 12, 9), TODAY, "Dora Director")
    assert (row.settled, row.settled_by, row.reason) == ("waived", "Dora Director", "The team met with the region.")
    pending = select(Notice).where(Notice.obligation_id == row.id, Notice.status == "pending")
    assert session.scalars(pending).all() == []
    with pytest.raises(AlreadyDone, match="waived on November 23, 2026 by Dora Director"):
        waive(session, row, director)


def test_who_owes_a_duty_does_not_waive_it(session, portfolio, field, alliance, director):
    """The coordinator may not waive at all; the director not what directors owe; the one above may."""
    check_rules(session, now=NOW)
    with pytest.raises(NotAllowed, match="You may not waive a duty"):
        waive(session, obligation(session, "meetings"), field.coordinator)
    both = portfolio.person(
        "U0BOTH001", (Role.AREA_DIRECTOR, field.area), (Role.ALLIANCE_COORDINATOR, field.area), name="Bo Both"
    )
    with pytest.raises(NotAllowed, match="You owe this duty yourself"):
        waive(session, obligation(session, "meetings"), both)
    sign(session, alliance, field.coordinator)
    with pytest.raises(NotAllowed, match="Area Director"):
        waive(session, obligation(session, "signed-copy"), director)
    administrator = portfolio.person("U0RADMIN1", (Role.REGIONAL_ADMINISTRATOR, field.region))
    assert waive(session, obligation(session, "signed-copy"), administrator).settled


def test_a_waiver_needs_a_reason_and_something_that_is_asked_for(session, portfolio, field, alliance, director):
    """An empty reason is refused at its field; a permission asks for nothing."""
    portfolio.alliance("Over", field.area, signed=date(2020, 6, 1), renewed=(date(2022, 5, 30), date(2024, 5, 30)))
    check_rules(session, now=NOW)
    with pytest.raises(Refused, match="Say why") as refused:
        waive(
            session,
            session.scalars(select(Obligation).where(Obligation.rule == "renewal-decision")).first(),
            director,
            " ",
        )
    assert refused.value.field == "reason"
    with pytest.raises(Refused, match="not asked for"):
        waive(session, obligation(session, "ambassador-eligible"), director)
