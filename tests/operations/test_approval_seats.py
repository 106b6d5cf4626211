"""Who decides for a seat: never who asked, between two dates, in Slack or on paper, so many of several."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.alliances import Alliance, AllianceOffice, Signatory
from models.approvals import ApprovalDecision
from models.gates import GateRecord
from models.offices import Office, Person, Position
from operations.actor import identify
from operations.approve.record_outside import record_outside
from operations.approve.undo_decision import undo_decision
from operations.gather_facts import gather
from operations.read.approvals import show_approval
from operations.read.askable import preview_chain
from operations.read.home import read_home
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.approval import Approved, Seat, Verdict, Waiting
from policy.chains import Purpose
from policy.procedure import ProcedureStep
from policy.rights import Role
from tests.operations.approving import ask, cards, decide, keep, make_product, open_gates, words
from tests.operations.conftest import NOW, TODAY


def director_office(session):
    """Return the id of the office where there is an Area Director."""
    return session.scalars(select(Position.office_id).where(Position.role == Role.AREA_DIRECTOR.value)).first()


def test_nobody_decides_what_they_asked(session, portfolio, proposed, director, rae):
    """Neither who asked, nor a designee of theirs; the other seat decides, or somebody acts."""
    keep(session, proposed, director)
    approval = ask(session, proposed, director)
    designee = portfolio.person("U0DESIGN1", name="Desi Nee")
    session.add(
        Position(
            person_id=designee.person_id,
            office_id=director_office(session),
            role=Role.AREA_DIRECTOR.value,
            held_from=TODAY,
            acting_for_id=director.person_id,
        )
    )
    session.flush()
    with pytest.raises(NotAllowed, match="You asked for this yourself"):
        decide(session, approval, director)
    with pytest.raises(NotAllowed, match="You may not decide this"):
        decide(session, approval, identify(session, "U0DESIGN1", now=NOW))
    assert decide(session, approval, rae).standing == Approved()


@pytest.mark.usefixtures("rae")
def test_the_official_of_a_designee_who_asked_does_not_decide(session, portfolio, field, proposed, director):
    """Who asks as a designee asks for the official, who is as barred as they are."""
    deputy = portfolio.person("U0DEPUTY1", (Role.ALLIANCE_COORDINATOR, field.area), name="Dee Puty")
    session.add(
        Position(
            person_id=deputy.person_id,
            office_id=field.area.id,
            role=Role.AREA_DIRECTOR.value,
            held_from=TODAY,
            acting_for_id=director.person_id,
        )
    )
    session.flush()
    deputy = identify(session, "U0DEPUTY1", now=NOW)
    keep(session, proposed, deputy)
    approval = ask(session, proposed, deputy)
    with pytest.raises(NotAllowed, match="asked for this as your designee"):
        decide(session, approval, director)


def test_a_designee_decides_between_two_dates(session, portfolio, field, proposed, director):
    """Both names are kept; the day after the last one the designee may no longer."""
    ada = field.coordinator
    desi = portfolio.person("U0DESIGN1", name="Desi Nee")
    session.add(
        Position(
            person_id=desi.person_id,
            office_id=field.area.id,
            role=Role.AREA_DIRECTOR.value,
            held_from=TODAY,
            held_until=TODAY,
            acting_for_id=director.person_id,
        )
    )
    session.flush()
    keep(session, proposed, ada)
    approval = ask(session, proposed, ada)
    late = NOW + timedelta(days=1)
    with pytest.raises(NotAllowed, match="You may not decide this"):
        decide(session, approval, identify(session, "U0DESIGN1", now=late), now=late)
    decide(session, approval, identify(session, "U0DESIGN1", now=NOW))
    row = session.scalars(select(ApprovalDecision)).one()
    assert (row.decided_by, row.acting_for) == ("Desi Nee", "Dana Director")
    assert approval.ended_by == "Desi Nee (for Dana Director)"


def test_what_a_designee_decided_is_told_to_the_official_alone(session, portfolio, field, proposed, director):
    """Another official of the same name is told nothing; who has another name since still is."""
    portfolio.person("U0DIRECT2", (Role.AREA_DIRECTOR, portfolio.office("ELSEWHERE")), name="Dana Director")
    desi = portfolio.person("U0DESIGN1", name="Desi Nee")
    position = Position(
        person_id=desi.person_id,
        office_id=field.area.id,
        role=Role.AREA_DIRECTOR.value,
        held_from=TODAY,
        acting_for_id=director.person_id,
    )
    session.add(position)
    keep(session, proposed, field.coordinator)
    decide(session, ask(session, proposed, field.coordinator), identify(session, "U0DESIGN1", now=NOW))
    session.get_one(Person, director.person_id).name = "Dana Diaz"
    session.flush()
    told = {id: read_home(session, id, now=NOW).decided_for for id in (director.slack_id, "U0DIRECT2", "U0DESIGN1")}
    assert {id: [one.by for one in decided] for id, decided in told.items()} == {
        director.slack_id: ["Desi Nee"],
        "U0DIRECT2": [],
        "U0DESIGN1": [],
    }


def of_two_offices(session, portfolio, field):
    """Return an alliance of two area offices, with nothing on file, and these."""
    offices = field.area, portfolio.office("0418600", parent=field.region, name="Dover Area Office")
    made = Alliance(name="Bay", level="area", tracked_from=TODAY, created_at=NOW)
    session.add(made)
    session.flush()
    for rank, office in enumerate(offices):
        session.add(AllianceOffice(alliance_id=made.id, office_id=office.id, rank=rank))
    return made, offices


def test_an_empty_position_is_acted_for_by_the_nearest_above(session, portfolio, field, ada, rae):
    """With two offices each director is needed; the Regional Administrator acts where there is none, and it says so."""
    made, _ = of_two_offices(session, portfolio, field)
    portfolio.person("U0DIRECT1", (Role.AREA_DIRECTOR, field.area), name="Dana Director")
    session.flush()
    keep(session, made, ada)
    approval = ask(session, made, ada)
    text = words(session, cards(session, approval)[0])["text"]
    assert "Area Director, Dover Area Office: Rae Regional (for Area Director, Dover Area Office)" in text
    assert "nobody holds the position today" in text
    done = decide(session, approval, rae)
    assert isinstance(done.standing, Waiting)
    row = session.scalars(select(ApprovalDecision)).one()
    assert (row.decided_by, row.acting_for) == ("Rae Regional", "Area Director, Dover Area Office")
    with pytest.raises(
        AlreadyDone, match=r"Rae Regional \(for Area Director, Dover Area Office\) approved this on Nov"
    ):
        decide(session, approval, rae)


def test_the_office_above_does_not_decide_for_a_filled_position(session, portfolio, field, ada, rae):
    """The Regional Administrator may not decide what waits for directors who are there."""
    made, offices = of_two_offices(session, portfolio, field)
    for number, office in enumerate(offices):
        portfolio.person(f"U0DIRECT{number}", (Role.AREA_DIRECTOR, office))
    keep(session, made, ada)
    approval = ask(session, made, ada)
    with pytest.raises(NotAllowed, match="it waits for Area Director, Wilmington Area Office and Area Director, Dover"):
        decide(session, approval, rae)


@pytest.fixture
def national(session, portfolio, field):
    """A national alliance with a proposal that was evaluated, and who is to approve it."""
    from operations.records.gate_records import Done, write_gate_records  # noqa: PLC0415
    from policy.gate_records import RecordKind  # noqa: PLC0415

    portfolio.office("SOL", kind="external", name="Office of the Solicitor")
    nate = portfolio.person("U0NATION1", (Role.ALLIANCE_COORDINATOR, field.national), name="Nate National")
    portfolio.person("U0OOSA001", (Role.OOSA_DIRECTOR, field.national), name="Olga Oosa")
    made = Alliance(name="Grain", level="national", tracked_from=TODAY, created_at=NOW)
    session.add(made)
    session.flush()
    session.add(AllianceOffice(alliance_id=made.id, office_id=field.national.id, rank=0))
    session.add(Signatory(alliance_id=made.id, name="NGFA"))
    session.flush()
    keep(session, made, nate)
    kinds = (RecordKind.PROPOSAL_EVALUATED, RecordKind.REGIONAL_INPUT, RecordKind.DIRECTORATE_INPUT)
    done = [Done(kind, on=TODAY, by="Nate National") for kind in kinds]
    write_gate_records(session, made.id, "proposal", done, by=nate, now=NOW)
    return made


def test_a_chain_goes_step_by_step(session, portfolio, field, national):
    """DCSP first, then OAS: who is not yet asked is told to wait, and gets the card when it is their turn."""
    nate = identify(session, "U0NATION1", now=NOW)
    olga = identify(session, "U0OOSA001", now=NOW)
    asa = portfolio.person("U0ASSIST1", (Role.ASSISTANT_SECRETARY, field.national), name="Asa Secretary")
    approval = ask(session, national, nate, purpose=Purpose.NATIONAL_PROPOSAL)
    assert [m.channel for m in cards(session, approval)] == ["U0OOSA001"]
    with pytest.raises(Refused, match="not your turn yet: this waits for OOSA director"):
        decide(session, approval, asa)
    decide(session, approval, olga)
    assert [m.channel for m in cards(session, approval)] == ["U0ASSIST1", "U0OOSA001"]
    assert (
        "one of them approved, and it goes on" in words(session, cards(session, approval, "approval-news")[0])["text"]
    )
    with pytest.raises(AlreadyDone, match="Olga Oosa approved this on November 23, 2026, at 9:00 AM; nothing changed"):
        decide(session, approval, olga)
    assert decide(session, approval, asa).standing == Approved()
    assert open_gates(session, national) == {}


def test_what_the_solicitor_did_is_recorded_with_its_evidence(session, national, field, portfolio):
    """The coordinator records name, day and where it is written; impossible ones get a sentence at the field."""
    nate = identify(session, "U0NATION1", now=NOW)
    portfolio.person("U0ASSIST1", (Role.ASSISTANT_SECRETARY, field.national), name="Asa Secretary")
    proposal = ask(session, national, nate, purpose=Purpose.NATIONAL_PROPOSAL)
    for who in ("U0OOSA001", "U0ASSIST1"):
        decide(session, proposal, identify(session, who, now=NOW))
    keep(session, national, nate, subject="draft")
    approval = ask(session, national, nate, purpose=Purpose.SOLICITOR, subject="draft")
    assert cards(session, approval) == []
    (waits,) = show_approval(session, approval.id, now=NOW).waiting
    assert waits.on_paper
    seat = waits.key
    given = {"seat": seat, "verdict": Verdict.APPROVE, "name": "Sol Licitor", "on": TODAY, "evidence": "Memo of today"}
    for wrong, why, at in (
        ({"name": " "}, "Name who decided", "name"),
        ({"name": "Nate National"}, "nobody approves a step that they requested", "name"),
        ({"evidence": " "}, "where the decision is written", "evidence"),
        ({"on": TODAY + timedelta(days=1)}, "still to come", "on"),
        ({"on": TODAY - timedelta(days=1)}, "lies before version 1 was written", "on"),
        ({"verdict": Verdict.DECLINE}, "Say why", "reason"),
        ({"seat": "elsewhere"}, "not the turn", "seat"),
    ):
        with pytest.raises(Refused, match=why) as raised:
            record_outside(session, approval_id=approval.id, by=nate, now=NOW, **given | wrong)
        assert raised.value.field == at
    with pytest.raises(NotAllowed):
        record_outside(session, approval_id=approval.id, by=field.stranger, now=NOW, **given)
    record_outside(session, approval_id=approval.id, by=nate, now=NOW, **given)
    missing = open_gates(session, national, ProcedureStep.SIGN)
    assert "solicitor-approval" not in missing
    row = session.scalars(select(GateRecord).where(GateRecord.kind == "solicitor-approval")).one()
    assert (row.by, row.text, row.on_day) == ("Sol Licitor", "Memo of today", TODAY)
    undo_decision(
        session, record=f"approval-decision:{session.scalars(select(ApprovalDecision.id)).all()[-1]}", by=nate, now=NOW
    )
    assert "solicitor-approval" in open_gates(session, national, ProcedureStep.SIGN)


def test_an_official_in_slack_decides_there(session, proposed, ada, director):
    """What somebody can decide in Slack is not recorded for them."""
    keep(session, proposed, ada)
    approval = ask(session, proposed, ada)
    seat = show_approval(session, approval.id, now=NOW).waiting[0].key
    with pytest.raises(Refused, match="Dana Director can decide this in Slack"):
        record_outside(
            session,
            approval_id=approval.id,
            seat=seat,
            verdict=Verdict.APPROVE,
            name="Dana Director",
            on=date(2026, 11, 23),
            evidence="Letter",
            by=ada,
            now=NOW,
        )


def test_two_of_three_experts_are_enough(session, portfolio, field):
    """Once they approved, the third is not asked any more; nobody decides for two of them."""
    for code in ("DEP", "DSG", "DOC"):
        office = portfolio.office(code, kind="directorate", parent=field.national)
        roles = [(Role.DIRECTORATE_REVIEWER, office)]
        portfolio.person(f"U0EXPERT{code[1]}", *roles, name=f"Expert {code}")
    twice = portfolio.person("U0TWICE01", name="Twice Expert")
    for code in ("DEP", "DSG"):
        office_id = session.scalars(select(Office.id).where(Office.code == code)).one()
        held = {"role": Role.DIRECTORATE_REVIEWER.value, "held_from": TODAY}
        session.add(Position(person_id=twice.person_id, office_id=office_id, **held))
    made = portfolio.alliance("Bay", field.area)
    subject = make_product(session, made)
    keep(session, made, field.coordinator, subject=subject)
    experts = [Seat(role=Role.DIRECTORATE_REVIEWER, office=code) for code in ("DEP", "DSG", "DOC")]
    given = {"purpose": Purpose.PRODUCT, "subject": subject}
    for wrong in ({"experts": []}, {"experts": experts, "needs": 4}):
        with pytest.raises(Refused, match="Choose at least one expert") as raised:
            ask(session, made, field.coordinator, **given, **wrong)
        assert raised.value.field == "experts"
    approval = ask(session, made, field.coordinator, **given, experts=experts, needs=2)
    twice = identify(session, "U0TWICE01", now=NOW)
    assert isinstance(decide(session, approval, twice).standing, Waiting)
    with pytest.raises(Refused, match="You have decided in this step"):
        decide(session, approval, twice)
    assert decide(session, approval, identify(session, "U0EXPERTO", now=NOW)).standing == Approved()
    with pytest.raises(AlreadyDone, match="This was approved by Expert DOC"):
        decide(session, approval, identify(session, "U0EXPERTS", now=NOW))
    records = session.scalars(select(GateRecord.about).where(GateRecord.kind == "product-reviewed")).all()
    assert records == ["directorate reviewer@DEP", "directorate reviewer@DOC"]


@pytest.mark.usefixtures("rae")
def test_a_designee_is_shown_who_will_really_be_asked(session, portfolio, field, proposed, director):
    """Before it is put forward, too: not the official for whom they act, who may not decide it."""
    keep(session, proposed, director)
    designee = portfolio.person("U0DESIGN1", (Role.ALLIANCE_COORDINATOR, field.area), name="Desi Nee")
    row = Position(person_id=designee.person_id, office_id=field.area.id, role=Role.AREA_DIRECTOR.value)
    row.held_from, row.held_until, row.acting_for_id = TODAY, TODAY, director.person_id
    session.add(row)
    session.flush()
    (of,) = gather(session, [proposed.id])
    by = identify(session, "U0DESIGN1", now=NOW)
    steps = preview_chain(session, of, Purpose.FIELD_PROPOSAL, by=by, now=NOW)
    assert [names for _, names, _ in steps[0].seats] == [
        ("Rae Regional (for Area Director, Wilmington Area Office)",),
        ("Rae Regional",),
    ]
