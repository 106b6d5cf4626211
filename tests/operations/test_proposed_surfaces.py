"""Every surface and every record stands an alliance that is proposed: it has no term, no year and no duty."""

from __future__ import annotations

from datetime import timedelta

import pytest

from operations.conclude.conclude_alliance import Reason, Way, conclude_alliance
from operations.conclude.give_notice import give_notice
from operations.conclude.record_ambassador import record_ambassador
from operations.conclude.sign_renewal import sign_renewal
from operations.establish.add_signatory import add_signatory
from operations.gather_facts import gather
from operations.operate.record_meeting import record_meeting
from operations.read.alliances import alliance_ids, own_settings, show_alliance
from operations.read.choices import alliance_choices, alliances_of
from operations.read.month import read_month
from operations.read.procedure import show_procedure
from operations.read.week import duties_of_week
from operations.refusals import Refused
from operations.remind.check_rules import check_rules
from policy.facts import Level
from tests.operations.conftest import NOW, TODAY
from tests.operations.proposals import a_proposal, proposed


@pytest.fixture(params=["proposed", "withdrawn"])
def alliance(session, field, request):
    """A proposal, or one that was withdrawn."""
    from operations.establish.withdraw_proposal import withdraw_proposal  # noqa: PLC0415

    made = proposed(session, a_proposal(field.area), field.coordinator)
    if request.param == "withdrawn":
        withdraw_proposal(session, alliance_id=made.id, reason="No interest.", by=field.coordinator, now=NOW)
    return made


def test_lists_cards_and_digests_stand_it(session, field, alliance):
    """It is shown where alliances are listed, and counted nowhere as running."""
    assert alliance_ids(session, ["REG-PHI"]) == [alliance.id]
    assert show_alliance(session, alliance.id, now=NOW).terms == ()
    assert alliance_choices(session, alliance.id, now=NOW).signed_on is None
    assert alliances_of(session, field.coordinator) == [(alliance.id, "Safe Roofs Alliance")]
    assert own_settings(session, alliance.id, today=TODAY).anchored_on is None
    month = read_month(session, field.national, TODAY, now=NOW)
    assert (sum(unit.active for unit in month.units), month.expiring, month.expired) == (0, (), ())
    assert duties_of_week(session, field.area, TODAY, now=NOW) == []
    assert show_procedure(session, alliance.id, on=TODAY).stages
    check_rules(session, now=NOW + timedelta(days=400))


def test_forecasts_and_boundaries_stand_it(session, alliance):
    """Nothing comes due, however far one looks, and no day asks for another look."""
    of = gather(session, [alliance.id])[0]
    assert of.duties_on(TODAY) == ()
    assert of.coming(TODAY, TODAY + timedelta(days=3650)) == ()


def test_what_only_a_signed_alliance_does_is_refused(session, field, alliance):
    """Meetings, notices, ends, renewals and further signatories wait for a signature; each refusal is a sentence."""
    common = {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}
    conclude = {"reason": Reason.MUTUAL, "way": Way.MUTUAL, "explanation": "None."}
    notice = {"signatory_id": None, "noticed_on": TODAY, "named_end_on": None, "reason": "None."}
    meeting = {"on": TODAY, "held": True, "format": "in person", "attendees": None, "notes": None}
    for attempt in (
        lambda: record_meeting(session, **common, **meeting),
        lambda: conclude_alliance(session, **common, **conclude, ended_on=TODAY),
        lambda: give_notice(session, **common, **notice),
        lambda: sign_renewal(session, **common, signed_on=TODAY, term_years=5),
        lambda: add_signatory(session, **common, name="Newcomer", joined_on=TODAY),
        lambda: record_ambassador(session, **common, document_on=TODAY),
    ):
        with pytest.raises(Refused, match=r"."):
            attempt()


def test_only_national_proposals_are_sent_around(session, field):
    """An area proposal asks no region for input."""
    from operations.establish.ask_comments import ask_comments  # noqa: PLC0415

    made = proposed(session, a_proposal(field.area), field.coordinator)
    with pytest.raises(Refused, match="national alliances"):
        ask_comments(
            session,
            alliance_id=made.id,
            office_codes=["REG-PHI"],
            asked_on=TODAY,
            subject="proposal",
            by=field.coordinator,
            now=NOW,
        )
    assert gather(session, [made.id])[0].facts.level is Level.AREA
