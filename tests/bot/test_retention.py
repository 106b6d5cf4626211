"""Retention, holds and redaction in Slack: for administrators, confirmed where it is for good."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from models import audit
from models.audit import AuditEntry
from models.retention import Hold, RetentionClass
from operations.records.verify_audit import verify_audit
from policy.rights import Role
from sandbox.block_limits import message_problems, view_problems
from tests.bot.conftest import at
from tests.bot.slack import fields_of, input_of, words
from tests.bot.test_people import enters, presses
from tests.bot.test_procedure import as_sent
from tests.operations.conftest import NOW


@pytest.fixture
def chief(slack, sample_engine):
    """An administrator of the National Office; the audit names a person twice."""
    enters(sample_engine, "USTRANGER", "Chris Chief", (Role.ADMINISTRATOR, "OSHA-NO"))
    with Session(sample_engine) as session:
        for title in ("Talk by Jo Doe", "Jo Doe again"):
            data = {"title": title}
            audit.record(session, at=NOW, actor="Ada", action="a:b", subject="program", data=data)
        session.commit()
    yield from at(slack, "USTRANGER")


def test_only_administrators_see_it_and_are_told_before_typing(ada, chief):
    """A coordinator is told who may; the forms say what they bring before anything is typed."""
    assert ada.asks("/alliance retention")["text"].startswith("You may not redact the audit, or say how long")
    shown = chief.asks("/alliance retention")
    assert message_problems(shown["blocks"]) == []
    assert "kept without limit, nothing is set" in shown["text"]
    assert "*On hold:* nothing." in shown["text"]
    form = presses(chief, "/alliance retention", "redact:audit")
    assert view_problems(as_sent(form), "modal") == []
    assert "It cannot be undone by anybody." in words(form["blocks"])


def test_a_hold_stands_until_it_is_lifted_and_keeps_words(chief, ids, rows):
    """What is on hold is not redacted; a hold is lifted after a question; the schedule is set."""
    form = presses(chief, "/alliance retention", "place:hold")
    assert fields_of(form) == ["scope", "alliance", "reason"]
    assert "alliance" in chief.sends(scope="alliance", reason="A lawsuit")["errors"]
    chief.sends(scope="everything", reason="A lawsuit")
    assert "Hold 1 stands: everything." in chief.reads()["text"]
    presses(chief, "/alliance retention", "place:hold")
    chief.sends(scope="alliance", alliance=ids["plaza"], reason="An audit")
    assert "Hold 2 stands: *La Plaza Alliance*." in chief.reads()["text"]
    presses(chief, "/alliance retention", "redact:audit")
    refused = chief.sends(words="Jo Doe", reason="Asked for by the person")
    assert "is on hold: Chris Chief had everything kept as it is (A lawsuit)" in str(refused)
    chief.closes()
    form = presses(chief, "/alliance retention", "lift:hold")
    assert len(input_of(form, "hold")["element"]["options"]) == 2
    assert chief.sends(hold="1", reason="Settled")["response_action"] == "push"
    assert "may be redacted for good" in words(chief.modal()["blocks"])
    assert [hold.lifted_by for hold in rows(Hold)] == [None, None]
    chief.sends()
    assert "Hold 1 is lifted." in chief.reads()["text"]
    presses(chief, "/alliance retention", "set:retention")
    chief.sends(kind="audit", schedule="GRS 5.2", years=7)
    assert "audit are kept for 7 years (GRS 5.2)" in chief.reads()["text"]
    assert [(row.kind, row.keep_years) for row in rows(RetentionClass)] == [("audit", 7)]


def test_days_are_those_of_the_national_office(chief, world):
    """What is placed late in the evening was placed on that day, whatever day it is in London."""
    world.now = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)
    presses(chief, "/alliance retention", "place:hold")
    chief.sends(scope="everything", reason="A lawsuit")
    chief.reads()
    assert "by Chris Chief on November 23, 2026" in chief.asks("/alliance retention")["text"]


def test_words_are_redacted_after_they_were_shown_as_left(chief, rows, sample_engine):
    """Nothing goes before it was confirmed; then the words stand nowhere, and the chain is whole."""
    presses(chief, "/alliance retention", "redact:audit")
    assert "cannot say the words that go" in str(chief.sends(words="Jo Doe", reason="Jo Doe asked"))
    assert chief.sends(words="Jo Doe", reason="Asked for by the person")["response_action"] == "push"
    told = words(chief.modal()["blocks"])
    assert "2 entries of the audit would be left like this" in told
    assert "Talk by [redacted]" in told
    assert any("Jo Doe" in str(entry.data) for entry in rows(AuditEntry))
    chief.sends()
    said = chief.reads()["text"]
    assert said.startswith("Redacted for good: 2 entries of the audit.")
    assert "Jo Doe" not in said
    assert not any("Jo Doe" in str(entry.data) for entry in rows(AuditEntry))
    with Session(sample_engine) as session:
        assert verify_audit(session).first_break is None
