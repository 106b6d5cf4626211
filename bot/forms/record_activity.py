"""Record an activity in the columns of OSHA's annual report form."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import AllianceForm, Ask, Choice, Done, Draft, Form, Opening, Submitting
from operations.operate.record_activity import record_activity
from policy.rights import Verb

Kind = Literal["dissemination", "outreach", "training", "osha-training", "product"]

KINDS = {
    "dissemination": "Dissemination of information",
    "outreach": "Outreach event",
    "training": "Training for others than OSHA staff",
    "osha-training": "Training for OSHA staff",
    "product": "Product developed",
}

#: What the title is called in the report's table of each kind.
TITLES = {
    "dissemination": "Description",
    "outreach": "Name of the event",
    "training": "Name of the event",
    "osha-training": "Title of the training",
    "product": "Name of the product",
}

Emphasis = Literal[
    "Amputations",
    "Combustible dust",
    "Construction",
    "Ergonomics",
    "Falls",
    "Hazard communication",
    "Healthcare",
    "Heat",
    "Hexavalent chromium",
    "Lead",
    "Logging",
    "Maritime",
    "Oil and gas",
    "Primary metals",
    "Process safety management",
    "Recordkeeping",
    "Shipbreaking",
    "Silica",
    "Small business",
    "Trenching and excavation",
    "Warehousing",
    "Workplace violence",
    "Young workers",
]

_STATES = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI
SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI
"""

EVENTS = ("kind", ("outreach", "training"))
PLACES = ("kind", ("outreach", "training", "osha-training"))
OSHA_TRAINING = ("kind", ("osha-training",))


class RecordActivity(AllianceForm):
    """An activity with the columns of the report's table for its kind (CSP 04-01-002 VI.E)."""

    kind: Annotated[Kind, Ask(labels=KINDS, steers=True)] = Field(title="Kind of activity")
    on: date = Field(title="Date")
    title: Annotated[str, Ask()] = Field(title="Description or name", max_length=300)
    representatives: Annotated[str | None, Ask(only=EVENTS)] = Field(
        None, title="Representatives and their affiliation", max_length=500
    )
    presentation: Annotated[str | None, Ask(only=EVENTS)] = Field(
        None, title="Title of the presentation", max_length=300
    )
    trainer: Annotated[str | None, Ask(only=OSHA_TRAINING)] = Field(
        None, title="Trainer: name and title", max_length=300
    )
    audience: Annotated[
        list[Literal["OSHA", "State Plan", "Consultation"]] | None,
        Ask(only=OSHA_TRAINING, labels={"OSHA": "OSHA", "State Plan": "State Plan"}),
    ] = Field(None, title="Audience")
    city: Annotated[str | None, Ask(only=PLACES)] = Field(None, title="City", max_length=100)
    state: Annotated[str | None, Ask(only=PLACES, offered=True)] = Field(None, title="State")
    emphasis: Annotated[list[Emphasis] | None, Ask()] = Field(None, title="Emphasis areas")
    other_emphasis: Annotated[str | None, Ask()] = Field(
        None,
        title="Other emphasis areas",
        max_length=300,
        description="Local emphasis programs, for example; separate several with semicolons.",
    )
    reached: Annotated[int | None, Ask()] = Field(
        None,
        title="Number of people reached",
        ge=0,
        le=100_000_000,
        description="Leave it empty while it is not known; the annual report will ask for it.",
    )
    info: Annotated[str | None, Ask(multiline=True)] = Field(None, title="Additional information", max_length=2000)


def _open(opening: Opening) -> Draft:
    kind = str(opening.values.get("kind") or "")
    return Draft(
        labels={"title": TITLES[kind]} if kind in TITLES else {},
        choices={"state": [Choice(state, state) for state in _STATES.split()]},
    )


def _submit(submitting: Submitting, typed: RecordActivity) -> Done:
    others = [part.strip() for part in (typed.other_emphasis or "").split(";")]
    names = ("representatives", "presentation", "trainer", "audience", "city", "state", "info")
    values = typed.model_dump()
    outcome = record_activity(
        submitting.session,
        alliance_id=typed.alliance,
        kind=typed.kind,
        on=typed.on,
        title=typed.title,
        reached=typed.reached,
        emphasis=list(dict.fromkeys([*(typed.emphasis or []), *filter(None, others)])),
        details={name: values[name] for name in names if values[name]},
        by=submitting.by,
        now=submitting.now,
    )
    reached = "" if typed.reached is None else f", {typed.reached:,} reached"
    return Done(
        outcome,
        f"Recorded for *{safe(outcome.of.facts.name)}*: {KINDS[typed.kind].lower().replace('osha', 'OSHA')} "
        f"“{safe(typed.title, 300)}” on {full_day(typed.on)}{reached}.",
        undoable=True,
    )


FORM = Form(
    name="record_activity",
    title="Record an activity",
    model=RecordActivity,
    verb=Verb.RECORD,
    open=_open,
    submit=_submit,
)
