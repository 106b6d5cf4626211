"""The picture of the program at the page: its chart, its years, its files by direct message."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl

from bot.answers.program import picture_answer
from bot.values import PictureValue
from documents.program_chart import draw
from policy.compliance import Compliance
from policy.duties import Period
from policy.program_picture import Area, Picture, Unit, View
from sandbox.block_limits import message_problems
from tests.bot.test_documents import downloads


def test_the_program_is_shown_with_its_years_and_sent(ada, slack):
    """The chart stands with its numbers; the year before and agreement years take its place; the files come."""
    shown = ada.asks("/alliance program", telling="fiscal year 2027")
    assert message_problems(shown["blocks"]) == []
    assert "Duties that fell due" in str(shown["blocks"])
    assert "fell due" in shown["text"]
    ada.presses(shown, "show:program:earlier")
    before = ada.reads("update")
    assert "fiscal year 2026" in before["text"]
    assert "As of September 30, 2026" in before["text"]
    ada.presses(before, "show:program:view")
    assert "agreement years" in ada.reads("update")["text"]
    ada.presses(ada.asks("/alliance program fy26", telling="fiscal year 2026"), "send:program")
    assert "comes as a direct message" in ada.reads()["text"]
    ada.reads("post")
    sent = {name: data for private, name, data in downloads(slack, ada) if name.startswith("alliance-program")}
    assert sorted(name[-4:] for name in sent) == [".png", "xlsx"]
    workbook = next(data for name, data in sent.items() if name.endswith("xlsx"))
    assert openpyxl.load_workbook(BytesIO(workbook)).sheetnames == ["Regions", "Offices", "Emphasis areas", "About"]


def test_an_office_an_unknown_one_and_a_year_to_come(ada):
    """Its own offices alone; a name that nobody knows and a year that has not begun are one sentence."""
    assert "Philadelphia" in ada.asks("/alliance program philadelphia", telling="fiscal year 2027")["text"]
    assert "No office is called “xyzzy”" in ada.asks("/alliance program xyzzy", telling="xyzzy")["text"]
    assert "Choose a fiscal year" in ada.asks("/alliance program 2042", telling="Choose")["text"]
    assert "Agreement years are those that run today" in ada.asks("/alliance program agreement years 2024")["text"]
    first = ada.asks("/alliance program fy02", telling="fiscal year 2002")
    assert "Fiscal year 2001" not in str(first["blocks"])


def test_a_number_that_nobody_wrote_down_is_not_called_zero():
    """An activity without a number of people has none on record, in its office and in its emphasis area."""
    told = (View.FISCAL, "fiscal year 2027", Period(date(2026, 10, 1), date(2027, 9, 30)), date(2026, 11, 23))
    unit = Unit("1", "Boston", "Boston", 1, Compliance(1, 0, 0, 0, 0), 1, 0)
    picture = Picture("Boston", "1", *told, (unit,), (unit,), (Area("Falls", 1, 0),), 1, 0, 1)
    text = picture_answer(picture, PictureValue(office="1"), newer_blocks=False).text
    assert "1 activity, number of people not on record" in text
    assert "Falls: number of people not on record, 1 activity" in text


def test_no_office_is_cut_off_where_names_are_long():
    """Twenty long names with marks, directions and no spaces keep Slack's limits, and each is there."""
    names = [f"{number:02d} \u202e*_<!channel>&" + "M" * 150 for number in range(20)]
    late = Compliance(5, 5, 5, 500, 90)
    units = tuple(Unit(str(n), name, "Region", 12, late, 9, 12345) for n, name in enumerate(names))
    areas = tuple(Area(name, 1000, 1_000_000) for name in names)
    told = (View.FISCAL, "fiscal year 2027", Period(date(2026, 10, 1), date(2027, 9, 30)), date(2026, 11, 23))
    picture = Picture("M" * 200, "X", *told, units, units, areas, 9, 9, 0)
    blocks = picture_answer(picture, PictureValue(office="X"), newer_blocks=True).blocks
    assert message_problems(blocks) == []
    said = "\n".join(block["text"]["text"] for block in blocks if block["type"] == "section")
    assert all(said.count(f"•  {number:02d} ") == 2 for number in range(20))
    assert "\u202e" not in said
    assert "<!channel>" not in said
    assert draw(picture).startswith(b"\x89PNG")
