"""Decline what is put before an official, with the reason."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.form_types import ApprovalForm, Ask
from bot.verdict_form import verdict_form
from policy.approval import Verdict


class DeclineDraft(ApprovalForm):
    """Why it is declined."""

    reason: Annotated[str, Ask(multiline=True)] = Field(
        title="Why not", max_length=1000, description="Who asked reads it, and it is kept with the decision."
    )


FORM = verdict_form("decline_draft", "Decline", DeclineDraft, Verdict.DECLINE, submit_label="Decline")
