"""What is to go wrong: which calls or envelopes, how, how often, how long, how likely."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from random import Random

from sandbox.state import Json

#: What can happen to a call of the Web API, and to an answer through a response address.
OF_CALLS = frozenset({"timeout", "drop", "status", "ratelimited", "error", "slow"})
#: What can happen to an envelope on the app's socket.
OF_ENVELOPES = frozenset({"twice", "redeliver", "late_ack"})
#: What can happen to a new connection.
OF_CONNECTIONS = frozenset({"refuse"})


@dataclass
class Fault:
    """One thing that goes wrong while it is in force. All seconds are real time, whatever the clock says.

    Args:
        on: the method, a pattern of methods such as `chat.*`, `response_url`, `files.upload`, or the kind of
            envelope; `*` is any.
        what: one of `OF_CALLS`, `OF_ENVELOPES`, `OF_CONNECTIONS`.
        channel: id of the only channel it concerns.
        accepted: whether Slack does what it was asked before it goes wrong.
        status: HTTP status of a `status`.
        error: Slack's code of an `error`.
        retry_after: seconds a `ratelimited` asks to wait; None: what is left of `seconds`, else 1.
        delay: seconds a `slow` call takes.
        times: how often it strikes before it is over; None: no limit.
        seconds: how long it is in force; None: until it is removed.
        probability: of striking a call it concerns, drawn from a generator that starts at `seed`.
    """

    on: str
    what: str
    channel: str | None = None
    accepted: bool = False
    status: int = 500
    error: str = "internal_error"
    retry_after: int | None = None
    delay: float = 0.0
    times: int | None = None
    seconds: float | None = None
    probability: float = 1.0
    seed: int = 0
    id: str = ""
    hits: int = 0
    since: float = field(default_factory=time.monotonic)
    dice: Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)  # noqa: S311 - to be replayed, not to be guessed

    @property
    def seconds_left(self) -> float | None:
        """Return for how long it is still in force; None: until it is removed."""
        return None if self.seconds is None else self.since + self.seconds - time.monotonic()

    @property
    def wait(self) -> int:
        """Return the `Retry-After` of a `ratelimited`."""
        return self.retry_after or max(1, math.ceil(self.seconds_left or 1))

    @property
    def over(self) -> bool:
        """Tell whether it has had its time."""
        left = self.seconds_left
        return self.hits == self.times or (left is not None and left <= 0)

    def shown(self) -> Json:
        """Return it as the control side shows it."""
        hidden = {"dice", "since"}
        left = self.seconds_left
        return {
            **{key: value for key, value in vars(self).items() if key not in hidden},
            "times_left": None if self.times is None else self.times - self.hits,
            "seconds_left": None if left is None else round(left, 1),
        }


class Faults:
    """The faults in force, oldest first. They live in memory only: a restart mends everything.

    `on_change` is called whenever one comes, strikes or goes.
    """

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self._known: list[Fault] = []
        self._numbers = itertools.count(1)

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        fault.id = f"F{next(self._numbers)}"
        self._known.append(fault)
        self.on_change()

    def in_force(self) -> list[Fault]:
        """Return those that have not had their time."""
        self._known = [fault for fault in self._known if not fault.over]
        return self._known

    def remove(self, identifier: str | None = None) -> bool:
        """Take one fault away, without an id all of them; tell whether there was one."""
        kept = [fault for fault in self.in_force() if identifier not in (None, fault.id)]
        gone = len(kept) < len(self._known)
        self._known = kept
        self.on_change()
        return gone

    def strike(self, whats: frozenset[str], on: str, channel: str | None = None) -> Fault | None:
        """Return the first of these faults that hits this call, envelope or connection, and count it."""
        for fault in self.in_force():
            meant = fault.what in whats and fnmatchcase(on, fault.on) and fault.channel in (None, channel)
            # The dice are thrown only for what the fault concerns: the same calls always meet the same fate.
            if meant and fault.dice.random() < fault.probability:
                fault.hits += 1
                self.on_change()
                return fault
        return None
