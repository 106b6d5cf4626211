"""What a person asked for and from where, and the two kinds of answer: words, or a form."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.blocks import Json, safe, section
from operations.actor import Actor, identify


class Sessions(Protocol):
    """Makes database sessions; one is one transaction."""

    def __call__(self) -> AbstractContextManager[Any]:
        """Return a session that is rolled back at the end unless it was committed."""

    def begin(self) -> AbstractContextManager[Any]:
        """Return a session that is committed at the end unless something was raised."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A person, the place where they acted, and the moment."""

    sessions: Sessions
    now: datetime
    user_id: str
    user_name: str
    #: Slack's id of the channel; None for the Home tab and for a modal.
    channel: str | None = None
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

    @property
    def shown(self) -> list[Json]:
        """The blocks, or the text as one."""
        return self.blocks or [section(self.text)]


@dataclass(frozen=True, slots=True)
class Modal:
    """A window to be opened for the person who asked."""

    view: Json


Reply = Answer | Modal
