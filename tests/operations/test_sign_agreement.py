"""Signing: signatures one by one and in any order, the last OSHA signature making the agreement."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from models.alliances import Agreement, Signatory
from models.audit import write_noted
from models.gates import GateRecord
from operations.establish.draft_agreement import draft_agreement
from operations.establish.record_gates import record_gates
from operations.establish.refuse_open_gates import GatesOpen
from operations.establish.sign_agreement import Signature, sign_agreement
from operations.gather_facts import gather
from operations.gather_gate_facts import gather_gate_facts
from operations.hands.rename import rename_participant, undo_rename
from operations.read.alliances import show_alliance
from operations.read.gate_sheet import gate_sheet
from operations.read.signatures import read_signatures
from operations.records.gate_records import Done
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.agreement_draft import draft_from
from policy.dates import State
from policy.facts import Level
from policy.gate_records import RecordKind
from policy.participants import ParticipantKind
from tests.operations.conftest import NOW, TODAY
from tests.operations.gates import pass_gates
from tests.operations.proposals import CONSULATE, GUILD, a_proposal, approve_proposal, prepare_to_sign, proposed

DAY = timedelta(days=1)


@pytest.fixture
def two_offices(portfolio, field):
    """A second area office of the region."""
    return field.area, portfolio.office("0317700", parent=field.region, name="Harrisburg Area Office")


@pytest.fixture
def alliance(session, field, two_offices):
    """An area alliance of two offices with a union and a consulate, ready to be signed."""
    proposal = a_proposal(*two_offices, participants=(GUILD, CONSULATE))
    made = proposed(session, proposal, field.coordinator)
    approve_proposal(session, made, field.coordinator, on=TODAY - 9 * DAY)
    prepare_to_sign(session, made, field.coordinator, on=TODAY - 9 * DAY)
    return made


ALL = (
    Signature("0317300", "Dora Director, Area Director", TODAY - DAY),
    Signature("0317700", "Hal Harris, Area Director", TODAY, acting_for="Ann Away"),
    Signature("Roofers Guild", "Gus Guild, President", TODAY - 3 * DAY, evidence="Letter of Friday"),
    Signature("Consulate of Mexico", "Cora Consul, Consul General", TODAY - DAY),
)


def sign(session, alliance, by, *signatures, term_years=2):
    """Record signatures."""
    return sign_agreement(
        session, alliance_id=alliance.id, signatures=signatures, term_years=term_years, by=by, now=NOW
    )


@pytest.mark.parametrize("order", list(permutations(range(4)))[::5])
def test_signatures_come_in_any_order(session, field, alliance, order):
    """The agreement is signed with the last of them, on the day of the last OSHA signature."""
    for number in order[:-1]:
        done = sign(session, alliance, field.coordinator, ALL[number])
        assert done.signed_on is None
        assert done.missing
        assert session.scalars(select(Agreement)).all() == []
    done = sign(session, alliance, field.coordinator, ALL[order[-1]])
    (agreement,) = session.scalars(select(Agreement))
    assert (done.signed_on, done.missing) == (TODAY, ())
    assert (agreement.signed_on, agreement.renewal, agreement.term_years) == (TODAY, False, 2)
    assert agreement.edition == "CSP 04-01-003"


def test_with_the_last_signature_the_duties_begin(session, field, alliance):
    """The alliance is active; first meeting, work plan and signed copy open; what it rests on cannot be undone."""
    partial = sign(session, alliance, field.coordinator, *ALL[1:])
    done = sign(session, alliance, field.coordinator, ALL[0])
    card = show_alliance(session, alliance.id, now=NOW)
    assert card.state is State.ACTIVE
    assert {"first-meeting", "work-plan", "signed-copy", "meetings"} <= {due.rule for due in done.outcome.opened}
    (agreement,) = session.scalars(select(Agreement))
    subjects = {row.subject for row in session.scalars(select(GateRecord))}
    assert subjects == {"proposal", f"agreement:{agreement.id}"}
    with pytest.raises(Refused, match="can no longer be undone"):
        withdraw_record(session, record=partial.outcome.record, by=field.coordinator, now=NOW)
    with pytest.raises((AlreadyDone, Refused)):
        sign(session, alliance, field.coordinator, ALL[0])


def test_a_wrong_signature_is_undone_or_corrected(session, field, alliance):
    """Undo takes it back; a later record of the same signature takes its place."""
    first = sign(session, alliance, field.coordinator, ALL[2])
    withdraw_record(session, record=first.outcome.record, by=field.coordinator, now=NOW)
    of = gather(session, [alliance.id])[0]
    assert all(one.signed_on is None for one in read_signatures(session, of, on=TODAY))
    sign(session, alliance, field.coordinator, ALL[2])
    corrected = Signature("Roofers Guild", "Gus Guild, President", TODAY - 2 * DAY)
    sign(session, alliance, field.coordinator, corrected)
    found = {one.about: one for one in read_signatures(session, of, on=TODAY)}
    assert found["Roofers Guild"].signed_on == TODAY - 2 * DAY
    with pytest.raises(AlreadyDone, match="on record already"):
        sign(session, alliance, field.coordinator, corrected)


@pytest.mark.parametrize(
    ("years", "says"),
    [
        (1, "An initial agreement runs exactly 2 years (CSP 04-01-002 VII.B), not 1."),
        (5, "An initial agreement runs exactly 2 years (CSP 04-01-002 VII.B), not 5."),
        (2.5, "An initial agreement runs exactly 2 years (CSP 04-01-002 VII.B), not 2.5."),
    ],
)
def test_an_initial_term_is_two_years(session, field, alliance, years, says):
    """Any other is refused in a sentence with its clause."""
    with pytest.raises(Refused) as refused:
        sign(session, alliance, field.coordinator, ALL[0], term_years=years)
    assert (refused.value.sentence, refused.value.field) == (says, "term_years")


def test_impossible_signatures_are_refused(session, field, alliance):
    """A day to come, a nameless signature, somebody who does not sign."""
    for wrong, says in (
        (Signature("0317300", "Dora Director", TODAY + DAY), "November 24, 2026 is still to come"),
        (Signature("0317300", " ", TODAY), "Name who signed for Wilmington Area Office."),
        (Signature("Somebody", "S", TODAY), "Safe Roofs Alliance has no “Somebody” that signs"),
    ):
        with pytest.raises(Refused, match=says):
            sign(session, alliance, field.coordinator, wrong)
    with pytest.raises(Refused, match="enter at least one signature"):
        sign(session, alliance, field.coordinator)
    with pytest.raises(NotAllowed, match="You may not record a signed agreement"):
        sign(session, alliance, field.stranger, ALL[0])


def test_a_renamed_participant_keeps_its_kind_and_its_signature(session, field, alliance, director):
    """It is the same organization: what was recorded of it goes on being its own, also once the name is given back."""
    sign(session, alliance, field.coordinator, ALL[2])
    guild = session.scalars(select(Signatory).where(Signatory.name == "Roofers Guild")).one()
    told = {"by": director, "now": NOW}
    done = rename_participant(session, alliance_id=alliance.id, signatory_id=guild.id, name="Roofers United", **told)
    for name in ("Roofers United", "Roofers Guild"):
        (of,) = gather(session, [alliance.id])
        assert name in [one.about for one in read_signatures(session, of, on=TODAY) if one.signed_on is not None]
        kinds = {p.name: set(p.kinds) for p in gather_gate_facts(session, of, on=TODAY).participants}
        assert kinds[name] == {ParticipantKind.LABOR_UNION}
        if name == done.after:
            write_noted(session)
            undo_rename(session, record=done.record, **told)


def test_osha_signs_last(session, field, alliance):
    """Nobody outside signs after the last OSHA signature."""
    sign(session, alliance, field.coordinator, *ALL[1:3])
    early = Signature("0317700", "Hal Harris, Area Director", TODAY - 2 * DAY)
    late = Signature("Consulate of Mexico", "Cora Consul", TODAY)
    says = "Consulate of Mexico signed on November 23, 2026, after the last OSHA signature"
    with pytest.raises(Refused, match=says):
        sign(session, alliance, field.coordinator, ALL[0], early, late)
    assert session.scalars(select(Agreement)).all() == []


def test_nobody_signs_while_a_gate_is_open(session, field, two_offices):
    """Neither OSHA nor anybody else: the refusal lists what is open, the signers' own gate left aside."""
    made = proposed(session, a_proposal(*two_offices), field.coordinator)
    with pytest.raises(GatesOpen) as refused:
        sign(session, made, field.coordinator, ALL[2])
    open_ids = [one.gate.id for one in refused.value.shown.refusing]
    assert open_ids == [
        *("field-approval", "draft-agreed", "regional-review", "criteria-answered", "agreement-language")
    ]
    assert session.scalars(select(GateRecord).where(GateRecord.kind == "signed")).all() == []


def test_osha_does_not_sign_before_its_gates_were_passed(session, field):
    """VIII.C.5: a Region waits for the Solicitor; a signature dated before that approval is refused."""
    made = proposed(session, a_proposal(field.region, level=Level.REGIONAL), field.regional_coordinator)
    approve_proposal(session, made, field.regional_coordinator, on=TODAY - 9 * DAY)
    prepare_to_sign(session, made, field.regional_coordinator, on=TODAY - 2 * DAY)
    with pytest.raises(GatesOpen, match=r"VIII\.C\.5"):
        sign(session, made, field.regional_coordinator, Signature("REG-PHI", "Rita Regional", TODAY - 3 * DAY))
    sign(session, made, field.regional_coordinator, Signature("Roofers Guild", "Gus", TODAY - 5 * DAY))
    done = sign(session, made, field.regional_coordinator, Signature("REG-PHI", "Rita Regional", TODAY - 2 * DAY))
    assert done.signed_on == TODAY - 2 * DAY


def test_a_new_draft_voids_signatures(session, field, alliance):
    """Who signed an earlier version has not signed this one; and its reviews are to be given anew."""
    sign(session, alliance, field.coordinator, *ALL[1:])
    content = draft_from(a_proposal()) | {"goals": "No falls at all."}
    draft_agreement(session, alliance_id=alliance.id, content=content, by=field.coordinator, now=NOW)
    of = gather(session, [alliance.id])[0]
    assert all(one.signed_on is None for one in read_signatures(session, of, on=TODAY))


def test_a_renewal_is_signed_the_same_way(session, portfolio, field):
    """Two to five years; a renewal whose last OSHA signature is there is on record."""
    made = portfolio.alliance("La Plaza", field.area, signed=date(2024, 12, 10))
    pass_gates(session, made, field.coordinator)
    one, two = Signature("0317300", "Dora Director", TODAY), Signature("Local Builders", "Bea Builder", TODAY)
    for years in (1, 6, 2.5):
        with pytest.raises(Refused, match=r"A renewal runs 2 to 5 years|in whole years"):
            sign(session, made, field.coordinator, one, term_years=years)
    assert sign(session, made, field.coordinator, two, term_years=3).signed_on is None
    assert sign(session, made, field.coordinator, one, term_years=3).signed_on == TODAY
    latest = session.scalars(select(Agreement).order_by(Agreement.signed_on.desc())).first()
    assert (latest.renewal, latest.term_years) == (True, 3)


def test_what_is_done_again_after_an_official_signed_asks_for_the_signature_anew(session, field, alliance):
    """A review that was undone and given later came after the first OSHA signature: nobody signs before it."""
    sign(session, alliance, field.coordinator, ALL[0], ALL[2], ALL[3])
    review = session.scalars(select(GateRecord).where(GateRecord.kind == "regional-review")).first()
    rows = session.scalars(select(GateRecord).where(GateRecord.sheet == review.sheet)).all()
    withdraw_record(session, record=f"gate:{review.id}", by=field.coordinator, now=NOW)
    again = [
        Done(RecordKind(r.kind), r.about, on=r.on_day and TODAY, by=r.by, text=r.text, details=r.details) for r in rows
    ]
    record_gates(session, alliance_id=alliance.id, done=again, by=field.coordinator, now=NOW)
    with pytest.raises(GatesOpen, match=r"on November 22, 2026.*the review for programmatic consistency"):
        sign(session, alliance, field.coordinator, ALL[1])
    anew = Signature("0317300", "Dora Director, Area Director", TODAY)
    assert sign(session, alliance, field.coordinator, ALL[1], anew).signed_on == TODAY


def test_a_renewal_knows_what_the_participants_are(session, field, alliance):
    """What a signatory was said to be stands after the signing, and the sheet of the renewal does not ask again."""
    done = sign(session, alliance, field.coordinator, *ALL)
    of = done.outcome.of
    facts = gather_gate_facts(session, of, on=TODAY + DAY)
    assert facts.renewal
    assert {p.name: set(p.kinds) for p in facts.participants} == {
        "Roofers Guild": {ParticipantKind.LABOR_UNION},
        "Consulate of Mexico": {ParticipantKind.CONSULATE},
    }
    sheet = gate_sheet(session, of, on=TODAY + DAY)
    assert [slot.missing for slot in sheet if slot.kind is RecordKind.PARTICIPANT] == [False, False]
    assert [slot.missing for slot in sheet if slot.kind is RecordKind.SPECIAL_APPROVAL] == [True]


def test_a_renewal_is_signed_by_who_joins_and_not_by_who_leaves(session, portfolio, field):
    """Who leaves is waited for no more, and nobody becomes a party without a signature."""
    made = portfolio.alliance("La Plaza", field.area, signatories=("Local Builders", "Leavers"))
    pass_gates(session, made, field.coordinator)
    done = [Done(RecordKind.LEAVING, "Leavers", details={"yes": True})]
    done.append(Done(RecordKind.JOINING, "Joiners", details={"yes": True}))
    record_gates(session, alliance_id=made.id, done=done, by=field.coordinator, now=NOW)
    joins = [Done(RecordKind.PARTICIPANT, "Joiners", details={"kinds": ["labor union"]})]
    record_gates(session, alliance_id=made.id, done=joins, by=field.coordinator, now=NOW)
    signed = [Signature(who, "Sina Signer", TODAY) for who in ("0317300", "Local Builders", "Joiners")]
    missing = sign(session, made, field.coordinator, *signed[:2]).missing
    assert [one.name for one in missing] == ["Joiners"]
    assert sign(session, made, field.coordinator, signed[2]).signed_on == TODAY
    assert gather(session, [made.id])[0].signatories == ("Local Builders", "Joiners")
