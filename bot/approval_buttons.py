"""What the buttons of an approval do; each carries its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from bot.answers.approve import show_whole
from bot.approval_words import decided_said, undone_said
from bot.asked import Answer, Asked, Reply
from bot.blocks import safe
from bot.forms import FORMS
from bot.open_form import open_form
from bot.outcomes import told_blocks
from bot.values import read_id, read_number
from operations.actor import Actor
from operations.approve.ask_approval import RECORD, withdraw_approval
from operations.approve.decide_approval import decide_approval
from operations.approve.settle import RECORD as DECISION
from operations.approve.undo_decision import undo_decision
from operations.read.approvals import show_approval
from operations.read.askable import Askable
from policy.approval import Verdict
from policy.chains import Purpose
from policy.subjects import DRAFT, PROPOSAL

#: The form in which a draft of a subject is changed, where it has one of its own.
EDIT_FORMS = {PROPOSAL: "revise_proposal", DRAFT: "draft_agreement"}


def approve(asked: Asked, value: str) -> Reply:
    """Approve the version that was shown; the answer undoes it."""
    id, _, latest = value.partition(":")
    # Cards of an older version carry the id alone.
    approval_id, seen = read_id(id), read_number(latest) if latest else None
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        decided = decide_approval(
            session, approval_id=approval_id, verdict=Verdict.APPROVE, seen=seen, by=by, now=asked.now
        )
    text = decided_said(decided)
    return Answer(text, told_blocks(text, decided.record))


def send_back(asked: Asked, value: str) -> Reply:
    """Open the form that returns it for changes."""
    return open_form(asked, FORMS["return_draft"], values={"approval": str(read_id(value))})


def decline(asked: Asked, value: str) -> Reply:
    """Open the form that declines it."""
    return open_form(asked, FORMS["decline_draft"], values={"approval": str(read_id(value))})


def show(asked: Asked, value: str) -> Reply:
    """Show all of it."""
    return show_whole(asked, read_id(value))


def record(asked: Asked, value: str) -> Reply:
    """Open the form that records a decision on paper."""
    return open_form(asked, FORMS["record_outside_approval"], values={"approval": str(read_id(value))})


def withdraw(asked: Asked, value: str) -> Reply:
    """Take back what one asked."""
    with asked.sessions.begin() as session:
        text = _withdraw(session, f"{RECORD}:{read_id(value)}", asked.actor(session), asked.now)
    return Answer(text)


def change_draft(asked: Asked, value: str) -> Reply:
    """Open the form of what came back, with everything in it."""
    with asked.sessions.begin() as session:
        shown = show_approval(session, read_id(value), now=asked.now)
    form = EDIT_FORMS.get(shown.subject, "")
    if form in FORMS:
        # It fills itself with the version on file.
        return open_form(asked, FORMS[form], alliance_id=shown.alliance_id)
    what = Askable(shown.purpose, shown.subject, shown.about_key, "").value
    return open_form(asked, FORMS["ask_approval"], alliance_id=shown.alliance_id, values={"what": what})


def _withdraw(session: Any, record: str, by: Actor, now: datetime) -> str:
    approval = withdraw_approval(session, approval_id=read_id(record.partition(":")[2]), by=by, now=now)
    title = Purpose(approval.purpose).terms.title
    return f"Withdrawn: nobody is asked for the {safe(title)} any more."


def _undo(session: Any, record: str, by: Actor, now: datetime) -> str:
    return undone_said(undo_decision(session, record=record, by=by, now=now))


BUTTONS: Mapping[str, Callable[[Asked, str], Reply]] = MappingProxyType(
    {
        "approve:approval": approve,
        "return:approval": send_back,
        "decline:approval": decline,
        "show:approval": show,
        "record:approval": record,
        "withdraw:approval": withdraw,
        "change:draft": change_draft,
    }
)

#: How what was asked or decided is taken back, by what it is called.
TAKEN_BACK: Mapping[str, Callable[[Any, str, Actor, datetime], str]] = MappingProxyType(
    {RECORD: _withdraw, DECISION: _undo}
)
