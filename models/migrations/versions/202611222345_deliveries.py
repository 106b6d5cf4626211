"""What Slack has delivered, so that it is recognised when it comes again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a71c4d90be35"
down_revision = "5e0b83c7a94d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: what is delivered from now on is remembered for a day."""
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("signature", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_at"), "deliveries", ["at"])


def downgrade() -> None:
    """Take back: nothing of it is evidence."""
    op.drop_table("deliveries")
