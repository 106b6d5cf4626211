"""Replies and direct messages beside the reminders; offices and people that cannot be reached."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '5d0c2f6a91be'
down_revision = '7d7b2e590e02'
branch_labels = None
depends_on = None

ONE_A_DAY = {
    'reminder': ['office_id', 'day'],
    'reply': ['parent_id', 'day'],
    'direct': ['person_id', 'day'],
    'undeliverable': ['office_id', 'person_id', 'day'],
}


def upgrade() -> None:
    """Apply: every message there is reminds an office, and every notice went to the owner's office."""
    op.execute("set local lock_timeout = '5s'")
    for table in ('offices', 'people'):
        op.add_column(table, sa.Column('unreachable_since', sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column('unreachable_why', sa.String(), nullable=True))
        op.add_column(table, sa.Column('probed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('messages', sa.Column('kind', sa.String(), server_default='reminder', nullable=False))
    op.add_column('messages', sa.Column('parent_id', sa.Uuid(), nullable=True))
    op.add_column('messages', sa.Column('person_id', sa.BigInteger(), nullable=True))
    op.add_column('messages', sa.Column('climbed_why', sa.String(), nullable=True))
    op.add_column('messages', sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f('fk_messages_parent_id'), 'messages', 'messages', ['parent_id'], ['id'])
    op.create_foreign_key(op.f('fk_messages_person_id'), 'messages', 'people', ['person_id'], ['id'])
    op.create_check_constraint(op.f('ck_messages_kind'), 'messages', "kind in ('reminder', 'reply', 'direct', 'undeliverable')")
    op.create_check_constraint(op.f('ck_messages_parent'), 'messages', "(kind = 'reply') = (parent_id is not null)")
    op.create_check_constraint(op.f('ck_messages_person'), 'messages', "(kind = 'direct') <= (person_id is not null)")
    op.drop_constraint(op.f('uq_messages_office_id_day'), 'messages', type_='unique')
    for kind, columns in ONE_A_DAY.items():
        distinct: dict[str, Any] = {'postgresql_nulls_not_distinct': True} if kind == 'undeliverable' else {}
        op.create_index(f'uq_messages_{kind}', 'messages', columns, unique=True, postgresql_where=sa.text(f"kind = '{kind}'"), **distinct)
    op.add_column('notices', sa.Column('audience', sa.String(), server_default='owner', nullable=False))
    op.create_check_constraint(op.f('ck_notices_audience'), 'notices', "audience in ('owner', 'official above', 'National Office')")


def downgrade() -> None:
    """Undo: what was said otherwise than by a reminder is forgotten."""
    op.execute("delete from notices where audience <> 'owner'")
    op.execute("update notices set message_id = null, status = 'skipped' where message_id in (select id from messages where kind <> 'reminder')")
    op.execute("delete from messages where kind <> 'reminder'")
    op.drop_column('notices', 'audience')
    for kind in ONE_A_DAY:
        op.drop_index(f'uq_messages_{kind}', table_name='messages')
    op.create_unique_constraint(op.f('uq_messages_office_id_day'), 'messages', ['office_id', 'day'])
    for column in ('gone_at', 'climbed_why', 'person_id', 'parent_id', 'kind'):
        op.drop_column('messages', column)
    for table in ('offices', 'people'):
        for column in ('probed_at', 'unreachable_why', 'unreachable_since'):
            op.drop_column(table, column)
