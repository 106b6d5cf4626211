"""Replaying the clock over a private copy: the same messages as the real thing, and no trace of it."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import Base
from models.duties import Message, Notice, NoticeStatus, Obligation, Schedule
from models.offices import Office
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message, waiting_messages
from operations.remind.note_outcome import note_sent
from operations.remind.plan_notices import OUTBOX
from tests.workers.conftest import CHANNEL, NOW, TODAY, add_alliance
from workers.rehearsal import rehearsal
from workers.remind import check_daily, remind_office
from workers.simulate import Kind, Replay, simulate


def replayed(engine, *, first=TODAY, last=TODAY + timedelta(days=40), begin=NOW, **more):
    """Return everything that would be sent."""
    with rehearsal(engine) as sessions:
        return list(simulate(sessions, begin=begin, first=first, last=last, **more))


def told(messages):
    """Reduce messages to when, where, and which stage of which duty."""
    return [(m.at, m.office, m.channel, m.kind.value, {(s.duty.id, s.stage) for s in m.said}) for m in messages]


def in_order(messages):
    """Sort messages: those of one moment come in any order."""
    return sorted(messages, key=lambda m: (*m[:4], sorted(map(str, m[4]))))


def deliver_all(sessions, now):
    """Deliver what waits, and return it as `told` does."""
    sent = []
    with sessions.begin() as session:
        for message_id in waiting_messages(session, now=now):
            claim = claim_message(session, message_id, now=now)
            note_sent(session, claim, ts=claim.ts or str(now.timestamp()), words={}, now=now)
            session.flush()
            message = session.get_one(Message, message_id)
            office = session.get_one(Office, message.office_id)
            notices = session.scalars(select(Notice).where(Notice.message_id == message_id, Notice.status == "sent"))
            kind = "rewrite" if claim.ts else "post"
            said = {(n.obligation_id, None if claim.ts else n.stage) for n in notices}
            said |= {(id, None) for id in message.shows or ()}
            sent.append((now, office.code, message.channel, kind, said))
    return sent


def live_through(sessions, *, days, hours):
    """Let the workers do day by day what the clock asks of them."""
    sent = []
    with sessions() as session:
        offices = session.scalars(select(Office.id).order_by(Office.id)).all()
    for day in range(days + 1):
        for hour in hours:
            now = NOW.replace(hour=0) + timedelta(days=day, hours=hour)
            if now < NOW:
                continue
            check_daily(sessions, now=lambda now=now: now)
            for office_id in offices:
                remind_office(sessions, office_id, now=lambda now=now: now)
            sent += deliver_all(sessions, now)
    return sent


def test_what_is_simulated_is_what_is_then_sent(own_engine, sessions, portfolio):
    """Over a month with holidays, time zones and a weekly schedule, the workers send the very same messages."""
    portfolio.office("EAST", settings={})
    portfolio.office("WEST", timezone="America/Los_Angeles", channel="C0WEST", settings={})
    portfolio.office("WEEKLY", schedule="0 9 * * 5", channel="C0WEEKLY", alliances=2, settings={})
    with sessions.begin() as session:
        west = session.scalars(select(Office).where(Office.code == "WEST")).one()
        # Late duties, which are repeated; and one that ends its year within the range.
        add_alliance(session, west, "Old", signed=date(2024, 12, 12))
        add_alliance(session, west, "Older", signed=date(2022, 1, 3))
    foreseen = replayed(own_engine, last=TODAY + timedelta(days=30))

    lived = live_through(sessions, days=30, hours=(5, 6, 14, 17))
    assert len(foreseen) > 20
    assert {m.message_kind for m in foreseen} == {"reminder", "reply", "week"}
    assert in_order([(at.astimezone(UTC), *rest) for at, *rest in told(foreseen)]) == in_order(lived)


def snapshot(engine):
    """Read every row of every table, as text."""
    with engine.connect() as connection:
        return {
            name: connection.scalars(text(f'select t::text from "{name}" t order by 1')).all()  # noqa: S608 - ours
            for name in sorted(Base.metadata.tables)
        }


def test_a_simulation_leaves_no_trace(own_engine, portfolio, database):
    """Not a row is changed, no audit is left, nothing is announced, and no table of the copy stays."""
    portfolio.office(alliances=3)
    before = snapshot(own_engine)
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as listener:
        listener.execute(f"listen {OUTBOX}")
        assert replayed(own_engine)
        assert list(listener.notifies(timeout=0.5)) == []
    assert snapshot(own_engine) == before
    with own_engine.connect() as connection:
        assert connection.scalar(text("select count(*) from pg_tables where schemaname like 'pg_temp%'")) == 0


def test_others_work_on_while_it_runs(own_engine, sessions, portfolio):
    """In the middle of a simulation the real rows can be locked, written and audited at once, tables even changed."""
    portfolio.office()
    with sessions.begin() as session:
        check_rules(session, now=NOW)
    with rehearsal(own_engine) as copy:
        messages = simulate(copy, begin=NOW, first=TODAY, last=TODAY + timedelta(days=40))
        assert next(messages)
        began = time.monotonic()
        with sessions.begin() as session:
            session.execute(text("set local lock_timeout = '2s'"))
            session.execute(update(Obligation).values(passed_on=True))
            check_rules(session, now=NOW + timedelta(days=40))
            session.execute(text("lock table obligations in access exclusive mode"))
        assert time.monotonic() - began < 5
        assert next(messages)


def test_the_copy_refuses_to_write_to_a_real_table(own_engine, portfolio):
    """PostgreSQL itself lets nothing but the copy be written."""
    portfolio.office()
    with rehearsal(own_engine) as copy:
        with copy.begin() as session:
            session.execute(text("delete from offices"))
            assert session.scalar(select(func.count()).select_from(Office)) == 0
        with pytest.raises(DBAPIError, match="read-only transaction"), copy.begin() as session:
            session.execute(text("delete from public.offices"))


def test_a_session_for_reading_must_not_write(own_engine, portfolio):
    """A mistake in the replay is noticed, and not lost."""
    portfolio.office()
    with pytest.raises(RuntimeError, match="opened to read"), rehearsal(own_engine) as copy, copy() as session:
        session.scalars(select(Office)).one().channel = "C0OTHER"


def test_a_range_to_come_begins_with_the_ledger_of_that_day(own_engine, portfolio):
    """What is sent before the range is not shown, and not said again in it."""
    portfolio.office()
    whole = replayed(own_engine)
    later = TODAY + timedelta(days=15)
    assert told(replayed(own_engine, first=later)) == [m for m in told(whole) if m[0].date() >= later]


def test_a_range_that_has_passed_starts_with_an_empty_ledger(own_engine, sessions, portfolio):
    """Today's records tell what would have been sent, whatever was; on that day nothing is owed from before."""
    portfolio.office()
    with sessions.begin() as session:
        check_rules(session, now=NOW)
        session.add(Schedule(name="office:0317300", ran_until=NOW))
    made = replayed(own_engine, begin=None, first=date(2026, 11, 2), last=date(2026, 11, 30))
    assert made[0].at.date() == date(2026, 11, 2)
    assert {m.at.date() for m in made} >= {date(2026, 11, 17), date(2026, 11, 23)}


def test_without_a_channel_the_simulation_says_that_nobody_is_told(own_engine, portfolio):
    """What would fail is foreseen with its reason and its duties."""
    portfolio.office(channel=None)
    made = replayed(own_engine)
    assert {m.kind for m in made} == {Kind.UNDELIVERABLE}
    assert made[0].channel is None
    assert made[0].said
    assert "no channel is set" in made[0].text


def test_only_the_offices_asked_for_are_told_of(own_engine, portfolio):
    """The others are left out, and nothing else changes."""
    portfolio.office("EAST")
    portfolio.office("WEST", timezone="America/Los_Angeles")
    everything = told(replayed(own_engine))
    assert told(replayed(own_engine, offices={"WEST"})) == [m for m in everything if m[1] == "WEST"]


def test_each_duty_says_why_it_is_in_the_message(own_engine, portfolio):
    """A day before a Sunday, moved to Friday; a holiday; a catch-up."""
    portfolio.office(alliances=0)
    made = replayed(own_engine)
    assert made == []
    with Session(own_engine) as session, session.begin():
        add_alliance(session, session.scalars(select(Office)).one(), signed=date(2025, 12, 14))
    # Due December 13, 2026, a Sunday.
    whys = {(s.duty.rule, s.stage): s.why for m in replayed(own_engine) for s in m.said}
    assert whys["evaluation", "on:0"] == (
        "on its day, December 13, 2026; December 13, 2026 is a Sunday, so the working day before it is taken"
    )
    assert whys["evaluation", "before:14"].startswith("14 days before December 13, 2026; November 29, 2026 is a Sunday")
    assert whys["meetings", "before:30"].endswith("planned for November 13, 2026, caught up on November 23, 2026")


def test_an_alliance_that_cannot_be_checked_is_named(own_engine, sessions, portfolio):
    """The others are simulated all the same, and who could not be is reported."""
    portfolio.office(alliances=2)
    with sessions.begin() as session:
        session.execute(text("alter table agreements drop constraint ck_agreements_term_years"))
        session.execute(text("update agreements set term_years = 9999 where id = (select min(id) from agreements)"))
    replay = Replay()
    made = replayed(own_engine, last=TODAY + timedelta(days=3), replay=replay)
    assert [*replay.failures] == ["Safe Roofs 0317300 0"]
    assert {s.duty.alliance for m in made for s in m.said} == {"Safe Roofs 0317300 1"}


def test_a_message_in_a_workers_hands_is_delivered_in_the_copy(own_engine, sessions, portfolio):
    """A lease that runs at the moment of the copy does not keep the message back."""
    message_id = portfolio.message()
    with sessions.begin() as session:
        assert claim_message(session, message_id, now=NOW)
    made = replayed(own_engine, last=TODAY)
    assert [(m.at, m.channel) for m in made] == [(datetime(2026, 11, 23, 9, tzinfo=made[0].at.tzinfo), CHANNEL)]
    with sessions() as session:
        assert session.get_one(Message, message_id).status == NoticeStatus.CLAIMED
