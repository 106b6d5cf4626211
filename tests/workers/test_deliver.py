"""A message stands in the channel once, whatever happens between us and Slack."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import redis
from sqlalchemy import func, update

from models.duties import Message, NoticeStatus, Obligation
from operations.remind.deliver_message import claim_message, waiting_messages
from operations.remind.plan_notices import rewrite_messages
from tests.workers.conftest import NOW
from workers.deliver import Delivery, deliver
from workers.hold import GRACE, abandoned_messages, holding
from workers.pacer import Pacer
from workers.slack import SETTLE


def expire_lease(sessions, message_id, by: timedelta | None = None) -> None:
    """Let a claim be as old as a worker's that died a while ago."""
    with sessions.begin() as session:
        changed = func.clock_timestamp() - timedelta(seconds=1) if by is None else Message.claimed_until - by
        session.execute(update(Message).where(Message.id == message_id).values(claimed_until=changed))


def deliver_later(message_id, delivery):
    """Deliver when what was under way has arrived or will not."""
    expire_lease(delivery.sessions, message_id)
    return deliver(message_id, delivery)


def test_posted_with_its_id(portfolio, delivery, slack):
    """A message is posted with text, blocks and its id as metadata, and kept with ts and words."""
    message_id = portfolio.message()
    assert deliver(message_id, delivery) is None
    (post,) = slack.posts
    assert post["metadata"] == {
        "event_type": "alliance_notice",
        "event_payload": {"notice_id": str(message_id)},
    }
    assert "Safe Roofs" in post["text"]
    message = portfolio.read(message_id)
    assert (message.status, message.ts) == (NoticeStatus.SENT, post["ts"])
    assert message.words["text"] == post["text"]
    assert message.claimed_until is None


def test_delivered_again_does_nothing(portfolio, delivery, slack):
    """The same job twice posts once."""
    message_id = portfolio.message()
    assert [deliver(message_id, delivery) for _ in range(3)] == [None] * 3
    assert len(slack.posts) == 1


def test_two_deliverers_post_once(portfolio, delivery, slack, line):
    """Of workers that start at once on one message, one posts."""
    message_id = portfolio.message()
    line.faults["chat.postMessage"] = ["late"]
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        deliver(message_id, delivery)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(slack.posts) == 1
    assert portfolio.read(message_id).status == NoticeStatus.SENT


def test_lost_answer_is_looked_up(portfolio, delivery, slack, line):
    """A post whose answer was lost is found in the channel by its id and not posted again."""
    message_id = portfolio.message()
    line.faults["chat.postMessage"] = ["lost"]
    assert deliver(message_id, delivery) == SETTLE
    assert portfolio.read(message_id).status == NoticeStatus.UNCERTAIN
    assert deliver(message_id, delivery) is None, "it may still be on its way"
    assert line.calls == ["chat.postMessage"]
    assert deliver_later(message_id, delivery) is None
    (post,) = slack.posts
    message = portfolio.read(message_id)
    assert (message.status, message.ts, message.words["text"]) == ("sent", post["ts"], post["text"])
    assert line.calls == ["chat.postMessage", "conversations.history"]


def test_slow_answer_is_looked_up(portfolio, delivery, slack, line):
    """A post whose answer took too long is found in the channel and not posted again."""
    message_id = portfolio.message()
    line.faults["chat.postMessage"] = ["late"]
    hasty = Delivery(delivery.engine, delivery.sessions, line.client(timeout=1), delivery.now)
    assert deliver(message_id, hasty) == SETTLE
    assert deliver_later(message_id, delivery) is None
    assert len(slack.posts) == 1


def test_cut_line_is_looked_up_then_posted(portfolio, delivery, slack, line):
    """Where the search shows that nothing arrived, the message is posted."""
    message_id = portfolio.message()
    line.faults["chat.postMessage"] = ["cut"]
    assert deliver(message_id, delivery) == SETTLE
    assert slack.posts == []
    assert deliver_later(message_id, delivery) is None
    assert len(slack.posts) == 1
    assert portfolio.read(message_id).status == NoticeStatus.SENT


@pytest.mark.parametrize("fault", ["500", "cut", "lost", "429"])
def test_failed_search_posts_nothing(portfolio, delivery, slack, line, fault):
    """A message whose fate is unknown stays unknown while the channel cannot be read."""
    message_id = portfolio.message()
    line.faults["chat.postMessage"] = ["lost"]
    line.faults["conversations.history"] = [fault]
    deliver(message_id, delivery)
    assert deliver_later(message_id, delivery) == (7.0 if fault == "429" else SETTLE)
    assert portfolio.read(message_id).status == NoticeStatus.UNCERTAIN
    deliver_later(message_id, delivery)
    assert len(slack.posts) == 1
    assert portfolio.read(message_id).status == NoticeStatus.SENT


def test_found_on_a_later_page(portfolio, delivery, slack, line, monkeypatch):
    """The search reads the channel's history page by page to its end."""
    message_id = portfolio.message()
    line.faults["chat.postMessage"] = ["lost"]
    deliver(message_id, delivery)
    for number in range(7):
        line.client().chat_postMessage(channel="C0AREA", text=f"something else {number}")
    monkeypatch.setattr("bot.posted.PAGE", 2)
    deliver_later(message_id, delivery)
    assert portfolio.read(message_id).ts == slack.posts[0]["ts"]
    assert line.calls.count("conversations.history") == 4


def test_worker_that_died_after_posting(portfolio, delivery, slack, line):
    """A claim left by a worker that died after its post leads to the search, not to a second post."""
    message_id = portfolio.message()
    with delivery.sessions.begin() as session:
        claim = claim_message(session, message_id, now=NOW)
    line.client().chat_postMessage(
        channel=claim.channel,
        text="posted, then killed",
        metadata={"event_type": "alliance_notice", "event_payload": {"notice_id": str(message_id)}},
    )
    assert deliver(message_id, delivery) is None
    assert portfolio.read(message_id).status == NoticeStatus.CLAIMED, "the lease still runs"
    expire_lease(delivery.sessions, message_id)
    deliver(message_id, delivery)
    assert len(slack.posts) == 1
    message = portfolio.read(message_id)
    assert (message.status, message.words["text"]) == (NoticeStatus.SENT, "posted, then killed")


def test_dead_workers_message_is_taken_over_before_its_lease_ends(portfolio, delivery, slack):
    """Once a dead worker's lock is gone, its message is found and delivered after the time of grace."""
    message_id = portfolio.message()
    with delivery.sessions.begin() as session:
        claim_message(session, message_id, now=NOW)
    expire_lease(delivery.sessions, message_id, GRACE)
    with delivery.sessions() as session:
        assert waiting_messages(session, now=NOW) == []
        with holding(delivery.engine, message_id) as held:
            assert held
            assert abandoned_messages(session) == [], "its worker lives"
        assert abandoned_messages(session) == [message_id]
    deliver(message_id, delivery)
    assert len(slack.posts) == 1


def test_slow_worker_keeps_its_message(portfolio, delivery, slack):
    """A lease that has run out gives a message to nobody while its worker lives."""
    message_id = portfolio.message()
    with holding(delivery.engine, message_id):
        with delivery.sessions.begin() as session:
            claim_message(session, message_id, now=NOW)
        expire_lease(delivery.sessions, message_id)
        assert deliver(message_id, delivery) is None
    assert slack.posts == []


def test_told_to_wait(portfolio, delivery, slack, line):
    """Slack's 429 gives the message back and says when to come again."""
    message_id = portfolio.message()
    line.faults["chat.postMessage"] = ["429"]
    assert deliver(message_id, delivery) == 7.0
    assert portfolio.read(message_id).status == NoticeStatus.PENDING
    assert deliver(message_id, delivery) is None
    assert (len(slack.posts), line.calls) == (1, ["chat.postMessage", "chat.postMessage"])


def test_nobody_listens(portfolio, delivery, slack):
    """Where Slack cannot be connected to, nothing was sent, and nothing has to be searched for."""
    message_id = portfolio.message()
    nowhere = type(delivery.slack)("xoxb-test", base_url="http://127.0.0.1:9/api/", retry_handlers=[])
    assert deliver(message_id, Delivery(delivery.engine, delivery.sessions, nowhere, delivery.now)) == 30.0
    assert portfolio.read(message_id).status == NoticeStatus.PENDING


def test_archived_channel_is_final(portfolio, delivery, slack, line):
    """A refusal that no second try would change fails the message with Slack's word."""
    message_id = portfolio.message()
    slack.set_up(is_archived=True)
    assert deliver(message_id, delivery) is None
    message = portfolio.read(message_id)
    assert (message.status, message.error) == (NoticeStatus.FAILED, "is_archived")
    assert deliver(message_id, delivery) is None
    assert line.calls == ["chat.postMessage"]


def test_public_channel_is_joined_once(portfolio, delivery, slack, line):
    """The bot joins a public channel that it is not in, and posts."""
    message_id = portfolio.message()
    slack.set_up(members=["U1"])
    assert deliver(message_id, delivery) is None
    assert line.calls == ["chat.postMessage", "conversations.join", "chat.postMessage"]
    assert len(slack.posts) == 1


def test_private_channel_refuses(portfolio, delivery, slack):
    """A private channel that the bot is not in fails the message."""
    message_id = portfolio.message()
    slack.set_up(members=["U1"], is_private=True)
    assert deliver(message_id, delivery) is None
    assert portfolio.read(message_id).status == NoticeStatus.FAILED


def test_invalid_blocks_are_final_with_details(portfolio, delivery, slack):
    """Slack's details of what it found wrong are kept."""
    message_id = portfolio.message()
    bad = {"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]}
    deliver(
        message_id,
        Delivery(delivery.engine, delivery.sessions, delivery.slack, delivery.now, lambda _: bad),
    )
    message = portfolio.read(message_id)
    assert message.status == NoticeStatus.FAILED
    assert message.error.startswith("invalid_blocks; ")


def test_bad_token_waits_for_the_operator(portfolio, delivery, slack, line):
    """A token that Slack does not take fails nothing: the message goes out once it is right."""
    message_id = portfolio.message()
    locked_out = line.client()
    locked_out.token = "nonsense"
    wrong = Delivery(delivery.engine, delivery.sessions, locked_out, delivery.now)
    assert deliver(message_id, wrong) == 60.0
    assert portfolio.read(message_id).status == NoticeStatus.PENDING
    assert deliver(message_id, delivery) is None
    assert len(slack.posts) == 1


def test_retry_after_is_minded_before_slack_is_asked(portfolio, delivery, slack, line, valkey_url):
    """After Slack asked for seven seconds nobody asks again within them, and the message is not claimed."""
    message_id = portfolio.message()
    moment = [1_000_000.0]
    with redis.Redis.from_url(valkey_url) as client:
        paced = replace(delivery, pacer=Pacer(client, 300, lambda: moment[0]))
        assert deliver(message_id, paced) == pytest.approx(1.025), "of earlier calls nothing is known"
        moment[0] += 1.025
        line.faults["chat.postMessage"] = ["429"]
        assert deliver(message_id, paced) == 7.0
        assert deliver(message_id, paced) == 7.0
        assert line.calls == ["chat.postMessage"]
        message = portfolio.read(message_id)
        assert (message.status, message.claimed_until, message.attempts) == (NoticeStatus.PENDING, None, 1)
        moment[0] += 7
        assert deliver(message_id, paced) is None
    assert len(slack.posts) == 1


def test_change_rewrites_in_place(portfolio, delivery, slack):
    """After a change of a duty the message is updated where it stands, its words kept."""
    message_id = portfolio.message()
    deliver(message_id, delivery)
    change(delivery, message_id)
    assert deliver(message_id, delivery) is None
    (update_,) = slack.record("update")
    assert update_["ts"] == slack.posts[0]["ts"]
    message = portfolio.read(message_id)
    assert message.words["text"] == update_["text"]
    assert message.shown_version == message.version == 2
    assert len(slack.posts) == 1


def test_many_changes_are_one_update(portfolio, delivery, slack):
    """Changes that come while an update waits for its turn are shown by that one update."""
    message_id = portfolio.message()
    deliver(message_id, delivery)
    for _ in range(3):
        change(delivery, message_id)
    assert [deliver(message_id, delivery) for _ in range(3)] == [None, None, None]
    assert len(slack.record("update")) == 1


def test_change_while_unknown_is_shown(portfolio, delivery, slack, line):
    """A message that is found after its answer was lost, and whose duty changed since, shows the change."""
    message_id = portfolio.message()
    line.faults["chat.postMessage"] = ["lost"]
    line.faults["chat.update"] = ["429"]
    deliver(message_id, delivery)
    change(delivery, message_id)
    assert deliver_later(message_id, delivery) == 7.0
    assert portfolio.read(message_id).status == NoticeStatus.UNCERTAIN, "or it would be posted again"
    assert deliver_later(message_id, delivery) is None
    assert (len(slack.posts), len(slack.record("update"))) == (1, 1)
    assert portfolio.read(message_id).shown_version == 2


def test_deleted_message_is_not_chased(portfolio, delivery, slack, line):
    """An update of a message that somebody deleted is given up."""
    message_id = portfolio.message()
    deliver(message_id, delivery)
    line.client().chat_delete(channel="C0AREA", ts=slack.posts[0]["ts"])
    change(delivery, message_id)
    assert deliver(message_id, delivery) is None
    with delivery.sessions() as session:
        assert waiting_messages(session, now=NOW) == []
    assert portfolio.read(message_id).error == "message_not_found"


def test_words_that_fail_give_the_message_back(portfolio, delivery, slack):
    """A message that cannot be put into words waits, and the fault is reported."""
    message_id = portfolio.message()

    def broken(_):
        raise KeyError("no such word")

    with pytest.raises(KeyError):
        deliver(message_id, Delivery(delivery.engine, delivery.sessions, delivery.slack, delivery.now, broken))
    assert portfolio.read(message_id).status == NoticeStatus.PENDING
    deliver(message_id, delivery)
    assert len(slack.posts) == 1


def change(delivery: Delivery, message_id) -> None:
    """Let something happen to a duty that the message shows."""
    with delivery.sessions.begin() as session:
        obligation = session.query(Obligation).order_by(Obligation.due_on).first()
        rewrite_messages(session, [obligation.id])
