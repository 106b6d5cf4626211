"""Proposals: one that is withdrawn, and the input that is asked on one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5e1b7c90d4a2"
down_revision = "3f7a90c1d5be"
branch_labels = None
depends_on = None

ENDINGS = ("concluded", "terminated", "ambassador")


def upgrade() -> None:
    """Apply: what was asked so far was asked on drafts."""
    op.execute("set local lock_timeout = '5s'")
    op.drop_constraint(op.f("ck_endings_kind"), "endings", type_="check")
    op.create_check_constraint(op.f("ck_endings_kind"), "endings", _one_of(*ENDINGS, "withdrawn"))
    op.add_column("comment_requests", sa.Column("subject", sa.String(), server_default="draft", nullable=False))
    op.add_column("comment_requests", sa.Column("due_on", sa.Date(), nullable=True))
    op.drop_constraint(op.f("uq_comment_requests_alliance_id_office_id_asked_on"), "comment_requests", type_="unique")
    op.create_unique_constraint(
        op.f("uq_comment_requests_alliance_id_office_id_subject_asked_on"),
        "comment_requests",
        ["alliance_id", "office_id", "subject", "asked_on"],
    )
    op.create_check_constraint(
        op.f("ck_comment_requests_subject"), "comment_requests", "subject in ('draft', 'proposal')"
    )
    op.create_check_constraint(
        op.f("ck_comment_requests_due_on"), "comment_requests", "due_on is null or due_on >= asked_on"
    )


def downgrade() -> None:
    """Take back: input on proposals is forgotten, and a withdrawn proposal counts as concluded; the audit knows."""
    op.execute("set local lock_timeout = '5s'")
    op.execute("update endings set kind = 'concluded' where kind = 'withdrawn'")
    op.drop_constraint(op.f("ck_endings_kind"), "endings", type_="check")
    op.create_check_constraint(op.f("ck_endings_kind"), "endings", _one_of(*ENDINGS))
    op.execute("delete from comment_requests where subject <> 'draft'")
    op.drop_constraint(op.f("ck_comment_requests_due_on"), "comment_requests", type_="check")
    op.drop_constraint(op.f("ck_comment_requests_subject"), "comment_requests", type_="check")
    op.drop_constraint(
        op.f("uq_comment_requests_alliance_id_office_id_subject_asked_on"), "comment_requests", type_="unique"
    )
    op.create_unique_constraint(
        op.f("uq_comment_requests_alliance_id_office_id_asked_on"),
        "comment_requests",
        ["alliance_id", "office_id", "asked_on"],
    )
    op.drop_column("comment_requests", "due_on")
    op.drop_column("comment_requests", "subject")


def _one_of(*kinds: str) -> str:
    return f"kind in ({', '.join(repr(kind) for kind in kinds)})"
