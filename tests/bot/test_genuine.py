"""What Slack sends, with all that its pages say of it, can be read: https://docs.slack.dev/reference/interaction-payloads."""

from __future__ import annotations

import json

import pytest

from bot.form_state import read_labels, read_values
from bot.payload import unreadable

WHO = {"id": "W1", "username": "ada", "name": "ada", "team_id": "T1"}
#: As an app is told that is installed for the whole of an organization.
BASIS = {
    "token": "x",
    "api_app_id": "A1",
    "team": None,
    "enterprise": {"id": "E1", "name": "Labor"},
    "is_enterprise_install": True,
    "user": WHO,
    "trigger_id": "4466958287201.2227085803.3e5a2b8a3b1f4d",
}
COMMAND = {
    "token": "x",
    "team_id": "T1",
    "team_domain": "osha",
    "enterprise_id": "E1",
    "enterprise_name": "Labor",
    "channel_id": "D1",
    "channel_name": "directmessage",
    "user_id": "W1",
    "user_name": "ada",
    "command": "/alliance",
    "text": "",
    "api_app_id": "A1",
    "is_enterprise_install": "true",
    "response_url": "https://hooks.slack.com/commands/T1/1/x",
    "trigger_id": "4466958287201.2227085803.3e5a2b8a3b1f4d",
}
VIEW = {
    "id": "V1",
    "team_id": "T1",
    "type": "modal",
    "blocks": [{"type": "input", "block_id": "on", "label": {"type": "plain_text", "text": "On", "emoji": True}}],
    "private_metadata": "",
    "callback_id": "",
    "state": {"values": {}},
    "hash": "1.a",
    "title": {"type": "plain_text", "text": "Ümlaut", "emoji": True},
    "close": None,
    "submit": None,
    "previous_view_id": None,
    "root_view_id": "V1",
    "app_id": "A1",
    "external_id": "",
    "app_installed_team_id": "E1",
    "bot_id": "B1",
    "clear_on_close": False,
    "notify_on_close": False,
}
OPTION = {"text": {"type": "plain_text", "text": "Größe", "emoji": True}, "value": "größe"}
FILE = {"id": "F1", "created": 1, "name": "Café 🎉.pdf", "title": None, "mimetype": "application/pdf", "size": 0}
#: Each kind of field, filled and empty.
FIELDS = [
    {"type": "plain_text_input", "value": None},
    {"type": "plain_text_input", "value": "🎉"},
    {"type": "number_input", "value": "7"},
    {"type": "rich_text_input", "rich_text_value": {"type": "rich_text", "elements": []}},
    {"type": "static_select", "selected_option": None},
    {"type": "external_select", "selected_option": OPTION},
    {"type": "radio_buttons", "selected_option": OPTION | {"description": None}},
    {"type": "multi_static_select", "selected_options": [OPTION]},
    {"type": "multi_external_select", "selected_options": []},
    {"type": "checkboxes", "selected_options": []},
    {"type": "users_select", "selected_user": None},
    {"type": "multi_users_select", "selected_users": ["U1"]},
    {"type": "conversations_select", "selected_conversation": None},
    {"type": "multi_channels_select", "selected_channels": []},
    {"type": "datepicker", "selected_date": None},
    {"type": "timepicker", "selected_time": "10:30", "timezone": "America/New_York"},
    {"type": "datetimepicker", "selected_date_time": 1628633820},
    {"type": "file_input", "files": [FILE]},
]
FILLED = {"values": {f"b{number}": {"a": field} for number, field in enumerate(FIELDS)}}
ACTION = {"action_id": "a", "block_id": "b", "action_ts": "1.2"}
HOME = {"container": {"type": "view", "view_id": "V1"}, "view": VIEW | {"type": "home", "callback_id": ""}}
SAID = {
    "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1", "is_ephemeral": False},
    "channel": {"id": "C1", "name": "directmessage"},
    "message": {"type": "message", "ts": "1.2", "bot_id": "B1"},
    "response_url": "https://hooks.slack.com/actions/T1/1/x",
    "state": {"values": {}},
}
BOTS = {"type": "message", "subtype": "bot_message", "text": "", "ts": "1.2", "bot_id": "B1", "username": "Jira"}
OPENED = {"type": "app_home_opened", "user": "W1", "channel": "D1", "tab": "messages", "event_ts": "1.2"}
EVENT = {
    "token": "x",
    "team_id": "T1",
    "enterprise_id": "E1",
    "context_team_id": None,
    "context_enterprise_id": "E1",
    "api_app_id": "A1",
    "type": "event_callback",
    "event_id": "Ev1",
    "event_time": 1,
    "authorizations": [{"enterprise_id": "E1", "team_id": None, "user_id": "W2", "is_bot": True}],
    "is_ext_shared_channel": True,
}

GENUINE = {
    "command in a direct message": COMMAND,
    "button on Home": {
        "type": "block_actions",
        **BASIS,
        **HOME,
        "actions": [ACTION | {"type": "button", "value": "7"}],
    },
    "menu emptied": {
        "type": "block_actions",
        **BASIS,
        **SAID,
        "actions": [ACTION | {"type": "static_select", "selected_option": None}],
    },
    "overflow menu": {
        "type": "block_actions",
        **BASIS,
        **SAID,
        "actions": [ACTION | {"type": "overflow", "selected_option": OPTION}],
    },
    "field that steers": {
        "type": "block_actions",
        **BASIS,
        "container": {"type": "view", "view_id": "V1"},
        "view": VIEW | {"state": FILLED},
        "actions": [ACTION | {"type": "datepicker", "selected_date": "2026-11-20", "initial_date": "2026-11-19"}],
    },
    "form": {"type": "view_submission", **BASIS, "view": VIEW | {"state": FILLED}, "response_urls": []},
    "window without fields": {"type": "view_submission", **BASIS, "view": VIEW | {"state": {"values": []}}},
    "window closed": {"type": "view_closed", **BASIS, "trigger_id": None, "view": VIEW, "is_cleared": False},
    "search": {
        "type": "block_suggestion",
        **{key: value for key, value in BASIS.items() if key != "trigger_id"},
        "container": {"type": "view", "view_id": "V1"},
        "view": VIEW,
        "action_id": "a",
        "block_id": "b",
        "value": "ö",
    },
    "message of an app": {"type": "message_action", **BASIS, **SAID, "callback_id": "c", "message": BOTS},
    "message without words": {
        "type": "message_action",
        **BASIS,
        **SAID,
        "callback_id": "c",
        "message": BOTS | {"text": None, "files": [{"id": "F1", "file_access": "check_file_info"}]},
    },
    "shortcut": {"type": "shortcut", **BASIS, "callback_id": "c", "action_ts": "1.2"},
    "Home opened": {**EVENT, "event": OPENED},
    "Home opened again": {**EVENT, "event": OPENED | {"tab": "home", "view": VIEW | {"type": "home"}}},
    "address checked": {"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"},
}


@pytest.mark.parametrize("what", GENUINE)
def test_what_slack_sends_can_be_read(what):
    """Whatever may be null, empty, absent or more than we use."""
    assert unreadable(json.loads(json.dumps(GENUINE[what]))) is None


def test_each_kind_of_field_is_read():
    """What is empty is nothing; what is chosen is its value, and its label can be shown again."""
    view = GENUINE["form"]["view"]
    assert len(read_values(view)) == len(FIELDS)
    held = [value for value in read_values(view).values() if value not in (None, [])]
    file = {"slack_file": "F1", "name": "Café 🎉.pdf", "size": 0}
    assert held == ["🎉", "7", "größe", "größe", ["größe"], "10:30", file]
    assert read_labels(view) == {"b5": "Größe"}


@pytest.mark.parametrize("state", [None, {}, {"values": []}, {"values": None}])
def test_a_window_without_fields_holds_nothing(state):
    """In whichever way Slack says so."""
    assert read_values(VIEW | {"state": state}) == read_labels(VIEW | {"state": state}) == {}


@pytest.mark.parametrize("half", ["\ud800", "a\0"])
def test_no_value_holds_what_cannot_be_kept(half):
    """Of what is typed, chosen or attached only what can be written down is taken."""
    odd = OPTION | {"value": half, "text": {"type": "plain_text", "text": half}}
    fields = [
        {"type": "plain_text_input", "value": half},
        {"type": "external_select", "selected_option": odd},
        {"type": "checkboxes", "selected_options": [odd]},
        {"type": "datepicker", "selected_date": half},
        {"type": "file_input", "files": [FILE | {"name": half}]},
    ]
    view = {"state": {"values": {f"b{number}": {"a": field} for number, field in enumerate(fields)}}}
    for text in (str(read_values(view)), str(read_labels(view))):
        assert repr(half)[1:-1] not in text


def test_a_form_that_is_sent_tells_its_fields():
    """Without their blocks no sentence about a field could be shown at it."""
    view = GENUINE["form"]["view"]
    nameless = [{key: value for key, value in block.items() if key != "block_id"} for block in view["blocks"]]
    without = {key: value for key, value in view.items() if key != "blocks"}
    assert unreadable({**GENUINE["form"], "view": without}) == "view.blocks"
    assert unreadable({**GENUINE["form"], "view": view | {"blocks": nameless}}) == "view.blocks.0.block_id"


@pytest.mark.parametrize("id", ["\ud800", "", " ", "   ", "a" * 256])
def test_the_id_of_a_deed_can_be_written_down(id):
    """By it the deed is recognised when it comes again; what is blank is the id of nothing."""
    assert unreadable({**GENUINE["form"], "trigger_id": id}) == "trigger_id"


@pytest.mark.parametrize("part", ["ts", "user", "bot_id"])
def test_what_a_message_names_can_be_asked_for(part):
    """Slack is asked by it who wrote the message and where it stands; half a character cannot be sent."""
    deed = {"type": "message_action", **BASIS, "callback_id": "log_activity", "channel": {"id": "C1"}}
    message = {"type": "message", "ts": "1.2", "text": "Said"}
    assert unreadable(deed | {"message": message}) is None
    assert unreadable(deed | {"message": message | {part: "\ud800"}}) == f"message.{part}"
