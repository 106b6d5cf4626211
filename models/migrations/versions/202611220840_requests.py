"""What people ask an official to decide on a duty, and the message that asks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b41f0c96d7e5"
down_revision = "5d0c1f7e9a24"
branch_labels = None
depends_on = None

KINDS = "kind in ('reminder', 'reply', 'direct', 'undeliverable')"
KINDS_WITH_REQUESTS = "kind in ('reminder', 'reply', 'direct', 'undeliverable', 'request')"


def upgrade() -> None:
    """Apply: nothing is asked yet."""
    op.execute("set local lock_timeout = '5s'")
    for name in ("snooze_reason", "snooze_agreed_by"):
        op.add_column("obligations", sa.Column(name, sa.String(), nullable=True))
    op.create_table(
        "requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_why", sa.String(), nullable=True),
        sa.CheckConstraint("(kind = 'snooze') = (until is not null)", name=op.f("ck_requests_until")),
        sa.CheckConstraint("(status = 'open') = (decided_at is null)", name=op.f("ck_requests_decided")),
        sa.CheckConstraint("kind in ('snooze', 'waive')", name=op.f("ck_requests_kind")),
        sa.CheckConstraint(
            "status in ('open', 'approved', 'declined', 'withdrawn', 'lapsed')", name=op.f("ck_requests_status")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_requests_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligations.id"], name=op.f("fk_requests_obligation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
    )
    op.create_index(op.f("ix_requests_obligation_id"), "requests", ["obligation_id"])
    op.create_index(
        "uq_requests_open", "requests", ["obligation_id"], unique=True, postgresql_where=sa.text("status = 'open'")
    )
    op.add_column("messages", sa.Column("request_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_messages_request_id"), "messages", "requests", ["request_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(op.f("ix_messages_request_id"), "messages", ["request_id"], unique=True)
    op.drop_constraint(op.f("ck_messages_kind"), "messages", type_="check")
    op.create_check_constraint(op.f("ck_messages_kind"), "messages", KINDS_WITH_REQUESTS)
    op.create_check_constraint(
        op.f("ck_messages_request"), "messages", "(kind = 'request') = (request_id is not null)"
    )


def downgrade() -> None:
    """Take back: what was asked and not decided is forgotten; the audit keeps it."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("delete from messages where kind = 'request'")
    op.drop_constraint(op.f("ck_messages_request"), "messages", type_="check")
    op.drop_constraint(op.f("ck_messages_kind"), "messages", type_="check")
    op.create_check_constraint(op.f("ck_messages_kind"), "messages", KINDS)
    op.drop_index(op.f("ix_messages_request_id"), table_name="messages")
    op.drop_column("messages", "request_id")
    op.drop_table("requests")
    for name in ("snooze_reason", "snooze_agreed_by"):
        op.drop_column("obligations", name)
