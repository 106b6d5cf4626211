"""Post a message, or rewrite it, so that it stands in the channel once.

The claim is committed before Slack is called, and no transaction is open while Slack is. What cannot be known
afterwards is looked up: every message carries its id as metadata, and where a post may have arrived, the
channel is searched before anything is posted again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from bot.blocks import clip
from bot.messages import message_words
from models.duties import Message, MessageKind
from operations.read.message import ShownMessage, show_message
from operations.remind.deliver_message import (
    Claim,
    Step,
    find_work,
    note_gone,
    note_not_sent,
    note_refused,
    note_sent,
    note_thread_gone,
    note_uncertain,
    take_work,
)
from workers.hold import end_dead_lease, holding
from workers.pacer import HISTORY, OPEN, POST, REPLIES, UPDATE, Pacer
from workers.slack import (
    RATE_LIMITED,
    SLACK_ERRORS,
    THREAD_GONE,
    Failure,
    Gone,
    NotSent,
    Refused,
    Uncertain,
    code_of,
    judge,
)

EVENT_TYPE = "alliance_notice"
#: Slack stamps a message by its own clock, which may be behind ours.
SKEW = timedelta(minutes=15)
#: Messages Slack is asked for at once.
PAGE = 200
#: Characters of a message's text that Slack takes when it is changed.
MOST_TEXT_OF_UPDATE = 4_000

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
    words: Callable[[ShownMessage], Words] = message_words
    #: None where nothing is held back.
    pacer: Pacer | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A message that stands in the channel with these words."""

    channel: str
    ts: str
    words: Words


def deliver(message_id: uuid.UUID, by: Delivery) -> float | None:
    """Post or rewrite a message if it waits; returns the seconds after which to try again, else None."""
    with holding(by.engine, message_id) as connection:
        if connection is None:
            return None
        by = replace(by, sessions=sessionmaker(connection))
        with by.sessions() as session:
            work = find_work(session, message_id)
            if work is None and end_dead_lease(session, message_id):
                work = find_work(session, message_id)
            if work is not None and (too_early := _ask_pacer(session, work, by.pacer)):
                return too_early
            claim = None if work is None else take_work(session, work, now=by.now())
            since = session.get_one(Message, message_id).created_at - SKEW if claim else None
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
            case Standing(channel, ts, sent):
                note_sent(session, claim, ts=ts, words=sent, now=by.now(), channel=channel)
                note.info("sent", ts=ts)
                return None
            case Gone(error) if claim.step is not Step.UPDATE:
                found = note_gone(session, claim, error=error, now=by.now())
                note.warning("the channel or the person is gone", error=error, goes_up=found)
                return 0.0 if found else None
            case Refused(error) if error in THREAD_GONE and claim.thread_ts is not None:
                note_thread_gone(session, claim, now=by.now())
                return 0.0
            case Refused(error):
                note_refused(session, claim, error=error, now=by.now())
                note.error("Slack refused the message", error=error)
                return None
            case NotSent(error, again_in):
                note_not_sent(session, claim, now=by.now())
            case Uncertain(error, again_in):
                note_uncertain(session, claim, error=error, now=by.now())
    note.warning("not sent yet", error=error, again_in=again_in)
    if by.pacer and error == RATE_LIMITED:
        by.pacer.block(_methods(claim), again_in)
    return again_in


def _methods(claim: Claim) -> tuple[str, ...]:
    """Return what may be called for a claim."""
    if claim.step is Step.UPDATE:
        return (UPDATE,)
    methods: tuple[str, ...] = (OPEN,) if claim.to_person else ()
    if claim.step is Step.LOOK_THEN_POST:
        methods += (HISTORY if claim.thread_ts is None else REPLIES,)
    return (*methods, POST) if claim.version == 1 or claim.step is Step.POST else (*methods, POST, UPDATE)


def _ask_pacer(session: Session, work: Claim, pacer: Pacer | None) -> float:
    if pacer is None:
        return 0.0
    reminder = session.get_one(Message, work.message_id).kind == MessageKind.REMINDER
    bulk = reminder and work.step is Step.POST
    return pacer.ask(work.message_id, _methods(work), work.channel, bulk=bulk)


def _give_back(claim: Claim, error: str, by: Delivery) -> None:
    with by.sessions.begin() as session:
        if claim.step is Step.LOOK_THEN_POST:
            note_uncertain(session, claim, error=error, now=by.now())
        else:
            note_not_sent(session, claim, now=by.now())


def _send(claim: Claim, words: Words, since: datetime, slack: WebClient) -> Standing | Failure:
    if claim.step is Step.UPDATE and claim.ts is not None:
        return _joining(claim.channel, slack, lambda: _update(claim.channel, claim.ts or "", words, slack))
    channel = _open(claim, slack)
    if claim.step is Step.POST:
        return _post(claim, channel, words, slack) if isinstance(channel, str) else channel
    found = _look(claim, channel, since, slack) if isinstance(channel, str) else channel
    if isinstance(found, Standing) and claim.version > 1:
        standing = found
        changed = _joining(found.channel, slack, lambda: _update(standing.channel, standing.ts, words, slack))
        # It stands there, so it must not be taken for unsent, whatever became of the change.
        found = standing if isinstance(changed, Refused) else changed
    elif found is None:
        # The channel was read to the end: it is certain that nothing stands there.
        return _post(claim, str(channel), words, slack)
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
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"notice_id": str(claim.message_id)}}
    # The channel sees a reply, too: it was not heard of in the thread before.
    thread: dict[str, Any] = {} if claim.thread_ts is None else {"thread_ts": claim.thread_ts, "reply_broadcast": True}

    def post() -> Standing:
        answer = slack.chat_postMessage(
            channel=channel, metadata=metadata, unfurl_links=False, unfurl_media=False, **thread, **words
        )
        return Standing(channel, str(answer["ts"]), words)

    return _joining(channel, slack, post)


def _update(channel: str, ts: str, words: Words, slack: WebClient) -> Standing:
    slack.chat_update(channel=channel, ts=ts, **{**words, "text": clip(words["text"], MOST_TEXT_OF_UPDATE)})
    return Standing(channel, ts, words)


def _look(claim: Claim, channel: str, since: datetime, slack: WebClient) -> Standing | Failure | None:
    thread_ts = claim.thread_ts
    found = _joining(channel, slack, lambda: find_posted(slack, channel, claim.message_id, since, thread_ts))
    # Nothing stands in a thread that is gone.
    return None if isinstance(found, Refused) and found.error in THREAD_GONE else found


def find_posted(
    slack: WebClient, channel: str, message_id: uuid.UUID, since: datetime, thread_ts: str | None = None
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
            if ours and (metadata.get("event_payload") or {}).get("notice_id") == str(message_id):
                words = {"text": message.get("text", ""), "blocks": message.get("blocks", [])}
                return Standing(channel, str(message["ts"]), words)
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return None
