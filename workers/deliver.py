"""Deliver messages in batches: whoever is asked for one takes others along that wait with it.

One transaction claims a batch and puts it into words, before Slack is called; no transaction is open while Slack
is. One more notes all that were simply sent; whatever went otherwise is noted by itself.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from threading import Semaphore
from time import monotonic

import structlog
from redis import RedisError
from slack_sdk import WebClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from bot.installations import DEAD as DEAD_TOKEN
from bot.messages import message_words
from bot.posted import Standing, Words
from bot.slack_errors import SLACK_ERRORS
from bot.workspaces import Workspaces
from models.duties import DIGESTS, MessageKind
from operations.read.message import ShownMessage, show_messages
from operations.remind.deliver_message import Claim, Step, find_more, find_work, still_waits, take_work
from operations.remind.hold_message import Hold, do_not_disturb
from operations.remind.note_outcome import (
    Sent,
    note_all_sent,
    note_gone,
    note_held,
    note_not_sent,
    note_paced,
    note_refused,
    note_thread_gone,
    note_uncertain,
)
from workers.hold import DEAD, GRACE, hold_more, holding, let_go
from workers.pacer import ACCOUNT, DISTURB, HISTORY, OPEN, POST, REPLIES, UPDATE, Pacer
from workers.quiet import Quiet, look_at_person
from workers.send import send
from workers.slack import RATE_LIMITED, SETTLE, THREAD_GONE, Failure, Gone, NotSent, Refused, Uncertain

#: Messages that a worker delivers together at most.
BATCH = 16
#: How many times as many are looked at: other workers hold the first of them.
CROWD = 8
#: Seconds from a claim within which its posts begin; whoever takes over from a dead worker so looks for a message as
#: long after its post began as for any other whose fate is unknown. What has not begun then is claimed anew; paced,
#: it is given back or, where nothing was posted yet, asked for again: no post is later than the pacer thinks.
WITHIN = GRACE.total_seconds() - SETTLE
#: Threads of a process that claim at once: while one waits for the database, another puts into words.
CLAIMING = 2
#: Seconds that a thread lets others claim before it does.
PATIENCE = 1.0
#: Seconds that nobody asks about.
SOON = 5.0
#: Why messages that cannot be put into words together are tried one by one.
UNWORDED = "it could not be put into words together with others"

log = structlog.get_logger("workers.deliver")


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
    #: Messages that are delivered together at most: what is asked for, and what waits with it.
    at_once: int = 1
    #: By which it is seen how long a claim or a post took.
    seconds: Callable[[], float] = monotonic
    #: With several workspaces each has its own client; None: `slack` is the only one.
    workspaces: Workspaces | None = None
    #: Threads of this process that may claim at once.
    claiming: Semaphore = field(default_factory=partial(Semaphore, CLAIMING))
    #: What this process holds, and will note before it lets it go: a job for one of these has nothing to do.
    in_hand: set[uuid.UUID] = field(default_factory=set)

    def at(self, slack_id: str) -> Delivery:
        """Return what it takes to deliver to a person or a channel, in the workspace where that is."""
        if self.workspaces is None:
            return self
        return replace(self, slack=self.workspaces.client_of(slack_id), pacer=self.pacer_of(slack_id), workspaces=None)

    def place_of(self, slack_id: str) -> str:
        """Return the workspace of a person or a channel as far as it is known; empty where there is but one."""
        return "" if self.workspaces is None else self.workspaces.known_place(slack_id) or ""

    def pacer_of(self, slack_id: str) -> Pacer | None:
        """Return the limits that hold for a person or a channel."""
        return None if self.pacer is None else self.pacer.of(self.place_of(slack_id))

    @cached_property
    def looking(self) -> Engine:
        """The engine for what is no transaction."""
        return self.engine.execution_options(isolation_level="AUTOCOMMIT")


def deliver(message_id: uuid.UUID, by: Delivery) -> float | None:
    """Deliver as `deliver_together` does; returns the seconds after which to try this message again, else None."""
    return deliver_together(message_id, by).get(message_id)


def deliver_together(message_id: uuid.UUID, by: Delivery) -> dict[uuid.UUID, float]:
    """Post or rewrite a message if it waits, and others with it that wait to be posted.

    Returns which of them to try again, each after so many seconds.
    """
    # Most jobs end here: another thread takes their messages along.
    if message_id in by.in_hand:
        return {}
    now = by.now()
    # Or here, as another worker did.
    with by.looking.connect() as connection:
        if not still_waits(connection, message_id, now=now, left=DEAD):
            return {}
    with holding(by.engine, message_id) as held, ExitStack() as taken:
        if held is None:
            return {}
        by = replace(by, sessions=sessionmaker(held))
        with _in_turn(by.claiming), by.sessions.begin() as session:
            since = by.seconds()
            work = next(iter(find_work(session, [message_id], now=now, left=DEAD)), None)
            if work is None:
                return {}
            if too_early := _ask_pacer(work, by):
                if too_early > SOON:
                    note_paced(session, work)
                return {message_id: too_early}
            found = [work, *_find_company(session, work, by, now)]
            taken.enter_context(_in_hand(by, found))
            claims = take_work(session, found, now=now)
            # What cannot be put into words is not claimed: nobody waits for a lease because of it.
            claims.sort(key=lambda claim: (claim.channel != work.channel, _is_bulk(claim), claim.created_at))
            batch = _put_into_words(session, claims, message_id, by, now)
        return _work(batch, by, since)


@contextmanager
def _in_turn(claiming: Semaphore) -> Iterator[None]:
    """Let few threads of a process claim at once, so that some post while others put into words.

    All at once they would get ready as late as the last of them, and Slack would wait for that. Who has waited long
    goes on beside the others: no claim depends on it.
    """
    mine = claiming.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if mine:
            claiming.release()


@contextmanager
def _in_hand(by: Delivery, found: Sequence[Claim]) -> Iterator[None]:
    ids = {work.message_id for work in found}
    by.in_hand.update(ids)
    try:
        yield
    finally:
        by.in_hand.difference_update(ids)


def _find_company(session: Session, work: Claim, by: Delivery, now: datetime) -> list[Claim]:
    """Find, for what is nothing but a post to a channel, others that wait to be posted and may be now."""
    # A person is asked after first, which takes time and may be refused.
    if by.at_once == 1 or work.step is not Step.POST or work.to_person:
        return []
    # Held before their rows are locked, as everywhere: who gets the one gets the other.
    waiting = find_more(session, work, most=CROWD * by.at_once, now=now)
    found = find_work(session, hold_more(session, waiting, most=by.at_once - 1), now=now)
    company: list[Claim] = []
    not_yet: dict[str, list[uuid.UUID]] = {}
    # Another worker may have tried one since it was found: that is looked for by its own job.
    let_go(session, [each.message_id for each in found if each.step is not Step.POST])
    for each in (each for each in found if each.step is Step.POST):
        # What comes later in a channel does not go before what waits there for its turn.
        # Where one workspace locks us out, the others do not wait with it.
        near = by.place_of(each.channel) == by.place_of(work.channel)
        if near and each.channel not in not_yet and not _ask_pacer(each, by, within=WITHIN):
            company.append(each)
        else:
            not_yet.setdefault(each.channel, []).append(each.message_id)
    let_go(session, [id for ids in not_yet.values() for id in ids])
    return company


def _put_into_words(
    session: Session, claims: Sequence[Claim], asked: uuid.UUID, by: Delivery, now: datetime
) -> list[tuple[Claim, Words]]:
    try:
        shown = show_messages(session, [claim.message_id for claim in claims], now=now)
        return [(claim, by.words(shown[claim.message_id])) for claim in claims]
    except Exception:
        company = [claim for claim in claims if claim.message_id != asked]
        if not company:
            raise
        log.warning("a batch cannot be put into words", messages=len(claims), exc_info=True)
        for claim in company:
            note_not_sent(session, claim, now=now, error=UNWORDED)
        return _put_into_words(session, [claim for claim in claims if claim.message_id == asked], asked, by, now)


def _work(batch: Sequence[tuple[Claim, Words]], by: Delivery, since: float) -> dict[uuid.UUID, float]:
    """Post or rewrite one after the other; return which to try again, each after so many seconds."""
    left, sent = deque(batch), list[Sent]()
    again: dict[uuid.UUID, float] = {}
    pause: float | None = None
    while left and pause is None:
        if by.seconds() - since > WITHIN:
            if by.pacer is not None and len(left) < len(batch):
                pause = 0.0
                break
            # The claim took long, or a post did: nobody may take the others for a dead worker's meanwhile.
            since = by.seconds()
            too_early = {claim.message_id: _ask_pacer(claim, by, within=WITHIN) for claim, _ in left}
            waiting = [claim for claim, _ in left if too_early[claim.message_id]]
            left = deque(each for each in left if not too_early[each[0].message_id])
            _note_sent(sent, by, given_back=waiting, claimed_anew=[claim for claim, _ in left])
            again |= {claim.message_id: too_early[claim.message_id] for claim in waiting}
            sent = []
            if not left:
                break
        claim, words = left.popleft()
        there = by.at(claim.channel)
        outcome = send(claim, words, there.slack, partial(_must_wait, by=there))
        if isinstance(outcome, Standing):
            sent.append(Sent(claim, outcome.channel, outcome.ts, outcome.words))
        elif (wait := _note_other(claim, outcome, by)) is not None:
            again[claim.message_id] = wait
        if isinstance(outcome, NotSent):
            # Slack wants to be left alone, or is not there.
            pause = outcome.again_in
    given_back = [claim for claim, _ in left]
    _note_sent(sent, by, given_back=given_back)
    return again | {claim.message_id: pause or 0.0 for claim in given_back}


def _note_sent(
    sent: Sequence[Sent], by: Delivery, *, given_back: Sequence[Claim] = (), claimed_anew: Sequence[Claim] = ()
) -> None:
    if sent or given_back or claimed_anew:
        with by.sessions.begin() as session:
            note_all_sent(session, sent, given_back=given_back, claimed_anew=claimed_anew, now=by.now())
    for each in sent:
        _about(each.claim).info("sent", ts=each.ts)


def _note_other(claim: Claim, outcome: Hold | Failure, by: Delivery) -> float | None:
    """Note what came of a message that was not simply sent; return the seconds after which to try it again."""
    note = _about(claim)
    with by.sessions.begin() as session:
        match outcome:
            case Hold(until, why):
                note_held(session, claim, outcome, now=by.now())
                note.info("held", until=str(until), why=why)
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
                note_not_sent(session, claim, now=by.now(), error=error)
            case Uncertain(error, again_in):
                # Another job of its own, queued before, may come at any moment: it must not look too early.
                lease = DEAD + timedelta(seconds=again_in)
                note_uncertain(session, claim, error=error, now=by.now(), lease=lease)
    note.warning("not sent yet", error=error, again_in=again_in)
    if by.workspaces is not None and error in DEAD_TOKEN:
        # Nobody may have heard that the app was uninstalled there; then the next try finds no workspace.
        with suppress(*SLACK_ERRORS):
            by.workspaces.installed.verify(by.place_of(claim.channel))
    pacer = by.pacer_of(claim.channel)
    if pacer and error == RATE_LIMITED:
        methods = outcome.methods if isinstance(outcome, NotSent) else ()
        try:
            pacer.block(methods or _methods(claim), again_in)
        except RedisError as lost:
            # What was sent has still to be noted; the next to be asked is Slack itself.
            note.warning("the pacer cannot be told", why=str(lost))
    return again_in


def _about(claim: Claim) -> structlog.stdlib.BoundLogger:
    return log.bind(message=str(claim.message_id), channel=claim.channel, step=claim.step.value)  # type: ignore[no-any-return]


def _methods(claim: Claim) -> tuple[str, ...]:
    """Return what may be called for a claim."""
    if claim.step is Step.UPDATE:
        return (UPDATE,)
    methods: tuple[str, ...] = (ACCOUNT, DISTURB, OPEN) if claim.to_person else ()
    if claim.step is Step.LOOK_THEN_POST:
        methods += (HISTORY if claim.thread_ts is None else REPLIES,)
    return (*methods, POST) if claim.version == 1 or claim.step is Step.POST else (*methods, POST, UPDATE)


def _is_bulk(work: Claim) -> bool:
    """Whether nobody waits for a message: the day's reminders, and digests."""
    return work.kind in {MessageKind.REMINDER, *DIGESTS} and work.step is Step.POST


def _ask_pacer(work: Claim, by: Delivery, *, within: float | None = None) -> float:
    pacer = by.pacer_of(work.channel)
    if pacer is None or (work.closed is not None and work.step is Step.POST):
        return 0.0
    return pacer.ask(work.message_id, _methods(work), work.channel, bulk=_is_bulk(work), within=within)


def _must_wait(claim: Claim, by: Delivery) -> Hold | Gone | NotSent | None:
    """Say why something new is not to be posted there now, if it is not."""
    if claim.closed is not None or not claim.to_person:
        return claim.closed
    found = look_at_person(claim.channel, by.slack, made_at=claim.created_at, now=by.now())
    if not isinstance(found, Quiet):
        return found
    with by.sessions() as session:
        return do_not_disturb(session, claim.message_id, found.until, now=by.now())
