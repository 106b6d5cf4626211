"""What the tests of approvals do again and again: keep a version, put it before officials, decide, read the cards."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from bot.messages import message_words
from models.approvals import Approval
from models.duties import Message
from models.products import Product
from operations.approve.ask_approval import ask_approval
from operations.approve.decide_approval import decide_approval
from operations.approve.keep_draft import keep_draft
from operations.gather_facts import gather
from operations.read.gates import gates_before
from operations.read.message import show_message
from operations.remind.deliver_message import claim_message, waiting_messages
from operations.remind.note_outcome import note_sent
from policy.approval import Verdict
from policy.chains import Purpose
from policy.procedure import ProcedureStep
from sandbox.block_limits import message_problems
from tests.operations.conftest import NOW, TODAY

CONTENT = {"goals": "Fewer falls", "participants": ["Local Builders"], "work_plan": "Two trainings"}


def keep(session, alliance, by, *, now=NOW, subject="proposal", **content):
    """Keep a version."""
    return keep_draft(session, by=by, now=now, alliance=alliance.id, subject=subject, content=CONTENT | content)


def ask(session, alliance, by, *, purpose=Purpose.FIELD_PROPOSAL, subject="proposal", now=NOW, **more):
    """Put the latest version before those who approve it."""
    return ask_approval(session, by=by, now=now, alliance_id=alliance.id, purpose=purpose, subject=subject, **more)


def an_approval(draft, by, **more):
    """Return the row of an approval of a version, as it is before officials; `more` is what its purpose asks for."""
    asked = {"asked_by_id": by.person_id, "asked_by": by.name, "asked_at": NOW}
    of = {"alliance_id": draft.alliance_id, "subject": draft.subject, "draft_id": draft.id, "digest": draft.digest}
    return Approval(id=uuid.uuid4(), **{"about": "", "chain": {}} | of | asked | more)


def decide(session, approval, by, verdict=Verdict.APPROVE, reason=None, *, now=NOW):
    """Decide on it."""
    return decide_approval(session, approval_id=approval.id, verdict=verdict, reason=reason, by=by, now=now)


def cards(session, approval, kind="approval"):
    """Return the messages about it, in order of who gets them."""
    query = select(Message).where(Message.approval_id == approval.id, Message.kind == kind)
    return session.scalars(query.order_by(Message.channel, Message.occasion)).all()


def words(session, message, now=NOW):
    """Return what a message says, complete and within Slack's limits."""
    made = message_words(show_message(session, message.id, now=now))
    assert message_problems(made["blocks"]) == []
    return made


def open_gates(session, alliance, step=ProcedureStep.DRAFT, on=TODAY):
    """Return what is missing before a step, by gate."""
    (of,) = gather(session, [alliance.id])
    return {one.gate.id: one.missing for one in gates_before(session, of, step=step, on=on).open}


def post(session, now=NOW):
    """Let everything that waits stand in Slack."""
    for number, id in enumerate(waiting_messages(session, now=now)):
        claim = claim_message(session, id, now=now)
        if claim is not None:
            note_sent(session, claim, ts=claim.ts or f"{now.timestamp() + number:.6f}", words={"text": ""}, now=now)


def make_product(session, alliance):
    """Make a product of an alliance, and give its subject."""
    told = {"title": "Poster", "form": "Poster", "audience": "Roofers", "purpose": "Falls", "proposed_by": "Guild"}
    product = Product(alliance_id=alliance.id, proposed_on=TODAY, recorded_at=NOW, **told)
    session.add(product)
    session.flush()
    return f"product:{product.id}"
