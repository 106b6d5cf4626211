"""Words can be redacted in the audit; how long records are kept, and what is on hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d18c5f7a30e9"
down_revision = "a71c4d90be35"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: entries made so far keep their hash, for they have no salt."""
    op.add_column("audit", sa.Column("salt", sa.String(), server_default="", nullable=False))
    op.execute(
        """
        create or replace function audit_is_append_only() returns trigger language plpgsql as $$
        begin
            if tg_op = 'UPDATE' and current_setting('alliance.redacting', true) = 'on' then
                if (new.seq, new.at, new.actor, new.action, new.subject, new.previous, new.hash, new.salt)
                    = (old.seq, old.at, old.actor, old.action, old.subject, old.previous, old.hash, '') then
                    return new;
                end if;
            end if;
            raise exception 'the audit is append-only';
        end $$
        """
    )
    op.create_table(
        "retention_classes",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("keep_years", sa.Integer(), nullable=True),
        sa.CheckConstraint("keep_years between 1 and 200", name=op.f("ck_retention_classes_keep_years")),
        sa.CheckConstraint("length(trim(schedule)) > 0", name=op.f("ck_retention_classes_schedule")),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_classes")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alliance_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_because", sa.String(), nullable=True),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_holds_reason")),
        sa.CheckConstraint("num_nonnulls(lifted_at, lifted_by, lifted_because) in (0, 3)", name=op.f("ck_holds_lifted")),
        sa.ForeignKeyConstraint(["alliance_id"], ["alliances.id"], name=op.f("fk_holds_alliance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_alliance_id"), "holds", ["alliance_id"])


def downgrade() -> None:
    """Take back: what was redacted stays so, and entries with a salt no longer verify."""
    op.drop_table("holds")
    op.drop_table("retention_classes")
    op.execute(
        """
        create or replace function audit_is_append_only() returns trigger language plpgsql as $$
        begin
            raise exception 'the audit is append-only';
        end $$
        """
    )
    op.drop_column("audit", "salt")
