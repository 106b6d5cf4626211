"""What is on record for the gates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '5c1f0a9d7e34'
down_revision = '3c8e7a41d602'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("set local lock_timeout = '5s'")
    op.create_table('gate_records',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('alliance_id', sa.BigInteger(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=True),
    sa.Column('by', sa.String(), nullable=True),
    sa.Column('acting_for', sa.String(), nullable=True),
    sa.Column('text', sa.String(), nullable=True),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('sheet', sa.Uuid(), nullable=False),
    sa.Column('recorded_by_id', sa.BigInteger(), nullable=True),
    sa.Column('recorded_by', sa.String(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('length(trim(subject)) > 0', name=op.f('ck_gate_records_subject')),
    sa.ForeignKeyConstraint(['alliance_id'], ['alliances.id'], name=op.f('fk_gate_records_alliance_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['people.id'], name=op.f('fk_gate_records_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gate_records'))
    )
    op.create_index('ix_gate_records_alliance_id', 'gate_records', ['alliance_id'], unique=False, postgresql_where=sa.text('withdrawn_at is null'))


def downgrade() -> None:
    """Undo."""
    op.drop_index('ix_gate_records_alliance_id', table_name='gate_records', postgresql_where=sa.text('withdrawn_at is null'))
    op.drop_table('gate_records')
