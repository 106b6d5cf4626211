"""Whose Home tab was opened, and what it shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5e0b83c7a94d"
down_revision = "e5b80d3f6a17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: whoever opens Home from now on is remembered."""
    op.create_table(
        "homes",
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.String(), nullable=True),
        sa.Column("shows", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.CheckConstraint("shown ~ '^[0-9a-f]{64}$'", name=op.f("ck_homes_shown")),
        sa.PrimaryKeyConstraint("slack_id", name=op.f("pk_homes")),
    )


def downgrade() -> None:
    """Take back: a Home tab is made anew when it is opened."""
    op.drop_table("homes")
