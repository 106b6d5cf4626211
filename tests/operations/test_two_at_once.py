"""Two transactions at once on one alliance or office: neither waits for ever, and nothing is lost."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session, sessionmaker

from models.alliances import Alliance
from models.duties import Message, MessageKind, Notice, Obligation
from models.offices import Office
from models.requests import Request
from operations.actor import identify
from operations.change_settings import change_settings
from operations.establish.change_alliance import change_alliance
from operations.hands.merge_alliances import merge_alliances
from operations.hands.rename import rename_alliance, undo_rename
from operations.operate.record_call import record_call
from operations.operate.record_meeting import record_meeting
from operations.records.import_alliances import ALLIANCE_COLUMNS, import_alliances
from operations.records.keep_records import place_hold, set_retention
from operations.records.open_alliance import lock_alliances
from operations.records.read_table import read_table
from operations.refusals import AlreadyDone, Refused
from operations.remind.ask_decision import ask_decision, decide_request, withdraw_request
from operations.remind.check_rules import check_program, check_rules
from operations.remind.deliver_message import Step, claim_message, find_work, take_work
from operations.remind.fold_messages import fold_messages
from operations.remind.make_message import make_message
from operations.remind.note_outcome import note_gone, note_sent, note_thread_gone
from operations.remind.out_of_reach import Address
from operations.remind.plan_notices import rewrite_messages
from operations.restore_settings import restore_settings
from policy.requests import RequestKind
from policy.retention import Kind
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY, Portfolio
from tests.operations.meanwhile import in_thread, wait_until_blocked

#: The agreement year of "La Plaza" has ended by then, another one opens.
LATER = datetime(2026, 12, 11, 14, tzinfo=UTC)


@pytest.fixture
def sessions(committed):
    """Sessions on a database with one office, its coordinator and two alliances, checked once."""
    with committed.begin() as session:
        portfolio = Portfolio(session)
        area = portfolio.office("0317300", kind="national", channel="C0AREA")
        portfolio.person("U0COORD01", (Role.ALLIANCE_COORDINATOR, area))
        portfolio.alliance("La Plaza", area)
        portfolio.alliance("Second", area)
    with committed.begin() as session:
        check_rules(session, now=NOW)
    return committed


def hold(session: Session, on: date, now: datetime) -> None:
    """Record a meeting held by the first alliance."""
    by = identify(session, "U0COORD01", now=NOW)
    record_meeting(session, alliance_id=1, on=on, held=True, format="both", by=by, now=now)


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


def test_a_thread_that_is_gone_is_noted_in_the_order_of_the_clicks(sessions):
    """A click that rewrites the reminder and the reply in its thread has the one already: both go through."""
    with sessions.begin() as session:
        office = session.scalars(select(Office)).one()
        (reminder,) = fold_messages(session, office_id=office.id, day=TODAY, now=NOW)
        duties = session.scalars(select(Notice.obligation_id).where(Notice.message_id == reminder)).all()
        note_sent(session, claim_message(session, reminder, now=NOW), ts="1.1", words={}, now=NOW)
        # Everybody locks the reminder first: no id is greater than this one.
        reply, to = uuid.UUID(int=2**128 - 1), Address("C0AREA", office, None)
        make_message(session, MessageKind.REPLY, office=office, to=to, day=TODAY, now=NOW, id=reply, parent_id=reminder)
        later = select(Notice).where(Notice.obligation_id.in_(duties), Notice.status == "pending").limit(1)
        session.scalars(later).one().message_id = reply
    with sessions.begin() as session:
        claim = claim_message(session, reply, now=NOW)
        assert claim.thread_ts == "1.1"
    with sessions.begin() as click:
        click.execute(select(Message.id).where(Message.id == reminder).with_for_update())
        thread, raised = in_thread(sessions, lambda session: note_thread_gone(session, claim, now=NOW))
        wait_until_blocked(sessions)
        rewrite_messages(click, duties)
    thread.join(10)
    assert raised == []
    with sessions() as session:
        assert session.get_one(Message, reminder).gone_at == NOW
        assert session.get_one(Message, reply).status == "pending"


@pytest.mark.parametrize("outcome", ["gone", "reached again"])
def test_what_came_of_a_post_and_changed_settings_take_turns(sessions, outcome):
    """Who notes that a channel is gone, or is back, takes its office before the message, as changed settings do."""
    with sessions.begin() as session:
        office = session.scalars(select(Office)).one()
        boss = Portfolio(session).person("U0BOSS", (Role.ADMINISTRATOR, office))
        (message_id,) = fold_messages(session, office_id=office.id, day=TODAY, now=NOW)
        if outcome == "reached again":
            office.unreachable_since, office.unreachable_why = NOW, "is archived"
    with sessions.begin() as session:
        claim = claim_message(session, message_id, now=NOW)

    def note(session: Session) -> None:
        if outcome == "gone":
            note_gone(session, claim, error="is_archived", now=NOW)
        else:
            note_sent(session, claim, ts="1.1", words={}, now=NOW)

    with sessions.begin() as click:
        click.execute(select(Office.id).with_for_update(key_share=True))
        thread, raised = in_thread(sessions, note)
        wait_until_blocked(sessions)
        more = {"meetings_required": 3, "meetings_required_since": date(2025, 1, 1)}
        change_settings(click, office_code="0317300", changes=more, by=boss, now=NOW)
    thread.join(10)
    assert raised == []
    with sessions() as session:
        assert (session.scalar(select(Office.unreachable_since)) is None) == (outcome == "reached again")


def test_a_click_while_a_message_is_put_into_words_has_it_rewritten(sessions):
    """The click finds it waiting, waits for the claim that has read its duties, and raises its version after all."""
    with sessions.begin() as session:
        (message_id,) = fold_messages(session, office_id=session.scalar(select(Office.id)), day=TODAY, now=NOW)
        duties = session.scalars(select(Notice.obligation_id).where(Notice.message_id == message_id)).all()
    with sessions.begin() as delivery:
        assert claim_message(delivery, message_id, now=NOW).version == 1
        thread, raised = in_thread(sessions, lambda session: rewrite_messages(session, duties))
        wait_until_blocked(sessions)
    thread.join(10)
    assert raised == []
    with sessions() as session:
        assert session.get_one(Message, message_id).version == 2


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


@pytest.mark.parametrize("kind", [MessageKind.REMINDER, MessageKind.REQUEST])
def test_a_message_is_not_claimed_while_what_it_says_is_answered(sessions, kind):
    """An answer that plans no notice anew holds back what is about to be posted, too: it says what was answered."""
    with sessions.begin() as session:
        portfolio = Portfolio(session)
        office = session.scalars(select(Office)).one()
        portfolio.person("U0DIRECT1", (Role.OOSA_DIRECTOR, office))
        meetings = select(Obligation.id).where(Obligation.rule == "meetings", Obligation.alliance_id == 1)
        duty_id = session.scalars(meetings).one()
        ada = identify(session, "U0COORD01", now=NOW)
        fold_messages(session, office_id=office.id, day=TODAY, now=NOW)
        asked = {"kind": RequestKind.SNOOZE, "reason": "Ill", "until": date(2026, 12, 18)}
        ask_decision(session, obligation_id=duty_id, by=ada, now=NOW, **asked)
        message_id = session.scalars(select(Message.id).where(Message.kind == kind)).one()
    with sessions.begin() as click:
        withdraw_request(click, obligation_id=duty_id, by=ada, now=NOW)
        with sessions.begin() as delivery:
            assert claim_message(delivery, message_id, now=NOW) is None
    with sessions.begin() as delivery:
        claim = claim_message(delivery, message_id, now=NOW)
        assert (claim is None) == (kind is MessageKind.REQUEST)
        assert delivery.get_one(Message, message_id).status == ("claimed" if claim else "cancelled")


def test_a_merger_and_a_claim_take_turns(sessions):
    """The merger locks a message that waits before its notices, as the claim does: neither waits for the other."""
    with sessions.begin() as session:
        office = session.scalars(select(Office)).one()
        boss = Portfolio(session).person("U0BOSS", (Role.ADMINISTRATOR, office))
        (message_id,) = fold_messages(session, office_id=office.id, day=TODAY, now=NOW)
    with sessions.begin() as delivery:
        found = find_work(delivery, [message_id], now=NOW)
        thread, raised = in_thread(
            sessions, lambda session: merge_alliances(session, alliance_id=2, into_id=1, by=boss, now=NOW)
        )
        wait_until_blocked(sessions)
        assert take_work(delivery, found, now=NOW)
    thread.join(10)
    assert raised == []


def test_what_is_folded_during_a_click_is_claimed_after_it(sessions):
    """A click waits for the folding before it locks anything of a duty: the new message is among what it locks."""
    claims = []
    with sessions.begin() as folding:
        office_id = folding.scalar(select(Office.id))
        (message_id,) = fold_messages(folding, office_id=office_id, day=TODAY, now=NOW)
        thread, raised = in_thread(sessions, lambda session: hold(session, date(2026, 11, 20), NOW))
        wait_until_blocked(sessions)

        def claim(_connection, _cursor, statement, values, *_more):
            """Let the delivery come whenever the click asks for messages, having locked the notices or before."""
            rewrites = "FROM messages" in statement and "FOR UPDATE" in statement and "sent" in str(values)
            if rewrites and threading.current_thread() is thread:
                claims.append(in_thread(sessions, lambda session: claim_message(session, message_id, now=NOW)))
                claims[-1][0].join(0.5)

        event.listen(sessions.kw["bind"], "before_cursor_execute", claim)
    thread.join(20)
    event.remove(sessions.kw["bind"], "before_cursor_execute", claim)
    assert claims
    for delivery, failed in claims:
        delivery.join(20)
        assert raised == failed == []


@pytest.mark.parametrize("what", ["settings", "name"])
def test_an_undo_does_not_write_over_what_another_sets_meanwhile(sessions, what):
    """It waits for the other one, and says that it was changed since; what the other one set stays."""
    with sessions.begin() as session:
        national = session.scalars(select(Office)).one()
        Portfolio(session).person("U0CHIEF01", (Role.ADMINISTRATOR, national))

    def change(session: Session, number: int) -> str | None:
        by = identify(session, "U0CHIEF01", now=NOW)
        if what == "name":
            return rename_alliance(session, alliance_id=1, name=f"Name {number}", by=by, now=NOW).record
        changes = {"lapse_after_days": number}
        return change_alliance(session, alliance_id=1, changes=changes, by=by, now=NOW).outcome.record

    def undo(session: Session) -> None:
        by = identify(session, "U0CHIEF01", now=NOW)
        (undo_rename if what == "name" else restore_settings)(session, record=record, by=by, now=NOW)

    with sessions.begin() as session:
        record = change(session, 200)
    with sessions.begin() as session:
        change(session, 300)
        thread, raised = in_thread(sessions, undo)
        wait_until_blocked(sessions)
    thread.join(20)
    assert [isinstance(each, Refused) for each in raised] == [True]
    with sessions() as session:
        row = session.get_one(Alliance, 1)
        assert (row.name, row.lapse_after_days) == (("Name 300", None) if what == "name" else ("La Plaza", 300))


def at_once(sessions: sessionmaker[Session], work) -> list[Exception]:
    """Do something twice, with 1 and with 2, the second time before the first is committed; return what that raised."""
    with sessions.begin() as session:
        national = session.scalars(select(Office)).one()
        Portfolio(session).person("U0CHIEF01", (Role.ADMINISTRATOR, national))

    def do(session: Session, number: int) -> None:
        work(session, number, identify(session, "U0CHIEF01", now=NOW))
        session.flush()

    with sessions.begin() as session:
        do(session, 1)
        thread, raised = in_thread(sessions, lambda session: do(session, 2))
        wait_until_blocked(sessions)
    thread.join(20)
    return raised


def test_two_alliances_that_get_one_name_at_once_are_told_apart(sessions):
    """The second is told that the name is another's, as if it had come later."""

    def rename(session: Session, number: int, by) -> None:
        rename_alliance(session, alliance_id=number, name="The same", by=by, now=NOW)

    assert [str(each) for each in at_once(sessions, rename)] == [
        "Another alliance is called “The same”: was it entered twice? Then merge the two."
    ]


@pytest.mark.parametrize("what", ["hold", "class"])
def test_records_are_put_on_hold_and_classed_once(sessions, what):
    """Of two administrators who do the same at once the second is told; nothing stands twice, and nothing fails."""

    def keep(session: Session, _: int, by) -> None:
        if what == "hold":
            place_hold(session, alliance_id=None, reason="Lawsuit", by=by, now=NOW)
        else:
            set_retention(session, kind=Kind.ALLIANCES, schedule="GRS 1", keep_years=7, by=by, now=NOW)

    assert [type(each) for each in at_once(sessions, keep)] == [AlreadyDone]
