"""Who holds what, as people see and change it in Slack."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.undeliverable import undeliverable_message
from models.offices import Office, Person, Position
from operations.read.message import ShownMessage
from operations.read.undeliverable import OutOfReach, Undeliverable
from policy.rights import Role
from tests.bot.conftest import at
from tests.bot.slack import fields_of, held, words


def enters(sample_engine, slack_id, name, *held_at):
    """Enter a person with positions since 2020."""
    with Session(sample_engine) as session:
        offices = {office.code: office.id for office in session.scalars(select(Office))}
        person = Person(slack_id=slack_id, name=name)
        session.add(person)
        session.flush()
        for role, code in held_at:
            session.add(
                Position(person_id=person.id, office_id=offices[code], role=role.value, held_from=date(2020, 1, 1))
            )
        session.commit()


@pytest.fixture
def chief(slack, sample_engine):
    """An administrator of the National Office."""
    enters(sample_engine, "USTRANGER", "Chris Chief", (Role.ADMINISTRATOR, "OSHA-NO"))
    yield from at(slack, "USTRANGER")


def sent_errors(answer):
    """Return what was said at the fields of a form."""
    return {block.partition("@")[0]: sentence for block, sentence in answer["errors"].items()}


def presses(person, line, action):
    """Press a button of the answer to a line; return the form that it opens."""
    person.presses(person.asks(line), action)
    return person.modal()


def test_an_office_shows_who_holds_what(ada):
    """Her own by default, with since when; what is vacant; who may change it; no button that she may not press."""
    shown = words(ada.asks("/alliance people")["blocks"])
    assert "People of Wilmington Area Office" in shown
    assert "Alliance Coordinator: Ada Coordinator, since January 1, 2020" in shown
    assert "Vacant: Area Director." in shown
    assert "Who holds a position is said by these here or at an office above: Area Director" in shown
    assert "Give a position" not in shown
    assert "Name a designee" in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("philadelphia", "Rita Regional"),
        ("ada", "Alliance Coordinator, Wilmington Area Office, since January 1, 2020"),
        ("Wilmingtn", "No office is called “Wilmingtn”. Closest:"),
        ("Coordinator", "Ada Coordinator"),
    ],
)
def test_an_office_or_a_person_is_found(ada, typed, said):
    """By a part of the name; a slip gets the closest."""
    assert said in words(ada.asks(f"/alliance people {typed}")["blocks"])


def test_of_two_who_bear_one_name_each_can_be_chosen(ada, sample_engine):
    """The account tells them apart, on the button as to the eye."""
    enters(sample_engine, "U0SMITHA", "John Smith", (Role.AREA_DIRECTOR, "0317300"))
    enters(sample_engine, "U0SMITHB", "John Smith", (Role.REGIONAL_ADMINISTRATOR, "REG-PHI"))
    asked = ada.asks("/alliance people john smith")
    assert "<@U0SMITHA>" in words(asked["blocks"])
    ada.presses(asked, "run:people:U0SMITHB")
    assert "Regional Administrator, Philadelphia Regional Office" in ada.reads()["text"]


def test_an_administrator_gives_a_position_and_takes_it_back(chief, rows):
    """With Slack's own picker; the newcomer is entered with the name that Slack knows; Undo takes it back."""
    form = presses(chief, "/alliance people wilmington", "give:position")
    assert fields_of(form) == ["person", "role", "since", "until"]
    assert (held(form, "role"), held(form, "since")) == ("Area Director", "2026-11-23")
    answer = chief.sends(person="URITA", until="2026-11-01")
    assert "lies before the first" in sent_errors(answer)["until"]
    assert chief.sends(until="2027-11-01")["response_action"] == "close"
    told = chief.reads()
    assert "Rita Regional is Area Director of *Wilmington Area Office* from Monday, November 23, 2026" in told["text"]
    assert [p.role for p in rows(Position)][-1] == "Area Director"
    chief.presses(told, "undo:record")
    assert "Undone: Rita Regional, Area Director" in chief.reads("update")["text"]
    assert "Area Director" not in [p.role for p in rows(Position)]


def test_somebody_nobody_entered_gets_the_name_of_the_account(chief, rows, sample_engine):
    """Slack says what a member is called; an app is refused."""
    with Session(sample_engine) as session:
        session.execute(
            delete(Position).where(Position.person_id.in_(select(Person.id).where(Person.slack_id == "UADA")))
        )
        session.execute(delete(Person).where(Person.slack_id == "UADA"))
        session.commit()
    presses(chief, "/alliance people wilmington", "give:position")
    assert "is an app; choose a person" in sent_errors(chief.sends(person="UBOT"))["person"]
    chief.sends(person="UADA", role="Alliance Coordinator")
    chief.reads()
    assert "ada" in [person.name for person in rows(Person)]


def test_an_end_says_first_what_has_no_owner_then(chief, rows, sample_engine):
    """The duties of the position, which nobody above holds either, are listed before anything is saved."""
    with Session(sample_engine) as session:
        nate = select(Person.id).where(Person.slack_id == "UNATE")
        session.execute(delete(Position).where(Position.person_id.in_(nate)))
        session.commit()
    form = presses(chief, "/alliance people wilmington", "end:position")
    assert "go back to the office the day after" in words(form["blocks"])
    chief.sends(until="2026-11-30")
    preview = words(chief.modal()["blocks"])
    assert "Ada Coordinator, Alliance Coordinator of *Wilmington Area Office*: Monday, November 30, 2026 will be" in (
        preview
    )
    assert "without an owner" in preview
    assert "La Plaza Alliance" in preview
    assert all(position.held_until is None for position in rows(Position))
    chief.sends()
    told = chief.reads()
    assert date(2026, 11, 30) in [position.held_until for position in rows(Position)]
    chief.presses(told, "undo:record")
    chief.reads("update")
    assert all(position.held_until is None for position in rows(Position))


def test_the_last_administrator_cannot_be_ended(chief):
    """The sentence says what to do first; the form keeps what was typed."""
    presses(chief, "/alliance people OSHA-NO", "end:position")
    form = chief.modal()
    option = next(
        o
        for b in form["blocks"]
        for o in b.get("element", {}).get("options", [])
        if "administrator" in o["text"]["text"]
    )
    answer = chief.sends(position=option["value"], until="2026-11-30")
    assert "This is the last administrator of OSHA National Office" in sent_errors(answer)["until"]


def test_an_official_names_a_designee(ada, rows):
    """For the own position, between two days."""
    form = presses(ada, "/alliance people", "name:designee")
    assert fields_of(form) == ["position", "person", "since", "until"]
    assert "acts within" not in words(form["blocks"])
    answer = ada.sends(person="URITA", until="2026-11-20", since="2026-11-10")
    assert "has passed" in sent_errors(answer)["until"]
    ada.sends(since="2026-11-23", until="2026-12-24")
    told = ada.reads()["text"]
    assert "Rita Regional acts for Ada Coordinator, Alliance Coordinator of *Wilmington Area Office*" in told
    assert rows(Position)[-1].held_until == date(2026, 12, 24)


def test_what_nobody_answers_for_is_listed(ada, sample_engine):
    """Missing officials at first; duties too once nobody holds the position."""
    shown = words(ada.asks("/alliance people nobody")["blocks"])
    assert "Officials who are missing" in shown
    assert "Regional Administrator, Philadelphia Regional Office" in shown
    with Session(sample_engine) as session:
        session.execute(delete(Position))
        session.commit()
    shown = words(ada.asks("/alliance people vacant")["blocks"])
    assert "without an owner" in shown
    assert "La Plaza Alliance" in shown


def test_a_button_that_lost_its_right_is_refused(ada, chief, sample_engine):
    """Who may not give positions gets the sentence before typing."""
    message = chief.asks("/alliance people wilmington")
    with Session(sample_engine) as session:
        session.execute(delete(Position).where(Position.role == Role.ADMINISTRATOR.value))
        session.commit()
    chief.presses(message, "give:position")
    assert "You may not say who holds a position for Wilmington Area Office" in chief.reads()["text"]


def test_the_daily_list_counts_what_has_no_owner():
    """A line that says where it is listed; it makes no list by itself."""
    shown = ShownMessage(uuid.uuid4(), "OSHA National Office", date(2026, 11, 23), (), kind="undeliverable")
    gone = OutOfReach("the channel of Boston Region", "is archived", date(2026, 11, 20))
    text = undeliverable_message(shown, Undeliverable((), (gone,), 3))["text"]
    assert "*Without an owner*: 3 duties, requests or approvals; `/alliance people nobody` lists them." in text
    assert "Without an owner" not in undeliverable_message(shown, Undeliverable((), (gone,)))["text"]
    assert not Undeliverable((), (), 3)
