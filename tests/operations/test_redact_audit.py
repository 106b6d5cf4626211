"""Redaction, holds, and the chain by two checks that share no code."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import audit
from models.alliances import Alliance
from models.audit import AuditEntry
from models.duties import Obligation
from operations.actor import operator
from operations.read.exported import What, read_rows
from operations.read.retention import read_audit_rows, read_retention
from operations.records.keep_records import lift_hold, place_hold, set_retention
from operations.records.redact_audit import redact_audit
from operations.records.verify_audit import verify_audit
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from policy.retention import Kind
from tests.models.second_chain import first_break
from tests.operations.conftest import NOW, Portfolio, floors
from tests.operations.meanwhile import in_thread, wait_until_blocked

TRICKY = 'She said "ja\\nein" — ä\n\t\x01\x1f 🙂 \u2028'


def both(session) -> int | None:
    """Check the chain by the program and by the second check; they have to agree."""
    rows = json.loads(json.dumps(list(read_audit_rows(session)), default=lambda value: value.isoformat()))
    second = first_break(rows)
    assert second == verify_audit(session).first_break
    return second


@pytest.fixture
def by(session, field):
    """An administrator of the National Office."""
    return operator(session, "Root")


@pytest.fixture
def noted(session, by, portfolio, field):
    """Three entries, two of which name a person."""
    alliance = portfolio.alliance("Builders", field.area)
    of = f"alliance:{alliance.id}"
    for action, data in (
        ("activity:recorded", {"record": "activity:5", "title": "Talk by Jo  Doe", "notes": [TRICKY, {"JO DOE": 2}]}),
        ("activity:recorded", {"title": "John Doefield", "reached": 1.5, "on": "2026-11-02", "none": None}),
        ("meeting:recorded", {"present": ["jo doe, (555) 0100"]}),
    ):
        audit.record(session, at=NOW, actor="Jo Doe", action=action, subject=of, data=data)
    session.commit()
    return alliance


def test_words_go_and_both_checks_still_find_the_chain_whole(session, noted, by):
    """Whole words go from texts and names alike, twice over; who acted, hashes and other words stay."""
    assert both(session) is None
    before = [row.hash for row in session.scalars(select(AuditEntry).order_by(AuditEntry.seq))]
    found = redact_audit(session, words=" jo doe", reason="Asked for by the person", by=by, now=NOW)
    session.commit()
    left = [set(one.left) for one in found.entries]
    assert left == [{"Talk by [redacted]", "[redacted]"}, {"[redacted], (555) 0100"}]
    assert found.elsewhere == ()
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [row.hash for row in rows][:-1] == before
    first, second, third = (row for row in rows if row.action.endswith(":recorded"))
    assert (first.data["notes"], first.data["record"]) == ([TRICKY, {"[redacted]": 2}], "activity:5")
    assert (second.data["title"], bool(second.salt)) == ("John Doefield", True)
    assert (first.actor, first.salt, third.salt) == ("Jo Doe", "", "")
    assert (verify_audit(session).redacted, both(session)) == (2, None)
    redact_audit(session, words="555) 0100", reason="A telephone number", by=by, now=NOW, entry=third.seq)
    session.commit()
    assert (verify_audit(session).redacted, both(session)) == (2, None)
    with pytest.raises(AlreadyDone, match="stand in nothing"):
        redact_audit(session, words="Jo Doe", reason="Again", by=by, now=NOW)


def test_what_was_changed_otherwise_is_a_break_for_both(session, noted, by):
    """A redacted entry that is changed afterwards, and one that no later entry names, are found."""
    redact_audit(session, words="Jo Doe", reason="Asked for", by=by, now=NOW)
    session.commit()
    session.execute(text("alter table audit disable trigger audit_append_only"))
    for change, where in (
        ("data = '{}'", "data->>'title' like 'Talk%'"),
        ("actor = 'Nobody'", "data->>'title' like 'Talk%'"),
        ("salt = ''", "data->>'title' = 'John Doefield'"),
        ("data = jsonb_set(data, '{reason}', '\"x\"')", "action = 'audit:redacted'"),
    ):
        with session.begin_nested() as attempt:
            changed = session.scalar(text(f"update audit set {change} where {where} returning seq"))  # noqa: S608
            session.expire_all()
            assert both(session) == changed
            attempt.rollback()


def test_the_database_lets_nothing_else_of_an_entry_be_changed(session, noted):
    """Under the setting of a redaction, too, who acted and the hash stay, and no entry goes."""
    session.execute(text("select set_config('alliance.redacting', 'on', true)"))
    for statement in ("update audit set actor = 'x', salt = ''", "update audit set data = '{}'", "delete from audit"):
        with pytest.raises(Exception, match="append-only"), session.begin_nested():
            session.execute(text(statement))


def test_refusals_of_a_redaction(session, noted, by, field):
    """No right, no reason, the words in the reason, too short, no such entry: nothing changes."""
    for words, reason, entry, said in (
        ("Jo Doe", " ", None, "Say why"),
        ("Jo Doe", "Jo  Doe asked", None, "cannot say the words"),
        ("Jo", "Asked for", None, "at least 3"),
        ("Jo Doe", "Asked for", 10**9, "no entry"),
    ):
        with pytest.raises(Refused, match=said):
            redact_audit(session, words=words, reason=reason, entry=entry, by=by, now=NOW)
    with pytest.raises(NotAllowed):
        redact_audit(session, words="Jo Doe", reason="Asked for", by=field.coordinator, now=NOW)
    assert verify_audit(session).redacted == 0


def test_a_hold_keeps_every_word(session, noted, by):
    """On hold nothing is redacted; once it is lifted it is. The rows of an export say so."""
    number = place_hold(session, alliance_id=noted.id, reason="A lawsuit", by=by, now=NOW)
    with pytest.raises(AlreadyDone, match=f"hold {number}"):
        place_hold(session, alliance_id=noted.id, reason="A lawsuit", by=by, now=NOW)
    set_retention(session, kind=Kind.AUDIT, schedule="GRS 5.2", keep_years=7, by=by, now=NOW)
    session.commit()
    with pytest.raises(Refused, match="is on hold: Root had what stands of Builders kept as it is"):
        redact_audit(session, words="Jo Doe", reason="Asked for", by=by, now=NOW)
    # On whatever clock the database is.
    session.execute(text("set local time zone 'Pacific/Kiritimati'"))
    rows = [row for row in read_audit_rows(session) if row["action"] == "meeting:recorded"]
    assert [(str(row["keep_until"]), row["schedule"], row["hold"]) for row in rows] == [
        ("2033-11-23", "GRS 5.2", "A lawsuit")
    ]
    lift_hold(session, hold_id=number, reason="Settled", by=by, now=NOW)
    with pytest.raises(AlreadyDone, match="lifted this hold before"):
        lift_hold(session, hold_id=number, reason="Settled", by=by, now=NOW)
    assert redact_audit(session, words="Jo Doe", reason="Asked for", by=by, now=NOW).entries
    assert read_retention(session).holds == ()


def test_nobody_waits_while_the_records_are_looked_through(committed):
    """Where the words stand otherwise is looked up before the chain is locked: others go on recording."""
    with committed.begin() as session:
        floors(Portfolio(session))
        audit.record(session, at=NOW, actor="Ada", action="a:b", subject="program", data={"title": "Jo Doe"})

    def redact(session: Session) -> None:
        redact_audit(session, words="Jo Doe", reason="Asked for", by=operator(session, "Root"), now=NOW)

    with committed() as slow:
        slow.execute(text("lock table activities in access exclusive mode"))
        thread, raised = in_thread(committed, redact)
        wait_until_blocked(committed)
        with committed.begin() as session:
            session.execute(text("set local lock_timeout = '2s'"))
            audit.record(session, at=NOW, actor="Ben", action="a:b", subject="program")
    thread.join(timeout=20)
    assert (raised, thread.is_alive()) == ([], False)
    with committed() as session:
        assert verify_audit(session).redacted == 1


def test_marks_of_slack_and_signs_that_nobody_sees_hide_no_words(session, by, portfolio, field):
    """Words in italics go, and words with signs in them that turn the direction of writing; such signs are no words."""
    written = ("_Jo Doe_ said so", "J\u200fo\u202c \u202eD\u00adoe", "Jo\u00a0Doe\u200b!", "Jo_Doe2")
    audit.record(session, at=NOW, actor="Ada", action="meeting:recorded", subject="program", data={"all": [*written]})
    session.commit()
    found = redact_audit(session, words="Jo\u200e Doe", reason="Asked for", by=by, now=NOW)
    assert found.entries[0].left == ("_[redacted]_ said so", "[redacted]", "[redacted]\u200b!")
    session.commit()
    assert both(session) is None
    with pytest.raises(Refused, match="at least 3 characters"):
        redact_audit(session, words="\u200f\u200e\u200f\u200d", reason="Nothing", by=by, now=NOW)


def test_a_hold_is_on_all_that_is_of_an_alliance(session, by, portfolio, field):
    """Also on its duties, on messages about them, and on what was of an alliance that was merged into it."""
    old, new = (portfolio.alliance(name, field.area, signed=date(2024, 6, 1)) for name in ("Old", "New"))
    check_rules(session, now=NOW)
    duty = session.scalars(select(Obligation).where(Obligation.alliance_id == new.id)).first()
    place_hold(session, alliance_id=old.id, reason="A lawsuit", by=by, now=NOW)
    for subject in (f"alliance:{old.id}", f"obligation:{duty.id}"):
        told = {"reason": "Jo Doe was ill"}
        audit.record(session, at=NOW, actor="Ada", action="request:lapsed", subject=subject, data=told)
    session.commit()
    query = select(AuditEntry.seq).where(AuditEntry.action == "request:lapsed").order_by(AuditEntry.seq)
    first, second = session.scalars(query)
    redact = {"words": "Jo Doe", "reason": "Asked for", "by": by, "now": NOW}
    assert len(redact_audit(session, **redact, entry=second).entries) == 1
    session.rollback()
    session.get(Alliance, old.id).merged_into_id, session.get(Alliance, old.id).merged_at = new.id, NOW
    session.commit()
    for entry in (first, second):
        with pytest.raises(Refused, match="had what stands of New kept as it is"):
            redact_audit(session, **redact, entry=entry)
    held = {row["seq"]: row["hold"] for row in read_audit_rows(session)}
    assert (held[first], held[second]) == ("A lawsuit", "A lawsuit")
    exported = {row["name"]: row["hold"] for row in read_rows(session, What.ALLIANCES)[1]}
    assert exported == {"Old": "A lawsuit", "New": "A lawsuit"}
