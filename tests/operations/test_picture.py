"""The picture of the program: who did what in time, and whom it reached, by office and year."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.answers.program import picture_answer
from bot.values import PictureValue
from documents.program_book import book
from documents.program_chart import alt_text, draw
from models.duties import Obligation
from models.work import Activity
from operations.read.duties import list_due
from operations.read.month import read_month
from operations.read.picture import read_picture
from operations.refusals import Refused
from operations.remind.check_rules import check_rules
from policy.compliance import NONE, Compliance, counted, total
from policy.duties import Modality, Status
from policy.fiscal import fiscal_year
from policy.program_picture import UNNAMED, View
from sandbox.block_limits import message_problems
from tests.operations.conftest import NOW, TODAY

FISCAL = date(2026, 10, 1)


def owes(session, alliance, office, due_on, settled_on=None, *, settled="met", modality="mandatory"):
    """Put a duty on record."""
    told = {"basis": "directive", "edition": "CSP 04-01-003", "clauses": ["VI.E"], "carried_over": False}
    session.add(
        Obligation(
            id=uuid.uuid4(),
            alliance_id=alliance and alliance.id,
            office_id=office.id,
            rule="meetings",
            subject=f"x:{uuid.uuid4()}",
            opens_on=due_on - timedelta(days=30),
            due_on=due_on,
            modality=modality,
            owner="Alliance Coordinator",
            settled=None if settled_on is None else settled,
            settled_on=settled_on,
            created_at=NOW,
            changed_at=NOW,
            **told,
        )
    )


def did(session, alliance, on, reached, *emphasis):
    """Put an activity on record."""
    told = {"kind": "outreach", "title": "Fair", "recorded_at": NOW}
    session.add(Activity(alliance_id=alliance.id, on_day=on, reached=reached, emphasis=list(emphasis), **told))


@pytest.fixture
def program(session, portfolio, field):
    """Two regions and the National Office; duties in time, afterwards, late, waived; activities in two years."""
    field.area.name = "=Wilmington"
    atlanta = portfolio.office("REG-ATL", kind="region", parent=field.national)
    plaza = portfolio.alliance("La Plaza", field.area)
    south = portfolio.alliance("South", atlanta, level="regional")
    nation = portfolio.alliance("Nation", field.national, level="national")
    owes(session, plaza, field.area, FISCAL, FISCAL)
    owes(session, plaza, field.area, FISCAL, FISCAL + timedelta(days=10))
    owes(session, plaza, field.area, TODAY - timedelta(days=20))
    owes(session, plaza, field.area, FISCAL, FISCAL, settled="waived")
    owes(session, plaza, field.area, FISCAL, modality="permission")
    owes(session, plaza, field.area, TODAY + timedelta(days=5))
    owes(session, plaza, field.area, FISCAL - timedelta(days=1), TODAY)
    owes(session, south, atlanta, FISCAL, FISCAL - timedelta(days=1))
    did(session, plaza, FISCAL, 100, "Falls", "=Heat")
    did(session, plaza, FISCAL - timedelta(days=1), 1000, "Falls")
    did(session, south, TODAY, None)
    did(session, nation, TODAY, 7, "Falls", "Falls")
    session.flush()
    return field


def test_each_office_and_region_is_counted_in_the_fiscal_year(session, program):
    """Waived, permitted and future duties are not; of the year before nothing is; each activity counts once."""
    found = read_picture(session, "OSHA-NO", now=NOW)
    assert (found.year, found.on, found.alliances) == ("fiscal year 2027", TODAY, 3)
    assert [(unit.code, unit.region) for unit in found.offices] == [
        ("OSHA-NO", "Office OSHA-NO"),
        ("REG-ATL", "Office REG-ATL"),
        ("0317300", "Office REG-PHI"),
    ]
    philadelphia = next(unit for unit in found.regions if unit.code == "REG-PHI")
    assert philadelphia.compliance == Compliance(in_time=1, afterwards=1, late=1, days_late=30, longest=20)
    assert (philadelphia.compliance.percent, philadelphia.compliance.average) == (33, 15.0)
    assert (philadelphia.activities, philadelphia.reached) == (1, 100)
    assert [(area.name, area.activities, area.reached) for area in found.areas] == [
        ("Falls", 2, 107),
        ("=Heat", 1, 100),
        (UNNAMED, 1, 0),
    ]
    assert (found.activities, found.reached, found.unknown) == (3, 107, 1)
    assert found.regions[-1].code == "OSHA-NO"


def test_another_year_another_office_and_agreement_years(session, program):
    """A year that is over is shown as of its last day; agreement years reach over it; an office has its own alone."""
    before = read_picture(session, "OSHA-NO", year=2026, now=NOW)
    assert (before.on, before.reached) == (date(2026, 9, 30), 1000)
    # What fell due on the last day was not done when the day was over; no other year counts it.
    assert before.compliance == Compliance(late=1)
    years = read_picture(session, "REG-PHI", view=View.AGREEMENT, now=NOW)
    assert (years.compliance.due, years.reached, years.period) == (4, 1100, None)
    assert [unit.code for unit in years.units] == ["0317300"]
    empty = read_picture(session, "0317300", year=2010, now=NOW)
    assert (empty.alliances, empty.compliance, empty.offices, empty.areas) == (0, NONE, (), ())
    assert draw(empty).startswith(b"\x89PNG")
    with pytest.raises(Refused, match="Choose a fiscal year from 2002 to 2027"):
        read_picture(session, "OSHA-NO", year=2028, now=NOW)
    with pytest.raises(Refused, match="There is no office"):
        read_picture(session, "NONE", now=NOW)


def test_the_files_say_the_same_and_hold_no_formula(session, program):
    """The workbook has each number as a number and each name as text; the picture has its words."""
    found = read_picture(session, "OSHA-NO", now=NOW)
    sheets = openpyxl.load_workbook(BytesIO(book(found)))
    rows = list(sheets["Offices"].iter_rows(values_only=True))
    assert rows[3][:9] == ("0317300", "'=Wilmington", "Office REG-PHI", 1, 3, 1, 1, 1, 33)
    assert all(cell.data_type != "f" for sheet in sheets for row in sheet.iter_rows() for cell in row)
    assert [row[0] for row in sheets["Emphasis areas"].iter_rows(min_row=2, values_only=True)][1] == "'=Heat"
    assert Image.open(BytesIO(draw(found))).size[0] == 1200
    assert "Office REG-PHI: 33 % in time (1 of 3), 1 afterwards, 1 late." in alt_text(found)


@pytest.mark.parametrize("newer", [True, False])
def test_the_chart_is_slacks_own_where_slack_knows_it(session, program, newer):
    """Both keep Slack's limits and say the same numbers."""
    found = read_picture(session, "OSHA-NO", now=NOW)
    blocks = picture_answer(found, PictureValue(office="OSHA-NO"), newer_blocks=newer).blocks
    assert message_problems(blocks) == []
    charts = [block for block in blocks if block["type"] == "data_visualization"]
    assert len(charts) == newer
    if newer:
        assert [[point["value"] for point in one["data"]] for one in charts[0]["chart"]["series"]] == [
            [1, 1, 0],
            [0, 1, 0],
            [0, 1, 0],
        ]


@given(
    st.lists(
        st.tuples(
            st.dates(date(2026, 1, 1), date(2026, 3, 1)),
            st.sampled_from(Modality),
            st.sampled_from([None, Status.MET, Status.WAIVED, Status.LIFTED]),
            st.dates(date(2026, 1, 1), date(2026, 3, 1)),
        )
    )
)
def test_a_duty_is_counted_once_at_most(duties):
    """Whatever their number and order: no duty counts twice, none before it is due, and the sum has no order."""
    on = date(2026, 2, 1)
    parts = [counted(due, modality, settled, settled and done, on) for due, modality, settled, done in duties]
    assert all(part.due <= 1 for part in parts)
    assert all(part.due == 0 for part, duty in zip(parts, duties, strict=True) if duty[0] > on)
    assert total(parts) == total(reversed(parts))


def test_the_day_is_that_of_the_office(session, program):
    """At two in the morning of October 1 in Greenwich the fiscal year before still runs in New York."""
    found = read_picture(session, "OSHA-NO", now=datetime(2026, 10, 1, 2, tzinfo=UTC))
    assert (found.year, found.on) == ("fiscal year 2026", date(2026, 9, 30))


def test_duties_of_the_program_count_from_the_fiscal_year_on_in_both_views(session, portfolio, field):
    """However late in it the first agreement year begins."""
    portfolio.alliance("La Plaza", field.area, signed=date(2026, 11, 10))
    owes(session, None, field.national, FISCAL + timedelta(days=1))
    session.flush()
    fiscal, years = (read_picture(session, "OSHA-NO", view=view, now=NOW) for view in View)
    assert fiscal.compliance == years.compliance == Compliance(late=1, days_late=52, longest=52)


@pytest.mark.parametrize("code", ["OSHA-NO", "REG-PHI", "0317300"])
def test_what_is_late_is_what_the_list_of_what_is_due_calls_late(session, portfolio, field, code):
    """By office, for the same day: of the fiscal year, in the list, in the picture and in the digest of the month."""
    for number, signed in enumerate((date(2024, 10, 1), date(2024, 9, 30), date(2025, 11, 24), date(2024, 2, 29))):
        lead = (field.area, field.region, field.national)[number % 3]
        level = ("area", "regional", "national")[number % 3]
        portfolio.alliance(f"A{number}", lead, signed=signed, tracked_from=signed, level=level)
    check_rules(session, now=NOW)
    year = fiscal_year(TODAY)
    listed = [
        one.due
        for one in list_due(session, as_of=NOW, office=code)
        if one.due.due_on in year and one.due.status in {Status.OVERDUE, Status.PAST_TARGET}
    ]
    picture = read_picture(session, code, now=NOW)
    assert picture.compliance.late == len(listed) > 0
    assert picture.compliance.days_late >= sum((TODAY - due.due_on).days for due in listed)
    office = {"OSHA-NO": field.national, "REG-PHI": field.region, "0317300": field.area}[code]
    month = read_month(session, office, TODAY, now=NOW)
    assert picture.alliances == sum(unit.active for unit in month.units)
