"""The digest of an office: once a week, of what stands there, rewritten as long as it is not history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.duties import Message, MessageKind, NoticeStatus, Obligation
from operations.read.week import offices_with_a_week
from operations.remind.check_rules import check_rules
from operations.remind.digest_office import digest_office
from operations.remind.waive_duty import waive_duty
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY
from tests.operations.digests import deliver, shown, words_of

YESTERDAY = TODAY - timedelta(days=1)


def week(session, office, *, day=TODAY, before=YESTERDAY, now=NOW):
    """Make the week's digest of an office, if there is one to make."""
    made = digest_office(session, office_id=office.id, day=day, before=before, now=now)
    return [session.get_one(Message, id) for id in made]


@pytest.fixture
def alliance(session, portfolio, field):
    """An alliance whose year ends on December 9, 2026 without a meeting or an evaluation."""
    alliance = portfolio.alliance("La Plaza", field.area)
    check_rules(session, now=NOW)
    return alliance


def test_a_digest_tries_the_offices_own_channel_whatever_was_known_of_it(session, field, alliance):
    """What Slack refused a while ago may be open again: delivery finds out, and only then goes up."""
    field.area.unreachable_since = field.area.probed_at = NOW
    field.area.unreachable_why = "is archived"
    (message,) = week(session, field.area)
    assert (message.channel, message.climbed_why) == (field.area.channel, None)


def test_the_week_is_summed_up(session, field, alliance):
    """Counts first, then what is late, at risk, due next, and by which day."""
    (made,) = week(session, field.area)
    text = words_of(session, made)
    assert (made.kind, made.channel, made.period) == (MessageKind.WEEK, "C0AREA", TODAY)
    assert text.startswith("Wilmington Area Office: the week from Monday, November 23, 2026. ")
    assert "1 meeting year at risk" in text
    assert "Due Wednesday, December 9, 2026" in text


@pytest.mark.parametrize(
    ("day", "before", "expected"),
    [
        (TODAY, YESTERDAY, 1),
        (TODAY + timedelta(days=1), TODAY - timedelta(days=3), 1),
        (TODAY + timedelta(days=4), TODAY, 0),
        (TODAY + timedelta(days=7), TODAY + timedelta(days=4), 1),
    ],
)
@pytest.mark.usefixtures("alliance")
def test_the_first_run_of_a_week_brings_it(session, field, day, before, expected):
    """On Monday, on a later day after a holiday or a standstill, and not a second time in the week."""
    assert len(week(session, field.area, day=day, before=before)) == expected


def test_a_week_has_one(session, field, alliance):
    """Asked twice for the same first run, it is made once."""
    assert len(week(session, field.area)) == 1
    assert week(session, field.area) == []


def test_nothing_to_say_makes_none(session, field):
    """An office without a duty hears nothing."""
    assert week(session, field.area) == []


def test_an_office_turns_it_off_for_those_below(session, field, alliance):
    """The setting of the region holds for its area office, until that sets its own."""
    field.region.settings = {"weekly_digest": False}
    session.flush()
    assert week(session, field.area) == []
    field.area.settings = {"weekly_digest": True}
    session.flush()
    assert len(week(session, field.area)) == 1


def test_without_a_channel_it_goes_up(session, field, alliance):
    """The channel of the region gets it, and reads for whom it is."""
    field.area.channel = None
    (made,) = week(session, field.area)
    assert made.channel == "C0REGION"
    assert "This is for Wilmington Area Office." in words_of(session, made)


def test_other_offices_alliances_are_named(session, portfolio, field):
    """An office that takes part sees what the lead office owes, and whose it is."""
    other = portfolio.office("0317700", parent=field.region, channel="C0OTHER", name="Allentown Area Office")
    portfolio.alliance("La Plaza", field.area, other)
    check_rules(session, now=NOW)
    text = words_of(session, *week(session, other))
    assert "Alliances of other offices in which you take part" in text
    assert "Owed by Wilmington Area Office." in text
    assert "late" not in text.splitlines()[0]


def test_what_was_settled_this_week_is_told_once(session, portfolio, field, alliance):
    """A duty settled on Friday stands in Monday's digest, not in that of the Monday after."""
    boss = portfolio.person("U0BOSS001", (Role.AREA_DIRECTOR, field.area), name="Ben Boss")
    duty = next(row for row in shown(session, *week(session, field.area)) if row.rule == "evaluation")
    friday = NOW + timedelta(days=4)
    waive_duty(session, obligation_id=duty.id, reason="Merged with another.", by=boss, now=friday)
    session.flush()
    for weeks, told in ((1, True), (2, False)):
        now = NOW + timedelta(weeks=weeks)
        (made,) = week(session, field.area, day=now.date(), before=now.date() - timedelta(days=3), now=now)
        said = "Waived on November 27, 2026 by Ben Boss: Merged with another."
        assert (said in words_of(session, made, now)) is told


def test_who_has_no_week_is_known_beforehand(session, portfolio, field):
    """All offices with a digest are listed, by what they owe, take part in or settled; others below the top are not."""
    guest = portfolio.office("0317700", parent=field.region, channel="C0GUEST")
    idle = portfolio.office("0317800", parent=field.region, channel="C0IDLE")
    alliance = portfolio.alliance("La Plaza", field.area, guest)
    check_rules(session, now=NOW)
    everywhere = [field.national, field.region, field.area, guest, idle]

    def with_a_week(now):
        weeks = {office.id for office in everywhere if week(session, office, day=now.date(), now=now)}
        return weeks, offices_with_a_week(session, now=now)

    # The office at the top owes the program's duties.
    top = {field.national.id}
    concerned = {field.area.id, guest.id} | top
    assert with_a_week(NOW) == (concerned, concerned)
    for duty in session.scalars(select(Obligation).where(Obligation.alliance_id == alliance.id)):
        duty.settled, duty.settled_on, duty.changed_at = "waived", TODAY, NOW + timedelta(hours=1)
    session.flush()
    assert with_a_week(NOW + timedelta(weeks=1)) == (concerned, concerned)
    assert with_a_week(NOW + timedelta(weeks=2)) == (top, top)


@pytest.mark.parametrize("sent", [True, False])
def test_what_is_settled_later_is_rewritten(session, portfolio, field, alliance, sent):
    """Every copy says so: one that stands in the channel, and one that is on its way there."""
    boss = portfolio.person("U0BOSS001", (Role.AREA_DIRECTOR, field.area), name="Ben Boss")
    (made,) = week(session, field.area)
    if sent:
        deliver(session, made)
    duty = next(row for row in shown(session, made) if row.rule == "evaluation")
    waive_duty(session, obligation_id=duty.id, reason="Merged with another.", by=boss, now=NOW)
    session.refresh(made)
    assert made.version == made.shown_version + 1
    assert "Waived on November 23, 2026 by Ben Boss" in words_of(session, made)
    deliver(session, made)
    session.refresh(made)
    assert (made.status, made.version) == (NoticeStatus.SENT, made.shown_version)


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_digests_of_long_ago_keep_their_words(session, portfolio, field, alliance, weeks):
    """What is settled is rewritten in the newest digest and in the one before it; older ones are history."""
    boss = portfolio.person("U0BOSS001", (Role.AREA_DIRECTOR, field.area), name="Ben Boss")
    made = []
    for number in range(weeks):
        now = NOW + timedelta(weeks=number)
        made += week(session, field.area, day=now.date(), before=now.date() - timedelta(days=3), now=now)
        deliver(session, made[-1], now)
    duty = next(row for row in shown(session, made[0]) if row.rule == "evaluation")
    waive_duty(session, obligation_id=duty.id, reason="Merged with another.", by=boss, now=now)
    for message in made:
        session.refresh(message)
    rewritten = [message.version > message.shown_version for message in made]
    assert rewritten == [number >= weeks - 2 for number in range(weeks)]


def test_a_digest_that_waits_makes_no_history(session, portfolio, field, alliance):
    """While the newest is still on its way, the two that stand in the channel are rewritten."""
    boss = portfolio.person("U0BOSS001", (Role.AREA_DIRECTOR, field.area), name="Ben Boss")
    made = []
    for number in range(3):
        now = NOW + timedelta(weeks=number)
        made += week(session, field.area, day=now.date(), before=now.date() - timedelta(days=3), now=now)
        if number < 2:
            deliver(session, made[-1], now)
    duty = next(row for row in shown(session, made[0]) if row.rule == "evaluation")
    waive_duty(session, obligation_id=duty.id, reason="Merged with another.", by=boss, now=now)
    for message in made:
        session.refresh(message)
    assert [message.version for message in made] == [2, 2, 1]


def test_a_long_week_fits(session, portfolio, field):
    """A hundred alliances are cut to what Slack takes, the rest is counted, and a button shows all."""
    for number in range(100):
        portfolio.alliance(f"An alliance with quite a long name that few people will remember, {number}", field.area)
    check_rules(session, now=NOW)
    (made,) = week(session, field.area)
    assert "more: press Show what is due" in words_of(session, made)
