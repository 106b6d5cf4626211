"""A form that is turned to something else: what was typed stays, what was only proposed is not carried over."""

from __future__ import annotations

from datetime import date

import pytest

from bot.form_types import NUMBERED, metadata_of
from bot.left_alone import is_left_alone
from models.alliances import Signatory
from policy.rights import Role
from tests.bot.slack import Person, held
from tests.bot.test_approvals import appoint
from tests.operations.conftest import Portfolio


@pytest.fixture
def chief(stranger, records) -> Person:
    """An administrator of the whole."""
    appoint(records, "USTRANGER", "Sam Chief", Role.ADMINISTRATOR, "OSHA-NO")
    records.settle()
    return stranger


def test_the_text_of_one_alliance_does_not_become_that_of_another(ada, ids):
    """What is on record of the first is left behind; what the person added goes along, and the way back is open."""
    ada.opens("/alliance background plaza")
    ada.sends(background="La Plaza began in 2019.", goals="Fewer falls")
    ada.reads()
    assert held(ada.opens("/alliance background plaza"), "background") == "La Plaza began in 2019."
    form = ada.chooses("alliance", ids["hostile"])
    assert (held(form, "background"), held(form, "goals")) == (None, None)
    form = ada.chooses("alliance", ids["plaza"])
    assert (held(form, "background"), held(form, "goals")) == ("La Plaza began in 2019.", "Fewer falls")


def test_what_somebody_typed_goes_along(ada, ids):
    """Only what nobody touched is proposed anew."""
    ada.opens("/alliance background plaza")
    ada.sends(background="La Plaza began in 2019.", goals="Fewer falls")
    ada.reads()
    ada.opens("/alliance background plaza")
    form = _steers(ada, "alliance", ids["hostile"], ada.fills(goals="Fewer burns"))
    assert (held(form, "background"), held(form, "goals")) == (None, "Fewer burns")


def test_a_name_is_that_of_the_alliance_that_is_chosen(chief, ids):
    """The form that renames is filled with the name of the one that it is about."""
    message = chief.asks("/alliance show plaza")
    chief.picks(message, "arrange:alliance", lambda option: option["value"].startswith("rename_alliance"))
    assert held(chief.modal(), "name") == "La Plaza Alliance"
    assert held(chief.chooses("alliance", ids["roofing"]), "name") == "Roofing Contractors of Philadelphia"


def test_a_chain_is_that_of_what_is_chosen(chief):
    """Who approves one thing is not shown, and saved, as who approves another."""
    chief.presses(chief.asks("/alliance office OSHA-NO"), "change:chain")
    chief.sends(purpose="field-proposal", steps="Area Director\nRegional Administrator")
    chief.sends()
    chief.closes()
    chief.presses(chief.asks("/alliance office OSHA-NO"), "change:chain")
    assert held(chief.modal(), "steps") == "Area Director\nRegional Administrator"
    assert held(chief.chooses("purpose", "solicitor-approval"), "steps") is None
    assert held(chief.chooses("purpose", "field-proposal"), "steps") == "Area Director\nRegional Administrator"


def test_the_draft_of_one_product_does_not_become_that_of_another(ada, records):
    """What is put before experts is what was written of that product."""
    Portfolio(records).office("DEP", kind="directorate", name="Enforcement Programs", parent=records.office("OSHA-NO"))
    records.settle()
    for title in ("A poster", "A video"):
        ada.presses(ada.asks("/alliance product plaza"), "run:product:propose_product")
        ada.sends(title=title, form="Poster", audience="roofers", purpose="x", proposed_by="La Plaza")
        ada.reads()
    ada.presses(ada.asks("/alliance product plaza"), "ask:product")
    first = held(ada.modal(), "what")
    ada.sends(summary="About the video", experts=["DEP"])
    ada.reads()
    ada.presses(ada.asks("/alliance approve"), "withdraw:approval")
    ada.reads()
    ada.presses(ada.asks("/alliance approve plaza"), "run:approve:ask_approval")
    form = ada.chooses("what", first)
    assert held(form, "summary") == "About the video"
    (what,) = (block for block in form["blocks"] if block.get("block_id", "").startswith("what"))
    other = next(
        option["value"]
        for option in what["element"]["options"]
        if option["value"].startswith("product-review") and option["value"] != first
    )
    assert held(ada.chooses("what", other), "summary") is None


def test_signers_of_one_alliance_are_not_those_of_another(ada, ids, records):
    """Fields with numbers begin anew; where who signs changed meanwhile, the form is still refused."""
    message = ada.asks("/alliance gates plaza")
    ada.presses(message, "run:gates:record_gates")
    form = ada.modal()
    name = next(n for n in form["state"]["values"] if n.startswith("signer_1"))
    state = ada.fills(**{name: "Ann Roe, President"})
    seen = metadata_of(form).kept[NUMBERED]
    records.add(Signatory(alliance_id=ids["plaza"], name="A New Guild"))
    records.settle()
    form["state"]["values"] = state
    assert metadata_of(_steers(ada, "correct", ["yes"], state)).kept[NUMBERED] == seen
    form = _steers(ada, "alliance", ids["hostile"], ada.modal()["state"]["values"])
    assert "Ann Roe" not in str(form["state"])


def _steers(person, name, value, state):
    """Choose something that changes a form in which something stands typed."""
    view = person.modal()
    view["state"]["values"] = state
    person.modal = lambda: view
    try:
        person.chooses(name, value)
    finally:
        del person.modal
    return person.modal()


def test_a_field_that_takes_one_is_never_what_a_field_proposed_that_takes_several():
    """Kinds of a form may have fields of one name, of which one holds a day and the other a list."""
    assert not is_left_alone(["2026-11-23"], "2026-11-2")
    assert not is_left_alone([], date(2026, 11, 23))
    assert is_left_alone(["2026-11-23"], date(2026, 11, 23))
    assert is_left_alone([], None)
    assert is_left_alone(["b", "a"], ("a", "b"))
