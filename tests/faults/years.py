"""Live through years of the sample portfolio in minutes, undisturbed or with everything going wrong by a seed."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random

from dramatiq import Message as Job
from dramatiq.brokers.redis import RedisBroker
from redis import Redis
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session, sessionmaker

from models.duties import Message, Notice
from models.requests import Request
from operations.actor import office_day
from operations.read.own import people_with_something
from operations.read.week import offices_with_a_week
from operations.remind.deliver_message import waiting_messages
from tests.faults.fates import FATES, FAULTS, BreakingClient, Commits, KilledError, at_once
from tests.faults.people import live_a_week
from tests.sandbox.conftest import Server
from workers.broker import NAMESPACE, Jobs
from workers.clock import Clock
from workers.deliver import BATCH, Delivery, deliver
from workers.digests import digest_one
from workers.jobs import DELIVERY, QUEUES, deliver_job
from workers.pacer import Pacer
from workers.remind import check_daily, remind_office
from workers.replay import Bell, Bells, Checks
from workers.simulate import _waiting_since

#: Tries after which a message is left alone, so that every day ends.
MOST_FATES = 6
#: Where Dramatiq keeps the jobs of the queue.
QUEUE = f"{NAMESPACE}:{DELIVERY}.msgs"
#: Rounds within which a day's messages must all be said.
MOST_ROUNDS = 60


@dataclass
class Life:
    """One run over the years; with `seed` None for the faults nothing goes wrong."""

    engine: Engine
    slack: Server
    valkey: Redis
    records_seed: int
    fault_seed: int | None
    now: datetime
    #: What was suffered, and what people did.
    happened: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.sessions = sessionmaker(self.engine)
        self.client = BreakingClient("xoxb-test", base_url=f"{self.slack.address}/api/", retry_handlers=[])
        self.commits = Commits()
        # The pacer's seconds pass as deliveries are tried; nobody waits for them.
        self.pace = 0.0
        pacer = Pacer(self.valkey, 100, lambda: self.pace)
        self.delivery = Delivery(self.engine, self.sessions, self.client, lambda: self.now, pacer=pacer, at_once=BATCH)
        # No worker of Dramatiq runs here: what it would take from the queue, this life takes itself.
        self.broker = RedisBroker(client=self.valkey, namespace=NAMESPACE, middleware=[])
        for queue in QUEUES:
            self.broker.declare_queue(queue)
        self.jobs = Jobs(self.broker)
        self.clock = Clock(self.engine, self.jobs, lambda: self.now)
        self.tries: Counter[str] = Counter()
        #: Since when each office has something to say, as long as nothing changes.
        self.waits: dict[int, date] | None = None

    def dice(self, *what: object) -> Random:
        """Return the dice for one thing: the same whatever came before, so that a seed can be replayed."""
        return Random("/".join(map(str, (self.fault_seed, *what))))  # noqa: S311  # to be replayed, not to be guessed

    def live(self, first: datetime, days: int) -> None:
        """Let the days pass, as the clock and the workers would."""
        last = first.date() + timedelta(days=days)
        with self.sessions() as session:
            checks, bells = Checks(session), Bells(session, first)
        week = None
        with self.killing():
            for self.now, ringing, people, daily in bells.moments(last):
                self.slack.hub.clock.move_to(self.now, force=True)
                changed = False
                if (this_week := self.now.isocalendar()[:2]) != week:
                    # The check itself, not the shorter one that leaves out what certainly finds nothing.
                    self.until_done("check", partial(check_daily, self.sessions, now=lambda: self.now))
                    did = live_a_week(self.sessions, self.records_seed, self.now)
                    self.done += did
                    changed = bool(did)
                    week = this_week
                    with self.sessions() as session:
                        checks = Checks(session)
                checks.run(self.sessions, None if daily else [office.id for office in ringing], self.now)
                if checks.ran or changed:
                    self.waits = None
                talking, telling = self.heard(ringing, people)
                for office in talking:
                    remind = partial(remind_office, self.sessions, office.id, now=lambda: self.now)
                    self.until_done(office.code, remind)
                for person in telling:
                    self.until_done(person.code, partial(digest_one, self.sessions, person.id, now=lambda: self.now))
                if talking or telling or checks.ran or changed or bells.a_hold_ends:
                    bells.ends_of_holds |= self.deliver_all()
                    self.waits = None

    def heard(self, offices: list[Bell], people: list[Bell]) -> tuple[list[Bell], list[Bell]]:
        """Return those of the offices and people who may have something to hear of: the others certainly have not."""
        beginning = [office for office in offices if office.begins_a_week(self.now)]
        with self.sessions() as session:
            if offices and self.waits is None:
                self.waits = _waiting_since(session)
            weeks = offices_with_a_week(session, now=self.now) if beginning else set()
            some = people_with_something(session, now=self.now) if people else set()
        talking = [
            office
            for office in offices
            if (self.waits or {}).get(office.id, date.max) <= office_day(self.now, office.timezone)
            or (office in beginning and office.id in weeks)
        ]
        return talking, [person for person in people if person.id in some]

    @contextmanager
    def killing(self) -> Iterator[None]:
        """Let commits be the end of a worker."""
        event.listen(Session, "before_commit", self.commits.before)
        event.listen(Session, "after_commit", self.commits.after)
        try:
            yield
        finally:
            event.remove(Session, "before_commit", self.commits.before)
            event.remove(Session, "after_commit", self.commits.after)

    def until_done(self, what: str, work: Callable[[], object]) -> None:
        """Do what the clock asks for, alone or two at once; who is killed is asked again."""
        fates = ("killed before a commit", "killed after a commit", "two at once")
        for attempt in range(MOST_FATES):
            dice = self.dice(what, self.now, attempt)
            fate = dice.choice(fates) if self.fault_seed is not None and dice.random() < 0.3 else ""
            if self.suffer(fate, dice, work):
                return
        work()

    def deliver_all(self) -> set[datetime]:
        """Deliver what waits until nothing does; return until when what is held back is held."""
        waiting = self.waiting()
        # Who makes a message queues it, and the clock queues what is announced; the rest is the sweep's.
        self.jobs.send(*map(deliver_job, waiting))
        for _ in range(MOST_ROUNDS):
            if not waiting:
                self.broker.flush(DELIVERY)
                with self.sessions() as session:
                    return set(session.scalars(select(Message.held_until).where(Message.held_until > self.now)))
            queued = self.queued()
            for id, name in sorted(waiting.items(), key=lambda pair: pair[1]):
                # It may have been lost meanwhile.
                if self.valkey.hdel(QUEUE, queued.get(id, "")):
                    self.deliver_one(id, name)
            self.pace += 70
            if waiting := self.waiting():
                self.clock.sweep()
        raise AssertionError(f"still waiting at {self.now}: {sorted(waiting.values())}")

    def waiting(self) -> dict[uuid.UUID, str]:
        """Return what waits, with its name; half a minute has passed since somebody was killed."""
        with self.sessions.begin() as session:
            session.execute(text("update messages set claimed_until = null where claimed_until is not null"))
            return names_of(session, waiting_messages(session, now=self.now))

    def queued(self) -> dict[uuid.UUID, bytes]:
        """Return the messages in the queue, with the keys of their jobs there."""
        jobs: dict[bytes, bytes] = self.valkey.hgetall(QUEUE)  # type: ignore[assignment]  # it is no coroutine
        return {uuid.UUID(Job.decode(job).args[0]): key for key, job in jobs.items()}

    def deliver_one(self, id: uuid.UUID, name: str) -> None:
        """Try to deliver a message once."""
        self.tries[name] += 1
        self.pace += 2
        dice, fate = self.dice(name, self.tries[name]), ""
        if self.fault_seed is not None and self.tries[name] <= MOST_FATES:
            good = 100 - sum(FATES.values())
            (fate,) = dice.choices(["", *FATES], [good, *FATES.values()])
        self.suffer(fate, dice, lambda: deliver(id, self.delivery))

    def suffer(self, fate: str, dice: Random, work: Callable[[], object]) -> bool:
        """Do something to which this happens; tell whether it was not killed."""
        self.happened[fate or "nothing"] += 1
        if fate in FAULTS:
            self.slack.post("/control/faults", on="*", times=1, **FAULTS[fate])
        elif fate == "valkey flushed":
            self.valkey.flushdb()
        elif fate.endswith("call"):
            self.client.made, self.client.countdown = "after" in fate, dice.randrange(2)
        elif fate.endswith("commit"):
            self.commits.made, self.commits.countdown = "after" in fate, dice.randrange(3)
        try:
            at_once(work, 2 if fate == "two at once" else 1)
        except KilledError:
            return False
        else:
            return True
        finally:
            self.client.countdown = self.commits.countdown = None
            if fate in FAULTS:
                self.slack.send("/control/faults", None, method="DELETE")


def names_of(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return names of messages that are the same in every life, by their ids."""
    about: dict[uuid.UUID, list[str]] = {id: [] for id in ids}
    columns = (Notice.message_id, Notice.obligation_id, Notice.stage, Notice.recipient, Notice.day)
    for id, *said in session.execute(select(*columns).where(Notice.message_id.in_(ids))):
        about[id].append(" ".join(map(str, said)))
    asked = select(Message.id, Request.obligation_id, Request.asked_at).join(Request)
    for id, *request in session.execute(asked.where(Message.id.in_(ids))):
        about[id].append(" ".join(map(str, request)))
    return {
        message.id: f"{message.kind} {message.office_id} {message.person_id} {message.day} "
        f"{min([*about[message.id], *map(str, message.shows or ())], default='')} {message.version}"
        for message in session.scalars(select(Message).where(Message.id.in_(ids)))
    }
