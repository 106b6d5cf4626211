"""The time of day at which a meeting begins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e5b80d3f6a17"
down_revision = "c41e7ab95d20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("meetings", sa.Column("begins_at", sa.Time(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("meetings", "begins_at")
