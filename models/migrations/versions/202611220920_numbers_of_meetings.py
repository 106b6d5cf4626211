"""Since when an alliance's own number of meetings holds, and what was set before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "7e2d90c4a1b3"
down_revision = "b41f0c96d7e5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: the numbers that are set go on to hold for every agreement year."""
    op.execute("set local lock_timeout = '5s'")
    op.add_column("alliances", sa.Column("meetings_required_since", sa.Date(), nullable=True))
    op.add_column(
        "alliances", sa.Column("meetings_required_before", JSONB(), server_default=sa.text("'[]'"), nullable=False)
    )


def downgrade() -> None:
    """Take back: the number that was set last holds for every agreement year."""
    op.execute("set local lock_timeout = '5s'")
    op.drop_column("alliances", "meetings_required_before")
    op.drop_column("alliances", "meetings_required_since")
