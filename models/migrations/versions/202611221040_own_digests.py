"""When people want to hear of what is their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e8a41d07f2c6"
down_revision = "c20d7a51e8b3"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: nobody has chosen yet."""
    op.create_table(
        "digests",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("leaves_out", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "leaves_out <@ array['offices', 'targets', 'later']::varchar[]", name=op.f("ck_digests_leaves_out")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_digests_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_digests")),
    )


def downgrade() -> None:
    """Take back: everybody has the default again; the audit keeps what was chosen."""
    op.drop_table("digests")
