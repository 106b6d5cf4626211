"""Drafts, version by version, and what is put before officials for approval."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3f7a90c1d5be"
down_revision = "d19b6a40c3f7"
branch_labels = None
depends_on = None

KINDS = (
    "reminder", "reply", "direct", "undeliverable", "request", "decided", "assigned", "week", "month", "own",
)
NEW = ("approval", "approval-news")
PERSONAL = ("direct", "own", "decided", "assigned")


def upgrade() -> None:
    """Apply: no draft is kept and nothing is put before anybody yet."""
    op.execute("set local lock_timeout = '5s'")
    op.create_table(
        "drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alliance_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(subject)) > 0", name=op.f("ck_drafts_subject")),
        sa.CheckConstraint("version > 0", name=op.f("ck_drafts_version")),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_drafts_digest")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliances.id"], name=op.f("fk_drafts_alliance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_drafts_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("alliance_id", "subject", "version", name=op.f("uq_drafts_alliance_id_subject_version")),
    )
    # What was approved is proven by the digest of a row: nobody may write over it. A signing alone renames the
    # subject of the versions that it ends.
    op.execute(
        """
        create function refuse_draft_change() returns trigger language plpgsql as $$
        begin
            raise exception 'a version of a draft is never changed; keep a new one';
        end $$;
        create trigger never_changed before update on drafts for each row
            when (to_jsonb(old) - 'subject' is distinct from to_jsonb(new) - 'subject')
            execute function refuse_draft_change();
        """
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alliance_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("chain", postgresql.JSONB(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.Column("sheet", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status in ('open', 'approved', 'returned', 'declined', 'withdrawn', 'superseded')",
            name=op.f("ck_approvals_status"),
        ),
        sa.CheckConstraint("(status = 'open') = (ended_at is null)", name=op.f("ck_approvals_ended")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliances.id"], name=op.f("fk_approvals_alliance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_approvals_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people.id"], name=op.f("fk_approvals_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(op.f("ix_approvals_alliance_id"), "approvals", ["alliance_id"])
    op.create_index(op.f("ix_approvals_draft_id"), "approvals", ["draft_id"])
    op.create_index(
        "uq_approvals_open",
        "approvals",
        ["alliance_id", "subject", "purpose", "about"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "approval_decisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("approval_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("acting_for", sa.String(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "verdict in ('approve', 'return', 'decline')", name=op.f("ck_approval_decisions_verdict")
        ),
        sa.CheckConstraint(
            "verdict = 'approve' or reason is not null", name=op.f("ck_approval_decisions_reason")
        ),
        sa.CheckConstraint(
            "(recorded_by is null) <= (decided_by_id is not null)", name=op.f("ck_approval_decisions_decided_by")
        ),
        sa.CheckConstraint(
            "(recorded_by is null) = (evidence is null)", name=op.f("ck_approval_decisions_evidence")
        ),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_approval_decisions_approval_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_approval_decisions_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["people.id"], name=op.f("fk_approval_decisions_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_decisions")),
    )
    op.create_index(
        "uq_approval_decisions_seat",
        "approval_decisions",
        ["approval_id", "step", "seat"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at is null"),
    )
    op.add_column("messages", sa.Column("approval_id", sa.Uuid(), nullable=True))
    op.add_column("messages", sa.Column("occasion", sa.String(), nullable=True))
    op.create_foreign_key(
        op.f("fk_messages_approval_id"), "messages", "approvals", ["approval_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(
        "uq_messages_approval",
        "messages",
        ["approval_id", "kind", "occasion", "office_id", "person_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=sa.text("approval_id is not null"),
    )
    _replace_checks(kinds=(*KINDS, *NEW), personal=(*PERSONAL, "approval-news"))
    op.create_check_constraint(
        op.f("ck_messages_approval"), "messages", f"({_one_of(*NEW)}) = (approval_id is not null)"
    )
    op.create_check_constraint(op.f("ck_messages_occasion"), "messages", "(approval_id is null) = (occasion is null)")


def downgrade() -> None:
    """Take back: drafts and what was decided on them are forgotten; the audit keeps who decided what."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(f"delete from messages where {_one_of(*NEW)}")  # noqa: S608 - words of this file
    for name in ("approval", "occasion"):
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages", type_="check")
    _replace_checks(kinds=KINDS, personal=PERSONAL)
    op.drop_index("uq_messages_approval", table_name="messages")
    op.drop_column("messages", "occasion")
    op.drop_column("messages", "approval_id")
    op.drop_table("approval_decisions")
    op.drop_table("approvals")
    op.drop_table("drafts")
    op.execute("drop function refuse_draft_change()")


def _replace_checks(*, kinds: tuple[str, ...], personal: tuple[str, ...]) -> None:
    for name in ("kind", "person"):
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages", type_="check")
    op.create_check_constraint(op.f("ck_messages_kind"), "messages", _one_of(*kinds))
    op.create_check_constraint(
        op.f("ck_messages_person"), "messages", f"({_one_of(*personal)}) <= (person_id is not null)"
    )


def _one_of(*kinds: str) -> str:
    return f"kind in ({', '.join(repr(kind) for kind in kinds)})"
