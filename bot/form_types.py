"""What forms are made of: a pydantic model, what is offered when it opens, and what submitting it does."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.find_duty import FoundDuty
from bot.take_file import Documents
from bot.values import Number
from operations.actor import Actor
from operations.read.choices import AllianceChoices
from operations.records.attach_document import Attached
from operations.refusals import Refused
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
    #: The id of a channel in which the app has to be able to post.
    channel: bool = False
    #: Somebody of the workspace, by the Slack id.
    person: bool = False
    #: A file, which is kept as a document behind the record.
    file: bool = False
    #: A table that is to be imported: CSV or XLSX.
    table: bool = False
    #: Files of the message that the form was opened from, see `bot.message_files`.
    files: bool = False


class FormModel(BaseModel):
    """The base of all forms: text is trimmed, nothing unknown comes through."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore", frozen=True)


#: A field for the document that proves what is recorded.
DocumentField = Annotated[Attached | None, Ask(file=True)]


def document_field(title: str = "The document itself") -> Any:
    """Return how the field for a document is asked for."""
    return Field(
        None,
        title=title,
        description="A PDF, Word, Excel or text file, or a scan. It is kept with the record; whoever holds a position "
        "can have it with /alliance document.",
    )


#: A field for the files of the message that a form was opened from, by the name `files`; see `bot.message_files`.
FilesField = Annotated[list[Attached] | None, Ask(offered=True, files=True)]


def files_field() -> Any:
    """Return how the field for the files of a message is asked for."""
    return Field(
        None,
        title="Files of the message to be kept with the record",
        description="Whoever holds a position can have them with /alliance document.",
    )


class AllianceForm(FormModel):
    """A form about one alliance, which may be chosen in the form."""

    alliance: Annotated[int, Ask(search="alliance", steers=True, placeholder="Type a part of its name")] = Field(
        title="Alliance", gt=0, lt=2**63
    )


class NewForm(FormModel):
    """A form about an alliance that there is not yet."""


class PersonForm(FormModel):
    """A form about the person who opens it, who may always do so."""


class ApprovalForm(FormModel):
    """A form about one approval, which it carries as `approval`; its operation checks who may."""


class OfficeForm(FormModel):
    """A form about one office, which is named in the form's metadata."""


#: What a form with numbered fields carries beside them.
NUMBERED = "numbered"


def _numbered(asked: Iterable[str]) -> str:
    return sha256("\0".join(asked).encode()).hexdigest()[:16]


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
    #: Fields that have to be filled in this time, beside those that always have to.
    required: frozenset[str] = frozenset()
    #: Tells the choices of this time from others; see `bot.form.input_blocks`.
    mark: str = ""
    #: Fields that hold something else than before without anybody's typing, each with what makes its block another one.
    anew: dict[str, str] = field(default_factory=dict)

    def number(self, asked: Iterable[str]) -> None:
        """Carry along what the fields ask for by their numbers, by name: it may be in another order when it is sent."""
        self.values[NUMBERED] = _numbered(asked)


class Metadata(BaseModel):
    """What a form carries in `private_metadata`: which form, about what, and where it came from."""

    form: str
    alliance: Number | None = None
    obligation: uuid.UUID | None = None
    #: Code of the office that the form is about.
    office: str | None = None
    channel: str | None = None
    #: The time zone of the person as Slack knows it, for forms about the person.
    timezone: str | None = None
    #: The record that the form corrects: "meeting:12".
    corrects: str | None = None
    #: Values of fields that are not shown at the moment, so that nothing typed is lost.
    kept: dict[str, str] = Field(default_factory=dict)
    #: The form's view id and values, while a confirmation stands above it.
    key: str | None = None
    values: dict[str, Any] | None = None


STALE_FORM = "This form is from an older version, and nothing was recorded; close it, and open it again."


def metadata_of(view: Mapping[str, Any]) -> Metadata:
    """Return what the modal of a form carries.

    Raises:
        Refused: It is that of an older version, and cannot be read any more.
    """
    try:
        return Metadata.model_validate_json(view.get("private_metadata") or "")
    except ValidationError:
        raise Refused(STALE_FORM) from None


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
    #: The time zone of the person as Slack knows it, for forms about the person.
    timezone: str | None = None

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
    #: The time zone of the person as Slack knows it, for forms about the person.
    timezone: str | None = None
    #: What the form carried without showing it.
    kept: Mapping[str, str] = field(default_factory=dict)
    #: What the people chosen in the form are called in Slack, by their ids.
    names: Mapping[str, str] = field(default_factory=dict)
    #: Where documents are kept; None where none are.
    documents: Documents | None = None

    def refuse_shifted(self, now: Iterable[str]) -> None:
        """Let pass a form whose numbered fields still ask for the same: see `Draft.number`.

        Raises:
            Refused: Something was added, taken away or changed places since it opened.
        """
        if self.kept.get(NUMBERED) != _numbered(now):
            raise Refused("What this form asks for has changed since it was opened; close it, and open it again.")

    def carried(self, name: str) -> uuid.UUID:
        """Return the id of what the form is about, which it carries under a name.

        Raises:
            Refused: It carries none: an older version of the form is still open.
        """
        try:
            return uuid.UUID(self.kept.get(name, ""))
        except ValueError:
            raise Refused(STALE_FORM) from None

    @property
    def duty(self) -> uuid.UUID:
        """The reminder that the form is about.

        Raises:
            Refused: It carries none: an older version of the form is still open.
        """
        if self.obligation is None:
            raise Refused(STALE_FORM)
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
    #: What comes next in the procedure, in mrkdwn; None: what the alliance owes next.
    next: str | None = None
    #: Documents that were made with the record, and are kept behind it.
    made: tuple[Attached, ...] = ()

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
    #: The alliance that it is about, where a document may stand behind it.
    alliance: int | None = None


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
