"""Teams with the parts of their members, products and success stories, and what meetings, plans and ends still lacked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b27f4e81d6c3"
down_revision = "5e1b7c90d4a2"
branch_labels = None
depends_on = None

PARTS = (
    "signatory", "DCSP", "field office", "directorate", "region", "State Plan State", "OSHA Consultation Project",
    "union", "other stakeholder",
)
RECOMMENDATIONS = ("renew", "conditional extension", "terminate")
EMPTY_LIST, EMPTY_OBJECT = sa.text("'[]'"), sa.text("'{}'")


def upgrade() -> None:
    """Apply: what is on record stays as it is; nobody has said whom a member of before stands for."""
    op.execute("set local lock_timeout = '5s'")
    op.add_column("team_members", sa.Column("part", sa.String(), nullable=True))
    op.add_column("team_members", sa.Column("recorded_by_id", sa.BigInteger(), nullable=True))
    op.add_column("team_members", sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("team_members", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_team_members_part"), "team_members", _one_of("part", *PARTS))
    op.create_foreign_key(op.f("fk_team_members_recorded_by_id"), "team_members", "people", ["recorded_by_id"], ["id"])

    op.add_column("meetings", sa.Column("present", postgresql.JSONB(), server_default=EMPTY_LIST, nullable=False))
    op.add_column("meetings", sa.Column("called_off_because", sa.String(), nullable=True))
    op.add_column("meetings", sa.Column("moved_to_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_meetings_moved_to_id"), "meetings", "meetings", ["moved_to_id"], ["id"])

    op.add_column("evaluations", sa.Column("marks", postgresql.JSONB(), server_default=EMPTY_OBJECT, nullable=False))
    for name in ("discussion", "recommendation", "reasons"):
        op.add_column("evaluations", sa.Column(name, sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_evaluations_recommendation"), "evaluations", _one_of("recommendation", *RECOMMENDATIONS)
    )

    op.add_column("work_plans", sa.Column("activities", postgresql.JSONB(), server_default=EMPTY_LIST, nullable=False))
    op.create_table(
        "work_plan_versions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("work_plan_id", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_work_plan_versions_reason")),
        sa.ForeignKeyConstraint(
            ["work_plan_id"], ["work_plans.id"], name=op.f("fk_work_plan_versions_work_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_plan_versions")),
    )
    op.create_index(op.f("ix_work_plan_versions_work_plan_id"), "work_plan_versions", ["work_plan_id"])

    op.add_column("agreements", sa.Column("in_part", sa.String(), nullable=True))
    op.add_column("endings", sa.Column("relationship_ended_on", sa.Date(), nullable=True))
    op.add_column("endings", sa.Column("relationship_ended_because", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_endings_relationship"),
        "endings",
        "num_nonnulls(relationship_ended_on, relationship_ended_because) in (0, 2)",
    )
    op.create_check_constraint(
        op.f("ck_endings_relationship_kind"), "endings", "relationship_ended_on is null or kind = 'ambassador'"
    )

    op.create_table(
        "products",
        *_of_an_alliance("products"),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("activity_id", sa.BigInteger(), nullable=True),
        sa.Column("dropped_on", sa.Date(), nullable=True),
        sa.Column("dropped_because", sa.String(), nullable=True),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_products_title")),
        sa.CheckConstraint(
            "num_nonnulls(published_on, address, activity_id) in (0, 3)", name=op.f("ck_products_published")
        ),
        sa.CheckConstraint("num_nonnulls(dropped_on, dropped_because) in (0, 2)", name=op.f("ck_products_dropped")),
        sa.CheckConstraint("published_on is null or dropped_on is null", name=op.f("ck_products_one_outcome")),
        sa.ForeignKeyConstraint(["activity_id"], ["activities.id"], name=op.f("fk_products_activity_id")),
    )
    op.create_index(op.f("ix_products_alliance_id"), "products", ["alliance_id"])
    op.create_table(
        "success_stories",
        *_of_an_alliance("success_stories"),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_success_stories_title")),
        sa.CheckConstraint("length(trim(story)) > 0", name=op.f("ck_success_stories_story")),
    )
    op.create_index(op.f("ix_success_stories_alliance_id"), "success_stories", ["alliance_id"])


def downgrade() -> None:
    """Take back: the audit keeps what was said."""
    op.execute("set local lock_timeout = '5s'")
    for table in ("success_stories", "products", "work_plan_versions"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_endings_relationship_kind"), "endings", type_="check")
    op.drop_constraint(op.f("ck_endings_relationship"), "endings", type_="check")
    op.drop_constraint(op.f("ck_evaluations_recommendation"), "evaluations", type_="check")
    op.drop_constraint(op.f("fk_meetings_moved_to_id"), "meetings", type_="foreignkey")
    op.drop_constraint(op.f("fk_team_members_recorded_by_id"), "team_members", type_="foreignkey")
    op.drop_constraint(op.f("ck_team_members_part"), "team_members", type_="check")
    for table, names in (
        ("endings", ("relationship_ended_on", "relationship_ended_because")),
        ("agreements", ("in_part",)),
        ("work_plans", ("activities",)),
        ("evaluations", ("marks", "discussion", "recommendation", "reasons")),
        ("meetings", ("present", "called_off_because", "moved_to_id")),
        ("team_members", ("part", "recorded_by_id", "recorded_at", "withdrawn_at")),
    ):
        for name in names:
            op.drop_column(table, name)


def _of_an_alliance(table: str) -> list[sa.schema.SchemaItem]:
    """Return new columns and constraints of a record of an alliance."""
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alliance_id", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["alliances.id"], name=op.f(f"fk_{table}_alliance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["people.id"], name=op.f(f"fk_{table}_recorded_by_id")),
    ]


def _one_of(column: str, *values: str) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"
