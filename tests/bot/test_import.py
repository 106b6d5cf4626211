"""A spreadsheet in Slack: shown row by row, confirmed, written by a worker, stopped, taken back as a whole."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from slack_sdk import WebClient
from sqlalchemy.orm import Session, sessionmaker

from bot.take_file import Documents
from models import audit
from models.alliances import Agreement, Alliance, AllianceOffice, Signatory
from models.audit import AuditEntry
from models.duties import Obligation
from models.imports import Import
from models.offices import Person, Position
from operations.records.imports import note_import, take_import, waiting_imports
from policy.import_state import ImportState
from policy.rights import Role
from runtime.documents import DocumentStore
from sandbox.block_limits import message_problems, view_problems
from tests.bot.conftest import at
from tests.bot.slack import PATIENCE, fields_of
from tests.bot.test_documents import downloads
from tests.bot.test_people import enters
from tests.bot.test_procedure import as_sent
from tests.faults.fates import BreakingClient, KilledError
from tests.operations.conftest import NOW
from workers.deliver import Delivery
from workers.imports import Progress, StoppedError, _telling, work_on_import

HEAD = "name,participants,level,offices,signed,term_years\n"
#: One that is new, one that is on record and gets a participant.
GOOD = HEAD + "Dock Workers,Port Union;=Dock Co,area,0317300,2026-05-01,2\n"
GOOD += "La Plaza Alliance,La Plaza;Local Builders;Masons Guild,area,0317300,2025-12-10,\n"
BAD = HEAD + "Dock Workers,Port Union,area,0317300,2024-05-01,2\nNowhere,Nobody,area,9999999,2024-13-01,\n"


@pytest.fixture
def chief(slack, sample_engine):
    """An administrator of the National Office."""
    enters(sample_engine, "USTRANGER", "Chris Chief", (Role.ADMINISTRATOR, "OSHA-NO"))
    yield from at(slack, "USTRANGER")


@pytest.fixture
def delivery(slack, sample_engine):
    """What a worker works with."""
    client = WebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    return Delivery(sample_engine, sessionmaker(sample_engine), client, lambda: NOW)


@pytest.fixture
def works(delivery, sample_engine, tmp_path):
    """A worker that does what waits."""
    documents = Documents(DocumentStore(tmp_path.as_uri()), 25_000_000)

    def work(by=delivery):
        with Session(sample_engine) as session:
            waiting = waiting_imports(session, now=by.now())
        for id in waiting:
            work_on_import(id, by, documents)
        return waiting

    return work


def imports(person, works, name, data, what="alliances"):
    """Attach a file, let the worker read it, and return the message that shows it."""
    person.opens("/alliance import")
    sent = person.sends(what=what, table=person.attaches(name, data.encode() if isinstance(data, str) else data))
    if sent.get("errors"):
        return sent
    assert "is being read" in person.reads()["text"]
    works()
    return last(person)


def last(person):
    """Return the message of the import as it stands in the channel."""
    shown = [
        e for e in person.slack.record(person.mark) if e["kind"] in {"post", "update"} and "*" in e.get("text", "")
    ]
    assert shown, person.slack.record(person.mark)
    return shown[-1]


def names(rows):
    """Return what is on record of alliances, their signatories and signings."""
    return (
        sorted(alliance.name for alliance in rows(Alliance)),
        sorted(signatory.name for signatory in rows(Signatory)),
        sorted((agreement.alliance_id, agreement.signed_on) for agreement in rows(Agreement)),
        len(rows(AllianceOffice)),
    )


def test_a_table_is_shown_confirmed_written_once_and_taken_back(ada, works, rows):
    """Row by row before anything is written; a second press writes nothing new; Undo brings everything back."""
    before, duties = names(rows), {row.id for row in rows(Obligation)}
    shown = imports(ada, works, "mine.csv", GOOD)
    assert message_problems(shown["blocks"]) == []
    assert "would record alliances: 2 rows; 1 new, 1 changed, 0 on record so already" in shown["text"]
    assert "Row 2: *Dock Workers* new" in shown["text"]
    assert "Row 3: *La Plaza Alliance* changes participants" in shown["text"]
    assert names(rows) == before
    ada.presses(shown, "confirm:import")
    assert "is being imported" in ada.reads()["text"]
    ada.presses(shown, "confirm:import")
    assert "nothing is written a second time" in ada.reads()["text"]
    assert len(works()) == 1
    done = last(ada)
    assert "*mine.csv* is imported, alliances: 2 rows; 1 new, 1 changed" in done["text"]
    assert {"Dock Workers"} == set(names(rows)[0]) - set(before[0])
    assert {"Port Union", "=Dock Co", "Masons Guild"} == set(names(rows)[1]) - set(before[1])
    assert {row.id for row in rows(Obligation)} > duties
    (entry,) = [entry for entry in rows(AuditEntry) if entry.action == "alliances:imported"]
    assert (entry.actor, entry.data["file"]) == ("Ada Coordinator", "mine.csv")
    # The same file again has nothing to record.
    assert "there is nothing to import" in imports(ada, works, "again.csv", GOOD)["text"]
    ada.presses(done, "undo:record")
    assert "is being taken back" in ada.reads()["text"]
    works()
    assert "was taken back as a whole: everything is as before" in last(ada)["text"]
    assert names(rows) == before
    assert {row.id for row in rows(Obligation)} == duties
    assert "alliances:import-undone" in {entry.action for entry in rows(AuditEntry)}


def test_bad_rows_are_told_with_row_and_column_and_come_back_marked(ada, works, rows, slack, records):
    """Each mistake is one sentence; nothing is written; the file comes back with what is wrong in its rows."""
    audit.record(records, at=NOW, actor="Ada", action="a:b", subject="program", data={})
    records.commit()
    before = names(rows)
    shown = imports(ada, works, "bad.csv", BAD)
    assert "Nothing of *bad.csv* is written: 2 mistakes." in shown["text"]
    assert "Row 3, offices: there is no office “9999999”" in shown["text"]
    assert "Row 3, signed: “2024-13-01” is not a date" in shown["text"]
    assert "confirm:import" not in str(shown["blocks"])
    assert names(rows) == before
    (data,) = [data for _, name, data in downloads(slack, ada) if name == "bad-marked.csv"]
    assert "signed: “2024-13-01” is not a date" in data.decode("utf-8-sig").splitlines()[2]
    # Of another office, and a signing that has to go through its approvals here.
    other = HEAD + "Grain Two,NGFA,national,OSHA-NO,2024-05-01,\nToday,Port Union,area,0317300,2026-11-23,\n"
    shown = imports(ada, works, "other.csv", other)
    assert "Row 2, offices: you may not import alliances of the office OSHA-NO" in shown["text"]
    assert (
        "Row 3, signed: 2026-11-23: since records are kept here a signing goes through its approvals" in shown["text"]
    )
    assert "You may not import alliances for" in imports(ada, works, "no.csv", HEAD + other.splitlines()[1])["text"]
    assert "is not such a table" in imports(ada, works, "what.csv", "a,b\n1,2\n")["text"]
    assert "is damaged" in imports(ada, works, "zip.xlsx", b"PK\x03\x04 no zip")["text"]
    assert names(rows) == before


def test_an_import_is_stopped_and_what_was_built_on_is_not_taken_back(ada, works, rows, records):
    """Cancel leaves nothing, also between the press on Import and the worker's turn; a record built on it keeps it."""
    before = names(rows)
    shown = imports(ada, works, "mine.csv", GOOD)
    ada.presses(shown, "confirm:import")
    ada.reads()
    ada.presses(shown, "cancel:import")
    assert "Stopped" in ada.reads()["text"]
    ada.presses(shown, "cancel:import")
    assert "was stopped, and nothing of it was written" in ada.reads()["text"]
    works()
    assert "*mine.csv* was stopped: nothing of it is written." in last(ada)["text"]
    assert names(rows) == before
    shown = imports(ada, works, "mine.csv", GOOD)
    ada.presses(shown, "confirm:import")
    ada.reads()
    works()
    done = last(ada)
    dock = records.of("Dock")
    records.add(Signatory(alliance_id=dock.id, name="Late Partner"))
    records.settle()
    ada.presses(done, "undo:record")
    ada.reads()
    works()
    assert "It cannot be taken back as a whole: “Dock Workers” has had something built on it" in last(ada)["text"]
    assert "Dock Workers" in names(rows)[0]


def test_a_worker_says_how_far_it_is_and_sees_that_it_was_stopped(ada, works, delivery, rows, monkeypatch):
    """The message is rewritten while rows are written; a press on Cancel ends the work; one that died is done anew."""
    monkeypatch.setattr("workers.imports.LOOK_EVERY", 0.02)
    shown = imports(ada, works, "mine.csv", GOOD)
    ada.presses(shown, "confirm:import")
    ada.reads()
    (id,) = [row.id for row in rows(Import)]
    with delivery.sessions.begin() as session:
        taken = take_import(session, id, now=NOW)
    with delivery.sessions() as session:
        assert waiting_imports(session, now=NOW) == []
        assert waiting_imports(session, now=NOW + timedelta(seconds=15)) == [id]
    progress = Progress(rows=3)
    progress.each()
    with _telling(taken, progress, delivery):
        told = ada.reads("update", telling="1 of 3 rows")
        ada.presses(told, "cancel:import")
        assert progress.stopped.wait(PATIENCE)
    with pytest.raises(StoppedError):
        progress.each()
    with delivery.sessions.begin() as session:
        assert not note_import(session, id, was=ImportState.CONFIRMED, state=ImportState.DONE, now=NOW)


@pytest.mark.parametrize("made", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("call", range(8))
def test_a_worker_that_is_killed_says_nothing_twice(ada, works, delivery, slack, *, rows, call, made):
    """Killed at whichever of its calls, another one shows the import in one message, with its marked file once."""
    ada.opens("/alliance import")
    since = slack.mark()
    ada.sends(what="alliances", table=ada.attaches("bad.csv", BAD.encode()))
    ada.reads()
    client = BreakingClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    client.countdown, client.made = call, made
    with suppress(KilledError):
        works(replace(delivery, slack=client))
    works(replace(delivery, now=lambda: NOW + timedelta(minutes=1)))
    (row,) = rows(Import)
    assert (row.state, row.try_at) == ("refused", None)
    posts = [e for e in slack.record(since) if e["kind"] == "post" and e["user"] == "UBOT"]
    assert [e["thread_ts"] for e in posts] == [None, posts[0]["ts"]]
    assert "Nothing of *bad.csv* is written: 2 mistakes." in last(ada)["text"]


def test_a_stop_that_came_before_a_killed_worker_noted_its_message(ada, works, delivery, slack):
    """The message that nobody noted has its button: pressed, the same message says that it was stopped."""
    ada.opens("/alliance import")
    since = slack.mark()
    ada.sends(what="alliances", table=ada.attaches("mine.csv", GOOD.encode()))
    ada.reads()
    client = BreakingClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    # It opens the conversation and posts.
    client.countdown, client.made = 1, True
    with pytest.raises(KilledError):
        works(replace(delivery, slack=client))
    ada.mark = since
    ada.presses(last(ada), "cancel:import")
    ada.reads()
    works()
    assert [e["text"] for e in slack.record(since) if e["kind"] == "post" and "mine.csv" in e["text"]] == [
        "*mine.csv* is being read."
    ]
    assert last(ada)["text"] == "*mine.csv* was stopped: nothing of it is written."


def test_people_and_offices_are_for_administrators(ada, chief, works, rows):
    """A coordinator is offered alliances alone; an administrator imports people from a workbook, and takes it back."""
    form = ada.opens("/alliance import")
    assert view_problems(as_sent(form), "modal") == []
    assert fields_of(form) == ["what", "table"]
    assert "People" not in str(form["blocks"])
    refused = ada.sends(table=ada.attaches("notes.txt", b"no table"))
    assert "is no table; save it as XLSX or CSV" in str(refused["errors"])
    ada.closes()
    people, positions = len(rows(Person)), len(rows(Position))
    book = openpyxl.Workbook()
    book.active.append(["slack_id", "name", "position", "office"])
    book.active.append(["U0NEW0001", "Nora New", "Area Director", "0317300"])
    file = BytesIO()
    book.save(file)
    shown = imports(chief, works, "people.xlsx", file.getvalue(), what="people")
    assert "Row 2: *Nora New, Area Director, Wilmington Area Office* new" in shown["text"]
    chief.presses(shown, "confirm:import")
    chief.reads()
    works()
    done = last(chief)
    assert (len(rows(Person)), len(rows(Position))) == (people + 1, positions + 1)
    chief.presses(done, "undo:record")
    chief.reads()
    works()
    assert (len(rows(Person)), len(rows(Position))) == (people, positions)
    assert [row.state for row in rows(Import)] == ["undone"]


def test_a_stranger_imports_nothing(stranger):
    """Who holds no position is told who may."""
    assert stranger.asks("/alliance import")["text"].startswith("You may not import alliances: it takes one of")
