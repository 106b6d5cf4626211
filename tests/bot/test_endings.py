"""Ends and renewals at the page: parties that change, the closing checklist, an Ambassador relationship that ends."""

from __future__ import annotations

import pytest

from models.alliances import Agreement, Ending, Signatory
from models.gates import GateRecord
from sandbox.block_limits import message_problems, view_problems
from tests.bot.slack import fields_of, held, words
from tests.bot.test_gates import answer_all, as_sent


def parties(person):
    """Open the form of who joins and leaves with the renewal."""
    person.presses(person.asks("/alliance renew plaza"), "run:renew:change_parties")
    return person.modal()


def test_who_joins_and_leaves_with_a_renewal_changes_its_gates(ada, rows):
    """Nothing holds before the signing; who leaves need not sign any more, who joins has to; Undo takes it back."""
    form = parties(ada)
    assert view_problems(as_sent(form), "modal") == []
    leaving = next(str(s.id) for s in rows(Signatory) if s.name == "Local Builders")
    ada.sends(leaving=[leaving], joining="Delaware Tech\n  Roofers   Local 30 ", in_part="Heat in place of falls")
    told = ada.reads()
    said = "Delaware Tech and Roofers Local 30 will join; Local Builders will leave; it is renewed in part"
    assert said in told["text"]
    assert "*Signatories:* La Plaza, Local Builders" in ada.asks("/alliance show plaza")["text"]
    signers = ada.asks("/alliance gates plaza")["text"]
    assert "A senior official of Delaware Tech is not among the signers." in signers
    assert "A senior official of Local Builders" not in signers
    assert held(parties(ada), "joining") == "Delaware Tech\nRoofers Local 30"
    assert "Nothing new is filled in" in str(ada.sends()["errors"])
    ada.closes()
    ada.presses(told, "undo:record")
    ada.reads("update")
    signers = ada.asks("/alliance gates plaza")["text"]
    assert "A senior official of Local Builders is not among the signers." in signers
    assert "Delaware Tech" not in signers
    assert all(r.withdrawn_at for r in rows(GateRecord))


def test_who_takes_part_cannot_join(ada):
    """The sentence stands at the field."""
    parties(ada)
    assert "la plaza takes part already." in ada.sends(joining="la plaza")["errors"]["joining"]


def test_a_renewal_in_part_with_other_parties_is_signed(ada, rows):
    """On the day of the signing who joins takes part, who leaves has left, and the card says what was renewed."""
    parties(ada)
    leaving = next(str(s.id) for s in rows(Signatory) if s.name == "Local Builders")
    ada.sends(leaving=[leaving], joining="Delaware Tech", in_part="Heat in place of falls")
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:record_gates")
    assert "signer_3_by" not in fields_of(ada.modal())
    ada.sends(
        evaluated_0_on="2026-11-02",
        discussed_0_on="2026-11-09",
        goals_0_text="All goals were met.",
        agreed_by_osha_0_on="2026-11-10",
        agreed_by_participants_0_on="2026-11-11",
        work_plan_agreed_0_on="2026-11-11",
        regional_review_0_on="2026-11-12",
        regional_review_0_by="Rudi Reviewer",
        regional_review_0_text="Message of November 12",
        participant_0_kinds=["labor union"],
        participant_1_kinds=["educational institution"],
        signer_0_by="Dora Director, Area Director",
        signer_1_by="Paul Plaza, President",
        signer_2_by="Tina Tech, Dean",
        language_review_0_on="2026-11-12",
    )
    ada.presses(ada.asks("/alliance gates plaza"), "run:gates:answer_criteria")
    answer_all(ada)
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:decide_renewal")
    ada.chooses("recommendation", "renew")
    ada.sends(reasons="Goals met.", recommended_on="2026-11-13", decided_on="2026-11-16", decided_by="Dora Director")
    ada.presses(ada.asks("/alliance renew plaza"), "run:renew:sign_renewal")
    shown = words(ada.modal()["blocks"])
    assert "With it join: Delaware Tech." in shown
    assert "With it leave: Local Builders." in shown
    ada.sends(signed_on="2026-11-20", term_years="3")
    assert "renewal signed on Friday, November 20, 2026" in ada.reads()["text"]
    card = ada.asks("/alliance show plaza")["text"]
    assert "*Signatories:* La Plaza, Delaware Tech" in card
    assert "Renewal in part signed November 20, 2026" in card
    assert "In part: Heat in place of falls" in card
    dates = {s.name: (str(s.joined_on), str(s.left_on)) for s in rows(Signatory)}
    assert dates["Delaware Tech"] == ("2026-11-20", "None")
    assert dates["Local Builders"] == ("None", "2026-11-20")
    assert [a.in_part for a in rows(Agreement) if a.renewal and a.term_years == 3] == ["Heat in place of falls"]


def test_what_closes_an_alliance_stands_on_its_card(nate):
    """The logo with its clause and day, the closeout report with its own; then who withdrew the logo, and when."""
    assert "*Closing*" not in nate.asks("/alliance show NGFA")["text"]
    nate.opens("/alliance conclude NGFA")
    nate.sends(way="by mutual agreement", reason="mutual completion", ended_on="2026-11-20", explanation="Goals met.")
    nate.sends()
    nate.reads()
    card = nate.asks("/alliance show NGFA")
    text = card["text"]
    assert (
        "•  Logo: to be withdrawn by every participant by November 20, 2026, which has passed (CSP 04-01-002 XII.B)"
    ) in text
    assert "•  Closeout report: to be submitted to DCSP by January 19, 2027" in text
    assert "Nobody on the team represents" not in text
    assert message_problems(card["blocks"]) == []


@pytest.fixture
def ambassador(nate):
    """The national alliance is an Ambassador since November 2."""
    nate.opens("/alliance ambassador NGFA")
    nate.sends(what="document", on="2026-11-02")
    nate.sends()
    nate.reads()
    return nate


def test_an_ambassador_relationship_ends_and_goes_on_by_undo(ambassador, rows):
    """The word opens the form of its end; the list says from when to when it was one."""
    nate = ambassador
    form = nate.opens("/alliance ambassador NGFA")
    assert form["callback_id"] == "end_ambassador"
    assert "Ambassador since November 2, 2026." in words(form["blocks"])
    assert "before the Ambassador document" in nate.sends(ended_on="2026-11-01", because="X")["errors"]["ended_on"]
    assert "still to come" in nate.sends(ended_on="2026-11-24")["errors"]["ended_on"]
    nate.sends(ended_on="2026-11-20", because="The organization was dissolved.")
    told = nate.reads()
    assert "the Ambassador relationship ended on Friday, November 20, 2026." in told["text"]
    assert "ambassador from November 2, 2026 to November 20, 2026" in nate.asks("/alliance show NGFA")["text"]
    assert "ended on November 20, 2026 already" in nate.asks("/alliance ambassador NGFA")["text"]
    nate.presses(told, "undo:record")
    assert "the Ambassador relationship goes on" in nate.reads("update")["text"]
    assert "ambassador since November 2, 2026" in nate.asks("/alliance list grain")["text"]
    assert [e.relationship_ended_on for e in rows(Ending)] == [None]
