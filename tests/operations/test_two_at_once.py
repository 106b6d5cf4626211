"""Two transactions at once on one alliance or office: neither waits for ever, and nothing is lost."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from models.duties import Message, Notice, Obligation
from models.offices import Office
from models.requests import Request
from operations.actor import identify
from operations.operate.record_call import record_call
from operations.operate.record_meeting import record_meeting
from operations.records.import_alliances import ALLIANCE_COLUMNS, import_alliances
from operations.records.open_alliance import lock_alliances
from operations.records.read_table import read_table
from operations.remind.ask_decision import ask_decision, decide_request
from operations.remind.check_rules import check_program, check_rules
from operations.remind.deliver_message import Step, claim_message
from operations.remind.fold_messages import fold_messages
from policy.requests import RequestKind
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY, Portfolio

#: The agreement year of "La Plaza" has ended by then, another one opens.
LATER = datetime(2026, 12, 11, 14, tzinfo=UTC)


@pytest.fixture
def sessions(database):
    """Sessions on a database with one office, its coordinator and two alliances, checked once."""
    engine = create_engine(database)
    make = sessionmaker(engine)
    with make.begin() as session:
        portfolio = Portfolio(session)
        area = portfolio.office("0317300", kind="national", channel="C0AREA")
        portfolio.person("U0COORD01", (Role.ALLIANCE_COORDINATOR, area))
        portfolio.alliance("La Plaza", area)
        portfolio.alliance("Second", area)
    with make.begin() as session:
        check_rules(session, now=NOW)
    yield make
    engine.dispose()


def hold(session: Session, on: date, now: datetime) -> None:
    """Record a meeting held by the first alliance."""
    by = identify(session, "U0COORD01", now=NOW)
    record_meeting(session, alliance_id=1, on=on, held=True, format="both", by=by, now=now)


def wait_until_blocked(sessions: sessionmaker[Session]) -> None:
    """Wait until some transaction waits for a lock."""
    deadline = time.monotonic() + 10
    with sessions() as session:
        while not session.scalar(text("select count(*) from pg_locks where not granted")):
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.02)


def in_thread(sessions: sessionmaker[Session], work) -> tuple[threading.Thread, list[Exception]]:
    """Begin a transaction beside the test's; returns its thread, and what it raised."""
    raised: list[Exception] = []

    def run() -> None:
        try:
            with sessions.begin() as session:
                work(session)
        except Exception as error:  # noqa: BLE001  # the test says what it was
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


def test_a_click_and_a_check_of_one_alliance_take_turns(sessions):
    """A check that opens a new year waits for a click that began before, and the click does not wait for it."""
    with sessions.begin() as click:
        lock_alliances(click, [1])
        thread, raised = in_thread(sessions, lambda session: check_rules(session, now=LATER))
        wait_until_blocked(sessions)
        hold(click, date(2026, 11, 20), LATER)
    thread.join(10)
    assert raised == []
    with sessions() as session:
        opened = select(func.count()).where(Obligation.alliance_id == 1, Obligation.rule == "meetings")
        assert session.scalar(opened) == 2


def test_an_import_and_a_check_take_turns(sessions):
    """An import locks the alliances in the order of the check, not in that of its rows."""
    content = b"name,participants,level,offices,signed\nSecond,New,area,0317300,2025-12-10\n"
    table = read_table("a.csv", content, ALLIANCE_COLUMNS)
    with sessions.begin() as importing:
        import_alliances(importing, table, by="import", now=NOW)
        thread, raised = in_thread(sessions, lambda session: check_rules(session, now=LATER))
        wait_until_blocked(sessions)
        check_rules(importing, now=NOW)
    thread.join(10)
    assert raised == []


def test_a_message_in_the_making_does_not_stop_the_check(sessions):
    """While an office's message is folded, duties of that office can be opened."""
    with sessions.begin() as folding, sessions.begin() as checking:
        office_id = folding.scalar(select(Office.id))
        assert fold_messages(folding, office_id=office_id, day=date(2020, 1, 2), now=NOW) == []
        checking.execute(text("set local lock_timeout = '3s'"))
        assert any(outcome.opened for outcome in check_rules(checking, now=LATER))


def test_a_message_is_not_claimed_while_a_duty_in_it_is_being_settled(sessions):
    """The claim leaves it alone until the click is through, and then posts it without the settled duty."""
    with sessions.begin() as session:
        (message_id,) = fold_messages(session, office_id=session.scalar(select(Office.id)), day=TODAY, now=NOW)
    with sessions.begin() as session:
        hold(session, date(2026, 3, 2), NOW)
    with sessions.begin() as click:
        hold(click, date(2026, 11, 20), NOW)
        with sessions.begin() as delivery:
            assert claim_message(delivery, message_id, now=NOW) is None
    with sessions.begin() as delivery:
        assert claim_message(delivery, message_id, now=NOW).step is Step.POST
    with sessions() as session:
        told = select(Notice.status).join(Obligation).where(Notice.message_id == message_id)
        meetings = told.where(Obligation.alliance_id == 1, Obligation.rule == "meetings")
        assert session.scalars(meetings).all() == ["cancelled"]
        assert session.get(Message, message_id).status == "claimed"


def test_a_call_and_a_check_of_the_program_take_turns(sessions):
    """A check that waited for the call sees it, and leaves the quarter's duty met."""
    with sessions.begin() as session:
        office = session.scalars(select(Office)).one()
        person = Portfolio(session).person("U0PROGRAM", (Role.DCSP_STAFF, office))
    with sessions.begin() as click:
        record_call(click, on=TODAY, by=person, now=NOW)
        thread, raised = in_thread(sessions, lambda session: check_program(session, now=NOW))
        wait_until_blocked(sessions)
    thread.join(10)
    assert raised == []
    with sessions() as session:
        quarter = select(Obligation).where(Obligation.alliance_id.is_(None)).order_by(Obligation.due_on.desc()).limit(1)
        assert session.scalars(quarter).one().settled == "met"


def test_a_check_of_everything_and_one_of_the_program_take_turns(sessions):
    """The one that checks alliances, too, takes them first; then the program's duties, and never the other way."""
    with sessions.begin() as everything:
        check_rules(everything, now=LATER)
        thread, raised = in_thread(sessions, lambda session: check_program(session, now=LATER))
        wait_until_blocked(sessions)
        check_rules(everything, now=LATER)
    thread.join(10)
    assert raised == []


def test_two_officials_decide_at_once_and_one_of_them_does(sessions):
    """The second waits for the first, and is told who decided."""
    with sessions.begin() as session:
        portfolio = Portfolio(session)
        office = session.scalars(select(Office)).one()
        for slack_id in ("U0DIRECT1", "U0DIRECT2"):
            portfolio.person(slack_id, (Role.OOSA_DIRECTOR, office))
        duty_id = session.scalars(select(Obligation.id).where(Obligation.rule == "meetings")).first()
        ada = identify(session, "U0COORD01", now=NOW)
        asked = {"kind": RequestKind.SNOOZE, "reason": "Ill", "until": date(2026, 12, 18)}
        ask_decision(session, obligation_id=duty_id, by=ada, now=NOW, **asked)
        request_id = session.scalars(select(Request.id)).one()

    def decide(session: Session, slack_id: str, *, approve: bool) -> None:
        by = identify(session, slack_id, now=NOW)
        decide_request(session, request_id=request_id, approve=approve, why="No", by=by, now=NOW)

    with sessions() as first:
        decide(first, "U0DIRECT1", approve=True)
        thread, raised = in_thread(sessions, lambda session: decide(session, "U0DIRECT2", approve=False))
        wait_until_blocked(sessions)
        first.commit()
    thread.join(10)
    assert [str(error) for error in raised] == ["This was approved by Person U0DIRECT1; nothing changed."]
    with sessions() as session:
        assert session.get_one(Obligation, duty_id).snoozed_until == date(2026, 12, 18)
