"""Answers to a reminder that take another person: an assignment, a decision; from the channel and from a list."""

from __future__ import annotations

from models.duties import Message, Obligation
from models.offices import Person
from models.requests import Request
from policy.rights import Role
from tests.bot.slack import fields_of, words
from tests.bot.test_buttons import reminder  # noqa: F401 - the fixture
from tests.operations.conftest import Portfolio


def chooses_in_menu(person, message, what):
    """Choose an entry of the menu at the end of a row; return what it is about."""
    return person.picks(message, "more:obligation", lambda o: o["value"].startswith(f"{what}:"))["value"].partition(
        ":"
    )[2]


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


def test_a_snooze_past_the_due_date_waits_for_the_official_above(ada, rita, reminder, rows):  # noqa: F811
    """Ada asks, Rita finds it first in her list and approves; a second press changes nothing."""
    ada.presses(reminder, "snooze:obligation")
    ada.sends(until="2026-12-18", reason="Hall is closed")
    said = ada.reads()["text"]
    assert "Asked Rita Regional (Regional Alliance Program Coordinator) to let “" in said
    assert "As long as nothing is decided, reminders go on as before." in said
    (message,) = [m for m in rows(Message) if m.kind == "request"]
    assert message.channel == "URITA"
    assert "1 request to snooze or waive a duty waits for your decision" in rita.asks("/alliance approve")["text"]
    assert "1 request to snooze or waive a duty waits for others" in ada.asks("/alliance approve")["text"]
    mine = rita.asks("/alliance due mine")
    shown = words(mine["blocks"])
    assert shown.index("*Waiting for your decision*") < shown.index("Asked by Ada Coordinator to wait until Friday")
    rita.presses(mine, "approve:request")
    approved = rita.reads()
    assert "Approved: “" in approved["text"]
    (row,) = [o for o in rows(Obligation) if o.snoozed_until]
    assert (str(row.snoozed_until), row.snooze_agreed_by) == ("2026-12-18", "Rita Regional")
    rita.presses(mine, "approve:request")
    assert "This was approved by Rita Regional; nothing changed." in rita.reads()["text"]
    rita.presses(approved, "undo:record")
    assert "its reminders come as planned" in rita.reads("update")["text"]
    assert all(o.snoozed_until is None for o in rows(Obligation))


def test_what_is_asked_is_declined_with_a_reason_or_withdrawn(ada, rita, reminder, rows):  # noqa: F811
    """Rita says why; Ada, who asks again, takes it back."""
    ada.presses(reminder, "snooze:obligation")
    ada.sends(until="2026-12-18", reason="Hall is closed")
    ada.reads()
    rita.presses(rita.asks("/alliance due mine"), "decline:request")
    assert "Hall is closed" in words(rita.modal()["blocks"])
    rita.sends(why="Use another hall")
    assert "Declined: “" in rita.reads()["text"]
    assert "Declined on November 23, 2026 by Rita Regional: Use another hall." in ada.asks("/alliance due mine")["text"]
    ada.presses(reminder, "snooze:obligation")
    ada.sends(until="2026-12-21", reason="So is the other")
    ada.reads()
    chooses_in_menu(ada, ada.asks("/alliance due mine"), "withdraw")
    assert "Withdrawn: nothing is asked" in ada.reads()["text"]
    ada.presses(reminder, "snooze:obligation")
    ada.sends(until="2026-12-22", reason="So is the third")
    told = ada.reads()
    assert "Withdraw what I asked" in words(told["blocks"])
    ada.presses(told, "undo:record")
    assert "Withdrawn: nothing is asked" in ada.reads("update")["text"]
    assert sorted(r.status for r in rows(Request)) == ["declined", "withdrawn", "withdrawn"]


def test_a_waiver_is_asked_of_the_official_above(ada, stranger, records, reminder, rows):  # noqa: F811
    """Who owes a duty does not say that it does not apply: the reason goes to who can decide it."""
    Portfolio(records).person("USTRANGER", (Role.REGIONAL_ADMINISTRATOR, records.office("REG-PHI")), name="Rhea Chief")
    records.commit()
    chooses_in_menu(ada, reminder, "waive")
    ada.sends(reason="The plan is part of the agreement")
    assert "not applicable. As long as nothing is decided, reminders go on as before." in ada.reads()["text"]
    asked = "Asked by Ada Coordinator to declare it not applicable: The plan is part of the agreement"
    assert asked in stranger.asks("/alliance due mine")["text"]
    assert [request.status for request in rows(Request)] == ["open"]


def test_declining_is_bound_to_what_was_shown(ada, rita, reminder, rows):  # noqa: F811
    """Ada takes back what Rita is about to decline, and asks for another day: that one stays open."""
    ada.presses(reminder, "snooze:obligation")
    ada.sends(until="2026-12-18", reason="Hall is closed")
    ada.reads()
    ada.presses(reminder, "snooze:obligation")
    assert "Asked by Ada Coordinator to wait until Friday, December 18, 2026" in words(ada.modal()["blocks"])
    past = ada.chooses("until", "2026-11-01")
    assert "Choose a day after today" in words(past["blocks"])
    ada.closes()
    rita.presses(rita.asks("/alliance due mine"), "decline:request")
    rita.modal()
    chooses_in_menu(ada, ada.asks("/alliance due mine"), "withdraw")
    ada.reads()
    ada.presses(reminder, "snooze:obligation")
    ada.sends(until="2026-12-14", reason="So is the other")
    ada.reads()
    answer = rita.sends(why="Use another hall")
    assert "This was withdrawn by Ada Coordinator; nothing changed." in str(answer) + str(rita.slack.record(rita.mark))
    assert sorted(r.status for r in rows(Request)) == ["open", "withdrawn"]
