"""Offices and alliances renamed, moved, merged and split at the page: what is shown first, done, and refused."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.alliances import Alliance, AllianceOffice, Signatory
from models.offices import Office
from policy.rights import Role
from tests.bot.slack import Person, words
from tests.bot.test_approvals import appoint
from tests.operations.conftest import Portfolio


@pytest.fixture
def chief(stranger, records) -> Person:
    """An administrator of the whole; a second area office stands beside the first."""
    appoint(records, "USTRANGER", "Sam Chief", Role.ADMINISTRATOR, "OSHA-NO")
    Portfolio(records).office("0317400", parent=records.office("REG-PHI"), name="Norfolk Area Office")
    records.settle()
    return stranger


def opens(person, message, action, label):
    """Choose an entry of a menu; return the form that it opens."""
    person.picks(message, action, lambda o: o["text"]["text"].startswith(label))
    return person.modal()


def alliance_form(person, label):
    """Open a form of the menu of La Plaza."""
    return opens(person, person.asks("/alliance show La Plaza"), "arrange:alliance", label)


def office_form(person, label):
    """Open a form of the area office's menu."""
    return opens(person, person.asks("/alliance office 0317300"), "arrange:office", label)


def confirms(person, **values):
    """Send a form that shows first what moves; return what it shows."""
    assert person.sends(**values)["response_action"] == "push"
    shown = words(person.modal()["blocks"])
    assert person.sends()["response_action"] in {"close", "clear"}
    person.reads()
    return shown


def test_an_alliance_is_renamed_and_its_old_name_finds_it(chief, rows):
    """A name that another alliance bears is refused at its field."""
    alliance_form(chief, "Rename it or a participant")
    taken = chief.sends(which="alliance", name="Roofing Contractors of Philadelphia")
    assert "Roofing Contractors of Philadelphia" in taken["errors"]["name"]
    chief.sends(which="alliance", name="Plaza Nueva")
    assert "*La Plaza Alliance* is called *Plaza Nueva* from now on" in chief.reads()["text"]
    assert "Plaza Nueva" in chief.asks("/alliance show La Plaza Alliance")["text"]
    assert {"Plaza Nueva"} <= {row.name for row in rows(Alliance)}


def test_an_alliance_of_one_office_moves_to_another(chief, records):
    """Where it is already it cannot move to; what moves is shown first."""
    form = alliance_form(chief, "Move to another office")
    assert "Run by Wilmington Area Office" in words(form["blocks"])
    refused = chief.sends(office="0317300", reason="Closer")
    assert "Wilmington Area Office" in "".join(refused["errors"].values())
    shown = confirms(chief, office="0317400", reason="Closer")
    assert "will be run by Norfolk Area Office, and no longer by Wilmington Area Office" in shown
    lead = select(Office.code).join(AllianceOffice).join(Alliance).where(Alliance.name == "La Plaza Alliance")
    assert records.scalars(lead).all() == ["0317400"]


def test_an_alliance_that_was_entered_twice_is_merged(chief, ids, rows):
    """Not into itself; what goes over is counted first."""
    alliance_form(chief, "Merge: it was entered twice")
    assert chief.sends(into=ids["plaza"])["errors"]
    shown = confirms(chief, into=ids["hostile"])
    assert "will be merged into" in shown
    assert "This cannot be undone." in shown
    assert [row.merged_into_id for row in rows(Alliance) if row.id == ids["plaza"]] == [ids["hostile"]]


def test_two_participants_are_merged_and_told_apart_again(chief, records, rows, ids):
    """What goes over is shown first; not into itself; Undo takes it back."""
    records.add(Signatory(alliance_id=ids["plaza"], name="Builders Guild"))
    records.settle()
    parties = {row.name: str(row.id) for row in rows(Signatory) if row.alliance_id == ids["plaza"]}
    which = parties.pop("Builders Guild")
    stays, into = parties.popitem()
    alliance_form(chief, "Merge two of its participants")
    assert chief.sends(which=which, into=which)["errors"]
    assert chief.sends(which=which, into=into)["response_action"] == "push"
    preview = words(chief.modal()["blocks"])
    assert f"*Builders Guild* will be merged into *{stays}*" in preview
    assert "_Nothing is saved yet._" in preview
    chief.sends()
    said = chief.reads()
    assert "its name finds it" in said["text"]
    chief.presses(said, "undo:record")
    assert f"Builders Guild* takes part beside *{stays}* again" in chief.reads("update")["text"]


def test_one_participant_is_merged_with_nobody(chief):
    """It is said before anything is typed."""
    opened = chief.asks("/alliance show NGFA")
    chief.picks(opened, "arrange:alliance", lambda o: o["value"].startswith("merge_participants"))
    assert not chief.has_modal()
    assert "has no two participants on record" in chief.reads()["text"]


def test_the_buttons_of_an_emptied_entry_show_what_the_other_has_on_record(chief, ids):
    """A card that was shown before the merger leads to the alliance that has the records now."""
    card = chief.asks("/alliance show La Plaza")
    alliance_form(chief, "Merge: it was entered twice")
    confirms(chief, into=ids["hostile"])
    for action in ("run:due", "show:meetings", "show:evaluations"):
        chief.presses(card, action)
        assert "&amp; Sons" in chief.reads()["text"], action


def test_an_office_is_renamed(chief, rows):
    """A name that another office bears is refused."""
    office_form(chief, "Rename")
    assert "Norfolk Area Office" in chief.sends(name="Norfolk Area Office")["errors"]["name"]
    chief.sends(name="Dover Area Office")
    assert "*Wilmington Area Office* is called *Dover Area Office* from now on." in chief.reads()["text"]


def test_an_office_is_merged_into_another(chief, records):
    """Not into itself; its alliances go over, and it is closed."""
    office_form(chief, "Merge")
    choices = {"settings": "keep", "channel": "take"}
    assert chief.sends(office="0317300", **choices)["errors"]
    shown = confirms(chief, office="0317400", **choices)
    assert "*Wilmington Area Office* will be closed, and *Norfolk Area Office* takes over:" in shown
    closed = records.office("0317300")
    assert closed.successor_id == records.office("0317400").id


def test_an_office_is_split(chief, ids, records):
    """Under a code of its own; what was chosen goes there."""
    office_form(chief, "Split")
    new = {"name": "Dover Area Office", "alliances": [str(ids["plaza"])]}
    assert "0317400" in chief.sends(code="0317400", **new)["errors"]["code"]
    shown = confirms(chief, code="0317500", **new)
    assert "*Dover Area Office* (0317500) will stand beside *Wilmington Area Office*" in shown
    lead = select(Office.code).join(AllianceOffice).join(Alliance).where(Alliance.name == "La Plaza Alliance")
    assert records.scalars(lead).all() == ["0317500"]
