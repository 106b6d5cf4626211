"""Several workspaces in the local Slack: the app is installed in each, and a token is good in its own alone."""

from __future__ import annotations

import time
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

TEAMS = [
    {"id": "T2", "name": "Second", "domain": "second"},
    {"id": "T3", "name": "Third", "domain": "third", "enterprise": {"id": "E1", "name": "Whole"}},
]
WHO = {"client_id": "1.2", "client_secret": "s"}
BACK = "https://app.example.gov/back"


class Stay(HTTPRedirectHandler):
    """Shows where it is sent instead of going there."""

    def redirect_request(self, *_args, **_more):
        """Go nowhere."""


@pytest.fixture
def server(serving):
    """A local Slack with three workspaces and an app that can be installed."""
    with serving() as server:
        people = [{"id": "U1", "name": "one"}, {"id": "U2", "name": "two", "team": "T2"}]
        rooms = [{"id": "C1", "name": "one"}, {"id": "C2", "name": "two", "team": "T2"}]
        server.post("/control/workspace", teams=TEAMS, users=[*people, {"id": "U3", "name": "three", "team": "T3"}])
        app = {"name": "Helper", "bot_user": {"id": "UBOT", "name": "helper"}, "token_rotation": True}
        app |= {"commands": [{"command": "/try"}], "events": ["app_uninstalled", "tokens_revoked"]}
        server.post("/control/app", **app, **WHO)
        server.post("/control/workspace", channels=rooms)
        yield server


def chosen(server, **query):
    """Open Slack's page; return where it sends the browser, or what it shows."""
    asked = urlencode({"client_id": "1.2", "redirect_uri": BACK, "state": "s1", **query})
    try:
        with build_opener(Stay).open(f"{server.address}/oauth/v2/authorize?{asked}", timeout=10) as answer:
            return answer.read().decode()
    except HTTPError as error:
        with error:
            return error.headers.get("Location") or error.read().decode()


def client(server, token=None):
    """Return a client with a token."""
    return WebClient(token, base_url=f"{server.address}/api/", retry_handlers=[])


def exchanged(server, team):
    """Install the app; return what Slack gives for the code."""
    query = parse_qs(urlsplit(chosen(server, team=team)).query)
    assert query["state"] == ["s1"]
    return client(server).oauth_v2_access(**WHO, code=query["code"][0], redirect_uri=BACK)


def refused(call, **more):
    """Return Slack's word for a refusal."""
    with pytest.raises(SlackApiError) as caught:
        call(**more)
    return caught.value.response["error"]


def test_the_page_lets_choose_a_workspace_or_nothing(server):
    """Each has a link, and so has Cancel."""
    page = chosen(server)
    assert [page.count(f"team={id}") for id in ("T1", "T2", "T3", "E1")] == [1, 1, 1, 1]
    assert "error=access_denied" in page
    assert "invalid_client_id" in chosen(server, client_id="other")


def test_a_code_is_good_once_for_the_same_app_and_address(server):
    """Whatever is wrong has Slack's own word."""
    code = parse_qs(urlsplit(chosen(server, team="T2")).query)["code"][0]
    access = client(server).oauth_v2_access
    good = {**WHO, "code": code, "redirect_uri": BACK}
    assert refused(access, **{**good, "client_id": "x"}) == "invalid_client_id"
    assert refused(access, **{**good, "client_secret": "x"}) == "bad_client_secret"
    given = access(**good)
    assert (given["team"], given["token_type"], given["expires_in"]) == ({"id": "T2", "name": "Second"}, "bot", 43_200)
    assert refused(access, **good) == "invalid_code"
    other = parse_qs(urlsplit(chosen(server, team="T2")).query)["code"][0]
    assert refused(access, **{**good, "code": other, "redirect_uri": "https://evil.example/"}) == "bad_redirect_uri"


def test_a_token_is_good_in_its_own_workspace(server):
    """People and channels of another are not found; an organization's is good in all of its own."""
    second, whole = (client(server, exchanged(server, team)["access_token"]) for team in ("T2", "E1"))
    assert second.auth_test()["team_id"] == "T2"
    assert second.chat_postMessage(channel="C2", text="here")["ok"]
    assert refused(second.chat_postMessage, channel="C1", text="there") == "channel_not_found"
    assert refused(second.users_info, user="U3") == "user_not_found"
    assert [channel["id"] for channel in second.conversations_list()["channels"]] == ["C2"]
    assert whole.users_info(user="U3")["user"]["team_id"] == "T3"
    assert (whole.auth_test()["enterprise_id"], whole.auth_test()["is_enterprise_install"]) == ("E1", True)
    assert refused(whole.users_info, user="U2") == "user_not_found"
    assert client(server, "xoxb-anything").users_info(user="U2")["ok"]


def test_what_renews_a_token_is_good_once(server):
    """The old token lasts until its end, the newer one as long again."""
    given = exchanged(server, "T2")
    access = client(server).oauth_v2_access
    more = {**WHO, "grant_type": "refresh_token", "refresh_token": given["refresh_token"]}
    newer = access(**more)
    assert refused(access, **more) == "invalid_refresh_token"
    assert client(server, newer["access_token"]).auth_test()["ok"]
    assert client(server, given["access_token"]).auth_test()["ok"]
    server.hub.state.tokens[given["access_token"]]["ends"] = time.time() - 1
    assert refused(client(server, given["access_token"]).auth_test) == "token_expired"


def test_the_last_token_that_is_given_back_takes_the_app_out(server, connected, wait_for):
    """The app hears of it, with the workspace."""
    with connected(server) as app:
        heard = []
        for event in ("app_uninstalled", "tokens_revoked"):
            app.event(event)(lambda body: heard.append((body["event"]["type"], body["team_id"])))
        given = exchanged(server, "T2")
        assert client(server, given["access_token"]).auth_revoke()["revoked"]
        assert wait_for(lambda: len(heard) == 2)
        assert sorted(heard) == [("app_uninstalled", "T2"), ("tokens_revoked", "T2")]
        assert refused(client(server, given["access_token"]).auth_test) == "token_revoked"
        third = exchanged(server, "E1")
        server.post("/control/uninstall", team="E1")
        assert refused(client(server, third["access_token"]).auth_test) == "account_inactive"
        assert wait_for(lambda: ("app_uninstalled", None) in heard)


def test_requests_name_the_workspace_of_their_person(server, connected, wait_for):
    """A command of somebody in an organization names both, and how the app came there."""
    with connected(server) as app:
        heard = []
        app.command("/try")(lambda ack, body: (heard.append(body), ack()))
        exchanged(server, "E1")
        server.post("/control/workspace", channels=[{"id": "C3", "name": "three", "team": "T3"}])
        server.post("/client/command", user="U3", channel="C3", text="/try it")
        assert wait_for(lambda: heard)
    told = {name: heard[0].get(name) for name in ("team_id", "enterprise_id", "is_enterprise_install")}
    assert told == {"team_id": "T3", "enterprise_id": "E1", "is_enterprise_install": "true"}
