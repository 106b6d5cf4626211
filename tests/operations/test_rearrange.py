"""Offices and alliances renamed, moved, merged, split: what is open follows, what was stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.find_duty import find_duty, settled_words
from models.alliances import Agreement, Alliance, AllianceOffice, Signatory
from models.approvals import Approval
from models.audit import write_noted
from models.duties import Notice, NoticeStatus, Obligation
from models.offices import Office, Position
from models.products import SuccessStory
from models.work import Activity, Evaluation, Meeting
from operations.actor import identify
from operations.approve.keep_draft import keep_draft
from operations.gather_facts import gather
from operations.hands.change_position import hold_position, name_designee
from operations.hands.merge_alliances import merge_alliances
from operations.hands.merge_offices import merge_offices
from operations.hands.move_alliance import move_alliance, undo_move
from operations.hands.rename import rename_alliance, rename_office, rename_participant, undo_rename
from operations.hands.split_office import split_office
from operations.operate.record_activity import record_activity
from operations.operate.record_evaluation import record_evaluation
from operations.operate.record_meeting import record_meeting
from operations.operate.record_story import record_story
from operations.read.alliances import show_alliance
from operations.read.choices import alliance_choices, find_offices
from operations.read.find_alliance import find_alliances
from operations.records.import_alliances import ALLIANCE_COLUMNS, import_alliances
from operations.records.read_table import read_table
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.check_rules import check_rules
from operations.remind.fold_messages import fold_messages
from operations.remind.look_again import needs_a_look, surroundings
from operations.remind.steer_reminder import pass_on
from policy.approval import Chain, Seat, Step, write_chain
from policy.chains import Purpose
from policy.rights import Role
from tests.operations.approving import an_approval
from tests.operations.conftest import NOW, SPLIT, TODAY

DAY = timedelta(days=1)
FILE_OF_LAST_YEAR = """name,participants,level,offices,signed,renewed,ambassador,concluded,source,term_years
La Plaza,Local Builders,area,0317300,2025-12-10,,,,,2
"""


@pytest.fixture
def chief(portfolio, field):
    """An administrator of the National Office."""
    return portfolio.person("U0CHIEF01", (Role.ADMINISTRATOR, field.national), name="Chris Chief")


@pytest.fixture
def other(portfolio, field):
    """Another area office of the region, with a channel."""
    return portfolio.office("0317400", parent=field.region, channel="C0OTHER", name="Harrisburg Area Office")


def offices_of(session, alliance):
    """Return the codes of the offices of an alliance, the lead office first."""
    query = select(Office.code).join(AllianceOffice, AllianceOffice.office_id == Office.id)
    return list(session.scalars(query.where(AllianceOffice.alliance_id == alliance.id).order_by(AllianceOffice.rank)))


def duties(session, alliance):
    """Return the codes of the offices that have the open duties of an alliance."""
    query = select(Office.code).join(Obligation, Obligation.office_id == Office.id)
    return set(session.scalars(query.where(Obligation.alliance_id == alliance.id, Obligation.settled.is_(None))))


def test_a_renamed_office_is_found_by_both_names(session, field, chief):
    """The code stays; another office's name is refused; the undo gives the name back."""
    done = rename_office(session, office_code="0317300", name="  Dover  Area Office ", by=chief, now=NOW)
    assert (done.before, done.after) == ("Wilmington Area Office", "Dover Area Office")
    for words in ("dover", "wilmington"):
        assert find_offices(session, words) == [("0317300", "Dover Area Office")]
    with pytest.raises(AlreadyDone, match="It is called Dover Area Office already"):
        rename_office(session, office_code="0317300", name="Dover Area Office", by=chief, now=NOW)
    with pytest.raises(Refused, match="is the name of the office REG-PHI") as refused:
        rename_office(session, office_code="0317300", name="office reg-phi", by=chief, now=NOW)
    assert refused.value.field == "name"
    write_noted(session)
    assert undo_rename(session, record=done.record, by=chief, now=NOW).after == "Wilmington Area Office"
    assert find_offices(session, "dover") == [("0317300", "Wilmington Area Office")]
    write_noted(session)
    with pytest.raises(AlreadyDone, match="undone before"):
        undo_rename(session, record=done.record, by=chief, now=NOW)


def test_a_renamed_alliance_and_participant_are_found_by_both_names(session, portfolio, alliance, director):
    """Two alliances of one name are refused with a way out."""
    portfolio.alliance("Roofers", portfolio.office("0900009"), signatories=("Roofers Guild",))
    rename_alliance(session, alliance_id=alliance.id, name="The Square", by=director, now=NOW)
    member = session.scalars(select(Signatory.id).where(Signatory.alliance_id == alliance.id)).one()
    done = rename_participant(
        session, alliance_id=alliance.id, signatory_id=member, name="United Masons", by=director, now=NOW
    )
    for words in ("the square", "la plaza", "united masons", "local builders"):
        assert [found.name for found in find_alliances(session, words)][:1] == ["The Square"], words
    with pytest.raises(Refused, match="was it entered twice"):
        rename_alliance(session, alliance_id=alliance.id, name="roofers", by=director, now=NOW)
    write_noted(session)
    undo_rename(session, record=done.record, by=director, now=NOW)
    assert gather(session, [alliance.id])[0].signatories == ("Local Builders",)


def test_an_alliance_moves_with_its_duties_and_comes_back(session, field, alliance, chief, other):
    """Open duties, reminders and assignments go to the new office; settled ones stay; the undo brings all back."""
    before = duties(session, alliance)
    assert before == {"0317300"}
    move = move_alliance(
        session, alliance_id=alliance.id, lead="0317400", alone=True, reason="Closer", by=chief, now=NOW
    )
    assert offices_of(session, alliance) == ["0317400"]
    assert duties(session, alliance) == {"0317400"}
    pending = (
        select(Office.code).join(Notice, Notice.office_id == Office.id).where(Notice.status == NoticeStatus.PENDING)
    )
    assert "0317300" not in set(session.scalars(pending))
    assert move.before == ("Wilmington Area Office",)
    with pytest.raises(AlreadyDone, match="is run by Harrisburg Area Office already"):
        move_alliance(session, alliance_id=alliance.id, lead="0317400", alone=True, reason="x", by=chief, now=NOW)
    write_noted(session)
    undo_move(session, record=move.record, by=chief, now=NOW)
    assert duties(session, alliance) == {"0317300"}


def test_nobody_pushes_an_alliance_into_another_house(session, field, alliance, director, other):
    """It takes the right at both offices, a reason, and an office of the right kind."""
    with pytest.raises(NotAllowed, match="for both offices") as refused:
        move_alliance(session, alliance_id=alliance.id, lead="0317400", alone=True, reason="x", by=director, now=NOW)
    assert refused.value.field == "office"
    with pytest.raises(Refused, match="area alliance is not run there"):
        move_alliance(session, alliance_id=alliance.id, lead="REG-PHI", alone=True, reason="x", by=director, now=NOW)
    with pytest.raises(Refused, match="Say why"):
        move_alliance(session, alliance_id=alliance.id, lead="0317400", alone=True, reason=" ", by=director, now=NOW)


def test_the_lead_changes_and_the_others_stay(session, portfolio, field, chief, other):
    """An alliance of two offices gets another lead."""
    third = portfolio.office("0317500", parent=field.region)
    alliance = portfolio.alliance("Joint", field.area, other)
    check_rules(session, now=NOW)
    move_alliance(session, alliance_id=alliance.id, lead=third.code, alone=False, reason="x", by=chief, now=NOW)
    assert offices_of(session, alliance) == ["0317500", "0317400"]


def test_a_merged_office_is_closed_and_found_at_the_other(portfolio, field, alliance, chief, other):
    """Alliances, positions still held, offices below and what was passed on go over; its history stays."""
    session = portfolio.session
    district = portfolio.office("0317301", kind="district", parent=field.area)
    elsewhere = portfolio.alliance("Passed on", other)
    check_rules(session, now=NOW)
    row = session.scalars(select(Obligation).where(Obligation.alliance_id == elsewhere.id)).first()
    pass_on(session, obligation_id=row.id, office_code="0317300", reason="x", by=field.regional_coordinator, now=NOW)
    done = merge_offices(session, office_code="0317300", into_code="0317400", take_channel=True, by=chief, now=NOW)
    assert (done.closed, done.into, done.alliances, done.people) == (
        "Wilmington Area Office",
        "Harrisburg Area Office",
        ("La Plaza",),
        1,
    )
    assert offices_of(session, alliance) == ["0317400"]
    assert duties(session, alliance) | duties(session, elsewhere) == {"0317400"}
    assert (district.parent_id, other.channel, field.area.channel) == (other.id, "C0AREA", None)
    held = session.execute(
        select(Position.office_id, Position.held_from, Position.held_until)
        .where(Position.person_id == field.coordinator.person_id)
        .order_by(Position.held_from)
    ).all()
    assert held == [(field.area.id, date(2020, 1, 1), TODAY - DAY), (other.id, TODAY, None)]
    for words in ("wilmington", "0317300", "harrisburg"):
        assert find_offices(session, words) == [("0317400", "Harrisburg Area Office")]
    assert "0317300" not in dict(find_offices(session, ""))
    assert fold_messages(session, office_id=field.area.id, day=TODAY, now=NOW) == []
    with pytest.raises(AlreadyDone, match="is closed since November 23, 2026"):
        merge_offices(session, office_code="0317300", into_code="0317400", by=chief, now=NOW)


@pytest.fixture
def low(session, portfolio, field):
    """The session, with a region below another one."""
    portfolio.office("REG-LOW", kind="region", parent=field.region)
    return session


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0317300", "0317300", "cannot be merged into itself"),
        ("OSHA-NO", "0317300", "stands at the top"),
        ("0317300", "REG-PHI", "of the kind “region”"),
        ("REG-PHI", "REG-LOW", "stands below"),
        ("0317300", "NOWHERE", "no office with the code"),
    ],
)
def test_an_impossible_merger_is_refused(chief, low, old, new, said):
    """Itself, the top, another kind, one below."""
    with pytest.raises(Refused, match=said) as refused:
        merge_offices(low, office_code=old, into_code=new, by=chief, now=NOW)
    assert refused.value.field == "office"


def test_an_office_takes_part_once_after_a_merger(session, portfolio, field, chief, other):
    """Where both ran an alliance the one that stays does, in the better rank."""
    joint = portfolio.alliance("Joint", field.area, other)
    merge_offices(session, office_code="0317300", into_code="0317400", by=chief, now=NOW)
    assert offices_of(session, joint) == ["0317400"]


def test_an_office_is_split(session, portfolio, field, alliance, chief):
    """What was chosen goes to the new office beside it; the rest stays."""
    stays = portfolio.alliance("Stays", field.area)
    check_rules(session, now=NOW)
    held = session.scalars(select(Position.id).where(Position.person_id == field.coordinator.person_id)).one()
    done = split_office(session, **SPLIT, alliance_ids=[alliance.id], position_ids=[held], by=chief, now=NOW)
    assert (done.code, done.alliances, done.people) == ("DOVER-1", ("La Plaza",), 1)
    assert (duties(session, alliance), duties(session, stays)) == ({"DOVER-1"}, {"0317300"})
    for told, field_name in (
        ({"new_code": "0317300"}, "code"),
        ({"new_code": "!"}, "code"),
        ({"new_name": "Dover area office"}, "name"),
        ({"alliance_ids": []}, "alliances"),
    ):
        given = {"new_code": "DOVER-2", "new_name": "Dover II", "alliance_ids": [stays.id]} | told
        with pytest.raises(Refused) as refused:
            split_office(session, office_code="0317300", by=chief, now=NOW, **given)
        assert refused.value.field == field_name


@pytest.fixture
def twice(session, portfolio, field, alliance):
    """The same alliance, entered again, with records of its own."""
    again = portfolio.alliance(
        "La Plaza Alliance",
        field.area,
        renewed=(date(2026, 10, 1),),
        signatories=("Local  builders", "Masons"),
        tracked_from=date(2026, 6, 1),
    )
    check_rules(session, now=NOW)
    by = {"by": field.coordinator, "now": NOW}
    for of, days in ((alliance, (TODAY, TODAY - DAY)), (again, (TODAY, TODAY - 2 * DAY))):
        for on in days:
            record_meeting(session, alliance_id=of.id, on=on, held=True, format="both", **by)
        record_evaluation(
            session,
            alliance_id=of.id,
            period_end=date(2026, 12, 9),
            evaluated_on=TODAY,
            discussed_on=TODAY,
            findings="Met",
            **by,
        )
    record_activity(
        session, alliance_id=again.id, kind="outreach", on=TODAY, title="Fair", reached=1, emphasis=[], details={}, **by
    )
    return again


def test_two_entries_of_one_alliance_become_one(session, alliance, twice, director):
    """Records follow, doubles count once, the emptied entry owes nothing, and its name finds the other."""
    done = merge_alliances(session, alliance_id=twice.id, into_id=alliance.id, by=director, now=NOW)
    facts = gather(session, [alliance.id])[0].facts
    assert [a.signed_on for a in facts.agreements] == [date(2025, 12, 10), date(2026, 10, 1)]
    assert [a.renewal for a in facts.agreements] == [False, True]
    assert sorted(m.on for m in facts.meetings) == [TODAY - 2 * DAY, TODAY - DAY, TODAY]
    assert [s.name for s in facts.signatories] == ["Local Builders", "Masons"]
    assert len(session.scalars(select(Evaluation).where(Evaluation.alliance_id == alliance.id)).all()) == 1
    assert session.scalars(select(Activity.alliance_id)).all() == [alliance.id]
    assert gather(session, [twice.id]) == []
    assert twice.merged_into_id == alliance.id
    left = select(Obligation).where(Obligation.alliance_id == twice.id, Obligation.settled.is_(None))
    assert session.scalars(left).all() == []
    assert [found.id for found in find_alliances(session, "La Plaza Alliance")] == [alliance.id]
    assert done.doubled["agreements"] == 1
    assert done.moved["meetings"] == 2
    withdrawn = session.scalars(select(Meeting.on_day).where(Meeting.withdrawn_at.is_not(None))).all()
    assert withdrawn == [TODAY]


def test_what_is_before_officials_ends_with_a_merger(session, field, alliance, twice, director):
    """Success stories go over; drafts are never changed, and what was asked about them is void."""
    by = {"by": field.coordinator, "now": NOW}
    told = {"title": "No falls", "story": "A year without any."}
    record_story(session, alliance_id=twice.id, on=TODAY, **told, **by)
    draft = keep_draft(session, alliance=twice.id, subject="draft", content={"goals": "Fewer falls"}, **by)
    chain = write_chain(Chain((Step("one", "One", (Seat(outside="Counsel"),), 1),)))
    purpose = {"purpose": Purpose.CONSISTENCY.value, "about": "REG-PHI"}
    session.add(an_approval(draft, field.coordinator, chain=chain, **purpose))
    merge_alliances(session, alliance_id=twice.id, into_id=alliance.id, by=director, now=NOW)
    assert session.scalars(select(SuccessStory.alliance_id)).all() == [alliance.id]
    approval = session.scalars(select(Approval)).one()
    assert (approval.alliance_id, approval.status) == (twice.id, "superseded")
    assert approval.ended_why == "the alliance was merged into La Plaza"


def test_an_emptied_entry_is_left_alone(session, alliance, twice, director, field):
    """No check looks at it, and whoever records there is told where it went."""
    merge_alliances(session, alliance_id=twice.id, into_id=alliance.id, by=director, now=NOW)
    session.flush()
    waits = select(Alliance.id).where(needs_a_look(surroundings(session), now=NOW))
    assert twice.id not in session.scalars(waits).all()
    check_rules(session, now=NOW)
    with pytest.raises(Refused, match="was merged into La Plaza, which has its records now"):
        record_meeting(
            session, alliance_id=twice.id, on=TODAY - 5 * DAY, held=True, format="both", by=director, now=NOW
        )


def test_an_import_knows_names_of_before(session, portfolio, field, alliance, chief, other):  # noqa: PLR0917
    """A file of last year changes neither the name, nor enters anything twice, nor brings a closed office back."""
    rename_alliance(session, alliance_id=alliance.id, name="The Square", by=chief, now=NOW)
    member = session.scalars(select(Signatory.id).where(Signatory.alliance_id == alliance.id)).one()
    rename_participant(session, alliance_id=alliance.id, signatory_id=member, name="Masons", by=chief, now=NOW)
    merge_offices(session, office_code="0317300", into_code="0317400", by=chief, now=NOW)
    file = read_table("alliances.csv", FILE_OF_LAST_YEAR.encode(), ALLIANCE_COLUMNS)
    result = import_alliances(session, file, by="terminal", now=NOW)
    assert (result.created, result.changed, result.unchanged) == ((), (), ("La Plaza",))
    assert (alliance.name, offices_of(session, alliance)) == ("The Square", ["0317400"])


def test_an_emptied_entry_leads_to_the_other(session, portfolio, field, alliance, director):
    """Its card, its choices and the buttons of its duties show the one that has the records now."""
    again = portfolio.alliance("La Plaza again", field.area, tracked_from=date(2026, 6, 1))
    check_rules(session, now=NOW)
    row = session.scalars(
        select(Obligation).where(Obligation.alliance_id == again.id, Obligation.rule == "meetings")
    ).first()
    merge_alliances(session, alliance_id=again.id, into_id=alliance.id, by=director, now=NOW)
    assert show_alliance(session, again.id, now=NOW).of.facts.name == "La Plaza"
    assert alliance_choices(session, again.id, now=NOW).id == alliance.id
    assert "merged into La Plaza" in settled_words(find_duty(session, row.id, now=NOW))


def test_a_renewal_of_the_second_entry_keeps_its_duties(session, alliance, twice, director):
    """The copy of the agreement that only the second entry knew is owed by the one that stays, by the same id."""
    signed = session.scalars(select(Agreement.id).where(Agreement.alliance_id == twice.id, Agreement.renewal)).one()
    row = session.scalars(select(Obligation).where(Obligation.subject == f"agreement:{signed}")).first()
    merge_alliances(session, alliance_id=twice.id, into_id=alliance.id, by=director, now=NOW)
    session.refresh(row)
    assert (row.alliance_id, row.settled) == (alliance.id, None)


def test_different_alliances_are_not_merged(session, portfolio, field, alliance, director):
    """Another level, itself."""
    regional = portfolio.alliance("Regional", field.region, level="regional")
    chief = portfolio.person("U0CHIEF01", (Role.ADMINISTRATOR, field.national))
    with pytest.raises(Refused, match="they are not the same"):
        merge_alliances(session, alliance_id=alliance.id, into_id=regional.id, by=chief, now=NOW)
    with pytest.raises(Refused, match="into itself"):
        merge_alliances(session, alliance_id=alliance.id, into_id=alliance.id, by=chief, now=NOW)


def test_a_designee_goes_with_the_official_when_an_office_is_split(session, field, alliance, director, chief):
    """Nobody acts for somebody who is elsewhere, and a designee is not parted from the official."""
    own = session.scalars(select(Position.id).where(Position.role == Role.AREA_DIRECTOR.value)).one()
    told = {"slack_id": "U0NEWONE1", "name": "Nina New", "held_from": TODAY - DAY, "held_until": TODAY + DAY}
    name_designee(session, position_id=own, by=director, now=NOW, **told)
    designee = session.scalars(select(Position.id).where(Position.acting_for_id.is_not(None))).one()
    with pytest.raises(Refused, match="at least one alliance or position"):
        split_office(session, alliance_ids=[], position_ids=[designee], by=chief, now=NOW, **SPLIT)
    done = split_office(session, alliance_ids=[alliance.id], position_ids=[own], by=chief, now=NOW, **SPLIT)
    assert done.people == 2
    for slack_id in ("U0DIRECT1", "U0NEWONE1"):
        assert identify(session, slack_id, now=NOW).offices == (done.code,)


def test_who_worked_at_both_offices_stays_as_long_as_at_either(session, field, other, chief):
    """A position without an end does not end with the shorter one at the office that takes over."""
    told = {"slack_id": "U0COORD01", "name": "", "role": Role.ALLIANCE_COORDINATOR, "office_code": other.code}
    hold_position(session, held_from=TODAY - DAY, held_until=TODAY + DAY, by=chief, now=NOW, **told)
    merge_offices(session, office_code="0317300", into_code=other.code, by=chief, now=NOW)
    assert identify(session, "U0COORD01", now=NOW + 9 * DAY).offices == (other.code,)
