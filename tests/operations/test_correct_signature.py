"""One signature of several is corrected or withdrawn; what that does to a signed agreement stands elsewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.alliances import Agreement
from models.audit import write_noted
from models.documents import Document
from models.gates import GateRecord
from operations.establish.correct_signature import correct_signature
from operations.establish.sign_agreement import Signature, sign_agreement
from operations.read.history import list_records
from operations.read.signatures import recorded_signatures
from operations.read.withdrawn import list_withdrawn
from operations.records.attach_document import Attached, attach_document, standing_documents
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, Refused
from tests.operations.conftest import NOW, TODAY
from tests.operations.gates import pass_gates
from tests.operations.proposals import CONSULATE, GUILD, a_proposal, approve_proposal, prepare_to_sign, proposed

DAY = timedelta(days=1)
DORA = Signature("0317300", "Dora Director, Area Director", TODAY - 2 * DAY)
HAL = Signature("0317700", "Hal Harris, Area Director", TODAY - DAY)
GUS = Signature("Roofers Guild", "Gus Guild, President", TODAY - 3 * DAY, evidence="Letter of Friday")
CORA = Signature("Consulate of Mexico", "Cora Consul", TODAY - 2 * DAY)


@pytest.fixture
def alliance(session, portfolio, field):
    """An area alliance of two offices with a union and a consulate, ready to be signed."""
    offices = field.area, portfolio.office("0317700", parent=field.region, name="Harrisburg Area Office")
    made = proposed(session, a_proposal(*offices, participants=(GUILD, CONSULATE)), field.coordinator)
    approve_proposal(session, made, field.coordinator, on=TODAY - 9 * DAY)
    prepare_to_sign(session, made, field.coordinator, on=TODAY - 9 * DAY)
    return made


def sign(session, alliance, by, *signatures, term_years=2):
    """Record signatures together."""
    return sign_agreement(
        session, alliance_id=alliance.id, signatures=signatures, term_years=term_years, by=by, now=NOW
    )


def number_of(session, alliance, about):
    """Return the number of the signature that counts for an office or a signatory."""
    (one,) = [one for one in recorded_signatures(session, alliance.id) if one.about == about]
    return one.id


def correct(session, alliance, by, signature, reason="Read wrongly"):
    """Correct the signature of an office or a signatory."""
    number = number_of(session, alliance, signature.about)
    return correct_signature(session, number=number, signature=signature, reason=reason, by=by, now=NOW)


def test_one_of_several_is_corrected(session, field, alliance):
    """What was recorded together stays; what was wrong is readable among what was withdrawn, with the reason."""
    sign(session, alliance, field.coordinator, DORA, GUS)
    right = replace(GUS, by="Gil Guild, Treasurer", evidence="Letter of Monday")
    correct(session, alliance, field.coordinator, right, reason="He was away")
    assert {one.about: (one.by, one.evidence) for one in recorded_signatures(session, alliance.id)} == {
        "0317300": ("Dora Director, Area Director", None),
        "Roofers Guild": ("Gil Guild, Treasurer", "Letter of Monday"),
    }
    write_noted(session)
    (gone,) = list_withdrawn(session, alliance.id, timezone="America/New_York", most=5)
    assert (gone.what, gone.reason) == ("signature: withdrawn", "He was away")
    assert (gone.said["by"], gone.said["evidence"]) == ("Gus Guild, President", "Letter of Friday")
    with pytest.raises(AlreadyDone, match="says so already"):
        correct(session, alliance, field.coordinator, right)
    assert sign(session, alliance, field.coordinator, HAL, CORA).signed_on == HAL.on


def test_a_withdrawn_signature_is_missing_again(session, field, alliance):
    """Also where it had taken the place of an earlier one; of a signed agreement none is withdrawn."""
    sign(session, alliance, field.coordinator, DORA, GUS)
    sign(session, alliance, field.coordinator, replace(GUS, by="Somebody Else"))
    record = f"signature:{number_of(session, alliance, 'Roofers Guild')}"
    withdraw_record(session, record=record, reason="A letter only", by=field.coordinator, now=NOW)
    assert [one.about for one in recorded_signatures(session, alliance.id)] == ["0317300"]
    with pytest.raises(AlreadyDone, match="corrected or withdrawn before"):
        withdraw_record(session, record=record, by=field.coordinator, now=NOW)
    sign(session, alliance, field.coordinator, HAL, CORA, GUS)
    record = f"signature:{number_of(session, alliance, 'Roofers Guild')}"
    with pytest.raises(Refused, match="The agreement of November 22, 2026 rests on this signature"):
        withdraw_record(session, record=record, by=field.coordinator, now=NOW)


def test_the_day_of_a_signed_agreement_stays(session, field, alliance):
    """Name and evidence change, and a day that is not the last of OSHA; what cannot have been is refused."""
    sign(session, alliance, field.coordinator, DORA, HAL, GUS, CORA)
    done = correct(session, alliance, field.coordinator, replace(HAL, by="Hans Harris, Area Director"))
    assert done.agreement_on == HAL.on
    correct(session, alliance, field.coordinator, replace(DORA, on=HAL.on))
    correct(session, alliance, field.coordinator, replace(GUS, on=HAL.on))
    for wrong, says in (
        (replace(CORA, on=TODAY), "Consulate of Mexico cannot have signed on November 23, 2026, after the last OSHA"),
        (replace(HAL, on=TODAY + DAY), "is still to come"),
        (replace(HAL, by=" "), "Name who signed for Harrisburg Area Office"),
    ):
        with pytest.raises(Refused, match=says):
            correct(session, alliance, field.coordinator, wrong)
    (agreement,) = session.scalars(select(Agreement))
    assert agreement.signed_on == HAL.on
    rows = session.scalars(select(GateRecord).where(GateRecord.kind == "signed", GateRecord.withdrawn_at.is_(None)))
    assert {(row.subject, row.counted_at is None) for row in rows} == {(f"agreement:{agreement.id}", False)}


def test_a_renewal_is_taken_back_corrected_and_signed_again(session, portfolio, field):
    """The refusal says what to undo first; then the corrected day is the day of the renewal."""
    made = portfolio.alliance("La Plaza", field.area, signed=date(2024, 12, 10))
    pass_gates(session, made, field.coordinator, on=TODAY - 9 * DAY)
    dora, bea = replace(DORA, on=TODAY), Signature("Local Builders", "Bea Builder", TODAY - DAY)
    done = sign(session, made, field.coordinator, dora, bea, term_years=3)
    right = replace(dora, on=TODAY - DAY)
    with pytest.raises(Refused, match=r"withdraw the signed renewal first \(/alliance correct\)"):
        correct(session, made, field.coordinator, right)
    withdraw_record(session, record=done.outcome.record, reason="Wrong day", by=field.coordinator, now=NOW)
    assert correct(session, made, field.coordinator, right).agreement_on is None
    assert sign(session, made, field.coordinator, term_years=3).signed_on == TODAY - DAY


def test_a_document_follows_the_last_signature_of_its_sheet(session, field, alliance):
    """It stays while another signature that was recorded with it stands; then the correction has it."""
    record = sign(session, alliance, field.coordinator, DORA, GUS).outcome.record
    letter = Attached("F0LETTER", "pages.pdf", 12, "a" * 64, alliance_id=alliance.id)
    told = {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}
    attach_document(session, record=record, attached=letter, **told)
    correct(session, alliance, field.coordinator, replace(DORA, by="Doro Director"))
    assert standing_documents(session, record) == [letter]
    done = correct(session, alliance, field.coordinator, replace(GUS, by="Gil Guild"))
    assert standing_documents(session, done.outcome.record) == [letter]
    assert session.scalars(select(Document.withdrawn_because).order_by(Document.id)).all() == ["Read wrongly", None]


def test_signatures_stand_in_the_list_of_records(session, field, alliance):
    """Each with the form that corrects it."""
    sign(session, alliance, field.coordinator, DORA, GUS)
    assert [(one.what, one.corrected_by, one.withdrawn) for one in list_records(session, alliance.id)] == [
        ("signature of Wilmington Area Office: Dora Director, Area Director", "correct_signature", True),
        ("signature of Roofers Guild: Gus Guild, President", "correct_signature", True),
    ]
    sign(session, alliance, field.coordinator, HAL, CORA)
    listed = list_records(session, alliance.id)
    assert {one.withdrawn for one in listed if one.record.startswith("signature:")} == {False}
