"""Documents at the page: attached in a form, refused in one sentence, listed, handed over to who may have them."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import timedelta
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient
from sqlalchemy.orm import Session, sessionmaker

from bot.take_file import Documents
from models.audit import AuditEntry
from models.documents import Document
from operations.records.fetch_document import awaited_documents
from runtime.documents import DocumentStore
from sandbox.block_limits import view_problems
from tests.bot.slack import PATIENCE, fields_of, input_of, words
from tests.bot.test_home import home_of
from tests.bot.test_procedure import as_sent
from tests.faults.fates import BreakingClient, KilledError
from tests.operations.conftest import NOW
from workers.deliver import Delivery
from workers.documents import fetch_document

PDF = b"%PDF-1.7 the notice"
NOTICE = {"signatory": "osha", "noticed_on": "2026-11-20", "reason": "Few resources"}


@pytest.fixture
def broken(slack):
    """Break the local Slack; it is mended at the end."""

    def break_it(**fault):
        slack.post("/control/faults", **fault)

    yield break_it
    with urlopen(Request(f"{slack.address}/control/faults", method="DELETE"), timeout=10):  # noqa: S310
        pass


def give_notice(person, *file):
    """Record a 30-day notice with a file."""
    person.opens("/alliance notice La Plaza")
    return person.sends(**NOTICE, document=person.attaches(*file))


def downloads(slack, person):
    """Return the files that the app posted in direct messages, and in their threads, with their bytes."""
    found = []
    for channel in slack.get(f"/client/state?user={person.id}")["channels"]:
        path = f"/client/messages?user={person.id}&channel={channel['id']}&limit=200"
        posted = slack.get(path)["messages"]
        for thread in [message["ts"] for message in posted if message.get("reply_count")]:
            posted += slack.get(f"{path}&thread_ts={thread}")["messages"][1:]
        for message in sorted(posted, key=lambda message: message["ts"]):
            for file in message.get("files", []):
                with urlopen(f"{slack.address}/client/file?user={person.id}&file={file['id']}", timeout=10) as answer:  # noqa: S310
                    found.append((channel["is_im"], file["name"], answer.read()))
    return found


def test_a_document_is_kept_listed_and_handed_over(ada, stranger, slack, rows):
    """What was attached stands in the list and on the card; who holds a position gets it, nobody else does."""
    view = ada.opens("/alliance notice La Plaza")
    assert "document" in fields_of(view)
    assert view_problems(as_sent(view), "modal") == []
    ada.sends(**NOTICE, document=ada.attaches("Notice of OSHA.pdf", PDF))
    told = ada.reads()
    assert "The document Notice of OSHA.pdf is kept with it." in told["text"]
    (kept,) = rows(Document)
    assert (kept.name, kept.size, kept.media_type) == ("Notice of OSHA.pdf", len(PDF), "application/pdf")
    assert kept.record.startswith("notice:")
    assert {"document:attached"} <= {entry.action for entry in rows(AuditEntry)}
    assert (
        "*Notice of OSHA.pdf*, 19 bytes: 30-day notice, attached by Ada" in ada.asks("/alliance show La Plaza")["text"]
    )
    listed = ada.asks("/alliance document La Plaza")
    ada.presses(listed, "get:document")
    assert "comes as a direct message" in ada.reads()["text"]
    ada.reads("post")
    assert downloads(slack, ada)[-1] == (True, "Notice of OSHA.pdf", PDF)
    assert "document:given" in {entry.action for entry in rows(AuditEntry)}
    stranger.presses(stranger.asks("/alliance document La Plaza"), "get:document")
    assert stranger.reads()["text"].startswith("You may not get documents: it takes one of these positions:")
    # Undone with its record, it is listed with who took it away, and nobody gets it.
    ada.presses(told, "undo:record")
    ada.reads("update")
    assert "was taken away by Ada Coordinator on" in ada.asks("/alliance document La Plaza")["text"]
    stale = {"channel": listed["channel"], "ts": listed["ts"]}
    ada.presses(stale, "get:document")
    assert "was taken away by Ada Coordinator" in ada.reads()["text"]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("notice.pdf", b"MZ a program", "notice.pdf is called a PDF file, but is none, or holds macros"),
        ("notice.docm", b"PK", "notice.docm may hold macros, which are not kept; save it as PDF"),
        ("run.exe", b"MZ", "run.exe is of a type that is not kept; attach one of these: PDF, Word"),
    ],
)
def test_a_file_that_is_not_kept_is_refused_at_its_field(ada, rows, name, data, sentence):
    """Nothing is recorded; what was typed stays."""
    refused = give_notice(ada, name, data)
    assert refused["errors"]["document"].startswith(sentence)
    assert rows(Document) == []
    assert "Recorded" not in json.dumps(ada.slack.record(ada.mark))


def test_without_the_scope_it_is_said(ada, broken, rows):
    """An app that may not read files says which scope is missing."""
    broken(on="files.info", what="error", error="missing_scope")
    assert "its scope files:read is missing" in give_notice(ada, "notice.pdf", PDF)["errors"]["document"]
    assert rows(Document) == []


def test_what_slack_is_slow_with_is_fetched_by_a_worker(ada, broken, rows, sample_engine, tmp_path):
    """The record stands at once; the file is fetched later, and who attached it is told when it cannot be kept."""
    broken(on="files.download", what="status", status=503, times=2)
    give_notice(ada, "notice.pdf", PDF)
    assert "notice.pdf is being fetched; you are told if it cannot be kept." in ada.reads()["text"]
    assert "is still being fetched" in ada.asks("/alliance document La Plaza")["text"]
    client = WebClient(token="xoxb-test", base_url=f"{ada.slack.address}/api/")
    delivery = Delivery(sample_engine, sessionmaker(sample_engine), client, lambda: NOW)
    documents = Documents(DocumentStore(tmp_path.as_uri()), 1_000_000)
    with Session(sample_engine) as session:
        (waiting,) = awaited_documents(session, now=NOW)
    fetch_document(waiting, delivery, documents)
    fetch_document(waiting, delivery, documents)  # at once again: it is not its turn
    (row,) = rows(Document)
    assert (row.tries, row.kept_at, row.refused_because) == (1, None, None)
    with Session(sample_engine) as session, session.begin():
        session.get_one(Document, waiting).try_at = NOW
    fetch_document(waiting, delivery, documents)
    (row,) = rows(Document)
    assert documents.store.read(row.sha256) == PDF
    # Another one turns out to be something else.
    broken(on="files.download", what="status", status=503, times=1)
    ada.presses(ada.asks("/alliance notice La Plaza"), "run:notice:give_notice")
    other = input_of(ada.modal(), "signatory")["element"]["options"][1]["value"]
    ada.sends(**NOTICE | {"signatory": other}, document=ada.attaches("offer.pdf", b"MZ"))
    ada.reads()
    with Session(sample_engine) as session:
        (waiting,) = awaited_documents(session, now=NOW)
    ada.mark = ada.slack.mark()
    fetch_document(waiting, delivery, documents)
    assert "is not kept: offer.pdf is called a PDF file, but is none" in ada.reads("post")["text"]
    assert "offer.pdf is not kept:" in ada.asks("/alliance document La Plaza")["text"]


@pytest.mark.parametrize("made", [False, True], ids=["before the call", "after the call"])
@pytest.mark.parametrize("call", range(4))
def test_who_attached_what_is_not_kept_is_told_once(ada, broken, rows, *, sample_engine, tmp_path, call, made):
    """Wherever a worker is killed, the next try tells them, unless that stands there already."""
    broken(on="files.download", what="status", status=503, times=1)
    give_notice(ada, "notice.pdf", b"MZ")
    ada.reads()
    since, now = ada.slack.mark(), NOW
    client = BreakingClient(token="xoxb-test", base_url=f"{ada.slack.address}/api/")
    client.countdown, client.made = call, made
    delivery = Delivery(sample_engine, sessionmaker(sample_engine), client, lambda: now)
    documents = Documents(DocumentStore(tmp_path.as_uri()), 1_000_000)
    (row,) = rows(Document)
    with suppress(KilledError):
        fetch_document(row.id, delivery, documents)
    client.countdown, now = None, NOW + timedelta(minutes=4)
    fetch_document(row.id, delivery, documents)
    (row,) = rows(Document)
    assert (row.refused_because or "").startswith("notice.pdf is called a PDF file, but is none")
    told = [entry["text"] for entry in ada.slack.record(since) if entry["kind"] == "post"]
    assert [text.partition(":")[0] for text in told] == ["A document that you attached is not kept"]


def test_a_document_that_slack_does_not_take_is_said(ada, broken, sample_engine):
    """Who was promised a direct message hears that it may not come; so they do when the bytes are damaged."""
    give_notice(ada, "notice.pdf", PDF)
    ada.reads()
    listed = ada.asks("/alliance document La Plaza")
    broken(on="files.upload", what="status", status=500, times=1)
    ada.presses(listed, "get:document")
    assert "notice.pdf may not have arrived" in ada.reads(telling="may not have arrived")["text"]


def test_a_page_that_slack_does_not_take_is_said(ada, broken):
    """Who was promised the page hears that it may not come, also where Slack answers nothing that can be read."""
    broken(on="files.upload", what="status", status=500, times=1)
    ada.presses_in(home_of(ada), "print:home")
    until = time.monotonic() + PATIENCE
    while "The page may not have arrived" not in words(ada.modal()["blocks"]):
        assert time.monotonic() < until
        time.sleep(0.02)
