"""What people answered to a reminder, in words, and the menu of the answers that have no button of their own."""

from __future__ import annotations

import uuid
from typing import Protocol

from bot.blocks import Json, overflow, safe
from operations.read.answers import Answers
from policy.duties import Modality


class Answered(Protocol):
    """A duty that somebody can answer for."""

    @property
    def id(self) -> uuid.UUID:
        """Its id."""

    @property
    def modality(self) -> Modality:
        """How strongly it is asked for."""

    @property
    def answers(self) -> Answers:
        """What was answered so far."""


def answer_lines(answers: Answers, *, mention: bool = False) -> list[str]:
    """Say what was answered to a duty, in mrkdwn; `mention` calls whom it is assigned to."""
    lines = []
    if (to := answers.assigned_to) is not None:
        name = f"{safe(to.name)} (<@{to.slack_id}>)" if mention else safe(to.name)
        note = f": {safe(answers.assigned_note, 300)}" if answers.assigned_note else ""
        lines.append(ended(f"Assigned to {name} by {safe(answers.assigned_by or '')}{note}"))
    return lines


def ended(sentence: str) -> str:
    """Return a sentence with its full stop."""
    return sentence if sentence.endswith(".") else f"{sentence}."


def more_menu(duty: Answered) -> Json:
    """Return the menu of the rarer answers to a duty."""
    choices = [("Assign to a person", "assign")]
    if duty.answers.assigned_to is not None:
        choices.append(("Unassign", "unassign"))
    choices.append(("Not applicable", "waive"))
    return overflow("more:obligation", [(label, f"{what}:{duty.id}") for label, what in choices])
