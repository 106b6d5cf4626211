"""Administrators are told once a day what could not be delivered, and only then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.messages import message_words
from models.alliances import Ending
from models.duties import Message, Notice, Obligation
from models.offices import Office, Person, Position
from operations.read.message import show_message
from operations.read.undeliverable import read_undeliverable
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message
from operations.remind.fold_messages import fold_messages
from operations.remind.list_undeliverable import list_undeliverable
from operations.remind.note_outcome import note_sent
from operations.remind.out_of_reach import mark
from operations.remind.plan_notices import rewrite_messages
from policy.rights import Role
from sandbox.block_limits import message_problems, message_too_long
from tests.operations.conftest import NOW, TODAY


def lists(session, office, day=TODAY, now=NOW):
    """Make the lists of a day at an office."""
    return [session.get_one(Message, id) for id in list_undeliverable(session, office_id=office.id, day=day, now=now)]


@pytest.fixture
def muted(session, portfolio, field):
    """An office whose duties of today reached nobody."""
    portfolio.alliance("La Plaza", field.area)
    for office in (field.area, field.region, field.national):
        office.channel = None
    check_rules(session, now=NOW)
    fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW)
    return field.area


def test_an_empty_list_is_not_sent(session, portfolio, field):
    """Where everything arrives nobody hears of it."""
    portfolio.person("U0ADMIN01", (Role.ADMINISTRATOR, field.national))
    assert lists(session, field.national) == []


def test_each_administrator_gets_the_list_once_a_day(session, portfolio, field, muted):
    """Two administrators, a message each; again on the next day, and from the National Office alone."""
    for slack_id in ("U0ADMIN01", "U0ADMIN02"):
        portfolio.person(slack_id, (Role.ADMINISTRATOR, field.national))
    portfolio.person("U0ADMIN03", (Role.ADMINISTRATOR, field.region))
    assert {m.channel for m in lists(session, field.national)} == {"U0ADMIN01", "U0ADMIN02"}
    assert lists(session, field.national) == []
    assert lists(session, field.region) == []
    tomorrow = lists(session, field.national, TODAY + timedelta(days=1), NOW + timedelta(days=1))
    assert len(tomorrow) == 2


def test_without_an_administrator_it_goes_to_the_national_offices_channel(session, field, muted):
    """Somebody reads it there."""
    field.national.channel = "C0NATIONAL"
    (made,) = lists(session, field.national)
    assert (made.channel, made.person_id) == ("C0NATIONAL", None)


def test_it_says_what_failed_and_who_is_out_of_reach(session, portfolio, field, muted):
    """Office, reason, duty; and each channel and person that Slack refuses, since when and why."""
    portfolio.person("U0ADMIN01", (Role.ADMINISTRATOR, field.national))
    field.region.channel = "C0REGION"
    mark(session, [field.region], "is_archived", now=NOW)
    (made,) = lists(session, field.national)
    words = message_words(show_message(session, made.id, now=NOW))
    assert message_problems(words["blocks"]) == []
    for said in (
        "Could not be delivered: Monday, November 23, 2026",
        "Wilmington Area Office*, November 9, 2026: no channel is set for the office or an office above it",
        "La Plaza",
        "the channel of Office REG-PHI is archived, since November 23, 2026",
    ):
        assert said in words["text"]


def test_a_long_list_fits(session, portfolio, field):
    """A hundred offices out of reach are cut to what Slack takes, and the rest is counted."""
    for number in range(300):
        office = portfolio.office(f"03{number:05}", parent=field.region, channel=f"C0{number}")
        office.name = f"Office with quite a long name in a town that few people know, number {number}"
        mark(session, [office], "is_archived", now=NOW)
    field.national.channel = "C0NATIONAL"
    (made,) = lists(session, field.national)
    blocks = message_words(show_message(session, made.id, now=NOW))["blocks"]
    assert message_problems(blocks) == []
    assert not message_too_long(blocks)


def test_a_channel_set_anew_takes_the_mark_away(session, field):
    """Whoever sets it, and though it be the same: it is tried again."""
    mark(session, [field.area], "is_archived", now=NOW)
    field.area.channel = "C0AREA"
    assert session.scalar(select(Office.unreachable_since).where(Office.id == field.area.id)) is None


def test_what_is_settled_leaves_the_list(session, field, muted):
    """A duty that is no longer owed is no news of today, though it once could not be told."""
    owed = session.scalars(select(Obligation).where(Obligation.rule == "meetings")).one()
    failed = select(Notice.status).where(Notice.obligation_id == owed.id, Notice.day <= TODAY)
    assert session.scalars(failed).all() == ["failed"]
    session.add(Ending(alliance_id=owed.alliance_id, kind="concluded", ended_on=TODAY, reason="goals met"))
    session.flush()
    check_rules(session, now=NOW)
    assert session.scalars(failed).all() == ["cancelled"]


def posted(session, message_id, ts):
    """Deliver a message as it stands; returns its words."""
    words = message_words(show_message(session, message_id, now=NOW))
    claim = claim_message(session, message_id, now=NOW)
    note_sent(session, claim, ts=ts, words=words, now=NOW)
    session.flush()
    return words["text"]


def test_who_is_reached_by_the_first_post_of_the_day_leaves_its_list(session, portfolio, field):
    """The list is made with the posts that try a marked channel: what they reach is taken out of it again."""
    portfolio.alliance("La Plaza", field.area)
    portfolio.person("U0ADMIN01", (Role.ADMINISTRATOR, field.national))
    check_rules(session, now=NOW)
    mark(session, [field.area], "is_archived", now=NOW - timedelta(days=1))
    (probe,) = fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW)
    (made,) = lists(session, field.national)
    assert "*Out of reach*" in posted(session, made.id, "1.1")
    posted(session, probe, "1.2")
    assert field.area.unreachable_since is None
    session.refresh(made)
    assert (made.version, made.shown_version) == (2, 1)
    again = posted(session, made.id, "1.1")
    assert "Out of reach" not in again
    assert "Nothing is left of what could not be delivered when this list was made." in again


def test_a_rewritten_message_shows_that_its_channel_can_be_reached(session, portfolio, field):
    """Slack changes nothing in a channel that is archived: what was changed there takes the mark away."""
    portfolio.alliance("La Plaza", field.area)
    check_rules(session, now=NOW)
    (reminder,) = fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW)
    posted(session, reminder, "1.1")
    mark(session, [field.area], "is_archived", now=NOW)
    rewrite_messages(session, session.scalars(select(Obligation.id)).all())
    posted(session, reminder, "1.1")
    assert field.area.unreachable_since is None


def test_who_left_is_not_listed(session, portfolio, field):
    """Nothing is meant any more for who held a position until yesterday, so nothing would ever take the mark away."""
    person_id = portfolio.person("U0LEFT001", (Role.ALLIANCE_COORDINATOR, field.area)).person_id
    mark(session, [session.get_one(Person, person_id)], "user_disabled", now=NOW)
    assert read_undeliverable(session, field.national, now=NOW).out_of_reach
    session.execute(
        update(Position).where(Position.person_id == person_id).values(held_until=TODAY - timedelta(days=1))
    )
    assert not read_undeliverable(session, field.national, now=NOW)
