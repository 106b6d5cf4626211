"""Until when a message is not posted, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c7d20e5b91a8"
down_revision = "e8a41d07f2c6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: nothing is held yet."""
    op.execute("set local lock_timeout = '5s'")
    op.add_column("messages", sa.Column("held_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("held_why", sa.String(), nullable=True))
    op.create_check_constraint(op.f("ck_messages_held"), "messages", "(held_until is null) = (held_why is null)")


def downgrade() -> None:
    """Take back: what was held is posted next."""
    op.execute("set local lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_messages_held"), "messages", type_="check")
    op.drop_column("messages", "held_why")
    op.drop_column("messages", "held_until")
