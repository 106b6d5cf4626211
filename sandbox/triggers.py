from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from sandbox.errors import SlackError

#: Seconds of real time in which a trigger may open a modal.
LIFETIME = 3.0
#: Seconds after which a trigger is not even remembered.
FORGOTTEN_AFTER = 120.0


@dataclass
class Trigger:
    """A person's click that lets the app open one modal.

    Args:
        user: who clicked.
        view_id: the modal the click happened in, if any.
        made_at: monotonic seconds.
    """

    user: str
    view_id: str | None
    made_at: float
    used: bool = False


class Triggers:
    """The triggers handed to the app."""

    def __init__(self) -> None:
        self.lifetime = LIFETIME
        self._known: dict[str, Trigger] = {}

    def issue(self, user: str, view_id: str | None = None) -> str:
        """Return a new trigger_id for what this person just did."""
        now = time.monotonic()
        # Triggers are kept in the order they were made, so the old ones stand first.
        for old in list(self._known):
            if now - self._known[old].made_at <= FORGOTTEN_AFTER:
                break
            del self._known[old]
        trigger_id = f"{time.time_ns() // 1_000_000}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._known[trigger_id] = Trigger(user, view_id, now)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use the trigger up.

        Raises:
            SlackError: when it is unknown, used or older than 3 seconds.
        """
        trigger = self._known.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.made_at > self.lifetime:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger
