"""What is before officials follows a change of hands: who decides today is asked, and nobody is left with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from models.audit import write_noted
from models.offices import Office, Position
from operations.actor import identify
from operations.hands.change_position import end_position, hold_position
from operations.hands.follow_hands import follow_hands
from operations.hands.merge_offices import merge_offices
from operations.hands.move_alliance import move_alliance, undo_move
from operations.hands.split_office import split_office
from operations.read.ownerless import read_ownerless
from operations.refusals import NotAllowed
from policy.approval import ApprovalStatus
from policy.participants import Participant, ParticipantKind
from policy.rights import Role
from tests.operations.approving import ask, cards, decide, post, words
from tests.operations.conftest import NOW, SPLIT
from tests.operations.proposals import a_proposal, proposed


@pytest.fixture
def chief(portfolio, field):
    """An administrator of all offices."""
    return portfolio.person("U0CHIEF", (Role.ADMINISTRATOR, field.national))


@pytest.fixture
def other(portfolio, field):
    """Another office of the region."""
    return portfolio.office("0317400", parent=field.region, channel="C0OTHER", name="Harrisburg Area Office")


@pytest.fixture
def directors(portfolio, field, other):
    """The director of each office."""
    return (
        portfolio.person("U0DIRECT1", (Role.AREA_DIRECTOR, field.area), name="Dana Director"),
        portfolio.person("U0DIRECT2", (Role.AREA_DIRECTOR, other), name="Hal Harris"),
    )


@pytest.fixture
def approval(session, field, directors):
    """The proposal of an area alliance, before its director."""
    alliance = proposed(session, a_proposal(field.area), field.coordinator)
    made = ask(session, alliance, field.coordinator)
    post(session)
    return made


def asked(session, approval):
    """Return the Slack ids of the people who have a card, each time they got one."""
    return [card.channel for card in cards(session, approval) if card.person_id is not None]


def director_of(code):
    """Return the query for the position of the director of an office."""
    return select(Position).join(Office).where(Office.code == code, Position.role == Role.AREA_DIRECTOR.value)


def test_a_moved_alliance_takes_along_what_waits_for_its_director(session, approval, chief, directors):
    """The director of the new office is asked, the one of before decides no more; the undo brings it back."""
    old, new = directors
    move = move_alliance(
        session, alliance_id=approval.alliance_id, lead="0317400", alone=True, reason="Closer", by=chief, now=NOW
    )
    assert asked(session, approval) == ["U0DIRECT1", "U0DIRECT2"]
    assert "Area Director, Harrisburg Area Office" in str(words(session, cards(session, approval)[0]))
    with pytest.raises(NotAllowed, match="it waits for Area Director, Harrisburg Area Office"):
        decide(session, approval, old)
    write_noted(session)
    undo_move(session, record=move.outcome.record, by=chief, now=NOW)
    with pytest.raises(NotAllowed):
        decide(session, approval, new)
    decide(session, approval, old)
    assert approval.status == ApprovalStatus.APPROVED


def test_a_move_that_is_taken_back_asks_all_who_were_asked_before(session, field, other, chief, directors):
    """Of two offices that gave way to one, the director of each has to approve again."""
    alliance = proposed(session, a_proposal(field.area, other), field.coordinator)
    approval = ask(session, alliance, field.coordinator)
    before = approval.chain
    third = Office(code="0317500", name="Third Area Office", kind="area", parent_id=field.region.id, timezone="UTC")
    session.add(third)
    move = move_alliance(
        session, alliance_id=alliance.id, lead="0317500", alone=True, reason="Closer", by=chief, now=NOW
    )
    assert [seat["office"] for seat in approval.chain["steps"][0]["seats"]] == ["0317500"]
    write_noted(session)
    undo_move(session, record=move.record, by=chief, now=NOW)
    assert approval.chain == before
    decide(session, approval, directors[0])
    assert approval.status == ApprovalStatus.OPEN


def test_a_merged_office_leaves_nothing_before_nobody(session, field, approval, chief, directors):
    """The director of the office that took over is asked, whoever the other one was."""
    merge_offices(session, office_code="0317300", into_code="0317400", by=chief, now=NOW)
    assert "U0DIRECT2" in asked(session, approval)
    decide(session, approval, identify(session, "U0DIRECT2", now=NOW))
    assert approval.status == ApprovalStatus.APPROVED


def test_a_split_office_gives_away_what_goes_with_the_alliance(session, field, approval, chief, directors):
    """Who became director of the new office decides what moved there."""
    director = session.scalars(director_of("0317300")).one().id
    moved = {"alliance_ids": [approval.alliance_id], "position_ids": [director]}
    split_office(session, **SPLIT, **moved, by=chief, now=NOW)
    assert "Area Director, Dover Area Office" in str(words(session, cards(session, approval)[0]))
    decide(session, approval, identify(session, "U0DIRECT1", now=NOW))
    assert approval.status == ApprovalStatus.APPROVED


def test_who_takes_a_position_over_gets_the_card(session, portfolio, approval, chief, field):
    """Once, on the first day; while nobody holds the position, who acts for it does."""
    portfolio.person("U0RA", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Rae Regional")
    position = session.scalars(
        select(Position).join(Office).where(Office.code == "0317300", Position.role == Role.AREA_DIRECTOR.value)
    ).one()
    yesterday = NOW.date() - timedelta(days=1)
    end_position(session, position_id=position.id, last_day=yesterday, by=chief, now=NOW)
    assert asked(session, approval) == ["U0DIRECT1", "U0RA"]
    hold_position(
        session,
        slack_id="U0NEW",
        name="Nia New",
        role=Role.AREA_DIRECTOR,
        office_code="0317300",
        held_from=NOW.date(),
        by=chief,
        now=NOW,
    )
    for _ in range(2):
        follow_hands(session, now=NOW)
        assert asked(session, approval) == ["U0DIRECT1", "U0NEW", "U0RA"]


def another(session, name, office, by):
    """Put the proposal of another alliance before the director of its office."""
    union = Participant(f"Union of {name}", frozenset({ParticipantKind.LABOR_UNION}))
    return ask(session, proposed(session, a_proposal(office, name=name, participants=(union,)), by), by)


def test_many_that_wait_take_no_more_queries_than_one(session, field, approval):
    """Every office's run asks whether hands changed: what waits at one seat is looked at together."""

    def statements():
        asked = []
        listen = (session.get_bind(), "before_cursor_execute", lambda *args: asked.append(args[2]))
        session.flush()
        event.listen(*listen)
        follow_hands(session, now=NOW)
        event.remove(*listen)
        return len(asked)

    one = statements()
    for name in ("Cranes", "Docks", "Elevators"):
        another(session, name, field.area, field.coordinator)
    assert statements() == one


def test_who_asked_is_not_asked_where_others_are_asked_together(session, portfolio, field, approval):
    """Two wait at one seat that gets another holder, who asked for one of them: that person gets the other card."""
    own = another(session, "Cranes", field.area, field.coordinator)
    second = portfolio.person("U0DIRECT3", (Role.AREA_DIRECTOR, field.area), name="Dee Director")
    own.asked_by_id, own.asked_by = second.person_id, second.name
    follow_hands(session, now=NOW)
    assert asked(session, approval) == ["U0DIRECT1", "U0DIRECT3"]
    assert asked(session, own) == ["U0DIRECT1"]


def test_an_approval_that_nobody_can_decide_is_listed(session, approval, chief, portfolio, field):
    """From the day on which the last who could decide it is gone, until somebody is there."""
    assert read_ownerless(session, now=NOW).approvals == ()
    position = session.scalars(director_of("0317300")).one()
    change = end_position(session, position_id=position.id, last_day=NOW.date() - timedelta(days=1), by=chief, now=NOW)
    (left,) = [one for one in read_ownerless(session, now=NOW).approvals if one.owner == "Area Director"]
    assert (left.office_code, left.about, left.id) == ("0317300", "Safe Roofs Alliance", approval.id)
    assert left in change.left.approvals
    portfolio.person("U0RA", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Rae Regional")
    assert read_ownerless(session, now=NOW).approvals == ()
