"""The workspaces of Slack that several-workspace installations serve, and to which of them an id of Slack's belongs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Workspace(Base):
    """A workspace, or an organization of Enterprise Grid, in which the app is or was installed."""

    __tablename__ = "workspaces"
    __table_args__ = (
        CheckConstraint("id ~ '^[TE][A-Z0-9]+$'", name="id"),
        CheckConstraint("num_nonnulls(sealed, uninstalled_at) = 1", name="installed"),
        CheckConstraint("sealed is not null or expires_at is null", name="expires"),
    )

    #: Slack's: of the workspace (T…), or of the organization (E…) where it was installed for the whole of it.
    id: Mapped[str] = mapped_column(primary_key=True)
    #: The organization; its own id where it is one, NULL where there is none.
    enterprise_id: Mapped[str | None]
    name: Mapped[str]
    bot_id: Mapped[str]
    bot_user_id: Mapped[str]
    #: The tokens, encrypted with the first of SLACK_TOKEN_KEYS of then; NULL once it was uninstalled.
    sealed: Mapped[str | None]
    #: When the token ends, in real time, whatever clock the records live by; NULL: it does not.
    expires_at: Mapped[datetime | None]
    installed_at: Mapped[datetime]
    #: Slack's id of who did.
    installed_by: Mapped[str]
    uninstalled_at: Mapped[datetime | None]


class SlackId(Base):
    """A person or a channel of one of the workspaces; a row stays when the app is uninstalled there."""

    __tablename__ = "slack_ids"

    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
