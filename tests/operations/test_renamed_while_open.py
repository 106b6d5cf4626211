"""Who is renamed while something is open is called so there at once; what was decided stays as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from models.alliances import Signatory
from models.drafts import Draft
from operations.establish.revise_proposal import revise_proposal
from operations.gather_facts import gather
from operations.hands.rename import rename_alliance, rename_office, rename_participant
from operations.read.proposals import proposal_on_file
from operations.refusals import AlreadyDone, Refused
from policy.chains import Purpose
from policy.rights import Role
from tests.operations.approving import ask, cards, decide, post, words
from tests.operations.conftest import NOW
from tests.operations.proposals import CONSULATE, GUILD, a_proposal, approve_proposal, prepare_to_sign, proposed


@pytest.fixture
def chief(portfolio, field):
    """An administrator of all offices, who may rename."""
    return portfolio.person("U0CHIEF", (Role.ADMINISTRATOR, field.national))


@pytest.fixture
def director(portfolio, field):
    """The Area Director, who decides on proposals."""
    portfolio.person("U0RA", (Role.REGIONAL_ADMINISTRATOR, field.region))
    return portfolio.person("U0DIRECT1", (Role.AREA_DIRECTOR, field.area), name="Dana Director")


@pytest.fixture
def alliance(session, field):
    """A proposed alliance with a union and a consulate."""
    return proposed(session, a_proposal(field.area, participants=(GUILD, CONSULATE)), field.coordinator)


def renamed(session, alliance, before, after, by):
    """Give a participant another name."""
    member = session.scalars(select(Signatory.id).where(Signatory.name == before)).one()
    rename_participant(session, alliance_id=alliance.id, signatory_id=member, name=after, by=by, now=NOW)


def signatories(session, alliance):
    """Return (id, name) of the signatories."""
    query = select(Signatory.id, Signatory.name).where(Signatory.alliance_id == alliance.id)
    return [tuple(row) for row in session.execute(query.order_by(Signatory.id))]


def test_a_renamed_participant_stays_a_signatory_when_the_proposal_is_changed(session, field, alliance, chief):
    """The form opens with the name of today; one that was open before, and still has the old one, drops nobody."""
    before = signatories(session, alliance)
    renamed(session, alliance, "Roofers Guild", "Roofers United", chief)
    told = {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}
    found, version = proposal_on_file(session, alliance.id)
    assert ([p.name for p in found.participants], version) == (["Roofers United", CONSULATE.name], 1)
    for same in (found, a_proposal(field.area, participants=(GUILD, CONSULATE))):
        with pytest.raises(AlreadyDone, match="Nothing differs"):
            revise_proposal(session, proposal=same, **told)
    open_before = a_proposal(field.area, participants=(GUILD, CONSULATE), goals="No falls.")
    revised = revise_proposal(session, proposal=open_before, **told)
    assert [change.label for change in revised.changes] == ["Goals"]
    assert signatories(session, alliance) == [(before[0][0], "Roofers United"), before[1]]
    kept = session.scalars(select(Draft.content).order_by(Draft.version)).all()
    assert [content["participants"][0].partition(":")[0] for content in kept] == ["Roofers Guild", "Roofers United"]


def test_a_renamed_alliance_is_not_renamed_back_by_its_proposal(session, field, alliance, chief):
    """The form opens with the name of today; one that still has the old one is told so."""
    rename_alliance(session, alliance_id=alliance.id, name="Steady Roofs", by=chief, now=NOW)
    found, _ = proposal_on_file(session, alliance.id)
    assert found.name == "Steady Roofs"
    told = {"alliance_id": alliance.id, "by": field.coordinator, "now": NOW}
    with pytest.raises(Refused, match="it is called “Steady Roofs” now") as refused:
        revise_proposal(session, proposal=replace(found, name="Safe Roofs Alliance", goals="No falls."), **told)
    assert refused.value.field == "name"
    revise_proposal(session, proposal=replace(found, goals="No falls."), **told)
    assert gather(session, [alliance.id])[0].facts.name == "Steady Roofs"


def test_an_open_card_calls_everybody_as_today_and_a_decided_one_as_then(session, field, alliance, director, chief):
    """The card of a proposal is rewritten after each renaming: of a participant, the alliance, an official's office."""
    approval = ask(session, alliance, field.coordinator)
    post(session)
    (card, *_) = cards(session, approval)

    def said(what):
        session.expire_all()
        assert card.version > card.shown_version, what
        post(session)
        return str(words(session, card))

    renamed(session, alliance, "Roofers Guild", "Roofers United", chief)
    assert "Roofers United" in said("participant")
    rename_alliance(session, alliance_id=alliance.id, name="Steady Roofs", by=chief, now=NOW)
    assert "Steady Roofs" in said("alliance")
    rename_office(session, office_code="0317300", name="Dover Area Office", by=chief, now=NOW)
    assert "Area Director, Dover Area Office" in said("office")
    decide(session, approval, director)
    renamed(session, alliance, "Roofers United", "Roofers Third", chief)
    session.expire_all()
    assert "Roofers Third" not in str(words(session, card))


def test_an_open_card_of_an_additional_approval_is_about_the_name_of_today(session, field, alliance, director, chief):
    """It is asked for a participant by name."""
    approve_proposal(session, alliance, director)
    prepare_to_sign(session, alliance, field.coordinator)
    approval = ask(session, alliance, field.coordinator, purpose=Purpose.SPECIAL, subject="draft", about=CONSULATE.name)
    post(session)
    (card, *_) = cards(session, approval)
    renamed(session, alliance, CONSULATE.name, "Consulate General of Mexico", chief)
    session.expire_all()
    assert card.version > card.shown_version
    assert "Consulate General of Mexico" in str(words(session, card))
