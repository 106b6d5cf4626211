"""Plans, requests, fulfilments and waivers; duties of the program as a whole; conditional extensions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '7d7b2e590e02'
down_revision = '022379ab5578'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("set local lock_timeout = '5s'")
    op.create_table('closures',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('day', name=op.f('pk_closures'))
    )
    op.create_table('comment_requests',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('alliance_id', sa.BigInteger(), nullable=False),
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.String(), nullable=True),
    sa.CheckConstraint('answered_on is null or answered_on >= asked_on', name=op.f('ck_comment_requests_dates')),
    sa.ForeignKeyConstraint(['alliance_id'], ['alliances.id'], name=op.f('fk_comment_requests_alliance_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_comment_requests_office_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comment_requests')),
    sa.UniqueConstraint('alliance_id', 'office_id', 'asked_on', name=op.f('uq_comment_requests_alliance_id_office_id_asked_on'))
    )
    op.create_index('ix_comment_requests_alliance_id', 'comment_requests', ['alliance_id'], unique=False)
    op.create_table('coordinator_calls',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('topics', sa.String(), nullable=True),
    sa.Column('recorded_by_id', sa.BigInteger(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['people.id'], name=op.f('fk_coordinator_calls_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_coordinator_calls')),
    sa.UniqueConstraint('on_day', name=op.f('uq_coordinator_calls_on_day'))
    )
    op.create_table('fulfilments',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('alliance_id', sa.BigInteger(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('period', sa.String(), nullable=True),
    sa.Column('done_on', sa.Date(), nullable=False),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('recorded_by_id', sa.BigInteger(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['alliance_id'], ['alliances.id'], name=op.f('fk_fulfilments_alliance_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['people.id'], name=op.f('fk_fulfilments_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fulfilments')),
    sa.UniqueConstraint('rule', 'subject', 'period', name=op.f('uq_fulfilments_rule_subject_period'), postgresql_nulls_not_distinct=True)
    )
    op.create_index(op.f('ix_fulfilments_alliance_id'), 'fulfilments', ['alliance_id'], unique=False)
    op.create_table('planned_activities',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('alliance_id', sa.BigInteger(), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('recorded_on', sa.Date(), nullable=False),
    sa.Column('notified_on', sa.Date(), nullable=True),
    sa.CheckConstraint('length(trim(place)) > 0', name=op.f('ck_planned_activities_place')),
    sa.CheckConstraint('notified_on is null or notified_on >= recorded_on', name=op.f('ck_planned_activities_dates')),
    sa.ForeignKeyConstraint(['alliance_id'], ['alliances.id'], name=op.f('fk_planned_activities_alliance_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_planned_activities'))
    )
    op.create_index('ix_planned_activities_alliance_id', 'planned_activities', ['alliance_id'], unique=False)
    op.create_table('waivers',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('alliance_id', sa.BigInteger(), nullable=True),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('period', sa.String(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('waived_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(trim(reason)) > 0', name=op.f('ck_waivers_reason')),
    sa.ForeignKeyConstraint(['alliance_id'], ['alliances.id'], name=op.f('fk_waivers_alliance_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waivers')),
    sa.UniqueConstraint('rule', 'subject', 'period', name=op.f('uq_waivers_rule_subject_period'), postgresql_nulls_not_distinct=True)
    )
    op.create_index(op.f('ix_waivers_alliance_id'), 'waivers', ['alliance_id'], unique=False)
    op.create_table('work_plans',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('alliance_id', sa.BigInteger(), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('finalized_on', sa.Date(), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('recorded_by_id', sa.BigInteger(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['alliance_id'], ['alliances.id'], name=op.f('fk_work_plans_alliance_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['people.id'], name=op.f('fk_work_plans_recorded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_plans')),
    sa.UniqueConstraint('alliance_id', 'first', name=op.f('uq_work_plans_alliance_id_first'))
    )
    op.create_table('milestones',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('work_plan_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('person', sa.String(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.CheckConstraint('length(trim(title)) > 0', name=op.f('ck_milestones_title')),
    sa.ForeignKeyConstraint(['work_plan_id'], ['work_plans.id'], name=op.f('fk_milestones_work_plan_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestones'))
    )
    op.create_index(op.f('ix_milestones_work_plan_id'), 'milestones', ['work_plan_id'], unique=False)
    op.add_column('obligations', sa.Column('detail', sa.String(), nullable=True))
    op.alter_column('obligations', 'alliance_id',
               existing_type=sa.BIGINT(),
               nullable=True)
    op.add_column('renewal_decisions', sa.Column('extended_until', sa.Date(), nullable=True))
    op.add_column('renewal_decisions', sa.Column('expectations', sa.String(), nullable=True))
    op.create_check_constraint(op.f('ck_renewal_decisions_extension'), 'renewal_decisions', 'num_nonnulls(extended_until, expectations) in (0, 2)')
    op.create_check_constraint(op.f('ck_renewal_decisions_extended_until'), 'renewal_decisions', "extended_until is null or recommendation = 'conditional extension'")
    op.drop_constraint(op.f('uq_renewal_decisions_agreement_id'), 'renewal_decisions', type_='unique')
    op.create_index('uq_renewal_decisions_begun', 'renewal_decisions', ['agreement_id'], unique=True, postgresql_where=sa.text('decided_on is null'))
    op.create_index('uq_renewal_decisions_final', 'renewal_decisions', ['agreement_id'], unique=True, postgresql_where=sa.text("recommendation <> 'conditional extension'"))


def downgrade() -> None:
    """Undo."""
    op.drop_index('uq_renewal_decisions_final', table_name='renewal_decisions', postgresql_where=sa.text("recommendation <> 'conditional extension'"))
    op.drop_index('uq_renewal_decisions_begun', table_name='renewal_decisions', postgresql_where=sa.text('decided_on is null'))
    # One decision for each agreement was the rule: the latest stays.
    op.execute(
        'delete from renewal_decisions a using renewal_decisions b where a.agreement_id = b.agreement_id and a.id < b.id'
    )
    op.create_unique_constraint(op.f('uq_renewal_decisions_agreement_id'), 'renewal_decisions', ['agreement_id'])
    op.drop_constraint(op.f('ck_renewal_decisions_extended_until'), 'renewal_decisions', type_='check')
    op.drop_constraint(op.f('ck_renewal_decisions_extension'), 'renewal_decisions', type_='check')
    op.drop_column('renewal_decisions', 'expectations')
    op.drop_column('renewal_decisions', 'extended_until')
    op.execute('delete from obligations where alliance_id is null')
    op.alter_column('obligations', 'alliance_id',
               existing_type=sa.BIGINT(),
               nullable=False)
    op.drop_column('obligations', 'detail')
    op.drop_index(op.f('ix_milestones_work_plan_id'), table_name='milestones')
    op.drop_table('milestones')
    op.drop_table('work_plans')
    op.drop_index(op.f('ix_waivers_alliance_id'), table_name='waivers')
    op.drop_table('waivers')
    op.drop_index('ix_planned_activities_alliance_id', table_name='planned_activities')
    op.drop_table('planned_activities')
    op.drop_index(op.f('ix_fulfilments_alliance_id'), table_name='fulfilments')
    op.drop_table('fulfilments')
    op.drop_table('coordinator_calls')
    op.drop_index('ix_comment_requests_alliance_id', table_name='comment_requests')
    op.drop_table('comment_requests')
    op.drop_table('closures')
