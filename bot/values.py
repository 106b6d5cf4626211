"""What buttons carry in their value, checked when it comes back."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from operations.read.exported import What
from operations.refusals import Refused
from policy.handed_papers import PaperKind
from policy.program_picture import View

STALE = "This button is from an older version; please ask again with /alliance."

Value = TypeVar("Value", bound=BaseModel)

#: An id as the database counts them; 0 where there is none yet.
Number = Annotated[int, Field(ge=0, lt=2**63)]


class Run(BaseModel):
    """Do what a word does, as if it had been typed."""

    word: str
    words: str = ""
    alliance: Number | None = None
    #: Opens this form rather than the word's own.
    form: str | None = None


class MemberValue(BaseModel):
    """One member of the team of an alliance."""

    alliance: Number
    member: Number


class ProductValue(BaseModel):
    """One product of an alliance."""

    alliance: Number
    product: Number


class DroppedDuty(BaseModel):
    """A duty, and files that somebody dropped into the thread of its reminder: see `bot.message_files`."""

    duty: uuid.UUID
    files: dict[str, str]


class DroppedActivity(BaseModel):
    """An alliance, and files that may tell of an activity of it."""

    alliance: Number
    files: dict[str, str]


class PlanValue(BaseModel):
    """The work plan of one agreement year of an alliance."""

    alliance: Number
    #: The first day of the year.
    first: date


class ReportValue(BaseModel):
    """The annual report of one agreement year of an alliance."""

    alliance: Number
    #: The last day of the year.
    period_end: date


class PaperValue(BaseModel):
    """One paper of an alliance."""

    alliance: Number
    kind: PaperKind
    #: None for one of which nothing is on record yet.
    record: Number | None = None


class ExportValue(BaseModel):
    """Rows to be sent as a file."""

    what: What
    scope: Literal["mine", "all", "office"]
    #: The code of the office.
    key: str = ""


class PictureValue(BaseModel):
    """The picture of an office in a year."""

    office: str
    view: View = View.FISCAL
    #: The fiscal year; None is the one that runs.
    year: int | None = None


class Page(BaseModel):
    """One page of a list."""

    list: Literal["due", "alliances", "outbox", "records", "documents"]
    scope: Literal["mine", "all", "office", "alliance", "message", "words"]
    #: An office's code, an alliance's or a message's id, or words; empty for `mine` and `all`.
    key: str = ""
    page: Annotated[int, Field(lt=2**31)] = 1


def read(kind: type[Value], value: str) -> Value:
    """Return what a button carries.

    Raises:
        Refused: It carries something else.
    """
    try:
        return kind.model_validate_json(value)
    except ValidationError:
        raise Refused(STALE) from None


def read_id(value: str) -> uuid.UUID:
    """Return the id of a duty or message that a button carries.

    Raises:
        Refused: It carries something else.
    """
    try:
        return TypeAdapter(uuid.UUID).validate_python(value)
    except ValidationError:
        raise Refused(STALE) from None


def read_number(value: str) -> int:
    """Return the number of something that a button or a choice carries.

    Raises:
        Refused: It carries something else.
    """
    try:
        return TypeAdapter(Number).validate_python(value)
    except ValidationError:
        raise Refused(STALE) from None
