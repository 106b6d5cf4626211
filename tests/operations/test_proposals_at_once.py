"""Two people at once on one proposal: one record counts, the other is told in a sentence."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.alliances import Agreement, Alliance, Ending
from models.drafts import Draft
from models.gates import GateRecord
from models.offices import Office
from operations.actor import identify
from operations.establish.draft_agreement import draft_agreement
from operations.establish.propose import propose
from operations.establish.revise_proposal import revise_proposal
from operations.establish.sign_agreement import Signature, sign_agreement
from operations.establish.withdraw_proposal import withdraw_proposal
from operations.gather_facts import gather
from operations.hands.merge_offices import merge_offices
from operations.read.proposals import offices_at, proposable
from operations.refusals import Refused
from policy.agreement_draft import draft_from
from policy.facts import Level
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY, Portfolio, floors
from tests.operations.meanwhile import in_thread, wait_until_blocked
from tests.operations.proposals import a_proposal, approve_proposal, prepare_to_sign, proposed


@pytest.fixture
def sessions(committed):
    """Sessions on a database with an area office and its coordinator."""
    with committed.begin() as session:
        portfolio = Portfolio(session)
        _, area = floors(portfolio, name="Wilmington Area Office")
        portfolio.person("U0COORD01", (Role.ALLIANCE_COORDINATOR, area), name="Ada Coordinator")
    return committed


def at_once(sessions, *works):
    """Do several things at once, each in a transaction of its own; return what was refused, as sentences."""
    start, refused = threading.Barrier(len(works)), []

    def run(work):
        with sessions() as session:
            by = identify(session, "U0COORD01", now=NOW)
            start.wait(10)
            try:
                work(session, by)
                session.commit()
            except Refused as refusal:
                refused.append(refusal.sentence)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return refused


def area_of(session):
    """Return the area office."""
    return session.scalars(select(Office).where(Office.code == "0317300")).one()


def test_two_who_propose_the_same_name(sessions):
    """One of them is on file; the other is told by whom the name is held."""

    def work(session, by):
        propose(session, proposal=a_proposal(area_of(session)), by=by, now=NOW)

    (sentence,) = at_once(sessions, work, work)
    assert "an area alliance of Wilmington Area Office, proposed" in sentence
    with sessions() as session:
        assert len(session.scalars(select(Alliance)).all()) == 1


def test_two_last_signatures_make_one_agreement(sessions):
    """Each records one of the two that are missing: whoever comes second makes the agreement, once."""
    with sessions.begin() as session:
        by = identify(session, "U0COORD01", now=NOW)
        alliance = proposed(session, a_proposal(area_of(session)), by)
        approve_proposal(session, alliance, by, on=TODAY - timedelta(days=3))
        prepare_to_sign(session, alliance, by, on=TODAY - timedelta(days=3))
        alliance_id = alliance.id

    def signs(about):
        def work(session, by):
            signature = Signature(about, f"Signer of {about}", TODAY)
            sign_agreement(session, alliance_id=alliance_id, signatures=[signature], term_years=2, by=by, now=NOW)

        return work

    assert at_once(sessions, signs("0317300"), signs("Roofers Guild")) == []
    with sessions() as session:
        assert [row.signed_on for row in session.scalars(select(Agreement))] == [TODAY]


@pytest.fixture
def made(sessions):
    """The id of a proposal that is ready to be signed."""
    with sessions.begin() as session:
        by = identify(session, "U0COORD01", now=NOW)
        alliance = proposed(session, a_proposal(area_of(session)), by)
        approve_proposal(session, alliance, by, on=TODAY - timedelta(days=3))
        prepare_to_sign(session, alliance, by, on=TODAY - timedelta(days=3))
        return alliance.id


def test_one_signature_is_recorded_once(sessions, made):
    """Two who record the same letter: one row, and the other is told that it is on record."""

    def work(session, by):
        signature = Signature("Roofers Guild", "Gus Guild", TODAY)
        sign_agreement(session, alliance_id=made, signatures=[signature], term_years=2, by=by, now=NOW)

    assert at_once(sessions, work, work) == ["These signatures are on record already; nothing was changed."]
    with sessions() as session:
        assert len(session.scalars(select(GateRecord).where(GateRecord.kind == "signed")).all()) == 1


def test_a_signature_and_a_new_version_take_turns(sessions, made):
    """Whoever comes first, no agreement is made of a version that nobody signed."""

    def signs(session, by):
        both = [Signature("Roofers Guild", "Gus Guild", TODAY), Signature("0317300", "Dora Director", TODAY)]
        sign_agreement(session, alliance_id=made, signatures=both, term_years=2, by=by, now=NOW)

    def writes(session, by):
        content = draft_from(a_proposal(area_of(session))) | {"goals": "Others."}
        draft_agreement(session, alliance_id=made, content=content, by=by, now=NOW)

    refused = at_once(sessions, signs, writes)
    with sessions() as session:
        agreements = session.scalars(select(Agreement.id)).all()
        drafts = session.execute(select(Draft.subject, Draft.content["goals"].astext)).all()
    if agreements:
        # The new version came too late: there is a signed agreement, whose renewal is not decided.
        assert ("draft", "Others.") not in drafts
    else:
        assert ("draft", "Others.") in drafts
    assert len(refused) == 1


@pytest.mark.parametrize("second", ["withdraw", "revise", "sign"])
def test_a_withdrawal_and_anything_else_take_turns(sessions, made, second):
    """One of them counts; after a withdrawal the other is told who withdrew the proposal and why."""

    def withdraws(session, by):
        withdraw_proposal(session, alliance_id=made, reason="Nobody has the time", by=by, now=NOW)

    def revises(session, by):
        changed = a_proposal(area_of(session), goals="Others.")
        revise_proposal(session, alliance_id=made, proposal=changed, by=by, now=NOW)

    def signs(session, by):
        both = [Signature("Roofers Guild", "Gus Guild", TODAY), Signature("0317300", "Dora Director", TODAY)]
        sign_agreement(session, alliance_id=made, signatures=both, term_years=2, by=by, now=NOW)

    refused = at_once(sessions, withdraws, {"withdraw": withdraws, "revise": revises, "sign": signs}[second])
    with sessions() as session:
        ended = session.scalars(select(Ending.reason)).all()
        agreements = session.scalars(select(Agreement.id)).all()
    assert not (ended and agreements)
    if second == "withdraw":
        assert refused == [
            "The proposal of Safe Roofs Alliance was withdrawn on November 23, 2026: Nobody has the time"
        ]
    elif second == "sign":
        assert len(refused) == 1
        assert ended == [] or "was withdrawn on November 23, 2026" in refused[0]


def test_two_versions_at_once_are_two_versions(sessions, made):
    """Each is kept with its number; the same words twice are one version, and the other is told."""

    def writes(goals):
        def work(session, by):
            changed = a_proposal(area_of(session), goals=goals)
            revise_proposal(session, alliance_id=made, proposal=changed, by=by, now=NOW)

        return work

    assert at_once(sessions, writes("A"), writes("B")) == []
    assert at_once(sessions, writes("C"), writes("C")) == [
        "Nothing differs from the version on file; nothing was changed."
    ]
    with sessions() as session:
        query = select(Draft.version).where(Draft.subject == "proposal").order_by(Draft.version)
        assert session.scalars(query).all() == [1, 2, 3, 4]


@pytest.fixture
def other(sessions):
    """The code of another area office; an administrator may merge the two."""
    with sessions.begin() as session:
        portfolio, area = Portfolio(session), area_of(session)
        portfolio.office("0317400", parent=session.get_one(Office, area.parent_id), name="Dover Area Office")
        national = session.scalars(select(Office).where(Office.code == "OSHA-NO")).one()
        portfolio.person("U0ADMIN01", (Role.ADMINISTRATOR, national))
    return "0317400"


def merges(session, other):
    """Merge the area office into the other one."""
    by = identify(session, "U0ADMIN01", now=NOW)
    merge_offices(session, office_code="0317300", into_code=other, by=by, now=NOW)


def proposes(session):
    """Propose an alliance of the area office."""
    by = identify(session, "U0COORD01", now=NOW)
    propose(session, proposal=a_proposal(area_of(session)), by=by, now=NOW)


def test_no_proposal_lands_at_an_office_that_is_being_closed(sessions, other):
    """Who proposes while the office is merged waits, and is told which office took over."""
    with sessions.begin() as merging:
        merges(merging, other)
        thread, raised = in_thread(sessions, proposes)
        wait_until_blocked(sessions)
    thread.join(10)
    assert [str(refused) for refused in raised] == [
        "Wilmington Area Office is closed; Dover Area Office took over from it."
    ]


def test_a_merger_takes_along_what_is_being_proposed(sessions, other):
    """Who merges the office while something is proposed waits, and moves the new alliance, too."""
    with sessions.begin() as session:
        proposes(session)
        thread, raised = in_thread(sessions, lambda merging: merges(merging, other))
        wait_until_blocked(sessions)
    thread.join(10)
    assert raised == []
    with sessions() as session:
        (of,) = gather(session)
        assert of.facts.offices == (other,)
        assert offices_at(session, Level.AREA) == [(other, "Dover Area Office")]
        by = identify(session, "U0COORD01", now=NOW)
        assert proposable(session, by)[Level.AREA] == [(other, "Dover Area Office")]
