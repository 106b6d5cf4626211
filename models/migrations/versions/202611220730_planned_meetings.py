"""The planned meetings of a duty's year."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5b1d2f7c9e04"
down_revision = "5d0c2f6a91be"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("set local lock_timeout = '5s'")
    op.add_column("obligations", sa.Column("planned", postgresql.ARRAY(sa.Date()), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.execute("set local lock_timeout = '5s'")
    op.drop_column("obligations", "planned")
