"""The form of an official who does not approve: it asks why."""

from __future__ import annotations

import uuid
from typing import Any

from bot.approval_words import asked_text, decided_said
from bot.form_types import ApprovalForm, Draft, Form, Opening, Said, Submitting
from operations.approve.decide_approval import decide_approval
from operations.read.approvals import show_approval
from policy.approval import Verdict
from policy.rights import Verb

#: Stands for what is still to be typed, where it is only tried.
_TRIED = "to be said"


def verdict_form(name: str, title: str, model: type[ApprovalForm], verdict: Verdict, *, submit_label: str) -> Form:
    """Return the form; its model has the field `reason`."""

    def open_it(opening: Opening) -> Draft:
        approval_id = uuid.UUID(opening.values["approval"])
        shown = show_approval(opening.session, approval_id, now=opening.now)
        # What would be refused is refused before anybody types; opening a form saves nothing.
        decide_approval(
            opening.session, approval_id=approval_id, verdict=verdict, reason=_TRIED, by=opening.by, now=opening.now
        )
        return Draft(values={"approval": str(shown.id)}, intro=[asked_text(shown)])

    def submit(submitting: Submitting, typed: Any) -> Said:
        decided = decide_approval(
            submitting.session,
            approval_id=submitting.carried("approval"),
            verdict=verdict,
            reason=typed.reason,
            by=submitting.by,
            now=submitting.now,
        )
        return Said(decided_said(decided), "", decided.record)

    return Form(name, title, model, Verb.DECIDE, open_it, submit, submit_label)
