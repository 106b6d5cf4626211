"""Lift a hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import clip, safe
from bot.form_types import Ask, Choice, Draft, Form, OfficeForm, Opening, Said, Submitting
from operations.read.retention import read_retention
from operations.records.keep_records import lift_hold
from operations.refusals import Refused
from policy.rights import Verb

AFTER = "What was on hold may then go by the schedule, and its words may be redacted for good."


class LiftHold(OfficeForm):
    """Which hold ends, and why."""

    hold: Annotated[int, Ask(offered=True)] = Field(title="Hold", gt=0, lt=2**63)
    reason: str = Field(title="Reason", max_length=1000, description="The audit keeps it.")


def _open(opening: Opening) -> Draft:
    holds = read_retention(opening.session).holds
    if not holds:
        raise Refused("Nothing is on hold.")
    choices = [
        Choice(str(hold.id), f"{hold.id}: {clip(hold.alliance or 'everything', 40)}, {hold.reason}") for hold in holds
    ]
    return Draft(choices={"hold": choices}, intro=[AFTER])


def _submit(submitting: Submitting, typed: LiftHold) -> Said:
    lift_hold(submitting.session, hold_id=typed.hold, reason=typed.reason, by=submitting.by, now=submitting.now)
    return Said(f"Hold {typed.hold} is lifted.", f"Hold {typed.hold} ends: {safe(typed.reason, 500)}\n{AFTER}")


FORM = Form(
    name="lift_hold",
    title="Lift a hold",
    model=LiftHold,
    verb=Verb.KEEP_RECORDS,
    open=_open,
    submit=_submit,
    submit_label="Lift",
    confirm=lambda said: said.preview,
    confirm_title="Lift this hold?",
    confirm_label="Lift",
)
