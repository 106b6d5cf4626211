from __future__ import annotations

import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from slack_bolt import BoltResponse
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient


def plain(text):
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def card(action_id, **more):
    """Return blocks with one button."""
    button = {"type": "button", "action_id": action_id, "text": plain("Press"), "value": "42", **more}
    return [{"type": "actions", "block_id": "row", "elements": [button]}]


def told(address, body):
    """Answer an interaction through its response address; return the status."""
    return WebhookClient(address).send_dict(body).status_code


def test_a_button_updates_its_message(slack, app, user, channel):
    """A pressed button reaches the app with its message; the update replaces the card."""
    seen = []

    @app.action("approve")
    def handle(ack, body, client):
        ack()
        seen.append(body)
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="done", blocks=[])

    posted = slack.client.chat_postMessage(channel=channel, text="card", blocks=card("approve", style="primary"))
    assert slack.press(user, channel, posted["message"], "approve") == {"ok": True}
    (body,) = seen
    action = body["actions"][0]
    assert (action["block_id"], action["value"], action["style"]) == ("row", "42", "primary")
    container = {"type": "message", "message_ts": posted["ts"], "channel_id": channel, "is_ephemeral": False}
    assert body["container"] == container
    assert body["user"]["id"] == user
    assert body["message"]["blocks"] == posted["message"]["blocks"]
    assert {"trigger_id", "response_url", "team", "api_app_id", "state", "actions"} <= set(body)
    (message,) = slack.messages(user, channel)
    assert message["text"] == "done"
    assert "blocks" not in message


def test_a_button_that_is_gone_cannot_be_pressed(slack, app, user, channel):
    """After an update took the button away, a late press is refused without the app."""
    posted = slack.client.chat_postMessage(channel=channel, text="card", blocks=card("approve"))
    slack.client.chat_update(channel=channel, ts=posted["ts"], text="decided")
    answer = slack.press(user, channel, posted["message"], "approve")
    assert answer == {"ok": False, "error": "This button or field is no longer there."}


def test_a_menu_in_a_message_sends_what_was_chosen(slack, app, user, channel):
    """A select in a message sends its option, and the state of the whole message."""
    seen = []
    app.action("menu")(lambda ack, body: (seen.append(body), ack()))
    option = {"text": plain("One"), "value": "1"}
    element = {"type": "static_select", "action_id": "menu", "options": [option]}
    blocks = [{"type": "section", "block_id": "s", "text": plain("x"), "accessory": element}]
    posted = slack.client.chat_postMessage(channel=channel, text="x", blocks=blocks)
    slack.press(user, channel, posted["message"], "menu", value={"selected_option": option})
    assert seen[0]["actions"][0]["selected_option"] == option
    chosen = {"type": "static_select", "selected_option": option}
    assert seen[0]["state"]["values"] == {"s": {"menu": chosen}}


def test_an_ephemeral_card_is_answered_through_its_response_url(slack, app, user, channel):
    """The payload of an ephemeral card has no message; its address replaces and deletes it."""
    seen = []
    app.action("private")(lambda ack, body: (seen.append(body), ack()))
    slack.client.chat_postEphemeral(channel=channel, user=user, text="card", blocks=card("private"))
    (message,) = slack.messages(user, channel)
    slack.press(user, channel, message, "private")
    (body,) = seen
    assert body["container"]["is_ephemeral"]
    assert "message" not in body
    assert told(body["response_url"], {"replace_original": True, "text": "replaced"}) == 200
    assert [entry["text"] for entry in slack.messages(user, channel)] == ["replaced"]
    assert told(body["response_url"], {"delete_original": True}) == 200
    assert slack.messages(user, channel) == []


def test_a_response_url_has_five_uses(slack, does, user, channel):
    """The sixth use is refused; an invented address was never good."""
    seen = []
    does.on_command = lambda ack, command, client: (seen.append(command["response_url"]), ack())
    slack.post("/client/command", user=user, channel=channel, text="/try")
    assert [told(seen[0], {"text": "x"}) for _ in range(4)] == [200] * 4
    assert told(seen[0], {"text": "for all", "response_type": "in_channel"}) == 200
    assert told(seen[0], {"text": "x"}) == 404
    assert told(f"{slack.address}/response/nothing", {"text": "x"}) == 404
    shown = slack.messages(user, channel)
    assert [bool(message.get("ephemeral")) for message in shown] == [True] * 4 + [False]


def test_a_response_with_wrong_blocks_is_refused(slack, does, user, channel):
    """A response address checks blocks like any other door, and the record keeps the error."""
    seen = []
    does.on_command = lambda ack, command, client: (seen.append(command["response_url"]), ack())
    slack.post("/client/command", user=user, channel=channel, text="/try")
    since = slack.get("/control/status")["recorded"]
    assert told(seen[0], {"text": "x", "blocks": [{"type": "marquee"}]}) == 400
    (entry,) = slack.get(f"/control/record?since={since}")
    assert (entry["kind"], "unsupported type: marquee" in entry["text"]) == ("error", True)


def test_shortcuts_reach_the_app(slack, app, user, channel):
    """A global shortcut brings a trigger; one on a message brings the message."""
    seen = []
    app.global_shortcut("anywhere")(lambda ack, body: (seen.append(body), ack()))
    app.message_shortcut("on_message")(lambda ack, body: (seen.append(body), ack()))
    ts = slack.post("/client/say", user=user, channel=channel, text="look")["ts"]
    assert slack.post("/client/shortcut", user=user, callback_id="anywhere") == {"ok": True}
    on_message = {"user": user, "callback_id": "on_message", "channel": channel, "message_ts": ts}
    assert slack.post("/client/shortcut", **on_message) == {"ok": True}
    anywhere, message = seen
    assert (anywhere["type"], message["type"]) == ("shortcut", "message_action")
    assert "channel" not in anywhere
    assert (message["message"]["text"], message["channel"]["id"]) == ("look", channel)
    assert not slack.post("/client/shortcut", user=user, callback_id="nothing")["ok"]


def test_the_home_tab_is_published_when_opened(slack, app, user, wait_for):
    """Opening Home sends app_home_opened; what the app publishes is there next time."""
    seen = []

    @app.event("app_home_opened")
    def handle(event, client):
        seen.append(event)
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": card("home")})

    assert slack.post("/client/open_home", user=user) == {"ok": True, "view": None}
    view = wait_for(lambda: slack.post("/client/open_home", user=user)["view"])
    assert view["type"] == "home"
    assert (seen[0]["user"], seen[0]["tab"]) == (user, "home")
    pressed = []
    app.action("home")(lambda ack, body: (pressed.append(body), ack()))
    assert slack.press_in(user, view, "home") == {"ok": True}
    assert pressed[0]["view"]["type"] == "home"


def test_messages_reach_the_app_only_if_subscribed(slack, app, user, channel, wait_for):
    """A direct message and a mention are events; other talk in a channel is not."""
    seen = []
    app.event("message")(lambda event: seen.append((event["channel_type"], event["text"])))
    app.event("app_mention")(lambda event: seen.append(("mention", event["text"])))
    slack.post("/client/say", user=user, channel=channel, text="just talk")
    slack.post("/client/say", user=user, channel=channel, text="hey <@UBOT> <b>")
    direct = slack.post("/client/open_im", user=user, **{"with": "UBOT"})["channel"]["id"]
    slack.post("/client/say", user=user, channel=direct, text="hello")
    wait_for(lambda: len(seen) == 2)
    assert sorted(seen) == [("im", "hello"), ("mention", "hey <@UBOT> &lt;b&gt;")]


def test_an_event_nobody_acknowledged_is_sent_again(serving, connected, wait_for):
    """Re-delivery repeats the event with its id and says it is one."""
    with serving(retry_after=(0.0, 0.2)) as slack, connected(slack) as app:
        seen = []

        @app.middleware
        def watch(body, req):
            seen.append((body["event_id"], req.headers["x-slack-retry-num"]))
            # Bolt acknowledges nothing but a 200.
            return BoltResponse(status=500 if len(seen) == 1 else 200)

        slack.hub.link.ack_limit = 0.3
        slack.post("/client/open_home", user=slack.person())
        wait_for(lambda: len(seen) == 2)
        assert seen[0][0] == seen[1][0]
        assert [retry for _, retry in seen] == [["0"], ["1"]]
        time.sleep(0.5)
        assert len(seen) == 2


def test_one_connection_gets_each_envelope(serving, connected):
    """With several connections every command is answered exactly once, and all take part."""
    with serving() as slack, connected(slack) as one, connected(slack) as other:
        user = slack.person()
        channel = slack.channel(user)
        counts = []
        one.command("/try")(lambda ack: (counts.append("one"), ack()))
        other.command("/try")(lambda ack: (counts.append("other"), ack()))
        for _ in range(6):
            assert slack.post("/client/command", user=user, channel=channel, text="/try")["ok"]
        assert sorted(counts) == ["one"] * 3 + ["other"] * 3


def test_a_connection_needs_a_fresh_ticket(slack):
    """The address of a connection works once."""
    client = WebClient(token="xapp-1", base_url=f"{slack.address}/api/")
    url = client.apps_connections_open(app_token="xapp-1")["url"]
    assert url.startswith(f"ws://{slack.address.removeprefix('http://')}/link?ticket=")
    with pytest.raises(HTTPError) as caught:
        urlopen(Request(f"{slack.address}/link?ticket=stale"), timeout=5)  # noqa: S310
    caught.value.close()
    assert caught.value.code == 403
