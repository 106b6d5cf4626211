from __future__ import annotations

import asyncio
import signal
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest


def plain(text):
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def shown(slack, user, channel):
    """Return the channel as the person's list shows it."""
    state = slack.get(f"/client/state?user={user}")
    return next(entry for entry in state["channels"] if entry["id"] == channel)


def watch(slack, user, deed, count):
    """Return the first pushes a page gets from what is done after it connected."""

    async def work():
        url = f"{slack.address}/client/socket?user={user}"
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            doing = asyncio.create_task(asyncio.to_thread(deed))
            async with asyncio.timeout(5):
                events = [await socket.receive_json() for _ in range(count)]
            await doing
            return events

    return asyncio.run(work())


def test_unread_marks_follow_what_was_read(slack, user):
    """Messages of others count until read, mentions apart; one's own and replies do not."""
    other = slack.person()
    channel = slack.channel(user, other)
    slack.client.chat_postMessage(channel=channel, text="one")
    head = slack.client.chat_postMessage(channel=channel, text=f"two <@{user}>")["ts"]
    slack.client.chat_postMessage(channel=channel, text="reply", thread_ts=head)
    last = slack.client.chat_postMessage(channel=channel, text="three <!here>")["ts"]
    entry = shown(slack, user, channel)
    assert (entry["unread"], entry["mentions"], entry["last_ts"]) == (3, 2, last)
    assert (shown(slack, other, channel)["unread"], shown(slack, other, channel)["mentions"]) == (3, 1)
    slack.post("/client/read", user=user, channel=channel, ts=head)
    assert shown(slack, user, channel)["unread"] == 1
    slack.post("/client/read", user=user, channel=channel, ts="0000000001.000000")
    assert shown(slack, user, channel)["last_read"] == head
    slack.post("/client/say", user=user, channel=channel, text="I read it all")
    assert shown(slack, user, channel)["unread"] == 0
    assert shown(slack, other, channel)["unread"] == 4


def test_a_direct_message_counts_as_a_mention(slack, user):
    """Every unread direct message calls its reader."""
    direct = slack.client.chat_postMessage(channel=user, text="hello")["channel"]
    assert (shown(slack, user, direct)["unread"], shown(slack, user, direct)["mentions"]) == (1, 1)


def test_a_page_sees_posts_at_once(slack, user, channel):
    """A post is pushed to the open page, then the channel's new mark."""
    events = watch(slack, user, lambda: slack.client.chat_postMessage(channel=channel, text="new"), 2)
    message, changed = events
    assert (message["type"], message["message"]["text"]) == ("message", "new")
    assert (changed["type"], changed["channel"]["unread"]) == ("channel_changed", 1)


def test_a_page_that_asks_is_told_everything_between_what_is_pushed(slack, user, channel):
    """The answer holds what was pushed before it, in one line with what is pushed after it."""

    async def work():
        url = f"{slack.address}/client/socket?user={user}"
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:

            async def post(text):
                await asyncio.to_thread(slack.client.chat_postMessage, channel=channel, text=text)

            await post("before")
            await socket.send_str("everything")
            events = [await socket.receive_json() for _ in range(3)]
            await post("after")
            return events + [await socket.receive_json() for _ in range(2)]

    events = asyncio.run(work())
    pushed = ["message", "channel_changed"]
    assert [event["type"] for event in events] == [*pushed, "everything", *pushed]
    told = next(each for each in events[2]["channels"] if each["id"] == channel)
    assert (events[1]["channel"]["unread"], told["unread"], events[4]["channel"]["unread"]) == (1, 1, 2)


def test_a_push_takes_milliseconds(slack, user, channel):
    """Half of the posts are on the page within 50 ms of being sent."""

    async def work():
        delays = []
        url = f"{slack.address}/client/socket?user={user}"
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            for _ in range(15):
                started = time.perf_counter()
                body = {"channel": channel, "text": "x", "token": "xoxb-1"}
                posting = asyncio.create_task(session.post(f"{slack.address}/api/chat.postMessage", json=body))
                await socket.receive_json()
                delays.append(time.perf_counter() - started)
                await socket.receive_json()
                (await posting).close()
        return statistics.median(delays)

    assert asyncio.run(work()) < 0.05


def test_a_page_sees_edits_deletions_and_threads(slack, user, channel):
    """Edits, deletions and the count of a thread's head are pushed."""
    ts = slack.client.chat_postMessage(channel=channel, text="a")["ts"]

    def deed():
        slack.client.chat_update(channel=channel, ts=ts, text="b")
        reply = slack.client.chat_postMessage(channel=channel, text="r", thread_ts=ts)["ts"]
        slack.client.chat_delete(channel=channel, ts=reply)

    kinds = [event["type"] for event in watch(slack, user, deed, 5)]
    assert kinds == ["message_changed", "message", "message_changed", "message_deleted", "message_changed"]


def test_nobody_else_sees_ephemerals_or_modals(slack, does, user):
    """What is for one person is pushed to that person's pages only."""
    other = slack.person()
    channel = slack.channel(user, other)
    view = {"type": "modal", "title": plain("T"), "blocks": [{"type": "divider"}]}
    does.on_command = lambda ack, command, client: (
        client.views_open(trigger_id=command["trigger_id"], view=view),
        ack("only you"),
    )

    def deed():
        slack.post("/client/command", user=user, channel=channel, text="/try")
        slack.client.chat_postMessage(channel=channel, text="everybody")

    assert watch(slack, other, deed, 1)[0]["message"]["text"] == "everybody"
    slack.post("/client/close", user=user, view_id=slack.views(user)[0]["id"])
    opened, private = watch(slack, user, deed, 2)
    assert (opened["type"], len(opened["stack"])) == ("view_opened", 1)
    assert (private["message"]["text"], private["message"]["ephemeral"]) == ("only you", True)


def test_messages_come_in_pages(slack, user, channel):
    """The newest page comes first, oldest message on top; `before` leads back."""
    times = [slack.client.chat_postMessage(channel=channel, text=str(n))["ts"] for n in range(5)]
    first = slack.get(f"/client/messages?user={user}&channel={channel}&limit=3")
    assert ([message["ts"] for message in first["messages"]], first["has_more"]) == (times[2:], True)
    before = f"/client/messages?user={user}&channel={channel}&limit=3&before={times[2]}"
    assert [message["ts"] for message in slack.get(before)["messages"]] == times[:2]
    reply = slack.post("/client/say", user=user, channel=channel, text="r", thread_ts=times[0])["ts"]
    thread = slack.messages(user, channel, f"&thread_ts={times[0]}")
    assert [message["ts"] for message in thread] == [times[0], reply]


def test_what_a_person_types_is_escaped(slack, user, channel):
    """Angle brackets are text, mentions stay mentions."""
    slack.post("/client/say", user=user, channel=channel, text="<b> & <@U1> <!here> <!nobody>")
    (message,) = slack.messages(user, channel)
    assert message["text"] == "&lt;b&gt; &amp; <@U1> <!here> &lt;!nobody&gt;"


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/client/say", {"channel": "C1", "text": "x"}, "The request lacks `user`."),
        ("/client/say", [], "The request must be a JSON object."),
        ("/control/clock", {"to": "soon"}, "Give `to` as an ISO date and time"),
        ("/control/clock", {"to": "2030-01-01T00:00:00"}, "Give `to` as an ISO date and time"),
        ("/control/clock", {"by_days": 10**9}, "at most 10 years at a time, and not beyond the year 2060."),
        ("/control/clock", {}, "The request lacks `to`."),
        ("/control/workspace", {"users": "all"}, "`users` must be a list of objects."),
        ("/control/welcome", {"channel": "C404", "text": "x"}, "There is no channel C404."),
    ],
)
def test_a_malformed_request_gets_a_sentence(slack, path, body, sentence):
    """Bad input is answered with 400 and one sentence."""
    status, answer = slack.send(path, body)
    assert status == 400
    assert sentence in answer["error"]


def test_nobody_acts_as_a_bot(slack, channel):
    """The app's own user and an unknown one cannot be acted as."""
    for user in ("UBOT", "U404"):
        status, answer = slack.send("/client/say", {"user": user, "channel": channel, "text": "x"})
        assert (status, f"There is no person {user}" in answer["error"]) == (404, True)


def test_pins_stay_in_sight(slack, user, channel):
    """A pinned message comes with every page of its channel, however old it is."""
    ts = slack.client.chat_postMessage(channel=channel, text="pinned")["ts"]
    slack.client.pins_add(channel=channel, timestamp=ts)
    slack.client.chat_postMessage(channel=channel, text="newer")
    page = slack.get(f"/client/messages?user={user}&channel={channel}&limit=1")
    assert [message["text"] for message in page["messages"]] == ["newer"]
    assert [message["text"] for message in page["pinned"]] == ["pinned"]


def test_a_page_hears_when_the_app_comes_and_goes(serving, connected):
    """The first connection and the loss of the last one are pushed."""
    with serving() as slack:

        def deed():
            with connected(slack):
                pass

        events = watch(slack, slack.person(), deed, 2)
        assert [event["type"] for event in events] == ["workspace_changed"] * 2


def test_the_page_itself_is_served_fresh(slack):
    """The page's files come with no-cache, so that an edit shows at once."""

    async def work():
        async with aiohttp.ClientSession() as session, session.get(f"{slack.address}/") as response:
            return response.status, response.headers["Cache-Control"], response.content_type

    assert asyncio.run(work()) == (200, "no-cache", "text/html")


def test_setting_up_twice_changes_nothing(slack, user, channel):
    """Workspace, app and welcome may be set again; the welcome is one pinned message."""
    welcome = {"channel": channel, "text": "*Welcome*", "blocks": [{"type": "divider"}]}
    first = slack.post("/control/welcome", **welcome)["ts"]
    assert slack.post("/control/welcome", **welcome)["ts"] == first
    slack.set_up()
    (message,) = slack.messages(user, channel)
    assert message["pinned"]
    assert shown(slack, user, channel)["unread"] == 0
    slack.post("/control/welcome", **welcome | {"text": "new"})
    assert [entry["text"] for entry in slack.messages(user, channel)] == ["new"]


def test_the_clock_moves_ahead_only(serving):
    """The clock jumps, timestamps follow it, and back it goes only by force."""
    with serving() as slack:
        user = slack.person()
        channel = slack.channel(user)
        start = datetime.fromisoformat(slack.get("/control/clock")["now"])
        assert abs(start - datetime.fromtimestamp(time.time(), UTC)) < timedelta(seconds=5)
        moved = slack.post("/control/clock", by_days=30)
        assert timedelta(days=29.9) < datetime.fromisoformat(moved["now"]) - start < timedelta(days=30.1)
        assert moved["moved"] == 1
        late = slack.client.chat_postMessage(channel=channel, text="x")["ts"]
        assert float(late) > start.timestamp() + 29 * 86_400
        status, answer = slack.send("/control/clock", {"to": "2020-01-01T00:00:00+00:00"})
        assert (status, "never goes backwards" in answer["error"]) == (400, True)
        forced = slack.post("/control/clock", to="2020-01-01T00:00:00+00:00", force=True)
        assert forced["now"].startswith("2020-01-01T00:00:0")
        assert slack.client.chat_postMessage(channel=channel, text="y")["ts"] > late


def test_the_clock_stays_within_reach(serving):
    """A move of more than ten years, or beyond 2060, or before 2000, is refused in one sentence; it stands still."""
    too_far = "The clock moves at most 10 years at a time, and not beyond the year 2060."
    with serving() as slack:
        slack.post("/control/clock", to="2026-11-23T09:00:00-05:00", force=True)
        for body in (
            {"to": "9999-12-31T23:59:59-14:00"},
            {"to": "9999-12-31T23:59:59+14:00", "force": True},
            {"to": "2037-01-01T00:00:00+00:00"},
            {"by_days": 3661},
            {"by_days": float("inf")},
        ):
            status, answer = slack.send("/control/clock", body)
            assert (status, answer["error"]) == (400, too_far)
        status, answer = slack.send("/control/clock", {"to": "0001-01-01T00:00:00+14:00", "force": True})
        assert (status, answer["error"]) == (400, "The clock does not go back beyond the year 2000.")
        assert slack.get("/control/clock")["now"].startswith("2026-11-23T14:00")
        for year in (2036, 2046, 2056):
            slack.post("/control/clock", to=f"{year}-11-23T09:00:00+00:00")
        status, answer = slack.send("/control/clock", {"to": "2061-01-01T00:00:00+00:00"})
        assert (status, answer["error"]) == (400, too_far)
        assert slack.post("/control/clock", to="2060-12-31T00:00:00+00:00")["now"].startswith("2060-12-31")


def test_timestamps_are_unique_and_increasing(slack, channel):
    """Many posts in one moment have different, growing timestamps."""
    times = [slack.client.chat_postMessage(channel=channel, text="x")["ts"] for _ in range(20)]
    assert times == sorted(set(times))


def test_the_record_tells_everything_in_order(slack, user, channel):
    """Posts, updates, deletions and ephemerals are recorded as they were sent."""
    since = slack.get("/control/status")["recorded"]
    blocks = [{"type": "divider"}]
    metadata = {"event_type": "e", "event_payload": {"k": 1}}
    post = {"channel": channel, "text": "a", "blocks": blocks, "metadata": metadata}
    ts = slack.client.chat_postMessage(**post)["ts"]
    slack.client.chat_update(channel=channel, ts=ts, text="b")
    slack.client.chat_postEphemeral(channel=channel, user=user, text="c")
    slack.client.chat_delete(channel=channel, ts=ts)
    entries = slack.get(f"/control/record?since={since}")
    assert [(entry["kind"], entry["text"]) for entry in entries] == [
        ("post", "a"),
        ("update", "b"),
        ("ephemeral", "c"),
        ("delete", "b"),
    ]
    first = entries[0]
    assert (first["blocks"], first["metadata"], first["channel"], first["ts"]) == (blocks, metadata, channel, ts)
    assert entries[2]["user"] == user


def test_a_restart_shows_the_same_workspace(serving, tmp_path):
    """Channels, messages, read marks, Home and the clock outlive the process."""
    with serving(tmp_path / "state") as slack:
        user = slack.person()
        channel = slack.channel(user)
        one = slack.client.chat_postMessage(channel=channel, text="one")["ts"]
        slack.client.chat_postMessage(channel=channel, text="reply", thread_ts=one)
        gone = slack.client.chat_postMessage(channel=channel, text="gone")["ts"]
        slack.client.chat_delete(channel=channel, ts=gone)
        slack.client.chat_postMessage(channel=channel, text="two")
        slack.client.chat_postEphemeral(channel=channel, user=user, text="psst")
        slack.client.views_publish(user_id=user, view={"type": "home", "blocks": [{"type": "divider"}]})
        slack.post("/client/read", user=user, channel=channel, ts=one)
        slack.post("/control/clock", by_days=100)
        time.sleep(0.5)
        before = slack.messages(user, channel), shown(slack, user, channel)
        home = slack.post("/client/open_home", user=user)["view"]
    with serving(tmp_path / "state") as slack:
        assert (slack.messages(user, channel), shown(slack, user, channel)) == before
        assert slack.post("/client/open_home", user=user)["view"] == home
        assert slack.get("/control/clock")["moved"] == 1
        ahead = datetime.fromisoformat(slack.get("/control/clock")["now"]).timestamp() - time.time()
        assert 99 * 86_400 < ahead < 101 * 86_400
        replies = slack.client.conversations_replies(channel=channel, ts=one)["messages"]
        assert [message["text"] for message in replies] == ["one", "reply"]
        assert slack.client.chat_postMessage(channel=channel, text="three")["ts"] > before[1]["last_ts"]


@contextmanager
def process(*arguments):
    """Start the server as its own process, which does not outlive the test."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as started:  # noqa: S603
        try:
            yield started
        finally:
            started.kill()


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_the_process_stops_cleanly_and_saves(tmp_path, name, serving):
    """On either signal the process saves, says nothing more and ends with 0."""
    state = tmp_path / "folder" / "state"
    with process("--state", str(state)) as server:
        address = server.stderr.readline().rsplit(" ", 1)[1].strip()
        asyncio.run(create_person(address))
        server.send_signal(name)
        assert server.wait(5) == 0
        assert server.stderr.read() == ""
    with serving(state) as slack:
        assert slack.client.users_info(user="UKEPT")["user"]["name"] == "kept"


async def create_person(address):
    """Put a person into the workspace at an address."""
    body = {"users": [{"id": "UKEPT", "name": "kept"}]}
    async with aiohttp.ClientSession() as session, session.post(f"{address}/control/workspace", json=body) as done:
        assert done.status == 200


def test_a_foreign_state_file_is_refused(tmp_path):
    """A file of another kind is left alone, and one sentence says so."""
    state = tmp_path / "state"
    state.write_text("my shopping list, which is long enough to look like a file of some kind" * 20)
    with process("--state", str(state)) as server:
        assert server.wait(10) == 1
        said = server.stderr.read()
    assert said.startswith(f"The state file {state} cannot be used:")
    assert said.count("\n") == 1
    assert state.read_text().startswith("my shopping list")
