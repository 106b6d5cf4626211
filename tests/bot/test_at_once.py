"""What changes nothing is acknowledged before it is worked out, however long that takes."""

from __future__ import annotations

import time
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from models.deliveries import Delivery
from tests.bot.slack import PATIENCE, found


@contextmanager
def unread(engine):
    """Let nobody read an alliance meanwhile."""
    with engine.begin() as connection:
        connection.execute(text("lock table alliances in access exclusive mode"))
        yield


def opens(person):
    """Wait until a window is open, and return it."""
    until = time.monotonic() + PATIENCE
    while not person.has_modal() and time.monotonic() < until:
        time.sleep(0.02)
    return person.modal()


@pytest.mark.parametrize("line", ["/alliance due", "/alliance list", "/alliance show plaza", "/alliance-due mine"])
def test_a_command_is_acknowledged_at_once(slack, ada, sample_engine, rows, line):
    """Slack gives up after three seconds; the answer comes when it is there, and only then the deed is done."""
    ada.mark = slack.mark()
    with unread(sample_engine):
        assert slack.post("/client/command", user="UADA", channel=ada.channel, text=line)["ok"]
        assert slack.record(ada.mark) == []
        assert not rows(Delivery)[-1].done
    assert "Plaza" in ada.reads()["text"]


def test_a_form_is_opened_after_the_acknowledgement(slack, ada, sample_engine):
    """Its trigger lives for three seconds, whatever Slack was answered."""
    with unread(sample_engine):
        assert slack.post("/client/command", user="UADA", channel=ada.channel, text="/alliance meeting plaza")["ok"]
        assert not ada.has_modal()
    assert opens(ada)["callback_id"] == "record_meeting"


@pytest.mark.parametrize("action", ["record:obligation", "why:obligation"])
def test_a_button_of_a_reminder_is_acknowledged_at_once(slack, ada, sample_engine, button, action):
    """What it shows comes afterwards."""
    message = button("meetings", "La Plaza")
    block, element = found(ada._blocks_of(message), action)[0]
    ada.mark = slack.mark()
    pressed = {"block_id": block["block_id"], "action_id": action, "type": element["type"]}
    container = {"type": "message", "channel": message["channel"], "ts": message["ts"]}
    with unread(sample_engine):
        assert slack.post("/client/action", user="UADA", container=container, **pressed)["ok"]
        assert not ada.has_modal()
    assert opens(ada)


def test_what_goes_wrong_after_the_acknowledgement_is_said(ada):
    """A refusal comes where the command was typed."""
    assert "Neither an office nor an alliance is called" in ada.asks("/alliance due zzz")["text"]
