"""Direct messages that tell who asked what was decided, and who is assigned a duty that they are."""

from __future__ import annotations

from alembic import op

revision = "d19b6a40c3f7"
down_revision = "c7d20e5b91a8"
branch_labels = None
depends_on = None

KINDS = ("reminder", "reply", "direct", "undeliverable", "request", "week", "month", "own")
NEW = ("decided", "assigned")


def upgrade() -> None:
    """Apply: nobody is told of what was decided or assigned before."""
    op.execute("set local lock_timeout = '5s'")
    for name in ("kind", "person", "request"):
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages", type_="check")
    op.drop_index(op.f("ix_messages_request_id"), table_name="messages")
    op.create_index("uq_messages_request", "messages", ["request_id", "kind"], unique=True)
    op.create_check_constraint(op.f("ck_messages_kind"), "messages", _one_of(*KINDS, *NEW))
    op.create_check_constraint(
        op.f("ck_messages_person"),
        "messages",
        f"({_one_of('direct', 'own', 'decided', 'assigned')}) <= (person_id is not null)",
    )
    op.create_check_constraint(
        op.f("ck_messages_request"), "messages", f"({_one_of('request', 'decided')}) = (request_id is not null)"
    )


def downgrade() -> None:
    """Take back: what was told is forgotten; the audit keeps what was decided and assigned."""
    op.execute("set local lock_timeout = '5s'")
    op.execute(f"delete from messages where {_one_of(*NEW)}")  # noqa: S608 - words of this file
    for name in ("kind", "person", "request"):
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages", type_="check")
    op.drop_index("uq_messages_request", table_name="messages")
    op.create_index(op.f("ix_messages_request_id"), "messages", ["request_id"], unique=True)
    op.create_check_constraint(op.f("ck_messages_kind"), "messages", _one_of(*KINDS))
    op.create_check_constraint(
        op.f("ck_messages_person"), "messages", "(kind in ('direct', 'own')) <= (person_id is not null)"
    )
    op.create_check_constraint(
        op.f("ck_messages_request"), "messages", "(kind = 'request') = (request_id is not null)"
    )


def _one_of(*kinds: str) -> str:
    return f"kind in ({', '.join(repr(kind) for kind in kinds)})"
