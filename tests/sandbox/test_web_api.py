from __future__ import annotations

import json

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.methods import METHODS

#: What the local Slack promises to know; a method more or less is a decision, not an accident.
PROMISED = [
    "api.test",
    "apps.connections.open",
    "auth.revoke",
    "auth.test",
    "bots.info",
    "chat.delete",
    "chat.getPermalink",
    "chat.postEphemeral",
    "chat.postMessage",
    "chat.unfurl",
    "chat.update",
    "conversations.create",
    "conversations.history",
    "conversations.info",
    "conversations.join",
    "conversations.list",
    "conversations.members",
    "conversations.open",
    "conversations.replies",
    "dnd.info",
    "emoji.list",
    "files.completeUploadExternal",
    "files.getUploadURLExternal",
    "files.info",
    "functions.completeError",
    "functions.completeSuccess",
    "oauth.v2.access",
    "pins.add",
    "reactions.add",
    "team.info",
    "users.conversations",
    "users.info",
    "users.list",
    "users.lookupByEmail",
    "views.open",
    "views.publish",
    "views.push",
    "views.update",
]


def refused(call, *args, **kwargs):
    """Return the error code a call is answered with."""
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response["error"]


def test_methods_are_the_promised_ones():
    """The Web API knows exactly the methods it promises."""
    assert sorted(METHODS) == sorted(PROMISED)


@pytest.mark.parametrize("method", PROMISED)
def test_every_method_is_routed(slack, method):
    """Every promised method answers over HTTP, never with unknown_method."""
    token = "xapp-1" if method == "apps.connections.open" else "xoxb-1"
    client = WebClient(token=token, base_url=f"{slack.address}/api/")
    try:
        answer = client.api_call(method)
    except SlackApiError as error:
        answer = error.response
    assert answer.get("error") != "unknown_method"


def test_tokens_are_checked(slack):
    """A call without a token, with a strange one or with the wrong kind is refused as Slack does."""
    base = f"{slack.address}/api/"
    assert refused(WebClient(base_url=base).auth_test) == "not_authed"
    assert refused(WebClient(token="secret", base_url=base).auth_test) == "invalid_auth"
    assert refused(WebClient(token="xapp-1", base_url=base).auth_test) == "not_allowed_token_type"
    assert refused(slack.client.api_call, "apps.connections.open") == "not_allowed_token_type"
    assert refused(slack.client.api_call, "chat.shout") == "unknown_method"
    assert slack.client.auth_test()["user_id"] == "UBOT"


def test_json_and_form_bodies_mean_the_same(slack, channel):
    """Blocks may come as JSON or as JSON in a form field."""
    blocks = [{"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": "*hi*"}}]
    form = slack.client.api_call(
        "chat.postMessage", data={"channel": channel, "text": "t", "blocks": json.dumps(blocks)}
    )
    sent = slack.client.chat_postMessage(channel=channel, text="t", blocks=blocks)
    assert form["message"]["blocks"] == sent["message"]["blocks"] == blocks


def test_a_post_comes_back_from_history_with_its_metadata(slack, channel):
    """History returns text, blocks and, when asked, metadata; newest first."""
    metadata = {"event_type": "notice", "event_payload": {"key": "A-1"}}
    first = slack.client.chat_postMessage(channel=channel, text="one", metadata=metadata)["ts"]
    second = slack.client.chat_postMessage(channel=channel, text="two")["ts"]
    assert second > first
    bare = slack.client.conversations_history(channel=channel)["messages"]
    assert [message["text"] for message in bare] == ["two", "one"]
    assert "metadata" not in bare[1]
    full = slack.client.conversations_history(channel=channel, include_all_metadata=True)["messages"]
    assert full[1]["metadata"] == metadata


def test_history_pages_and_bounds(slack, channel):
    """Limit and cursor walk through all messages; oldest and latest bound them, inclusive on demand."""
    times = [slack.client.chat_postMessage(channel=channel, text=str(number))["ts"] for number in range(7)]
    seen, cursor = [], None
    while cursor != "":
        page = slack.client.conversations_history(channel=channel, limit=3, cursor=cursor)
        seen += [message["ts"] for message in page["messages"]]
        assert page["has_more"] == bool(page.get("response_metadata"))
        cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
    assert seen == times[::-1]
    bounded = slack.client.conversations_history(channel=channel, oldest=times[1], latest=times[4])
    assert [message["ts"] for message in bounded["messages"]] == times[3:1:-1]
    wide = slack.client.conversations_history(channel=channel, oldest=times[1], latest=times[4], inclusive=True)
    assert [message["ts"] for message in wide["messages"]] == times[4:0:-1]


def test_replies_stay_in_their_thread(slack, channel):
    """A reply is not in the history; its head counts it; replies lists head and replies in order."""
    head = slack.client.chat_postMessage(channel=channel, text="head")["ts"]
    one = slack.client.chat_postMessage(channel=channel, text="one", thread_ts=head)["ts"]
    two = slack.client.chat_postMessage(channel=channel, text="two", thread_ts=head)["ts"]
    history = slack.client.conversations_history(channel=channel)["messages"]
    assert [(message["ts"], message["reply_count"]) for message in history] == [(head, 2)]
    thread = slack.client.conversations_replies(channel=channel, ts=head)["messages"]
    assert [message["ts"] for message in thread] == [head, one, two]
    slack.client.chat_delete(channel=channel, ts=two)
    slack.client.chat_delete(channel=channel, ts=one)
    assert "reply_count" not in slack.client.conversations_history(channel=channel)["messages"][0]
    assert refused(slack.client.conversations_replies, channel=channel, ts="1.1") == "thread_not_found"
    assert refused(slack.client.chat_postMessage, channel=channel, text="x", thread_ts="1.1") == "thread_not_found"


def test_a_permalink_leads_to_the_page(slack, channel):
    """The address of a message opens it in the page, a reply with its thread."""
    head = slack.client.chat_postMessage(channel=channel, text="head")["ts"]
    reply = slack.client.chat_postMessage(channel=channel, text="reply", thread_ts=head)["ts"]
    link = slack.client.chat_getPermalink(channel=channel, message_ts=head)["permalink"]
    assert link == f"{slack.address}/#/{channel}/p{head}"
    link = slack.client.chat_getPermalink(channel=channel, message_ts=reply)["permalink"]
    assert link == f"{slack.address}/#/{channel}/p{reply}/t{head}"
    assert refused(slack.client.chat_getPermalink, channel=channel, message_ts="1.1") == "message_not_found"


def test_an_update_keeps_what_slack_keeps(slack, channel):
    """New text drops the old blocks, an update of metadata alone keeps both, and the edit shows."""
    blocks = [{"type": "divider", "block_id": "d"}]
    ts = slack.client.chat_postMessage(channel=channel, text="a", blocks=blocks)["ts"]
    metadata = {"event_type": "notice", "event_payload": {}}
    slack.client.api_call("chat.update", json={"channel": channel, "ts": ts, "metadata": metadata})
    kept = slack.client.conversations_history(channel=channel, include_all_metadata=True)["messages"][0]
    assert (kept["text"], kept["blocks"], kept["metadata"]) == ("a", blocks, metadata)
    slack.client.chat_update(channel=channel, ts=ts, text="b")
    bare = slack.client.conversations_history(channel=channel)["messages"][0]
    assert bare["text"] == "b"
    assert "blocks" not in bare
    assert bare["edited"]["user"] == "UBOT"


def test_only_its_own_messages_are_the_apps_to_change(slack, user, channel):
    """The app may not update or delete what a person said."""
    ts = slack.post("/client/say", user=user, channel=channel, text="mine")["ts"]
    assert refused(slack.client.chat_update, channel=channel, ts=ts, text="x") == "cant_update_message"
    assert refused(slack.client.chat_delete, channel=channel, ts=ts) == "cant_delete_message"
    assert refused(slack.client.chat_update, channel=channel, ts="1.1", text="x") == "message_not_found"


def test_places_the_app_may_not_write_to(slack, user):
    """Unknown, archived, foreign and private channels are refused with the code for each."""
    archived = slack.channel(user, is_archived=True)
    slack.post("/control/workspace", channels=[{"id": "CFOREIGN", "name": "foreign", "members": [user]}])
    secret = {"id": "CSECRET", "name": "secret", "members": [user], "is_private": True}
    slack.post("/control/workspace", channels=[secret])
    post = slack.client.chat_postMessage
    assert refused(post, channel="C404", text="x") == "channel_not_found"
    assert refused(post, channel=archived, text="x") == "is_archived"
    assert refused(post, channel="CFOREIGN", text="x") == "not_in_channel"
    assert refused(post, channel="CSECRET", text="x") == "channel_not_found"
    slack.client.conversations_join(channel="CFOREIGN")
    assert post(channel="CFOREIGN", text="x")["ok"]
    # Setting the workspace up again does not throw the app out.
    slack.post("/control/workspace", channels=[{"id": "CFOREIGN", "name": "foreign", "members": [user]}])
    assert post(channel="CFOREIGN", text="x")["ok"]


def test_text_is_needed_and_bounded(slack, channel):
    """A message without text or blocks is refused, and one that is too long."""
    post = slack.client.chat_postMessage
    assert refused(slack.client.api_call, "chat.postMessage", json={"channel": channel}) == "no_text"
    assert post(channel=channel, text="x" * 40_000)["ok"]
    assert refused(post, channel=channel, text="x" * 40_001) == "msg_too_long"
    ts = post(channel=channel, text="x")["ts"]
    update = slack.client.chat_update
    assert update(channel=channel, ts=ts, text="x" * 4_000)["ok"]
    assert refused(update, channel=channel, ts=ts, text="x" * 4_001) == "msg_too_long"
    bad = {"event_type": "x", "event_payload": "no object"}
    assert refused(post, channel=channel, text="x", metadata=bad) == "invalid_metadata_format"


def test_missing_arguments_are_named(slack):
    """The answer to a call that lacks an argument says which."""
    with pytest.raises(SlackApiError) as caught:
        slack.client.api_call("chat.postMessage", json={"text": "x"})
    assert caught.value.response["error"] == "invalid_arguments"
    lines = caught.value.response["response_metadata"]["messages"]
    assert lines == ["[ERROR] missing required field: channel"]


def test_people_are_found_by_id_and_address(slack):
    """users.* show name, title, address and zone; unknown people have their own codes."""
    user = slack.person(email="Kim.Lee@example.gov", title="Coordinator", real_name="Kim Lee")
    found = slack.client.users_lookupByEmail(email="kim.lee@example.gov")["user"]
    assert (found["id"], found["profile"]["title"]) == (user, "Coordinator")
    shown = slack.client.users_info(user=user)["user"]
    assert (shown["real_name"], shown["tz"]) == ("Kim Lee", "America/Chicago")
    assert shown["tz_offset"] in {-18_000, -21_600}
    assert refused(slack.client.users_info, user="U404") == "user_not_found"
    assert refused(slack.client.users_lookupByEmail, email="no@example.gov") == "users_not_found"
    everybody = [member["id"] for page in slack.client.users_list(limit=2) for member in page["members"]]
    assert {user, "UBOT"} <= set(everybody)


def test_a_direct_message_opens_once(slack, user):
    """conversations.open gives the same channel every time; posting to a user id lands there."""
    opened = slack.client.conversations_open(users=user)["channel"]["id"]
    assert slack.client.conversations_open(users=user)["channel"]["id"] == opened
    assert slack.client.chat_postMessage(channel=user, text="hello")["channel"] == opened
    assert slack.client.conversations_info(channel=opened)["channel"]["user"] == user
    direct = slack.client.users_conversations(types="im", limit=1000)["channels"]
    assert opened in [channel["id"] for channel in direct]
    assert refused(slack.client.conversations_open, users="U404") == "user_not_found"


def test_an_ephemeral_message_is_seen_by_one_person(slack, user):
    """Only its reader sees it, and history does not know it."""
    other = slack.person()
    channel = slack.channel(user, other)
    slack.client.chat_postEphemeral(channel=channel, user=user, text="psst")
    assert [message["text"] for message in slack.messages(user, channel)] == ["psst"]
    assert slack.messages(user, channel)[0]["ephemeral"]
    assert slack.messages(other, channel) == []
    assert slack.client.conversations_history(channel=channel)["messages"] == []
    outsider = slack.person()
    whisper = slack.client.chat_postEphemeral
    assert refused(whisper, channel=channel, user=outsider, text="x") == "user_not_in_channel"


def test_pins_and_reactions_show(slack, user, channel):
    """A pin and a reaction show on the message, and only once each."""
    ts = slack.client.chat_postMessage(channel=channel, text="x")["ts"]
    slack.client.pins_add(channel=channel, timestamp=ts)
    slack.client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    shown = slack.messages(user, channel)[0]
    assert shown["pinned"]
    assert shown["reactions"] == [{"name": "eyes", "users": ["UBOT"], "count": 1}]
    assert refused(slack.client.pins_add, channel=channel, timestamp=ts) == "already_pinned"
    again = refused(slack.client.reactions_add, channel=channel, timestamp=ts, name="eyes")
    assert again == "already_reacted"


def test_channels_are_made_and_listed(slack, channel):
    """A created channel is listed with the app in it; names are checked."""
    made = slack.client.conversations_create(name="made-here")["channel"]
    assert made["is_member"]
    assert slack.client.conversations_members(channel=made["id"])["members"] == ["UBOT"]
    assert refused(slack.client.conversations_create, name="made-here") == "name_taken"
    assert refused(slack.client.conversations_create, name="No Good") == "invalid_name_specials"
    listed = slack.client.conversations_list(limit=1000)["channels"]
    assert {made["id"], channel} <= {entry["id"] for entry in listed}
