"""The two parts of a record's name."""

from __future__ import annotations

import re

from operations.refusals import Refused

#: A number that the column of ids can hold.
_NUMBER = re.compile(r"[0-9]{1,18}")


def record_number(record: str) -> tuple[str, int]:
    """Return kind and id of a record: ("meeting", 12) for "meeting:12".

    Raises:
        Refused: It names none.
    """
    kind, _, number = record.partition(":")
    if not _NUMBER.fullmatch(number):
        raise Refused("This record cannot be undone here.")
    return kind, int(number)
