"""Conclusions and Ambassadors."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.alliances import Ending
from operations.conclude.conclude_alliance import Reason, Way, conclude_alliance
from operations.conclude.record_ambassador import record_ambassador
from operations.operate.record_done import record_done
from operations.operate.record_evaluation import record_evaluation
from operations.read.alliances import show_alliance
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import check_rules
from policy.dates import State
from tests.operations.conftest import NOW, TODAY
from tests.operations.test_renewals import SIGNED, sign


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose first term runs out on December 10, 2026."""
    return portfolio.alliance("La Plaza", field.area, signed=SIGNED)


@pytest.fixture
def renewed(portfolio, field):
    """An area alliance in its first renewal."""
    return portfolio.alliance("Roofers", field.area, signed=date(2020, 6, 1), renewed=(date(2022, 5, 30),))


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
