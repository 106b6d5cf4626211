"""Offices that closed, alliances that were merged, names of before, and what comes back when somebody leaves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a3f2c86d1b57"
down_revision = "b27f4e81d6c3"
branch_labels = None
depends_on = None

KINDS = (
    *("reminder", "reply", "direct", "undeliverable", "request", "week", "month", "own", "decided", "assigned"),
    *("approval", "approval-news"),
)


def upgrade() -> None:
    """Apply."""
    op.execute("set local lock_timeout = '5s'")
    op.add_column("offices", sa.Column("closed_on", sa.Date(), nullable=True))
    op.add_column("offices", sa.Column("successor_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_offices_successor_id"), "offices", "offices", ["successor_id"], ["id"])
    op.create_check_constraint(op.f("ck_offices_successor"), "offices", "successor_id <> id")
    op.create_check_constraint(op.f("ck_offices_closed"), "offices", "num_nonnulls(closed_on, successor_id) in (0, 2)")
    op.add_column("alliances", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("alliances", sa.Column("merged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_alliances_merged_into_id"), "alliances", "alliances", ["merged_into_id"], ["id"]
    )
    op.create_check_constraint(op.f("ck_alliances_merged"), "alliances", "num_nonnulls(merged_into_id, merged_at) in (0, 2)")
    op.create_check_constraint(op.f("ck_alliances_own_merger"), "alliances", "merged_into_id <> id")
    op.create_table(
        "former_names",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=True),
        sa.Column("alliance_id", sa.BigInteger(), nullable=True),
        sa.Column("signatory_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_former_names_name")),
        sa.CheckConstraint("num_nonnulls(office_id, alliance_id, signatory_id) = 1", name=op.f("ck_former_names_whose")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_former_names_office_id")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliances.id"], name=op.f("fk_former_names_alliance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["signatory_id"],
            ["signatories.id"],
            name=op.f("fk_former_names_signatory_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_names")),
    )
    for column in ("office_id", "alliance_id", "signatory_id"):
        op.create_index(op.f(f"ix_former_names_{column}"), "former_names", [column])
    op.drop_constraint(op.f("ck_messages_kind"), "messages", type_="check")
    op.create_check_constraint(op.f("ck_messages_kind"), "messages", _one_of(*KINDS, "returned"))
    # What is asked may be asked of another person, once who was asked has left.
    op.drop_index("uq_messages_request", table_name="messages")
    op.create_index(
        "uq_messages_request",
        "messages",
        ["request_id", "kind", "person_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("request_id is not null"),
    )


def downgrade() -> None:
    """Take back: offices and alliances keep the names and places they have."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("delete from messages where kind = 'returned'")
    op.execute(
        "delete from messages where exists (select 1 from messages m where m.request_id = messages.request_id"
        " and m.kind = messages.kind and m.id > messages.id)"
    )
    op.drop_index("uq_messages_request", table_name="messages")
    op.create_index("uq_messages_request", "messages", ["request_id", "kind"], unique=True)
    op.drop_constraint(op.f("ck_messages_kind"), "messages", type_="check")
    op.create_check_constraint(op.f("ck_messages_kind"), "messages", _one_of(*KINDS))
    op.drop_table("former_names")
    for name in ("own_merger", "merged"):
        op.drop_constraint(op.f(f"ck_alliances_{name}"), "alliances", type_="check")
    op.drop_column("alliances", "merged_at")
    op.drop_column("alliances", "merged_into_id")
    for name in ("closed", "successor"):
        op.drop_constraint(op.f(f"ck_offices_{name}"), "offices", type_="check")
    op.drop_column("offices", "successor_id")
    op.drop_column("offices", "closed_on")


def _one_of(*kinds: str) -> str:
    return f"kind in ({', '.join(repr(kind) for kind in kinds)})"
