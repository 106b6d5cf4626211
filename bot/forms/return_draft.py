"""Send a draft back to who asked, to be changed and put forward again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.form_types import ApprovalForm, Ask
from bot.verdict_form import verdict_form
from policy.approval import Verdict


class ReturnDraft(ApprovalForm):
    """What is to be changed."""

    reason: Annotated[str, Ask(multiline=True)] = Field(
        title="What is to be changed", max_length=1000, description="Who asked reads it, and opens the draft with it."
    )


FORM = verdict_form("return_draft", "Return for changes", ReturnDraft, Verdict.RETURN, submit_label="Return")
