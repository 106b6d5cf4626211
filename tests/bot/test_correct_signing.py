"""A wrong signature is corrected in Slack, before the agreement is signed and after; a wrong signing is undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models.alliances import Agreement
from models.gates import GateRecord
from operations.actor import identify
from tests.bot.slack import STEPS, found, held, words
from tests.bot.test_correct import chooses_menu, records
from tests.bot.test_procedure import propose, the_alliance
from tests.operations.conftest import NOW, TODAY
from tests.operations.proposals import approve_proposal, prepare_to_sign


@pytest.fixture(autouse=True)
def _ready(ada, rows, sample_engine):
    """The proposal approved and its draft reviewed nine days ago: ready to be signed."""
    propose(ada)
    on = TODAY - timedelta(days=9)
    with Session(sample_engine) as session:
        alliance = the_alliance(rows)
        alliance = session.get_one(type(alliance), alliance.id)
        by = identify(session, "UADA", now=NOW)
        approve_proposal(session, alliance, by, on=on)
        prepare_to_sign(session, alliance, by, on=on)
        session.commit()


def signs(ada, on):
    """Record all signatures, that of OSHA on a day; return what is told."""
    ada.presses(ada.asks("/alliance procedure safe roofs", telling=STEPS), "run:procedure:sign_agreement:signatures")
    outside = {"by_1": "Gus Guild, President", "on_1": "2026-11-18", "by_2": "Cora Consul", "on_2": "2026-11-18"}
    ada.sends(by_0="Dora Director, Area Director", on_0=on, **outside)
    ada.sends()
    return ada.reads()


def test_one_signature_is_corrected_with_everything_in_it(ada, rows):
    """From the list of records, with the reason; what stood there before is listed below, and Undo takes it back."""
    ada.presses(ada.asks("/alliance procedure safe roofs", telling=STEPS), "run:procedure:sign_agreement:signatures")
    more = {"by_2": "Cora Consul (for Ana Away), Consul", "on_2": "2026-11-20", "evidence": "Letter"}
    ada.sends(by_1="Gus Guild, President", on_1="2026-11-20", **more)
    ada.reads()
    form = chooses_menu(ada, records(ada, "safe roofs"), "Correct", 1)
    assert "The signature of Consulate of Mexico on record: Cora Consul (for Ana Away), Consul" in words(form["blocks"])
    assert (held(form, "by"), held(form, "on")) == ("Cora Consul (for Ana Away), Consul", "2026-11-20")
    assert held(form, "evidence") == "Letter"
    assert "reason" in ada.sends(on="2026-11-19")["errors"]
    assert "still to come" in ada.sends(on="2026-11-30", reason="Misread")["errors"]["on"]
    ada.sends(on="2026-11-19", reason="Misread")
    told = ada.reads()
    assert "the signature of Consulate of Mexico of the agreement in preparation: Cora Consul" in told["text"]
    signed = [(r.about, str(r.on_day), r.withdrawn_at is None) for r in rows(GateRecord) if r.kind == "signed"]
    assert signed == [
        ("Delaware Roofers", "2026-11-20", True),
        ("Consulate of Mexico", "2026-11-20", False),
        ("Consulate of Mexico", "2026-11-19", True),
    ]
    text = records(ada, "safe roofs")["text"]
    assert "Signature: withdrawn by Ada Coordinator on November 23, 2026" in text
    assert (
        ": Misread. It said: Signature of: Consulate of Mexico; Signer: Cora Consul, Consul; "
        "Date of the signature: November 20, 2026"
    ) in text
    assert "Acting for: Ana Away" in text


def test_a_wrong_day_of_the_last_signature_moves_the_agreement(ada, rows):
    """The form says what happens before; then term and duties are counted from the right day."""
    signs(ada, "2026-11-20")
    listed = records(ada, "safe roofs")
    line = next(n for n, text in enumerate(listed["text"].splitlines()[2:]) if "Wilmington" in text)
    menu = found(ada._blocks_of(listed), "fix:record")[line][1]
    assert [option["text"]["text"] for option in menu["options"]] == ["Correct"]
    form = chooses_menu(ada, listed, "Correct", line)
    assert "Another last day moves it there: term, years and duties" in words(form["blocks"])
    refused = ada.sends(on="2026-11-17", reason="Misread")
    assert "cannot have signed on November 18, 2026, after the last" in refused["errors"]["on"]
    ada.sends(on="2026-11-19", reason="Misread")
    told = ada.reads()["text"]
    assert "The agreement stood at November 20, 2026; its term, years and duties are counted from November 19" in told
    (agreement,) = [a for a in rows(Agreement) if a.alliance_id == the_alliance(rows).id]
    assert str(agreement.signed_on) == "2026-11-19"
    assert "active, term to November 19, 2028" in ada.asks("/alliance show safe roofs")["text"]
    assert "November 18, 2027" in ada.asks("/alliance due safe roofs")["text"]


def test_a_wrong_signing_is_undone_right_away(ada, rows):
    """With the button below it: the signatures wait again, and each can be withdrawn."""
    ada.presses(signs(ada, "2026-11-20"), "undo:record")
    assert "Undone: the signed agreement of *Safe Roofs Alliance*" in ada.reads("update")["text"]
    assert [a for a in rows(Agreement) if a.alliance_id == the_alliance(rows).id] == []
    listed = records(ada, "safe roofs")
    menus = [[o["text"]["text"] for o in menu["options"]] for _, menu in found(ada._blocks_of(listed), "fix:record")]
    assert menus == [["Correct", "Withdraw, with the reason"]] * 3
    answer = ada.asks("/alliance procedure safe roofs", telling=STEPS)
    assert "Everybody has signed, and the agreement is not made: record it once more." in answer["text"]
    ada.presses(answer, "run:procedure:sign_agreement:signatures")
    ada.sends()
    ada.sends()
    assert "Signed: *Safe Roofs Alliance* on Friday, November 20, 2026" in ada.reads()["text"]
