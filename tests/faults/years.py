"""Live through years of the sample portfolio in minutes, undisturbed or with everything going wrong by a seed."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from redis import Redis
from slack_sdk import WebClient
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session, aliased, sessionmaker

from models.duties import Message, Notice, Obligation
from models.offices import Office, Person
from operations.actor import Actor, office_day, operator
from operations.conclude.sign_renewal import sign_renewal
from operations.operate.record_evaluation import record_evaluation
from operations.operate.record_meeting import record_meeting
from operations.operate.submit_report import submit_report
from operations.refusals import Refused
from operations.remind.deliver_message import waiting_messages
from operations.remind.steer_reminder import snooze_reminder
from operations.remind.waive_duty import waive_duty
from policy.rules import RULES
from tests.sandbox.conftest import Server
from workers.deliver import Delivery, deliver
from workers.pacer import Pacer
from workers.remind import check_daily, remind_office
from workers.replay import Bells, Checks
from workers.simulate import _waiting_since

#: What may happen to a delivery, and how often of a hundred times; the rest goes well.
FATES = {
    "accepted, then cut": 6,
    "cut": 5,
    "accepted, then 503": 5,
    "500": 5,
    "429": 5,
    "killed before a call": 5,
    "killed after a call": 5,
    "killed before a commit": 5,
    "killed after a commit": 5,
    "two at once": 5,
    "valkey flushed": 4,
}
FAULTS: dict[str, dict[str, Any]] = {
    "accepted, then cut": {"what": "drop", "accepted": True},
    "cut": {"what": "drop"},
    "accepted, then 503": {"what": "status", "status": 503, "accepted": True},
    "500": {"what": "status", "status": 500},
    "429": {"what": "ratelimited", "retry_after": 20},
}
#: Tries after which a message is left alone, so that every day ends.
MOST_FATES = 6
#: Rounds within which a day's messages must all be said.
MOST_ROUNDS = 60
#: Chances of a week that somebody records what an open duty asks for, or puts its reminder off.
DONE, PUT_OFF = 0.06, 0.02


class KilledError(BaseException):
    """A worker is killed here: nothing but what the database and Slack have is left of its work."""


class BreakingClient(WebClient):
    """A client whose process is killed before or after one of its calls."""

    #: How many calls are left until then, and whether that one is still made.
    countdown: int | None = None
    made: bool = False

    def api_call(self, *arguments: Any, **more: Any) -> Any:
        """Call Slack, or be killed."""
        self.countdown = None if self.countdown is None else self.countdown - 1
        killed = self.countdown == -1
        if killed and not self.made:
            raise KilledError
        answer = super().api_call(*arguments, **more)
        if killed:
            raise KilledError
        return answer


@dataclass
class Commits:
    """Kills who commits, before or after it; any thread."""

    countdown: int | None = None
    made: bool = False

    def before(self, _session: Session) -> None:
        """Come to a commit."""
        self.countdown = None if self.countdown is None else self.countdown - 1
        if self.countdown == -1 and not self.made:
            raise KilledError

    def after(self, _session: Session) -> None:
        """Have committed."""
        if self.countdown == -1 and self.made:
            self.countdown = None
            raise KilledError


@dataclass
class Life:
    """One run over the years; with `seed` None for the faults nothing goes wrong."""

    engine: Engine
    slack: Server
    valkey: Redis
    records_seed: int
    fault_seed: int | None
    now: datetime
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.sessions = sessionmaker(self.engine)
        self.client = BreakingClient("xoxb-test", base_url=f"{self.slack.address}/api/", retry_handlers=[])
        self.commits = Commits()
        # The pacer's seconds pass as deliveries are tried; nobody waits for them.
        self.pace = 0.0
        pacer = Pacer(self.valkey, 100, lambda: self.pace)
        self.delivery = Delivery(self.engine, self.sessions, self.client, lambda: self.now, pacer=pacer)
        self.tries: Counter[str] = Counter()

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
            for self.now, ringing, daily in bells.moments(last):
                self.slack.hub.clock.move_to(self.now, force=True)
                changed = False
                if (this_week := self.now.isocalendar()[:2]) != week:
                    # The check itself, not the shorter one that leaves out what certainly finds nothing.
                    self.until_done("check", partial(check_daily, self.sessions, now=lambda: self.now))
                    changed = self.record()
                    week = this_week
                    with self.sessions() as session:
                        checks = Checks(session)
                checks.run(self.sessions, None if daily else [office.id for office in ringing], self.now)
                with self.sessions() as session:
                    waits = _waiting_since(session)
                talking = [o for o in ringing if waits.get(o.id, date.max) <= office_day(self.now, o.timezone)]
                for office in talking:
                    remind = partial(remind_office, self.sessions, office.id, now=lambda: self.now)
                    self.until_done(office.code, remind)
                if talking or checks.ran or changed:
                    self.deliver_all()

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

    def record(self) -> bool:
        """Record what people did in a week: the same in every life of these records' seed."""
        changed = False
        with self.sessions() as session:
            rows = session.execute(
                select(Obligation.id, Office.timezone)
                .join(Office, Office.id == Obligation.office_id)
                .where(Obligation.settled.is_(None), Obligation.alliance_id.is_not(None))
                .order_by(Obligation.id)
            ).all()
        for id, timezone in rows:
            today = office_day(self.now, timezone)
            luck = Random(f"{self.records_seed}/{id}/{today}").random()  # noqa: S311  # to be replayed
            if luck < DONE + PUT_OFF:
                with suppress(Refused), self.sessions.begin() as session:
                    by = operator(session, "somebody")
                    act(session, session.get_one(Obligation, id), today, by, self.now, done=luck < DONE)
                    changed = True
        return changed

    def until_done(self, what: str, work: Callable[[], object]) -> None:
        """Do what the clock asks for, alone or two at once; who is killed is asked again."""
        fates = ("killed before a commit", "killed after a commit", "two at once")
        for attempt in range(MOST_FATES):
            dice = self.dice(what, self.now, attempt)
            fate = dice.choice(fates) if self.fault_seed is not None and dice.random() < 0.3 else ""
            if self.suffer(fate, dice, work):
                return
        work()

    def deliver_all(self) -> None:
        """Deliver what waits until nothing does."""
        for _ in range(MOST_ROUNDS):
            with self.sessions.begin() as session:
                # Half a minute has passed since somebody was killed.
                session.execute(text("update messages set claimed_until = null where claimed_until is not null"))
                waiting = {id: self.name_of(session, id) for id in waiting_messages(session)}
            if not waiting:
                return
            for id, name in sorted(waiting.items(), key=lambda pair: pair[1]):
                self.deliver_one(id, name)
            self.pace += 70
        raise AssertionError(f"still waiting at {self.now}: {sorted(waiting.values())}")

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
            self.valkey.flushall()
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

    def name_of(self, session: Session, id: uuid.UUID) -> str:
        """Return a name of a message that is the same in every life."""
        said = session.execute(
            select(Notice.obligation_id, Notice.stage, Notice.recipient, Notice.day).where(Notice.message_id == id)
        )
        message = session.get_one(Message, id)
        first = min((" ".join(map(str, row)) for row in said), default="")
        return f"{message.kind} {message.office_id} {message.day} {first} {message.version}"


def act(session: Session, duty: Obligation, today: date, by: Actor, now: datetime, *, done: bool) -> None:
    """Do what a duty asks for, or put its reminder off by five days.

    Raises:
        Refused: it cannot be done today.
    """
    about: dict[str, Any] = {"alliance_id": duty.alliance_id, "by": by, "now": now}
    ends = date.fromisoformat((duty.period or str(today)).rpartition("/")[2])
    if not done:
        snooze_reminder(session, obligation_id=duty.id, until=today + timedelta(days=5), by=by, now=now)
        return
    match RULES[duty.rule].resolved_by:
        case "record_meeting":
            record_meeting(session, on=today, held=True, format="teleconference", **about)
        case "submit_report":
            submit_report(session, period_end=ends, submitted_on=today, **about)
        case "record_evaluation":
            record_evaluation(
                session, period_end=ends, evaluated_on=today, discussed_on=today, findings="As it should be", **about
            )
        case "decide_renewal":
            sign_renewal(session, signed_on=today, term_years=3, **about)
        case _:
            waive_duty(session, obligation_id=duty.id, reason="No longer asked for", by=by, now=now)


def at_once(work: Callable[[], object], workers: int) -> None:
    """Let so many do the same at the same time."""
    if workers == 1:
        work()
        return
    barrier = threading.Barrier(workers)
    errors: list[BaseException] = []

    def one() -> None:
        barrier.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # it is raised again where somebody sees it
            errors.append(error)

    threads = [threading.Thread(target=one) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        raise error


def ledger(engine: Engine) -> dict[tuple[str, ...], str]:
    """Return what became of every notice that was planned."""
    key = (Notice.obligation_id, Notice.stage, Notice.recipient, Notice.day)
    with Session(engine) as session:
        return {tuple(map(str, row)): status for *row, status in session.execute(select(*key, Notice.status))}


def said(engine: Engine) -> dict[tuple[str, ...], str]:
    """Return the last words of every message, by what it is, for whom, of which day, in which day's thread."""
    parent = aliased(Message)
    with Session(engine) as session:
        rows = session.execute(
            select(Message.kind, Office.code, Message.day, Person.slack_id, parent.day, Message.words)
            .join(Office, Office.id == Message.office_id)
            .outerjoin(Person, Person.id == Message.person_id)
            .outerjoin(parent, parent.id == Message.parent_id)
            .where(Message.words.is_not(None))
        )
        return {tuple(map(str, key)): words["text"] for *key, words in rows}
