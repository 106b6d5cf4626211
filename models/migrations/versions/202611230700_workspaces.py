"""Several workspaces: where the app is installed, and to which of them an id belongs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5c1e8f04b7d2"
down_revision = "a7d40c93be12"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply: with SLACK_BOT_TOKEN both tables stay empty."""
    op.create_table(
        "workspaces",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("enterprise_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("bot_id", sa.String(), nullable=False),
        sa.Column("bot_user_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("installed_at", _MOMENT, nullable=False),
        sa.Column("installed_by", sa.String(), nullable=False),
        sa.Column("uninstalled_at", _MOMENT, nullable=True),
        sa.CheckConstraint("id ~ '^[TE][A-Z0-9]+$'", name=op.f("ck_workspaces_id")),
        sa.CheckConstraint("num_nonnulls(sealed, uninstalled_at) = 1", name=op.f("ck_workspaces_installed")),
        sa.CheckConstraint("sealed is not null or expires_at is null", name=op.f("ck_workspaces_expires")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
    )
    op.create_table(
        "slack_ids",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name=op.f("fk_slack_ids_workspace_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_ids")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("slack_ids")
    op.drop_table("workspaces")
