"""How far the import of a file has come."""

from __future__ import annotations

from enum import StrEnum


class ImportState(StrEnum):
    """What is under way is a worker's turn, what is shown a person's."""

    ASKED = "asked"
    SHOWN = "shown"
    CONFIRMED = "confirmed"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


#: What a worker is to do something for.
WORKED_ON = frozenset({ImportState.ASKED, ImportState.CONFIRMED, ImportState.UNDOING})
#: What can still be stopped: nothing of it is written.
CANCELLABLE = frozenset({ImportState.ASKED, ImportState.SHOWN, ImportState.CONFIRMED})
