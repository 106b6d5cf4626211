"""The gates before a signing: what opens and passes them, who may record it, how it is undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.alliances import Agreement, RenewalDecision, Signatory
from models.audit import AuditEntry, write_noted
from models.gates import GateRecord
from models.offices import Person
from operations.approve.keep_draft import keep_draft
from operations.change_settings import change_settings
from operations.conclude.decide_renewal import decide_renewal
from operations.conclude.sign_renewal import sign_renewal
from operations.establish.record_gates import record_gates
from operations.establish.refuse_open_gates import GatesOpen
from operations.flat_settings import read_setting
from operations.hands.rename import rename_participant
from operations.read.gates import show_gates
from operations.records.gate_records import Done
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.facts import Recommendation
from policy.gate_records import RecordKind as Kind
from policy.procedure import ProcedureStep
from policy.rights import Role
from policy.subjects import DRAFT
from tests.operations.conftest import NOW, TODAY
from tests.operations.gates import pass_gates, what_a_renewal_needs
from tests.operations.proposals import a_proposal, approve_proposal, proposed

SIGNED = date(2024, 12, 10)
DAY = timedelta(days=1)


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose first term runs out on December 10, 2026."""
    return portfolio.alliance("La Plaza", field.area, signed=SIGNED)


def sign(session, alliance, by, on=TODAY):
    """Record a renewal of five years."""
    return sign_renewal(session, alliance_id=alliance.id, signed_on=on, term_years=5, by=by, now=NOW)


def record(session, alliance, by, *done, **more):
    """Record what was done."""
    return record_gates(session, alliance_id=alliance.id, done=done, by=by, now=NOW, **more)


def open_before_signing(session, alliance, on=TODAY, step=ProcedureStep.SIGN):
    """Return the ids of the gates that are open."""
    (shown,) = show_gates(session, alliance.id, step=step, on=on)
    return [found.gate.id for found in shown.open]


AREA_GATES = [
    "renewal-decided",
    "goals-record",
    "draft-agreed",
    "regional-review",
    "worker-participation",
    "criteria-answered",
    "agreement-language",
    "special-approval",
    "signers",
]


def test_a_renewal_is_refused_while_its_gates_are_open(session, field, alliance):
    """The refusal lists each gate with its clauses, and nothing is recorded."""
    with pytest.raises(GatesOpen) as refused:
        sign(session, alliance, field.coordinator)
    assert [found.gate.id for found in refused.value.shown.refusing] == AREA_GATES
    assert "9 gates open before the renewal of La Plaza is signed (on November 23, 2026): (1) Evaluation" in str(
        refused.value
    )
    assert "by Office REG-PHI. [CSP 04-01-002 VIII.D.1]" in refused.value.sentence
    assert session.scalars(select(Agreement.renewal)).all() == [False]


def test_with_all_of_it_on_record_the_renewal_is_signed(session, field, alliance):
    """What was recorded belongs to the agreement from then on; of it the next renewal knows that a union takes part."""
    pass_gates(session, alliance, field.coordinator)
    assert open_before_signing(session, alliance) == []
    sign(session, alliance, field.coordinator)
    agreement = session.scalars(select(Agreement).where(Agreement.renewal)).one()
    assert {row.subject for row in session.scalars(select(GateRecord))} == {f"agreement:{agreement.id}"}
    by_kind = {"worker-participation", "special-approval"}
    assert open_before_signing(session, alliance) == [gate for gate in AREA_GATES if gate not in by_kind]
    write_noted(session)
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "renewal:signed"))
    assert entry.data["gates_passed"] == AREA_GATES


def test_a_participant_that_is_renamed_is_the_same_one_for_the_gates(session, portfolio, field, alliance):
    """What is on record of it stays: of what kind it is, and who signs for it."""
    pass_gates(session, alliance, field.coordinator)
    director = portfolio.person("U0DIRECTOR", (Role.AREA_DIRECTOR, field.area))
    member = session.scalars(select(Signatory.id).where(Signatory.alliance_id == alliance.id)).one()
    about = {"alliance_id": alliance.id, "signatory_id": member}
    rename_participant(session, name="United Builders", by=director, now=NOW, **about)
    assert open_before_signing(session, alliance) == []


@pytest.mark.parametrize("missing", [0, 1, 2, 3, 4, 5])
def test_each_missing_record_keeps_its_gate_open(session, field, alliance, missing):
    """One thing that is not on record is enough."""
    kinds = [
        Kind.WORK_PLAN_AGREED,
        Kind.REGIONAL_REVIEW,
        Kind.PARTICIPANT,
        Kind.SIGNER,
        Kind.LANGUAGE_REVIEW,
        Kind.GOALS,
    ]
    gates = ["draft-agreed", "regional-review", "special-approval", "signers", "agreement-language", "goals-record"]
    pass_gates(session, alliance, field.coordinator)
    for row in session.scalars(select(GateRecord).where(GateRecord.kind == kinds[missing].value)):
        row.withdrawn_at = NOW
    session.flush()
    assert gates[missing] in open_before_signing(session, alliance)
    with pytest.raises(GatesOpen):
        sign(session, alliance, field.coordinator)


def test_what_happened_after_the_signing_does_not_count(session, field, alliance):
    """A renewal that was signed on Friday cannot rest on an approval of Monday."""
    pass_gates(session, alliance, field.coordinator)
    with pytest.raises(GatesOpen) as refused:
        sign(session, alliance, field.coordinator, on=TODAY - 3 * DAY)
    assert [found.gate.id for found in refused.value.shown.refusing] == [
        *("renewal-decided", "draft-agreed", "regional-review", "agreement-language")
    ]
    sign(session, alliance, field.coordinator)


def test_a_national_renewal_asks_for_comments_and_the_solicitor(session, portfolio, field):
    """Each region and directorate is asked anew; requests before the last agreement do not count."""
    boss = portfolio.person("U0NATION1", (Role.ALLIANCE_COORDINATOR, field.national))
    portfolio.office("DEP", kind="directorate", parent=field.national, name="Directorate of Enforcement Programs")
    grain = portfolio.alliance("Grain", field.national, level="national", signed=SIGNED)
    found = open_before_signing(session, grain)
    assert {"comments-asked", "solicitor-approval"} <= set(found)
    assert "regional-review" not in found
    pass_gates(session, grain, boss)
    sign(session, grain, boss)


def test_an_office_may_shorten_the_rounds_of_a_renewal(session, portfolio, field, alliance):
    """What it leaves out is said; nothing but the rounds of review can be left out."""
    boss = portfolio.person("U0ADMIN01", (Role.ADMINISTRATOR, field.national))
    for skips in (["signers"], ["nothing"]):
        with pytest.raises(Refused, match=f"cannot be used: renewal_skips: “{skips[0]}” cannot be left out"):
            change_settings(session, office_code="REG-PHI", changes={"renewal_skips": skips}, by=boss, now=NOW)
    typed = dict([read_setting("renewal_skips=regional-review, solicitor-approval")])
    change_settings(session, office_code="REG-PHI", changes=typed, by=boss, now=NOW)
    (shown,) = show_gates(session, alliance.id, step=ProcedureStep.SIGN, on=TODAY)
    assert "regional-review" not in [found.gate.id for found in shown.gates]
    assert [gate.id for gate in shown.left_out] == ["regional-review"]
    change_settings(session, office_code=field.area.code, changes={"renewal_skips": []}, by=boss, now=NOW)
    assert "regional-review" in open_before_signing(session, alliance)


REVIEW = Done(Kind.REGIONAL_REVIEW, about="REG-PHI", on=TODAY, by="Rudi Reviewer", text="Message", field="review_on")


@pytest.mark.parametrize(
    ("done", "sentence"),
    [
        ([], "Nothing new is filled in"),
        ([replace(REVIEW, on=TODAY + DAY)], "still to come"),
        ([replace(REVIEW, on=SIGNED - DAY)], "before the latest agreement was signed"),
        ([replace(REVIEW, on=None)], "Enter the day"),
        ([replace(REVIEW, text=None)], "where that is written"),
        ([replace(REVIEW, by=None)], "Name who gave it"),
        ([replace(REVIEW, about="REG-BOS")], "has no “REG-BOS”"),
        ([Done(Kind.SIGNER, about="Local Builders")], "Name who signs"),
        ([Done(Kind.SIGNER, about="Others", by="X")], "has no “Others”"),
        ([Done(Kind.CRITERION, about="VII.C.9", text="x")], "has no “VII.C.9”"),
        (
            [Done(Kind.CRITERION, about="VII.C.1", text="x", details={"applies": False})],
            "“does not apply” is no answer",
        ),
        ([Done(Kind.CRITERION, about="VII.C.4.a", details={"applies": False})], "Say why"),
        ([replace(REVIEW, by="ada  coordinator")], "You cannot give this yourself"),
    ],
)
def test_what_cannot_be_is_refused(session, field, alliance, done, sentence):
    """Days, names and answers have their bounds, and the refusal names the field."""
    with pytest.raises(Refused, match=sentence) as refused:
        record(session, alliance, field.coordinator, *done)
    assert refused.value.field == (done[0].field if done else None)
    assert session.scalars(select(GateRecord)).all() == []


@pytest.mark.parametrize("subject", ["agreement:999999", "work-plan:999999", "activity:999999", "elsewhere"])
def test_a_subject_that_is_not_there_is_refused(session, field, alliance, subject):
    """An agreement, plan or product of this alliance, or its draft."""
    with pytest.raises(Refused, match="no longer there"):
        record(session, alliance, field.coordinator, REVIEW, subject=subject)


def test_nobody_approves_what_they_put_forward(session, portfolio, field, alliance):
    """Neither in one sheet nor in two, whichever comes first; another official may."""
    rita = portfolio.person("U0RITA001", (Role.REGIONAL_COORDINATOR, field.region), name="Rita Regional")
    agreed = Done(Kind.AGREED_BY_OSHA, on=TODAY)
    own = replace(REVIEW, by="Rita Regional")
    with pytest.raises(Refused, match="Rita Regional put this draft forward"):
        record(session, alliance, rita, agreed, own)
    record(session, alliance, rita, own)
    with pytest.raises(Refused, match="nobody approves a step that they requested"):
        record(session, alliance, rita, agreed)
    record(session, alliance, field.coordinator, agreed)
    mine, again = Done(Kind.AGREED_BY_PARTICIPANTS, on=TODAY), replace(agreed, on=TODAY - DAY)
    with pytest.raises(Refused, match="Person U0REGION1 put this draft forward") as refused:
        record(session, alliance, field.regional_coordinator, mine, replace(REVIEW, by="Person U0REGION1"))
    assert refused.value.field == "review_on"
    record(session, alliance, field.regional_coordinator, again)
    record(session, alliance, field.coordinator, replace(agreed, on=TODAY - 2 * DAY))
    with pytest.raises(Refused, match="nobody approves"):
        record(session, alliance, field.regional_coordinator, replace(REVIEW, by="Person U0REGION1"))


@pytest.mark.parametrize(
    "name",
    ["rita  REGIONAL", "Rita Married (for Ray Regional)", "Rita Married, Coordinator", "<@U0RITA001>", "@u0rita001"],
)
def test_a_person_is_known_by_every_name(session, portfolio, field, alliance, name):
    """Who put a draft forward does not approve it under another spelling, a new name or the Slack account."""
    rita = portfolio.person("U0RITA001", (Role.REGIONAL_COORDINATOR, field.region), name="Rita Regional")
    record(session, alliance, rita, Done(Kind.AGREED_BY_OSHA, on=TODAY))
    session.get_one(Person, rita.person_id).name = "Rita Married"
    with pytest.raises(Refused, match="nobody approves a step that they requested"):
        record(session, alliance, field.coordinator, replace(REVIEW, by=name))


def test_who_may_record_and_who_may_not(session, field, alliance):
    """It takes a position at the alliance's office or above."""
    with pytest.raises(NotAllowed, match="You may not record what a signing or a publication needs"):
        record(session, alliance, field.stranger, REVIEW)
    record(session, alliance, field.regional_coordinator, REVIEW)


def test_a_sheet_is_undone_as_a_whole_until_it_counted(session, field, alliance):
    """Undo brings back what stood before; after the signing nothing is taken from under it."""
    first = record(session, alliance, field.coordinator, REVIEW)
    second = record(
        session, alliance, field.coordinator, replace(REVIEW, by="Else"), Done(Kind.AGREED_BY_OSHA, on=TODAY)
    )
    withdraw_record(session, record=second.record, by=field.coordinator, now=NOW)
    standing = session.scalars(select(GateRecord).where(GateRecord.withdrawn_at.is_(None))).all()
    assert [(row.kind, row.by) for row in standing] == [("regional-review", "Rudi Reviewer")]
    with pytest.raises(AlreadyDone):
        withdraw_record(session, record=second.record, by=field.coordinator, now=NOW)
    with pytest.raises(NotAllowed):
        withdraw_record(session, record=first.record, by=field.stranger, now=NOW)
    pass_gates(session, alliance, field.coordinator)
    sign(session, alliance, field.coordinator)
    with pytest.raises(Refused, match="on the strength of this record"):
        withdraw_record(session, record=first.record, by=field.coordinator, now=NOW)
    write_noted(session)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert [a for a in actions if a.startswith("gate:")] == ["gate:recorded"] * 2 + ["gate:withdrawn", "gate:recorded"]


def decide(session, alliance, by, **more):
    """Decide to renew."""
    agreement = session.scalars(select(Agreement.id).where(Agreement.alliance_id == alliance.id)).one()
    told = {"recommended_on": TODAY, "decided_on": TODAY, "decided_by": "Dora Director", "goals": "Goals met."} | more
    return decide_renewal(
        session,
        alliance_id=alliance.id,
        agreement_id=agreement,
        by=by,
        now=NOW,
        **{"recommendation": Recommendation.RENEW, "reasons": "Goals met."} | told,
    )


def test_a_decision_to_renew_rests_on_its_evaluation(session, field, alliance):
    """Without the evaluation, its discussion and the goals it is refused; a mere recommendation is not."""
    decide(session, alliance, field.coordinator, decided_on=None, decided_by=None, goals=None)
    with pytest.raises(GatesOpen, match="its discussion with the participants") as refused:
        decide(session, alliance, field.coordinator, goals=None)
    assert [found.gate.id for found in refused.value.shown.refusing] == ["renewal-decided", "goals-record"]
    record(session, alliance, field.coordinator, Done(Kind.EVALUATED, on=TODAY), Done(Kind.DISCUSSED, on=TODAY))
    decide(session, alliance, field.coordinator)
    assert session.scalars(select(RenewalDecision.decided_by)).all() == ["Dora Director"]
    assert open_before_signing(session, alliance, step=ProcedureStep.RENEW) == []


@pytest.mark.parametrize("recommendation", Recommendation)
def test_management_decides_on_what_others_recommend(session, portfolio, field, alliance, recommendation):
    """Who is not of this alliance's management names who decided, whatever is recommended (IX.C.3)."""
    record(session, alliance, field.coordinator, Done(Kind.EVALUATED, on=TODAY), Done(Kind.DISCUSSED, on=TODAY))
    told = {"recommendation": recommendation}
    if recommendation is Recommendation.EXTEND:
        told |= {"extended_until": date(2030, 6, 30), "expectations": "Two meetings."}
    beside = portfolio.office("ELSEWHERE", kind="area", parent=field.region, name="Elsewhere Area Office")
    both = portfolio.person(
        "U0BOTH1", (Role.ALLIANCE_COORDINATOR, field.area), (Role.AREA_DIRECTOR, beside), name="Bo Both"
    )
    for by, own in ((field.coordinator, None), (field.coordinator, "Ada Coordinator"), (both, None)):
        with pytest.raises(Refused, match="Name who decided") as refused:
            decide(session, alliance, by, decided_by=own, **told)
        assert refused.value.field == "decided_by"
    director = portfolio.person("U0DIRECT1", (Role.AREA_DIRECTOR, field.area), name="Dora Director")
    decide(session, alliance, director, decided_by=None, **told)


def test_what_is_written_for_a_work_plan_answers_the_criteria(session, field, alliance):
    """A criterion is answered in the agreement or in the work plan that goes with it."""
    from models.plans import WorkPlan  # noqa: PLC0415

    plan = WorkPlan(alliance_id=alliance.id, first=TODAY, finalized_on=TODAY, summary="Talks", recorded_at=NOW)
    session.add(plan)
    session.flush()
    criteria = [one for one in what_a_renewal_needs(session, alliance, TODAY) if one.kind is Kind.CRITERION]
    record(session, alliance, field.coordinator, *criteria[:5])
    assert "criteria-answered" in open_before_signing(session, alliance)
    record(session, alliance, field.coordinator, *criteria[5:], subject=f"work-plan:{plan.id}")
    assert "criteria-answered" not in open_before_signing(session, alliance)
    record(session, alliance, field.coordinator, replace(criteria[0], text=None))
    assert "criteria-answered" in open_before_signing(session, alliance)


def test_a_review_given_before_any_draft_was_kept_is_of_none(session, field, ada):
    """It counts while the draft is on paper alone; the first version that is kept here asks for it anew."""
    made = proposed(session, a_proposal(field.area), ada)
    approve_proposal(session, made, ada)
    review = Done(Kind.REGIONAL_REVIEW, "REG-PHI", on=TODAY, by="Rudi Reviewer", text="Letter")

    def open_now():
        (shown,) = show_gates(session, made.id, step=ProcedureStep.SIGN, on=TODAY)
        return {one.gate.id: one.missing for one in shown.open}

    record_gates(session, alliance_id=made.id, done=[review], by=ada, now=NOW)
    assert "regional-review" not in open_now()
    keep_draft(session, by=ada, now=NOW, alliance=made.id, subject=DRAFT, content={"goals": "Fewer falls."})
    assert "before any version of the draft was kept here" in open_now()["regional-review"]
    record_gates(session, alliance_id=made.id, done=[review], by=ada, now=NOW)
    assert "regional-review" not in open_now()
