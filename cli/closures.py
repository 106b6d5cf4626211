from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from cli.open_records import open_records
from cli.options import read_day
from cli.save_change import DryRun, Yes, print_effect, save_change
from operations.change_closures import ClosureChange, add_closure, remove_closure
from operations.closures import list_closures

closures_app = typer.Typer(help="One-off closures of federal offices.", no_args_is_help=True)

Day = Annotated[date, typer.Argument(parser=read_day, metavar="DATE", help="The closed day.")]


@closures_app.command("list")
def list_all() -> None:
    """List the closures."""
    with open_records() as records, records.sessions() as session:
        lines = [f"{day}  {reason}" for day, reason in list_closures(session)]
    typer.echo("\n".join(lines) or "No closure is entered.")


@closures_app.command("add")
def add(
    day: Day,
    reason: Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why the offices are closed.")],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Enter a closed day: nothing is sent on it, and it is no working day."""
    save_change(
        lambda session, by, now, tried: add_closure(session, day=day, reason=reason, by=by, now=now, tried=tried),
        lambda found: _print("closed", found),
        dry_run=dry_run,
        yes=yes,
    )


@closures_app.command("remove")
def remove(day: Day, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Take a closed day away."""
    save_change(
        lambda session, by, now, tried: remove_closure(session, day=day, by=by, now=now, tried=tried),
        lambda found: _print("no closed day any more", found),
        dry_run=dry_run,
        yes=yes,
    )


def _print(what: str, found: ClosureChange) -> None:
    print_effect(f"{found.day} {what} ({found.reason})", found.effect)
