"""How a life of years ended, for the comparison with another; to be lived in a process of its own."""

from __future__ import annotations

import logging
import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from redis import Redis
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session, aliased

from cli.sample import local_slack as sample
from models.duties import Message, MessageKind, Notice
from models.offices import Office, Person
from sandbox.hub import Hub
from tests.faults.conftest import nothing_lost_nothing_doubled
from tests.faults.years import Life
from tests.sandbox.conftest import serving


@dataclass(frozen=True)
class InHand:
    """The local Slack of this process: the record of years is more than a socket carries in the time it has."""

    hub: Hub

    def get(self, _path: str) -> list[dict[str, Any]]:
        """Return the record."""
        return self.hub.record


@dataclass(frozen=True)
class Lived:
    """How a life ended: what is compared with another."""

    #: What became of every notice that was planned.
    ledger: dict[tuple[str, ...], str]
    #: The last words of every message.
    said: Counter[tuple[str, ...]]
    #: What people did, and what was suffered.
    done: Counter[str]
    happened: Counter[str]
    #: How many messages were rewritten.
    rewritten: int


def live_apart(  # noqa: PLR0917  # it is called from another process
    database: str, valkey: tuple[str, int], records_seed: int, fault_seed: int | None, first: datetime, days: int
) -> Lived:
    """Live through days with a local Slack of one's own, and compare the ledger with what stands there.

    `valkey` is its address and the number of the database there that is this life's own.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    # Two lives take two cores for minutes: the tests that run beside them wait for Slack's three seconds.
    os.nice(10)
    engine = create_engine(database)
    try:
        with serving() as slack, Redis.from_url(valkey[0], db=valkey[1]) as client:
            slack.post("/control/clock", to=first.isoformat(), force=True)
            slack.post("/control/workspace", **sample.workspace())
            life = Life(engine, slack, client, records_seed, fault_seed, first)
            life.live(first, days)
            nothing_lost_nothing_doubled(life.sessions, InHand(slack.hub))
        with life.sessions() as session:
            rewritten = session.scalar(select(func.count()).where(Message.version > 1)) or 0
        return Lived(ledger(engine), said(engine), life.done, life.happened, rewritten)
    finally:
        engine.dispose()


def ledger(engine: Engine) -> dict[tuple[str, ...], str]:
    """Return what became of every notice that was planned."""
    key = (Notice.obligation_id, Notice.stage, Notice.recipient, Notice.day)
    with Session(engine) as session:
        return {tuple(map(str, row)): status for *row, status in session.execute(select(*key, Notice.status))}


def said(engine: Engine) -> Counter[tuple[str, ...]]:
    """Return the last words of every message, with what it is, for whom, of which day, in which day's thread.

    The digest of a month stays as it was posted, with the figures of that moment, which a fault may put off: of it
    the first sentence is kept, which names the day.
    """
    parent = aliased(Message)
    with Session(engine) as session:
        rows = session.execute(
            select(Message.kind, Office.code, Message.day, Person.slack_id, parent.day, Message.words)
            .join(Office, Office.id == Message.office_id)
            .outerjoin(Person, Person.id == Message.person_id)
            .outerjoin(parent, parent.id == Message.parent_id)
            .where(Message.words.is_not(None))
        )
        return Counter(
            (kind, *map(str, key), words["text"].split(".")[0] if kind == MessageKind.MONTH else words["text"])
            for kind, *key, words in rows
        )
