"""What forms are made of: a pydantic model, what is offered when it opens, and what submitting it does."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from bot.find_duty import FoundDuty
from operations.actor import Actor
from operations.read.choices import AllianceChoices
from operations.remind.check_rules import Outcome, ProgramOutcome
from policy.duties import Due
from policy.rights import Verb


@dataclass(frozen=True, slots=True)
class Ask:
    """How a field of a form is asked for, where its type does not say it."""

    #: A large text box.
    multiline: bool = False
    #: What is searched while typing, see `bot.options`.
    search: str | None = None
    #: The choices are known only when the form opens, see `Draft.choices`.
    offered: bool = False
    #: The words shown for the values of a fixed choice.
    labels: Mapping[str, str] = field(default_factory=dict)
    #: All choices are shown at once.
    radio: bool = False
    #: Choosing it changes what else is asked.
    steers: bool = False
    #: Asked only when the field of that name has one of these values.
    only: tuple[str, tuple[str, ...]] | None = None
    placeholder: str | None = None


class FormModel(BaseModel):
    """The base of all forms: text is trimmed, nothing unknown comes through."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore", frozen=True)


class AllianceForm(FormModel):
    """A form about one alliance, which may be chosen in the form."""

    alliance: Annotated[int, Ask(search="alliance", steers=True, placeholder="Type a part of its name")] = Field(
        title="Alliance"
    )


class OfficeForm(FormModel):
    """A form about one office, which is named in the form's metadata."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the choices of a field."""

    value: str
    label: str


@dataclass(slots=True)
class Draft:
    """What a form shows when it opens; it is made anew when a steering field changes."""

    values: dict[str, Any] = field(default_factory=dict)
    choices: dict[str, list[Choice]] = field(default_factory=dict)
    #: Labels and hints in place of the model's.
    labels: dict[str, str] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)
    #: Paragraphs of mrkdwn above the fields.
    intro: list[str] = field(default_factory=list)
    #: Fields that are not asked for this time.
    hidden: frozenset[str] = frozenset()


class Metadata(BaseModel):
    """What a form carries in `private_metadata`: which form, about what, and where it came from."""

    form: str
    alliance: int | None = None
    obligation: uuid.UUID | None = None
    #: Code of the office that the form is about.
    office: str | None = None
    channel: str | None = None
    #: Values of fields that are not shown at the moment, so that nothing typed is lost.
    kept: dict[str, str] = Field(default_factory=dict)
    #: The form's view id and values, while a confirmation stands above it.
    key: str | None = None
    values: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a form knows when it opens."""

    session: Any
    by: Actor
    now: datetime
    #: Values chosen so far: raw, as they stand in the form.
    values: Mapping[str, Any]
    #: None while no alliance is chosen, and for forms that are about a reminder.
    choices: AllianceChoices | None
    #: The duty it was opened from.
    duty: FoundDuty | None
    #: Code of the office, for forms about one.
    office: str = ""

    @property
    def due(self) -> Due | None:
        """The duty it was opened from, as the records ask for it today."""
        return None if self.duty is None else self.duty.due

    @property
    def about(self) -> AllianceChoices:
        """The alliance's choices, where there is an alliance for certain."""
        if self.choices is None:
            raise LookupError("no alliance is chosen")
        return self.choices


@dataclass(frozen=True, slots=True)
class Submitting:
    """In whose name, when and in which transaction a form is submitted."""

    session: Any
    by: Actor
    now: datetime
    obligation: uuid.UUID | None
    #: Code of the office, for forms about one.
    office: str = ""
    #: Whether it is tried for its confirmation alone, and rolled back.
    tried: bool = False

    @property
    def duty(self) -> uuid.UUID:
        """The reminder that the form is about, where there is one for certain."""
        if self.obligation is None:
            raise LookupError("the form was not opened from a reminder")
        return self.obligation


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a form."""

    outcome: Outcome | ProgramOutcome
    #: What was recorded, as a sentence of mrkdwn that names the date.
    said: str
    #: The rules whose duties are mentioned even though they are not settled yet.
    rules: tuple[str, ...] = ()
    #: Days that say which duties of these rules: those whose period holds one of them.
    on: date | None = None
    #: Whether the record can be undone.
    undoable: bool = False

    @property
    def record(self) -> str | None:
        """What can be undone: "meeting:12"."""
        return self.outcome.record if self.undoable else None


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a form that changed settings: it is worded by the form itself."""

    #: What its sender is told, in mrkdwn.
    text: str
    #: What is shown before it is saved, in mrkdwn.
    preview: str
    #: What can be undone: "settings:" and an id.
    record: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its name is its callback id and the `resolved_by` of the rule that it fulfils."""

    name: str
    title: str
    model: type[FormModel]
    #: What a person must be allowed to do before the form opens.
    verb: Verb
    #: Fill the form; raises `Refused` when there is nothing that it could record.
    open: Callable[[Opening], Draft]
    #: Call one operation.
    submit: Callable[[Submitting, Any], Done | Said]
    submit_label: str = "Record"
    #: Ask before it is done: the text, in mrkdwn, says what will have happened; None asks nothing.
    confirm: Callable[[Any], str | None] | None = None
    confirm_title: str = "Please confirm"
    confirm_label: str | None = None


def previewed(
    name: str,
    title: str,
    model: type[FormModel],
    verb: Verb,
    *,
    open: Callable[[Opening], Draft],
    submit: Callable[[Submitting, Any], Said],
) -> Form:
    """Return a form that shows what it changes before it is saved."""
    return Form(
        name=name,
        title=title,
        model=model,
        verb=verb,
        open=open,
        submit=submit,
        submit_label="What changes?",
        confirm=lambda said: said.preview,
        confirm_title="What changes",
        confirm_label="Save",
    )
