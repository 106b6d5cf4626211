"""Replies and direct messages stand once, too, and what cannot arrive where it belongs goes up the ladder."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from models.duties import Message, Notice, NoticeStatus
from models.offices import Office, Person, Position
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message
from operations.remind.fold_messages import fold_messages
from operations.remind.plan_notices import rewrite_messages
from policy.rights import Role
from tests.workers.conftest import CHANNEL, NOW, TODAY, add_alliance, add_office
from tests.workers.test_deliver import deliver_later, expire_lease
from workers.deliver import deliver
from workers.slack import SETTLE

REGION = "C0REGION"
OFFICIAL = "U0OFFICIAL"
#: A duty of November 24 is seven days late on this Tuesday.
LATE = TODAY + timedelta(days=8)


@pytest.fixture
def office(sessions, slack):
    """An area office below a region, whose coordinator is in Slack; Slack's clock stands a week after the due date."""
    slack.post("/control/workspace", channels=[{"id": REGION, "name": "region"}])
    slack.post("/control/workspace", users=[{"id": OFFICIAL, "name": "olga", "real_name": "Olga Official"}])
    with sessions.begin() as session:
        region = add_office(session, "REG-PHI", channel=REGION)
        region.kind = "region"
        area = add_office(session, parent_id=region.id)
        alliance = add_alliance(session, area)
        alliance.level = "regional"
        person = Person(slack_id=OFFICIAL, name="Olga Official")
        session.add(person)
        session.flush()
        held = {"role": Role.REGIONAL_COORDINATOR.value, "held_from": date(2020, 1, 1)}
        session.add(Position(person_id=person.id, office_id=region.id, **held))
        return area.id, region.id


def told(sessions, office_id, day):
    """Check the rules and fold an office's day; return the ids of what was made."""
    now = NOW + (day - TODAY)
    with sessions.begin() as session:
        check_rules(session, now=now)
        return fold_messages(session, office_id=office_id, day=day, now=now)


@pytest.fixture
def reply(office, delivery, slack):
    """The escalation of a duty whose reminder stands in the channel."""
    (reminder,) = told(delivery.sessions, office[0], TODAY)
    deliver(reminder, delivery)
    slack.post("/control/clock", by_days=8)
    return of_kind("reply", told(delivery.sessions, office[0], LATE), delivery)


@pytest.fixture
def direct(office, delivery, slack):
    """The message to the official above, in whose channel nothing else is said."""
    slack.post("/control/clock", by_days=8)
    return of_kind("direct", told(delivery.sessions, office[1], LATE), delivery)


def of_kind(kind, made, delivery):
    """Return the one message of a kind."""
    with delivery.sessions() as session:
        (found,) = [id for id in made if session.get_one(Message, id).kind == kind]
    return found


def test_a_reply_stands_in_the_thread_and_is_seen_in_the_channel(reply, delivery, slack, portfolio):
    """It answers the first reminder, is shown to the channel, and carries its own id."""
    assert deliver(reply, delivery) is None
    first, second = slack.posts
    assert second["thread_ts"] == first["ts"]
    assert second["metadata"]["event_payload"] == {"notice_id": str(reply)}
    shown = slack.get(f"/client/messages?user={OFFICIAL}&channel={CHANNEL}")["messages"]
    assert [m.get("subtype") for m in shown] == [None, "thread_broadcast"]
    assert portfolio.read(reply).ts == second["ts"]


@pytest.mark.parametrize("fault", ["lost", "cut", "late"])
def test_a_reply_of_unknown_fate_is_looked_for_in_the_thread(reply, delivery, slack, line, fault):
    """Whether its answer or the request was lost, it stands there once."""
    line.faults["chat.postMessage"] = [fault]
    hasty = delivery.__class__(delivery.engine, delivery.sessions, line.client(timeout=1), delivery.now)
    assert deliver(reply, hasty) == SETTLE
    assert deliver_later(reply, delivery) is None
    assert len(slack.posts) == 2
    assert "conversations.replies" in line.calls


@pytest.mark.parametrize("kind", ["reply", "direct"])
def test_a_worker_killed_after_its_post(request, kind, delivery, slack, line):
    """Who takes over finds what was posted, in the thread or in the direct message, and posts nothing."""
    message_id = request.getfixturevalue(kind)
    with delivery.sessions.begin() as session:
        claim = claim_message(session, message_id, now=NOW)
    channel = claim.channel
    if claim.to_person:
        channel = line.client().conversations_open(users=channel)["channel"]["id"]
    metadata = {"event_type": "alliance_notice", "event_payload": {"notice_id": str(message_id)}}
    line.client().chat_postMessage(channel=channel, text="posted", metadata=metadata, thread_ts=claim.thread_ts)
    expire_lease(delivery.sessions, message_id)
    before = len(slack.posts)
    assert deliver(message_id, delivery) is None
    assert len(slack.posts) == before
    with delivery.sessions() as session:
        message = session.get_one(Message, message_id)
        assert (message.status, message.channel, message.words["text"]) == ("sent", channel, "posted")


@pytest.mark.parametrize("kind", ["reply", "direct"])
def test_two_workers_post_one(request, kind, delivery, slack, line):
    """Of workers that start at once on one message, one posts."""
    message_id = request.getfixturevalue(kind)
    before = len(slack.posts)
    line.faults["chat.postMessage"] = ["late"]
    threads = [threading.Thread(target=deliver, args=(message_id, delivery)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(slack.posts) == before + 1


@pytest.mark.parametrize("kind", ["reply", "direct"])
def test_a_change_rewrites_it(request, kind, delivery, slack):
    """What became of the duty is shown where it was escalated."""
    message_id = request.getfixturevalue(kind)
    deliver(message_id, delivery)
    with delivery.sessions.begin() as session:
        said = select(Notice.obligation_id).where(Notice.message_id == message_id)
        rewrite_messages(session, session.scalars(said).all())
    assert deliver(message_id, delivery) is None
    assert slack.record("update")[-1]["ts"] == slack.posts[-1]["ts"]


def test_a_direct_message_reaches_the_person(direct, delivery, slack, portfolio):
    """The conversation is opened, the message posted there, and the place kept."""
    assert deliver(direct, delivery) is None
    (post,) = slack.posts
    message = portfolio.read(direct)
    assert message.channel == post["channel"] != OFFICIAL
    assert "You are told 7 days after its due date" in post["text"]


def test_a_direct_message_of_unknown_fate_is_looked_for(direct, delivery, slack, line):
    """The conversation is searched before anything is posted again."""
    line.faults["chat.postMessage"] = ["lost"]
    assert deliver(direct, delivery) == SETTLE
    assert deliver_later(direct, delivery) is None
    assert len(slack.posts) == 1
    assert line.calls.count("conversations.history") == 1


def test_opening_a_conversation_that_fails_posts_nothing(direct, delivery, slack, line, portfolio):
    """Nothing was posted for certain, so nothing has to be looked for."""
    line.faults["conversations.open"] = ["lost"]
    assert deliver(direct, delivery) == SETTLE
    assert portfolio.read(direct).status == NoticeStatus.PENDING
    deliver(direct, delivery)
    assert len(slack.posts) == 1


def test_an_official_without_a_slack_account(direct, delivery, slack, portfolio):
    """The message goes to the channel of the official's office and says for whom it is; the person is marked."""
    with delivery.sessions.begin() as session:
        session.execute(update(Person).values(slack_id="U0NOBODY"))
        session.execute(update(Message).where(Message.id == direct).values(channel="U0NOBODY"))
    assert deliver(direct, delivery) == 0.0
    assert deliver(direct, delivery) is None
    (post,) = slack.posts
    assert post["channel"] == REGION
    assert "because Olga Official has no account in this Slack workspace" in post["text"]
    with delivery.sessions() as session:
        assert session.scalar(select(Person.unreachable_why)) == "has no account in this Slack workspace"


def test_an_archived_channel_sends_the_message_up(office, delivery, slack, portfolio):
    """The region's channel gets the area office's reminder, once, with all its notices."""
    (message_id,) = told(delivery.sessions, office[0], TODAY)
    slack.set_up(is_archived=True)
    assert [deliver(message_id, delivery) for _ in range(3)] == [0.0, None, None]
    (post,) = slack.posts
    assert post["channel"] == REGION
    assert "It came here because the channel of Office 0317300 is archived." in post["text"]
    with delivery.sessions() as session:
        states = set(session.scalars(select(Notice.status).where(Notice.message_id == message_id)))
        assert states == {"sent"}
        assert session.scalar(select(Office.unreachable_why).where(Office.id == office[0])) == "is archived"


def test_a_channel_that_comes_back_is_used_again(office, delivery, slack):
    """The next day's message tries it; what arrives takes the mark away."""
    (message_id,) = told(delivery.sessions, office[0], TODAY)
    slack.set_up(is_archived=True)
    deliver(message_id, delivery)
    deliver(message_id, delivery)
    slack.post("/control/workspace", channels=[{"id": CHANNEL, "name": "area", "is_archived": False}])
    slack.post("/control/clock", by_days=8)
    (later,) = told(delivery.sessions, office[0], LATE)
    deliver(later, delivery)
    assert slack.posts[-1]["channel"] == CHANNEL
    with delivery.sessions() as session:
        assert session.scalar(select(Office.unreachable_since).where(Office.id == office[0])) is None


def test_what_may_have_arrived_is_said_nowhere_else(office, delivery, slack, line, portfolio):
    """A channel that closes before its message could be looked up: the message fails and says so."""
    (message_id,) = told(delivery.sessions, office[0], TODAY)
    line.faults["chat.postMessage"] = ["lost"]
    deliver(message_id, delivery)
    slack.set_up(members=["U1"], is_private=True)
    assert deliver_later(message_id, delivery) is None
    message = portfolio.read(message_id)
    assert message.status == NoticeStatus.FAILED
    assert "it may have arrived" in message.error
    assert len(slack.posts) == 1


def test_a_deleted_thread_is_not_answered(reply, delivery, slack, line):
    """The reply stands on its own in the channel, and the thread is not tried again."""
    line.client().chat_delete(channel=CHANNEL, ts=slack.posts[0]["ts"])
    assert deliver(reply, delivery) == 0.0
    assert deliver(reply, delivery) is None
    assert slack.posts[-1]["thread_ts"] is None
    with delivery.sessions() as session:
        assert session.scalar(select(Message.gone_at).where(Message.kind == "reminder")) is not None
