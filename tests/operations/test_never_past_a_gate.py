"""No order of clicks signs an agreement while a mandatory gate is open: national, regional, area, consulate."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models.alliances import Agreement
from models.approvals import Approval
from models.drafts import Draft
from models.gates import GateRecord
from operations.approve.standing import decisions_of, standing_of
from operations.gather_facts import gather
from operations.gather_gate_facts import gather_gate_facts
from operations.read.procedure import procedure_of
from operations.refusals import Refused
from policy.approval import Approved
from policy.chains import Purpose
from policy.facts import Level
from policy.gates import refusing
from policy.procedure import ProcedureStep
from tests.operations.conftest import TODAY
from tests.operations.desk import ASIDE, PROCEDURES, REVIEWS, SIGNING, Desk, a_desk, straight_way
from tests.operations.proposals import CONSULATE

CHECKED = ("national", "regional", "area", "consulate")
_RULES = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]}


@st.composite
def orders(draw, desk):
    """Any order of clicks: the straight way with steps back and aside in it, or everything in any order."""
    way = straight_way(desk.proposal)
    if draw(st.booleans(), label="straight"):
        clicks = list(way)
        for _ in range(draw(st.integers(0, 2), label="left out")):
            clicks.pop(draw(st.integers(0, len(clicks) - 1)))
    else:
        rounds = draw(st.lists(st.permutations(way), min_size=1, max_size=2), label="rounds")
        clicks = [click for each in rounds for click in each]
    for _ in range(draw(st.integers(1, 4), label="aside")):
        clicks.insert(draw(st.integers(0, len(clicks))), draw(st.sampled_from(ASIDE)))
    return [*clicks, *draw(st.permutations(SIGNING), label="signing")]


def walk(session, portfolio, field, procedure, data):
    """Click until it is signed, or nothing is left to click; what is signed had every gate closed."""
    nested = session.begin_nested()
    try:
        desk = a_desk(session, portfolio, field, procedure)
        for click in data.draw(orders(desk), label="clicks"):
            before = was_open(desk) if click in SIGNING else set()
            try:
                with session.begin_nested():
                    click(desk)
            except Refused:
                continue
            if click in SIGNING and signed(desk) is not None:
                assert before == set()
                assert unproven(desk) == []
                return
        assert somebody_can_act(desk)
    finally:
        nested.rollback()
        session.expire_all()


@pytest.mark.parametrize("procedure", CHECKED)
@settings(max_examples=2, **_RULES)
@given(data=st.data())
def test_no_order_of_clicks_signs_past_an_open_gate(session, portfolio, field, procedure, data):
    """Clicks in any order, repeated, undone and with texts that change: what is signed had every gate closed."""
    walk(session, portfolio, field, procedure, data)


@pytest.mark.thorough
@pytest.mark.parametrize("procedure", PROCEDURES)
@settings(max_examples=40, **_RULES)
@given(data=st.data())
def test_no_order_of_clicks_at_all_signs_past_an_open_gate(session, portfolio, field, procedure, data):
    """The same for many orders, and for consulates at every level."""
    walk(session, portfolio, field, procedure, data)


@pytest.mark.parametrize("procedure", CHECKED)
def test_the_straight_way_is_signed(session, portfolio, field, procedure):
    """The same clicks in their order reach the signature: the property above is about something."""
    desk = a_desk(session, portfolio, field, procedure)
    for click in straight_way(desk.proposal):
        assert somebody_can_act(desk), click
        try:
            with session.begin_nested():
                click(desk)
        except Refused:
            # With one office the last signature is the first.
            assert click is Desk.sign_last
    assert signed(desk) is not None
    assert unproven(desk) == []


def was_open(desk):
    """Return the mandatory gates that are open, but for the signers', which close with the signatures themselves."""
    of = gather(desk.session, [desk.alliance_id])[0]
    return {o.gate.id for o in refusing(gather_gate_facts(desk.session, of, on=TODAY), ProcedureStep.SIGN)} - {
        "signers"
    }


def signed(desk):
    """Return the agreement, if there is one."""
    return desk.session.scalar(select(Agreement.id).where(Agreement.alliance_id == desk.alliance_id))


def unproven(desk):
    """List what the rows themselves do not prove of a signed agreement, whatever the gates made of them."""
    draft = f"agreement:{signed(desk)}"
    level = desk.proposal.level
    first = Purpose.NATIONAL_PROPOSAL if level is Level.NATIONAL else Purpose.FIELD_PROPOSAL
    wanted = [(first, "proposal", "")]
    wanted += [(p, draft, "REG-PHI" if p is Purpose.CONSISTENCY else "") for p in REVIEWS[level]]
    wanted += [(Purpose.SPECIAL, draft, CONSULATE.name)] if CONSULATE in desk.proposal.participants else []
    found = [f"{purpose} {about}" for purpose, subject, about in wanted if not is_proven(desk, purpose, subject, about)]
    rows = standing_records(desk, draft, "signed")
    latest = digest(desk, draft)
    under_it = {row.about for row in rows if row.details["digest"] == latest}
    signers = {*desk.proposal.offices, *(one.name for one in desk.proposal.participants)}
    return [*found, *(f"signature of {about}" for about in sorted(signers - under_it))]


def is_proven(desk, purpose, subject, about):
    """Whether officials approved the latest version here; or, if nobody was asked, paper says so of that version."""
    latest = digest(desk, subject)
    asked = desk.session.scalars(
        select(Approval)
        .where(Approval.subject == subject, Approval.purpose == purpose.value, Approval.about == about)
        .where(Approval.alliance_id == desk.alliance_id, Approval.status != "withdrawn")
    ).all()
    if asked:
        good = [row for row in asked if row.status == "approved" and row.digest == latest]
        return any(standing_of(row, decisions_of(desk.session, row.id)) == Approved() for row in good)
    rows = standing_records(desk, subject, purpose.terms.writes.value)
    return any(row.about == about and row.details["digest"] == latest for row in rows)


def standing_records(desk, subject, kind):
    """Return what was recorded for a subject and not withdrawn."""
    return desk.session.scalars(
        select(GateRecord).where(
            GateRecord.alliance_id == desk.alliance_id,
            GateRecord.subject == subject,
            GateRecord.kind == kind,
            GateRecord.withdrawn_at.is_(None),
        )
    ).all()


def digest(desk, subject):
    """Return the digest of the latest version."""
    query = select(Draft.digest).where(Draft.alliance_id == desk.alliance_id, Draft.subject == subject)
    return desk.session.scalars(query.order_by(Draft.version.desc())).first()


def somebody_can_act(desk):
    """Whether the procedure names a next step, or for whom it waits."""
    of = gather(desk.session, [desk.alliance_id])[0]
    shown = procedure_of(desk.session, of, on=TODAY)
    return bool(shown.upcoming) and all(stage.waiting_for or stage.owner for stage in shown.upcoming)
