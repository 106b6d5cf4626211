"""Several workspaces: what a worker posts goes out with the token of the workspace where it belongs."""

from __future__ import annotations

from dataclasses import replace

import pytest
import redis

from bot.manifest import registered
from bot.publish_home import publish_home
from models.duties import Message, NoticeStatus
from models.offices import Office, Person
from models.workspaces import SlackId, Workspace
from operations.remind.check_rules import check_rules
from operations.remind.fold_messages import fold_messages
from tests.bot.installing import OAUTH, TEAMS, install, workspaces_at
from tests.workers.conftest import NOW, TODAY
from workers.deliver import BATCH, deliver_together
from workers.homes import publish_one
from workers.pacer import POST, Pacer


@pytest.fixture
def town(slack):
    """Two workspaces, each with a channel and a person."""
    users = [{"id": id, "name": id.lower(), "team": team} for id, team in (("UADA", "T1"), ("UBEA", "T2"))]
    slack.post("/control/workspace", team=TEAMS[0], teams=TEAMS, users=users)
    bot = {"name": "Alliance", "bot_user": {"id": "UBOT", "name": "alliance"}}
    slack.post("/control/app", **bot, **registered(several=True), **OAUTH)
    rooms = [{"id": f"C0{team}", "name": team.lower(), "team": team} for team in ("T1", "T2")]
    slack.post("/control/workspace", channels=rooms)
    return slack


@pytest.fixture
def there(town, delivery, sessions):
    """What a worker delivers with, in both."""
    workspaces = workspaces_at(town.address, sessions, lambda: NOW)
    for team in ("T1", "T2"):
        install(workspaces, town, team)
    return replace(delivery, workspaces=workspaces, at_once=BATCH, seconds=lambda: 0.0)


@pytest.fixture
def waiting(portfolio):
    """A message of today for each office, of which the second stands below the first."""
    offices = [portfolio.office(f"AREA-{team}", channel=f"C0{team}") for team in ("T1", "T2")]
    with portfolio.sessions.begin() as session:
        session.get_one(Office, offices[1]).parent_id = offices[0]
        check_rules(session, now=NOW)
    made = []
    for id in offices:
        with portfolio.sessions.begin() as session:
            made += fold_messages(session, office_id=id, day=TODAY, now=NOW)
    return made


def read(sessions, id):
    """Return a message as it stands."""
    with sessions() as session:
        return session.get_one(Message, id)


def test_each_message_goes_out_in_the_workspace_of_its_channel(town, there, waiting, sessions):
    """Nobody has told whose the channels are: Slack is asked once, and it is remembered."""
    for id in waiting:
        assert deliver_together(id, there) == {}
    assert [post["channel"] for post in town.posts] == ["C0T1", "C0T2"]
    with sessions() as session:
        assert {row.id: row.workspace_id for row in session.query(SlackId)} == {"C0T1": "T1", "C0T2": "T2"}


def test_what_is_for_an_uninstalled_workspace_goes_up_the_ladder(town, there, waiting, sessions):
    """Nobody may have heard of it: the first refusal tells, and the next try goes to the office above."""
    first, second = waiting
    there.workspaces.claims("C0T2", "T2")
    town.post("/control/uninstall", team="T2")
    assert set(deliver_together(second, there)) == {second}
    with sessions() as session:
        assert session.get_one(Workspace, "T2").sealed is None
    assert deliver_together(second, there) == {second: 0.0}
    assert deliver_together(second, there) == deliver_together(first, there) == {}
    assert [post["channel"] for post in town.posts] == ["C0T1", "C0T1"]
    climbed = read(sessions, second)
    assert "is in no Slack workspace where this app is installed" in (climbed.climbed_why or "")


def test_a_workspace_that_locks_us_out_keeps_no_other_waiting(town, there, waiting, sessions):
    """What fails in one is tried later; the message of the other is not given back with it."""
    first, second = waiting
    for id, channel in (("C0T1", "T1"), ("C0T2", "T2")):
        there.workspaces.claims(id, channel)
    town.post("/control/faults", on="chat.postMessage", what="error", error="token_expired", channel="C0T2")
    assert set(deliver_together(second, there)) == {second}
    assert read(sessions, first).attempts == 0
    assert deliver_together(first, there) == {}
    assert read(sessions, first).status == NoticeStatus.SENT.value


def test_each_workspace_has_limits_of_its_own(there, valkey_url):
    """Where one asks to wait, the other does not."""
    with redis.Redis.from_url(valkey_url) as client:
        by = replace(there, pacer=Pacer(client, 300))
        for id, team in (("C0T1", "T1"), ("C0T2", "T2")):
            by.workspaces.claims(id, team)
        first, second = by.pacer_of("C0T1"), by.pacer_of("C0T2")
        first.block((POST,), 7.0)
        assert (first.waits.keys(), second.workspace) == ({"T1/chat.postMessage"}, "T2")
        assert client.keys("alliance:pace:block:*") == [b"alliance:pace:block:T1/chat.postMessage"]


def test_a_person_is_written_to_and_has_a_home_in_their_own_workspace(town, there, sessions):
    """Later the conversation is found by its own id, for which Slack shows nothing to the tokens of others."""
    with sessions.begin() as session:
        session.add(Person(slack_id="UBEA", name="Bea"))
    slack = there.at("UBEA").slack
    opened = slack.conversations_open(users="UBEA")["channel"]["id"]
    assert there.workspaces.known_place(opened) == "T2"
    assert publish_home(sessions, NOW, "UBEA", slack, opened=True)
    publish_one("UBEA", there, None)
    assert [entry["user"] for entry in town.record("home")] == ["UBEA"]
