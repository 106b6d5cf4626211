from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from slack_sdk.errors import SlackApiError


def refused(call, *args, **kwargs):
    """Return the error code a call is answered with."""
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response["error"]


def test_an_archived_channel_takes_nothing_new(slack, user, channel):
    """Posting, changing and reacting are refused with Slack's codes, reading is not; opened again it works."""
    ts = slack.client.chat_postMessage(channel=channel, text="before")["ts"]
    assert slack.post("/control/channel", channel=channel, archived=True)["archived"]
    assert refused(slack.client.chat_postMessage, channel=channel, text="x") == "is_archived"
    assert refused(slack.client.chat_postEphemeral, channel=channel, user=user, text="x") == "is_archived"
    assert refused(slack.client.chat_update, channel=channel, ts=ts, text="x") == "is_inactive"
    assert refused(slack.client.reactions_add, channel=channel, timestamp=ts, name="eyes") == "is_archived"
    assert len(slack.client.conversations_history(channel=channel)["messages"]) == 1
    assert slack.client.conversations_info(channel=channel)["channel"]["is_archived"]
    assert channel in [known["id"] for known in slack.get("/control/faults")["archived"]]
    assert not slack.post("/control/channel", channel=channel, archived=False)["archived"]
    slack.client.chat_update(channel=channel, ts=ts, text="after")


@pytest.mark.parametrize("members", ["some", "everyone"])
def test_the_app_is_taken_out_of_a_channel(slack, user, channel, members):
    """It cannot post there until it joins, also where everybody is a member and after the set-up came again."""
    given = {"id": channel, "name": f"room-{channel.lower()}"} | ({"members": "everyone"} if members != "some" else {})
    slack.post("/control/workspace", channels=[given])
    assert slack.post("/control/channel", channel=channel, with_app=False)["with_app"] is False
    slack.post("/control/workspace", channels=[given])
    assert refused(slack.client.chat_postMessage, channel=channel, text="x") == "not_in_channel"
    assert refused(slack.client.conversations_history, channel=channel) == "not_in_channel"
    assert not slack.client.conversations_info(channel=channel)["channel"]["is_member"]
    assert channel in [known["id"] for known in slack.get("/control/faults")["without_app"]]
    assert slack.client.conversations_join(channel=channel)["channel"]["is_member"]
    slack.client.chat_postMessage(channel=channel, text="back")
    slack.post("/control/channel", channel=channel, with_app=False)
    slack.post("/control/channel", channel=channel, with_app=True)
    slack.client.chat_postMessage(channel=channel, text="back again")


def test_a_private_channel_without_the_app_is_unknown_to_it(slack, user):
    """Taken out of a private channel, the app is told that there is none."""
    channel = slack.channel(user, is_private=True)
    slack.post("/control/channel", channel=channel, with_app=False)
    assert refused(slack.client.chat_postMessage, channel=channel, text="x") == "channel_not_found"
    slack.post("/control/channel", channel=channel, with_app=True)


def test_a_deactivated_person(slack, user, channel):
    """They are marked, in no channel, cannot be written to first, and nobody can act as them; then they are back."""
    slack.post("/control/person", person=user, deactivated=True)
    assert slack.client.users_info(user=user)["user"]["deleted"]
    assert user not in slack.client.conversations_members(channel=channel)["members"]
    assert refused(slack.client.conversations_open, users=user) == "user_disabled"
    assert refused(slack.client.chat_postMessage, channel=user, text="x") == "channel_not_found"
    assert refused(slack.client.chat_postEphemeral, channel=channel, user=user, text="x") == "user_not_in_channel"
    status, answer = slack.send("/client/say", {"user": user, "channel": channel, "text": "I am gone"})
    assert (status, answer["ok"]) == (404, False)
    assert user in [known["id"] for known in slack.get("/control/faults")["deactivated"]]
    slack.post("/control/person", person=user, deactivated=False)
    assert slack.client.chat_postMessage(channel=user, text="welcome back")["ok"]
    assert user in slack.client.conversations_members(channel=channel)["members"]


def test_messages_to_somebody_who_left_vanish_in_silence(slack, user):
    """Where direct messages stood before, Slack takes more of them without a word."""
    slack.client.chat_postMessage(channel=user, text="hello")
    slack.post("/control/person", person=user, deactivated=True)
    posted = slack.client.chat_postMessage(channel=user, text="still there?")
    assert slack.client.conversations_info(channel=posted["channel"])["channel"]["is_user_deleted"]


def test_do_not_disturb_ends_by_the_clock(slack, user):
    """It is told as a schedule of notifications, only of that person, until the clock has passed its end."""
    client, until = slack.client, datetime.fromisoformat(slack.get("/control/clock")["now"]) + timedelta(hours=2)
    before = client.dnd_info(user=user)
    assert (before["dnd_enabled"], "snooze_enabled" in before.data) == (False, False)
    slack.post("/control/person", person=user, do_not_disturb_until=until.isoformat())
    told = client.dnd_info(user=user)
    assert (told["dnd_enabled"], told["next_dnd_end_ts"]) == (True, until.timestamp())
    assert told["next_dnd_start_ts"] <= until.timestamp() - 7_200 + 5
    assert [known["id"] for known in slack.get("/control/faults")["do_not_disturb"]] == [user]
    assert client.dnd_info(user=slack.person())["dnd_enabled"] is False
    slack.post("/control/clock", by_days=0.125)
    assert client.dnd_info(user=user)["dnd_enabled"] is False
    assert slack.get("/control/faults")["do_not_disturb"] == []


def test_do_not_disturb_is_ended(slack, user):
    """Null takes it away; whether the person is there is left alone."""
    slack.post("/control/person", person=user, do_not_disturb_until="2060-01-01T00:00:00+00:00")
    assert slack.client.dnd_info(user=user)["dnd_enabled"] is True
    slack.post("/control/person", person=user, do_not_disturb_until=None)
    assert slack.client.dnd_info(user=user)["dnd_enabled"] is False
    assert slack.client.users_info(user=user)["user"]["deleted"] is False


def test_the_page_opens_for_another_when_its_person_was_deactivated(serving):
    """The first person a page acts as is somebody who is there."""
    with serving() as slack:
        one, other = slack.person(), slack.person()
        slack.post("/control/workspace", default_user=one)
        slack.post("/control/person", person=one, deactivated=True)
        assert slack.get("/client/state")["me"]["id"] == other


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("channel", {"channel": "C404", "archived": True}, "There is no channel C404."),
        ("channel", {"channel": "room", "archived": "yes"}, "`archived` must be true or false."),
        ("person", {"person": "UBOT", "deactivated": True}, "There is no person UBOT."),
        ("person", {"person": "person", "deactivated": 1}, "`deactivated` must be true or false."),
        (
            "person",
            {"person": "person", "do_not_disturb_until": "9:00"},
            "`do_not_disturb_until` must be an ISO date and time with its offset, or null.",
        ),
        ("limits", {}, "`enforced` must be true or false."),
    ],
)
def test_a_wrong_wish_is_refused(slack, path, body, sentence):
    """What is not there cannot be broken; one sentence says so."""
    known = {"room": slack.channel(), "person": slack.person()}
    given = {key: known.get(value, value) for key, value in body.items()}
    assert slack.send(f"/control/{path}", given) == (400, {"ok": False, "error": sentence})
