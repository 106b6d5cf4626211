"""Show what a change does, ask, and save it: the same for settings and for closures."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

import typer
from sqlalchemy.orm import Session

from cli.open_records import open_records
from cli.policy_diff import print_difference
from operations.actor import Actor, operator
from operations.see_effect import Effect

Change = TypeVar("Change")

Yes = Annotated[bool, typer.Option("--yes", help="Save without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, write nothing.")]


def save_change(
    change: Callable[[Session, Actor, datetime, bool], Change],
    show: Callable[[Change], None],
    *,
    dry_run: bool,
    yes: bool,
    ask: str = "Save this?",
) -> None:
    """Make a change and show it; keep it if that is wanted, after asking unless `yes`.

    `change` is told who makes it and when, and whether it is only tried, to be rolled back.
    """
    # What the audit calls somebody at the terminal.
    name = f"alliance ({getpass.getuser()})"
    with open_records() as records:
        with records.sessions() as session:
            show(change(session, operator(session, name), records.now(), dry_run or not yes))
            if dry_run:
                typer.echo("Nothing was changed.")
                return
            if yes:
                session.commit()
        if not yes:
            # Not in one transaction: nobody waits for a person who thinks.
            typer.confirm(ask, abort=True)
            with records.sessions.begin() as session:
                change(session, operator(session, name), records.now(), False)
    typer.echo("Saved.")


def print_effect(heading: str, found: Effect) -> None:
    """Print what a change does to duties and reminders."""
    print_difference(heading, found.difference)
    typer.echo(
        f"Reminders of the duties open today: {found.planned} planned anew, {found.cancelled} not sent any more."
    )
