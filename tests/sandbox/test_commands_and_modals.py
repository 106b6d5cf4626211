from __future__ import annotations

import time

import pytest
from slack_sdk.errors import SlackApiError


def plain(text):
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def option(value):
    """Return an option."""
    return {"text": plain(value.title()), "value": value}


def modal(*blocks, **more):
    """Return a modal."""
    view = {"type": "modal", "callback_id": "form", "title": plain("Form"), "submit": plain("Send")}
    return view | {"blocks": list(blocks)} | more


def text_block(block_id="name", **element):
    """Return an input block for a line of text."""
    part = {"type": "plain_text_input", "action_id": "value", **element}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": part}


def typed(text, block_id="name"):
    """Return the state values of `text_block`."""
    return {block_id: {"value": {"type": "plain_text_input", "value": text}}}


def open_form(slack, does, user, channel, view):
    """Open a modal through the command; return it as the page sees it."""

    def do(ack, command, client):
        client.views_open(trigger_id=command["trigger_id"], view=view)
        ack()

    does.on_command = do
    answer = slack.post("/client/command", user=user, channel=channel, text="/try form")
    assert answer == {"ok": True}
    return slack.views(user)[-1]


def test_a_command_is_acknowledged_with_text(slack, user, channel, does):
    """The text of an acknowledgement is shown to the person alone; the payload is Slack's."""
    seen = {}
    does.on_command = lambda ack, command, client: (seen.update(command), ack("working on it"))
    answer = slack.post("/client/command", user=user, channel=channel, text="/try  some words ")
    assert answer == {"ok": True}
    (message,) = slack.messages(user, channel)
    assert (message["text"], message["ephemeral"]) == ("working on it", True)
    assert (seen["text"], seen["user_id"], seen["channel_id"]) == ("some words", user, channel)
    assert {"team_domain", "trigger_id", "response_url", "api_app_id", "user_name"} <= set(seen)


def test_a_command_may_answer_in_the_channel(slack, user, channel, does):
    """An acknowledgement with response_type in_channel is an ordinary message."""
    does.on_command = lambda ack, command, client: ack(text="for all", response_type="in_channel")
    slack.post("/client/command", user=user, channel=channel, text="/try")
    assert slack.client.conversations_history(channel=channel)["messages"][0]["text"] == "for all"


def test_an_unknown_command_never_reaches_the_app(slack, user, channel):
    """A command no app has is refused at once."""
    answer = slack.post("/client/command", user=user, channel=channel, text="/nope x")
    assert answer == {"ok": False, "error": "/nope is not a valid command."}


def test_a_form_with_errors_is_corrected(slack, user, channel, does):
    """Errors keep the modal with what was typed; the corrected form is taken and closes."""
    view = open_form(slack, does, user, channel, modal(text_block(), private_metadata="kept"))

    def judge(ack, body, client):
        value = body["view"]["state"]["values"]["name"]["value"]["value"]
        if value == "wrong":
            ack(response_action="errors", errors={"name": "That is wrong."})
        else:
            ack()

    does.on_view = judge
    send = {"user": user, "view_id": view["id"]}
    answer = slack.post("/client/submit", **send, values=typed("wrong"))
    assert answer == {"ok": True, "response_action": "errors", "errors": {"name": "That is wrong."}}
    assert slack.views(user)[0]["state"]["values"] == typed("wrong")
    answer = slack.post("/client/submit", **send, values=typed("right"))
    assert answer == {"ok": True, "response_action": "close"}
    assert slack.views(user) == []
    last = does.submitted[-1]
    assert last["view"]["private_metadata"] == "kept"
    assert last["view"]["root_view_id"] == last["view"]["id"] == view["id"]
    assert {"trigger_id", "team", "user", "api_app_id", "response_urls"} <= set(last)


def test_a_required_field_is_asked_for_before_the_app(slack, user, channel, does):
    """An empty required field, a short text and a bad number never reach the app."""
    number = {"type": "number_input", "action_id": "value", "is_decimal_allowed": False, "max_value": "9"}
    blocks = [text_block("short", min_length=3), text_block("long"), text_block("sum") | {"element": number}]
    view = open_form(slack, does, user, channel, modal(*blocks))
    values = typed("ab", "short") | {"sum": {"value": {"type": "number_input", "value": "10"}}}
    answer = slack.post("/client/submit", user=user, view_id=view["id"], values=values)
    assert answer["errors"] == {
        "short": "Please enter at least 3 characters.",
        "long": "Please complete this required field.",
        "sum": "Please enter a number no greater than 9.",
    }
    assert does.submitted == []
    slack.post("/client/close", user=user, view_id=view["id"])


@pytest.mark.parametrize(
    ("acknowledgement", "problem"),
    [
        ({"response_action": "errors", "errors": {"nowhere": "x"}}, "no input block has the block_id nowhere"),
        ({"response_action": "errors", "errors": {"note": "x"}}, "no input block has the block_id note"),
        ({"response_action": "errors", "errors": {}}, "no errors given"),
        ({"response_action": "shout"}, "invalid_response_action"),
        ({"response_action": "update", "view": {"type": "modal"}}, "missing required field: title"),
    ],
)
def test_a_bad_answer_shows_a_general_error(slack, user, does, acknowledgement, problem):
    """What Slack would not understand is shown in general words, and recorded for the developer."""
    note = {"type": "section", "block_id": "note", "text": plain("read me")}
    view = open_form(slack, does, user, slack.channel(user), modal(text_block(), note))
    does.on_view = lambda ack, body, client: ack(acknowledgement)
    since = slack.get("/control/status")["recorded"]
    answer = slack.post("/client/submit", user=user, view_id=view["id"], values=typed("x"))
    assert answer == {"ok": False, "error": "We had some trouble connecting. Try again?"}
    (entry,) = slack.get(f"/control/record?since={since}")
    assert entry["kind"] == "error"
    assert problem in entry["text"]
    assert slack.views(user)[0]["id"] == view["id"]


def test_views_stack_three_high(slack, user, channel, does):
    """A submission may push up to three views, update the top one, and clear them all."""
    view = open_form(slack, does, user, channel, modal(text_block(), notify_on_close=True))
    does.on_view = lambda ack, body, client: ack(response_action="push", view=modal(text_block()))
    for height in (2, 3):
        top = slack.views(user)[-1]["id"]
        answer = slack.post("/client/submit", user=user, view_id=top, values=typed("x"))
        assert answer["response_action"] == "push"
        assert len(slack.views(user)) == height
    bottom, middle, top = slack.views(user)
    assert (top["previous_view_id"], top["root_view_id"]) == (middle["id"], bottom["id"])
    answer = slack.post("/client/submit", user=user, view_id=top["id"], values=typed("x"))
    assert not answer["ok"]
    does.on_view = lambda ack, body, client: ack(
        response_action="update", view=modal(text_block(), title=plain("Changed"))
    )
    slack.post("/client/submit", user=user, view_id=top["id"], values=typed("typed"))
    changed = slack.views(user)[-1]
    assert (changed["id"], changed["title"]["text"]) == (top["id"], "Changed")
    assert changed["state"]["values"] == typed("typed")
    assert changed["hash"] != top["hash"]
    does.on_view = lambda ack, body, client: ack(response_action="clear")
    slack.post("/client/submit", user=user, view_id=top["id"], values=typed("x"))
    assert slack.views(user) == []
    assert view["id"] == bottom["id"]


def test_a_trigger_opens_one_modal(slack, user, channel, does):
    """A trigger works once; an invented one never does."""
    results = []

    def do(ack, command, client):
        for trigger in (command["trigger_id"], command["trigger_id"], "1.2.abc"):
            try:
                client.views_open(trigger_id=trigger, view=modal(text_block()))
                results.append("ok")
            except SlackApiError as error:
                results.append(error.response["error"])
        ack()

    does.on_command = do
    slack.post("/client/command", user=user, channel=channel, text="/try")
    assert results == ["ok", "exchanged_trigger_id", "invalid_trigger_id"]


def test_a_slow_app_is_told_and_the_trigger_expires(slack, user, channel, does):
    """An acknowledgement after 3 seconds is too late for the person, and its trigger for a modal."""
    triggers = []
    does.on_command = lambda ack, command, client: (triggers.append(command["trigger_id"]), time.sleep(3.1))
    started = time.monotonic()
    answer = slack.post("/client/command", user=user, channel=channel, text="/try")
    assert 2.9 < time.monotonic() - started < 3.6
    assert not answer["ok"]
    assert "operation_timeout" in answer["error"]
    time.sleep(0.15)
    with pytest.raises(SlackApiError) as caught:
        slack.client.views_open(trigger_id=triggers[0], view=modal(text_block()))
    assert caught.value.response["error"] == "expired_trigger_id"


def test_without_an_app_a_command_fails_at_once(serving):
    """With nobody connected the person is told without waiting."""
    with serving() as slack:
        user = slack.person()
        answer = slack.post("/client/command", user=user, channel=slack.channel(user), text="/try")
        assert "dispatch_failed" in answer["error"]


def test_a_stale_hash_is_refused(slack, user, channel, does):
    """views.update with the hash of an older version does not overwrite a newer one."""
    view = open_form(slack, does, user, channel, modal(text_block(), external_id=f"x-{user}"))
    newer = slack.client.views_update(view_id=view["id"], hash=view["hash"], view=modal(text_block()))
    assert newer["view"]["id"] == view["id"]
    with pytest.raises(SlackApiError) as caught:
        slack.client.views_update(view_id=view["id"], hash=view["hash"], view=modal(text_block()))
    assert caught.value.response["error"] == "hash_conflict"
    with pytest.raises(SlackApiError) as caught:
        slack.client.views_update(external_id="nobody", view=modal(text_block()))
    assert caught.value.response["error"] == "not_found"
    slack.post("/client/close", user=user, view_id=view["id"])
    with pytest.raises(SlackApiError) as caught:
        slack.client.views_update(view_id=view["id"], view=modal(text_block()))
    assert caught.value.response["error"] == "not_found"


def test_closing_is_told_when_asked_for(slack, app, user, does, wait_for):
    """view_closed reaches the app when the view asks for it."""
    closed = []

    @app.view_closed("form")
    def handle(ack, body):
        ack()
        closed.append((body["view"]["id"], body["is_cleared"]))

    view = open_form(slack, does, user, slack.channel(user), modal(text_block(), notify_on_close=True))
    slack.post("/client/close", user=user, view_id=view["id"])
    assert slack.views(user) == []
    assert wait_for(lambda: closed) == [(view["id"], False)]


def test_an_action_in_a_modal_carries_its_state(slack, app, user, channel, does):
    """block_actions of a modal bring all values typed so far, and may push with their trigger."""
    seen = []

    @app.action("more")
    def handle(ack, body, client):
        seen.append(body)
        client.views_push(trigger_id=body["trigger_id"], view=modal(text_block()))
        ack()

    button = {"type": "button", "action_id": "more", "text": plain("More"), "value": "7"}
    actions = {"type": "actions", "block_id": "row", "elements": [button]}
    view = open_form(slack, does, user, channel, modal(text_block(), actions))
    assert slack.press_in(user, view, "more", values=typed("half a sen")) == {"ok": True}
    (body,) = seen
    assert body["view"]["state"]["values"] == typed("half a sen")
    assert body["container"] == {"type": "view", "view_id": view["id"]}
    assert body["actions"][0]["value"] == "7"
    assert "response_url" not in body
    assert len(slack.views(user)) == 2
    slack.post("/client/close", user=user, view_id=view["id"], all=True)


def test_a_field_speaks_up_only_with_dispatch_action(slack, app, user, channel, does):
    """A change of an input is kept by the server, and told only if the block wants it."""
    seen = []
    app.action("quiet")(lambda ack: (seen.append("quiet"), ack()))
    app.action("loud")(lambda ack: (seen.append("loud"), ack()))

    def select(name, **more):
        element = {"type": "static_select", "action_id": name, "options": [option("one"), option("two")]}
        return {"type": "input", "block_id": name, "label": plain(name), "element": element, **more}

    view = modal(select("quiet"), select("loud", dispatch_action=True))
    view = open_form(slack, does, user, channel, view)
    for name in ("quiet", "loud"):
        answer = slack.press_in(user, view, name, value={"selected_option": option("two")})
        assert answer == {"ok": True}
    assert seen == ["loud"]
    values = slack.views(user)[0]["state"]["values"]
    assert [values[name][name]["selected_option"]["value"] for name in ("quiet", "loud")] == ["two", "two"]
    foreign = slack.press_in(user, view, "loud", value={"selected_option": option("three")})
    assert foreign == {"ok": False, "error": "This choice is not on the list."}


def test_external_options_come_from_the_app(slack, app, user, channel, does):
    """An external select asks the app while the person types, and sends what was chosen."""
    asked = []

    @app.options("partner")
    def suggest(ack, body):
        asked.append((body["value"], body["block_id"], body["view"]["id"]))
        if body["value"] == "groups":
            ack(option_groups=[{"label": plain("G"), "options": [option("x")]}])
        elif body["value"] == "bad":
            ack(options=[{"text": plain("x" * 76), "value": "x"}])
        else:
            ack(options=[option(body["value"] + "1"), option(body["value"] + "2")])

    element = {"type": "external_select", "action_id": "partner", "min_query_length": 1}
    block = {"type": "input", "block_id": "who", "label": plain("Who"), "element": element}
    view = open_form(slack, does, user, channel, modal(block))
    where = {
        "user": user,
        "container": {"type": "view", "view_id": view["id"]},
        "block_id": "who",
        "action_id": "partner",
    }
    answer = slack.post("/client/options", **where, query="ac")
    assert [entry["value"] for entry in answer["options"]] == ["ac1", "ac2"]
    assert asked == [("ac", "who", view["id"])]
    assert slack.post("/client/options", **where, query="groups")["option_groups"][0]["label"] == plain("G")
    assert not slack.post("/client/options", **where, query="bad")["ok"]
    does.on_view = lambda ack, body, client: ack()
    chosen = {"who": {"partner": {"type": "external_select", "selected_option": option("ac2")}}}
    slack.post("/client/submit", user=user, view_id=view["id"], values=chosen)
    assert does.submitted[-1]["view"]["state"]["values"] == chosen


def test_initial_values_are_sent_untouched(slack, user, channel, does):
    """What the person leaves alone is sent as the view set it, with null and [] for nothing."""
    date = {"type": "datepicker", "action_id": "value", "initial_date": "2026-11-23"}
    boxes = {"type": "checkboxes", "action_id": "value", "options": [option("one")]}
    blocks = [
        text_block("text", initial_value="as it was"),
        text_block("date") | {"element": date},
        text_block("boxes") | {"element": boxes, "optional": True},
        text_block("empty") | {"optional": True},
    ]
    view = open_form(slack, does, user, channel, modal(*blocks))
    does.on_view = lambda ack, body, client: ack()
    assert slack.post("/client/submit", user=user, view_id=view["id"], values={})["ok"]
    assert does.submitted[-1]["view"]["state"]["values"] == {
        "text": {"value": {"type": "plain_text_input", "value": "as it was"}},
        "date": {"value": {"type": "datepicker", "selected_date": "2026-11-23"}},
        "boxes": {"value": {"type": "checkboxes", "selected_options": []}},
        "empty": {"value": {"type": "plain_text_input", "value": None}},
    }
