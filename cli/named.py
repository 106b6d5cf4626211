"""The alliance that somebody names at the terminal."""

from __future__ import annotations

import typer
from sqlalchemy.orm import Session

from operations.read.find_alliance import HOLDS, Found
from operations.read.named_alliance import named_alliance


def alliance_named(session: Session, name: str) -> Found:
    """Find the alliance that a name clearly means; one that is only spelled alike is told on standard error.

    Raises:
        Refused: No alliance, or several, are called so.
    """
    found = named_alliance(session, name)
    if found.likeness < HOLDS:
        typer.echo(f"“{name}” is taken for {found.name}.", err=True)
    return found
