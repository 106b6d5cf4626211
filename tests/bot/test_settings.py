"""Settings of offices and alliances, and closures, as people see and change them in Slack."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.setting_words import schedule_words
from models.alliances import Alliance, Signatory
from models.audit import AuditEntry
from models.duties import Notice, Obligation
from models.offices import Office, Person, Position
from models.plans import Closure
from operations.actor import identify
from operations.change_settings import change_settings
from operations.establish.change_alliance import change_alliance
from policy.rights import Role
from tests.bot.conftest import AREA_CHANNEL, ELSEWHERE, at
from tests.bot.slack import fields_of, held, input_of, words
from tests.operations.conftest import NOW


@pytest.fixture
def chief(slack, sample_engine):
    """The Area Director, who is an administrator of the National Office as well."""
    with Session(sample_engine) as session:
        offices = {office.code: office.id for office in session.scalars(select(Office))}
        person = Person(slack_id="USTRANGER", name="Chris Chief")
        session.add(person)
        session.flush()
        for role, code in ((Role.AREA_DIRECTOR, "0317300"), (Role.ADMINISTRATOR, "OSHA-NO")):
            held_from = date(2020, 1, 1)
            session.add(Position(person_id=person.id, office_id=offices[code], role=role.value, held_from=held_from))
        session.commit()
    yield from at(slack, "USTRANGER")


def office_of(rows, code="0317300"):
    """Return an office as it is committed."""
    return next(office for office in rows(Office) if office.code == code)


def opens_settings(person, words_="wilmington"):
    """Open the form for the settings of an office."""
    person.presses(person.asks(f"/alliance office {words_}"), "change:office")
    return person.modal()


def sent_errors(answer):
    """Return what was said at the fields of a form."""
    return {block.partition("@")[0]: sentence for block, sentence in answer["errors"].items()}


def test_an_office_is_shown_with_where_each_setting_comes_from(ada):
    """Her own by default: next messages, settings with their origin, people; no button that she may not press."""
    shown = words(ada.asks("/alliance office")["blocks"])
    assert "Wilmington Area Office" in shown
    assert "Time zone: America/New_York" in shown
    assert "Schedule of the reminders: *Monday to Friday at 9:00 AM (`0 9 * * 1-5`)*, the default" in shown
    assert "Next messages, if something is to be said: Tuesday, November 24, 2026, 9:00 AM; Wednesday" in shown
    # Thanksgiving is no working day.
    assert "Friday, November 27, 2026, 9:00 AM" in shown
    assert "Meetings of area alliances are mandatory: *no*, the default" in shown
    assert "Alliance Coordinator: Ada Coordinator" in shown
    assert "Settings are changed by these positions here or at an office above: Area Director" in shown
    assert "Change settings" not in shown
    # What climbs stands together, in its order; what is not set has no line.
    climbs = [shown.index(f"days until the {who}") for who in ("owner", "official above", "National Office")]
    assert [*climbs, shown.index("again every so many days: *30*")] == sorted([*climbs, shown.index("again every")])
    assert "that begin on or after" not in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [("office", "Several offices match “office”"), ("Wilmingtn", "No office is called “Wilmingtn”. Closest:")],
)
def test_an_office_is_found_by_what_people_type(ada, typed, said):
    """Several are offered to choose from, a slip gets the closest."""
    answer = ada.asks(f"/alliance office {typed}")
    assert said in words(answer["blocks"])
    ada.presses(answer, "run:office")
    assert "Time zone" in words(ada.reads()["blocks"])


def test_settings_are_previewed_saved_and_undone(chief, rows):
    """Nothing is written before Save; afterwards duties and reminders follow, and Undo brings the old ones back."""
    form = opens_settings(chief)
    assert "Empty: 2, the default." in words([input_of(form, "meetings_required")])
    chief.sends(
        meetings_mandatory="yes",
        meetings_required=3,
        meetings_required_since="2025-12-01",
        days_before="10, 0",
        schedule="30 8 * * 1-5",
    )
    preview = chief.modal()
    said = words(preview["blocks"])
    assert preview["title"]["text"] == "What changes"
    assert "Meetings in an agreement year: 2, the default → *3*" in said
    assert "La Plaza Alliance" in said
    assert "meetings 2 → *3*" in said
    assert "modality advisory → *mandatory*" in said
    assert "planned anew" in said
    assert "Its next message: Tuesday, November 24, 2026, 8:30 AM" in said
    assert "Nothing is saved yet" in said
    assert office_of(rows).settings == {}
    chief.sends()
    told = chief.reads()
    assert "Settings of *Wilmington Area Office* changed" in told["text"]
    office = office_of(rows)
    assert office.settings == {
        "meetings_required": 3,
        "meetings_required_since": "2025-12-01",
        "meetings_mandatory": True,
        "days_before": {"default": [10, 0]},
    }
    assert office.schedule == "30 8 * * 1-5"
    (meetings,) = [o for o in rows(Obligation) if o.rule == "meetings" and o.due_on == date(2026, 12, 9)]
    assert meetings.required == 3
    pending = {n.stage for n in rows(Notice) if n.obligation_id == meetings.id and n.status == "pending"}
    assert {"before:10", "on:0"} <= pending
    assert not {"before:7", "before:14"} & pending
    entry = next(e for e in rows(AuditEntry) if e.action == "office:settings-changed")
    assert (entry.actor, entry.data["before"]["meetings_required"], entry.data["after"]["meetings_required"]) == (
        "Chris Chief",
        None,
        3,
    )
    chief.presses(told, "undo:record")
    assert "Undone: the settings of *Wilmington Area Office* are as before." in chief.reads("update")["text"]
    office = office_of(rows)
    assert (office.settings, office.schedule) == ({}, None)


def test_what_may_be_unwise_is_said_before_saving(chief, sample_engine):
    """The sentences of the terminal: fewer meetings than stated, an owner told last, another office's channel."""
    with Session(sample_engine) as session:
        session.scalars(select(Office).where(Office.code == "REG-PHI")).one().channel = ELSEWHERE
        session.commit()
    opens_settings(chief)
    chief.sends(meetings_required=1, after_owner=40, channel=ELSEWHERE)
    said = words(chief.modal()["blocks"])
    for warning in (
        "*Warning:* CSP 04-01-002 VI.H states 2 meetings in each agreement year; 1 would depart from its text.",
        "*Warning:* The owner would be told 40 days after a due date, later than the official above (7 days).",
        f"*Warning:* {ELSEWHERE} is the channel of Philadelphia Regional Office, too: both offices' messages would go",
    ):
        assert warning in said
    chief.sends()
    assert "1 would depart from its text" in chief.reads()["text"]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("schedule", "0 9 * * * *", "is not a schedule: give five plain fields"),
        ("schedule", "0 9 30 2 *", "names no moment that ever comes"),
        ("schedule", "*/10 9 * * 1-5", "fires more than once within an hour"),
        ("channel", "wilmington", "is no channel's id"),
        ("days_before", "30, soon", "“soon” is no number of days from 0 to 3650"),
        ("by_rule", "meetigns: 30", "“meetigns” is no rule. Closest: meetings"),
        ("by_rule", "meetings 30", "write it as in renewal-decision: 180, 90, 30"),
        ("meetings_required", 13, "no greater than 12"),
        ("after_owner", 0, "no less than 1"),
    ],
)
def test_an_impossible_setting_is_refused_at_its_field(chief, rows, field, typed, said):
    """One sentence says what is wrong; what was typed stays, and nothing is saved."""
    opens_settings(chief)
    errors = sent_errors(chief.sends(**{field: typed}))
    assert list(errors) == [field]
    assert said in errors[field]
    assert chief.has_modal()
    assert (office_of(rows).settings, office_of(rows).schedule, office_of(rows).channel) == ({}, None, "C0AREA")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 9 * * 1-5", "Monday to Friday at 9:00 AM"),
        ("30 16 * * 1,4", "Mondays and Thursdays at 4:30 PM"),
        ("0 0,12 * * *", "Every day at 12:00 AM and 12:00 PM"),
        ("0 9 1 * *", "At the times of its cron line"),
        ("0 9 * * mon", "At the times of its cron line"),
        ("60 9 * * *", "A line that cannot be used, so that the default holds"),
        ("bad", "A line that cannot be used, so that the default holds"),
    ],
)
def test_a_schedule_is_said_in_words(line, said):
    """Plain lines are spelled out; one that cannot be used, entered in another way, stops nobody."""
    assert schedule_words(line) == said


def test_a_channel_where_the_app_cannot_post_is_refused_at_its_field(chief, rows, slack):
    """An unknown or archived one; one that was archived since does not stop other settings, an open one is saved."""
    opens_settings(chief)
    assert "cannot see the channel C0NOWHERE" in sent_errors(chief.sends(channel="C0NOWHERE"))["channel"]
    for channel in (ELSEWHERE, AREA_CHANNEL):
        slack.post("/control/channel", channel=channel, archived=True)
    try:
        assert "#elsewhere is archived" in sent_errors(chief.sends(channel=ELSEWHERE))["channel"]
        chief.sends(channel=AREA_CHANNEL, meetings_mandatory="yes")
        assert chief.modal()["title"]["text"] == "What changes"
        chief.closes()
    finally:
        for channel in (ELSEWHERE, AREA_CHANNEL):
            slack.post("/control/channel", channel=channel, archived=False)
    opens_settings(chief)
    chief.sends(channel=ELSEWHERE)
    chief.sends()
    chief.reads()
    assert office_of(rows).channel == ELSEWHERE


def test_settings_that_change_nothing_are_told_so(chief):
    """Sending the form as it was opened is no change."""
    opens_settings(chief)
    assert "nothing would change" in " ".join(chief.sends()["errors"].values())


def test_what_is_set_stands_in_the_form_and_empties_to_what_holds_above(chief, rows, sample_engine):
    """An emptied field and "not set here" take a setting away."""
    with Session(sample_engine) as session:
        area, region = (session.scalars(select(Office).where(Office.code == c)).one() for c in ("0317300", "REG-PHI"))
        area.settings = {
            "meetings_required": 4,
            "meetings_required_since": "2026-11-23",
            "ambassador_option": False,
            "days_before": {"meetings": [5]},
        }
        region.settings = {"meetings_required": 3}
        session.commit()
    form = opens_settings(chief)
    assert (held(form, "meetings_required"), held(form, "ambassador_option")) == ("4", "no")
    assert held(form, "by_rule") == "meetings: 5"
    assert "Empty: 3, from the Philadelphia Regional Office." in words([input_of(form, "meetings_required")])
    chief.sends(meetings_required=None, ambassador_option="above", by_rule=None)
    chief.sends()
    chief.reads()
    assert office_of(rows).settings == {}


def test_the_reporting_regime_is_set_at_the_top_alone(chief, rows):
    """Its button stands at the National Office; the preview lists the half-years that begin."""
    assert "change:program" not in str(chief.asks("/alliance office wilmington")["blocks"])
    chief.presses(chief.asks("/alliance office OSHA-NO"), "change:program")
    chief.sends(regime_since="2026-10-01")
    said = words(chief.modal()["blocks"])
    assert "October 1, 2026" in said
    assert "October 1, 2026 to March 31, 2027" in said
    chief.sends()
    chief.reads()
    assert office_of(rows, "OSHA-NO").settings == {"regime_since": "2026-10-01"}


def test_a_closure_is_entered_and_removed_by_an_administrator(chief, rows):
    """The preview says what moves; a day that is none anyway is refused at its field."""
    chief.presses(chief.asks("/alliance office"), "run:office")
    chief.presses(chief.reads(), "list:closures")
    listed = chief.reads()
    assert "None is entered." in words(listed["blocks"])
    chief.presses(listed, "enter:closure")
    assert "no working day anyway: Thanksgiving" in sent_errors(chief.sends(day="2026-11-26", reason="Storm"))["day"]
    chief.sends(day="2026-12-09", reason="Storm")
    assert "Wednesday, December 9, 2026 (Storm)" in words(chief.modal()["blocks"])
    chief.sends()
    assert "is closed" in chief.reads()["text"]
    assert [(c.day, c.reason) for c in rows(Closure)] == [(date(2026, 12, 9), "Storm")]
    sent = {n.day for n in rows(Notice) if n.stage == "on:0" and n.status == "pending"}
    assert date(2026, 12, 8) in sent
    chief.presses(chief.asks("/alliance office wilmington"), "list:closures")
    chief.presses(chief.reads(), "remove:closure")
    chief.sends(day="2026-12-09")
    chief.sends()
    assert "no closed day any more" in chief.reads()["text"]
    assert rows(Closure) == []


def test_closures_are_read_by_all_and_entered_by_few(ada):
    """Who may not is told who may."""
    ada.presses(ada.asks("/alliance office"), "list:closures")
    said = ada.reads()
    assert "entered by an administrator of the OSHA National Office" in words(said["blocks"])
    assert "enter:closure" not in str(said["blocks"])


def test_an_alliance_is_anchored_anew_with_a_reason(chief, nate, rows, ids, sample_engine):
    """The preview shows the years that move; reason and person stand in the audit; Undo brings the years back."""
    with Session(sample_engine) as session:
        national = session.scalars(select(Office).where(Office.code == "OSHA-NO")).one()
        person = session.scalars(select(Person).where(Person.slack_id == "USTRANGER")).one()
        session.add(
            Position(
                person_id=person.id, office_id=national.id, role=Role.OOSA_DIRECTOR.value, held_from=date(2020, 1, 1)
            )
        )
        session.commit()
    chief.presses(chief.asks("/alliance show national grain"), "change:alliance")
    assert "anchored_on" in fields_of(chief.modal())
    assert "Say why" in sent_errors(chief.sends(anchored_on="2023-08-30"))["anchor_reason"]
    chief.sends(anchored_on="2023-08-30", anchor_reason="The renewal asks for it")
    said = words(chief.modal()["blocks"])
    assert "counted anew from the renewal of: not set here → *August 30, 2023*" in said
    chief.sends()
    told = chief.reads()
    grain = next(a for a in rows(Alliance) if a.id == ids["grain"])
    assert (grain.anchored_on, grain.anchor_reason) == (date(2023, 8, 30), "The renewal asks for it")
    assert "counted anew from the renewal of August 30, 2023" in words(chief.asks("/alliance show grain")["blocks"])
    entry = next(e for e in rows(AuditEntry) if e.action == "alliance:settings-changed")
    assert (entry.actor, entry.data["after"]["anchor_reason"]) == ("Chris Chief", "The renewal asks for it")
    chief.presses(told, "undo:record")
    chief.reads("update")
    assert next(a for a in rows(Alliance) if a.id == ids["grain"]).anchored_on is None


def test_an_alliance_has_settings_of_its_own(chief, rows, ids):
    """They go before those of its office, and are shown with what holds otherwise."""
    chief.presses(chief.asks("/alliance show plaza"), "change:alliance")
    form = chief.modal()
    assert "Empty: 2, as at the lead office." in words([input_of(form, "meetings_required")])
    assert "day that has come" in sent_errors(chief.sends(tracked_from="2027-01-01"))["tracked_from"]
    chief.sends(tracked_from="2026-06-01", meetings_required=1, meetings_mandatory="yes", lapse_after_days=30)
    chief.sends()
    chief.reads()
    plaza = next(a for a in rows(Alliance) if a.id == ids["plaza"])
    assert (plaza.meetings_required, plaza.meetings_mandatory, plaza.lapse_after_days) == (1, True, 30)


def test_a_coordinator_may_not_set_an_alliance_and_is_told_who_may(ada):
    """The sentence names the positions."""
    ada.presses(ada.asks("/alliance show plaza"), "change:alliance")
    assert "You may not change settings for Wilmington Area Office" in ada.reads()["text"]


def test_a_signatory_is_added_and_taken_back(ada, rows, ids):
    """A name that is there already is refused at its field; the added one can be undone."""
    ada.presses(ada.asks("/alliance show plaza"), "add:signatory")
    assert "takes part already" in sent_errors(ada.sends(name="la  plaza"))["name"]
    assert "still to come" in sent_errors(ada.sends(name="Painters", joined_on="2027-01-01"))["joined_on"]
    ada.sends(name="Painters", joined_on="2026-11-02")
    told = ada.reads()
    assert "Painters joined on Monday, November 2, 2026" in told["text"]
    (row,) = [s for s in rows(Signatory) if s.name == "Painters"]
    assert (row.alliance_id, row.joined_on) == (ids["plaza"], date(2026, 11, 2))
    ada.presses(told, "undo:record")
    assert "the added signatory of *La Plaza Alliance* no longer counts" in ada.reads("update")["text"]
    assert "Painters" not in {s.name for s in rows(Signatory)}


def test_who_changes_an_alliance_second_is_told_what_the_first_one_changed(chief, rows, ids, sample_engine):
    """Who, when and from what to what; nothing is written over, and what was typed stays in the form."""

    def changes(**said):
        with Session(sample_engine) as session:
            change_alliance(
                session,
                alliance_id=ids["plaza"],
                changes=said,
                by=identify(session, "USTRANGER", now=NOW),
                now=NOW,
            )
            session.commit()

    chief.presses(chief.asks("/alliance show plaza"), "change:alliance")
    changes(meetings_required=4)
    for typed in ({"lapse_after_days": 30}, {}):
        said = " ".join(chief.sends(**typed)["errors"].values())
        assert "Chris Chief changed these settings on November 23, 2026, at " in said
        assert "Meetings in an agreement year: from not set here to 4." in said
        assert held(chief.modal(), "lapse_after_days") == "30"
    plaza = next(a for a in rows(Alliance) if a.id == ids["plaza"])
    assert (plaza.meetings_required, plaza.lapse_after_days) == (4, None)
    chief.closes()
    chief.presses(chief.asks("/alliance show plaza"), "change:alliance")
    assert held(chief.modal(), "meetings_required") == "4"
    chief.sends(lapse_after_days=30)
    changes(meetings_required=3)
    # Changed while the preview was read: it says so in its place, and the form below has kept what was typed.
    chief.sends()
    assert "from 4 to 3" in words(chief.modal()["blocks"])
    assert next(a for a in rows(Alliance) if a.id == ids["plaza"]).lapse_after_days is None


def test_who_changes_an_office_second_is_told_what_the_first_one_changed(chief, rows, sample_engine):
    """As with an alliance; settings of another office do not stand in the way."""
    opens_settings(chief)
    with Session(sample_engine) as session:
        by = identify(session, "USTRANGER", now=NOW)
        for code, what in (("0317300", {"meetings_required": 4}), ("REG-PHI", {"ambassador_option": False})):
            change_settings(session, office_code=code, changes=what, by=by, now=NOW)
        session.commit()
    said = " ".join(chief.sends(weekly_digest="no")["errors"].values())
    assert "Meetings in an agreement year: from not set here to 4." in said
    assert "Ambassador" not in said
    assert "weekly_digest" not in office_of(rows).settings
