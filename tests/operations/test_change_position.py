"""Who holds what: positions given and ended, designees, wrong entries taken back, the last administrator."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.audit import AuditEntry, write_noted
from models.offices import Person, Position
from operations.actor import identify
from operations.hands.change_position import end_position, hold_position, name_designee, undo_position
from operations.operate.record_meeting import record_meeting
from operations.read.people import When, people_of_office, show_person
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY

DAY = timedelta(days=1)


@pytest.fixture
def chief(portfolio, field):
    """An administrator of the National Office."""
    return portfolio.person("U0CHIEF01", (Role.ADMINISTRATOR, field.national), name="Chris Chief")


def give(session, by, *, office="0317300", role=Role.ALLIANCE_COORDINATOR, who="U0NEWONE1", since=TODAY, until=None):
    """Give somebody a position."""
    return hold_position(
        session,
        slack_id=who,
        name="Nina New",
        role=role,
        office_code=office,
        held_from=since,
        held_until=until,
        by=by,
        now=NOW,
    )


def position_of(session, slack_id, role):
    """Return the id of a person's position."""
    query = select(Position.id).join(Person, Person.id == Position.person_id)
    return session.scalars(query.where(Person.slack_id == slack_id, Position.role == role.value)).one()


def end(session, by, position_id, last_day=TODAY):
    """End a position."""
    return end_position(session, position_id=position_id, last_day=last_day, by=by, now=NOW)


def test_a_position_given_holds_from_its_first_day(session, field, alliance, chief):
    """Somebody nobody knew is entered, may record from that day, and stands among the office's people."""
    change = give(session, chief, since=TODAY + DAY)
    assert (change.person, change.office_name) == ("Nina New", "Wilmington Area Office")
    assert identify(session, "U0NEWONE1", now=NOW).positions == ()
    newcomer = identify(session, "U0NEWONE1", now=NOW + DAY)
    record_meeting(session, alliance_id=alliance.id, on=TODAY, held=True, format="both", by=newcomer, now=NOW + DAY)
    (coming,) = people_of_office(session, "0317300", now=NOW).of(When.COMING)
    assert (coming.person, coming.since) == ("Nina New", TODAY + DAY)


def test_days_are_counted_at_the_office(session, portfolio, field, chief):
    """What begins on Tuesday begins later in Hawaii than in New York."""
    portfolio.office("0900001", parent=field.region, timezone="Pacific/Honolulu")
    for code, who in (("0317300", "U0EAST001"), ("0900001", "U0WEST001")):
        give(session, chief, office=code, who=who, since=TODAY + DAY)
    early = NOW + timedelta(hours=16)
    assert identify(session, "U0EAST001", now=early).positions
    assert not identify(session, "U0WEST001", now=early).positions


@pytest.mark.parametrize(
    ("changed", "field_name", "said"),
    [
        ({"until": TODAY - DAY}, "until", "lies before the first"),
        ({"since": date(1960, 1, 1)}, "since", "too far away"),
        ({"since": TODAY + timedelta(days=800)}, "since", "too far away"),
        ({"role": Role.REGIONAL_ADMINISTRATOR}, "role", "there is no Regional Administrator there"),
        ({"office": "NOWHERE"}, "office", "no office with the code"),
    ],
)
def test_an_impossible_position_is_refused_at_its_field(session, chief, changed, field_name, said):
    """One sentence for each, and nothing is written."""
    with pytest.raises(Refused, match=said) as refused:
        give(session, chief, **changed)
    assert refused.value.field == field_name
    assert show_person(session, "U0NEWONE1", now=NOW) is None


def test_the_same_position_twice_is_told(session, field, chief):
    """A second click finds the first; another span that does not touch it is another entry."""
    give(session, chief, since=TODAY, until=TODAY + 5 * DAY)
    with pytest.raises(AlreadyDone, match="is Alliance Coordinator there from November 23, 2026"):
        give(session, chief, since=TODAY + 5 * DAY)
    give(session, chief, since=TODAY + 6 * DAY)
    assert len(show_person(session, "U0NEWONE1", now=NOW).held) == 2


def test_an_official_gives_no_more_than_their_own_position_may(session, field, director, chief):
    """An Area Director names a coordinator of the office; an administrator takes an administrator."""
    give(session, director)
    with pytest.raises(NotAllowed, match="it takes an administrator"):
        give(session, director, role=Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed, match="You may not say who holds a position"):
        give(session, director, office="REG-PHI", role=Role.ALLIANCE_COORDINATOR)
    with pytest.raises(NotAllowed, match="You may not say who holds a position"):
        give(session, field.coordinator)
    give(session, chief, role=Role.ADMINISTRATOR)


def test_an_ended_position_is_held_through_its_last_day(session, field, chief):
    """The history stays; another last day may be set later, and an end in the past is fine."""
    position = position_of(session, "U0COORD01", Role.ALLIANCE_COORDINATOR)
    end(session, chief, position, TODAY)
    assert identify(session, "U0COORD01", now=NOW).positions
    assert not identify(session, "U0COORD01", now=NOW + DAY).positions
    with pytest.raises(AlreadyDone, match="It ends on November 23, 2026 already"):
        end(session, chief, position, TODAY)
    end(session, chief, position, TODAY - 10 * DAY)
    (past,) = people_of_office(session, "0317300", now=NOW).of(When.PAST)
    assert (past.person, past.until) == ("Ada Coordinator", TODAY - 10 * DAY)
    with pytest.raises(Refused, match="taken back instead") as refused:
        end(session, chief, position, date(2019, 1, 1))
    assert refused.value.field == "until"


def test_what_an_end_leaves_without_an_owner_is_told(session, field, alliance, chief):
    """The duties of the position that nobody holds from then on, and nothing that had no owner before."""
    change = end(session, chief, position_of(session, "U0COORD01", Role.ALLIANCE_COORDINATOR))
    assert {one.what for one in change.left.duties} >= {"meetings", "evaluation"}
    assert {one.owner for one in change.left.duties} == {"Alliance Coordinator"}
    write_noted(session)
    undo_position(session, record=change.record, by=chief, now=NOW)
    give(session, chief)
    again = end(session, chief, position_of(session, "U0COORD01", Role.ALLIANCE_COORDINATOR))
    assert again.left.duties == ()


def test_the_last_administrator_stays(session, field, chief):
    """Neither an end nor an undo leaves the program without one; with a second one it goes."""
    first = position_of(session, "U0CHIEF01", Role.ADMINISTRATOR)
    with pytest.raises(Refused, match="last administrator of Office OSHA-NO"):
        end(session, chief, first)
    second = give(session, chief, office="OSHA-NO", role=Role.ADMINISTRATOR)
    end(session, chief, first, TODAY)
    write_noted(session)
    with pytest.raises(Refused, match="last administrator"):
        undo_position(session, record=second.record, by=chief, now=NOW)


def test_a_designee_acts_between_two_days(session, field, director, chief):
    """Named by the official; both names stand with what is done; afterwards the sentence says until when it was."""
    change = name_designee(
        session,
        position_id=position_of(session, "U0DIRECT1", Role.AREA_DIRECTOR),
        slack_id="U0NEWONE1",
        name="Nina New",
        held_from=TODAY,
        held_until=TODAY + 2 * DAY,
        by=director,
        now=NOW,
    )
    assert change.acting_for == "Dana Director"
    assert identify(session, "U0NEWONE1", now=NOW).name == "Nina New (for Dana Director)"
    after = identify(session, "U0NEWONE1", now=NOW + 3 * DAY)
    with pytest.raises(
        NotAllowed, match=r"You act for Dana Director from November 23, 2026 to November 25, 2026 only\."
    ):
        give(session, after, who="U0OTHER01")


@pytest.mark.parametrize(
    ("told", "field_name", "said"),
    [
        ({"held_until": TODAY - DAY, "held_from": TODAY - 2 * DAY}, "until", "has passed"),
        ({"held_from": TODAY + DAY, "held_until": TODAY}, "until", "lies before the first"),
        ({"held_from": date(2019, 12, 31)}, "since", "a designee acts within these days"),
        ({"slack_id": "U0DIRECT1"}, "person", "Nobody is their own designee"),
    ],
)
def test_an_impossible_designee_is_refused(session, director, told, field_name, said):
    """Past the date, the wrong way round, before the official held it, or oneself."""
    given = {"slack_id": "U0NEWONE1", "held_from": TODAY, "held_until": TODAY + DAY} | told
    with pytest.raises(Refused, match=said) as refused:
        name_designee(
            session,
            position_id=position_of(session, "U0DIRECT1", Role.AREA_DIRECTOR),
            name="Nina New",
            by=director,
            now=NOW,
            **given,
        )
    assert refused.value.field == field_name


def test_a_coordinator_names_a_designee_for_nobody_else(session, field, director):
    """One's own position, or who says who holds positions there."""
    with pytest.raises(NotAllowed, match="You may not say who holds a position"):
        name_designee(
            session,
            position_id=position_of(session, "U0DIRECT1", Role.AREA_DIRECTOR),
            slack_id="U0NEWONE1",
            name="Nina New",
            held_from=TODAY,
            held_until=TODAY + DAY,
            by=field.coordinator,
            now=NOW,
        )


def test_a_wrong_entry_is_taken_back_and_stays_in_the_audit(session, field, chief):
    """The position is gone, as is the end; taking it back twice says so."""
    given = give(session, chief)
    ended = end(session, chief, position_of(session, "U0COORD01", Role.ALLIANCE_COORDINATOR))
    write_noted(session)
    for change in (ended, given):
        undo_position(session, record=change.record, by=chief, now=NOW)
    write_noted(session)
    assert show_person(session, "U0NEWONE1", now=NOW).held == ()
    assert show_person(session, "U0COORD01", now=NOW).held[0].until is None
    with pytest.raises(AlreadyDone, match="undone before"):
        undo_position(session, record=given.record, by=chief, now=NOW)
    query = select(AuditEntry.action).where(AuditEntry.subject == "office:0317300").order_by(AuditEntry.seq)
    assert session.scalars(query).all() == [
        "position:given",
        "position:ended",
        "position:taken-back",
        "position:taken-back",
    ]


def test_what_was_changed_since_is_not_taken_back(session, field, chief):
    """A newer end stands."""
    position = position_of(session, "U0COORD01", Role.ALLIANCE_COORDINATOR)
    first = end(session, chief, position, TODAY)
    end(session, chief, position, TODAY + DAY)
    write_noted(session)
    with pytest.raises(Refused, match="changed since"):
        undo_position(session, record=first.record, by=chief, now=NOW)


def test_a_designee_to_come_stands_in_the_way_of_an_end(session, field, director, chief):
    """Nobody begins to act for somebody who left."""
    position = position_of(session, "U0DIRECT1", Role.AREA_DIRECTOR)
    name_designee(
        session,
        position_id=position,
        slack_id="U0NEWONE1",
        name="Nina New",
        held_from=TODAY + 5 * DAY,
        held_until=TODAY + 9 * DAY,
        by=director,
        now=NOW,
    )
    with pytest.raises(Refused, match="Nina New is to act for this position from November 28, 2026"):
        end(session, chief, position, TODAY)


def test_designees_end_with_who_they_act_for(session, field, director, chief):
    """And come back with the undo."""
    position = position_of(session, "U0DIRECT1", Role.AREA_DIRECTOR)
    name_designee(
        session,
        position_id=position,
        slack_id="U0NEWONE1",
        name="Nina New",
        held_from=TODAY,
        held_until=TODAY + 9 * DAY,
        by=director,
        now=NOW,
    )
    change = end(session, chief, position, TODAY + DAY)
    assert show_person(session, "U0NEWONE1", now=NOW).held[0].until == TODAY + DAY
    write_noted(session)
    undo_position(session, record=change.record, by=chief, now=NOW)
    assert show_person(session, "U0NEWONE1", now=NOW).held[0].until == TODAY + 9 * DAY


def act_for_the_director(session, director, until):
    """Let somebody act for the Area Director up to a day; return the id of that position."""
    name_designee(
        session,
        position_id=position_of(session, "U0DIRECT1", Role.AREA_DIRECTOR),
        slack_id="U0NEWONE1",
        name="Nina New",
        held_from=TODAY,
        held_until=until,
        by=director,
        now=NOW,
    )
    return position_of(session, "U0NEWONE1", Role.AREA_DIRECTOR)


def test_a_designee_acts_no_longer_than_the_official_holds_the_position(session, director, chief):
    """Neither by a later last day, nor by the undo of an earlier one after the official has left."""
    designee = act_for_the_director(session, director, TODAY + 30 * DAY)
    shorter = end(session, chief, designee, TODAY + 2 * DAY)
    end(session, chief, position_of(session, "U0DIRECT1", Role.AREA_DIRECTOR), TODAY + 5 * DAY)
    end(session, chief, designee, TODAY + 5 * DAY)
    with pytest.raises(Refused, match="Dana Director does not hold the position on November 29, 2026") as refused:
        end(session, chief, designee, TODAY + 6 * DAY)
    assert refused.value.field == "until"
    end(session, chief, designee, TODAY + 2 * DAY)
    write_noted(session)
    with pytest.raises(Refused, match="does not hold the position on December 23, 2026"):
        undo_position(session, record=shorter.record, by=chief, now=NOW)
    assert session.get_one(Position, designee).held_until == TODAY + 2 * DAY


def test_an_ended_position_does_not_run_into_the_one_that_was_given_since(session, field, chief):
    """Who holds it twice would keep it when one of the two ends: neither a later last day nor the undo brings that."""
    first = position_of(session, "U0COORD01", Role.ALLIANCE_COORDINATOR)
    ended = end(session, chief, first, TODAY - 5 * DAY)
    give(session, chief, who="U0COORD01", since=TODAY - 2 * DAY)
    write_noted(session)
    with pytest.raises(AlreadyDone, match="Ada Coordinator is Alliance Coordinator there from November 21, 2026"):
        undo_position(session, record=ended.record, by=chief, now=NOW)
    with pytest.raises(AlreadyDone, match="there from November 21, 2026 already"):
        end(session, chief, first, TODAY)
    end(session, chief, first, TODAY - 3 * DAY)
    assert session.get_one(Position, first).held_until == TODAY - 3 * DAY
