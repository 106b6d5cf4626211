"""What the tests of digests do again and again: read what one says, and let it stand in Slack."""

from __future__ import annotations

from bot.messages import message_words
from operations.read.message import show_message
from operations.remind.deliver_message import claim_message
from operations.remind.note_outcome import note_sent
from sandbox.block_limits import message_problems, message_too_long
from tests.operations.conftest import NOW


def words_of(session, message, now=NOW, **more):
    """Return the words of a message, which Slack takes, as they stand now."""
    words = message_words(show_message(session, message.id, now=now), **more)
    assert message_problems(words["blocks"]) == []
    assert not message_too_long(words["blocks"])
    return words["text"]


def deliver(session, message, now=NOW):
    """Let a message stand in the channel."""
    claim = claim_message(session, message.id, now=now)
    note_sent(session, claim, ts="1.0", words={}, now=now)
    session.flush()


def shown(session, message, now=NOW):
    """Return the duties that a message shows."""
    return show_message(session, message.id, now=now).duties
