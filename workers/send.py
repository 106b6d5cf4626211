"""Post one message, or rewrite it, so that it stands in the channel once.

What cannot be known afterwards is looked up: every message carries its id as metadata, and where a post may have
arrived, the channel is searched before anything is posted again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks import clip
from bot.posted import SKEW, Standing, Words, find_posted, metadata_of
from bot.slack_errors import SLACK_ERRORS
from operations.remind.deliver_message import Claim, Step
from operations.remind.hold_message import Hold
from workers.slack import THREAD_GONE, Failure, Gone, NotSent, Refused, Uncertain, code_of, judge

#: Characters of a message's text that Slack takes when it is changed.
MOST_TEXT_OF_UPDATE = 4_000

MustWait = Callable[[Claim], Hold | Gone | NotSent | None]
T = TypeVar("T")


def send(claim: Claim, words: Words, slack: WebClient, must_wait: MustWait) -> Standing | Hold | Failure:
    """Do what a claim asks for; `must_wait` says why something new is not to be posted there now, if it is not."""
    if claim.step is Step.UPDATE and claim.ts is not None:
        return _joining(claim.channel, slack, lambda: _update(claim.channel, claim.ts or "", words, slack))
    if claim.step is Step.POST and (wait := must_wait(claim)):
        return wait
    channel = _open(claim, slack)
    if claim.step is Step.POST:
        return _post(claim, channel, words, slack) if isinstance(channel, str) else channel
    found = _look(claim, channel, slack) if isinstance(channel, str) else channel
    if isinstance(found, Standing) and claim.version > 1:
        standing = found
        changed = _joining(found.channel, slack, lambda: _update(standing.channel, standing.ts, words, slack))
        # It stands there, so it must not be taken for unsent, whatever became of the change.
        found = standing if isinstance(changed, Refused) else changed
    elif found is None:
        # The channel was read to the end: it is certain that nothing stands there.
        return must_wait(claim) or _post(claim, str(channel), words, slack)
    if isinstance(found, Gone):
        # It may stand there, so it must not be said elsewhere.
        return Refused(f"{found.error}; it may have arrived, and Slack does not let us look")
    return Uncertain(found.error, found.again_in) if isinstance(found, NotSent) else found


def _open(claim: Claim, slack: WebClient) -> str | Failure:
    """Return the channel to post to; with a person it is one and the same however often it is opened."""
    if not claim.to_person:
        return claim.channel
    try:
        return str(slack.conversations_open(users=claim.channel)["channel"]["id"])
    except SLACK_ERRORS as error:
        outcome = judge(error)
        # Slack's word for an account that is closed, the person's or ours: then we get no answer at all.
        if isinstance(outcome, NotSent) and outcome.error == "account_inactive" and _are_let_in(slack):
            return Gone(outcome.error)
        # Opening posts nothing, whatever became of it.
        return NotSent(outcome.error, outcome.again_in) if isinstance(outcome, Uncertain) else outcome


def _are_let_in(slack: WebClient) -> bool:
    try:
        slack.auth_test()
    except SLACK_ERRORS:
        return False
    return True


def _joining(channel: str, slack: WebClient, ask: Callable[[], T]) -> T | Failure:
    """Ask Slack; where that takes a member of the channel, become one and ask once more."""
    try:
        try:
            return ask()
        except SlackApiError as error:
            if code_of(error) != "not_in_channel" or not _join(channel, slack):
                raise
        return ask()
    except SLACK_ERRORS as error:
        return judge(error)


def _join(channel: str, slack: WebClient) -> bool:
    try:
        slack.conversations_join(channel=channel)
    except SlackApiError:
        return False
    return True


def _post(claim: Claim, channel: str, words: Words, slack: WebClient) -> Standing | Failure:
    # The channel sees a reply, too: it was not heard of in the thread before.
    thread: dict[str, Any] = {} if claim.thread_ts is None else {"thread_ts": claim.thread_ts, "reply_broadcast": True}

    def post() -> Standing:
        answer = slack.chat_postMessage(
            channel=channel,
            metadata=metadata_of(claim.message_id),
            unfurl_links=False,
            unfurl_media=False,
            **thread,
            **words,
        )
        return Standing(channel, str(answer["ts"]), words)

    return _joining(channel, slack, post)


def _update(channel: str, ts: str, words: Words, slack: WebClient) -> Standing:
    slack.chat_update(channel=channel, ts=ts, **{**words, "text": clip(words["text"], MOST_TEXT_OF_UPDATE)})
    return Standing(channel, ts, words)


def _look(claim: Claim, channel: str, slack: WebClient) -> Standing | Failure | None:
    thread_ts, since = claim.thread_ts, claim.created_at - SKEW
    found = _joining(channel, slack, lambda: find_posted(slack, channel, claim.message_id, since, thread_ts))
    # Nothing stands in a thread that is gone.
    return None if isinstance(found, Refused) and found.error in THREAD_GONE else found
