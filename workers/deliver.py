"""Post a message, or rewrite it, so that it stands in the channel once.

The claim is committed before Slack is called, and no transaction is open while Slack is. What cannot be known
afterwards is looked up: every message carries its id as metadata, and where a post may have arrived, the
channel is searched before anything is posted again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from bot.messages import reminder_message
from models.duties import Message, MessageKind
from operations.read.message import ShownMessage, show_message
from operations.remind.deliver_message import (
    Claim,
    Step,
    claim_message,
    note_not_sent,
    note_refused,
    note_sent,
    note_uncertain,
)
from workers.hold import end_dead_lease, holding
from workers.pacer import HISTORY, POST, UPDATE, Pacer
from workers.slack import RATE_LIMITED, SLACK_ERRORS, Failure, NotSent, Refused, Uncertain, code_of, judge

EVENT_TYPE = "alliance_notice"
#: Slack stamps a message by its own clock, which may be behind ours.
SKEW = timedelta(minutes=15)
#: Messages Slack is asked for at once.
PAGE = 200

log = structlog.get_logger("workers.deliver")

Words = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Delivery:
    """What it takes to deliver."""

    engine: Engine
    sessions: sessionmaker[Session]
    slack: WebClient
    now: Callable[[], datetime]
    words: Callable[[ShownMessage], Words] = reminder_message
    #: None where nothing is held back.
    pacer: Pacer | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A message that stands in the channel with these words."""

    ts: str
    words: Words


def deliver(message_id: uuid.UUID, by: Delivery) -> float | None:
    """Post or rewrite a message if it waits; returns the seconds after which to try again, else None."""
    with holding(by.engine, message_id) as held:
        if not held:
            return None
        with by.sessions() as session:
            end_dead_lease(session, message_id)
            claim = claim_message(session, message_id)
            message = session.get_one(Message, message_id) if claim else None
            if claim and message and (too_early := _ask_pacer(claim, message, by.pacer)):
                # The claim was not committed: nothing happened to the message.
                return too_early
            since = message.created_at - SKEW if message else None
            session.commit()
        if claim is None or since is None:
            return None
        return _work(claim, since, by)


def _work(claim: Claim, since: datetime, by: Delivery) -> float | None:
    try:
        with by.sessions() as session:
            shown = show_message(session, claim.message_id, now=by.now())
        words = by.words(shown)
    except Exception:
        # Nothing was sent, and nobody may wait for the lease because of it.
        _give_back(claim, "the message could not be put into words", by)
        raise
    outcome = _send(claim, words, since, by.slack)
    note = log.bind(message=str(claim.message_id), channel=claim.channel, step=claim.step.value)
    with by.sessions.begin() as session:
        match outcome:
            case Standing(ts, sent):
                note_sent(session, claim, ts=ts, words=sent, now=by.now())
                note.info("sent", ts=ts)
                return None
            case Refused(error):
                note_refused(session, claim, error=error, now=by.now())
                note.error("Slack refused the message", error=error)
                return None
            case NotSent(error, again_in):
                note_not_sent(session, claim)
            case Uncertain(error, again_in):
                note_uncertain(session, claim, error=error, now=by.now())
    note.warning("not sent yet", error=error, again_in=again_in)
    if by.pacer and error == RATE_LIMITED:
        by.pacer.block(_methods(claim), again_in)
    return again_in


def _methods(claim: Claim) -> tuple[str, ...]:
    """Return what may be called for a claim."""
    match claim.step:
        case Step.POST:
            return (POST,)
        case Step.UPDATE:
            return (UPDATE,)
        case Step.LOOK_THEN_POST:
            return (HISTORY, POST) if claim.version == 1 else (HISTORY, POST, UPDATE)


def _ask_pacer(claim: Claim, message: Message, pacer: Pacer | None) -> float:
    if pacer is None:
        return 0.0
    bulk = claim.step is Step.POST and message.kind == MessageKind.REMINDER
    return pacer.ask(message.id, _methods(claim), claim.channel, bulk=bulk)


def _give_back(claim: Claim, error: str, by: Delivery) -> None:
    with by.sessions.begin() as session:
        if claim.step is Step.LOOK_THEN_POST:
            note_uncertain(session, claim, error=error, now=by.now())
        else:
            note_not_sent(session, claim)


def _send(claim: Claim, words: Words, since: datetime, slack: WebClient) -> Standing | Failure:
    if claim.step is Step.UPDATE and claim.ts is not None:
        return _joining(claim, slack, lambda: _update(claim, claim.ts or "", words, slack))
    if claim.step is Step.POST:
        return _joining(claim, slack, lambda: _post(claim, words, slack))
    found = _joining(claim, slack, lambda: find_posted(slack, claim.channel, claim.message_id, since))
    match found:
        case None:
            # The channel was read to the end: it is certain that nothing stands there.
            return _joining(claim, slack, lambda: _post(claim, words, slack))
        case Standing() if claim.version == 1:
            return found
        case Standing():
            changed = _joining(claim, slack, lambda: _update(claim, found.ts, words, slack))
            # It stands there, so it must not be taken for unsent, whatever became of the change.
            return found if isinstance(changed, Refused) else _still_uncertain(changed)
        case _:
            return _still_uncertain(found)


def _still_uncertain(outcome: Standing | Failure) -> Standing | Failure:
    return Uncertain(outcome.error, outcome.again_in) if isinstance(outcome, NotSent) else outcome


def _joining(claim: Claim, slack: WebClient, ask: Callable[[], T]) -> T | Failure:
    """Ask Slack; where that takes a member of the channel, become one and ask once more."""
    try:
        try:
            return ask()
        except SlackApiError as error:
            if code_of(error) != "not_in_channel" or not _join(claim.channel, slack):
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


def _post(claim: Claim, words: Words, slack: WebClient) -> Standing:
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"notice_id": str(claim.message_id)}}
    answer = slack.chat_postMessage(
        channel=claim.channel, metadata=metadata, unfurl_links=False, unfurl_media=False, **words
    )
    return Standing(str(answer["ts"]), words)


def _update(claim: Claim, ts: str, words: Words, slack: WebClient) -> Standing:
    slack.chat_update(channel=claim.channel, ts=ts, **words)
    return Standing(ts, words)


def find_posted(slack: WebClient, channel: str, message_id: uuid.UUID, since: datetime) -> Standing | None:
    """Look for a message of ours among all that were posted to a channel since a moment on Slack's clock.

    Raises:
        SlackApiError: Slack does not let us look; OSError and HTTPException where it cannot be reached.
    """
    cursor: str | None = None
    while True:
        page = slack.conversations_history(
            channel=channel,
            oldest=f"{since.timestamp():.6f}",
            inclusive=True,
            include_all_metadata=True,
            limit=PAGE,
            cursor=cursor,
        )
        for message in page["messages"]:
            metadata = message.get("metadata") or {}
            ours = metadata.get("event_type") == EVENT_TYPE
            if ours and (metadata.get("event_payload") or {}).get("notice_id") == str(message_id):
                words = {"text": message.get("text", ""), "blocks": message.get("blocks", [])}
                return Standing(str(message["ts"]), words)
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
