"""Links to addresses of our own: the name of a calendar below the message, and nothing of what stands in it."""

from __future__ import annotations

import time
from itertools import count

import pytest
from slack_sdk import WebClient

from bot.app import build_app
from bot.http_mode import listening
from bot.manifest import manifest, registered
from cli import main
from models.calendars import CalendarFeed
from models.deliveries import Delivery
from models.offices import Person as Known
from operations.calendars.make_address import hash_of
from tests.bot.slack import PATIENCE, words
from tests.bot.world import APP, CALENDARS
from tests.operations.conftest import NOW

SECRET = "e" * 32
NUMBERS = count(1)


@pytest.fixture(params=["socket", "http"])
def way(request, slack, world):
    """How events reach the bot."""
    if request.param == "socket":
        yield request.param
        return
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    app = build_app(client, world, lambda: world.now, SECRET, deliveries=world.deliveries, calendars=CALENDARS)
    with listening(app, "127.0.0.1", 0, at_once=4) as where:
        slack.post("/control/app", **APP, request_url=f"http://{where}/slack/events", signing_secret=SECRET)
        yield request.param
        slack.post("/control/app", **APP)
    app.listener_runner.listener_executor.shutdown()


@pytest.fixture
def feed(records):
    """Put an address of somebody's on record; give its token."""

    def make(slack_id="UADA", **what):
        token = f"{next(NUMBERS):064x}"
        person = records.query(Known).filter_by(slack_id=slack_id).one()
        records.add(CalendarFeed(person_id=person.id, token_hash=hash_of(token), made_at=NOW, **what))
        records.commit()
        return token

    return make


def address(token):
    """Return the address of a calendar."""
    return f"{CALENDARS}calendar/{token}.ics"


@pytest.fixture
def shared(slack, ada, rows):
    """Let Ada write a message in a channel, one of its links to a domain of ours; give the cards below it."""

    def write(*urls, channel="C0AREA"):
        known, ada.channel = len(rows(Delivery)), channel
        ts = ada.says(f"Look at {' '.join(urls)}")
        until = time.monotonic() + PATIENCE
        while not all(ended := [row.done for row in rows(Delivery)]) or len(ended) == known:
            assert time.monotonic() < until
            time.sleep(0.02)
        return ts, cards(slack, ada)

    return write


def cards(slack, ada):
    """Return the cards that were put below links since Ada's last message."""
    return [entry["unfurls"] for entry in slack.record(ada.mark) if entry["kind"] == "unfurl"]


def test_a_link_to_a_calendar_gets_its_name_and_nothing_else(way, ada, feed, records, rows):
    """Below the message stands of what the calendar is and that its address is private; it was not fetched for it."""
    token = feed(office_id=records.office("0317300").id)
    ts = ada.says(f"Ours: {address(token)}, and https://osha.example/x, {CALENDARS}healthz")
    told = ada.reads("unfurl")
    ((url, card),) = told["unfurls"].items()
    assert url == address(token)
    assert words(card["blocks"]).startswith("*Calendar: Wilmington Area Office*\nWhoever has this address reads")
    assert card["fallback"].startswith("Calendar: Wilmington Area Office. Whoever has this address")
    assert token not in str(card)
    (shown,) = [m for m in messages(ada) if m["ts"] == ts]
    assert [one["from_url"] for one in shown["attachments"]] == [url]
    assert [row.fetched_at for row in rows(CalendarFeed)] == [None]


def messages(person):
    """Return what stands in a person's channel."""
    return person.slack.get(f"/client/messages?user={person.id}&channel={person.channel}")["messages"]


def test_an_own_calendar_and_an_alliance_are_named_harmlessly(ada, feed, records):
    """What an alliance is called calls nobody; a person's own calendar is called after the person."""
    tokens = [feed(alliance_id=records.of("Roofing <").id), feed("URITA")]
    ada.says(" ".join(map(address, tokens)))
    texts = [card["fallback"] for card in ada.reads("unfurl")["unfurls"].values()]
    assert texts[0].startswith("Calendar: Roofing &lt;!channel&gt; &amp; Sons. ")
    assert texts[1].startswith("Calendar: Rita Regional. ")


def test_what_is_not_served_is_left_alone(shared, feed, records, slack, ada):
    """Stopped, never made, of somebody who may not have it any more, in another form, of another host: no card."""
    area = records.office("0317300").id
    stopped = feed(office_id=area, stopped_at=NOW, stopped_by="Ada Coordinator")
    elsewhere = feed(office_id=records.office("OSHA-NO").id)
    good = feed()
    odd = [
        address("f" * 64),
        address(stopped),
        address(elsewhere),
        address(good).replace("https:", "http:"),
        address(good).replace("example.gov", "example.gov.example.com"),
        address(good).replace("https://", "https://alliances.example.gov@evil.example/"),
        address(good).replace(".gov", ".gov:444"),
        address("A" * 64),
        f"{address(good)}/more",
        f"{CALENDARS}slack/events",
        "https://[::1",
    ]
    ts, shown = shared(*odd)
    assert shown == []
    # Nor where Slack tells of a link that is none of ours, or that nobody can read.
    links = [{"url": url, "domain": "alliances.example.gov"} for url in odd]
    event = {"type": "link_shared", "user": "UADA", "channel": ada.channel, "message_ts": ts, "links": links}
    body = {"type": "event_callback", "team_id": "T1", "event_id": "EvOdd", "event": event}
    assert slack.post("/control/deliver", kind="events_api", payload=body)["ok"]
    assert cards(slack, ada) == []
    assert [list(card) for card in shared(*odd, address(good))[1]] == [[address(good)]]


def test_who_reads_in_another_workspace_is_told_nothing(shared, feed, slack):
    """In a channel that is shared with another workspace no link gets a card."""
    shown = {"id": "C0BOTH", "name": "both", "members": ["UADA", "UBOT"]}
    slack.post("/control/workspace", channels=[shown | {"is_ext_shared": True}])
    token = feed()
    assert shared(address(token), channel="C0BOTH")[1] == []
    slack.post("/control/workspace", channels=[shown | {"is_ext_shared": False}])
    assert len(shared(address(token), channel="C0BOTH")[1]) == 1


def test_slack_is_told_of_the_domain_that_is_served(monkeypatch, capsys):
    """It stands in the manifest where it is a domain of the web; the local Slack takes any."""
    assert manifest(None, CALENDARS)["features"]["unfurl_domains"] == ["alliances.example.gov"]
    for local in (None, "http://127.0.0.1:8480/", "http://localhost:8480/", "http://[::1]:8480/"):
        assert "unfurl_domains" not in manifest(None, local)["features"]
    assert registered("http://127.0.0.1:8480/")["unfurl_domains"] == ["127.0.0.1"]
    monkeypatch.setenv("CALENDAR_ADDRESS", "127.0.0.1:8480")
    monkeypatch.setenv("CALENDAR_URL", CALENDARS)
    assert main.run(["manifest"]) == 0
    assert '"unfurl_domains": [\n      "alliances.example.gov"' in capsys.readouterr().out
