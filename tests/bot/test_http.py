"""HTTP mode: the same app behind a web server, with the local Slack signing what it sends."""

from __future__ import annotations

import json
import time
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from structlog.testing import capture_logs

from bot.app import build_app
from bot.http_mode import listening
from models.deliveries import Delivery
from models.homes import Home
from models.work import Meeting
from sandbox.request_url import signed
from tests.bot.meeting import meeting
from tests.bot.slack import PATIENCE, STEPS, Person
from tests.bot.world import APP

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture(scope="module")
def server(slack, world):
    """The app behind a web server."""
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    app = build_app(client, world, lambda: world.now, SECRET, deliveries=world.deliveries)
    with listening(app, "127.0.0.1", 0, at_once=4, unready=lambda: world.unready) as where:
        yield f"http://{where}"


@pytest.fixture
def address(server, slack):
    """Its address, to which the local Slack sends everything during the test."""
    slack.post("/control/app", **APP, request_url=f"{server}/slack/events", signing_secret=SECRET)
    yield server
    slack.post("/control/app", **APP)


def asks(address, path, body=None, headers=None):
    """Ask the bot's web server; return the status and the words."""
    request = Request(address + path, body, headers or {})  # noqa: S310  # our own server
    try:
        with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  # the same
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def command(text="due", trigger="1.2.abc"):
    """Return the body of a command as Slack posts it."""
    typed = {"command": "/alliance", "text": text, "user_id": "UADA", "user_name": "ada", "channel_id": "C0AREA"}
    return urlencode({**typed, "team_id": "T1", "trigger_id": trigger}).encode()


def posts(address, body, headers):
    """Post to where Slack posts."""
    return asks(address, "/slack/events", body, headers)


def test_a_meeting_is_recorded_over_http(address, ada, rows):
    """From the command to the form, a wrong day at its field, the record, the answer and its Undo."""
    before = {row.id for row in rows(Delivery)}
    ada.opens("/alliance meeting plaza")
    assert "is still to come" in ada.sends(**meeting(on="2026-11-24"))["errors"]["on"]
    assert ada.sends(**meeting())["response_action"] == "close"
    told = ada.reads()
    assert "team meeting held by teleconference on Friday, November 20, 2026." in told["text"]
    ada.presses(told, "undo:record")
    assert "no longer counts" in ada.reads("update")["text"]
    assert [m.withdrawn_at is None for m in rows(Meeting)] == [False]
    came = [row for row in rows(Delivery) if row.id not in before]
    assert len(came) == 4
    assert all(row.done and row.signature for row in came)


def test_searches_shortcuts_and_home_come_over_http(address, ada, slack):
    """What is typed into a searched field, the shortcuts and the Home tab are answered, too."""
    ada.opens("/alliance meeting")
    assert ada.searches("alliance", "plaza") == ["La Plaza Alliance"]
    ada.closes()
    slack.post("/client/shortcut", user="UADA", callback_id="record_activity")
    assert ada.modal()["callback_id"] == "record_activity"
    slack.post("/client/open_home", user="UADA")
    assert ada.reads("home")


def test_only_slacks_own_signature_opens_the_door(address, sample_engine, rows):
    """A request that is not signed, signed with another secret, changed, or signed long ago is refused."""
    body, now = command(), int(time.time())
    good = signed(SECRET, body, now)
    odd = [
        {},
        signed("another secret", body, now),
        signed(SECRET, command("due all"), now),
        signed(SECRET, body, now - 301),
        signed(SECRET, body, now + 900),
        good | {"X-Slack-Request-Timestamp": "soon"},
        good | {"X-Slack-Request-Timestamp": str(now - 1)},
        good | {"X-Slack-Request-Timestamp": "9" * 400},
        good | {"X-Slack-Signature": "v0=é"},
        good | {"X-Slack-Signature": good["X-Slack-Signature"].upper()},
    ]
    assert [posts(address, body, headers)[0] for headers in odd] == [401] * len(odd)
    assert "1.2.abc" not in {row.id for row in rows(Delivery)}
    assert posts(address, body, good)[0] == 200


def test_a_signed_request_is_good_once(address, sample_engine, rows):
    """The same request with the same signature is refused; signed anew it is Slack's, and nothing is done again."""
    body, now = command(trigger="1.2.once"), int(time.time())
    first = signed(SECRET, body, now - 1)
    assert "open duties" in posts(address, body, first)[1]
    assert posts(address, body, first)[0] == 401
    again = signed(SECRET, body, now) | {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert posts(address, body, again) == (200, "")
    assert [row.signature for row in rows(Delivery) if row.id == "1.2.once"] == [first["X-Slack-Signature"]]


def test_how_often_slack_says_it_tried_counts_for_nothing(address, sample_engine):
    """What comes first with a retry header is worked on: the delivery before it never arrived."""
    body = command(trigger="1.2.late")
    headers = signed(SECRET, body, int(time.time())) | {"X-Slack-Retry-Num": "3"}
    assert "open duties" in posts(address, body, headers)[1]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"payload={", b"payload=[]", b"[1]", b"payload=7", b"\xff\xfe", b"x" * 70_000, b'{"team": 7}']
)
def test_what_cannot_be_read_is_refused_in_one_word(address, sample_engine, body):
    """Signed or not, nonsense is no error of ours."""
    headers = signed(SECRET, body, int(time.time()))
    assert posts(address, body, headers)[0] in {400, 401}


def test_slack_can_check_the_address(address, sample_engine):
    """Slack's challenge comes back, as it wants before it takes an address."""
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB"}).encode()
    headers = signed(SECRET, body, int(time.time())) | {"Content-Type": "application/json"}
    status, said = posts(address, body, headers)
    assert (status, json.loads(said)) == (200, {"challenge": "3eZbrw1aB"})


def test_slack_can_check_the_certificate(address, sample_engine):
    """Unsigned, as a form or in the address: it is answered, and nothing is done."""
    assert posts(address, b"ssl_check=1&token=x", {}) == (200, "")
    assert posts(address, b"token=x&ssl_check=1", {}) == (200, "")
    assert asks(address, "/slack/events?ssl_check=1&token=x") == (200, "")
    assert posts(address, command("due&ssl_check=1"), {})[0] == 401


def test_the_word_payload_is_a_word_as_any_other(address, slack, ada):
    """Typed after a command it is looked for; in somebody's name it keeps nothing from being answered."""
    assert "payload" in ada.asks("/alliance payload")["text"]
    slack.post("/control/workspace", users=[{"id": "UADA", "name": "payload"}])
    try:
        assert STEPS in ada.asks("/alliance procedure plaza", telling=STEPS)["text"]
    finally:
        slack.post("/control/workspace", users=[{"id": "UADA", "name": "ada"}])


def test_an_event_that_failed_is_worked_on_when_slack_delivers_it_again(address, slack, ada, records):
    """Nobody can be told that Home was not shown: Slack is told, and tries again."""
    event = {"type": "app_home_opened", "user": "UADA", "tab": "home", "channel": "D1"}
    body = json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "EvFails", "event": event}).encode()

    def delivered(at: int) -> int:
        headers = signed(SECRET, body, int(time.time()) - at) | {"Content-Type": "application/json"}
        return posts(address, body, headers)[0]

    slack.post("/control/faults", on="views.publish", what="error", error="internal_error", times=1)
    assert delivered(3) == 500
    first = records.get_one(Delivery, "EvFails")
    assert not first.done
    assert delivered(2) == 409
    first.at = first.at.replace(year=2020)
    records.commit()
    assert delivered(1) == 200
    assert ada.reads("home")
    records.refresh(first)
    assert first.done


@pytest.mark.parametrize("way", ["socket", "http"])
def test_what_nobody_listens_for_is_acknowledged_each_time(request, slack, sample_engine, way):
    """An event that means nothing to the bot is done with the first time, and not waited for."""
    if way == "http":
        request.getfixturevalue("address")
    body = {"type": "event_callback", "team_id": "T1", "event_id": f"EvNothing{way}", "event": {"type": "pin_added"}}
    # Sent in the same second, the very same would have its old signature.
    again = ({**body, "event_time": time} for time in (1, 2))
    said = [slack.post("/control/deliver", kind="events_api", payload=each) for each in again]
    assert [each["ok"] for each in said] == [True, True]


def test_home_of_nobody_is_one_line_in_the_log(slack, rows, sample_engine):
    """Slack has no such person: it is told that all is done, and nobody is remembered."""
    event = {"type": "app_home_opened", "user": "U9ELSEWHERE", "tab": "home", "channel": "D1"}
    body = {"type": "event_callback", "team_id": "T1", "event_id": "EvOfNobody", "event": event}
    with capture_logs() as lines:
        assert slack.post("/control/deliver", kind="events_api", payload=body)["ok"]
    assert [(line["log_level"], line["event"]) for line in lines] == [("warning", "nobody has this Home tab")]
    assert "U9ELSEWHERE" not in {row.slack_id for row in rows(Home)}


def test_a_person_is_told_when_the_database_is_away(address, ada, world, rows, monkeypatch):
    """Not even that something was asked can be noted: that is one sentence; afterwards the same form is recorded."""
    ada.opens("/alliance meeting plaza")
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with monkeypatch.context() as patched:
        patched.setattr(world, "make", sessionmaker(away))
        assert "nothing was recorded" in str(ada.sends(**meeting())["errors"])
        assert "nothing was recorded" in Person(ada.slack, "UADA", ada.channel).asks("/alliance due")["text"]
    away.dispose()
    assert ada.sends(**meeting())["response_action"] == "close"
    assert len(rows(Meeting)) == 1


def test_a_request_that_is_too_large_is_not_read(address, sample_engine):
    """Nobody fills the memory of the bot."""
    body = b"a" * 4_100_000
    assert posts(address, body, signed(SECRET, body, int(time.time())))[0] == 413


def test_the_server_tells_how_it_does(address, world, sample_engine, monkeypatch):
    """The process lives; it is ready, or says what is missing; its figures are there; anything else is not."""
    assert asks(address, "/healthz") == asks(address, "/livez") == (200, "ok\n")
    assert asks(address, "/readyz") == (200, "ok\n")
    monkeypatch.setattr(world, "unready", "the database cannot be reached")
    assert asks(address, "/readyz") == (503, "the database cannot be reached\n")
    posts(address, b"", {})
    assert 'alliance_slack_request_seconds_count{status="401"}' in asks(address, "/metrics")[1]
    assert asks(address, "/slack/install")[0] == 404
    assert asks(address, "/slack/events")[0] == 405


@pytest.mark.parametrize("way", ["socket", "http"])
@pytest.mark.parametrize("fault", ["twice", "redeliver"])
def test_what_slack_delivers_again_is_done_once(request, slack, ada, fault, way):
    """A command that comes twice opens one form, over Socket Mode as over HTTP; nobody is told of an error."""
    if way == "http":
        request.getfixturevalue("address")
    slack.post("/control/faults", on="slash_commands", what=fault, times=1)
    ada.opens("/alliance meeting plaza")
    # What comes after the second delivery shows that it came to nothing.
    assert ada.sends(**meeting())["response_action"] == "close"
    assert "team meeting held" in ada.reads()["text"]
    said = [each["text"] for each in slack.record(ada.mark) if each["kind"] == "ephemeral"]
    assert len(said) == 1


def test_what_was_left_undone_is_worked_on_when_it_comes_again(address, sample_engine, records, world):
    """A bot that was killed at work had noted the delivery; half a minute later the next one counts."""
    body = command(trigger="1.2.killed")
    records.merge(Delivery(id="1.2.killed", done=False, signature=None, at=world.now.replace(year=2020)))
    records.commit()
    assert "open duties" in posts(address, body, signed(SECRET, body, int(time.time())))[1]
