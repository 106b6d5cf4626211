"""The person to whom a duty is assigned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3c8e7a41d602"
down_revision = "5b1d2f7c9e04"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: nothing is assigned yet."""
    op.execute("set local lock_timeout = '5s'")
    op.add_column("obligations", sa.Column("assigned_to_id", sa.BigInteger(), nullable=True))
    for name in ("assigned_as", "assigned_by", "assigned_note"):
        op.add_column("obligations", sa.Column(name, sa.String(), nullable=True))
    op.create_foreign_key(op.f("fk_obligations_assigned_to_id"), "obligations", "people", ["assigned_to_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_obligations_assigned"),
        "obligations",
        "num_nulls(assigned_to_id, assigned_as, assigned_by) in (0, 3)",
    )
    op.create_index(
        op.f("ix_obligations_assigned_to_id"),
        "obligations",
        ["assigned_to_id"],
        postgresql_where=sa.text("settled is null"),
    )


def downgrade() -> None:
    """Take back: the audit keeps who was assigned."""
    op.execute("set local lock_timeout = '5s'")
    op.drop_index(op.f("ix_obligations_assigned_to_id"), table_name="obligations")
    for name in ("assigned_to_id", "assigned_as", "assigned_by", "assigned_note"):
        op.drop_column("obligations", name)
