"""A paper as a Word file that staff go on editing: real headings, lists and tables with heading rows."""

from __future__ import annotations

from datetime import UTC, datetime, time
from io import BytesIO

from docx import Document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches, Pt
from docx.table import Table as WordTable

from documents.paper import Block, Bullets, Facts, Heading, Missing, Paper, Table, Text, printable

_LONG, _SHORT, _MARGIN = 11.0, 8.5, 0.7


def docx(paper: Paper) -> bytes:
    """Return a .docx file, letter size."""
    paper = printable(paper)
    word = Document()
    section = word.sections[0]
    wide, high = (_LONG, _SHORT) if paper.landscape else (_SHORT, _LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if paper.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Inches(wide), Inches(high)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Inches(_MARGIN)
    word.core_properties.title, word.core_properties.author = paper.name[:255], paper.author[:255]
    word.core_properties.language = "en-US"
    word.core_properties.created = word.core_properties.modified = datetime.combine(paper.dated, time(), UTC)
    word.styles["Normal"].font.size = Pt(10)
    title = word.add_heading(level=1)
    for number, line in enumerate(paper.title):
        run = title.add_run(line)
        if number < len(paper.title) - 1:
            run.add_break()
    for block in paper.blocks:
        _add(word, block, wide - 2 * _MARGIN)
    made = BytesIO()
    word.save(made)
    return made.getvalue()


def _add(word: Word, block: Block, width: float) -> None:
    match block:
        case Heading(text, level):
            word.add_heading(text, level + 1)
        case Text(text):
            word.add_paragraph(text)
        case Missing(text):
            word.add_paragraph(style="Intense Quote").add_run(f"Missing: {text}")
        case Bullets(rows):
            for row in rows:
                word.add_paragraph(row, style="List Bullet")
        case Facts(facts):
            for label, said in facts:
                line = word.add_paragraph()
                line.add_run(f"{label}: ").bold = True
                line.add_run(said)
        case Table():
            _add_table(word, block, width)


def _add_table(word: Word, table: Table, width: float) -> None:
    caption = word.add_paragraph(table.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    made = word.add_table(rows=1 + len(table.rows), cols=len(table.columns), style="Table Grid")
    made.autofit = False
    _describe(made, table.caption)
    shares = sum(column.share for column in table.columns)
    for at, column in enumerate(table.columns):
        made.columns[at].width = Inches(width * column.share / shares)
    cells = iter(made._cells)  # noqa: SLF001 - `rows[n].cells` walks the whole table for each row
    for column in table.columns:
        next(cells).paragraphs[0].add_run(column.label).bold = True
    for row in table.rows:
        for column, said in zip(table.columns, row, strict=True):
            line = next(cells).paragraphs[0]
            line.add_run(said)
            if column.numeric:
                line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    # The heading row is repeated on each page, and read out as one.
    properties = made.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no name for it
    properties.append(OxmlElement("w:tblHeader"))


def _describe(made: WordTable, caption: str) -> None:
    described = OxmlElement("w:tblCaption")
    described.set(qn("w:val"), caption)
    made._tbl.tblPr.append(described)  # noqa: SLF001 - python-docx has no name for it
