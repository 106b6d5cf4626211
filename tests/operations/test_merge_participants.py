"""A participant that is merged into another: what is open follows, what was signed stays, and it can be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.alliances import Signatory, TeamMember, TerminationNotice
from models.approvals import Approval
from models.audit import write_noted
from models.gates import GateRecord
from models.names import FormerName
from operations.actor import operator
from operations.conclude.give_notice import give_notice
from operations.establish.revise_proposal import revise_proposal
from operations.gather_facts import gather
from operations.hands.merge_participants import merge_participants, undo_merger
from operations.hands.rename import rename_participant
from operations.read.known_on import gather_known
from operations.read.proposals import proposal_on_file
from operations.read.team import read_team
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import check_rules
from policy.chains import Purpose
from policy.gate_records import RecordKind
from policy.rights import Role
from policy.team import Part
from tests.operations.approving import ask, cards, post, words
from tests.operations.conftest import NOW, TODAY
from tests.operations.proposals import CONSULATE, GUILD, a_proposal, approve_proposal, prepare_to_sign, proposed

GENERAL = replace(CONSULATE, name="Consulate General")


@pytest.fixture
def alliance(session, portfolio, field):
    """An alliance with two participants; of the second a member is on the team, and it has given notice."""
    made = portfolio.alliance("La Plaza", field.area, signatories=("Local Builders", "Builders Guild"))
    made.created_at = NOW - timedelta(days=7)
    told = {"name": "Mo Mason", "organization": "Builders Guild", "part": Part.SIGNATORY.value, "since": TODAY}
    session.add(TeamMember(alliance_id=made.id, **told))
    check_rules(session, now=NOW)
    notice(session, made, "Builders Guild", field.coordinator)
    return made


@pytest.fixture
def proposal(session, portfolio, field):
    """A proposed alliance with two consulates, ready to be signed, for one of which an approval waits."""
    director = portfolio.person("U0DIRECT1", (Role.AREA_DIRECTOR, field.area), name="Dana Director")
    portfolio.person("U0RA", (Role.REGIONAL_ADMINISTRATOR, field.region))
    made = proposed(session, a_proposal(field.area, participants=(GUILD, CONSULATE, GENERAL)), field.coordinator)
    approve_proposal(session, made, director)
    prepare_to_sign(session, made, field.coordinator)
    return made


def notice(session, alliance, name, by):
    """Record the 30-day notice of a participant."""
    told = {"noticed_on": TODAY, "named_end_on": None, "reason": "Moved", "by": by, "now": NOW}
    give_notice(session, alliance_id=alliance.id, signatory_id=number(session, alliance, name), **told)


def number(session, alliance, name):
    """Return the id of a participant."""
    here = select(Signatory.id).where(Signatory.alliance_id == alliance.id, Signatory.name == name)
    return session.scalars(here).one()


def merge(session, alliance, which, into):
    """Merge one participant into another."""
    told = {"signatory_id": number(session, alliance, which), "into_id": number(session, alliance, into)}
    done = merge_participants(session, alliance_id=alliance.id, **told, by=operator(session, "test"), now=NOW)
    write_noted(session)
    return done


def undo(session, done):
    """Take a merger back."""
    return undo_merger(session, record=done.record, by=operator(session, "test"), now=NOW)


def standing(session, alliance):
    """Return all that a merger changes, by name."""
    session.expire_all()
    of = gather(session, [alliance.id])[0]
    return (
        sorted(of.facts.signatories, key=lambda one: one.name),
        [one.given_by for one in of.facts.notices],
        [one.organization for one in read_team(session, of).members],
        session.scalars(select(FormerName.name)).all(),
        session.scalars(
            select(GateRecord.about)
            .where(GateRecord.kind == RecordKind.PARTICIPANT.value, GateRecord.withdrawn_at.is_(None))
            .order_by(GateRecord.id)
        ).all(),
        session.scalars(select(Approval.about).order_by(Approval.asked_at, Approval.id)).all(),
    )


def test_notice_team_and_name_follow_and_come_back(session, alliance):
    """The one that stays has the notice and the member; the other's name finds it; the undo gives each its own."""
    before = standing(session, alliance)
    done = merge(session, alliance, "Builders Guild", "Local Builders")
    assert (done.notices, done.members) == (1, 1)
    parties, givers, members, former, *_ = standing(session, alliance)
    assert [one.name for one in parties] == givers == members == ["Local Builders"]
    assert former == ["Builders Guild"]
    undo(session, done)
    assert standing(session, alliance) == before
    write_noted(session)
    with pytest.raises(AlreadyDone, match="undone before"):
        undo(session, done)


def test_the_day_before_both_took_part(session, alliance):
    """What was on record on a past day shows who was merged since."""
    merge(session, alliance, "Builders Guild", "Local Builders")
    (known,) = gather_known(session, TODAY - timedelta(days=1), [alliance.id])
    assert sorted(one.name for one in known.of.facts.signatories) == ["Builders Guild", "Local Builders"]


def test_what_is_before_officials_is_about_the_one_that_stays(session, field, proposal):
    """The open card says the other name, the proposal names it once; the undo gives all of it back."""
    told = {"purpose": Purpose.SPECIAL, "subject": "draft", "about": CONSULATE.name}
    approval = ask(session, proposal, field.coordinator, **told)
    before = standing(session, proposal)
    done = merge(session, proposal, CONSULATE.name, GENERAL.name)
    assert done.approvals == 1
    assert session.get_one(Approval, approval.id).about == GENERAL.name
    post(session)
    (card, *_) = cards(session, approval)
    assert GENERAL.name in str(words(session, card))
    found, _ = proposal_on_file(session, proposal.id)
    assert [one.name for one in found.participants] == [GUILD.name, GENERAL.name]
    with pytest.raises(AlreadyDone, match="Nothing differs"):
        revise_proposal(session, alliance_id=proposal.id, proposal=found, by=field.coordinator, now=NOW)
    undo(session, done)
    assert standing(session, proposal) == before


def test_of_two_approvals_the_one_of_who_stays_goes_on(session, field, proposal):
    """The other one is void, and says why."""
    told = {"purpose": Purpose.SPECIAL, "subject": "draft"}
    mine, other = (ask(session, proposal, field.coordinator, about=one.name, **told) for one in (CONSULATE, GENERAL))
    merge(session, proposal, CONSULATE.name, GENERAL.name)
    session.expire_all()
    assert (mine.status, mine.ended_why) == ("superseded", "Consulate of Mexico was merged into Consulate General")
    assert (other.status, other.about) == ("open", GENERAL.name)


def test_a_merger_that_cannot_be_is_refused(session, field, alliance):
    """Neither with itself, nor of two whose notices run, nor of one that is gone."""
    with pytest.raises(Refused, match="into itself"):
        merge(session, alliance, "Local Builders", "Local Builders")
    notice(session, alliance, "Local Builders", field.coordinator)
    with pytest.raises(Refused, match="have each given a notice that runs"):
        merge(session, alliance, "Builders Guild", "Local Builders")
    session.get_one(Signatory, number(session, alliance, "Local Builders")).left_on = TODAY
    session.flush()
    with pytest.raises(Refused, match="no longer on record"):
        merge(session, alliance, "Builders Guild", "Local Builders")


def test_a_merger_on_which_something_rests_stays(session, alliance):
    """Nobody takes part twice under one name, and who left since is asked of no more."""
    done = merge(session, alliance, "Builders Guild", "Local Builders")
    stays = session.get_one(Signatory, number(session, alliance, "Local Builders"))
    stays.left_on = TODAY
    session.flush()
    with pytest.raises(Refused, match="Local Builders left or was merged since"):
        undo(session, done)
    stays.left_on = None
    session.add(Signatory(alliance_id=alliance.id, name="builders guild", joined_on=TODAY))
    session.flush()
    with pytest.raises(Refused, match="Another participant is called Builders Guild since"):
        undo(session, done)
    assert session.scalars(select(TerminationNotice.signatory_id)).all() == [stays.id]


def test_the_members_of_the_team_stand_for_a_participant_under_its_new_name(session, alliance):
    """Who is renamed is the same organization: its members are still of it."""
    told = {"signatory_id": number(session, alliance, "Builders Guild"), "name": "Builders United"}
    rename_participant(session, alliance_id=alliance.id, **told, by=operator(session, "test"), now=NOW)
    assert [one.organization for one in read_team(session, gather(session, [alliance.id])[0]).members] == [
        "Builders United"
    ]
