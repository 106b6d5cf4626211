"""What is on record as a file, in Slack: offered, sent to one person, no more of it than they may have."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO

import openpyxl
import pytest
from sqlalchemy import select

from models.alliances import Alliance
from models.audit import AuditEntry
from operations.read.exported import What
from policy.rights import Role
from sandbox.block_limits import message_problems
from tests.bot.conftest import at
from tests.bot.slack import found
from tests.bot.test_documents import downloads
from tests.bot.test_people import enters


@pytest.fixture
def chief(slack, sample_engine):
    """An administrator of the National Office."""
    enters(sample_engine, "USTRANGER", "Chris Chief", (Role.ADMINISTRATOR, "OSHA-NO"))
    yield from at(slack, "USTRANGER")


def gets(person, line, form, number=0):
    """Have a file sent, and return its name and bytes."""
    person.presses(person.asks(line, telling="Export"), f"send:export:{form}", number)
    assert "as a direct message" in person.reads()["text"]
    person.reads("post")
    return downloads(person.slack, person)[-1][1:]


def test_my_rows_come_as_workbook_csv_and_json(ada, slack, records):
    """Of my offices, of another or of all; what people wrote is no formula; the audit keeps who got what."""
    records.of("La Plaza").source = '=HYPERLINK("https://evil.example")'
    records.settle()
    shown = ada.asks("/alliance export", telling="Export")
    assert message_problems(shown["blocks"]) == []
    assert "*Export of my offices and those below*" in shown["text"]
    # The audit is for who keeps the records.
    assert len(found(shown["blocks"], "send:export:csv")) == len(What) - 1
    name, data = gets(ada, "/alliance export alliances", "csv")
    rows = list(csv.DictReader(StringIO(data.decode("utf-8-sig"))))
    assert name == "alliances-2026-11-23.csv"
    assert {row["name"] for row in rows} == {"La Plaza Alliance", "Roofing <!channel> & Sons"}
    assert rows[0]["source"] == '\'=HYPERLINK("https://evil.example")'
    _, data = gets(ada, "/alliance export alliances all", "xlsx")
    sheet = openpyxl.load_workbook(BytesIO(data)).active
    assert sheet.max_row == 1 + len(records.scalars(select(Alliance)).all())
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d", "b"}
    _, data = gets(ada, "/alliance export duties philadelphia", "json")
    assert {row["alliance"] for row in json.loads(data)} >= {"La Plaza Alliance", "Roofing Contractors of Philadelphia"}
    ada.presses(shown, "run:export")
    assert "of all offices" in ada.reads(telling="Export")["text"]
    query = select(AuditEntry.data).where(AuditEntry.action == "export:given").order_by(AuditEntry.seq)
    given = records.scalars(query).all()
    assert given[0] == {"what": "alliances", "offices": ["0317300"]}
    assert given[1] == {"what": "alliances"}


def test_who_holds_no_position_gets_nothing_and_the_audit_is_for_administrators(ada, chief):
    """A sentence says who may; a button that somebody forges is refused like the word."""
    assert "you: audit" in ada.asks("/alliance export audit")["text"]
    assert "No office is called “xyzzy”" in ada.asks("/alliance export xyzzy")["text"]
    name, data = gets(chief, "/alliance export audit", "json")
    assert name.startswith("audit-")
    assert "export:given" in {entry["action"] for entry in json.loads(data)}


def test_a_stranger_gets_no_file(stranger):
    """Who holds no position is told who may."""
    assert stranger.asks("/alliance export")["text"].startswith("You may not get documents: it takes one of")
