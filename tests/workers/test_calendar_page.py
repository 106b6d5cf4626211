"""Calendars over a real socket: served, unchanged, gone, and never told to a log."""

from __future__ import annotations

import io
import logging
from http.client import HTTPConnection

import pytest
import vobject
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from models.calendars import CalendarFeed, Installation
from operations.calendars.make_address import make_address
from operations.calendars.open_address import NOTHING
from operations.calendars.stop_address import stop_address
from operations.read.duties import list_due
from operations.remind.check_rules import check_rules
from policy.duties import Modality
from policy.rights import Role
from runtime import logs
from runtime.errors import SetupError
from runtime.serve import serving
from runtime.settings import Settings
from tests.operations.conftest import NOW, Portfolio
from workers.calendar_page import calendar_page


@pytest.fixture
def said(logs_undone):
    """All that is logged, at the most talkative level."""
    stream = io.StringIO()
    logs.configure(Settings(log_level="DEBUG"), stream=stream)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO)
    yield stream
    logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)


@pytest.fixture
def made(database):
    """Sessions on an area office with one alliance, and its coordinator."""
    engine = create_engine(database, hide_parameters=True)
    sessions = sessionmaker(engine)
    with sessions.begin() as session:
        portfolio = Portfolio(session)
        national = portfolio.office("OSHA-NO", kind="national")
        area = portfolio.office("0317300", parent=national, name="Wilmington Area Office")
        alliance = portfolio.alliance("La Plaza", area)
        ada = portfolio.person("UADA", (Role.ALLIANCE_COORDINATOR, area), name="Ada Coordinator")
        check_rules(session, now=NOW)
        sessions.kw["info"] = {"alliance": alliance.id, "ada": ada}
    yield sessions
    engine.dispose()


def address(sessions, key):
    """Make an address."""
    with sessions.begin() as session:
        return make_address(session, calendar=key, by=session.info["ada"], now=NOW).token


@pytest.fixture
def get(made):
    """Fetches a page: status, headers and body."""
    with serving("127.0.0.1:0", calendar_page(made, lambda: NOW), setting="CALENDAR_ADDRESS") as where:

        def fetch(path, method="GET", **headers):
            line = HTTPConnection(where, timeout=10)
            line.request(method, path, headers=headers)
            answer = line.getresponse()
            found = answer.status, dict(answer.getheaders()), answer.read()
            line.close()
            return found

        yield fetch


def test_a_calendar_is_served_until_it_is_stopped(made, get, said, capfd):
    """An office's and an alliance's, read by another library; not sent again unchanged; nothing of it in any log."""
    with Session(made.kw["bind"]) as session:
        alliance_id, here = made.kw["info"]["alliance"], session.scalars(select(Installation.id)).one()
        due = {
            f"duty-{o.due.id}@{here}": o.due.due_on
            for o in list_due(session, as_of=NOW, ids=[alliance_id])
            if o.due.modality is not Modality.PERMISSION
        }
    tokens = [address(made, key) for key in ("office:0317300", f"alliance:{alliance_id}")]
    for token in tokens:
        status, headers, body = get(f"/calendar/{token}.ics")
        assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Cache-Control"].startswith("private")
        read = vobject.readOne(body.decode())
        assert {event.uid.value: event.dtstart.value for event in read.vevent_list} == due
    path, tag = f"/calendar/{tokens[1]}.ics", headers["ETag"]
    assert get(path, **{"If-None-Match": f'"other", W/{tag}'})[::2] == (304, b"")
    assert get(path, **{"If-None-Match": '"other"'})[0] == 200
    assert (get(path, "HEAD")[1]["ETag"], get(path, "HEAD")[2]) == (tag, b"")
    with made.begin() as session:
        row = session.scalars(select(CalendarFeed).where(CalendarFeed.alliance_id.is_not(None))).one()
        assert row.fetched_at == NOW
        stop_address(session, address_id=row.id, by=session.info["ada"], now=NOW)
    status, headers, body = get(path)
    assert (status, body.decode(), headers["Cache-Control"]) == (404, f"{NOTHING}\n", "no-store")
    logged = said.getvalue() + "".join(capfd.readouterr())
    assert "calendar_feeds" in logged
    assert not [token for token in tokens if token in logged]


def test_what_is_no_address_is_no_page(get):
    """Other paths, other methods and what nobody could have are one sentence each; the server says that it lives."""
    for path in ("/", "/calendar/", "/calendar/x.ics", f"/calendar/{'0' * 64}.ics", f"/calendar/{'0' * 64}", "/%00"):
        assert get(path)[::2] == (404, f"{NOTHING}\n".encode())
    status, headers, _ = get("/calendar/x.ics", "POST")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    assert get("/healthz")[::2] == (200, b"ok\n")


def test_without_records_it_says_so(said):
    """A database that is away is a moment's trouble, in words, and the log holds nothing of the address."""
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none", connect_args={"connect_timeout": 1})
    token = "ab" * 32
    with serving("127.0.0.1:0", calendar_page(sessionmaker(engine), lambda: NOW), setting="CALENDAR_ADDRESS") as where:
        line = HTTPConnection(where, timeout=10)
        line.request("GET", f"/calendar/{token}.ics")
        answer = line.getresponse()
        assert (answer.status, answer.read()) == (503, b"The records cannot be reached; try again later.\n")
        line.close()
        with (
            pytest.raises(SetupError, match="CALENDAR_ADDRESS cannot be used"),
            serving(where, calendar_page(sessionmaker(engine), lambda: NOW), setting="CALENDAR_ADDRESS"),
        ):
            pass
    engine.dispose()
    assert "a calendar could not be read" in said.getvalue()
    assert token not in said.getvalue()
