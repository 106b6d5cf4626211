"""To which workspace a person or a channel belongs: an id counts in one alone."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from models.workspaces import SlackId, Workspace


def place_of(session: Session, slack_id: str) -> str | None:
    """Return the workspace, or the organization, of an id; None where that is not known yet."""
    return session.scalar(select(SlackId.workspace_id).where(SlackId.id == slack_id))


def claim_id(session: Session, slack_id: str, workspace_id: str) -> bool:
    """Note to which workspace an id belongs; False where it belongs to another one already.

    Within an organization ids are the same everywhere: the workspace that names it last counts.
    """
    made = insert(SlackId).values(id=slack_id, workspace_id=workspace_id)
    known, claims = aliased(Workspace), aliased(Workspace)
    related = (
        select(known.id)
        .join(claims, claims.enterprise_id == known.enterprise_id)
        .where(known.id == SlackId.workspace_id, claims.id == workspace_id)
        .correlate(SlackId)
    )
    mine = made.on_conflict_do_update(
        index_elements=[SlackId.id],
        set_={"workspace_id": workspace_id},
        where=(SlackId.workspace_id == workspace_id) | related.exists(),
    )
    return session.scalar(mine.returning(SlackId.id)) is not None
