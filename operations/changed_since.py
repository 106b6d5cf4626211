"""Whether settings were changed since somebody saw them: nobody writes over what another has set meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from operations.refusals import Refused
from policy.words import clock
from policy.words import day as spelled

#: What a change of settings is called in the audit, and one that was taken back.
ACTIONS = (
    "office:settings-changed",
    "office:settings-restored",
    "alliance:settings-changed",
    "alliance:settings-restored",
)


class ChangedSince(Refused):
    """Somebody else has set something since; who wants to change it has not seen that."""

    def __init__(self, sentence: str, *, changed: tuple[tuple[str, Any, Any], ...]) -> None:
        super().__init__(sentence)
        #: (name, value that was seen, value now), one by one.
        self.changed = changed


def settings_version(session: Session, subject: str) -> int:
    """Return a number that grows with each change of the settings of "alliance:7" or "office:CODE"; 0 before any."""
    return session.scalar(select(func.max(AuditEntry.seq)).where(*_of(subject))) or 0


def refuse_changed_since(session: Session, subject: str, seen: int | None, *, timezone: str) -> None:
    """Let pass who saw the latest settings; `seen` is `settings_version` then, None where nobody looked.

    The alliance or office is locked.

    Raises:
        ChangedSince: Somebody has changed them since; the sentence says who and when.
    """
    if seen is None:
        return
    entries = session.scalars(
        select(AuditEntry).where(*_of(subject), AuditEntry.seq > seen).order_by(AuditEntry.seq)
    ).all()
    if not entries:
        return
    was: dict[str, Any] = {}
    becomes: dict[str, Any] = {}
    for entry in entries:
        for name, value in entry.data["before"].items():
            was.setdefault(name, value)
        becomes |= entry.data["after"]
    changed = tuple((name, was[name], value) for name, value in becomes.items() if was.get(name) != value)
    raise ChangedSince(
        f"{entries[-1].actor} changed these settings on {_moment(entries[-1].at, timezone)}, after you opened them, "
        "and nothing of yours is saved yet.",
        changed=changed,
    )


def _moment(at: datetime, timezone: str) -> str:
    local = at.astimezone(ZoneInfo(timezone))
    return f"{spelled(local.date())}, at {clock(local.time())}"


def _of(subject: str) -> tuple[ColumnElement[bool], ...]:
    return AuditEntry.subject == subject, AuditEntry.action.in_(ACTIONS)
