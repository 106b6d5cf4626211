"""Addresses of calendars, and the name of this installation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c41e7ab95d20"
down_revision = "7c2d90e4b1fa"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=True),
        sa.Column("alliance_id", sa.BigInteger(), nullable=True),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("fetched_at", _MOMENT, nullable=True),
        sa.Column("stopped_at", _MOMENT, nullable=True),
        sa.Column("stopped_by", sa.String(), nullable=True),
        sa.CheckConstraint("token_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_calendar_feeds_token_hash")),
        sa.CheckConstraint("num_nonnulls(office_id, alliance_id) <= 1", name=op.f("ck_calendar_feeds_one_calendar")),
        sa.CheckConstraint("num_nonnulls(stopped_at, stopped_by) in (0, 2)", name=op.f("ck_calendar_feeds_stopped")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_calendar_feeds_office_id")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliances.id"], name=op.f("fk_calendar_feeds_alliance_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
    )
    op.create_index(
        "uq_calendar_feeds_served",
        "calendar_feeds",
        ["person_id", "office_id", "alliance_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("stopped_at is null"),
    )
    op.create_table(
        "installations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installations")),
    )
    op.execute("insert into installations default values")


def downgrade() -> None:
    """Take back."""
    op.drop_table("installations")
    op.drop_table("calendar_feeds")
