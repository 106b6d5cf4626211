from __future__ import annotations

import getpass
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from cli.named import alliance_named
from cli.open_records import open_records
from operations.actor import Actor, operator
from operations.read.retention import Keeping, read_retention
from operations.records.keep_records import lift_hold, place_hold, set_retention
from policy.retention import ABOUT, Kind
from policy.words import count

retention_app = typer.Typer(help="How long records are kept, and what is on hold.", no_args_is_help=True)

Reason = Annotated[str, typer.Option("--reason", metavar="WORDS", help="Why; it stays in the audit.")]


def _by(session: Session) -> Actor:
    return operator(session, f"alliance ({getpass.getuser()})")


@retention_app.command("show")
def show() -> None:
    """Show what is set, what is on hold, and which records the schedule lets go. Nothing is ever deleted."""
    with open_records() as records, records.sessions() as session:
        found = read_retention(session)
        today = records.today()
    for each in found.kinds:
        about = ABOUT[each.kind]
        typer.echo(f"{each.kind}: {_keeping(each)} ({about.holds}; counted from {about.counted_from})")
    for hold in found.holds:
        whose = hold.alliance or "everything"
        typer.echo(f"Hold {hold.id}: {whose}, by {hold.placed_by} on {hold.placed_at:%Y-%m-%d}: {hold.reason}")
    for one in found.ended:
        if one.kept_until is None:
            continue
        past = "may go by the schedule" if one.kept_until < today else "to be kept"
        typer.echo(f"{one.name}: ended {one.ended_on}, kept until {one.kept_until}: {'on hold' if one.held else past}")
    typer.echo("Nothing is deleted by this program.")


def _keeping(each: Keeping) -> str:
    if each.schedule is None:
        return "kept without limit, nothing is set"
    return f"{each.schedule}, {'permanent' if each.keep_years is None else count(each.keep_years, 'year')}"


@retention_app.command("set")
def set_class(
    kind: Annotated[Kind, typer.Argument(help="The kind of records.")],
    schedule: Annotated[str, typer.Option("--schedule", metavar="ITEM", help="The item of the records schedule.")],
    years: Annotated[int | None, typer.Option("--years", help="Years to keep; permanent if left out.")] = None,
) -> None:
    """Say which item of the records schedule holds for a kind of records."""
    with open_records() as records, records.sessions.begin() as session:
        set_retention(session, kind=kind, schedule=schedule, keep_years=years, by=_by(session), now=records.now())
    typer.echo("Saved. Nothing is deleted by it.")


@retention_app.command("hold")
def hold(
    reason: Reason,
    alliance: Annotated[str | None, typer.Argument(help="The alliance; everything if left out.")] = None,
) -> None:
    """Put an alliance, or everything, on hold: none of it may go, and no word of it is redacted."""
    with open_records() as records, records.sessions.begin() as session:
        found = None if alliance is None else alliance_named(session, alliance)
        id = None if found is None else found.id
        number = place_hold(session, alliance_id=id, reason=reason, by=_by(session), now=records.now())
    typer.echo(f"Hold {number}: {'everything' if found is None else found.name}.")


@retention_app.command("lift")
def lift(number: Annotated[int, typer.Argument(help="The number of the hold.")], reason: Reason) -> None:
    """Lift a hold."""
    with open_records() as records, records.sessions.begin() as session:
        lift_hold(session, hold_id=number, reason=reason, by=_by(session), now=records.now())
    typer.echo(f"Hold {number} is lifted.")
