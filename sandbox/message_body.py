from __future__ import annotations

from typing import Any

from sandbox import files
from sandbox.block_limits import message_problems, message_too_long
from sandbox.errors import SlackError
from sandbox.hub import Hub

#: Attachments of one message.
MOST_ATTACHMENTS = 100
#: Characters of text Slack keeps in one message.
LONGEST_TEXT = 40_000


def check_body(
    text: str, blocks: Any, attachments: Any = None, *, longest: int = LONGEST_TEXT, required: bool = True
) -> None:
    """Check text, blocks and attachments of a message as Slack does.

    Raises:
        SlackError: with Slack's code, and a JSON pointer for each problem in the blocks.
    """
    if blocks is not None and not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if attachments is not None and not isinstance(attachments, list):
        raise SlackError("invalid_attachments")
    if required and not text.strip() and not blocks and not attachments:
        raise SlackError("no_text")
    if len(text) > longest:
        raise SlackError("msg_too_long")
    problems = message_problems(blocks or [])
    if problems:
        raise SlackError("invalid_blocks", problems)
    if message_too_long(blocks or []):
        raise SlackError("msg_blocks_too_long")
    if len(attachments or []) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")


def check_pictures(hub: Hub, blocks: Any) -> None:
    """Check that the files which blocks show are there, once the blocks themselves are right.

    Raises:
        SlackError: `invalid_blocks`, with a JSON pointer for each file that cannot be shown.
    """
    problems = files.picture_problems(hub, blocks)
    if problems:
        raise SlackError("invalid_blocks", problems)
