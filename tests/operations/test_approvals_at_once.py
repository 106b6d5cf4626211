"""Two officials at once: exactly one decision counts, the other is told who decided and when."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance, AllianceOffice
from models.approvals import Approval, ApprovalDecision
from models.duties import Message
from models.gates import GateRecord
from models.offices import Office
from operations.actor import identify
from operations.approve.ask_approval import ask_approval, withdraw_approval
from operations.approve.change_chain import change_chain
from operations.approve.decide_approval import decide_approval
from operations.approve.keep_draft import keep_draft
from operations.approve.undo_decision import undo_decision
from operations.gather_facts import gather
from operations.read.gates import gates_before
from operations.remind.deliver_message import claim_message
from policy.approval import Verdict
from policy.chains import Purpose
from policy.procedure import ProcedureStep
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY, Portfolio, floors
from tests.operations.meanwhile import in_thread, wait_until_blocked

DIRECTOR, ADMINISTRATOR, COORDINATOR = "U0DIRECT1", "U0ADMIN01", "U0COORD01"
AGAIN = {"goals": "No falls", "work_plan": "Three trainings"}


@pytest.fixture
def sessions(committed):
    """Sessions on a database where a proposal of an area office is before its director and the region."""
    with committed.begin() as session:
        portfolio = Portfolio(session)
        region, area = floors(portfolio, channel="C0AREA")
        ada = portfolio.person(COORDINATOR, (Role.ALLIANCE_COORDINATOR, area), name="Ada Coordinator")
        portfolio.person(DIRECTOR, (Role.AREA_DIRECTOR, area), name="Dana Director")
        portfolio.person(ADMINISTRATOR, (Role.REGIONAL_ADMINISTRATOR, region), name="Rae Regional")
        made = Alliance(name="Harbor", level="area", tracked_from=TODAY, created_at=NOW)
        session.add(made)
        session.flush()
        session.add(AllianceOffice(alliance_id=made.id, office_id=area.id, rank=0))
        session.flush()
        content = {"goals": "Fewer falls", "work_plan": "Two trainings"}
        keep_draft(session, by=ada, now=NOW, alliance=made.id, subject="proposal", content=content)
        ask_approval(session, by=ada, now=NOW, alliance_id=made.id, purpose=Purpose.FIELD_PROPOSAL, subject="proposal")
    return committed


def decide(session: Session, slack_id: str, verdict: Verdict = Verdict.APPROVE) -> None:
    """Decide on the only approval there is."""
    by = identify(session, slack_id, now=NOW)
    id = session.scalars(select(Approval.id)).one()
    decide_approval(session, approval_id=id, verdict=verdict, reason="Not so", by=by, now=NOW)


@pytest.mark.parametrize("verdict", Verdict)
def test_of_two_who_press_at_once_one_decides(sessions, verdict):
    """The second waits for the first, is told by whom and when it was approved, and writes nothing."""
    with sessions() as first:
        decide(first, DIRECTOR)
        thread, raised = in_thread(sessions, lambda session: decide(session, ADMINISTRATOR, verdict))
        wait_until_blocked(sessions)
        first.commit()
    thread.join(10)
    said = "This was approved by Dana Director on November 23, 2026, at 9:00 AM; nothing changed."
    assert [str(error) for error in raised] == [said]
    with sessions() as session:
        assert session.scalars(select(ApprovalDecision.decided_by)).all() == ["Dana Director"]
        assert session.scalars(select(Approval.status)).one() == "approved"


def test_a_decision_and_a_new_version_take_turns(sessions):
    """Who approves while the draft is changed approves nothing: the version that was shown is void."""

    def keep(session: Session) -> None:
        by = identify(session, COORDINATOR, now=NOW)
        alliance = session.scalars(select(Alliance.id)).one()
        keep_draft(session, by=by, now=NOW, alliance=alliance, subject="proposal", content=AGAIN)

    with sessions() as first:
        keep(first)
        thread, raised = in_thread(sessions, lambda session: decide(session, DIRECTOR))
        wait_until_blocked(sessions)
        first.commit()
    thread.join(10)
    (error,) = raised
    assert "This is void: version 2 was kept on November 23, 2026, at 9:00 AM, by Ada Coordinator" in str(error)
    with sessions() as session:
        assert session.scalars(select(ApprovalDecision)).all() == []
        assert session.scalars(select(GateRecord)).all() == []


def test_a_card_is_not_posted_while_it_is_decided(sessions):
    """Nobody gets buttons for what is being decided: the card is left alone, and cancelled afterwards."""
    with sessions() as session:
        ids = session.scalars(select(Message.id).where(Message.kind == "approval")).all()
    with sessions.begin() as click:
        decide(click, DIRECTOR)
        with sessions.begin() as delivery:
            assert [claim_message(delivery, id, now=NOW) for id in ids] == [None, None]
    with sessions.begin() as delivery:
        assert [claim_message(delivery, id, now=NOW) for id in ids] == [None, None]
    with sessions() as session:
        assert set(session.scalars(select(Message.status).where(Message.id.in_(ids)))) == {"cancelled"}


def test_two_who_ask_at_once_ask_once(sessions):
    """The second is told that it is before them."""
    with sessions.begin() as session:
        session.delete(session.scalars(select(Approval)).one())

    def ask(session: Session) -> None:
        by = identify(session, COORDINATOR, now=NOW)
        alliance = session.scalars(select(Alliance.id)).one()
        ask_approval(session, by=by, now=NOW, alliance_id=alliance, purpose=Purpose.FIELD_PROPOSAL, subject="proposal")

    with sessions() as first:
        ask(first)
        thread, raised = in_thread(sessions, ask)
        wait_until_blocked(sessions)
        first.commit()
    thread.join(10)
    assert ["Ada Coordinator asked for" in str(error) for error in raised] == [True]
    with sessions() as session:
        assert len(session.scalars(select(Approval)).all()) == 1
        assert session.scalars(select(Office.code).where(Office.code == "REG-PHI")).one()


def at_the_same_time(sessions, first_work, second_work) -> list[str]:
    """Let the second wait for the first, which is saved; return what the second was refused with."""
    with sessions() as first:
        first_work(first)
        thread, raised = in_thread(sessions, second_work)
        wait_until_blocked(sessions)
        first.commit()
    thread.join(10)
    return [str(error) for error in raised]


def withdraw(session: Session) -> None:
    """Take back what was asked."""
    id = session.scalars(select(Approval.id)).one()
    withdraw_approval(session, approval_id=id, by=identify(session, COORDINATOR, now=NOW), now=NOW)


def undo(session: Session) -> None:
    """Take the only decision back."""
    id = session.scalars(select(ApprovalDecision.id)).one()
    undo_decision(session, record=f"approval-decision:{id}", by=identify(session, DIRECTOR, now=NOW), now=NOW)


def again(session: Session) -> None:
    """Keep another version."""
    alliance = session.scalars(select(Alliance.id)).one()
    by = identify(session, COORDINATOR, now=NOW)
    keep_draft(session, by=by, now=NOW, alliance=alliance, subject="proposal", content=AGAIN)


def test_a_new_version_waits_for_a_decision_and_voids_it(sessions):
    """Who changes the draft while it is approved opens the gate again: the approval was of the version before."""
    assert at_the_same_time(sessions, lambda session: decide(session, DIRECTOR), again) == []
    with sessions() as session:
        (of,) = gather(session, session.scalars(select(Alliance.id)).all())
        gates = gates_before(session, of, step=ProcedureStep.DRAFT, on=TODAY).open
        assert ["Dana Director approved version 1" in str(gate.missing) for gate in gates] == [True]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (withdraw, withdraw, "This was withdrawn by Ada Coordinator"),
        (withdraw, lambda s: decide(s, DIRECTOR), "This was withdrawn by Ada Coordinator"),
        (lambda s: decide(s, DIRECTOR), withdraw, "This was approved by Dana Director"),
    ],
)
def test_of_two_who_end_it_at_once_one_does(sessions, first, second, said):
    """Taken back twice, or while it is decided: the second is told how it ended, and changes nothing."""
    (refused,) = at_the_same_time(sessions, first, second)
    assert refused.startswith(said)
    assert refused.endswith("nothing changed.")


def test_a_decision_is_undone_once(sessions):
    """Two presses on Undo, or an Undo while the draft is changed: the second learns of the first."""
    with sessions.begin() as session:
        decide(session, DIRECTOR)
    assert at_the_same_time(sessions, undo, undo) == ["This decision was undone before; nothing changed."]
    with sessions.begin() as session:
        decide(session, DIRECTOR)


def test_an_undo_waits_for_a_new_version_and_is_refused(sessions):
    """What was decided on an earlier version is history."""
    with sessions.begin() as session:
        decide(session, DIRECTOR)
    (refused,) = at_the_same_time(sessions, again, undo)
    assert "kept version 2 since" in refused


def test_two_who_set_one_chain_see_each_others(sessions):
    """The second saw what stood there before the first: refused, with who set what when; the first one's stays."""

    def chain(slack_id: str, text: str):
        def work(session: Session) -> None:
            # As everybody who looked before.
            assert session.scalars(select(Office).where(Office.code == "0317300")).one().settings == {}
            by = identify(session, slack_id, now=NOW)
            about = {"office_code": "0317300", "purpose": Purpose.FIELD_PROPOSAL, "seen": ""}
            change_chain(session, text=text, by=by, now=NOW, **about)

        return work

    first, second = "Area Director; Regional Administrator", "Area Director; OOSA director"
    refused = at_the_same_time(sessions, chain(DIRECTOR, first), chain(ADMINISTRATOR, second))
    said = "Dana Director changed this on November 23, 2026, at 9:00 AM, after you opened it"
    assert [said in sentence for sentence in refused] == [True]
    with sessions() as session:
        office = session.scalars(select(Office).where(Office.code == "0317300")).one()
        assert office.settings == {"chains": {"field-proposal": first}}
