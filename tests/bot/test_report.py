"""The annual report at the page: what it lacks and what mends that, sent, submitted with its file, its other years."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from docx import Document as Word
from slack_sdk import WebClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.take_file import Documents
from models.alliances import Agreement
from models.audit import AuditEntry
from models.documents import Document
from models.work import Activity, AnnualReport
from operations.records.fetch_document import awaited_documents
from runtime.documents import DocumentStore
from sandbox.block_limits import message_problems
from tests.bot.slack import fields_of, found, held
from tests.bot.test_correct import chooses_menu
from tests.bot.test_documents import downloads
from tests.operations.conftest import NOW
from workers.deliver import Delivery
from workers.documents import fetch_document

ROOFING = "Roofing Contractors of Philadelphia"
LATE = {"title": "Too late", "recorded_at": NOW}


@pytest.fixture
def makes_documents(rita, sample_engine, tmp_path):
    """Let a worker make and fetch what waits; returns the store."""

    def work():
        client = WebClient(token="xoxb-test", base_url=f"{rita.slack.address}/api/")
        delivery = Delivery(sample_engine, sessionmaker(sample_engine), client, lambda: NOW)
        documents = Documents(DocumentStore(tmp_path.as_uri()), 1_000_000)
        with Session(sample_engine) as session:
            waiting = awaited_documents(session, now=NOW)
        for one in waiting:
            fetch_document(one, delivery, documents)
        return documents.store

    return work


def shows(person, words="contractors of philadelphia"):
    """Return the card of a report."""
    return person.asks(f"/alliance report {words}", telling="report of")


def test_the_card_shows_each_gap_with_what_mends_it(rita, records):
    """Its year, by when it is due, and row by row what is missing; the number is recorded by its button."""
    told = {"kind": "outreach", "on_day": date(2026, 5, 4), "title": "Fair", "emphasis": ["Falls"], "recorded_at": NOW}
    details = {"city": "Dover", "state": "DE", "representatives": "Ada, OSHA"}
    records.add(Activity(alliance_id=records.of("Roofing Con").id, details=details, **told))
    records.settle()
    card = shows(rita)
    text = card["text"]
    assert f"*Annual report of {ROOFING}*" in text
    assert "*Agreement year:* June 20, 2025 to June 19, 2026" in text
    assert "*Submitted to DCSP:* due Wednesday, August 19, 2026; overdue by 96 days" in text
    assert "*State:* Draft" in text
    assert "things that VI.E asks for are missing" in text
    assert "“Fair” of May 4, 2026 still lacks: number reached." in text
    assert message_problems(card["blocks"]) == []
    rita.presses(card, "fix:record")
    assert rita.modal()["callback_id"] == "record_activity"
    rita.sends(reached="120")
    rita.reads()
    assert "number reached" not in shows(rita)["text"]
    rita.presses(shows(rita), "run:meeting")
    assert rita.modal()["callback_id"] == "record_meeting"


def test_the_report_comes_by_direct_message(rita, stranger, slack, rows):
    """As Word and PDF, to whoever holds a position; the audit keeps to whom."""
    card = shows(rita)
    rita.presses(card, "send:report")
    assert "comes as a direct message, as Word and PDF" in rita.reads()["text"]
    rita.reads("post")
    sent = {name: (private, data[:4]) for private, name, data in downloads(slack, rita) if name.startswith("annual")}
    name = "annual-report-Roofing-Contractors-of-Philadelphia-2026-06-19"
    assert sent == {f"{name}.docx": (True, b"PK\x03\x04"), f"{name}.pdf": (True, b"%PDF")}
    given = [entry.actor for entry in rows(AuditEntry) if entry.action == "annual-report:given"]
    assert given == ["Rita Regional"]
    stranger.presses(shows(stranger), "send:report")
    assert stranger.reads()["text"].startswith("You may not get documents: it takes one of these positions:")


def test_what_was_submitted_is_kept(rita, nate, rows, records, makes_documents):
    """The Word file of that moment stands behind the submission and is handed out; posting follows; Undo takes it."""
    rita.presses(shows(rita), "submit:report")
    rita.sends(submitted_on="2026-11-20")
    told = rita.reads(telling="Recorded")
    name = "annual-report-Roofing-Contractors-of-Philadelphia-2026-06-19.docx"
    assert f"The document {name} is kept with it." in told["text"]
    (promised,) = rows(Document)
    assert (promised.record, promised.sha256) == (f"report:{rows(AnnualReport)[0].id}", None)
    # What is recorded between the submission and the making of its file is not in it.
    records.add(Activity(alliance_id=promised.alliance_id, kind="outreach", on_day=date(2026, 5, 4), **LATE))
    records.settle()
    assert f"{name} is still being made; try again in a minute." in rita.asks("/alliance document contractors")["text"]
    made = makes_documents()
    (kept,) = rows(Document)
    assert (kept.made_from, kept.size, made.read(kept.sha256)[:4]) == (None, len(made.read(kept.sha256)), b"PK\x03\x04")
    assert "Too late" not in "".join(
        cell.text for t in Word(BytesIO(made.read(kept.sha256))).tables for cell in t._cells
    )
    listed = rita.asks("/alliance document contractors")
    assert "submitted annual report, attached by Rita Regional" in listed["text"]
    card = shows(nate)
    assert "Submitted to DCSP on November 20, 2026" in card["text"]
    nate.presses(card, "post:report")
    assert held(nate.modal(), "period_end") == "2026-06-19"
    nate.closes()
    rita.presses(told, "undo:record")
    rita.reads("update")
    (kept,) = rows(Document)
    assert kept.withdrawn_by == "Rita Regional"
    assert "*State:* Draft" in shows(rita)["text"]


def test_a_corrected_submission_hands_its_file_on(rita, rows, makes_documents):
    """What was submitted stays what it was; another day for it makes no other file."""
    rita.presses(shows(rita), "submit:report")
    rita.sends(submitted_on="2026-11-20", document=rita.attaches("As sent.pdf", b"%PDF-1.7 edited"))
    rita.reads(telling="Recorded")
    listed = rita.asks("/alliance correct contractors")
    number = next(
        at for at, (block, _) in enumerate(found(listed["blocks"], "fix:record")) if "submitted" in str(block)
    )
    chooses_menu(rita, listed, "Correct", number)
    rita.sends(submitted_on="2026-11-19")
    rita.reads(telling="November 19")
    standing = [(one.name, one.sha256, one.made_from) for one in rows(Document) if one.withdrawn_at is None]
    first = [(one.name, one.sha256, one.made_from) for one in rows(Document) if one.withdrawn_at is not None]
    assert len(standing) == 2
    assert standing == first
    makes_documents()
    assert all(one.sha256 for one in rows(Document) if one.withdrawn_at is None)


@pytest.mark.parametrize("name", ["annual-report-2024-06-19.docx", "report.docx"])
def test_a_file_by_another_name_is_handed_on(rita, rows, records, name):
    """What a file is called says nothing of the year that it reports on."""
    rita.presses(shows(rita), "submit:report")
    rita.sends(submitted_on="2026-11-20")
    rita.reads(telling="Recorded")
    (promised,) = rows(Document)
    records.get_one(Document, promised.id).name = name
    records.commit()
    listed = rita.asks("/alliance correct contractors")
    number = next(
        at for at, (block, _) in enumerate(found(listed["blocks"], "fix:record")) if "submitted" in str(block)
    )
    chooses_menu(rita, listed, "Correct", number)
    rita.sends(submitted_on="2026-11-19")
    rita.reads(telling="November 19")
    assert {one.name for one in rows(Document)} == {name}


def test_a_submission_corrected_to_another_year_has_the_report_of_that_year(rita, rows, records):
    """What was made for the other year stays with the record that was withdrawn; what a person attached goes on."""
    roofing, began = records.of("Roofing Con"), date(2024, 6, 20)
    (agreement,) = records.scalars(select(Agreement).where(Agreement.alliance_id == roofing.id))
    roofing.tracked_from = agreement.signed_on = began
    records.settle()
    rita.presses(shows(rita), "submit:report")
    sent = rita.attaches("As sent.pdf", b"%PDF-1.7 edited")
    rita.sends(period_end="2026-06-19", submitted_on="2026-11-20", document=sent)
    rita.reads(telling="Recorded")
    listed = rita.asks("/alliance correct contractors")
    number = next(
        at for at, (block, _) in enumerate(found(listed["blocks"], "fix:record")) if "submitted" in str(block)
    )
    chooses_menu(rita, listed, "Correct", number)
    rita.sends(period_end="2025-06-19")
    rita.reads(telling="June 19, 2025")
    standing = {one.name for one in rows(Document) if one.withdrawn_at is None}
    assert standing == {"As sent.pdf", "annual-report-Roofing-Contractors-of-Philadelphia-2025-06-19.docx"}


def test_a_report_that_cannot_be_made_is_said(rita, rows, records, makes_documents):
    """What another version froze otherwise waits for nothing: who submitted it is told, and the list says so."""
    rita.presses(shows(rita), "submit:report")
    rita.sends(submitted_on="2026-11-20")
    rita.reads(telling="Recorded")
    (promised,) = rows(Document)
    records.get_one(Document, promised.id).made_from = "{}"
    records.commit()
    rita.mark = rita.slack.mark()
    makes_documents()
    assert (
        "A document that was promised with your record is not kept: It could not be made" in rita.reads("post")["text"]
    )
    assert f"{promised.name} is not kept: It could not be made" in rita.asks("/alliance document contractors")["text"]


def test_the_card_follows_the_report_before_its_officials(rita, records):
    """Put forward, it says for whom it waits; what is recorded then is told as changed, and it is put forward anew."""
    rita.presses(shows(rita), "ask:report")
    assert "Manager of the office" in str(rita.modal()["blocks"])
    assert "Our reading" in str(rita.modal()["blocks"])
    rita.sends(note="Please")
    assert "Year to June 19, 2026: approval of the annual report" in rita.reads(telling="Asked for")["text"]
    card = shows(rita)
    assert "*State:* Before its officials\n*Waiting*" in card["text"]
    assert "Put forward anew" not in str(card["blocks"])
    told = {"kind": "outreach", "on_day": date(2026, 5, 4), "title": "Fair", "recorded_at": NOW}
    records.add(Activity(alliance_id=records.of("Roofing Con").id, **told))
    records.settle()
    card = shows(rita)
    assert "*Changed since it was put before them:*\n•  Outreach Events and Training" in card["text"]
    assert "Put forward anew" in str(card["blocks"])
    rita.presses(card, "submit:report")
    assert {"despite", "period_end"} <= set(fields_of(rita.modal()))
    rita.sends(submitted_on="2026-11-20", despite="The day was near")
    assert "submitted on Friday, November 20, 2026" in rita.reads(telling="Recorded")["text"]


def test_other_years_are_there_and_no_others(ada):
    """The running year from its first day on, the year before by its button; another day is refused with the years."""
    card = shows(ada, "plaza")
    assert "December 10, 2025 to December 9, 2026, which still runs" in card["text"]
    assert [e["action_id"] for _, e in found(card["blocks"], "send:report")] == ["send:report"]
    assert "submit:report" not in str(card["blocks"])
    refusal = ada.asks("/alliance report plaza 2026-12-01")["text"]
    assert "the one around it ends on December 9, 2026. Its agreement year ends on December 9, 2026." in refusal
    assert "is no day: write the last day" in ada.asks("/alliance report plaza 2026-13-01")["text"]
    # The last day that there is: no year follows it.
    assert "ends on December 31, 9999." in ada.asks("/alliance report plaza 9999-12-31")["text"]
    card = shows(ada, "NGFA 2025-08-31")
    assert "September 1, 2024 to August 31, 2025" in card["text"]
    ada.presses(card, "show:report:earlier")
    assert "September 1, 2023 to August 31, 2024" in ada.reads("update")["text"]


def test_background_and_goals_are_said_and_taken_back(ada):
    """The report of an imported alliance takes them; who says them anew sees what was said, and by whom."""
    card = shows(ada, "plaza")
    assert "No overview of the alliance" in card["text"]
    ada.presses(card, "run:background")
    assert fields_of(ada.modal()) == ["alliance", "background", "goals"]
    assert "Nothing is filled in" in ada.sends()["errors"]["background"]
    ada.sends(background="They met in 2024.", goals="No falls\nNo burns")
    told = ada.reads(telling="Recorded")
    assert "background and 2 goals" in told["text"]
    assert "No overview" not in shows(ada, "plaza")["text"]
    form = ada.opens("/alliance background plaza")
    assert "Said by Ada Coordinator on November 23, 2026." in str(form["blocks"])
    assert held(form, "goals") == "No falls\nNo burns"
    ada.closes()
    ada.presses(told, "undo:record")
    assert "no background and goals are on record" in ada.reads("update")["text"]
    assert "No overview of the alliance" in shows(ada, "plaza")["text"]


def test_the_card_of_the_alliance_counts_what_is_missing(ada):
    """Beside the duties it says how far the report of the year is, and leads to it."""
    card = ada.asks("/alliance show plaza")
    assert "*Annual report*\nOf the agreement year to December 9, 2026: " in card["text"]
    ada.presses(card, "run:report")
    assert "Annual report of La Plaza Alliance" in ada.reads(telling="report of")["text"]
