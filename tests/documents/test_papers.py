"""Papers as files: what is on record stands in them as it was typed, and what is not stands there as a gap."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest
from docx import Document

from documents.papers import WRITERS, lay_out, paper_name
from policy.handed_papers import EvaluationText, MarkRow, NoticeText, PaperKind, Signer
from tests.documents.papers import DAY, NASTY, TOLD, paper
from tests.documents.test_annual_report import tags_below


def read(made):
    """Return the words of a Word file: its paragraphs, and the rows of its tables."""
    word = Document(io.BytesIO(WRITERS["docx"](lay_out(made))))
    rows = [" | ".join(cell.text for cell in row.cells) for table in word.tables for row in table.rows]
    return [line.text for line in word.paragraphs], rows


@pytest.mark.parametrize("kind", TOLD, ids=str)
def test_a_paper_says_what_is_on_record(kind):
    """Each kind has its heading and, where it has free text, that text as typed; its PDF declares PDF/UA and tags."""
    made = paper(kind)
    lines, _ = read(made)
    assert lines[0].splitlines()[0] == lay_out(made).title[0]
    if kind is not PaperKind.AMBASSADOR:
        assert NASTY in lines
    pdf = pikepdf.open(io.BytesIO(WRITERS["pdf"](lay_out(made))))
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    assert {"/H1", "/H2"} <= set(tags_below(pdf.Root.StructTreeRoot))
    assert paper_name(made, "pdf") == f"{kind.value}-Struck-By-Alliance-2026-11-23.pdf"


def test_gaps_are_words():
    """Nothing is invented for what nobody recorded: a field, a mark, a day, a measure."""
    assert "Missing: An objective is not on record." in read(paper(PaperKind.AGREEMENT))[0]
    lines, rows = read(paper(PaperKind.EVALUATION))
    assert "Missing: What the participants said is not on record." in lines
    assert "Products free of charge | FAQ F-9 (products) | not on record | " in rows
    assert "Worker participation | FAQ F-9 (workers) | Meets in part | One of two meetings." in rows
    assert "Seminar | Roofers | Ada Stone | not on record" in read(paper(PaperKind.WORK_PLAN))[1]
    assert "Date of this document: not on record" in read(paper(PaperKind.AMBASSADOR))[0]


def test_minutes_and_agenda_differ():
    """The minutes have who was there; the agenda of the same meeting has whom it invites and what was done since."""
    minutes = paper(PaperKind.MINUTES)
    lines, rows = read(minutes)
    assert lines[0].startswith("IMPLEMENTATION TEAM MEETING: MINUTES\nStruck-By Alliance")
    assert "Begins at: 10:00 AM (America/New_York)" in lines
    assert "Ben Lee | Georgia Tech" not in rows
    agenda = replace(minutes, kind=PaperKind.AGENDA, told=replace(minutes.told, held=False, notes=None))
    lines, rows = read(agenda)
    assert {"Ben Lee | Georgia Tech", "Leaflet | December 1, 2026 | Ben Lee"} <= set(rows)
    assert {"Missing: A topic is not on record.", "June 1, 2026: Stand-down", "Meeting of May 4, 2026."} <= set(lines)


def test_the_notice_says_who_gave_it():
    """A participant's is answered; OSHA's own is the notice, with gaps while nothing of it is on record."""
    lines, _ = read(paper(PaperKind.NOTICE))
    assert any("the participation of AGC Georgia ends on December 23, 2026 at the earliest" in line for line in lines)
    assert {"To: AGC Georgia", "Copy to: Georgia Tech"} <= set(lines)
    own = NoticeText("OSHA", osha=True, noticed_on=None, ends_on=None, reason=None)
    lines, _ = read(replace(paper(PaperKind.NOTICE), told=own))
    (said,) = (line for line in lines if "OSHA gives written notice" in line)
    assert "signed on December 5, 2016" in said
    assert said.endswith("The participation ends 30 days after the date of this notice.")
    assert {"To: Georgia Tech and AGC Georgia", "Date: not on record", "Missing: A reason is not on record."} <= set(
        lines
    )


def test_sentences_fit_one_participant_and_several():
    """One agrees, several agree; it is the participants, not OSHA, who go on as Ambassadors."""
    for participants, agrees, goes_on in (
        (("AGC Georgia",), "AGC Georgia agrees to meet", "AGC Georgia continues as an Alliance Program Ambassador."),
        (("A", "B"), "A and B agree to meet", "With this document A and B continue as Alliance Program Ambassadors."),
    ):
        assert agrees in "\n".join(read(paper(PaperKind.AGREEMENT, participants=participants))[0])
        assert goes_on in "\n".join(read(paper(PaperKind.AMBASSADOR, participants=participants))[0])
    lines, _ = read(paper(PaperKind.CONCLUSION))
    assert any("renewed on March 5, 2019, was concluded on November 23, 2026." in line for line in lines)


def test_a_form_to_fill_in_leaves_room():
    """The cells for its marks are empty, and its title names no year; what is recorded later says what is not."""
    blank = EvaluationText(None, None, None, (MarkRow("Goals", "IX.C.1", None, None),), None, None, None, None)
    lines, rows = read(replace(paper(PaperKind.EVALUATION), told=blank))
    assert lines[0].splitlines()[-1] == "Form to fill in"
    assert rows[1] == "Goals | IX.C.1 |  | "


def test_a_draft_names_who_signs_and_for_whom():
    """A designee signs in the official's place; the day is that of the print, not of the version."""
    made = paper(PaperKind.AGREEMENT)
    acting = Signer("AGC Georgia", "senior official", "Ben Doe, Deputy", "Ann Roe", None)
    lines, rows = read(replace(made, told=replace(made.told, signers=(acting,))))
    assert rows[1] == "AGC Georgia | Ben Doe, Deputy, for Ann Roe |  | "
    assert lines[1:3] == ["Draft: version 3 on record", "Printed on: November 23, 2026"]


def test_a_signed_copy_has_the_words_of_the_draft_and_no_signature():
    """The text that was signed is that of the draft, word for word; no column is left to sign in."""
    draft = paper(PaperKind.AGREEMENT)
    signed = replace(draft, kind=PaperKind.TRANSMITTAL, told=replace(draft.told, signed_on=DAY))
    words = [read(made)[0] for made in (draft, signed)]
    before, after = (lines[lines.index("Purpose") :] for lines in words)
    assert before[: before.index("Signatures")] == after[: after.index("Signed by")]
    assert "Signature" in read(draft)[1][0]
    assert "Signature" not in " ".join(read(signed)[1])
