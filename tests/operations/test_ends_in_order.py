"""An end, a notice and a renewal are on record in the order in which they can have happened."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.alliances import Ending, Signatory
from operations.conclude.conclude_alliance import Reason, Way, conclude_alliance
from operations.conclude.give_notice import give_notice
from operations.conclude.record_ambassador import record_ambassador
from operations.conclude.settle_notice import settle_notice
from operations.conclude.sign_renewal import sign_renewal
from operations.establish.add_signatory import add_signatory
from operations.establish.record_gates import record_gates
from operations.establish.sign_agreement import Signature, sign_agreement
from operations.records.gate_records import Done
from operations.refusals import Refused
from policy.gate_records import RecordKind
from tests.operations.conftest import NOW, TODAY
from tests.operations.gates import pass_gates

DAY = timedelta(days=1)


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose first term runs out on December 10, 2026."""
    return portfolio.alliance("La Plaza", field.area, signed=date(2024, 12, 10))


@pytest.fixture
def told(alliance, portfolio, field):
    """What every operation on the alliance is told."""
    return {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}


def test_nothing_ends_before_it_was_renewed(session, portfolio, field):
    """Neither by a conclusion nor by an Ambassador document nor after a notice: the alliance went on then."""
    renewed = portfolio.alliance("Roofers", field.area, signed=date(2020, 6, 1), renewed=(date(2022, 5, 30), TODAY))
    told, before = {"alliance_id": renewed.id, "by": field.coordinator, "now": NOW}, TODAY - 10 * DAY
    notice = {"noticed_on": TODAY - 60 * DAY, "named_end_on": None, "reason": "Moved"}
    number = int(give_notice(session, signatory_id=None, **notice, **told).record.partition(":")[2])
    mutual = {"way": Way.MUTUAL, "reason": Reason.MUTUAL, "explanation": "x"}
    for end in (
        lambda: conclude_alliance(session, ended_on=before, **mutual, **told),
        lambda: record_ambassador(session, document_on=before, remarks=None, **told),
        lambda: settle_notice(session, notice_id=number, withdrawn=False, on=before, **told),
    ):
        with pytest.raises(Refused, match="was renewed on November 23, 2026, after November 13, 2026"):
            end()
    assert session.get(Ending, renewed.id) is None
    settle_notice(session, notice_id=number, withdrawn=True, on=before, **told)


def test_nobody_leaves_before_joining(session, alliance, told):
    """Neither by a notice of an earlier day nor with a renewal that was signed before."""
    pass_gates(session, alliance, told["by"], on=TODAY - 9 * DAY)
    number = int(add_signatory(session, name="Late Joiners", joined_on=TODAY - DAY, **told).record.partition(":")[2])
    with pytest.raises(Refused, match="Late Joiners joined on November 22, 2026: it gave no notice before"):
        give_notice(session, signatory_id=number, noticed_on=TODAY - 60 * DAY, named_end_on=None, reason="x", **told)
    record_gates(session, done=[Done(RecordKind.LEAVING, "Late Joiners", details={"yes": True})], **told)
    with pytest.raises(Refused, match="it cannot leave with a renewal signed on November 18, 2026"):
        sign_renewal(session, signed_on=TODAY - 5 * DAY, term_years=2, **told)
    assert {row.left_on for row in session.scalars(select(Signatory))} == {None}


def test_a_renewal_is_not_signed_before_a_signature_on_record(session, alliance, told):
    """Its day is that of the last OSHA signature; nobody outside signs after it."""
    pass_gates(session, alliance, told["by"], on=TODAY - 9 * DAY)
    dora = Signature("0317300", "Dora Director, Area Director", TODAY - DAY)
    sign_agreement(session, signatures=[dora], term_years=2, **told)
    with pytest.raises(Refused, match="Wilmington Area Office is on record as having signed on November 22, 2026"):
        sign_renewal(session, signed_on=TODAY - 5 * DAY, term_years=2, **told)
    assert sign_renewal(session, signed_on=TODAY - DAY, term_years=2, **told).record.startswith("agreement:")
