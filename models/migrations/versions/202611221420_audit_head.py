"""The end of the audit's chain, locked and read in one step."""

from __future__ import annotations

from alembic import op

revision = "4be07d92c1a6"
down_revision = "a3f2c86d1b57"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        """
        create function audit_head(chain bigint) returns text language plpgsql volatile as $$
        begin
            perform pg_advisory_xact_lock(chain);
            -- A new statement sees what was committed while the first one waited.
            return (select hash from audit order by seq desc limit 1);
        end $$
        """
    )


def downgrade() -> None:
    """Take back."""
    op.execute("drop function audit_head(bigint)")
