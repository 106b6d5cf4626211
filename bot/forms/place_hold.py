"""Put an alliance, or everything, on hold for a lawsuit, an audit or a request."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bot.blocks import safe
from bot.form_types import Ask, Draft, Form, OfficeForm, Opening, Said, Submitting
from operations.read.choices import alliance_choices
from operations.records.keep_records import place_hold
from operations.refusals import Refused
from policy.rights import Verb

SCOPES = {"alliance": "One alliance, with what was merged into it", "everything": "Everything in the program"}


class PlaceHold(OfficeForm):
    """What is kept as it is, and why."""

    scope: Annotated[Literal["alliance", "everything"], Ask(radio=True, labels=SCOPES)] = Field(title="What")
    alliance: Annotated[int | None, Ask(search="alliance", placeholder="Type a part of its name")] = Field(
        None, title="Alliance", gt=0, lt=2**63
    )
    reason: str = Field(title="Reason", max_length=1000, description="A lawsuit, an audit, a request.")


def _open(_opening: Opening) -> Draft:
    intro = "While a hold stands nothing of it may go, and no word of it is redacted. Recording goes on as before."
    return Draft(values={"scope": "alliance"}, intro=[intro])


def _submit(submitting: Submitting, typed: PlaceHold) -> Said:
    one = typed.scope == "alliance"
    if one and typed.alliance is None:
        raise Refused("Choose the alliance.", field="alliance")
    if not one and typed.alliance is not None:
        raise Refused("Everything is on hold then; leave the alliance empty.", field="alliance")
    whose = "everything"
    if one and typed.alliance is not None:
        whose = f"*{safe(alliance_choices(submitting.session, typed.alliance, now=submitting.now).name)}*"
    number = place_hold(
        submitting.session, alliance_id=typed.alliance, reason=typed.reason, by=submitting.by, now=submitting.now
    )
    return Said(f"Hold {number} stands: {whose}. None of it may go, and no word of it is redacted.", "")


FORM = Form(
    name="place_hold",
    title="Put on hold",
    model=PlaceHold,
    verb=Verb.KEEP_RECORDS,
    open=_open,
    submit=_submit,
    submit_label="Put on hold",
)
