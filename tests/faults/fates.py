"""What may happen to a worker, drawn by dice: answers lost, killed before or after a call or a commit, two at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from sqlalchemy.orm import Session

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
