"""Digests beside the reminders: of an office's week, of the program's month, and of what is a person's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c20d7a51e8b3"
down_revision = "7e2d90c4a1b3"
branch_labels = None
depends_on = None

KINDS = "kind in ('reminder', 'reply', 'direct', 'undeliverable', 'request')"
KINDS_WITH_DIGESTS = "kind in ('reminder', 'reply', 'direct', 'undeliverable', 'request', 'week', 'month', 'own')"
DIGESTS = "kind in ('week', 'month', 'own')"


def upgrade() -> None:
    """Apply: there is no digest yet."""
    op.execute("set local lock_timeout = '5s'")
    op.add_column("messages", sa.Column("period", sa.Date(), nullable=True))
    op.add_column("messages", sa.Column("shows", postgresql.ARRAY(sa.Uuid()), nullable=True))
    op.create_index(
        "uq_messages_digest",
        "messages",
        ["kind", "office_id", "person_id", "period"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("period is not null"),
    )
    op.create_index(
        op.f("ix_messages_shows"),
        "messages",
        ["shows"],
        postgresql_using="gin",
        postgresql_where=sa.text("shows is not null"),
    )
    for name, condition in (
        ("kind", KINDS_WITH_DIGESTS),
        ("person", "(kind in ('direct', 'own')) <= (person_id is not null)"),
    ):
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages", type_="check")
        op.create_check_constraint(op.f(f"ck_messages_{name}"), "messages", condition)
    op.create_check_constraint(op.f("ck_messages_period"), "messages", f"({DIGESTS}) = (period is not null)")


def downgrade() -> None:
    """Take back: digests are forgotten; they said nothing that no reminder said."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(f"delete from messages where {DIGESTS}")
    op.drop_constraint(op.f("ck_messages_period"), "messages", type_="check")
    for name, condition in (("kind", KINDS), ("person", "(kind = 'direct') <= (person_id is not null)")):
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages", type_="check")
        op.create_check_constraint(op.f(f"ck_messages_{name}"), "messages", condition)
    op.drop_index(op.f("ix_messages_shows"), table_name="messages")
    op.drop_index("uq_messages_digest", table_name="messages")
    op.drop_column("messages", "shows")
    op.drop_column("messages", "period")
