"""Files that are imported in Slack."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "a7d40c93be12"
down_revision = "3f9ad27c61b8"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_STATES = ("asked", "shown", "confirmed", "done", "refused", "cancelled", "undoing", "undone")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


def upgrade() -> None:
    """Apply: nothing was imported so far."""
    op.create_table(
        "imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("slack_file", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_by_slack", sa.String(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("found", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("try_at", _MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(_one_of("state", _STATES), name=op.f("ck_imports_state")),
        sa.CheckConstraint(_one_of("what", ("alliances", "people", "offices")), name=op.f("ck_imports_what")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_imports_sha256")),
        sa.CheckConstraint("num_nonnulls(channel, ts) in (0, 2)", name=op.f("ck_imports_message")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_imports_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index("ix_imports_waiting", "imports", ["id"], postgresql_where=sa.text("try_at is not null"))


def downgrade() -> None:
    """Take back."""
    op.drop_table("imports")
