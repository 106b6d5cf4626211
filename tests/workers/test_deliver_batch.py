"""What waits together is delivered together, and ends each in its own way."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Lock, Thread
from time import monotonic, sleep

import pytest
import redis
from sqlalchemy import event

from bot.messages import message_words
from models.duties import Message, NoticeStatus
from models.offices import Office
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import waiting_messages
from operations.remind.fold_messages import fold_messages
from tests.workers.conftest import CHANNEL, NOW, TODAY
from tests.workers.test_deliver import deliver_later, expire_lease
from workers.deliver import BATCH, CLAIMING, UNWORDED, WITHIN, deliver, deliver_together
from workers.hold import GRACE
from workers.pacer import BURST, POST, Pacer

#: Blocks that Slack does not take.
BAD = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]


@pytest.fixture
def together(delivery):
    """What a worker delivers with that takes along what waits; to it no post takes any time."""
    return replace(delivery, at_once=BATCH, seconds=lambda: 0.0)


@pytest.fixture
def waiting(portfolio, slack) -> Callable[..., list[uuid.UUID]]:
    """Make offices with channels of their own, or one for all, each with a message of today, in this order."""

    def make(*names: str, channel: str | None = None) -> list[uuid.UUID]:
        slack.post("/control/workspace", channels=[{"id": f"C0{name}", "name": name.lower()} for name in names])
        offices = [portfolio.office(name, channel=channel or f"C0{name}") for name in names]
        with portfolio.sessions.begin() as session:
            check_rules(session, now=NOW)
        made: list[uuid.UUID] = []
        for number, id in enumerate(offices):
            with portfolio.sessions.begin() as session:
                made += fold_messages(session, office_id=id, day=TODAY, now=NOW - timedelta(minutes=9 - number))
        return made

    return make


def posted(slack) -> list[uuid.UUID]:
    """Return the ids of the messages that were posted, in their order."""
    return [uuid.UUID(post["metadata"]["event_payload"]["notice_id"]) for post in slack.posts]


@contextmanager
def statements(engine):
    """Collect what the database is asked."""
    asked: list[str] = []

    def ask(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", ask)
    yield asked
    event.remove(engine, "before_cursor_execute", ask)


def test_what_waits_is_delivered_together(waiting, together, slack, portfolio):
    """Who is asked for one message posts all that wait, with two entries of a commit in the audit's chain."""
    ids = waiting("EAST", "WEST", "SOUTH")
    with statements(together.engine) as asked:
        assert deliver(ids[1], together) is None
    assert posted(slack) == [ids[1], ids[0], ids[2]], "what was asked for first, then the oldest"
    assert {portfolio.read(id).status for id in ids} == {NoticeStatus.SENT}
    assert [portfolio.read(id).words["text"] for id in posted(slack)] == [post["text"] for post in slack.posts]
    assert sum("audit_head" in statement for statement in asked) == 2


def test_a_job_whose_message_was_taken_along_costs_one_statement(waiting, together, slack):
    """What waits no more is not locked, nor looked at twice."""
    first, second = waiting("EAST", "WEST")
    deliver(first, together)
    with statements(together.engine) as asked:
        assert deliver(second, together) is None
    assert len(asked) == 1
    assert len(slack.posts) == 2


def test_a_job_whose_message_is_in_hand_asks_nothing(waiting, together, slack):
    """While a batch is on its way, jobs for its messages come to the same process; later ones are looked at again."""
    first, second = waiting("EAST", "WEST")
    asked: list[str] = []

    def words(shown):
        with statements(together.engine) as found:
            assert deliver(second, together) is None
        asked.extend(found)
        return message_words(shown)

    deliver(first, replace(together, words=words))
    assert asked == []
    assert posted(slack) == [first, second]
    with statements(together.engine) as found:
        assert deliver(second, together) is None
    assert len(found) == 1


def test_a_channel_hears_it_in_the_order_in_which_it_was_made(waiting, together, slack):
    """Of messages to one channel the older goes first, whichever was asked for."""
    ids = waiting("EAST", "WEST", "SOUTH", channel=CHANNEL)
    deliver(ids[2], together)
    assert posted(slack) == ids


def test_each_ends_in_its_own_way(waiting, together, slack, line, portfolio):
    """One is refused, one lost, one gone, one told to wait: the others are sent, and in the end each stands once."""
    names = ("FIRST", "REFUSED", "UNKNOWN", "GONE", "SECOND", "TOLD", "LEFT")
    ids = dict(zip(names, waiting(*names), strict=True))
    slack.post("/control/workspace", channels=[{"id": "C0REGION", "name": "region"}])
    portfolio.office("REGION", channel="C0REGION", alliances=0)
    with portfolio.sessions.begin() as session:
        offices = {office.code: office for office in session.query(Office)}
        offices["GONE"].parent_id = offices["REGION"].id
    slack.post("/control/channel", channel="C0GONE", archived=True)
    line.faults["chat.postMessage"] = ["", "", "lost", "", "", "429"]

    def words(shown):
        return message_words(shown) | ({"blocks": BAD} if shown.office == "Office REFUSED" else {})

    assert deliver(ids["FIRST"], replace(together, words=words)) is None
    read = {name: portfolio.read(id) for name, id in ids.items()}
    assert {name: message.status for name, message in read.items()} == {
        "FIRST": "sent",
        "REFUSED": "failed",
        "UNKNOWN": "uncertain",
        "GONE": "pending",
        "SECOND": "sent",
        "TOLD": "pending",
        "LEFT": "pending",
    }
    assert (read["GONE"].channel, read["TOLD"].error, read["LEFT"].error) == ("C0REGION", "ratelimited", None)
    assert deliver(ids["UNKNOWN"], together) is None, "its own job comes while the post may be on its way"
    assert "conversations.history" not in line.calls
    expire_lease(portfolio.sessions, ids["UNKNOWN"], GRACE)
    for name in ("UNKNOWN", "GONE", "TOLD", "LEFT"):
        assert deliver(ids[name], together) is None
    with portfolio.sessions() as session:
        assert waiting_messages(session, now=NOW) == []
    assert Counter(posted(slack)) == Counter(id for name, id in ids.items() if name != "REFUSED")


def test_what_is_not_begun_in_time_is_claimed_anew(waiting, together, slack, line, portfolio):
    """When one post takes long, it is noted, and the leases of the others begin again before they are posted."""
    first, second = waiting("EAST", "WEST")
    line.faults["chat.postMessage"] = ["late"]
    with statements(together.engine) as asked:
        deliver(first, replace(together, seconds=monotonic))
    assert posted(slack) == [first, second]
    assert {portfolio.read(id).status for id in (first, second)} == {NoticeStatus.SENT}
    assert sum("audit_head" in statement for statement in asked) == 3


def test_what_took_long_to_claim_is_claimed_anew(waiting, together, slack):
    """Where a second passes before the first post, the leases begin again: nobody looks for it while it is posted."""
    ids = waiting("EAST", "WEST")
    passed = iter([0.0, *[WITHIN + 0.1] * 9])
    with statements(together.engine) as asked:
        deliver(ids[0], replace(together, seconds=lambda: next(passed)))
    assert posted(slack) == ids
    assert sum("SET claimed_until" in statement for statement in asked) == 1


def test_what_another_worker_tried_meanwhile_is_not_taken_along(waiting, together, slack, portfolio):
    """Between its being found and its being held its fate has become unknown: only its own job looks for it."""
    first, second = waiting("EAST", "WEST")

    def meanwhile(_connection, _cursor, statement, *_):
        if "unnest" in statement and "pg_try_advisory_lock" in statement:
            with portfolio.sessions.begin() as session:
                session.get_one(Message, second).status = NoticeStatus.UNCERTAIN.value

    event.listen(together.engine, "before_cursor_execute", meanwhile)
    deliver(first, together)
    event.remove(together.engine, "before_cursor_execute", meanwhile)
    assert posted(slack) == [first]
    assert (portfolio.read(second).status, portfolio.read(second).attempts) == (NoticeStatus.UNCERTAIN, 0)
    deliver_later(second, together)
    assert posted(slack) == [first, second], "looked for, not found, posted"


def test_an_office_whose_hours_cannot_be_read_holds_up_nobody_else(waiting, together, slack, portfolio):
    """Its message waits and says why; the others are delivered."""
    first, broken = waiting("EAST", "WEST")
    with portfolio.sessions.begin() as session:
        office = session.get_one(Office, session.get_one(Message, broken).office_id)
        office.timezone = "Mars/Olympus"
    deliver(first, together)
    assert posted(slack) == [first]
    assert "the hours of Office WEST cannot be read" in portfolio.read(broken).held_why


def test_paced_it_is_given_back(waiting, together, slack, line, valkey_url):
    """When one post takes long, the moments of the others have passed: they are asked for again, untried."""
    first, second = waiting("EAST", "WEST")
    line.faults["chat.postMessage"] = ["late"]
    moment = [1_000_000.0]
    with redis.Redis.from_url(valkey_url) as client:
        paced = replace(together, pacer=Pacer(client, 300, lambda: moment[0]), seconds=monotonic)
        deliver(first, paced)
        moment[0] += 1.025
        assert deliver_together(first, paced) == {second: 0.0}
        assert posted(slack) == [first]
        moment[0] += 2.0
        deliver(second, paced)
    assert posted(slack) == [first, second]


def test_paced_it_is_asked_for_again_after_a_slow_claim(waiting, together, slack, portfolio, valkey_url):
    """When the claim takes long, the moments it was given have passed: what may not go by now is given back."""
    first, second = waiting("EAST", "WEST")
    moment = [1_000_000.0]
    with redis.Redis.from_url(valkey_url) as client:
        pacer = Pacer(client, 300, lambda: moment[0])
        paced = replace(together, pacer=pacer, seconds=lambda: moment[0])
        deliver(first, paced)
        moment[0] += 5.0

        def meanwhile(_connection, _cursor, statement, *_):
            """Let it take so long to claim that somebody else posts to one of the channels."""
            if "SET status=CASE" in statement:
                moment[0] += WITHIN + 1.0
                assert pacer.ask(uuid.uuid4(), (POST,), "C0WEST") == 0.0

        event.listen(together.engine, "before_cursor_execute", meanwhile)
        again = deliver_together(first, paced)
        event.remove(together.engine, "before_cursor_execute", meanwhile)
        assert posted(slack) == [first]
        assert again == {second: pytest.approx(1.0, abs=0.1)}
        assert (portfolio.read(second).status, portfolio.read(second).error) == ("pending", None)
        moment[0] += 1.1
        deliver(second, paced)
    assert posted(slack) == [first, second]


def test_what_is_given_back_untried_is_as_unknown_as_before(waiting, together, slack, line, valkey_url):
    """A message that may stand there, and has to wait for its turn again after a slow claim, is still looked for."""
    (id,) = waiting("EAST")
    line.faults["chat.postMessage"] = ["lost"]
    moment = [1_000_000.0]
    with redis.Redis.from_url(valkey_url) as client:
        pacer = Pacer(client, 300, lambda: moment[0])
        paced = replace(together, pacer=pacer, seconds=lambda: moment[0])
        deliver(id, paced)
        moment[0] += 5.0
        deliver(id, paced)
        expire_lease(together.sessions, id)
        moment[0] += 60.0

        def meanwhile(_connection, _cursor, statement, *_):
            if "SET status=CASE" in statement:
                moment[0] += WITHIN + 1.0
                assert pacer.ask(uuid.uuid4(), (POST,), "C0EAST") == 0.0

        event.listen(together.engine, "before_cursor_execute", meanwhile)
        assert deliver(id, paced) == pytest.approx(1.0, abs=0.1)
        event.remove(together.engine, "before_cursor_execute", meanwhile)
        moment[0] += 1.1
        deliver(id, paced)
    assert posted(slack) == [id]
    assert line.calls.count("conversations.history") == 1


def test_one_without_words_holds_nobody_up(waiting, together, slack, portfolio):
    """Where a batch cannot be put into words, what was asked for is delivered, and each other one by its own job."""
    first, broken, last = waiting("EAST", "BROKEN", "WEST")

    def words(shown):
        if shown.office == "Office BROKEN":
            raise KeyError("no such word")
        return message_words(shown)

    failing = replace(together, words=words)
    assert deliver(first, failing) is None
    assert posted(slack) == [first]
    assert {portfolio.read(id).error for id in (broken, last)} == {UNWORDED}
    assert deliver(last, failing) is None
    assert posted(slack) == [first, last]
    with pytest.raises(KeyError):
        deliver(broken, failing)
    assert portfolio.read(broken).status == NoticeStatus.PENDING


def test_at_night_all_are_put_off_together(waiting, together, slack, portfolio):
    """Outside the hours of their offices nothing is posted, and each says until when it waits."""
    ids = waiting("EAST", "WEST")
    deliver(ids[0], replace(together, now=lambda: NOW + timedelta(hours=12)))
    assert slack.posts == []
    assert all("outside the hours" in portfolio.read(id).held_why for id in ids)


def test_only_those_whose_turn_it_is_go_along(waiting, together, slack, portfolio, valkey_url):
    """A paced worker takes along what may go now; the others are neither claimed nor promised a moment."""
    ids = waiting(*(f"OFFICE{number}" for number in range(BURST + 2)))
    moment = [1_000_000.0]
    with redis.Redis.from_url(valkey_url) as client:
        paced = replace(together, pacer=Pacer(client, 300, lambda: moment[0]), seconds=lambda: moment[0])
        assert deliver(ids[0], paced) == pytest.approx(1.025), "of earlier calls nothing is known"
        assert slack.posts == []
        moment[0] += 1.025
        assert deliver(ids[0], paced) is None
        assert posted(slack) == ids[:BURST]
        assert {(portfolio.read(id).status, portfolio.read(id).attempts) for id in ids[BURST:]} == {("pending", 0)}
        moment[0] += 1.025
        assert deliver(ids[BURST], paced) is None
    assert posted(slack) == ids


def test_a_channel_that_waits_its_second_is_left_out(waiting, together, slack, valkey_url):
    """Of messages to one channel one goes in a second, and none that came later before it."""
    ids = waiting("EAST", "WEST", "SOUTH", channel=CHANNEL)
    (other,) = waiting("NORTH")
    moment = [1_000_000.0]
    with redis.Redis.from_url(valkey_url) as client:
        paced = replace(together, pacer=Pacer(client, 300, lambda: moment[0]))
        deliver(ids[0], paced)
        moment[0] += 1.025
        deliver(ids[0], paced)
    assert posted(slack) == [ids[0], other]


def test_few_threads_of_a_worker_claim_at_once(waiting, together, slack, monkeypatch):
    """Others wait until these have their words, and then post beside those that come next."""
    monkeypatch.setattr("workers.deliver.PATIENCE", 60)
    ids = waiting(*(f"OFFICE{number}" for number in range(2 * CLAIMING + 1)))
    inside: list[int] = []
    counts, lock = [0], Lock()

    def words(shown):
        with lock:
            counts[0] += 1
            inside.append(counts[0])
        sleep(0.1)
        with lock:
            counts[0] -= 1
        return message_words(shown)

    alone = replace(together, words=words, at_once=1)
    threads = [Thread(target=deliver, args=(id, alone)) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(inside) <= CLAIMING
    assert set(posted(slack)) == set(ids)


def test_who_has_waited_long_claims_beside_the_others(waiting, together, slack, monkeypatch):
    """Two claims that are stuck hold nobody up for good."""
    monkeypatch.setattr("workers.deliver.PATIENCE", 0.01)
    (first,) = waiting("EAST")
    with ExitStack() as stuck:
        for _ in range(CLAIMING):
            stuck.enter_context(together.claiming)
        assert deliver(first, together) is None
    assert posted(slack) == [first]
