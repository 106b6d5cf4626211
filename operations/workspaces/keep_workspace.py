"""Keep where the app is installed: the tokens come and go sealed, so nothing here can read them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from models import audit
from models.workspaces import Workspace


@dataclass(frozen=True, slots=True)
class Kept:
    """A workspace, or an organization, in which the app is installed."""

    id: str
    enterprise_id: str | None
    name: str
    bot_id: str
    bot_user_id: str
    #: The tokens, encrypted.
    sealed: str
    #: In real time; None: the token does not end.
    expires_at: datetime | None


def keep_workspace(session: Session, kept: Kept, *, by: str, now: datetime) -> None:
    """Note that the app was installed, or installed anew; `by` is Slack's id of who did."""
    values = {name: getattr(kept, name) for name in Kept.__slots__}
    values |= {"installed_at": now, "installed_by": by, "uninstalled_at": None}
    made = insert(Workspace).values(values)
    session.execute(made.on_conflict_do_update(index_elements=[Workspace.id], set_=values))
    subject, data = f"workspace:{kept.id}", {"name": kept.name}
    audit.record(session, at=now, actor=by, action="workspace:installed", subject=subject, data=data)


def forget_tokens(session: Session, id: str, *, sealed: str, now: datetime) -> bool:
    """Note that the app was uninstalled, and forget these tokens; False where it has others meanwhile."""
    gone = (
        update(Workspace)
        .where(Workspace.id == id, Workspace.sealed == sealed)
        .values(sealed=None, expires_at=None, uninstalled_at=now)
        .returning(Workspace.name)
    )
    name = session.scalar(gone)
    if name is not None:
        subject, data = f"workspace:{id}", {"name": name}
        audit.record(session, at=now, actor="Slack", action="workspace:uninstalled", subject=subject, data=data)
    return name is not None


def find_workspaces(session: Session, ids: Collection[str] | None = None) -> dict[str, Kept]:
    """Return those of these ids, or of all, in which the app is installed."""
    return {each.id: each for each in _kept(session, *(() if ids is None else (Workspace.id.in_(ids),)))}


def lock_workspace(session: Session, id: str) -> Kept | None:
    """Return one whose tokens nobody else changes before the transaction ends; None where it is not installed."""
    return next(iter(_kept(session, Workspace.id == id, lock=True)), None)


def renew_tokens(session: Session, id: str, *, sealed: str, expires_at: datetime | None) -> None:
    """Keep newer tokens of a workspace, or the same under another key."""
    session.execute(update(Workspace).where(Workspace.id == id).values(sealed=sealed, expires_at=expires_at))


def _kept(session: Session, *which: ColumnElement[bool], lock: bool = False) -> list[Kept]:
    columns = (getattr(Workspace, name) for name in Kept.__slots__)
    query = select(*columns).where(Workspace.sealed.is_not(None), *which).order_by(Workspace.name)
    return [Kept(*row) for row in session.execute(query.with_for_update() if lock else query)]
