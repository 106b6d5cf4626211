"""Publish the Home tab of somebody who opened it: as it is now, and once more where something changed meanwhile."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.asked import Sessions
from bot.home import home_view
from bot.slack_errors import is_nobody
from operations.read.concerned import last_change
from operations.read.home import read_home
from operations.remind.keep_home import forget_home, note_opened, note_published, shown_home

#: How often it is published anew where others publish it at the same time.
TRIES = 4

log = structlog.get_logger("bot.home")


def publish_home(
    sessions: Sessions,
    now: datetime,
    slack_id: str,
    client: WebClient,
    *,
    name: str | None = None,
    opened: bool = False,
) -> bool:
    """Publish a person's Home tab where it shows something else than it should; say whether it was published.

    `opened`: the person opens it, and is remembered as somebody who has one; it is published whatever it shows.
    Whom Slack has not among the people of the workspace is forgotten again.
    """
    must, published = opened, False
    for _ in range(TRIES):
        with sessions.begin() as session:
            if opened:
                note_opened(session, slack_id, now=now)
            known, seq = shown_home(session, slack_id), last_change(session)
            if known is None or (not must and known.seq >= seq):
                return published
            home = read_home(session, slack_id, now=now, name=name)
        view = home_view(home)
        digest = hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
        if must or known.shown != digest:
            try:
                client.views_publish(user_id=slack_id, view=view)
            except SlackApiError as error:
                if not is_nobody(error):
                    raise
                log.warning("nobody has this Home tab", person=slack_id, why=error.response.get("error"))
                with sessions.begin() as session:
                    forget_home(session, slack_id)
                return published
            published = True
        with sessions.begin() as session:
            if note_published(session, slack_id, seq=seq, shown=digest, shows=home.alliance_ids):
                break
        # Ours was the older one, and may stand in place of the other.
        must = True
    return published
