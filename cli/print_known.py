"""Print what was known on a past day: what people had been told by then, and what cannot be said for certain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import typer

from operations.read.known_duties import Recalled
from policy.words import day as spelled

#: What the records cannot tell about the past is said on every look at it.
TODAYS = "Settings, closures and the rules themselves are those of today; records are as they had been entered by then."


def refuse_to_come(known_on: date, today: date) -> None:
    """Let pass a day whose end, or whose hours so far, can be known.

    Raises:
        BadParameter: The day is still to come.
    """
    if known_on > today:
        raise typer.BadParameter(
            f"what will be known on {spelled(known_on)} cannot be told; --as-of looks at a day to come."
        )


def note_unsure(known_on: date, unsure: Iterable[str]) -> None:
    """Say beside the answer, not in it, what it rests on and what is uncertain in it."""
    typer.echo(f"As known at the end of {spelled(known_on)}. {TODAYS}", err=True)
    for sentence in unsure:
        typer.echo(f"Not certain: {sentence}.", err=True)


def known_json(recalled: Recalled, known_on: date) -> dict[str, Any]:
    """Return for programs what had been told of a duty, beside the duty itself."""
    return {
        "known_on": known_on.isoformat(),
        "told": [
            {
                "stage": told.stage,
                "why": told.why,
                "office": told.office,
                "channel": told.channel,
                "sent_at": told.sent_at.isoformat(),
                "words": told.words,
                "rewritten_since": told.rewritten_since,
            }
            for told in recalled.told
        ],
        "unsure": list(recalled.unsure),
    }


def print_told(recalled: Recalled, known_on: date) -> None:
    """Print which notices had been sent of a duty, with their words."""
    if not recalled.told:
        typer.echo(f"\nNobody had been told of it by the end of {spelled(known_on)}.")
        return
    typer.echo(f"\nTold by the end of {spelled(known_on)}:")
    for told in recalled.told:
        typer.echo(f"{told.sent_at:%Y-%m-%d %H:%M} UTC  {told.office}, {told.channel}: {told.why}")
        if told.words is None:
            typer.echo("    Its words are not kept.")
            continue
        if told.rewritten_since:
            typer.echo("    The message was rewritten after that day; these are its latest words:")
        for line in told.words.splitlines():
            typer.echo(f"    {line}")
