from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from cli import sample
from cli.load_sample import TRACKED_FROM, load_sample
from models.alliances import Alliance, AllianceOffice, TerminationNotice
from models.audit import AuditEntry, write_noted
from models.offices import Office, Person, Position
from models.work import Activity, Meeting
from operations.gather_facts import gather
from operations.read.duties import list_due
from operations.read.message import show_message
from operations.refusals import Refused
from operations.remind.check_rules import check_rules
from operations.remind.fold_messages import fold_messages
from policy.duties import Status
from policy.rules import RULES

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
TODAY = date(2026, 11, 23)
#: What people of the sample are said to have found, decided or planned.
FOUND = ("findings", "reasons", "reason", "summary", "expectations", "note", "answer")


def duties(session, today=TODAY):
    """Return what every alliance owes on a day, with the alliance's facts."""
    return [(of.facts, due) for of in gather(session) for due in of.duties_on(today)]


def test_all_of_the_sample_is_loaded_and_marked(session):
    """Offices, people and alliances are loaded through the imports, tracked from January, and marked."""
    summary = load_sample(session, now=NOW)
    write_noted(session)

    assert (summary.offices, summary.alliances) == (116, 39)
    assert summary.people <= 110
    assert summary.records > 60
    for table in (Office, Person, Alliance):
        assert session.scalar(select(func.count()).select_from(table).where(~table.is_sample)) == 0
    assert session.scalars(select(Alliance.tracked_from).distinct()).all() == [TRACKED_FROM]
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("alliances:imported") == 2
    assert actions.count("meeting:recorded") == session.scalar(
        select(func.count()).select_from(Meeting).where(Meeting.held)
    )


def test_the_sample_is_refused_where_offices_are(session):
    """A database with a single office is not mixed with the sample."""
    session.add(Office(code="X-1", name="Ours", kind="national", timezone="UTC"))
    session.flush()

    with pytest.raises(Refused, match="already holds offices"):
        load_sample(session, now=NOW)


def test_every_kind_of_duty_is_there_on_the_first_day(session):
    """Met, due within a week and a month, overdue, past its target, advisory: each can be seen at once."""
    load_sample(session, now=NOW)
    found = duties(session)
    ahead = [due for _, due in found if due.status is Status.OPEN]

    assert {due.status for _, due in found} >= {Status.MET, Status.OPEN, Status.OVERDUE, Status.PAST_TARGET}
    assert any(TODAY <= due.due_on <= TODAY + timedelta(days=7) for due in ahead)
    assert any(TODAY + timedelta(days=7) < due.due_on <= TODAY + timedelta(days=30) for due in ahead)
    assert any(due.modality == "advisory" for due in ahead)
    assert any(due.rule == "renewal-decision" and due.due_on <= TODAY + timedelta(days=30) for due in ahead)
    assert {due.rule for due in ahead} >= {"termination-notice", "annual-report", "evaluation", "meetings"}


def test_every_rule_shows_something(session):
    """Each rule has a duty, most of them an open one; one is waived, and the program owes its call."""
    load_sample(session, now=NOW)
    found = list_due(session, as_of=NOW, settled=True)
    unsettled = {o.due.rule for o in found if o.due.status.unsettled}

    assert {o.due.rule for o in found} == set(RULES)
    assert unsettled == set(RULES)
    assert Status.WAIVED in {o.due.status for o in found}
    assert [o.due.rule for o in found if o.of.alliance_id is None and o.due.status.unsettled] == ["coordinator-call"]


def test_the_first_reminders_are_short(session):
    """No office drowns in its own duties; a newcomer's has the one that the welcome speaks of.

    Beside its own the National Office hears of what has been late for 30 days elsewhere.
    """
    load_sample(session, now=NOW)
    check_rules(session, now=NOW)
    told: dict[str, list[str]] = {}
    elsewhere = []
    for office in session.scalars(select(Office).order_by(Office.id)).all():
        for message_id in fold_messages(session, office_id=office.id, day=TODAY, now=NOW):
            for duty in show_message(session, message_id, now=NOW).duties:
                if duty.office_code == office.code:
                    told.setdefault(office.code, []).append(duty.rule)
                else:
                    elsewhere.append((office.code, duty.status))

    assert told[sample.DEFAULT_OFFICE] == ["meetings"]
    assert len(told["OSHA-NO"]) == 4
    assert max(map(len, told.values())) == 4
    assert set(told) <= set(sample.channels())
    assert elsewhere == [("OSHA-NO", Status.OVERDUE)] * 6


def test_a_notice_of_thirty_days_is_running(session):
    """One signatory has given notice, and its thirty days are not over."""
    load_sample(session, now=NOW)
    (notice,) = session.scalars(select(TerminationNotice)).all()

    assert notice.ended_on is None
    assert notice.noticed_on < TODAY < notice.noticed_on + timedelta(days=30)


def test_a_newcomer_has_one_meeting_left_to_record(session):
    """The person whom a newcomer acts as owes one of two meetings within three weeks, a month later more."""
    load_sample(session, now=NOW)
    facts, due = next(
        (facts, due)
        for facts, due in duties(session)
        if facts.offices[0] == sample.DEFAULT_OFFICE and due.rule == "meetings" and due.held == 1
    )
    coordinator = session.scalar(
        select(Person.slack_id)
        .join(Position, Position.person_id == Person.id)
        .join(Office, Office.id == Position.office_id)
        .where(Office.code == facts.offices[0], Position.role == "Alliance Coordinator")
    )

    assert (due.required, due.held, due.status, due.modality) == (2, 1, Status.OPEN, "mandatory")
    assert TODAY < due.due_on <= TODAY + timedelta(days=21)
    assert coordinator == sample.DEFAULT_USER
    session.add(Meeting(alliance_id=facts.id, on_day=TODAY, held=True, format="teleconference", recorded_at=NOW))
    session.flush()
    month = TODAY + timedelta(days=30)
    later = [due for facts, due in duties(session, month) if facts.offices[0] == sample.DEFAULT_OFFICE]
    assert any(due.rule == "meetings" and due.status is Status.MET for due in later)
    reminded = [month - timedelta(days=n) for n in range(30)]
    assert any(due.status is Status.OPEN and due.due_on - timedelta(days=30) in reminded for due in later)


def test_who_does_what_is_there(session):
    """Each office with an alliance has a coordinator, each region and area its official; one is a designee."""
    load_sample(session, now=NOW)
    held = {(office, role) for office, role in session.execute(select(Position.office_id, Position.role))}
    leading = session.execute(
        select(Office.id, Office.kind).join(AllianceOffice, AllianceOffice.office_id == Office.id)
    )
    for office, kind in leading:
        assert (office, "Alliance Coordinator") in held
        assert kind != "area" or (office, "Area Director") in held
    for office in session.scalars(select(Office.id).where(Office.kind == "region")):
        assert {(office, "Regional Administrator"), (office, "Regional Alliance Program Coordinator")} <= held
    designees = select(func.count()).select_from(Position).where(Position.acting_for_id.is_not(None))
    assert session.scalar(designees) == 1


def test_work_of_real_organizations_says_that_it_is_made_up(session):
    """Whatever the sample lets people find or decide says that it is made up."""
    load_sample(session, now=NOW)
    write_noted(session)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.subject.startswith("alliance:"))).all()
    words = [entry.data[key] for entry in entries for key in FOUND if key in entry.data]

    assert words
    assert all(word.startswith("Made up") for word in words)
    assert session.scalar(select(func.count()).select_from(Activity).where(Activity.reached.is_(None))) > 0


def test_channels_are_such_as_slack_allows(session):
    """Every region, the National Office and each office that leads an alliance has a channel of its own."""
    load_sample(session, now=NOW)
    made = list(sample.channels().values())
    told = {office.code: office.channel for office in session.scalars(select(Office)) if office.channel}

    assert told == {channel.office: channel.id for channel in made}
    assert {"OSHA-NO", "REG-PHI", "0317300"} <= set(told)
    assert sample.channels()["0317300"].name == "alliances-wilmington"
    assert sample.channels()["OSHA-NO"].name == "alliances-national"
    assert all(re.fullmatch(r"[a-z0-9-]{1,80}", channel.name) for channel in made)
    assert all(re.fullmatch(r"C[A-Z0-9]{8,}", channel.id) for channel in made)
    assert len({channel.name for channel in made}) == len({channel.id for channel in made}) == len(made)
    lead = select(AllianceOffice.office_id).where(AllianceOffice.rank == 0)
    assert session.scalar(select(func.count()).where(Office.id.in_(lead), Office.channel.is_(None))) == 0


def test_the_workspace_holds_everybody_in_the_channels_they_need():
    """People are unique, the newcomer is there, and sees the own channel; the app is in every one."""
    made = sample.workspace()
    ids = [user["id"] for user in made["users"]]

    assert set(made) == {"team", "users", "channels", "default_user"}
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[UW][A-Z0-9]{8,}", id) for id in ids)
    assert made["default_user"] in ids
    own = next(c for c in made["channels"] if c["id"] == sample.channels()["REG-PHI"].id)
    assert made["default_user"] in own["members"]
    closed = [c for c in made["channels"] if c["members"] != "everyone"]
    assert all(set(c["members"]) <= {*ids, sample.BOT["id"]} for c in closed)
    assert all(sample.BOT["id"] in c["members"] and len(c["members"]) > 1 for c in closed)


def test_the_welcome_fits_and_leads_to_the_channel():
    """The pinned walk is short, and names the person, the channel and every word to type."""
    told = sample.welcome()

    assert len(told["text"]) <= 1800
    assert f"<#{sample.channels()['REG-PHI'].id}" in told["text"]
    for word in ("Rosa Lantern", "Record it", "/alliance record", "/alliance meeting", "/alliance due", "Why?"):
        assert word in told["text"]
