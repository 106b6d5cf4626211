"""The Implementation Team at the page: who is on it, whom VI.H wants there, and every change with its Undo."""

from __future__ import annotations

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.alliances import Signatory, TeamMember
from models.work import Meeting
from sandbox.block_limits import message_problems, view_problems
from tests.bot.slack import fields_of, held, words
from tests.bot.test_gates import as_sent


def add(person, alliance, part, **values):
    """Add a member by the form; return what the app says."""
    person.presses(person.asks(f"/alliance team {alliance}"), "run:team:add_member")
    person.chooses("part", part)
    answer = person.sends(**values)
    assert answer["response_action"] == "close", answer
    return person.reads()


def test_an_empty_team_says_whom_the_directive_wants(ada, nate):
    """Each lack is said with its clause, by the level of the alliance; nothing is refused for it."""
    answer = ada.asks("/alliance team plaza")
    assert "Nobody is on record as a member of the team" in answer["text"]
    assert "Nobody on the team represents La Plaza and Local Builders. (CSP 04-01-002 VI.H (members))" in answer["text"]
    assert "regional subject matter expert" in answer["text"]
    assert "DCSP" not in answer["text"]
    national = nate.asks("/alliance team NGFA")["text"]
    assert "No representative of DCSP is on the team." in national
    assert "No representative of a field office or of another directorate" in national


def test_members_are_added_until_the_team_is_complete(ada, rows):
    """A colleague by account, a participant by name; the answer says what the team still lacks, and the card too."""
    ada.presses(ada.asks("/alliance team plaza"), "run:team:add_member")
    assert view_problems(as_sent(ada.modal()), "modal") == []
    form = ada.chooses("part", "region")
    assert {"colleague", "name"} <= set(fields_of(form))
    assert ada.searches("colleague", "coord")[0] == "Ada Coordinator, Alliance Coordinator, Wilmington Area Office"
    (label,) = ada.searches("colleague", "UADA")
    assert label.startswith("Ada Coordinator")
    ada.sends(colleague=person_id(rows, "Ada Coordinator"), since="2026-01-15")
    told = ada.reads()["text"]
    assert "Ada Coordinator, OSHA (region) on the team since Thursday, January 15, 2026" in told
    assert "Nobody on the team represents La Plaza and Local Builders." in told
    ada.presses(ada.asks("/alliance team plaza"), "run:team:add_member")
    signatories = ada.modal()
    plaza, builders = [o["value"] for o in options_of(signatories, "signatory")]
    ada.sends(signatory=plaza, name="Pilar Plaza", since="2026-02-01")
    ada.reads()
    told = add(ada, "plaza", "signatory", signatory=builders, name="Bea Builder", since="2026-02-01")["text"]
    assert "The team has everybody whom CSP 04-01-002 VI.H names." in told
    add(ada, "plaza", "union", organization="Laborers Local 0", name="Uma Union", since="2026-02-01")
    card = ada.asks("/alliance show plaza")
    assert "Uma Union, Laborers Local 0 (union)" in card["text"]
    ada.presses(card, "run:team")
    answer = ada.reads()
    assert "<@UADA>" in words(answer["blocks"])
    assert message_problems(answer["blocks"]) == []
    assert [m.person_id is None for m in rows(TeamMember)] == [False, True, True, True]


def test_of_an_alliance_without_signatories_nobody_stands_for_one(ada, rows, sample_engine, ids):
    """What cannot be chosen is not asked for."""
    with Session(sample_engine) as session:
        session.execute(delete(Signatory).where(Signatory.alliance_id == ids["plaza"]))
        session.commit()
    ada.presses(ada.asks("/alliance team plaza"), "run:team:add_member")
    form = ada.modal()
    assert held(form, "part") == "region"
    assert "signatory" not in fields_of(form)


def test_a_member_leaves_and_comes_back_by_undo(ada, rows):
    """Who left stands under the former ones; Undo has them on the team again, and Undo of joining takes them off."""
    joined = add(ada, "plaza", "other stakeholder", organization="Delaware Tech", name="Tim", since="2026-01-01")
    ada.presses(ada.asks("/alliance team plaza"), "end:member")
    assert held(ada.modal(), "until") == "2026-11-23"
    ada.sends(until="2026-11-20")
    left = ada.reads()
    assert "Tim, Delaware Tech (other stakeholder) left the team on Friday, November 20, 2026." in left["text"]
    assert "*Formerly*" in ada.asks("/alliance team plaza")["text"]
    ada.presses(left, "undo:record")
    assert "Tim is on the team" in ada.reads("update")["text"]
    assert "*Formerly*" not in ada.asks("/alliance team plaza")["text"]
    ada.presses(joined, "undo:record")
    assert "Tim is not on the team" in ada.reads("update")["text"]
    assert [m.withdrawn_at is None for m in rows(TeamMember)] == [False]


@pytest.mark.parametrize(
    ("part", "values", "refusal"),
    [
        ("region", {"since": "2026-01-01"}, ("name", "Choose the person, or type the name")),
        ("other stakeholder", {"organization": "O", "name": "N", "since": "2026-11-24"}, ("since", "still to come")),
        ("union", {"organization": "Local 0", "name": "Uma"}, ("name", "since February 1, 2026")),
    ],
)
def test_what_is_wrong_is_said_at_its_field(ada, rows, part, values, refusal):
    """Nobody named, a day to come, somebody who is there already: one sentence, and the form stays."""
    add(ada, "plaza", "union", organization="Local 0", name="Uma", since="2026-02-01")
    ada.presses(ada.asks("/alliance team plaza"), "run:team:add_member")
    ada.chooses("part", part)
    assert refusal[1] in ada.sends(**values)["errors"][refusal[0]]
    assert len(rows(TeamMember)) == 1


def test_who_left_cannot_leave_before_joining(ada):
    """The sentence names both days."""
    add(ada, "plaza", "union", organization="Local 0", name="Uma", since="2026-02-01")
    ada.presses(ada.asks("/alliance team plaza"), "end:member")
    assert "the day on which the member joined (February 1, 2026)" in ada.sends(until="2026-01-31")["errors"]["until"]


def test_everybody_reads_the_team_and_not_everybody_changes_it(ada, nate, stranger):
    """The sentence says which positions it takes; another office's team is not mine to change."""
    add(ada, "plaza", "union", organization="Local 0", name="Uma", since="2026-02-01")
    answer = stranger.asks("/alliance team plaza")
    assert "Uma, Local 0" in answer["text"].replace("*", "")
    stranger.presses(answer, "run:team:add_member")
    assert "You may not change who is on an Implementation Team" in stranger.reads()["text"]
    ada.presses(ada.asks("/alliance team NGFA"), "run:team:add_member")
    assert "for OSHA National Office" in ada.reads()["text"]


def test_without_a_name_one_chooses(nate, stranger):
    """Who has one alliance sees its team; who has none is asked which."""
    assert "Grain" in nate.asks("/alliance team")["text"]
    assert "Which alliance?" in stranger.asks("/alliance team")["text"]


def person_id(rows, name):
    """Return the id of a person."""
    from models.offices import Person  # noqa: PLC0415

    return next(person.id for person in rows(Person) if person.name == name)


def options_of(view, name):
    """Return the options of a field."""
    from tests.bot.slack import input_of  # noqa: PLC0415

    return input_of(view, name)["element"]["options"]


def meet(person, **values):
    """Open the meeting form, choose what happened and send it; return what comes of it."""
    person.opens("/alliance meeting plaza")
    if values.get("held") not in {None, "held"}:
        person.chooses("held", values["held"])
    return person.sends(**values)


def test_who_was_there_stands_in_the_minutes(ada, rows):
    """Members are ticked by name, others typed; the card shows both with the minutes, as named that day."""
    add(ada, "plaza", "union", organization="Local 0", name="Uma Union", since="2026-02-01")
    add(ada, "plaza", "other stakeholder", organization="Delaware Tech", name="Tim Tech", since="2026-11-01")
    uma, tim = [str(m.id) for m in rows(TeamMember)]
    refused = meet(ada, held="held", on="2026-10-20", format="both", present=[uma, tim])
    assert "Tim Tech was not on the team on October 20, 2026" in str(refused["errors"])
    ada.sends(present=[uma], attendees="Two guests of La Plaza", notes="The poster is on its way.")
    assert "team meeting held in person and by teleconference" in ada.reads()["text"]
    card = ada.asks("/alliance show plaza")["text"]
    ada.presses(ada.asks("/alliance show plaza"), "show:meetings")
    assert "*October 20, 2026*: held, both" in ada.reads()["text"]
    assert "There: Uma Union (Local 0)" in card
    assert "Others: Two guests of La Plaza" in card
    assert "Minutes: The poster is on its way." in card


def test_a_planned_meeting_is_moved_cancelled_and_planned_again(ada, rows):
    """Both days stay readable; the count follows; each can be undone."""
    assert "moved" not in words(ada.opens("/alliance meeting plaza")["blocks"])
    ada.closes()
    meet(ada, held="planned", on="2026-12-03", format="in person")
    ada.reads()
    assert (
        "lies more than 2 years ahead"
        in (meet(ada, held="moved", moved_to="2029-12-03", because="Room")["errors"]["moved_to"])
    )
    assert "has passed" in ada.sends(moved_to="2026-11-20")["errors"]["moved_to"]
    ada.sends(moved_to="2026-12-07")
    moved = ada.reads()
    assert "the planned meeting was moved to Monday, December 7, 2026." in moved["text"]
    assert "1 scheduled for December 7, 2026" in moved["text"]
    ada.presses(ada.asks("/alliance show plaza"), "show:meetings")
    answer = ada.reads()
    assert message_problems(answer["blocks"]) == []
    assert "*December 3, 2026*: planned and moved to December 7, 2026: Room" in answer["text"]
    assert "*December 7, 2026*: planned, in person" in answer["text"]
    meet(ada, held="cancelled", because="No quorum")
    cancelled = ada.reads()
    assert "the planned meeting was cancelled" in cancelled["text"]
    assert "none scheduled" in cancelled["text"]
    ada.presses(moved, "undo:record")
    assert "undo that first" in ada.reads()["text"]
    ada.presses(cancelled, "undo:record")
    assert "the meeting of December 7, 2026 is planned as before" in ada.reads("update")["text"]
    ada.presses(moved, "undo:record")
    assert "the meeting of December 3, 2026 is planned as before" in ada.reads("update")["text"]
    assert "1 scheduled for December 3, 2026" in ada.asks("/alliance show plaza")["text"]
    standing = [(m.on_day.isoformat(), m.withdrawn_at is None) for m in rows(Meeting)]
    assert standing == [("2026-12-03", True), ("2026-12-07", False)]


def test_a_meeting_held_on_another_day_than_planned_counts_once(ada, rows, world):
    """The planned day is closed with it and stays readable; Undo has it planned again."""
    meet(ada, held="planned", on="2026-11-23", format="in person")
    ada.reads()
    (planned,) = rows(Meeting)
    meet(ada, held="held", on="2026-11-20", format="both", was=str(planned.id))
    told = ada.reads()
    assert "1 of 2 meetings held, none scheduled" in told["text"]
    ada.presses(ada.asks("/alliance show plaza"), "show:meetings")
    text = ada.reads()["text"]
    assert "*November 23, 2026*: planned and moved to November 20, 2026: It was held on November 20, 2026." in text
    ada.presses(told, "undo:record")
    assert "the meeting of November 23, 2026 is planned as before" in ada.reads("update")["text"]
    standing = sorted((m.on_day.isoformat(), m.held) for m in rows(Meeting) if m.withdrawn_at is None)
    assert standing == [("2026-11-23", False)]
