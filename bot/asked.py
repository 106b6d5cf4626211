"""What a person asked for and from where, and the two kinds of answer: words, or a form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from slack_sdk import WebClient

from bot.blocks import Json, safe, section
from bot.take_file import Documents
from operations.actor import Actor, identify
from operations.records.attach_document import Attached
from operations.refusals import Refused


class Sessions(Protocol):
    """Makes database sessions; one is one transaction."""

    def __call__(self) -> AbstractContextManager[Any]:
        """Return a session that is rolled back at the end unless it was committed."""

    def begin(self) -> AbstractContextManager[Any]:
        """Return a session that is committed at the end unless something was raised."""


def _no_files(_file: Mapping[str, Any]) -> Attached:
    raise Refused("Files cannot be attached here.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A person, the place where they acted, and the moment."""

    sessions: Sessions
    now: datetime
    user_id: str
    user_name: str
    #: Slack's id of the channel; None for the Home tab and for a modal.
    channel: str | None = None
    #: Asks Slack for the name of the person's time zone; None where it does not tell.
    time_zone: Callable[[], str | None] = lambda: None
    #: Asks Slack for the name of a member of the workspace; raises `Refused` for an app and for who is gone.
    name_of: Callable[[str], str] = str
    #: Takes over a file that was attached in a form; raises `Refused` where it may not be kept.
    take_file: Callable[[Mapping[str, Any]], Attached] = _no_files
    #: Where documents are kept; None where none are.
    documents: Documents | None = None
    #: The web address, ending in a slash, under which calendars are fetched; None where they are not served.
    calendars: str | None = None
    #: Whether Slack knows the blocks that came in 2026, such as charts.
    newer_blocks: bool = False
    #: What could not be worked out for the answer, each a sentence with the rule and the alliance.
    failed: list[str] = field(default_factory=list)

    @property
    def gaps(self) -> list[str]:
        """Sentences for the end of the answer: what is missing in it; empty when all is there."""
        sentences = dict.fromkeys(self.failed)
        return [f"This list is not complete. {safe(said, 300)} Tell your administrator." for said in sentences]

    def actor(self, session: Any) -> Actor:
        """Return the person as the records know them."""
        return identify(session, self.user_id, now=self.now, name=self.user_name)


@dataclass(frozen=True, slots=True)
class Answer:
    """Words for the person who asked, and for nobody else."""

    #: Complete without the blocks, in mrkdwn.
    text: str
    blocks: list[Json] = field(default_factory=list)
    #: The title, where it has to be shown as a window.
    title: str = "Alliance"
    #: Whether it takes the place of the answer whose button was pressed.
    replaces: bool = False
    #: What is done with Slack once it has been answered; what it returns is shown in place of this answer.
    later: Callable[[WebClient], Answer | None] | None = None
    #: Whether nothing is shown before that, where what was shown could not be exchanged.
    waits: bool = False

    @property
    def shown(self) -> list[Json]:
        """The blocks, or the text as one."""
        return self.blocks or [section(self.text)]


@dataclass(frozen=True, slots=True)
class Modal:
    """A window to be opened for the person who asked."""

    view: Json


Reply = Answer | Modal
