"""Assigning a duty to a person, from the reminder in the channel and from a list."""

from __future__ import annotations

from models.duties import Obligation
from models.offices import Person
from tests.bot.slack import fields_of, words
from tests.bot.test_buttons import reminder  # noqa: F401 - the fixture


def chooses_in_menu(person, message, what, number=0):
    """Choose an entry of the menu at the end of a row."""
    blocks = person._blocks_of(message)
    menus = [(b, e) for b in blocks for e in b.get("elements", []) if e.get("action_id") == "more:obligation"]
    block, menu = menus[number]
    (option,) = [o for o in menu["options"] if o["value"].startswith(f"{what}:")]
    person.mark = person.slack.mark()
    person.slack.post(
        "/client/action",
        user=person.id,
        container={"type": "message", "channel": message["channel"], "ts": message["ts"]},
        block_id=block["block_id"],
        action_id="more:obligation",
        type="overflow",
        value={"selected_option": option},
    )
    return option["value"].partition(":")[2]


def test_a_duty_is_assigned_to_somebody_found_by_name(ada, rita, reminder, rows):  # noqa: F811
    """Ada looks Rita up, Rita finds it first in her list, and Ada undoes it."""
    duty_id = chooses_in_menu(ada, reminder, "assign")
    assert fields_of(ada.modal()) == ["person", "note"]
    (label,) = ada.searches("person", "rita")
    assert label.startswith("Rita Regional, Regional Alliance Program Coordinator, ")
    (rita_id,) = [p.id for p in rows(Person) if p.slack_id == "URITA"]
    ada.sends(person=rita_id, note="Please")
    told = ada.reads()
    assert "Assigned to Rita Regional: “" in told["text"]
    (row,) = [o for o in rows(Obligation) if str(o.id) == duty_id]
    assert (row.assigned_as, row.assigned_by, row.assigned_note) == ("Rita Regional", "Ada Coordinator", "Please")
    said = rita.asks("/alliance due mine")
    shown = words(said["blocks"])
    assert "Assigned to Rita Regional by Ada Coordinator: Please." in shown
    assert shown.index("*Assigned to me*") < shown.index("*Overdue or past target*")
    ada.presses(told, "undo:record")
    assert "assigned to nobody in particular" in ada.reads("update")["text"]
    assert all(o.assigned_to_id is None for o in rows(Obligation))
