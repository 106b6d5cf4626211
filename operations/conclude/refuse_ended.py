"""Refuse what an alliance that has ended can no longer do."""

from __future__ import annotations

from operations.records.open_alliance import Opened
from operations.refusals import AlreadyDone
from policy.facts import EndingKind
from policy.words import day as spelled


def refuse_ended(opened: Opened, *, field: str | None = None) -> None:
    """Let pass an alliance that has not ended.

    Raises:
        AlreadyDone: It has; the sentence says when and how.
    """
    ending = opened.of.facts.ending
    if ending is not None and ending.kind is EndingKind.WITHDRAWN:
        raise AlreadyDone(
            f"The proposal of {opened.row.name} was withdrawn on {spelled(ending.ended_on)}: {ending.reason}",
            field=field,
        )
    if ending is not None:
        how = f"{ending.kind.value}: {ending.reason.rstrip('.')}"
        raise AlreadyDone(f"{opened.row.name} ended on {spelled(ending.ended_on)} ({how}).", field=field)
