"""Until when an alliance need not be checked again, taken away by every change of its records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '5d0c1f7e9a24'
down_revision = '5c1f0a9d7e34'
branch_labels = None
depends_on = None

#: Tables whose rows name the alliance that they are about.
OF_AN_ALLIANCE = (
    'agreements', 'alliance_offices', 'annual_reports', 'comment_requests', 'endings', 'evaluations', 'fulfilments',
    'meetings', 'planned_activities', 'renewal_decisions', 'signatories', 'termination_notices', 'waivers',
    'work_plans',
)


def upgrade() -> None:
    """Apply."""
    op.execute("set local lock_timeout = '5s'")
    op.add_column('alliances', sa.Column('quiet', postgresql.TSTZRANGE(), nullable=True))
    op.add_column('alliances', sa.Column('checked_under', sa.String(), nullable=True))
    op.add_column('alliances', sa.Column('check_failure', sa.String(), nullable=True))
    # The alliance is locked even where it is not quiet: a check at this moment, which cannot see the change yet,
    # must not make it quiet afterwards.
    op.execute(
        """
        create function look_again_at(alliances_row bigint) returns void language plpgsql as $$
        begin
            perform 1 from alliances where id = alliances_row for no key update;
            update alliances set quiet = null where id = alliances_row and quiet is not null;
        end $$;
        create function look_again() returns trigger language plpgsql as $$
        begin
            if tg_op <> 'INSERT' then
                perform look_again_at(old.alliance_id);
            end if;
            if tg_op = 'INSERT' or tg_op = 'UPDATE' and new.alliance_id is distinct from old.alliance_id then
                perform look_again_at(new.alliance_id);
            end if;
            return null;
        end $$;
        create function look_again_by_work_plan() returns trigger language plpgsql as $$
        begin
            if tg_op <> 'INSERT' then
                perform look_again_at(alliance_id) from work_plans where id = old.work_plan_id;
            end if;
            if tg_op = 'INSERT' or tg_op = 'UPDATE' and new.work_plan_id <> old.work_plan_id then
                perform look_again_at(alliance_id) from work_plans where id = new.work_plan_id;
            end if;
            return null;
        end $$;
        create function look_again_at_itself() returns trigger language plpgsql as $$
        begin
            new.quiet := null;
            return new;
        end $$;
        """
    )
    for table in OF_AN_ALLIANCE:
        op.execute(
            f"create trigger look_again after insert or update or delete on {table}"
            " for each row execute function look_again()"
        )
    op.execute(
        "create trigger look_again after insert or update or delete on milestones"
        " for each row execute function look_again_by_work_plan()"
    )
    # Whatever column is added one day counts, but for those in which the check itself writes.
    op.execute(
        """
        create trigger look_again before update on alliances for each row
            when (to_jsonb(old) - '{quiet,checked_under,check_failure}'::text[]
                  is distinct from to_jsonb(new) - '{quiet,checked_under,check_failure}'::text[])
            execute function look_again_at_itself()
        """
    )
    # The check writes the rest of an obligation; these it reads.
    op.execute(
        """
        create trigger look_again after update of office_id, passed_on, snoozed_until on obligations for each row
            when ((old.office_id, old.passed_on, old.snoozed_until)
                  is distinct from (new.office_id, new.passed_on, new.snoozed_until))
            execute function look_again()
        """
    )


def downgrade() -> None:
    """Undo."""
    for table in (*OF_AN_ALLIANCE, 'milestones', 'alliances', 'obligations'):
        op.execute(f"drop trigger look_again on {table}")
    for function in ('look_again()', 'look_again_by_work_plan()', 'look_again_at_itself()', 'look_again_at(bigint)'):
        op.execute(f"drop function {function}")
    op.drop_column('alliances', 'check_failure')
    op.drop_column('alliances', 'checked_under')
    op.drop_column('alliances', 'quiet')
