"""A wrong record is corrected or withdrawn by a new one: nothing is overwritten, and duties follow."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from models.alliances import TerminationNotice
from models.audit import AuditEntry
from models.documents import Document
from models.work import Activity, Evaluation, Meeting
from sandbox.block_limits import message_problems
from tests.bot.slack import fields_of, held, words
from tests.operations.conftest import NOW


def records(person, alliance="plaza"):
    """Ask for the records of an alliance."""
    return person.asks(f"/alliance correct {alliance}")


def uses_menu(person, message, label, number=0):
    """Choose an entry of the menu of a record, by its number in the list."""
    person.picks(message, "fix:record", lambda o: o["text"]["text"] == label, number)


def chooses_menu(person, message, label, number=0):
    """Choose an entry of the menu of a record; return the form that it opens."""
    uses_menu(person, message, label, number)
    return person.modal()


def meets(person, **told):
    """Record a meeting of La Plaza."""
    person.opens("/alliance meeting plaza")
    told = {"held": "held", "on": "2026-11-20", "format": "both", "notes": "All went well"} | told
    assert person.sends(**told)["response_action"] == "close"
    person.reads()


def test_records_and_documents_of_years_ago_are_found_page_by_page(ada, ids, records_of_years):
    """Whatever was recorded since, the oldest record can be withdrawn and the oldest document had."""
    listed = records(ada)
    for _ in range(int(re.search(r"Page 1 of (\d+)", words(listed["blocks"]))[1]) - 1):
        ada.presses(listed, "page:next")
        listed = ada.reads("update")
    assert message_problems(listed["blocks"]) == []
    form = chooses_menu(ada, listed, "Withdraw, with the reason")
    assert held(form, "record") is not None
    ada.closes()
    listed = ada.asks("/alliance document plaza")
    assert "Page 1 of 5" in words(listed["blocks"])
    ada.presses(listed, "page:next")
    assert "Page 2 of 5" in words(ada.reads("update")["blocks"])


@pytest.fixture
def records_of_years(sample_engine, ids):
    """130 activities of La Plaza, each with a document."""
    with Session(sample_engine) as session:
        for number in range(130):
            on, title = date(2026, 1, 1) + timedelta(days=number), f"Talk {number}"
            made = Activity(alliance_id=ids["plaza"], kind="outreach", on_day=on, title=title, recorded_at=NOW)
            session.add(made)
            session.flush()
            session.add(
                Document(
                    alliance_id=ids["plaza"],
                    record=f"activity:{made.id}",
                    slack_file=f"F{number}",
                    name=f"talk-{number}.pdf",
                    media_type="application/pdf",
                    size=10,
                    added_by="Ada",
                    added_at=NOW,
                )
            )
        session.commit()


def test_a_meeting_is_corrected_with_everything_in_it(ada, rows):
    """The form opens filled; the new record counts, the old one stays readable, withdrawn."""
    meets(ada)
    form = chooses_menu(ada, records(ada), "Correct")
    assert (held(form, "on"), held(form, "notes"), held(form, "format")) == ("2026-11-20", "All went well", "both")
    assert ada.sends(on="2026-11-19")["response_action"] == "close"
    assert "team meeting held in person and by teleconference on Thursday, November 19" in ada.reads()["text"]
    told = {m.on_day.isoformat(): m.withdrawn_at is None for m in rows(Meeting)}
    assert told == {"2026-11-20": False, "2026-11-19": True}
    entries = [entry for entry in rows(AuditEntry) if entry.action == "meeting:withdrawn"]
    assert [entry.data["reason"] for entry in entries] == ["corrected by a new record"]


def test_the_same_day_may_stand_in_a_correction(ada, rows):
    """What is corrected does not stand in the way of the new record."""
    meets(ada)
    chooses_menu(ada, records(ada), "Correct")
    assert ada.sends(notes="Somebody left")["response_action"] == "close"
    ada.reads()
    assert [(m.notes, m.withdrawn_at is None) for m in rows(Meeting)] == [
        ("All went well", False),
        ("Somebody left", True),
    ]


def test_an_activity_is_corrected_with_its_details(ada, rows):
    """The fields that only its kind has are filled, too."""
    ada.opens("/alliance record plaza")
    ada.chooses("kind", "outreach")
    ada.sends(kind="outreach", on="2026-11-18", title="Fair", city="Dover", emphasis=["Heat"], other_emphasis="Ladders")
    ada.reads()
    form = chooses_menu(ada, records(ada), "Correct")
    assert {"city", "emphasis", "other_emphasis"} <= set(fields_of(form))
    assert (held(form, "city"), held(form, "emphasis"), held(form, "other_emphasis")) == ("Dover", ["Heat"], "Ladders")
    assert ada.sends(reached=40)["response_action"] == "close"
    ada.reads()
    assert [(a.reached, a.emphasis, a.withdrawn_at is None) for a in rows(Activity)] == [
        (None, ["Heat", "Ladders"], False),
        (40, ["Heat", "Ladders"], True),
    ]


def test_a_discussed_evaluation_is_corrected(ada, rows):
    """Its form opens although the year's evaluation is on record, and what it said is in it."""
    ada.opens("/alliance evaluate plaza")
    ada.sends(evaluated_on="2026-11-18", discussed_on="2026-11-19", findings="Goals met")
    ada.reads()
    form = chooses_menu(ada, records(ada), "Correct")
    assert held(form, "findings") == "Goals met"
    assert ada.sends(findings="Goals met in part")["response_action"] == "close"
    ada.reads()
    assert [e.findings for e in rows(Evaluation)] == ["Goals met in part"]


def test_a_record_is_withdrawn_with_the_reason(ada, rows):
    """The reason is required, and kept in the audit."""
    meets(ada)
    form = chooses_menu(ada, records(ada), "Withdraw, with the reason")
    assert "stays readable" in words(form["blocks"])
    assert "reason" in {block.partition("@")[0] for block in ada.sends(reason=" ")["errors"]}
    ada.sends(reason="It was another alliance's")
    assert "Withdrawn: the meeting of *La Plaza Alliance* no longer counts" in ada.reads()["text"]
    (entry,) = [entry for entry in rows(AuditEntry) if entry.action == "meeting:withdrawn"]
    assert entry.data["reason"] == "It was another alliance's"
    assert "Meeting: withdrawn by Ada Coordinator" in words(records(ada)["blocks"])


def test_who_may_not_withdraw_may_not_correct(ada, rita):
    """The sentence stands before anything is typed."""
    rita.opens("/alliance meeting roofing contractors")
    rita.sends(held="held", on="2026-11-20", format="both")
    rita.reads()
    uses_menu(ada, records(ada, "roofing contractors"), "Correct")
    assert "You may not record activities and meetings" in ada.reads()["text"]
    assert not ada.has_modal()


def test_what_was_withdrawn_can_be_read_back(ada):
    """Also of a record whose row is gone: what it said, who withdrew it, when and why."""
    ada.opens("/alliance evaluate plaza")
    told = {"mark_goals": "Meets", "note_goals": "As planned"}
    ada.sends(evaluated_on="2026-11-18", discussed_on="2026-11-19", findings="Goals met", **told)
    ada.reads()
    chooses_menu(ada, records(ada), "Withdraw, with the reason")
    ada.sends(reason="Of another year")
    ada.reads()
    text = records(ada)["text"]
    assert "Evaluation: withdrawn by Ada Coordinator on November 23, 2026" in text
    assert (
        ": Of another year. It said: Agreement year evaluated: December 9, 2026; "
        "Date of the evaluation: November 18, 2026; Findings: Goals met; Goals of the agreement: Meets; "
        "Goals of the agreement: notes: As planned; Date discussed with the participants: November 19, 2026"
    ) in text


def test_a_withdrawn_record_reads_as_it_was_typed(ada):
    """Choices, times and days in words, in the order of the form; a notice says who gave it."""
    ada.opens("/alliance meeting plaza")
    ada.sends(held="planned", on="2026-12-03", begins_at="10:30", format="both", attendees="Ann; Bob")
    ada.reads()
    ada.opens("/alliance notice plaza")
    ada.sends(signatory="osha", noticed_on="2026-11-20", named_end_on="2027-01-15", reason="Few resources")
    ada.reads()
    for _ in range(2):
        chooses_menu(ada, records(ada), "Withdraw, with the reason")
        ada.sends(reason="Mistaken")
        ada.reads()
    text = records(ada)["text"]
    assert (
        "It said: Held or planned: It is planned; Date of the meeting: December 3, 2026; Begins at: 10:30 AM; "
        "How the team met: Both: some in person, some by teleconference; Attendees: Ann; Bob"
    ) in text
    assert (
        "It said: Who gave the notice: OSHA; Date of the written notice: November 20, 2026; "
        "Later end that the notice names: January 15, 2027; Reason: Few resources"
    ) in text


def test_a_notice_is_corrected_and_keeps_its_document(ada, rows):
    """The form has everything in it; what was attached stands behind the new record."""
    ada.opens("/alliance notice plaza")
    letter = ada.attaches("letter.pdf", b"%PDF-1.7")
    ada.sends(signatory="osha", noticed_on="2026-11-20", reason="Few resources", document=letter)
    ada.reads()
    listed = records(ada)
    number = [line for line in listed["text"].splitlines() if line.startswith("- ")].index(
        "- November 20, 2026: 30-day notice"
    )
    form = chooses_menu(ada, listed, "Correct", number)
    assert (held(form, "noticed_on"), held(form, "reason"), held(form, "signatory")) == (
        ("2026-11-20", "Few resources", "osha")
    )
    ada.sends(noticed_on="2026-11-19")
    assert "The document letter.pdf is kept with it." in ada.reads()["text"]
    (notice,) = rows(TerminationNotice)
    assert [(d.record == f"notice:{notice.id}", d.withdrawn_because) for d in rows(Document)] == [
        (False, "corrected by a new record"),
        (True, None),
    ]
