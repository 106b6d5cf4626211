"""The gates at the page: what is open is shown, recorded, and then the renewal is signed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Agreement, Alliance
from models.gates import GateRecord
from models.work import Activity
from operations.remind.check_rules import check_rules
from policy.clauses import cite
from sandbox.block_limits import message_problems, view_problems
from tests.bot.slack import fields_of, found, held, input_of, words
from tests.operations.conftest import NOW


def button_of(message, action_id):
    """Whether a message shows a button."""
    return action_id in {e.get("action_id") for b in message["blocks"] for e in b.get("elements", [])}


def as_sent(view):
    """Return a window without what Slack itself adds to it."""
    return {key: view[key] for key in ("type", "title", "blocks", "submit", "close", "callback_id", "private_metadata")}


def standing(rows):
    """Return what stands on record, as (kind, about, text or name)."""
    return {(r.kind, r.about): r.text or r.by for r in rows(GateRecord) if r.withdrawn_at is None}


def test_what_is_open_is_shown_with_its_clauses(ada):
    """Each open gate stands there with its clause quoted and what passes it; the buttons lead there."""
    answer = ada.asks("/alliance gates plaza")
    text = words(answer["blocks"])
    assert "Before the renewal of La Plaza Alliance is signed" in text
    assert "9 of 9 gates open" in text
    assert f"CSP 04-01-002 VIII.D.1, carried over: “{cite('CSP 04-01-002 VIII.D.1').quoted}”" in text
    assert "The Area Director of Wilmington Area Office, or a designee, is not among the signers." in text
    assert "Answer the checklist with /alliance criteria." in text
    assert "8 gates" not in answer["text"]
    assert "reviewed by the Regional Office" in answer["text"]
    assert message_problems(answer["blocks"]) == []
    for form in ("record_gates", "answer_criteria", "plan_criteria", "record_evaluation", "decide_renewal"):
        assert button_of(answer, f"run:gates:{form}")


def test_without_a_name_one_chooses_and_each_gate_has_its_form(ada):
    """The step that was typed is kept; the button at a gate opens the form that passes it."""
    answer = ada.asks("/alliance gates renew")
    assert "Which alliance?" in answer["text"]
    buttons = [button for _, button in found(answer["blocks"], "run:gates")]
    names = [button["accessibility_label"] for button in buttons]
    ada.presses(answer, "run:gates", next(i for i, name in enumerate(names) if "La Plaza" in name))
    assert "is decided on" in ada.reads()["text"]
    gates = ada.asks("/alliance gates plaza")
    (block, _), *_ = found(gates["blocks"], "run:gates:answer_criteria")
    assert "A reasonable effort to secure worker participation" in block["text"]["text"]
    ada.presses(gates, "run:gates:answer_criteria")
    assert ada.modal()["callback_id"] == "answer_criteria"


def test_the_card_leads_to_the_gates(ada):
    """A button under the alliance shows what is open before signing."""
    ada.presses(ada.asks("/alliance show plaza"), "run:gates")
    assert "gates open" in ada.reads()["text"]


def test_before_the_decision_and_before_a_product(ada):
    """The last word names the step; a product has gates of its own."""
    assert "is decided on" in ada.asks("/alliance gates plaza renew")["text"]
    assert "has no product on record" in ada.asks("/alliance gates plaza publish")["text"]
    ada.opens("/alliance record plaza")
    ada.chooses("kind", "product")
    ada.sends(title="Ladder poster", on="2026-11-02")
    answer = ada.asks("/alliance gates plaza product")
    assert "“Ladder poster” of La Plaza Alliance is published" in answer["text"].replace("*", "")
    assert "free of charge" in answer["text"]
    ada.presses(answer, "run:gates:check_product")
    refused = ada.sends(reviews="DEP; soon")
    assert "Line 1: “soon” is no date" in refused["errors"]["reviews"]
    told = {"free": "yes", "rights": "yes", "language_on": "2026-11-20"}
    ada.sends(reviews="DEP; 2026-11-19\nDSG", **told)
    assert "Still open before it is published: Product reviewed" in ada.reads()["text"]
    ada.presses(ada.asks("/alliance gates plaza product"), "run:gates:check_product")
    ada.sends(reviews="DSG; 2026-11-20")
    assert "No gate is open." in ada.reads()["text"]


def fill_sheet(person):
    """Fill in all that the sheet of an area renewal asks for."""
    person.sends(
        evaluated_0_on="2026-11-02",
        discussed_0_on="2026-11-09",
        goals_0_text="All goals were met.",
        agreed_by_osha_0_on="2026-11-10",
        agreed_by_participants_0_on="2026-11-11",
        work_plan_agreed_0_on="2026-11-11",
        regional_review_0_on="2026-11-12",
        regional_review_0_by="Rudi Reviewer (for Rita Regional)",
        regional_review_0_text="Message of November 12",
        participant_0_kinds=["labor union"],
        participant_1_kinds=["employer group"],
        signer_0_by="Dora Director, Area Director",
        signer_1_by="Paul Plaza, President",
        signer_2_by="Bea Builder (for Ben Builder), Deputy Director",
        language_review_0_on="2026-11-12",
    )


def answer_all(person):
    """Answer every criterion of the open form."""
    fields = [name for name in fields_of(person.modal()) if name.startswith(("vii_", "f_9"))]
    person.sends(worker_involvement="Workers review each product.", **dict.fromkeys(fields, "Agreement, section 2"))


def test_a_renewal_is_signed_once_its_gates_are_passed(ada, rows):
    """The refusal stands above the form, which keeps what was typed; what was done is recorded from there."""
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:sign_renewal")
    assert "What is still open before signing" in words(ada.modal()["blocks"])
    answer = ada.sends(signed_on="2026-11-20", term_years="3")
    assert answer["response_action"] == "push"
    window = ada.modal()
    assert "9 of 9 gates open" in words(window["blocks"])
    assert [a.renewal for a in rows(Agreement) if a.signed_on.year == 2026 and a.signed_on.month == 11] == []

    ada.presses_in(window, "run:gates:record_gates")
    sheet = ada.modal()
    assert view_problems(as_sent(sheet), "modal") == []
    assert "Philadelphia Regional Office reviewed the draft on" in words([input_of(sheet, "regional_review_0_on")])
    fill_sheet(ada)
    told = ada.reads("post")
    assert (
        "Still open before signing: Evaluation, its discussion, a recommendation and its decision; Each criterion "
        "answered in the agreement or the work plan." in told["text"]
    )
    kept = standing(rows)
    assert kept["signer", "Local Builders"] == "Deputy Director"
    (review,) = [r for r in rows(GateRecord) if r.kind == "regional-review"]
    assert (review.by, review.acting_for) == ("Rudi Reviewer", "Rita Regional")

    ada.presses_in(ada.modal(), "run:gates:answer_criteria")
    assert view_problems(as_sent(ada.modal()), "modal") == []
    answer_all(ada)
    assert "Each criterion is answered." in ada.reads("post")["text"]
    ada.closes()

    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:decide_renewal")
    ada.chooses("recommendation", "renew")
    decided = {"reasons": "Goals met.", "recommended_on": "2026-11-13", "decided_on": "2026-11-16"}
    assert "Name who decided" in ada.sends(**decided)["errors"]["decided_by"]
    ada.sends(decided_by="Dora Director")
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:sign_renewal")
    assert "still open" not in words(ada.modal()["blocks"])
    ada.sends(signed_on="2026-11-20", term_years="3")
    assert "renewal signed on Friday, November 20, 2026" in ada.reads()["text"]


def test_the_sheet_asks_only_for_what_is_missing(ada, rows):
    """What is on record goes; the box brings it back, filled in, to be corrected; Undo takes it back."""
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:record_gates")
    assert "solicitor_approval_0_on" not in fields_of(ada.modal())
    ada.sends(signer_0_by="Dora Director, Area Director")
    told = ada.reads()
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:record_gates")
    assert "signer_0_by" not in fields_of(ada.modal())
    form = ada.chooses("correct", ["yes"])
    assert held(form, "signer_0_by") == "Dora Director, Area Director"
    ada.sends(signer_0_by="Dora D. Director, Area Director")
    second = ada.reads()
    (signer,) = {r.by for r in rows(GateRecord) if r.kind == "signer"} - {"Dora Director"}
    assert signer == "Dora D. Director"
    ada.presses(second, "undo:record")
    assert "Undone: the record for the gates" in ada.reads("update")["text"]
    ada.presses(told, "undo:record")
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:record_gates")
    assert "signer_0_by" in fields_of(ada.modal())


def test_what_is_wrong_on_the_sheet_is_said_at_its_field(ada, rows):
    """An approval without evidence, one's own name, an empty sheet."""
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:record_gates")
    assert "Nothing new is filled in" in str(ada.sends()["errors"])
    refused = ada.sends(regional_review_0_on="2026-11-12", regional_review_0_by="Ada Coordinator")
    assert "where that is written" in refused["errors"]["regional_review_0_on"]
    refused = ada.sends(regional_review_0_text="Message")
    assert "You cannot give this yourself" in refused["errors"]["regional_review_0_on"]
    assert rows(GateRecord) == []


def test_an_area_alliance_may_ask_the_solicitor(ada):
    """Then the Solicitor's approval is a gate, too (A07)."""
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:record_gates")
    ada.sends(solicitor_asked_0_yes=["yes"])
    assert "Approval to sign by the Solicitor of Labor" in ada.asks("/alliance gates plaza")["text"]
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:record_gates")
    assert "solicitor_approval_0_on" in fields_of(ada.modal())


def test_a_special_participant_asks_for_its_approval(ada):
    """Once it is known what an organization is, the sheet asks for the approval of its kind (FAQ F-5)."""
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:record_gates")
    ada.sends(participant_0_kinds=["consulate"])
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:record_gates")
    assert "special_approval_0_on" in fields_of(ada.modal())
    ada.sends(
        special_approval_0_on="2026-11-12",
        special_approval_0_by="Otto Oosa",
        special_approval_0_text="Memo of that day",
    )
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:record_gates")
    assert "special_approval_0_on" not in fields_of(ada.modal())


def test_criteria_that_do_not_apply_need_a_reason(ada, rows):
    """Some take no such answer at all; answers come back when the form opens again, and can be taken back."""
    ada.opens("/alliance criteria plaza")
    assert "one of the three" in words(ada.modal()["blocks"])
    assert "Say why" in ada.sends(vii_c_4_g="n/a")["errors"]["vii_c_4_g"]
    refused = ada.sends(vii_c_4_g="", vii_c_1="Does not apply: we are enough")
    assert "is no answer" in refused["errors"]["vii_c_1"]
    ada.sends(vii_c_1="Agreement, section 1", vii_c_4_g="Not applicable because no staff takes part")
    assert "answers to the criteria. VII.C.2, VII.C.4.a, " in ada.reads()["text"]
    form = ada.opens("/alliance criteria plaza")
    assert held(form, "vii_c_4_g") == "Not applicable: no staff takes part"
    ada.sends(vii_c_4_g="")
    form = ada.opens("/alliance criteria plaza")
    assert (held(form, "vii_c_4_g"), held(form, "vii_c_1")) == (None, "Agreement, section 1")
    assert standing(rows)["criterion", "VII.C.1"] == "Agreement, section 1"


def test_a_work_plan_answers_criteria(nate, rows):
    """The latest plan has a checklist of its own."""
    nate.presses(nate.asks("/alliance gates NGFA"), "run:gates:plan_criteria")
    assert "year from September 1, 2026" in words(nate.modal()["blocks"])
    assert "f_9_workers" in fields_of(nate.modal())
    nate.sends(vii_c_4_h="Work plan, page 1")
    assert "which criteria the work plan" in nate.reads()["text"]
    (row,) = rows(GateRecord)
    assert (row.subject.partition(":")[0], row.text) == ("work-plan", "Work plan, page 1")


@pytest.mark.parametrize("line", ["/alliance criteria plaza", "/alliance criteria"])
def test_who_may_not_record_is_told_before_typing(stranger, line):
    """Reading is for everyone, recording is not."""
    assert "gates open" in stranger.asks("/alliance gates plaza")["text"]
    assert "You may not record what a signing or a publication needs" in stranger.asks(line)["text"]


@pytest.fixture
def plan_asked(sample_engine):
    """The work plan of the alliance called Roofing and Sons is asked for."""
    with Session(sample_engine) as session:
        sons = session.scalars(select(Alliance).where(Alliance.name.startswith("Roofing <"))).one()
        sons.tracked_from = date(2026, 3, 1)
        check_rules(session, now=NOW)
        session.commit()


MARKED = "OSHA prefers our members; the union is a preferred partner of OSHA."


def test_marked_words_are_shown_and_decided(plan_asked, ada, rita, rows):
    """The plan is recorded all the same; each words get their decision, once, with a name, and Undo."""
    ada.opens("/alliance workplan sons")
    ada.sends(finalized_on="2026-11-20", summary=MARKED)
    told = ada.reads()
    assert "These words may read as endorsement or preferential treatment" in told["text"]
    assert "preferred partner" in told["text"]
    assert "work plan of the year from March 2, 2026" in told["text"]
    assert message_problems(told["blocks"]) == []
    ada.presses(told, "keep:words", 0)
    kept = ada.reads()
    assert "the words are kept as harmless, by Ada Coordinator" in kept["text"]
    ada.presses(told, "change:words", 0)
    assert "kept as harmless, Ada Coordinator on November 23, 2026" in ada.reads()["text"]
    ada.presses(told, "change:words", 1)
    assert "changed in what goes out" in ada.reads()["text"]
    assert {r.details["decision"] for r in rows(GateRecord)} == {"kept as harmless", "changed in what goes out"}
    ada.presses(kept, "undo:record")
    assert "Undone" in ada.reads("update")["text"]
    open_ = rita.asks("/alliance gates sons")
    assert "These words wait for a person's decision: “OSHA prefers our”" in open_["text"]
    rita.presses(open_, "keep:words")
    assert "by Rita Regional" in rita.reads()["text"]


def test_marked_words_of_an_activity_and_of_answers(ada, rows):
    """What is told outside is checked; harmless words are not marked."""
    ada.opens("/alliance record plaza")
    ada.chooses("kind", "product")
    ada.sends(title="Poster", on="2026-11-02", info="The only training approved by OSHA.")
    told = ada.reads()
    assert "approved by OSHA" in told["text"]
    assert "activity “Poster”" in told["text"]
    assert "approved by OSHA" in ada.asks("/alliance gates plaza product")["text"]
    ada.opens("/alliance criteria plaza")
    ada.sends(vii_c_1="Section 1: no member gets preferential treatment.")
    assert "These words" not in ada.reads()["text"]
    ada.opens("/alliance criteria plaza")
    ada.sends(vii_c_2="Members are preferred by OSHA.")
    assert "answer to VII.C.2" in ada.reads()["text"]
    assert len(rows(Activity)) == 1


def test_who_may_not_decide_on_words(plan_asked, ada, stranger):
    """A stranger is refused, and nothing is decided."""
    ada.opens("/alliance workplan sons")
    ada.sends(finalized_on="2026-11-20", summary=MARKED)
    ada.reads()
    stranger.presses(stranger.asks("/alliance gates sons"), "keep:words")
    assert "You may not record what a signing" in stranger.reads()["text"]
