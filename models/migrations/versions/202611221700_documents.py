"""Documents behind records, and pictures uploaded to Slack."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7c2d90e4b1fa"
down_revision = "4be07d92c1a6"
branch_labels = None
depends_on = None

_WAITING = sa.text("kept_at is null and refused_because is null and withdrawn_at is null")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "documents",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alliance_id", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("slack_file", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("kept_at", _MOMENT, nullable=True),
        sa.Column("refused_because", sa.String(), nullable=True),
        sa.Column("try_at", _MOMENT, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=True),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_by_slack", sa.String(), nullable=True),
        sa.Column("added_at", _MOMENT, nullable=False),
        sa.Column("withdrawn_at", _MOMENT, nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=True),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_documents_name")),
        sa.CheckConstraint("size > 0", name=op.f("ck_documents_size")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_documents_sha256")),
        sa.CheckConstraint("num_nonnulls(sha256, kept_at) in (0, 2)", name=op.f("ck_documents_kept")),
        sa.CheckConstraint("kept_at is null or refused_because is null", name=op.f("ck_documents_one_outcome")),
        sa.CheckConstraint("num_nonnulls(withdrawn_at, withdrawn_by) in (0, 2)", name=op.f("ck_documents_withdrawn")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliances.id"], name=op.f("fk_documents_alliance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["people.id"], name=op.f("fk_documents_added_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index("ix_documents_alliance_id", "documents", ["alliance_id"])
    op.create_index("ix_documents_waiting", "documents", ["id"], postgresql_where=_WAITING)
    op.create_table(
        "uploaded_pictures",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("slack_file", sa.String(), nullable=False),
        sa.Column("uploaded_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_uploaded_pictures")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("uploaded_pictures")
    op.drop_table("documents")
