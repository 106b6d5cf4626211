"""Take back a change of settings: what was set before holds again."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.audit import AuditEntry
from operations import change_settings as of_office
from operations.actor import Actor
from operations.change_settings import SettingsChange, change_settings, settings_of
from operations.changed_since import settings_version
from operations.establish import change_alliance as of_alliance
from operations.establish.change_alliance import AllianceChange, change_alliance
from operations.refusals import AlreadyDone, Refused

#: How the records are named that this undoes.
RECORDS = (of_office.RECORD, of_alliance.RECORD)
_DAYS = ("anchored_on", "tracked_from", "meetings_required_since")


def restore_settings(session: Session, *, record: str, by: Actor, now: datetime) -> SettingsChange | AllianceChange:
    """Take back the change that a record names ("settings:" and an id); the rules are checked again.

    Raises:
        Refused: There is no such change, or what it set has been changed since.
        AlreadyDone: It was taken back before.
        NotAllowed: No position of the person allows it.
    """
    kind, _, id = record.partition(":")
    try:
        change = uuid.UUID(id)
    except ValueError:
        raise Refused("This record cannot be undone here.") from None
    done = of_office if kind == of_office.RECORD else of_alliance
    entry = _entry(session, done.CHANGED, change)
    if entry is None:
        raise Refused("This change of settings is not on record.")
    if _entry(session, done.RESTORED, change) is not None:
        raise AlreadyDone("These settings were restored before; nothing changed.")
    # Nobody else's change is written over that comes between this look and the lock.
    seen = settings_version(session, entry.subject)
    _, _, key = entry.subject.partition(":")
    before, after = entry.data["before"], entry.data["after"]
    if done is of_office:
        now_set = settings_of(session, key)
        _refuse_changed_since({name: now_set.get(name) for name in after}, after)
        return change_settings(
            session, office_code=key, changes=before, by=by, now=now, restores=change, seen_version=seen
        )
    row = session.get_one(Alliance, int(key))
    _refuse_changed_since({name: getattr(row, name) for name in after}, after)
    changes = {name: date.fromisoformat(value) if name in _DAYS and value else value for name, value in before.items()}
    return change_alliance(session, alliance_id=row.id, changes=changes, by=by, now=now, restores=change, seen=seen)


def _entry(session: Session, action: str, change: uuid.UUID) -> AuditEntry | None:
    return session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == action, AuditEntry.data.contains({"change": str(change)}))
        .limit(1)
    ).one_or_none()


def _refuse_changed_since(now_set: dict[str, Any], after: dict[str, Any]) -> None:
    if any(_plain(value) != after[name] for name, value in now_set.items()):
        raise Refused("What this change set has been changed since; open the settings to change it again.")


def _plain(value: Any) -> Any:
    """Give a value as the audit keeps it."""
    return value.isoformat() if isinstance(value, date) else value
