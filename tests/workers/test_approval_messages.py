"""Cards and reminders of approvals on their way: simulated as sent, posted once, rewritten when decided."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.approvals import Approval
from models.duties import Message
from models.offices import Office, Person, Position
from models.work import Activity
from operations.actor import identify
from operations.approve.ask_approval import ask_approval
from operations.approve.decide_approval import decide_approval
from operations.approve.keep_draft import keep_draft
from policy.approval import Seat, Verdict
from policy.chains import Purpose
from policy.rights import Role
from tests.workers.conftest import CHANNEL, NOW, TODAY, add_alliance, add_office
from tests.workers.test_simulate import live_through, replayed
from workers.deliver import deliver

ADA, DANA, RITA = "U0ADA0001", "U0DANA001", "U0RITA001"


@pytest.fixture
def asked(sessions, slack):
    """A product of an area office before its director and the coordinator of the region; return the approval's id."""
    slack.post("/control/workspace", channels=[{"id": "C0REGION", "name": "region"}])
    names = {ADA: "ada", DANA: "dana", RITA: "rita"}
    slack.post("/control/workspace", users=[{"id": id, "name": name} for id, name in names.items()])
    with sessions.begin() as session:
        region = add_office(session, "REG-PHI", channel="C0REGION")
        region.kind = "region"
        area = add_office(session, parent_id=region.id)
        alliance = add_alliance(session, area)
        for slack_id, role, office in (
            (ADA, Role.ALLIANCE_COORDINATOR, area),
            (DANA, Role.AREA_DIRECTOR, area),
            (RITA, Role.REGIONAL_COORDINATOR, region),
        ):
            person = Person(slack_id=slack_id, name=names[slack_id].capitalize())
            session.add(person)
            session.flush()
            held = {"role": role.value, "held_from": date(2020, 1, 1)}
            session.add(Position(person_id=person.id, office_id=office.id, **held))
        product = Activity(alliance_id=alliance.id, kind="product", on_day=TODAY, title="Poster", recorded_at=NOW)
        session.add(product)
        session.flush()
        about = {"by": identify(session, ADA, now=NOW), "now": NOW, "subject": f"activity:{product.id}"}
        keep_draft(session, alliance=alliance.id, content={"summary": "Ladders"}, **about)
        seats = Seat(Role.AREA_DIRECTOR, area.code), Seat(Role.REGIONAL_COORDINATOR, region.code)
        approval = ask_approval(session, alliance_id=alliance.id, purpose=Purpose.PRODUCT, experts=seats, **about)
        return approval.id


def about_approvals(sessions):
    """Return channel and occasion of each message about an approval."""
    with sessions() as session:
        rows = session.execute(select(Message.person_id, Message.occasion, Message.created_at))
        return sorted((occasion, created.date()) for _, occasion, created in rows if occasion)


@pytest.mark.usefixtures("asked")
def test_the_reminders_that_are_simulated_are_those_that_are_sent(own_engine, sessions):
    """Over ten days with a holiday: the same occasions on the same days, by the runs of both offices."""
    seen = [m for m in replayed(own_engine, last=TODAY + timedelta(days=10)) if m.message_kind == "approval"]
    live_through(sessions, days=10, hours=(14,))
    sent = about_approvals(sessions)
    days = [date(2026, 11, 25), date(2026, 12, 2)]
    first = [("asked:experts", TODAY)] * 2
    assert sent[: len(first)] == first
    assert [entry for entry in sent if entry[0].startswith("reminded")] == [
        (f"reminded:experts:{number}", day) for number, day in enumerate(days, start=1) for _ in range(2)
    ]
    assert [m.at.date() for m in seen] == [TODAY, TODAY, *(day for day in days for _ in range(2))]


def test_a_decision_rewrites_every_copy_and_is_told(asked, delivery, slack):
    """Both cards stand once, in the conversations of those asked; after a decision both say so."""
    with delivery.sessions() as session:
        cards = session.scalars(select(Message.id).where(Message.approval_id == asked)).all()
    for id in cards:
        deliver(id, delivery)
        deliver(id, delivery)
    assert len(slack.posts) == 2
    with delivery.sessions.begin() as session:
        by = identify(session, DANA, now=NOW)
        decide_approval(session, approval_id=asked, verdict=Verdict.DECLINE, reason="Not so", by=by, now=NOW)
        everything = session.scalars(select(Message.id).where(Message.approval_id == asked)).all()
    for id in everything:
        deliver(id, delivery)
    assert len(slack.posts) == 3
    updates = slack.record("update")
    assert len(updates) == 2
    assert all("This was declined by Dana on November 23, 2026, at 9:00 AM: Not so" in u["text"] for u in updates)
    assert "For Ada: what you asked was declined" in slack.posts[-1]["text"]


def test_a_card_whose_person_is_gone_goes_to_the_channel(asked, delivery, slack):
    """Slack refuses the account: the office's channel gets it, once, with why."""
    slack.post("/control/workspace", users=[{"id": DANA, "name": "dana", "deleted": True}])
    with delivery.sessions() as session:
        person = session.scalars(select(Person.id).where(Person.slack_id == DANA)).one()
        query = select(Message.id).where(Message.approval_id == asked, Message.person_id == person)
        card = session.scalars(query).one()
    while deliver(card, delivery) is not None:
        pass
    (post,) = slack.posts
    assert post["channel"] == CHANNEL
    assert "Dana has a Slack account that is deactivated" in post["text"]
    with delivery.sessions() as session:
        assert session.get_one(Approval, asked).status == "open"
        assert session.scalars(select(Office.code).where(Office.channel == CHANNEL)).one()
