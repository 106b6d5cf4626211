"""What people answered to a reminder, in words, and the menu of the answers that have no button of their own."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Protocol

from bot.blocks import Json, button, confirm, overflow, safe
from bot.duty_words import full_day
from operations.read.answers import NOTHING, Answers, read_answers
from operations.read.requests import Requested
from policy.duties import Modality
from policy.requests import RequestStatus
from policy.words import day

#: The group of the duties on which a person is to decide.
TO_DECIDE = "Waiting for your decision"
#: What holds meanwhile, for who asked.
UNDECIDED = "As long as nothing is decided, reminders go on as before."


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
    if answers.request is not None:
        lines.append(request_words(answers.request))
    return lines


def request_words(request: Requested, most: int = 300) -> str:
    """Say who asked for what, why (`most` characters of that), and what became of it, in mrkdwn."""
    what = "to declare it not applicable" if request.until is None else f"to wait until {full_day(request.until)}"
    asked = ended(f"Asked by {safe(request.asked_by)} {what}: {safe(request.reason, most)}")
    if request.status is RequestStatus.OPEN:
        return f"{asked} Waiting for {safe(request.waits_for or 'an official above, whom nobody entered yet')}."
    on = "" if request.decided_on is None else f" on {day(request.decided_on)}"
    by = f" by {safe(request.decided_by)}" if request.decided_by else _why_lapsed(request)
    why = f": {safe(request.decided_why, 300)}" if request.decided_why else ""
    return f"{asked} {ended(f'{request.status.capitalize()}{on}{by}{why}')}"


def _why_lapsed(request: Requested) -> str:
    if request.until is not None and request.decided_on is not None and request.until <= request.decided_on:
        return ": nobody decided before that day"
    return ", as the duty is settled"


def decision_buttons(request: Requested, about: str) -> list[Json]:
    """Return the buttons that decide what is asked."""
    ask = confirm("Approve this?", "Your name is kept with it, next to that of who asked.", "Approve")
    return [
        button("Approve", "approve:request", str(request.id), about=about, style="primary", confirm=ask),
        button("Decline", "decline:request", str(request.id), about=about),
    ]


def asked_of(session: Any, duty_id: uuid.UUID, *, now: datetime) -> str:
    """Name who is to decide what is asked for a duty, with the position."""
    request = read_answers(session, [duty_id], now=now).get(duty_id, NOTHING).request
    return safe((request and request.waits_for) or "an official above you")


def ended(sentence: str) -> str:
    """Return a sentence with its full stop."""
    return sentence if sentence.endswith(".") else f"{sentence}."


def more_menu(duty: Answered) -> Json:
    """Return the menu of the rarer answers to a duty."""
    choices = [("Assign to a person", "assign")]
    if duty.answers.assigned_to is not None:
        choices.append(("Unassign", "unassign"))
    choices.append(("Not applicable", "waive"))
    request = duty.answers.request
    if request is not None and request.status is RequestStatus.OPEN:
        choices.append(("Withdraw what I asked", "withdraw"))
    return overflow("more:obligation", [(label, f"{what}:{duty.id}") for label, what in choices])
