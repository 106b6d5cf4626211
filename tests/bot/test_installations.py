"""Several workspaces: each installs the app, is answered with its own token, and is forgotten at its end."""

from __future__ import annotations

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.http_mode import listening
from bot.receive import FOREIGN
from bot.whose_request import NOT_INSTALLED
from models.audit import AuditEntry
from models.work import Activity
from models.workspaces import SlackId, Workspace
from sandbox.request_url import signed
from tests.bot.installing import (
    Browser,
    flow_of,
    install,
    workspaces_at,
)
from tests.bot.test_http import posts
from tests.bot.test_steps import BOOTH, ended, until
from tests.bot.town import SECRET, known_workspaces, person, running_town, serving_bot  # noqa: F401  # fixtures


@pytest.mark.parametrize("bot", ["http", "socket"], indirect=True)
def test_each_workspace_installs_the_app_and_is_answered_with_its_own_token(bot, town, rows):
    """Slack refuses what is asked with the token of another: the answers and Home come, so each has its own."""
    for team, user in (("T1", "UADA"), ("T2", "UBEA"), ("E1", "UCAL")):
        page = Browser().installs(bot, team, user)
        assert page.status == 200
        assert "Alliance Bot is installed in" in page.text
    for user in ("UADA", "UBEA", "UCAL"):
        assert "open duties" in person(town, user).asks("/alliance due")["text"]
        since = town.mark()
        town.post("/client/open_home", user=user)
        assert until(lambda: [e for e in town.record(since) if e["kind"] == "home" and e["user"] == user])  # noqa: B023
    found = {row.id: (row.enterprise_id, row.name, row.installed_by) for row in rows(Workspace)}
    assert found == {
        "T1": (None, "OSHA", "UADA"),
        "T2": (None, "Region Two", "UBEA"),
        "E1": ("E1", "Department", "UCAL"),
    }
    assert {row.id: row.workspace_id for row in rows(SlackId)} == {"UADA": "T1", "UBEA": "T2", "UCAL": "E1"}
    done = [row.subject for row in rows(AuditEntry) if row.action == "workspace:installed"]
    assert done == ["workspace:T1", "workspace:T2", "workspace:E1"]


def test_nothing_is_installed_where_it_is_not_allowed(town, world, sample_engine, rows):
    """Its token is given back, and the page says what is missing."""
    few = workspaces_at(town.address, world, lambda: world.now, allowed=("T1",))
    with listening(None, "127.0.0.1", 0, at_once=2, install=flow_of(few, town.address, "http://127.0.0.1")) as where:
        page = Browser().installs(f"http://{where}", "T2")
    assert page.status == 403
    assert "Region Two is not among the workspaces that may install Alliance Bot" in page.text
    assert "adds T2 to SLACK_WORKSPACES" in page.text
    assert rows(Workspace) == []


def test_a_workspace_that_is_allowed_no_more_is_not_served(town, world, several, rows):
    """Its installation stays, and counts for nothing."""
    install(several, town, "T2")
    fewer = workspaces_at(town.address, world, lambda: world.now, allowed=("T1",))
    assert several.installed.find("T2").name == "Region Two"
    assert fewer.installed.find("T2") is None
    assert fewer.installed.all() == []
    # Either its own id or its organization's will do.
    install(several, town, "T3")
    assert several.installed.find("T3") is not None


def test_a_state_is_good_once_in_one_browser_and_for_ten_minutes(bot, several, monkeypatch, rows):
    """Whatever is wrong with it is said in one sentence, and nothing is installed."""
    browser = Browser()
    address = browser.begins(bot, "T1")
    assert "not begun in this browser" in Browser().goes(address).text
    assert "not begun in this browser" in Browser(cookie="slack-app-oauth-state=other").goes(address).text
    assert rows(Workspace) == []
    cookie = browser.cookie
    assert browser.goes(address).status == 200
    installed = rows(Workspace)
    again = Browser(cookie=cookie).goes(address)
    assert (again.status, "was used already" in again.text) == (401, True)
    forged = f"{bot}/slack/oauth_redirect?code=x&state=forged"
    assert "was used already" in Browser(cookie="slack-app-oauth-state=forged").goes(forged).text
    late = browser.begins(bot, "T2")
    in_time = time.time
    monkeypatch.setattr("time.time", lambda: in_time() + 601)
    assert "took longer than ten minutes" in browser.goes(late).text
    assert [row.sealed for row in rows(Workspace)] == [row.sealed for row in installed]


def test_what_slack_says_instead_is_one_sentence(bot, town):
    """Somebody cancels, the code is wrong or missing, or something odd stands in the address."""
    browser = Browser()
    state = parse_qs(urlsplit(browser.begins(bot, "T1")).query)["state"][0]
    cookie = browser.cookie

    def said(query):
        return Browser(cookie=cookie).goes(f"{bot}/slack/oauth_redirect?{query}").text

    assert "cancelled in Slack" in said("error=access_denied")
    odd = said("error=%3Cscript%3E")
    assert "Slack did not install the app" in odd
    assert "<script>" not in odd
    assert "Slack does not take this installation" in said(f"code=wrong&state={state}")
    town.post("/control/faults", on="oauth.v2.access", what="drop", times=1)
    page = Browser().installs(bot, "T1")
    assert (page.status, "Slack did not install the app" in page.text) == (503, True)
    other = Browser()
    state, cookie = parse_qs(urlsplit(other.begins(bot, "T1")).query)["state"][0], other.cookie
    assert "did not say what was installed" in said(f"state={state}")
    assert other.seen[0].headers["cache-control"] == "no-store"
    assert all(word in other.seen[0].headers["set-cookie"] for word in ("Secure", "HttpOnly", "Max-Age=600"))


def test_an_uninstalled_workspace_goes_quiet(bot, town, several, rows):
    """Its tokens are forgotten at once; whoever still asks reads one sentence; the others go on."""
    for team in ("T1", "T2"):
        install(several, town, team)
    assert "open duties" in person(town, "UBEA").asks("/alliance due")["text"]
    town.post("/control/uninstall", team="T2")
    gone = until(lambda: next((row for row in rows(Workspace) if row.id == "T2" and row.sealed is None), None))
    assert gone.uninstalled_at is not None
    assert person(town, "UBEA").asks("/alliance due")["text"] == NOT_INSTALLED
    since = town.mark()
    town.post("/client/open_home", user="UBEA")
    assert "open duties" in person(town, "UADA").asks("/alliance due")["text"]
    assert not [entry for entry in town.record(since) if entry["user"] == "UBEA"]
    install(several, town, "T2")
    assert "open duties" in person(town, "UBEA").asks("/alliance due")["text"]


def test_what_is_told_of_older_tokens_ends_nothing(bot, town, several, rows):
    """An event that comes late, or is about another token, is checked with Slack; if Slack is away it comes again."""
    install(several, town, "T1")
    event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}}

    def told(id, kind=event):
        body = {"type": "event_callback", "team_id": "T1", "event_id": id, "event": kind}
        sent = json.dumps(body).encode()
        headers = signed(SECRET, sent, int(time.time())) | {"Content-Type": "application/json"}
        return posts(bot, sent, headers)[0]

    assert told("EvLate") == told("EvGone", {"type": "app_uninstalled"}) == 200
    town.post("/control/faults", on="auth.test", what="status", status=503, times=1)
    assert told("EvAway") == 500
    assert [row.sealed is None for row in rows(Workspace)] == [False]


def test_nobody_has_the_rights_of_the_same_id_elsewhere(bot, town, several, rows):
    """An id belongs to the workspace where it was met first: the other one is refused."""
    for team in ("T1", "T2"):
        install(several, town, team)
    assert "open duties" in person(town, "UADA").asks("/alliance due")["text"]
    body = {"command": "/alliance", "text": "due", "user_id": "UADA", "user_name": "ada", "channel_id": "C0ROOM2"}
    sent = "&".join(f"{name}={value}" for name, value in {**body, "team_id": "T2", "trigger_id": "1.2.same"}.items())
    assert FOREIGN in posts(bot, sent.encode(), signed(SECRET, sent.encode(), int(time.time())))[1]
    assert {row.id: row.workspace_id for row in rows(SlackId)}["UADA"] == "T1"


def test_ids_of_an_organization_are_the_same_in_all_its_workspaces(several, town, rows):
    """What was met with the token of one workspace is of the whole of it."""
    for team in ("T3", "E1", "T2"):
        install(several, town, team)
    assert not several.is_of("UCAL", "T2")
    assert several.is_of("UCAL", "E1")
    assert several.claims("UCAL", "T3")
    assert several.claims("UCAL", "E1")
    assert not several.claims("UCAL", "T2")
    assert {row.id: row.workspace_id for row in rows(SlackId)} == {"UCAL": "E1"}
    assert several.claims("C0ROOM3", "T3")
    town.post("/control/uninstall", team="T3")
    several.installed.verify("T3")
    assert several.client_of("C0ROOM3").conversations_info(channel="C0ROOM3")["channel"]["name"] == "room3"


def test_whose_a_channel_is_is_asked_once(several, town, world, rows):
    """Nobody has met it yet, as after an import: each workspace is asked with its token."""
    for team in ("T1", "T2"):
        install(several, town, team)
    assert several.client_of("C0ROOM2").conversations_info(channel="C0ROOM2")["channel"]["name"] == "room2"
    assert several.client_of("UBEA").users_info(user="UBEA")["ok"]
    assert {row.id: row.workspace_id for row in rows(SlackId)} == {"C0ROOM2": "T2", "UBEA": "T2"}
    with pytest.raises(Exception, match="no_workspace"):
        several.client_of("C0NOWHERE").conversations_info(channel="C0NOWHERE")
    town.post("/control/faults", on="conversations.info", what="status", status=503, times=1)
    with pytest.raises(Exception, match="Slack is having trouble"):
        several.client_of("C0ROOM1").conversations_info(channel="C0ROOM1")
    assert "C0ROOM1" not in {row.id for row in rows(SlackId)}


def test_a_step_acts_for_people_of_its_own_workspace(bot, town, several, rows):
    """Whoever builds a workflow chooses the person; one of another workspace is refused."""
    for team in ("T1", "T2"):
        install(several, town, team)

    def run(team):
        id = town.post("/control/steps", callback_id="record_activity", inputs=BOOTH, team=team)["id"]
        return until(lambda: ended(town, id))

    refused = run("T2")
    assert (refused["state"], "is not of this workspace" in refused["error"]) == ("failed", True)
    assert rows(Activity) == []
    assert run("T1")["state"] == "completed"
