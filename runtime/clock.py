"""Where the time comes from: the machine, or a travelling clock for try-outs and tests."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from runtime.errors import SetupError
from runtime.settings import Settings

#: Called for the present moment, aware and in UTC.
Clock = Callable[[], datetime]

#: Seconds for which an answer of the travelling clock is taken to hold.
FRESH = 0.2
#: Seconds the travelling clock may take to answer.
PATIENCE = 2.0


def clock_from(settings: Settings) -> Clock:
    """Return the travelling clock when ALLIANCE_CLOCK_URL is set, else the machine's."""
    if settings.alliance_clock_url is None:
        return system_clock()
    return travelling_clock(settings.alliance_clock_url)


def system_clock() -> Clock:
    """Return the machine's clock."""
    return _machine_time


def travelling_clock(url: str) -> Clock:
    """Return a clock that follows the one at `url`, which answers `{"now": "2026-11-23T14:00:00+00:00"}`.

    The distance to the machine's clock is asked for at most every 0.2 seconds and kept in between, and also
    when a request fails; so the time goes on while the other side restarts. Threads may share it: who comes while
    another asks takes the last answer.

    Raises:
        SetupError: (by the clock, when called) the very first request failed.
    """
    lock = threading.Lock()
    asked_at = float("-inf")
    distance: timedelta | None = None

    def is_old() -> bool:
        return time.monotonic() - asked_at > FRESH

    def now() -> datetime:
        nonlocal asked_at, distance
        if is_old() and lock.acquire(blocking=distance is None):
            try:
                if is_old():
                    distance = _distance(url, distance)
                    asked_at = time.monotonic()
            finally:
                lock.release()
        if distance is None:  # pragma: no cover  # a first failure has raised
            raise AssertionError
        return _machine_time() + distance

    return now


def _distance(url: str, known: timedelta | None) -> timedelta:
    try:
        return _ask(url) - _machine_time()
    except (OSError, ValueError, KeyError, TypeError) as error:
        if known is not None:
            return known
        raise SetupError(
            f"The clock at ALLIANCE_CLOCK_URL ({url}) does not tell the time"
            f" ({_reason(error)}): start it first, or unset the variable."
        ) from None


def _machine_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the one place that reads the machine's clock


def _ask(url: str) -> datetime:
    """Ask the other clock, without a proxy: it stands on this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=PATIENCE) as answer:
        told = datetime.fromisoformat(json.load(answer)["now"])
    if told.tzinfo is None:
        raise ValueError("the time has no zone")
    return told.astimezone(UTC)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"it answers {error.code}"
    if isinstance(error, OSError):
        return str(getattr(error, "reason", None) or error)
    return "its answer has another form"
