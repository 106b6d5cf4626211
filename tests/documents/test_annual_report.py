"""The annual report as a file: Word, PDF, web page, JSON and CSV say the same, and nothing typed becomes markup."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser

import pikepdf
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.cells import neutral
from documents.formats import FORMATS
from policy.annual_report import TABLES
from tests.policy.reports import activity, report

NASTY = 'A <b>&amp;</b> "x" #strong[y] $z$ `q` \\ _u_ *v* @ref'


class Words(HTMLParser):
    """Reads the words of a page, and the tags around them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep words."""
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Keep a tag."""
        self.tags.append(tag)


def page_of(of):
    """Return a report's web page as read."""
    words = Words()
    words.feed(FORMATS["html"](of).decode())
    return words


def test_the_word_file_has_the_forms_tables():
    """Each table of the form has its columns as heading row, repeated on each page, and a row for each activity."""
    rows = tuple(
        activity(kind, title=f"{kind} {number}") for kind in ("dissemination", "outreach") for number in (1, 2)
    )
    word = Document(io.BytesIO(FORMATS["docx"](report(activities=rows))))
    tables = {tuple(cell.text for cell in table.rows[0].cells): table for table in word.tables}
    for table in TABLES[:2]:
        made = tables[tuple(column.label for column in table.columns)]
        assert len(made.rows) == 3
        assert made.rows[0]._tr.trPr.find(f"{{{made._tbl.nsmap['w']}}}tblHeader") is not None
    assert next(p.text for p in word.paragraphs if p.style.name == "Heading 2") == "I. Alliance Background"
    assert word.core_properties.title == "ALLIANCE ANNUAL REPORT: OSHA and Georgia Tech and AGC Georgia"


def test_the_pdf_declares_ua_and_is_tagged():
    """It names its standard, its language and title, and has table heads, lists and headings as structure."""
    made = pikepdf.open(io.BytesIO(FORMATS["pdf"](report())))
    with made.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"].startswith("ALLIANCE ANNUAL REPORT")
    assert (made.Root.Lang, bool(made.Root.MarkInfo.Marked)) == ("en-US", True)
    tags = set(tags_below(made.Root.StructTreeRoot))
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/LI", "/Caption"} <= tags


def tags_below(node):
    """Yield the kinds of a structure tree."""
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from tags_below(one)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S)
        if "/K" in node:
            yield from tags_below(node.K)


@pytest.mark.parametrize("form", ["docx", "html", "json"])
def test_what_people_typed_stays_what_they_typed(form):
    """Markup of any of the formats in a title, a goal or a name is text in every file."""
    of = report(activities=(activity(title=NASTY),), goals=(NASTY,), participants=(NASTY,))
    if form == "docx":
        word = Document(io.BytesIO(FORMATS["docx"](of)))
        texts = [p.text for p in word.paragraphs] + [cell.text for table in word.tables for cell in table._cells]
    elif form == "html":
        texts = page_of(of).words
        assert "b" not in page_of(of).tags
    else:
        told = json.loads(FORMATS["json"](of))
        texts = [*told["goals"], told["activities"][0]["title"]]
    assert texts.count(NASTY) >= 2


@settings(max_examples=12, deadline=None)
@given(st.text(max_size=80))
def test_any_text_makes_a_file(typed):
    """Whatever is typed, in whatever script, no format chokes on it."""
    of = report(goals=(typed,), alliance=typed or "x")
    assert FORMATS["pdf"](of).startswith(b"%PDF")
    assert FORMATS["docx"](of).startswith(b"PK")
    assert FORMATS["html"](of).decode()


def test_the_page_reads_with_its_heads():
    """One main heading, tables with caption and column heads, and nothing fetched from elsewhere."""
    page = page_of(report())
    assert page.tags.count("h1") == 1
    assert page.tags.count("caption") == page.tags.count("table") == page.tags.count("thead")
    assert not {"script", "link", "img", "iframe"} & set(page.tags)


def test_what_is_missing_stands_in_the_file():
    """A draft says at its beginning what it lacks; JSON lists it."""
    of = report(team=())
    assert "Nobody is on record as a member" in "".join(page_of(of).words)
    assert [gap["word"] for gap in json.loads(FORMATS["json"](of))["lacks"]] == ["team"]


def test_a_formula_is_disarmed_in_the_csv():
    """A title that a spreadsheet would run begins with an apostrophe; numbers and dates stay as they are."""
    of = report(activities=(activity(title="=HYPERLINK(1)"), activity("dissemination", title="Leaflet")))
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](of).decode("utf-8-sig"))))
    assert [row["Table"] for row in rows] == ["Dissemination", "Outreach Events and Training for non-OSHA Staff"]
    assert rows[1]["Description or name"] == "'=HYPERLINK(1)"
    assert (rows[0]["Description or name"], rows[0]["Number Reached"], rows[0]["Date"]) == (
        "Leaflet",
        "500",
        "May 4, 2026",
    )
    assert [neutral(cell) for cell in ("+1", "-x", "@a", "a=b", "\n=1", "\uff1d1")] == [
        "'+1",
        "'-x",
        "'@a",
        "a=b",
        "'\n=1",
        "'\uff1d1",
    ]


@pytest.mark.parametrize("form", ["pdf", "html", "csv"])
def test_the_same_report_makes_the_same_file(form):
    """No clock is read: the day of the report is the day of the file."""
    assert FORMATS[form](report()) == FORMATS[form](report())
