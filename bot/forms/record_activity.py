"""Record an activity in the columns of OSHA's annual report form."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from bot.blocks import safe
from bot.duty_words import full_day
from bot.form_types import (
    AllianceForm,
    Ask,
    Choice,
    Done,
    Draft,
    FilesField,
    Form,
    Opening,
    Submitting,
    files_field,
)
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
#: By their two letters, the territories among them.
STATES = frozenset(_STATES.split())

#: What the form carries of the message that it was opened from: who wrote it when, and its address.
SOURCE, SOURCE_LINK = "source", "source_link"
#: Under which name it carries the guessed alliance, "12:channel"; and on what a guess rests.
GUESSED = "guessed"
GUESSES = {"name": "the message names it", "channel": "it is the only alliance of the office whose channel this is"}

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
    files: FilesField = files_field()


def split_emphasis(areas: Collection[str]) -> dict[str, Any]:
    """Return what the two fields for emphasis areas hold for those of an activity: the known ones, and the others."""
    known = set(get_args(Emphasis))
    others = "; ".join(area for area in areas if area not in known)
    return {"emphasis": [area for area in areas if area in known], "other_emphasis": others or None}


def _open(opening: Opening) -> Draft:
    values = opening.values
    kind = str(values.get("kind") or "")
    return Draft(
        values={name: values[name] for name in (SOURCE, SOURCE_LINK, GUESSED) if values.get(name)},
        labels={"title": TITLES[kind]} if kind in TITLES else {},
        choices={"state": [Choice(state, state) for state in _STATES.split()]},
        intro=list(_intro(opening)),
    )


def _intro(opening: Opening) -> Iterator[str]:
    """Say where it is from, and on what the choice of the alliance rests while it is still the guessed one."""
    values = opening.values
    if values.get(SOURCE):
        yield f"From a {safe(str(values[SOURCE]), 300)}."
    id, _, because = str(values.get(GUESSED) or "").partition(":")
    if opening.choices is not None and id == str(opening.choices.id):
        yield f"*{safe(opening.choices.name)}* is chosen because {GUESSES.get(because, '')}; choose another if need be."


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
        details={name: values[name] for name in names if values[name]}
        | {name: kept for name in (SOURCE, SOURCE_LINK) if (kept := submitting.kept.get(name))},
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
