from __future__ import annotations

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker

from models import audit
from models.audit import GENESIS, AuditEntry
from operations.records.verify_audit import verify_audit

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def note(session: Session, action: str, **data: object) -> None:
    """Note one entry."""
    audit.record(session, at=NOW, actor="Ada Tester", action=action, subject="alliance:1", data=data)


def test_each_entry_seals_the_one_before(session):
    """An entry names the hash before it, and the first one the beginning of the chain."""
    note(session, "meeting:recorded", title="Zusammenkunft — ä")
    note(session, "meeting:withdrawn")
    session.commit()
    first, second = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert first.previous == GENESIS
    assert second.previous == first.hash
    assert verify_audit(session).entries == 2


def test_a_rolled_back_change_leaves_no_entry(session):
    """What was undone was not done: its note goes with the transaction."""
    note(session, "meeting:recorded")
    session.rollback()
    note(session, "activity:recorded")
    session.commit()
    assert session.scalars(select(AuditEntry.action)).all() == ["activity:recorded"]


@pytest.mark.parametrize("statement", ["update audit set actor = 'x'", "delete from audit", "truncate audit"])
def test_the_audit_can_only_grow(session, statement):
    """The database itself refuses to change, delete or empty the audit."""
    note(session, "meeting:recorded")
    session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement))


def test_a_tampered_entry_is_found(session):
    """Whoever gets past the trigger is found by the chain, at the entry that was changed."""
    for action in ("a:b", "c:d", "e:f"):
        note(session, action)
    session.commit()
    session.execute(text("alter table audit disable trigger audit_append_only"))
    changed = session.scalar(text("update audit set actor = 'Somebody Else' where action = 'c:d' returning seq"))
    broken = verify_audit(session)
    assert broken.first_break == changed


def test_parallel_writers_make_one_chain(database):
    """Eight writers at once leave one unbroken chain."""
    engine = create_engine(database, pool_size=8)
    sessions = sessionmaker(engine)
    together = Barrier(8)

    def write(number: int) -> None:
        together.wait()
        for turn in range(5):
            with sessions.begin() as session:
                note(session, "meeting:recorded", writer=number, turn=turn)

    writers = [Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with sessions() as session:
        verified = verify_audit(session)
    engine.dispose()
    assert (verified.entries, verified.first_break) == (40, None)
