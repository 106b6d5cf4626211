"""A change of settings shows what it does, re-checks what it concerns, and can be taken back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.audit import AuditEntry, write_noted
from models.duties import Notice, Obligation
from models.plans import Closure
from operations.actor import operator
from operations.change_closures import add_closure, remove_closure
from operations.change_settings import change_settings
from operations.closures import list_closures
from operations.conclude.give_notice import give_notice
from operations.establish.add_signatory import add_signatory
from operations.establish.change_alliance import change_alliance
from operations.flat_settings import NAMES, defaults, flatten, lay_over, read_setting, write_value
from operations.gather_facts import gather
from operations.read.office import closest_offices, show_office
from operations.records.withdraw_record import withdraw_record
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from operations.restore_settings import restore_settings
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY


@pytest.fixture
def director(portfolio, field):
    """The Area Director, an official of the office."""
    return portfolio.person("U0DIRECT1", (Role.AREA_DIRECTOR, field.area), name="Dana Director")


@pytest.fixture
def administrator(session, field):
    """Somebody at the terminal."""
    return operator(session, "terminal")


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose meetings fall due on December 9, 2026; already checked."""
    made = portfolio.alliance("La Plaza", field.area, tracked_from=date(2026, 6, 1))
    check_rules(portfolio.session, now=NOW)
    return made


def change(session, by, office="0317300", **changes):
    """Change settings of the area office."""
    return change_settings(session, office_code=office, changes=changes, by=by, now=NOW)


def kinds(effect):
    """Reduce an effect to what becomes of which duties."""
    return {(c.kind.value, c.due.rule) for c in effect.difference.changes}


def stages_of(session, alliance, rule="meetings"):
    """Return the pending reminder stages of a duty on record."""
    query = select(Notice.stage).join(Obligation)
    return set(
        session.scalars(
            query.where(Obligation.alliance_id == alliance.id, Obligation.rule == rule, Notice.status == "pending")
        )
    )


def test_the_effect_names_what_opens_changes_and_is_lifted(session, alliance, director):
    """A checklist adds an evaluation, a mandatory quota changes the meetings, none at all takes them away."""
    added = change(session, director, fiscal_year_checklist=True).effect
    assert kinds(added) == {("added", "evaluation")}
    assert kinds(change(session, director, fiscal_year_checklist=None).effect) == {("gone", "evaluation")}
    assert kinds(change(session, director, meetings_mandatory=True).effect) == {("changed", "meetings")}
    assert kinds(change(session, director, meetings_required=0).effect) == {("gone", "meetings")}


def test_duties_and_reminders_follow_in_the_same_transaction(session, alliance, director):
    """What is no longer owed is lifted, its reminders are cancelled, and both come back with the setting."""
    assert "on:0" in stages_of(session, alliance)
    change(session, director, meetings_required=0)
    row = session.scalars(select(Obligation).where(Obligation.rule == "meetings")).first()
    assert row.settled == "lifted"
    assert stages_of(session, alliance) == set()
    change(session, director, meetings_required=None)
    assert row.settled is None
    assert "on:0" in stages_of(session, alliance)


def test_days_of_reminders_move_reminders_and_no_duty(session, alliance, director):
    """The count says how many are planned and cancelled."""
    found = change(session, director, **{"days_before.meetings": [9, 0]})
    assert found.changed == (("days_before.meetings", None, [9, 0]),)
    assert found.effect.difference.changes == ()
    assert (found.effect.planned, found.effect.cancelled) == (1, 3)
    assert {"before:9", "on:0"} <= stages_of(session, alliance)


def test_each_audience_after_the_due_date_is_set_by_itself(session, field, alliance, director, administrator):
    """The office takes from above what it does not set, and from the default what nobody does."""
    change(session, administrator, "REG-PHI", **{"days_after.official-above": 10})
    change(session, director, **{"days_after.owner": 3})
    card = show_office(session, "0317300", now=NOW)
    after = {s.name: (s.value, s.above) for s in card.settings if s.name.startswith("days_after")}
    assert after == {
        "days_after.owner": (3, None),
        "days_after.official-above": (10, "Office REG-PHI"),
        "days_after.National-Office": (30, None),
    }
    assert field.area.settings == {"days_after": {"owner": 3}}


def test_a_change_is_audited_with_before_and_after_and_taken_back_once(session, alliance, director):
    """Restoring writes the old values, is noted, and is refused a second time."""
    change(session, director, meetings_required=1)
    done = change(session, director, meetings_required=3, schedule="0 8 * * 1")
    write_noted(session)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert (entry.actor, entry.action, entry.subject) == (
        "Dana Director",
        "office:settings-changed",
        "office:0317300",
    )
    assert entry.data["before"] == {"meetings_required": 1, "schedule": None}
    assert entry.data["after"] == {"meetings_required": 3, "schedule": "0 8 * * 1"}
    back = restore_settings(session, record=done.record, by=director, now=NOW)
    assert back.changed == (("meetings_required", 3, 1), ("schedule", "0 8 * * 1", None))
    write_noted(session)
    with pytest.raises(AlreadyDone, match="restored before"):
        restore_settings(session, record=done.record, by=director, now=NOW)


def test_a_change_that_was_followed_by_another_is_not_taken_back(session, alliance, director):
    """Restoring must not undo what somebody set since."""
    done = change(session, director, meetings_required=3)
    change(session, director, meetings_required=4)
    write_noted(session)
    with pytest.raises(Refused, match="changed since"):
        restore_settings(session, record=done.record, by=director, now=NOW)
    for record in ("settings:7", "settings:00000000-0000-0000-0000-000000000000"):
        with pytest.raises(Refused):
            restore_settings(session, record=record, by=director, now=NOW)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schedule": "* * * * *"}, "more than once within an hour"),
        ({"schedule": "0 9 31 2 *"}, "no moment that ever comes"),
        ({"channel": "#wilmington"}, "no channel's id"),
        ({"meetings_required": 13}, "Wilmington Area Office cannot be used: meetings_required"),
        ({"days_before.default": ["soon"]}, "Wilmington Area Office cannot be used: days_before.default"),
    ],
)
def test_an_impossible_setting_is_refused(session, field, director, changes, words):
    """The sentence says what is wrong and of which office; nothing is kept."""
    with pytest.raises(Refused, match=words):
        change(session, director, **changes)
    assert (field.area.settings, field.area.schedule, field.area.channel) == ({}, None, "C0AREA")


def test_nothing_to_change_is_said(session, alliance, director):
    """Setting what is set already is no change."""
    with pytest.raises(AlreadyDone, match="nothing would change"):
        change(session, director, meetings_required=None)


def test_officials_change_settings_of_their_own_offices_alone(session, field, alliance, director):
    """An Area Director not for the region, a coordinator not at all."""
    for by, office in ((director, "REG-PHI"), (field.coordinator, "0317300"), (field.stranger, "0317300")):
        with pytest.raises(NotAllowed, match="You may not change settings"):
            change(session, by, office, meetings_required=3)


def test_a_new_channel_is_tried_anew(session, field, alliance, director):
    """What Slack refused of another channel is forgotten."""
    field.area.unreachable_since, field.area.unreachable_why = NOW, "is_archived"
    change(session, director, channel="C0NEW")
    assert (field.area.channel, field.area.unreachable_since, field.area.unreachable_why) == ("C0NEW", None, None)


def test_every_name_can_be_typed_and_read_again(session, field, alliance, administrator):
    """The default of each setting, written and read, is a setting that the office at the top may have."""
    given = defaults(TODAY)
    for name in NAMES:
        value = given.get(name)
        if value is None:
            continue
        read, back = read_setting(f"{name} = {write_value(value)}")
        change(session, administrator, "OSHA-NO", **{read: back})
        assert write_value(flatten(field.national.settings)[name]) == write_value(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [("meetings_required", "write NAME=VALUE"), ("meeting_required=3", "Closest: meetings_required")],
)
def test_a_setting_that_cannot_be_read_is_refused(text, words):
    """One sentence says what is expected."""
    with pytest.raises(Refused, match=words):
        read_setting(text)


def test_a_setting_is_taken_away_by_its_name_alone():
    """An empty value empties; a group that holds nothing more goes."""
    kept = {"days_before": {"meetings": [3]}, "meetings_required": 3}
    assert read_setting("days_before.meetings=") == ("days_before.meetings", None)
    assert lay_over(kept, {"days_before.meetings": None}) == {"meetings_required": 3}


def test_an_office_is_shown_with_its_next_messages(session, field, portfolio, administrator):
    """They skip weekends, holidays and closures; a bad line on record falls back to the default."""
    add_closure(session, day=date(2026, 11, 24), reason="Storm", by=administrator, now=NOW)
    card = show_office(session, "0317300", now=NOW)
    assert [f"{at:%m-%d %H:%M}" for at in card.sends] == ["11-25 14:00", "11-27 14:00", "11-30 14:00"]
    assert card.people == (("Alliance Coordinator", "Ada Coordinator", None),)
    assert (card.root, show_office(session, "OSHA-NO", now=NOW).root) == (False, True)
    assert "regime_since" not in {setting.name for setting in card.settings}
    field.area.schedule = "bad"
    session.flush()
    assert show_office(session, "0317300", now=NOW).sends == card.sends
    assert closest_offices(session, "Willmington")[0] == ("0317300", "Wilmington Area Office")
    with pytest.raises(Refused, match="no office"):
        show_office(session, "NOWHERE", now=NOW)


def test_closures_move_reminders_at_once(session, alliance, administrator):
    """The reminder of a closed day is sent on the working day before, and on its own day again afterwards."""
    last = (
        select(Notice.day)
        .join(Obligation)
        .where(Obligation.rule == "meetings", Notice.stage == "on:0", Notice.status == "pending")
    )
    found = add_closure(session, day=date(2026, 12, 9), reason=" Storm ", by=administrator, now=NOW)
    # Meetings and evaluation: what lands on the day of another stage takes its place.
    assert (found.effect.planned, found.effect.cancelled) == (2, 4)
    assert list_closures(session) == [(date(2026, 12, 9), "Storm")]
    assert session.scalars(last).all() == [date(2026, 12, 8)]
    with pytest.raises(AlreadyDone, match="Storm"):
        add_closure(session, day=date(2026, 12, 9), reason="Again", by=administrator, now=NOW)
    remove_closure(session, day=date(2026, 12, 9), by=administrator, now=NOW)
    assert session.scalars(last).all() == [date(2026, 12, 9)]
    with pytest.raises(AlreadyDone, match="is not entered"):
        remove_closure(session, day=date(2026, 12, 9), by=administrator, now=NOW)


@pytest.mark.parametrize(
    ("day", "reason", "words"),
    [
        (date(2026, 11, 28), "Storm", "a weekend"),
        (date(2026, 12, 25), "Storm", "Christmas"),
        (date(2062, 12, 9), "Storm", "check the year"),
        (date(2026, 12, 9), "  ", "Say why"),
    ],
)
def test_an_impossible_closure_is_refused(session, administrator, day, reason, words):
    """One sentence at its field."""
    with pytest.raises(Refused, match=words) as refused:
        add_closure(session, day=day, reason=reason, by=administrator, now=NOW)
    assert refused.value.field == ("reason" if "why" in words else "day")


def test_closures_are_for_administrators_at_the_top(session, field, portfolio, alliance, director):
    """An Area Director and an administrator of a region are refused."""
    of_region = portfolio.person("U0REGADM", (Role.ADMINISTRATOR, field.region))
    for by in (director, of_region):
        with pytest.raises(NotAllowed, match="enter a federal closure"):
            add_closure(session, day=date(2026, 12, 9), reason="Storm", by=by, now=NOW)
    assert session.scalars(select(Closure)).all() == []


def test_a_new_anchor_moves_the_years(session, portfolio, field, director):
    """It takes a renewal on record and a reason, and its effect lists the years that are cut anew."""
    alliance = portfolio.alliance(
        "Anchored", field.area, signed=date(2022, 3, 1), renewed=(date(2024, 9, 10),), tracked_from=date(2026, 6, 1)
    )
    check_rules(session, now=NOW)

    def anchor(on, reason):
        return change_alliance(
            session,
            alliance_id=alliance.id,
            changes={"anchored_on": on, "anchor_reason": reason},
            by=director,
            now=NOW,
        )

    for on, reason, field_name in ((date(2024, 9, 11), "x", "anchored_on"), (date(2024, 9, 10), " ", "anchor_reason")):
        with pytest.raises(Refused) as refused:
            anchor(on, reason)
        assert refused.value.field == field_name
    done = anchor(date(2024, 9, 10), "A new start")
    cut = [(c.kind.value, c.due.due_on) for c in done.effect.difference.changes if c.due.rule == "meetings"]
    assert cut == [
        ("added", date(2026, 9, 9)),
        ("gone", date(2027, 2, 28)),
        ("added", date(2027, 9, 9)),
    ]
    ends = {due.due_on for due in done.outcome.duties if due.rule == "meetings" and due.status.unsettled}
    assert ends == {date(2026, 9, 9), date(2027, 9, 9)}
    write_noted(session)
    back = restore_settings(session, record=done.outcome.record, by=director, now=NOW)
    assert {name: after for name, _, after in back.changed} == {"anchored_on": None, "anchor_reason": None}
    assert gather(session, [alliance.id])[0].facts.anchored_on is None


def test_an_alliance_is_set_by_officials_within_bounds(session, field, alliance, director):
    """A day to come, too many meetings, a coordinator: each is refused; an earlier day opens what it asks for."""
    for changes in ({"tracked_from": date(2027, 1, 1)}, {"meetings_required": 13}, {"lapse_after_days": -1}):
        with pytest.raises(Refused) as refused:
            change_alliance(session, alliance_id=alliance.id, changes=changes, by=director, now=NOW)
        assert refused.value.field == next(iter(changes))
    with pytest.raises(NotAllowed):
        change_alliance(session, alliance_id=alliance.id, changes={}, by=field.coordinator, now=NOW)
    with pytest.raises(AlreadyDone):
        change_alliance(session, alliance_id=alliance.id, changes={}, by=director, now=NOW)
    earlier = {"tracked_from": date(2025, 1, 1)}
    done = change_alliance(session, alliance_id=alliance.id, changes=earlier, by=director, now=NOW)
    assert {due.rule for due in done.outcome.opened} == {
        c.due.rule for c in done.effect.difference.changes if c.kind.value == "added"
    }
    assert "signed-copy" in {due.rule for due in done.outcome.opened}


def test_an_added_signatory_takes_part_until_it_is_taken_back(session, field, alliance):
    """Its name is its own, its day lies within the alliance; with a notice on record it stays."""

    def add(name, on=date(2026, 11, 2)):
        return add_signatory(session, alliance_id=alliance.id, name=name, joined_on=on, by=field.coordinator, now=NOW)

    for name, on in (("local  builders", date(2026, 11, 2)), (" ", date(2026, 11, 2)), ("New", date(2020, 1, 1))):
        with pytest.raises(Refused):
            add(name, on)
    first, second = add("Painters"), add("Masons")
    assert first.of.signatories == ("Local Builders", "Painters")
    withdraw_record(session, record=first.record, by=field.coordinator, now=NOW)
    assert gather(session, [alliance.id])[0].signatories == ("Local Builders", "Masons")
    give_notice(
        session,
        alliance_id=alliance.id,
        signatory_id=int(second.record.partition(":")[2]),
        noticed_on=TODAY,
        named_end_on=None,
        reason="It closes",
        by=field.coordinator,
        now=NOW,
    )
    with pytest.raises(Refused, match="A notice of this signatory"):
        withdraw_record(session, record=second.record, by=field.coordinator, now=NOW)


def test_a_change_that_is_only_tried_tells_its_effect_and_checks_nothing(session, alliance, director):
    """The preview needs the difference; the records follow when it is saved."""
    found = change_settings(
        session, office_code="0317300", changes={"meetings_required": 0}, by=director, now=NOW, tried=True
    )
    assert kinds(found.effect) == {("gone", "meetings")}
    assert "on:0" in stages_of(session, alliance)
