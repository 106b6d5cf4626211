"""Calendars at the page: the address is shown once, replaced after a question, stopped; who may not have it."""

from __future__ import annotations

import re
from datetime import time

from sqlalchemy.orm import Session, sessionmaker

from models.calendars import CalendarFeed
from models.work import Meeting
from operations.calendars.open_address import open_address
from sandbox.block_limits import message_problems, view_problems
from tests.bot.slack import found, input_of
from tests.bot.test_procedure import as_sent
from tests.operations.conftest import NOW

ADDRESS = re.compile(r"https://alliances\.example\.gov/calendar/([0-9a-f]{64})\.ics")


def served(engine, token):
    """Return the name of the calendar under an address, or the sentence that says why there is none."""
    with sessionmaker(engine).begin() as session:
        try:
            return open_address(session, token, now=NOW).name
        except Exception as refused:  # noqa: BLE001 - its sentence is what the test compares
            return str(refused)


def test_an_address_is_made_replaced_and_stopped(ada, rows, sample_engine):
    """It is shown when it is made and never again; the list says since when, and when it was last fetched."""
    listed = ada.asks("/alliance calendar")
    assert message_problems(listed["blocks"]) == []
    assert "*Your own calendar*\nYou have no address of it yet." in listed["text"]
    assert "*Wilmington Area Office*" in listed["text"]
    ada.presses(listed, "make:calendar", 1)
    told = ada.reads("update")
    first = ADDRESS.search(told["text"])[1]
    assert "Outlook: Add calendar" in told["text"]
    assert served(sample_engine, first) == "Alliances: Wilmington Area Office"
    assert first not in str([vars(row) for row in rows(CalendarFeed)])
    again = ada.asks("/alliance calendar wilmington")
    assert "You have an address since Monday, November 23, 2026, 9:00 AM (America/New_York)" in again["text"]
    assert "last fetched: Monday, November 23, 2026, 9:00 AM." in again["text"]
    assert ADDRESS.search(str(again)) is None
    (_, replace), *_ = found(again["blocks"], "replace:calendar")
    assert "whoever has subscribed to it" in replace["confirm"]["text"]["text"]
    ada.presses(again, "replace:calendar")
    told = ada.reads("update")
    second = ADDRESS.search(told["text"])[1]
    assert "The old one has stopped." in told["text"]
    assert served(sample_engine, first).startswith("There is no calendar at this address")
    ada.presses(ada.asks("/alliance calendar office"), "stop:calendar")
    assert (
        "Stopped: nothing is served any more under your address of *Wilmington Area Office*."
        in ada.reads("update")["text"]
    )
    assert served(sample_engine, second).startswith("There is no calendar at this address")


def test_a_calendar_takes_a_position_there_or_above(ada, rita, stranger):
    """Who works above may have it; who works elsewhere, or nowhere, is told which positions do."""
    assert "*La Plaza Alliance*" in rita.asks("/alliance calendar plaza")["text"]
    refused = ada.asks("/alliance calendar roofing contractors of philadelphia")["text"]
    assert refused.startswith("You may not subscribe to calendars for Philadelphia Regional Office: it takes one of")
    assert stranger.asks("/alliance calendar")["text"].startswith("You hold no position on record")
    assert "No alliance is called “xyzzy”" in ada.asks("/alliance calendar xyzzy")["text"]
    both = ada.asks("/alliance calendar philadelphia")
    assert "may mean several" in both["text"]


def test_an_address_of_what_one_may_not_have_any_more_can_be_stopped(ada, sample_engine, records, rows):
    """It stands in the list with why nothing is served, and only *Stop* beside it."""
    listed = ada.asks("/alliance calendar plaza")
    ada.presses(listed, "make:calendar")
    ada.reads("update")
    with Session(sample_engine) as session, session.begin():
        row = session.query(CalendarFeed).one()
        row.alliance_id = records.of("Roofing Contractors").id
    listed = ada.asks("/alliance calendar")
    assert "You may not subscribe to calendars for Philadelphia Regional Office" in listed["text"]
    ada.presses(listed, "stop:calendar")
    assert "Stopped:" in ada.reads("update")["text"]
    (row,) = rows(CalendarFeed)
    assert row.stopped_by == "Ada Coordinator"


def test_a_meeting_takes_the_time_of_day(ada, rows):
    """It is asked for beside the day, on the clock of the lead office, and need not be known."""
    ada.opens("/alliance meeting plaza")
    form = ada.chooses("held", "planned")
    assert "America/New_York" in input_of(form, "begins_at")["hint"]["text"]
    assert view_problems(as_sent(form), "modal") == []
    assert "errors" not in ada.sends(on="2026-12-07", format="both", begins_at="10:30")
    assert "on Monday, December 7, 2026, 10:30 AM." in ada.reads()["text"]
    (planned,) = rows(Meeting)
    assert planned.begins_at == time(10, 30)
    ada.opens("/alliance meeting plaza")
    ada.chooses("held", "moved")
    ada.sends(moved_to="2026-12-08", because="Snow")
    assert "moved to Tuesday, December 8, 2026." in ada.reads()["text"]
    ada.presses(ada.asks("/alliance show plaza"), "show:meetings")
    assert "*December 8, 2026, 10:30 AM*: planned, both" in ada.reads()["text"]
