"""`alliance program` prints the picture of the program, or writes it to a file."""

from __future__ import annotations

import json
from io import BytesIO

import openpyxl

from tests.cli.test_answers import alliance, sample  # noqa: F401  # fixtures


def test_the_picture_is_printed_and_written(sample, tmp_path):  # noqa: F811
    """Table and JSON say the same numbers as the files; what cannot be meant is one sentence."""
    told = json.loads(sample("program", "--format", "json")[1])
    assert (told["code"], told["year"], told["on"]) == ("OSHA-NO", "fiscal year 2027", "2026-11-23")
    assert sum(unit["alliances"] for unit in told["offices"]) == sum(unit["alliances"] for unit in told["regions"])
    table = sample("program", "--office", "reg-phi", "--view", "agreement")[1]
    assert table.splitlines()[0].startswith("Philadelphia Region")
    book, picture = tmp_path / "program.xlsx", tmp_path / "program.png"
    assert sample("program", "--format", "xlsx", "-o", book)[0] == 0
    rows = openpyxl.load_workbook(BytesIO(book.read_bytes()))["Regions"].iter_rows(min_row=2, values_only=True)
    assert [row[2] for row in rows] == [unit["alliances"] for unit in told["regions"]]
    assert sample("program", "--format", "png", "--year", "2026", "-o", picture)[0] == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert sample("program", "--office", "NONE")[::2] == (1, "There is no office with the code “NONE”.\n")
    assert sample("program", "--year", "1990")[2] == "Choose a fiscal year from 2002 to 2027.\n"
    assert sample("program", "--year", "2026", "--view", "agreement")[0] == 2
