"""A change of settings shows what it does, re-checks what it concerns, and can be taken back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from models.alliances import Alliance
from models.audit import AuditEntry, write_noted
from models.duties import Notice, Obligation, Schedule
from operations.change_closures import add_closure
from operations.change_settings import CHECKED_AT_ONCE, change_settings
from operations.establish.change_alliance import change_alliance
from operations.flat_settings import NAMES, defaults, flatten, lay_over, read_setting, write_value
from operations.read.duties import list_due
from operations.read.office import closest_offices, show_office
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from operations.remind.look_again import CHECK_NAME, needs_a_look, surroundings
from operations.restore_settings import restore_settings
from policy.ticks import due_tick
from tests.operations.conftest import NOW, TODAY

LONG_AGO = date(2020, 1, 1)


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
    none = {"meetings_mandatory": None, "meetings_required": 0, "meetings_required_since": LONG_AGO}
    assert kinds(change(session, director, **none).effect) == {("gone", "meetings")}


def test_duties_and_reminders_follow_in_the_same_transaction(session, alliance, director):
    """What is no longer owed is lifted, its reminders are cancelled, and both come back with the setting."""
    assert "on:0" in stages_of(session, alliance)
    change(session, director, meetings_required=0, meetings_required_since=LONG_AGO)
    row = session.scalars(select(Obligation).where(Obligation.rule == "meetings")).first()
    assert row.settled == "lifted"
    assert stages_of(session, alliance) == set()
    change(session, director, meetings_required=None, meetings_required_since=LONG_AGO)
    assert row.settled is None
    assert "on:0" in stages_of(session, alliance)


def test_many_alliances_are_left_to_the_workers(session, portfolio, field, alliance, administrator):
    """A setting of the office at the top is saved at once; all its alliances wait, and today's check is due again."""
    for number in range(CHECKED_AT_ONCE):
        portfolio.alliance(f"Alliance {number}", field.area, tracked_from=date(2026, 6, 1))
    check_rules(session, now=NOW)
    session.add(Schedule(name=CHECK_NAME, ran_until=NOW))
    session.flush()
    before = stages_of(session, alliance)
    done = change(session, administrator, "OSHA-NO", **{"days_before.meetings": [9, 0]})
    assert done.later
    assert done.effect.planned == CHECKED_AT_ONCE + 1
    assert stages_of(session, alliance) == before
    waiting = select(Alliance.name).where(needs_a_look(surroundings(session), now=NOW))
    assert len(session.scalars(waiting).all()) == CHECKED_AT_ONCE + 1
    ran_until = session.scalar(select(Schedule.ran_until).where(Schedule.name == CHECK_NAME))
    assert due_tick("5 0 * * *", "America/New_York", ran_until, NOW) is not None


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


def test_what_is_accepted_and_may_be_unwise_is_said(session, field, alliance, director, administrator):
    """Fewer meetings than the text states, an owner told after those above, a channel that is another office's."""
    field.region.channel = "C0REGION9"
    done = change(session, director, meetings_required=1, channel="C0REGION9", **{"days_after.owner": 40})
    fewer, later, shared = done.warnings
    assert fewer == "CSP 04-01-002 VI.H states 2 meetings in each agreement year; 1 would depart from its text."
    assert later == "The owner would be told 40 days after a due date, later than the official above (7 days)."
    assert f"C0REGION9 is the channel of {field.region.name}, too" in shared
    assert change(session, director, meetings_required=3).warnings == ()


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


def owed_meetings(session, alliance):
    """Return how many meetings each year asks for, by its last day."""
    duties = list_due(session, as_of=date(2027, 6, 1), ids=[alliance.id], settled=True)
    return {due.due_on.year: due.meetings.required for due in (o.due for o in duties) if due.rule == "meetings"}


def test_another_number_of_meetings_holds_for_years_that_begin_from_then_on(session, field, alliance, director):
    """The years before keep what was set for them, also when it is raised again, taken back or undone."""
    field.area.settings = {"meetings_required": 1}
    assert owed_meetings(session, alliance) == {2026: 1, 2027: 1}
    change(session, director, meetings_required=3)
    assert field.area.settings == {
        "meetings_required": 3,
        "meetings_required_since": "2026-11-23",
        "meetings_required_before": ["1"],
    }
    assert owed_meetings(session, alliance) == {2026: 1, 2027: 3}
    change(session, director, meetings_required_since=date(2027, 6, 1))
    done = change(session, director, meetings_required=None, meetings_required_since=date(2027, 7, 1))
    assert field.area.settings == {
        "meetings_required_before": ["1", "3 from 2027-06-01", "none from 2027-07-01"],
    }
    write_noted(session)
    restore_settings(session, record=done.record, by=director, now=NOW)
    assert field.area.settings["meetings_required_since"] == "2027-06-01"
    change(session, director, meetings_required=None, meetings_required_since=LONG_AGO)
    with pytest.raises(Refused, match="Give the number") as refused:
        change(session, director, meetings_required_since=TODAY)
    assert refused.value.field == "meetings_required_since"


def test_the_day_of_a_number_is_that_of_the_office_that_set_it(session, field, alliance):
    """An office with a number for every year does not show the day of the one above."""
    field.region.settings = {"meetings_required": 3, "meetings_required_since": "2026-06-01"}
    shown = show_office(session, "0317300", now=NOW)
    assert (shown["meetings_required"].value, shown["meetings_required_since"].value) == (3, "2026-06-01")
    field.area.settings = {"meetings_required": 4}
    shown = show_office(session, "0317300", now=NOW)
    assert (shown["meetings_required"].value, shown["meetings_required_since"].value) == (4, None)


def test_an_alliances_own_number_holds_from_its_day_on(session, field, alliance, director):
    """It goes before its office's for years that begin from then on; undone, the number before holds."""
    field.area.settings = {"meetings_required": 1}

    def set_(**changes):
        return change_alliance(session, alliance_id=alliance.id, changes=changes, by=director, now=NOW)

    done = set_(meetings_required=4, meetings_required_since=date(2025, 1, 1))
    assert owed_meetings(session, alliance) == {2026: 4, 2027: 4}
    set_(meetings_required=5)
    assert owed_meetings(session, alliance) == {2026: 4, 2027: 5}
    write_noted(session)
    with pytest.raises(Refused, match="changed since"):
        restore_settings(session, record=done.outcome.record, by=director, now=NOW)
    last = set_(meetings_required=None)
    assert owed_meetings(session, alliance) == {2026: 4, 2027: 1}
    write_noted(session)
    restore_settings(session, record=last.outcome.record, by=director, now=NOW)
    assert owed_meetings(session, alliance) == {2026: 4, 2027: 5}


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


def test_a_change_that_is_only_tried_tells_its_effect_and_checks_nothing(session, alliance, director):
    """The preview needs the difference; the records follow when it is saved."""
    found = change_settings(
        session,
        office_code="0317300",
        changes={"meetings_required": 0, "meetings_required_since": LONG_AGO},
        by=director,
        now=NOW,
        tried=True,
    )
    assert kinds(found.effect) == {("gone", "meetings")}
    assert "on:0" in stages_of(session, alliance)
