from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from operations.records.bad_rows import BadRows
from operations.records.read_table import MAX_BYTES, Columns, read_table
from operations.refusals import Refused

COLUMNS = Columns(known=("name", "offices", "signed"), required=("name",))
PLAIN = "name,offices,signed\nNSC,OSHA-NO,2003-09-09\nDow,DCSP,2003-01-13\n"


def read(content):
    """Read text or bytes as the file my.csv."""
    return read_table("my.csv", content.encode() if isinstance(content, str) else content, COLUMNS)


def cells(table):
    """Return lines and cells of a table, empty cells left out."""
    return [(row.line, {name: cell for name, cell in row.cells.items() if cell}) for row in table.rows]


def workbook(*rows):
    """Return the bytes of a workbook with these rows."""
    made = Workbook()
    for row in rows:
        made.active.append(row)
    content = BytesIO()
    made.save(content)
    return content.getvalue()


EXPECTED = [
    (2, {"name": "NSC", "offices": "OSHA-NO", "signed": "2003-09-09"}),
    (3, {"name": "Dow", "offices": "DCSP", "signed": "2003-01-13"}),
]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("name,offices", " NAME ,Offices").encode(),
        PLAIN.replace("name,offices", '"name","offices"').encode(),
        PLAIN.rstrip("\n").encode(),
    ],
)
def test_every_common_way_to_save_a_table_reads_the_same(content):
    """Encoding, separator, line ends, quoting and the header's spelling make no difference."""
    assert cells(read(content)) == EXPECTED


def test_the_lines_are_those_of_the_file():
    """Blank lines and line ends in quoted cells count, so that a line number finds its row."""
    table = read('\nname,offices,signed\n\n"A\nB",X,\n,,\nC,Y,\n')

    assert cells(table) == [(4, {"name": "A\nB", "offices": "X"}), (7, {"name": "C", "offices": "Y"})]


def test_a_line_that_names_the_separator_is_heeded():
    """Excel's own first line is no header."""
    assert cells(read("sep=;\nname;signed\nA, B;2003-09-09\n")) == [(3, {"name": "A, B", "signed": "2003-09-09"})]


def test_windows_letters_are_read():
    """A file in Windows-1252 keeps its accents."""
    assert cells(read("name\nJosé\n".encode("cp1252"))) == [(2, {"name": "José"})]


def test_a_missing_cell_and_a_missing_column_are_empty():
    """A short row and an absent optional column read as empty text."""
    row = read("name,offices\nA\n").rows[0]

    assert (row["offices"], row["signed"], set(row.cells)) == ("", "", {"name", "offices"})


def test_a_nameless_empty_column_is_ignored():
    """A separator too many at the end of each line does no harm."""
    assert cells(read("name,offices,\nA,B,\n")) == [(2, {"name": "A", "offices": "B"})]


def test_a_workbook_reads_like_text():
    """Dates are dates, whole numbers have no point, and blank rows count as lines."""
    content = workbook(
        ["Name", "offices", "signed"],
        [],
        ["NSC", 317300, datetime.combine(date(2003, 9, 9), time())],
        ["Dow", 2.0, date(2003, 1, 13)],
    )

    assert cells(read(content)) == [
        (3, {"name": "NSC", "offices": "317300", "signed": "2003-09-09"}),
        (4, {"name": "Dow", "offices": "2", "signed": "2003-01-13"}),
    ]


def zipped(name):
    """Return a ZIP archive with one member of this name."""
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr(name, "<nothing/>")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "my.csv is empty"),
        (b" \n\n,,\n", "my.csv is empty"),
        (b"name,offices\n", "holds a header and no rows"),
        (b"x" * (MAX_BYTES + 1), "larger than 20 MB"),
        (b"name\n" + b"A\n" * 50_001, "more than 50,000 lines"),
        (b"Dear colleague\n\nplease find", "names none of the columns name, offices, signed"),
        (b"name\nA\x01B\n", "line 2: there are characters that are no text"),
        (b"\xd0\xcf\x11\xe0old", "old or password-protected Excel"),
        (b"name\n\x81\x8d\n", "neither text in UTF-8"),
        (b"\xff\xfen", "neither text in UTF-8"),
        (b"PK\x03\x04broken", "is damaged"),
        (zipped("word/document.xml"), "is no table"),
        (zipped("xl/workbook.xml"), "cannot be read as a workbook"),
        (b"name,Name\nA,B\n", "has the column “name” twice"),
        (b"name,signd\nA,B\n", "has the unknown column “signd” (did you mean “signed”?)"),
        (b"signed\n2003-09-09\n", "lacks the column “name”"),
        (b'name\n"A\nB\n', "line 2: a cell in quotation marks is not closed"),
        (b'name\n"A"B\n', "line 2: a cell in quotation marks is not closed"),
        (b"name\n" + b"A" * 200_000, "line 2: a cell in quotation marks is not closed properly, or is far too long"),
    ],
)
def test_what_is_no_table_gets_one_clear_sentence(content, words):
    """Whatever is given instead of a table is refused with a sentence that says what it is."""
    with pytest.raises(Refused) as refused:
        read(content)

    assert words in refused.value.sentence
    assert refused.value.sentence.startswith("my.csv")


def test_a_row_with_too_many_cells_is_named():
    """Cells beyond the header are told with their lines, all of them."""
    with pytest.raises(BadRows) as refused:
        read("name,offices\nA,B,C\nD,E\nF,G,,H\n")

    assert [(row.line, row.column) for row in refused.value.rows] == [(2, "column 3"), (4, "column 4")]


def answer(file, content):
    """Return the rows of a file, or the sentence that refuses it; any other exception passes."""
    try:
        return read_table(file, content, COLUMNS).rows
    except Refused as refused:
        return refused.sentence


@given(st.binary(max_size=400))
def test_no_bytes_cause_anything_but_a_table_or_a_refusal(content):
    """Whatever the bytes, the answer is a table or a sentence."""
    assert answer("any.csv", b"name,signed\n" + content)


@given(st.integers(min_value=0, max_value=4000), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_a_table_or_a_refusal(place, noise):
    """A workbook with changed bytes never causes anything but a table or a sentence."""
    whole = workbook(["name"], ["A"])

    assert answer("any.xlsx", whole[:place] + noise + whole[place + len(noise) :])
