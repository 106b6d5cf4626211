"""The manifest says what is registered and what is called, no more and no less."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot import app as bot_app
from bot.manifest import manifest
from bot.scopes import COMMANDS, EVENTS, METHODS, bot_scopes, page_of
from cli import main
from tests.bot.installing import KEY, flow_of, workspaces_at

ROOT = Path(__file__).parents[2]
#: All that runs in production; the local Slack stands on the other side.
PACKAGES = ("bot", "cli", "documents", "models", "operations", "policy", "runtime", "workers")
CLIENTS = {name for name in dir(WebClient) if "_" in name.strip("_") and callable(getattr(WebClient, name))} - {
    name for name in dir(WebClient) if name.startswith("_")
}
#: How Bolt is told to listen, by what the manifest has to say for it.
LISTENS = {"command": "slash_commands", "shortcut": "shortcuts", "event": "bot_events"}
INTERACTIVE = {"action", "view", "options"}
#: Ways to listen for which the manifest would need more than it can say yet.
OTHERS = {"message", "step", "assistant", "global_shortcut", "message_shortcut", "block_action"}

ADDRESS = "https://alliances.example.gov/"


@pytest.fixture(params=["one workspace", "several"])
def installs(request) -> str | None:
    """Where workspaces install the app, where there are several."""
    return ADDRESS if request.param == "several" else None


@pytest.fixture
def heard(monkeypatch, installs) -> dict[str, set[str]]:
    """What the app tells Bolt to listen for, by the way in which it does."""
    heard: dict[str, set[str]] = {}

    def noting(name: str):
        usual = getattr(App, name)

        def listen(self, what, *more, **options):
            heard.setdefault(name, set()).add(what["type"] if isinstance(what, dict) else str(what))
            return usual(self, what, *more, **options)

        return listen

    kinds = LISTENS.keys() | INTERACTIVE | OTHERS | {"function"}
    recording = type("RecordingApp", (App,), {name: noting(name) for name in kinds})
    monkeypatch.setattr(bot_app, "App", recording)
    if installs is None:
        bot_app.build_app(WebClient(token="xoxb-test"), None, lambda: None)
    else:
        none = workspaces_at("http://127.0.0.1:9", None, lambda: None)
        bot_app.build_app(WebClient(), None, lambda: None, workspaces=none)
    return heard


def test_what_the_app_listens_for_is_what_the_manifest_tells_slack(heard, installs):
    """A handler for a command, shortcut or event that Slack was not told of is never called, so there is none."""
    made = manifest(installs=installs)
    assert heard["command"] == {each["command"] for each in made["features"]["slash_commands"]}
    assert heard["shortcut"] == {each["callback_id"] for each in made["features"]["shortcuts"]}
    # A step is told by an event, for which Bolt has a way of its own to listen.
    assert heard["function"] == made["functions"].keys()
    told = set(made["settings"]["event_subscriptions"]["bot_events"])
    # What is said is told by the place where it is; reminders stand in channels, open and private, and with people.
    assert {name for name in told if name.startswith("message.")} == {
        "message.channels",
        "message.groups",
        "message.im",
    }
    assert heard["event"] | {"function_executed"} == {name.partition(".")[0] for name in told}
    assert heard.keys() >= INTERACTIVE
    assert made["settings"]["interactivity"]["is_enabled"]
    assert not heard.keys() & OTHERS, "the manifest does not know how to tell Slack of this"


def called(source: str) -> set[str]:
    """Return the methods of Slack's client that a source names; `api_call` would go round the list."""
    names = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    return names & CLIENTS


def test_each_method_that_is_called_stands_in_the_list_and_no_other():
    """What is called without its scopes would fail at Slack; a scope for what nobody calls is one too many."""
    sources = [path.read_text("utf-8") for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert {name for source in sources for name in called(source)} == METHODS.keys()


def test_the_scan_sees_calls_references_and_ways_round_it():
    """However a method is reached, the scan finds it."""
    lines = ["slack.reactions_add(name='x')", "pages(slack.users_list)", "slack.api_call('a.b')"]
    assert called("\n".join(lines)) == {"reactions_add", "users_list", "api_call"}


def test_scopes_are_those_of_the_methods_and_of_commands():
    """Each scope is needed by something that the app does or hears, and each has a page that says so."""
    needed = {scope for scopes in (*METHODS.values(), *EVENTS.values()) for scope in scopes}
    assert manifest()["oauth_config"]["scopes"] == {"bot": sorted({*needed, COMMANDS})}
    assert page_of("conversations_history") == "https://docs.slack.dev/reference/methods/conversations.history"
    assert page_of("files_upload_v2").endswith("/files.completeUploadExternal")


def test_scopes_are_written_in_one_place():
    """Nobody keeps a second list of scopes, which would be forgotten."""
    several = [scope for scope in bot_scopes() if ":" in scope]
    naming = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if any(f'"{scope}"' in path.read_text("utf-8") for scope in several)
    ]
    assert naming == ["bot/scopes.py"]


def test_in_socket_mode_there_is_no_address_and_in_http_all_have_it():
    """Slack takes a manifest for Socket Mode without addresses, and one for HTTP with all of them."""
    socket, http = json.dumps(manifest()), manifest(ADDRESS)
    assert "://" not in socket
    there = f"{ADDRESS}slack/events"
    settings = http["settings"]
    # Slack takes an app with steps only so.
    assert (settings["org_deploy_enabled"], settings["function_runtime"]) == (True, "remote")
    assert {each["url"] for each in http["features"]["slash_commands"]} == {there}
    assert settings["event_subscriptions"]["request_url"] == there
    assert settings["interactivity"]["request_url"] == there
    assert settings["interactivity"]["message_menu_options_url"] == there
    assert (manifest()["settings"]["socket_mode_enabled"], settings["socket_mode_enabled"]) == (True, False)


def test_with_several_workspaces_slack_knows_the_way_back_and_renews_tokens(monkeypatch, capsys):
    """The redirect is the very address that the pages give; with one workspace there is none, and its token stays."""
    several = manifest(installs=ADDRESS)
    flow = flow_of(workspaces_at("http://127.0.0.1:9", None, lambda: None), "http://127.0.0.1:9", ADDRESS.rstrip("/"))
    assert several["oauth_config"]["redirect_urls"] == [flow.redirect_uri] == [f"{ADDRESS}slack/oauth_redirect"]
    assert flow.install_path == "/slack/install"
    assert several["settings"]["token_rotation_enabled"]
    assert several["settings"]["socket_mode_enabled"]
    one = manifest(ADDRESS)
    assert "redirect_urls" not in one["oauth_config"]
    assert not one["settings"]["token_rotation_enabled"]
    monkeypatch.setenv("SLACK_WORKSPACES", "T1")
    monkeypatch.setenv("BOT_URL", ADDRESS)
    assert main.run(["manifest", "--mode", "http"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == manifest(ADDRESS, installs=ADDRESS)
    assert all(name in printed.err for name in ("SLACK_TOKEN_KEYS", "SLACK_SIGNING_SECRET", f"{ADDRESS}slack/install"))
    assert "SLACK_BOT_TOKEN" not in printed.err


def test_govslack_asks_at_its_own_address():
    """Nothing of an installation goes through the other Slack."""
    gov = workspaces_at("https://slack-gov.com", None, lambda: None, keys=[KEY])
    flow = flow_of(gov, "https://slack-gov.com", "https://bot.example.gov")
    assert flow.settings.authorization_url == "https://slack-gov.com/oauth/v2/authorize"
    assert flow.client.base_url == "https://slack-gov.com/api/"


def test_everything_fits_slacks_limits():
    """Slack refuses a manifest with a longer text (https://docs.slack.dev/reference/app-manifest)."""
    made = manifest(ADDRESS)
    shown, features = made["display_information"], made["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(features["slash_commands"]) <= 50
    assert len(features["shortcuts"]) <= 10
    for command in features["slash_commands"]:
        assert len(command["command"]) <= 32
        assert len(command["description"]) <= 2000
        assert len(command.get("usage_hint", "")) <= 1000
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["callback_id"]) <= 255
        assert len(shortcut["description"]) <= 150


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], ["https://api.slack.com/apps", "SLACK_APP_TOKEN (an app-level token with connections:write)"]),
        (["--mode", "http", "--url", "https://bot.osha.example"], ["SLACK_SIGNING_SECRET"]),
        (["--mode", "http"], ["name yours with --url"]),
        (["--gov"], ["https://api.slack-gov.com/apps", "SLACK_API_URL=https://slack-gov.com/api/"]),
    ],
)
def test_the_command_prints_json_and_says_what_to_do_with_it(options, told, capsys):
    """What is printed can be given to Slack as it is; the steps stand beside it."""
    assert main.run(["manifest", *options]) == 0
    printed = capsys.readouterr()
    address = None
    if "http" in options:
        address = "https://bot.osha.example/" if "--url" in options else "https://alliances.example.gov/"
    assert json.loads(printed.out) == manifest(address)
    assert all(line in printed.err for line in told)


@pytest.mark.parametrize(
    "options", [["--mode", "http", "--url", "http://bot.osha.example"], ["--url", ADDRESS], ["--mode", "smoke"]]
)
def test_what_cannot_be_is_bad_usage(options, capsys):
    """An address that Slack would not take, or that Socket Mode does not have, is told in one line."""
    assert main.run(["manifest", *options]) == 2
    assert capsys.readouterr().err.count("\n") == 1
