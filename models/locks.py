"""The advisory locks of the database: all keys in one place, for two that are alike would wait for each other."""

from __future__ import annotations

from typing import Final

#: Lines up all writers of the audit's chain.
AUDIT_CHAIN: Final = 0x414C4C49
#: Two processes that start at once must not migrate side by side.
MIGRATION: Final = 0x414C4C4A
#: Lines imports up: each looks first and writes then.
IMPORT: Final = 0x414C4C4B
#: Held by the clock that leads, for as long as it does.
LEADING_CLOCK: Final = 0x414C4C4C
#: Lines up all who change the records of the program as a whole, which has no row of its own.
PROGRAM: Final = 0x414C4C4D
#: Lines up all who change who holds what, and which offices there are; taken before any row is locked.
HANDS: Final = 0x414C4C4E
