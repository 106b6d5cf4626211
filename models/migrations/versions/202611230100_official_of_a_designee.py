"""A decision of a designee knows its official by id, not by name alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5b0e9d2c7f14"
down_revision = "d18c5f7a30e9"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: of decisions so far it is the official whose name they bear, and for whom the designee acted that day."""
    op.add_column("approval_decisions", sa.Column("acting_for_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_approval_decisions_acting_for_id"), "approval_decisions", "people", ["acting_for_id"], ["id"]
    )
    op.execute(
        """
        update approval_decisions d set acting_for_id = p.acting_for_id
        from positions p join people o on o.id = p.acting_for_id
        where p.person_id = d.decided_by_id and o.name = d.acting_for
          and d.on_day between p.held_from and coalesce(p.held_until, 'infinity')
        """
    )


def downgrade() -> None:
    """Take back: the name stays."""
    op.drop_column("approval_decisions", "acting_for_id")
