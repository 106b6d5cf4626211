from __future__ import annotations

import json
from datetime import timedelta
from itertools import groupby
from typing import Annotated, Any

import typer

from cli.open_records import open_records
from cli.options import AsOf, Format, InFormat
from operations.read.changed_parameter import ChangedParameter, read_change, stated_otherwise
from operations.read.policy_diff import Change, Difference, Kind, diff_policy
from policy.duties import Due
from policy.facts import Facts
from policy.words import count

policy_app = typer.Typer(help="The rules and their parameters.", no_args_is_help=True)
# A callback keeps a command with one word from becoming that word.
policy_app.callback()(lambda: None)

COMPARED = ("opens_on", "due_on", "status", "basis", "modality", "required", "owner")


@policy_app.command("diff")
def policy_diff(
    parameter: Annotated[
        list[str], typer.Option(metavar="NAME=VALUE[@DATE]", help="Another value, for all days or from a day on.")
    ],
    as_of: AsOf = None,
    ahead: Annotated[
        int, typer.Option(min=0, max=3650, metavar="DAYS", help="How far ahead duties are compared.")
    ] = 365,
    form: InFormat = Format.TABLE,
) -> None:
    """Show what a change of parameters would do to the duties of all alliances, before it is made."""
    if form is Format.CSV:
        raise typer.BadParameter("a difference is printed as text or as JSON.")
    changes = [read_change(text) for text in parameter]
    for departure in filter(None, map(stated_otherwise, changes)):
        typer.echo(f"Warning: {departure}", err=True)
    with open_records() as records, records.sessions() as session:
        on = as_of or records.today()
        found = diff_policy(session, changes, on=on, ahead=timedelta(days=ahead))
    if form is Format.JSON:
        typer.echo(json.dumps(_as_json(changes, found), indent=2, ensure_ascii=False))
    else:
        _print(changes, found)


def _as_json(changes: list[ChangedParameter], found: Difference) -> dict[str, Any]:
    return {
        "parameters": [
            {"name": c.name, "value": c.value, "from": None if c.since is None else c.since.isoformat()}
            for c in changes
        ],
        "as_of": found.on.isoformat(),
        "until": found.until.isoformat(),
        "counts": {rule: {kind.value: counted[kind.value] for kind in Kind} for rule, counted in found.counts.items()},
        "changes": [
            {
                "change": change.kind.value,
                "alliance": None if change.of.alliance_id is None else change.of.facts.name,
                "id": str(change.due.id),
                "rule": change.due.rule,
                "period": None if change.due.period is None else str(change.due.period),
                "differs": list(change.differs),
                "before": _duty(change.before),
                "after": _duty(change.after),
            }
            for change in found.changes
        ],
    }


def _duty(due: Due | None) -> dict[str, Any] | None:
    if due is None:
        return None
    period = {"period": None if due.period is None else str(due.period)}
    return period | {name: _plain(getattr(due, name)) for name in COMPARED}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)


def _print(changes: list[ChangedParameter], found: Difference) -> None:
    said = ", ".join(f"{c.name} = {c.value}{'' if c.since is None else f' from {c.since}'}" for c in changes)
    print_difference(f"With {said}", found)
    if found.changes:
        typer.echo("Nothing was changed.")


def print_difference(heading: str, found: Difference) -> None:
    """Print what would become of which duties."""
    typer.echo(f"{heading}, of the duties on {found.on} and those due by {found.until}:\n")
    if not found.changes:
        typer.echo("Nothing would change.")
        return
    width = max(len(rule) for rule in found.counts)
    typer.echo("  ".join(["rule".ljust(width), *(f"{kind.value:>7}" for kind in Kind)]))
    for rule, counted in found.counts.items():
        typer.echo("  ".join([rule.ljust(width), *(f"{counted[kind.value]:>7}" for kind in Kind)]))
    for name, group in groupby(found.changes, key=lambda change: change.of.facts.name):
        typer.echo(f"\n{name}")
        for change in group:
            typer.echo(f"    {_line(change)}")
    alliances = {change.of.alliance_id for change in found.changes}
    typer.echo(f"\n{count(len(found.changes), 'duty')} of {count(len(alliances), 'alliance')}.")


def _line(change: Change) -> str:
    due, before, after = change.due, change.before, change.after
    detail = change.of.detail(due)
    about = f"{f' {due.period}' if due.period else ''}{f' ({detail})' if detail else ''}"
    what = f"{due.rule}{about}: {change.kind.value}"
    if before is None or after is None:
        return f"{what}, due {due.due_on}, {due.status.value}{_untracked(change)}"
    if before.due_on != after.due_on:
        what += f", due {before.due_on} -> {after.due_on}"
    rest = (
        f"{name.replace('_', ' ')} {_plain(getattr(before, name))} -> {_plain(getattr(after, name))}"
        for name in change.differs
        if name != "due_on"
    )
    return ", ".join([what, *rest])


def _untracked(change: Change) -> str:
    """Say that a duty goes or comes because its date is moved over the first tracked day."""
    other, facts = change.untracked_on, change.of.facts
    if other is None or not isinstance(facts, Facts):
        return ""
    word = "would be" if change.kind is Kind.GONE else "was"
    return f"; its date {word} {other}, and the alliance is tracked from {facts.tracked_from}"
