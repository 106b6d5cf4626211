"""Whether a person can be written to now: asked of Slack before a direct message is posted.

Slack takes a post to a deactivated person without a word, and shows at once what is posted to somebody who wants
no disturbance. An answer that cannot be had keeps no message back for long: without the scopes `users:read` and
`dnd:read` it is posted at once, and a day after it was made in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.slack_errors import SLACK_ERRORS
from workers.pacer import ACCOUNT, DISTURB
from workers.slack import LOCKED_OUT, Gone, NotSent, Refused, judge

#: How long after it was made a message waits for the end of do-not-disturb; Slack then mutes it by itself.
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Quiet:
    """The person wants no disturbance until then."""

    until: datetime


def look_at_person(person: str, slack: WebClient, *, made_at: datetime, now: datetime) -> Quiet | Gone | NotSent | None:
    """Ask whether a person, by Slack's id, is there and may be disturbed; None: post."""
    waited = now - made_at >= LONGEST
    account = _ask(ACCOUNT, lambda: slack.users_info(user=person))
    if isinstance(account, NotSent) and not waited:
        return account
    if isinstance(account, SlackResponse) and (account.get("user") or {}).get("deleted"):
        return Gone("account_inactive")
    if waited:
        return None
    status = _ask(DISTURB, lambda: slack.dnd_info(user=person))
    if not isinstance(status, SlackResponse):
        return status
    until = quiet_until(status, now)
    return None if until is None else Quiet(min(until, made_at + LONGEST))


def quiet_until(status: Mapping[str, Any] | SlackResponse, now: datetime) -> datetime | None:
    """Read from an answer of `dnd.info` until when nobody may disturb; None when somebody may now.

    Its moments are seconds on Slack's clock. Slack shows an app the notification schedule of others, and their
    snooze only where it is the app's own.
    """
    at = now.timestamp()
    ends = []
    if status.get("snooze_enabled"):
        ends.append(status.get("snooze_endtime") or 0)
    if status.get("dnd_enabled") and (status.get("next_dnd_start_ts") or 0) <= at:
        ends.append(status.get("next_dnd_end_ts") or 0)
    last = max(ends, default=0)
    return datetime.fromtimestamp(last, UTC) if last > at else None


def _ask(method: str, ask: Callable[[], SlackResponse]) -> SlackResponse | NotSent | None:
    """Ask Slack; None where it does not tell, and `NotSent` where it may tell later."""
    try:
        return ask()
    except SLACK_ERRORS as error:
        outcome = judge(error)
        # What is wrong with the token or the person is found out by what posts.
        if isinstance(outcome, Refused) or outcome.error in LOCKED_OUT:
            return None
        return NotSent(outcome.error, outcome.again_in, (method,))
