"""What was posted is found again by its id, which it carries as metadata: nothing is said twice."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient

EVENT_TYPE = "alliance_notice"
#: Slack stamps a message by its own clock, which may be behind ours.
SKEW = timedelta(minutes=15)
#: Messages Slack is asked for at once.
PAGE = 200

Words = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """A message that stands in the channel with these words."""

    channel: str
    ts: str
    words: Words


def metadata_of(id: uuid.UUID | str) -> dict[str, Any]:
    """Return the metadata with which a message is posted that is to be found by this id."""
    return {"event_type": EVENT_TYPE, "event_payload": {"notice_id": str(id)}}


def find_posted(
    slack: WebClient, channel: str, id: uuid.UUID | str, since: datetime, thread_ts: str | None = None
) -> Standing | None:
    """Look for a message of ours among all that were posted to a channel, or a thread, since a moment on Slack's clock.

    Raises:
        SlackApiError: Slack does not let us look; OSError and HTTPException where it cannot be reached.
    """
    span: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{since.timestamp():.6f}",
        "inclusive": True,
        "include_all_metadata": True,
        "limit": PAGE,
    }
    cursor: str | None = None
    while True:
        if thread_ts is None:
            page = slack.conversations_history(**span, cursor=cursor)
        else:
            page = slack.conversations_replies(**span, ts=thread_ts, cursor=cursor)
        for message in page["messages"]:
            metadata = message.get("metadata") or {}
            ours = metadata.get("event_type") == EVENT_TYPE
            if ours and (metadata.get("event_payload") or {}).get("notice_id") == str(id):
                words = {"text": message.get("text", ""), "blocks": message.get("blocks", [])}
                return Standing(channel, str(message["ts"]), words)
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None


def post_to_person(
    slack: WebClient, user_id: str, id: uuid.UUID | str, words: Words, *, since: datetime, again: bool
) -> Standing:
    """Post to one person what carries this id; `again`: unless it stands there, posted since a moment.

    Raises:
        SlackApiError: Slack does not take it, or does not let us look; OSError and HTTPException where it cannot be
            reached.
    """
    channel = str(slack.conversations_open(users=user_id)["channel"]["id"])
    found = find_posted(slack, channel, id, since - SKEW) if again else None
    if found is None:
        posted = slack.chat_postMessage(channel=channel, metadata=metadata_of(id), **words)
        found = Standing(channel, str(posted["ts"]), words)
    return found
