"""Nothing new is posted outside an office's hours or into somebody's do-not-disturb; it is posted once, later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import redis
from sqlalchemy import select, update

from models.duties import Notice, NoticeStatus
from models.offices import Office, Person, Position
from operations.read.outbox import read_outbox
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message, waiting_messages
from operations.remind.fold_messages import fold_messages
from operations.remind.plan_notices import rewrite_messages
from policy.rights import Role
from tests.workers.conftest import NOW, add_alliance, add_office
from tests.workers.test_deliver import deliver_later, expire_lease
from workers.broker import Jobs, connect
from workers.clock import Clock
from workers.deliver import deliver
from workers.pacer import ACCOUNT, DISTURB, Pacer
from workers.quiet import quiet_until
from workers.slack import SETTLE

OFFICIAL = "U0OFFICIAL"
#: The official is told seven days after November 24, on this Tuesday.
LATE = NOW + timedelta(days=8)
EVENING = NOW.replace(hour=0) + timedelta(days=1, hours=1)
MORNING = NOW.replace(hour=12) + timedelta(days=1)
HOURS = "outside the hours 7:00 AM to 7:00 PM of Office 0317300"


def at(delivery, now):
    """Return what delivers at a moment."""
    return replace(delivery, now=lambda: now)


@pytest.fixture
def reminder(portfolio):
    """A reminder made on Monday at nine."""
    return portfolio.message()


@pytest.fixture
def direct(sessions, slack):
    """The message to an official of a region without a channel, made a week after the due date."""
    slack.post("/control/workspace", users=[{"id": OFFICIAL, "name": "olga", "real_name": "Olga Official"}])
    slack.post("/control/clock", by_days=8)
    with sessions.begin() as session:
        region = add_office(session, "REG-PHI", channel=None)
        region.kind = "region"
        area = add_office(session, parent_id=region.id)
        add_alliance(session, area).level = "regional"
        person = Person(slack_id=OFFICIAL, name="Olga Official")
        session.add(person)
        session.flush()
        held = {"role": Role.REGIONAL_COORDINATOR.value, "held_from": date(2020, 1, 1)}
        session.add(Position(person_id=person.id, office_id=region.id, **held))
        check_rules(session, now=LATE)
        (made,) = fold_messages(session, office_id=region.id, day=LATE.date(), now=LATE)
        return made


def quiet(slack, until):
    """Let the official want no disturbance until a moment."""
    now = slack.get("/control/clock")["now"]
    # It began an hour ago, however fast this machine is.
    slack.post("/control/clock", to=(LATE - timedelta(hours=1)).isoformat(), force=True)
    slack.post("/control/person", person=OFFICIAL, do_not_disturb_until=until.isoformat())
    slack.post("/control/clock", to=now, force=True)


def waits(delivery, now):
    """Return what the sweep would find at a moment."""
    with delivery.sessions() as session:
        return list(waiting_messages(session, now=now))


def test_a_message_made_late_waits_for_the_morning(reminder, delivery, slack, portfolio):
    """Outside the hours nothing is posted; it is found when they begin, is posted once, and was no failed try."""
    assert deliver(reminder, at(delivery, EVENING)) is None
    message = portfolio.read(reminder)
    assert (message.status, message.attempts) == (NoticeStatus.PENDING, 0)
    assert (message.held_until, message.held_why) == (MORNING, HOURS)
    assert waits(delivery, MORNING - timedelta(seconds=1)) == []
    assert deliver(reminder, at(delivery, MORNING - timedelta(seconds=1))) is None
    assert slack.posts == []
    assert waits(delivery, MORNING) == [reminder]
    assert deliver(reminder, at(delivery, MORNING)) is None
    assert len(slack.posts) == 1
    message = portfolio.read(reminder)
    assert (message.status, message.held_until, message.held_why) == (NoticeStatus.SENT, None, None)


def test_the_sweep_goes_by_the_clock_of_the_product(reminder, delivery, own_engine, valkey_url):
    """Not by the database's: what is held is queued as soon as that clock says so."""
    deliver(reminder, at(delivery, EVENING))
    jobs = Jobs(connect(valkey_url))
    Clock(own_engine, jobs, lambda: EVENING).sweep()
    assert jobs.depth(["delivery"]) == 0
    Clock(own_engine, jobs, lambda: MORNING).sweep()
    assert jobs.depth(["delivery"]) == 1


def test_an_office_that_set_other_hours(reminder, delivery, slack, sessions):
    """The setting of an office above holds as well; the schedule's own time is never left out."""
    with sessions.begin() as session:
        above = add_office(session, "REG-PHI", channel=None)
        above.settings = {"send_from": "11:30", "send_until": "12:00"}
        session.execute(update(Office).where(Office.code == "0317300").values(parent_id=above.id, schedule="0 9 * * *"))
    # The schedule and the hours do not go together: the hours are 09:00 to 12:00 then.
    assert deliver(reminder, at(delivery, NOW - timedelta(minutes=1))) is None
    assert slack.posts == []
    assert deliver(reminder, at(delivery, NOW)) is None
    assert len(slack.posts) == 1


def test_a_day_on_which_nobody_works(reminder, delivery, portfolio):
    """From the evening before Thanksgiving it waits for the Friday, and says why."""
    noon = datetime(2026, 11, 26, 17, tzinfo=UTC)
    deliver(reminder, at(delivery, noon))
    message = portfolio.read(reminder)
    assert message.held_until == datetime(2026, 11, 27, 12, tzinfo=UTC)
    assert message.held_why == "November 26, 2026 is no working day of Office 0317300"


def test_what_stands_is_rewritten_at_any_hour(reminder, delivery, slack):
    """A click in the evening is answered in the evening."""
    deliver(reminder, delivery)
    with delivery.sessions.begin() as session:
        said = select(Notice.obligation_id).where(Notice.message_id == reminder)
        rewrite_messages(session, session.scalars(said).all())
    assert deliver(reminder, at(delivery, EVENING)) is None
    assert len(slack.record("update")) == 1


@pytest.mark.parametrize(("fault", "posts"), [("lost", 1), ("cut", 0)])
def test_what_may_stand_is_looked_for_at_once(reminder, delivery, slack, line, *, portfolio, fault, posts):
    """What is found stands; what certainly does not waits for the morning and is posted once."""
    line.faults["chat.postMessage"] = [fault]
    assert deliver(reminder, delivery) == SETTLE
    assert deliver_later(reminder, at(delivery, EVENING)) is None
    assert len(slack.posts) == posts
    assert portfolio.read(reminder).status == (NoticeStatus.SENT if posts else NoticeStatus.PENDING)
    assert portfolio.read(reminder).held_why == (None if posts else HOURS)
    assert deliver(reminder, at(delivery, MORNING)) is None
    assert len(slack.posts) == 1


def test_a_worker_killed_in_the_evening(reminder, delivery, slack, portfolio):
    """Who takes over looks at once, and leaves the post to the morning."""
    with delivery.sessions.begin() as session:
        claim_message(session, reminder, now=NOW)
    expire_lease(delivery.sessions, reminder)
    assert deliver(reminder, at(delivery, EVENING)) is None
    assert portfolio.read(reminder).held_until == MORNING
    assert slack.posts == []


def test_a_held_message_with_nothing_to_say_is_cancelled(reminder, delivery, slack, portfolio, sessions):
    """Duties that were settled meanwhile are not posted in the morning."""
    deliver(reminder, at(delivery, EVENING))
    with sessions.begin() as session:
        session.execute(update(Notice).values(status=NoticeStatus.CANCELLED.value))
    assert deliver(reminder, at(delivery, MORNING)) is None
    assert portfolio.read(reminder).status == NoticeStatus.CANCELLED
    assert slack.posts == []


def test_a_held_message_takes_no_slot(reminder, delivery, valkey_url):
    """The pacer is not asked for what cannot go."""
    with redis.Redis.from_url(valkey_url) as client:
        deliver(reminder, replace(at(delivery, EVENING), pacer=Pacer(client, 60)))
        assert client.keys() == []


def test_do_not_disturb_is_waited_for(direct, delivery, slack, portfolio, sessions):
    """The message is held until it ends, the outbox says so, and it is posted then."""
    ends = LATE + timedelta(hours=5, minutes=30)
    quiet(slack, ends)
    assert deliver(direct, at(delivery, LATE)) is None
    assert slack.posts == []
    message = portfolio.read(direct)
    assert (message.held_until, message.held_why) == (ends, "Olga Official has do-not-disturb on until 2:30 PM")
    with sessions() as session:
        (shown,) = read_outbox(session, now=LATE).in_hand
    assert (shown.kind, shown.person, shown.held_until.isoformat()) == (
        "direct",
        "Olga Official",
        "2026-12-01T14:30:00-05:00",
    )
    assert shown.why == message.held_why
    slack.post("/control/clock", to=ends.isoformat())
    assert deliver(direct, at(delivery, ends)) is None
    assert len(slack.posts) == 1


def test_do_not_disturb_without_end_is_waited_for_one_day(direct, delivery, slack, portfolio):
    """24 hours after it was made the message is posted all the same."""
    quiet(slack, LATE + timedelta(days=9))
    deliver(direct, at(delivery, LATE))
    held = portfolio.read(direct).held_until
    assert held == LATE + timedelta(hours=24)
    assert deliver(direct, at(delivery, held)) is None
    assert len(slack.posts) == 1


def test_do_not_disturb_into_the_night_ends_in_the_morning(direct, delivery, slack, portfolio):
    """When it ends outside the hours, these are waited for next."""
    ends = LATE + timedelta(hours=13)
    quiet(slack, ends)
    deliver(direct, at(delivery, LATE))
    assert portfolio.read(direct).held_why == "Olga Official has do-not-disturb on until 10:00 PM"
    slack.post("/control/clock", to=ends.isoformat())
    deliver(direct, at(delivery, ends))
    assert portfolio.read(direct).held_why == "outside the hours 7:00 AM to 7:00 PM of Office REG-PHI"
    assert slack.posts == []


def test_somebody_who_left_after_the_conversation_was_opened(direct, delivery, slack, line, sessions):
    """Slack would take the post without a word; the message goes up the ladder instead."""
    line.client().conversations_open(users=OFFICIAL)
    slack.post("/control/person", person=OFFICIAL, deactivated=True)
    with sessions.begin() as session:
        session.execute(update(Office).where(Office.code == "REG-PHI").values(channel="C0AREA"))
    assert deliver(direct, at(delivery, LATE)) == 0.0
    assert deliver(direct, at(delivery, LATE)) is None
    (post,) = slack.posts
    assert post["channel"] == "C0AREA"
    assert "because Olga Official has a Slack account that is deactivated" in post["text"]


@pytest.mark.parametrize("method", [ACCOUNT, DISTURB])
@pytest.mark.parametrize("error", ["missing_scope", "not_allowed_token_type", "user_not_found"])
def test_what_slack_does_not_tell_keeps_nothing_back(direct, delivery, slack, method, error):
    """Without the scopes a direct message is posted as before."""
    slack.post("/control/faults", on=method, what="error", error=error)
    assert deliver(direct, at(delivery, LATE)) is None
    assert len(slack.posts) == 1


@pytest.mark.parametrize("method", [ACCOUNT, DISTURB])
@pytest.mark.parametrize("fault", ["lost", "cut", "500"])
def test_a_look_that_failed_is_made_again(direct, delivery, slack, line, *, portfolio, method, fault):
    """Nothing was posted for certain; a day later it is posted whatever becomes of the look."""
    line.faults[method] = [fault, fault]
    assert deliver(direct, at(delivery, LATE)) == SETTLE
    assert portfolio.read(direct).status == NoticeStatus.PENDING
    assert deliver(direct, at(delivery, LATE + timedelta(hours=24))) is None
    assert len(slack.posts) == 1


def test_a_look_that_came_too_fast_closes_only_itself(direct, delivery, slack, line, valkey_url):
    """Other methods may be called meanwhile."""
    line.faults[DISTURB] = ["429"]
    with redis.Redis.from_url(valkey_url) as client:
        pacer = Pacer(client, 60)
        while (again := deliver(direct, replace(at(delivery, LATE), pacer=pacer))) != 7:
            assert again is not None
        assert set(pacer.waits) == {DISTURB}
    assert slack.posts == []


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "hours"),
    [
        ({"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}, None),
        ({"dnd_enabled": True, "next_dnd_start_ts": -1, "next_dnd_end_ts": 2}, 2),
        ({"dnd_enabled": True, "next_dnd_start_ts": 0, "next_dnd_end_ts": 2}, 2),
        ({"dnd_enabled": True, "next_dnd_start_ts": -2, "next_dnd_end_ts": 0}, None),
        ({"dnd_enabled": True, "next_dnd_start_ts": 1, "next_dnd_end_ts": 9}, None),
        ({"snooze_enabled": True, "snooze_endtime": 3}, 3),
        ({"snooze_enabled": True, "snooze_endtime": -1}, None),
        ({"snooze_enabled": False, "snooze_endtime": 3}, None),
        (
            {
                "snooze_enabled": True,
                "snooze_endtime": 1,
                "dnd_enabled": True,
                "next_dnd_start_ts": -1,
                "next_dnd_end_ts": 4,
            },
            4,
        ),
        ({"snooze_enabled": True}, None),
        ({}, None),
    ],
)
def test_slacks_answer_is_read(status, hours):
    """Moments are hours from noon here: a session has begun and not ended, or a snooze has not."""
    told = {
        name: value if isinstance(value, bool) else int(NOON.timestamp()) + 3600 * value
        for name, value in status.items()
    }
    assert quiet_until(told, NOON) == (None if hours is None else NOON + timedelta(hours=hours))
