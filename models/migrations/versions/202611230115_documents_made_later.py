"""A document that is made here can be promised with what it is made from, and made afterwards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3f9ad27c61b8"
down_revision = "5b0e9d2c7f14"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: nothing waits to be made."""
    op.add_column("documents", sa.Column("made_from", sa.String(), nullable=True))
    op.drop_constraint(op.f("ck_documents_size"), "documents", type_="check")
    op.create_check_constraint(op.f("ck_documents_size"), "documents", "size > 0 or made_from is not null")
    op.create_check_constraint(op.f("ck_documents_made"), "documents", "made_from is null or sha256 is null")


def downgrade() -> None:
    """Take back: what still waits to be made is lost, as it was where its making failed."""
    op.execute("delete from documents where made_from is not null")
    op.drop_constraint(op.f("ck_documents_made"), "documents", type_="check")
    op.drop_constraint(op.f("ck_documents_size"), "documents", type_="check")
    op.create_check_constraint(op.f("ck_documents_size"), "documents", "size > 0")
    op.drop_column("documents", "made_from")
