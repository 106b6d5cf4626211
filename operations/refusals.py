"""What an operation says no with."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 — it is an answer, not a fault
    """The operation did nothing; the sentence says what is wrong and what to do.

    `field` names the form's field that it speaks of, or None when it speaks of the whole.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotAllowed(Refused):
    """The person holds no position that may do this."""


class AlreadyDone(Refused):
    """It was done before, by this form or by somebody else; the sentence says by whom and when."""
