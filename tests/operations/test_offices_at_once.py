"""Who changes an office while its messages are made or delivered: neither waits for the other in a circle."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session, sessionmaker

from models.approvals import Approval
from models.duties import Message, MessageKind, Obligation
from models.offices import Office
from operations.actor import operator
from operations.approve.keep_draft import keep_draft
from operations.change_settings import change_settings
from operations.hands.change_position import hold_position
from operations.hands.merge_offices import merge_offices
from operations.hands.rename import rename_office
from operations.records.import_people import PEOPLE_COLUMNS, import_people
from operations.records.read_table import read_table
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message
from operations.remind.fold_messages import fold_messages
from operations.remind.make_message import make_message
from operations.remind.note_outcome import note_gone
from operations.remind.out_of_reach import find_address
from policy.approval import Chain, Seat, Step, write_chain
from policy.chains import Purpose
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY, Portfolio
from tests.operations.meanwhile import in_thread, wait_until_blocked

#: It changes a duty of an office.
NUMBER = {"meetings_required": 3, "meetings_required_since": date(2025, 1, 1)}
LATER = NOW + timedelta(hours=8)


@pytest.fixture
def sessions(database):
    """Sessions on a database with two area offices, one of which owes something and is asked for an approval."""
    engine = create_engine(database)
    make = sessionmaker(engine)
    with make.begin() as session:
        portfolio = Portfolio(session)
        national = portfolio.office("OSHA-NO", kind="national", channel="C0NATIONAL")
        area = portfolio.office("0317300", parent=national, channel="C0AREA")
        portfolio.office("0317900", parent=national)
        ada = portfolio.person("U0COORD01", (Role.ALLIANCE_COORDINATOR, area))
        made = portfolio.alliance("La Plaza", area)
        draft = keep_draft(
            session, by=ada, now=NOW, alliance=made.id, subject="draft", content={"goals": "Fewer falls"}
        )
        chain = Chain((Step("one", "Approval", (Seat(Role.AREA_DIRECTOR, "0317300"),), 1),))
        asked = {"asked_by_id": ada.person_id, "asked_by": ada.name, "asked_at": NOW, "chain": write_chain(chain)}
        asked |= {"alliance_id": made.id, "draft_id": draft.id, "digest": draft.digest, "about": "", "subject": "draft"}
        session.add(Approval(id=uuid.uuid4(), purpose=Purpose.SOLICITOR.value, **asked))
    with make.begin() as session:
        check_rules(session, now=NOW)
    yield make
    engine.dispose()


def fold(session: Session) -> list[uuid.UUID]:
    """Fold the message of the area office."""
    area = session.scalars(select(Office.id).where(Office.code == "0317300")).one()
    return fold_messages(session, office_id=area, day=TODAY, now=NOW)


def tell(session: Session) -> list[uuid.UUID]:
    """Tell the area office that a duty is nobody's in particular again."""
    office = session.scalars(select(Office).where(Office.code == "0317300")).one()
    to = find_address(session, office, now=NOW)
    told = {"office": office, "to": to, "day": TODAY, "now": NOW, "shows": [uuid.uuid4()]}
    return [make_message(session, MessageKind.RETURNED, **told).id]


def settings(session: Session, changes: Mapping[str, object] = NUMBER) -> None:
    """Change the settings of the area office, which change a duty of it."""
    change_settings(session, office_code="0317300", changes=changes, by=operator(session, "test"), now=NOW)


def name(session: Session) -> None:
    """Rename the area office, which stands in the card of the approval."""
    rename_office(session, office_code="0317300", name="Delaware", by=operator(session, "test"), now=NOW)


def merger(session: Session) -> None:
    """Merge the area office into the other one."""
    by = operator(session, "test")
    merge_offices(session, office_code="0317300", into_code="0317900", by=by, now=NOW)


@pytest.mark.parametrize("change", [settings, name, merger])
def test_who_changes_an_office_and_who_folds_its_message_take_turns(sessions, change):
    """Both take the office before its duties: whoever comes second waits with nothing that the first one wants."""
    with sessions.begin() as session:
        session.execute(select(Office.id).where(Office.code == "0317300").with_for_update(key_share=True))
        thread, raised = in_thread(sessions, fold)
        wait_until_blocked(sessions)
        change(session)
    thread.join(20)
    assert (raised, thread.is_alive()) == ([], False)


@pytest.mark.parametrize("held", [True, False])
def test_changed_hours_take_messages_in_the_order_of_everybody(sessions, held):
    """What is held, and what shows a duty that changes with the hours, is locked in one round, the lowest id first."""
    first, second = uuid.UUID(int=1), uuid.UUID(int=2)
    with sessions.begin() as session:
        area = session.scalars(select(Office).where(Office.code == "0317300")).one()
        duty_id = session.scalars(select(Obligation.id).where(Obligation.rule == "meetings")).one()
        told = {"office": area, "to": find_address(session, area, now=NOW), "day": TODAY, "shows": [duty_id]}
        for id, waits in ((second, True), (first, held)):
            made = make_message(session, MessageKind.RETURNED, id=id, now=NOW - timedelta(seconds=id.int), **told)
            made.held_until, made.held_why = (LATER, "outside the hours") if waits else (None, None)
            session.flush()
    hours = {"send_from": "06:00", **({} if held else NUMBER)}
    with sessions.begin() as session:
        session.execute(select(Message.id).where(Message.id == first).with_for_update())
        thread, raised = in_thread(sessions, partial(settings, changes=hours))
        wait_until_blocked(sessions)
        session.execute(select(Message.id).where(Message.id == second).with_for_update())
    thread.join(20)
    assert raised == []
    with sessions() as session:
        assert session.scalars(select(Message.held_until)).all() == [None, None]


def test_an_import_waits_for_who_gives_a_position(sessions):
    """It finds the person and the position that are just being entered, and enters neither twice."""
    content = b"slack_id,name,position,office\nUNEWONE01,Nina New,Area Director,0317300\n"
    table, results = read_table("people.csv", content, PEOPLE_COLUMNS), []
    with sessions.begin() as session:
        told = {"slack_id": "UNEWONE01", "name": "Nina New", "role": Role.AREA_DIRECTOR, "office_code": "0317300"}
        hold_position(session, **told, held_from=TODAY, by=operator(session, "test"), now=NOW)
        thread, raised = in_thread(
            sessions, lambda session: results.append(import_people(session, table, by="test", now=NOW))
        )
        wait_until_blocked(sessions)
    thread.join(20)
    assert raised == []
    assert [(one.created, one.changed) for one in results] == [((), ())]


def test_a_message_to_an_office_out_of_reach_waits_for_nobody(sessions):
    """Who has locked messages already does not wait for who changes the office."""
    with sessions.begin() as session:
        office = session.scalars(select(Office).where(Office.code == "0317300")).one()
        office.unreachable_since, office.unreachable_why = NOW - timedelta(days=2), "is archived"
    with sessions.begin() as other, sessions.begin() as session:
        other.execute(select(Office.id).where(Office.code == "0317300").with_for_update(key_share=True))
        session.execute(text("set local lock_timeout = '3s'"))
        (message_id,) = tell(session)
    with sessions() as session:
        assert session.get_one(Message, message_id).channel == "C0AREA"


def test_a_merger_and_what_came_of_a_post_take_turns(sessions):
    """The merger takes the offices that it changes before the messages, as who notes that a channel is gone."""
    with sessions.begin() as session:
        (message_id,) = fold(session)
    with sessions.begin() as session:
        claim = claim_message(session, message_id, now=NOW)
    with sessions.begin() as session:
        session.execute(select(Office.id).where(Office.code == "0317300").with_for_update(key_share=True))
        thread, raised = in_thread(sessions, merger)
        wait_until_blocked(sessions)
        note_gone(session, claim, error="is_archived", now=NOW)
    thread.join(20)
    assert (raised, thread.is_alive()) == ([], False)
    with sessions() as session:
        assert session.get_one(Message, message_id).channel == "C0NATIONAL"
