from __future__ import annotations

import asyncio
import re
import time
from contextlib import contextmanager

import aiohttp
import pytest
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse

from sandbox.socket_mode import ACK_LIMIT


class App:
    """An app that notes each envelope and acknowledges it, `slow` seconds later.

    It takes a connection for dead, and makes another, when no pong came for four times `ping_interval` seconds.
    """

    def __init__(self, slack, ping_interval=5.0):
        self.seen, self.slow = [], 0.0
        self.client = SocketModeClient("xapp-test", web_client=slack.client, ping_interval=ping_interval)
        self.client.socket_mode_request_listeners.append(self.take)

    def take(self, client, request):
        """Take one envelope."""
        self.seen.append(request)
        time.sleep(self.slow)
        client.send_socket_mode_response(SocketModeResponse(request.envelope_id))


@pytest.fixture(scope="module")
def whole(serving):
    """Give a local Slack that only these tests break."""
    with serving(retry_after=(0.0,)) as server:
        yield server


@pytest.fixture
def broken(whole):
    """Give it with nothing broken yet and nothing recorded."""
    whole.hub.record.clear()
    yield whole
    whole.send("/control/faults", None, method="DELETE")
    whole.hub.link.ack_limit = ACK_LIMIT


@pytest.fixture(scope="module")
def one_app(whole):
    """Give the app that lives in it."""
    app = App(whole)
    app.client.connect()
    yield app
    app.client.close()


@contextmanager
def connected(serving, wait_for, ping_interval):
    """Give a local Slack of the test's own and an app in it."""
    with serving() as slack:
        app = App(slack, ping_interval)
        app.client.connect()
        wait_for(lambda: connections(slack) == 1)
        yield slack, app
        app.client.close()


@pytest.fixture
def cut_off(serving, wait_for):
    """Give an app that soon notices when its connection is gone."""
    with connected(serving, wait_for, ping_interval=0.2) as both:
        yield both


@pytest.fixture
def app(broken, one_app, wait_for):
    """Give the app, connected, with nothing seen yet."""
    wait_for(lambda: connections(broken) == 1)
    one_app.seen.clear()
    one_app.slow = 0.0
    return one_app


@pytest.fixture
def person(broken):
    """Give somebody who runs commands."""
    return broken.person()


@pytest.fixture
def command(broken, person):
    """Give the means to run a command there."""
    room = broken.channel(person)
    return lambda: broken.post("/client/command", user=person, channel=room, text="/try")


def connections(slack):
    """Return how many connections the app has."""
    return slack.get("/control/status")["connections"]


def recorded(slack, kind):
    """Return the lines of one kind in the record."""
    return [entry for entry in slack.get("/control/record") if entry["kind"] == kind]


def comes_back(slack, wait_for):
    """Wait until commands are answered again."""
    person = slack.person()
    room = slack.channel(person)
    wait_for(lambda: slack.post("/client/command", user=person, channel=room, text="/try") == {"ok": True}, 10)


def test_cut_connections_are_made_anew(cut_off, wait_for):
    """All sockets are cut without a word; Slack's client comes back by itself and commands work."""
    slack, app = cut_off
    comes_back(slack, wait_for)
    old = app.client.session_id()
    assert slack.post("/control/sockets", do="drop") == {"ok": True}
    wait_for(lambda: app.client.session_id() != old, 10)
    comes_back(slack, wait_for)


# Slack's client forgets to close the socket of a refused connection; that is not ours to mend.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_connections_are_refused_for_a_while(cut_off, wait_for):
    """A client that was cut off tries again and again while connections are refused, and then comes back."""
    slack, _ = cut_off
    person = slack.person()
    slack.post("/control/faults", what="refuse", times=2)
    slack.post("/control/sockets", do="drop")
    wait_for(lambda: connections(slack) == 0)
    answer = slack.post("/client/command", user=person, channel=slack.channel(person), text="/try")
    assert answer["error"] == '/try failed with the error "dispatch_failed": no app is connected.'
    comes_back(slack, wait_for)
    said = [entry["text"] for entry in recorded(slack, "fault")]
    assert said == ["connections: drop", *["a connection of the app was refused"] * 2]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_slack_asks_the_app_to_reconnect(serving, reason):
    """The connection hears why it will end, still brings envelopes, and ends after the notice."""
    with serving() as slack:
        slack.hub.link.notice = 0.3
        person = slack.person()
        body = {"user": person, "channel": slack.channel(person), "text": "/try"}

        async def work():
            async with aiohttp.ClientSession() as session:
                url = (await asyncio.to_thread(slack.client.apps_connections_open, app_token="xapp-1"))["url"]
                async with session.ws_connect(url) as socket:
                    assert (await socket.receive_json())["type"] == "hello"
                    await asyncio.to_thread(slack.post, "/control/sockets", do=reason)
                    said = await socket.receive_json()
                    running = asyncio.create_task(asyncio.to_thread(slack.send, "/client/command", body))
                    envelope = await socket.receive_json()
                    await socket.send_json({"envelope_id": envelope["envelope_id"]})
                    return said, (await running)[1], (await socket.receive()).type

        said, answer, end = asyncio.run(work())
    assert said == {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}
    assert (answer, end) == ({"ok": True}, aiohttp.WSMsgType.CLOSE)


def test_slacks_client_follows_a_warning(serving, wait_for):
    """Slack's client opens a new connection at once and the app goes on."""
    with connected(serving, wait_for, ping_interval=5.0) as (slack, app):
        old = app.client.session_id()
        slack.post("/control/sockets", do="warning")
        wait_for(lambda: app.client.session_id() != old, 5)
        comes_back(slack, wait_for)


def test_an_envelope_comes_twice(broken, app, command, wait_for):
    """Both copies are the same envelope; the person is answered once."""
    broken.post("/control/faults", what="twice", on="slash_commands", times=1)
    assert command() == {"ok": True}
    wait_for(lambda: len(app.seen) == 2)
    assert app.seen[0].envelope_id == app.seen[1].envelope_id
    assert command() == {"ok": True}
    assert len(app.seen) == 3


def test_an_acknowledged_envelope_comes_again(broken, app, command, wait_for):
    """A re-delivery has the same id and payload and says that it is one, as often as it is asked for."""
    broken.post("/control/faults", what="redeliver", times=1)
    assert command() == {"ok": True}
    wait_for(lambda: len(app.seen) == 2)
    assert broken.post("/control/sockets", do="redeliver", kind="slash_commands") == {"ok": True}
    wait_for(lambda: len(app.seen) == 3)
    assert len({request.envelope_id for request in app.seen}) == 1
    assert all(request.payload == app.seen[0].payload for request in app.seen)
    retries = [(request.retry_attempt, request.retry_reason) for request in app.seen]
    assert retries == [(None, None), (1, "timeout"), (2, "timeout")]
    assert recorded(broken, "late_ack") == []


def test_there_may_be_nothing_to_deliver_again(serving):
    """Without an envelope, or with a wrong wish, one sentence says so."""
    with serving() as slack:
        assert slack.post("/control/sockets", do="redeliver")["error"] == "Nothing was sent to the app yet."
        assert slack.post("/control/sockets", do="dance")["error"].startswith("`do` must be one of drop,")
        assert slack.post("/control/sockets", do="redeliver", kind="x")["error"].startswith("`kind` must be one of")


def test_an_acknowledgement_is_made_late(broken, app, command, wait_for):
    """The app was in time, but the person is told that it was not, and the record says how late it counted."""
    broken.hub.link.ack_limit = 0.3
    broken.post("/control/faults", what="late_ack", on="slash_commands", times=1)
    assert 'error "operation_timeout"' in command()["error"]
    assert len(app.seen) == 1
    (late,) = wait_for(lambda: recorded(broken, "late_ack"))
    assert late["envelope_id"] == app.seen[0].envelope_id
    said = r"slash_commands was acknowledged after \d+\.\d s; Slack had given up after 0\.3 s"
    assert re.fullmatch(said, late["text"])
    assert command() == {"ok": True}


def test_an_event_acknowledged_late_comes_again(broken, app, person, wait_for):
    """Slack takes a late acknowledgement for none and re-delivers the event."""
    broken.hub.link.ack_limit = 0.3
    broken.post("/control/faults", what="late_ack", on="events_api", times=1)
    broken.post("/client/open_home", user=person)
    wait_for(lambda: len(app.seen) == 2)
    assert [request.retry_attempt for request in app.seen] == [0, 1]
    assert app.seen[0].payload["event_id"] == app.seen[1].payload["event_id"]
    (late,) = wait_for(lambda: recorded(broken, "late_ack"))
    assert late["envelope_id"] == app.seen[0].envelope_id


def test_a_slow_app_is_found_out(broken, app, command, wait_for):
    """Without any fault the record names each acknowledgement that came after Slack had given up."""
    broken.hub.link.ack_limit = 0.2
    app.slow = 0.5
    assert 'error "operation_timeout"' in command()["error"]
    (late,) = wait_for(lambda: recorded(broken, "late_ack"))
    assert late["envelope_id"] == app.seen[0].envelope_id
