"""The offices that a person works for."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from operations.actor import Actor
from operations.read.choices import office_above
from policy.rights import DCSP_OFFICES


def reach(session: Session, by: Actor) -> Iterator[tuple[str, bool]]:
    """Yield the codes of the offices that a person works for, each with whether it is the National Office.

    DCSP and OOSA are units of the National Office and run the alliances that it leads (CSP 04-01-002 VI.F).
    """
    for code in dict.fromkeys(_top(session, code) if code in DCSP_OFFICES else code for code in by.offices):
        yield code, office_above(session, code) is None


def _top(session: Session, code: str) -> str:
    while (above := office_above(session, code)) is not None:
        code = above[0]
    return code
