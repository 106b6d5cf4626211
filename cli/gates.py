from __future__ import annotations

import csv
import json
import sys
from typing import Annotated, Any

import typer

from cli.named import alliance_named
from cli.open_records import open_records
from cli.options import AsOf, Format, InFormat
from cli.print_duties import cell
from operations.read.gates import GateShown, GatesShown, show_gates
from policy.procedure import ProcedureStep

COLUMNS = ("alliance", "product", "gate", "title", "state", "modality", "missing", "passed_by", "clauses", "quote")


def gates(
    *,
    alliance: Annotated[str, typer.Option(metavar="NAME", help="The alliance, by its name or a clear part of it.")],
    step: Annotated[ProcedureStep, typer.Option(help="The step that the gates stand before.")] = ProcedureStep.SIGN,
    as_of: AsOf = None,
    form: InFormat = Format.TABLE,
) -> None:
    """Show what is still open before a step: each gate with its clause, and what passes it."""
    with open_records() as records, records.sessions() as session:
        found = alliance_named(session, alliance)
        shown = show_gates(session, found.id, step=step, on=as_of or records.today())
    if form is Format.JSON:
        typer.echo(json.dumps([_as_json(one) for one in shown], indent=2, ensure_ascii=False))
    elif form is Format.CSV:
        _print_csv(shown)
    elif not shown:
        typer.echo(f"{found.name} has no product on record.")
    else:
        for one in shown:
            _print(one)


def _print(shown: GatesShown) -> None:
    typer.echo(
        f"{shown.before[:1].upper()}{shown.before[1:]}, on {shown.on} ({shown.edition.name}): "
        f"{len(shown.open)} of {len(shown.gates)} gates open."
    )
    for one in shown.gates:
        state = "passed" if one.missing is None else "open  "
        typer.echo(f"\n{state}  {one.gate.title}  [{one.gate.modality.value}]")
        if one.missing is not None:
            typer.echo(f"        {one.missing}\n        {one.passed_by}")
        over = ", carried over" if one.carried_over else ""
        typer.echo(f"        {one.clauses[0].name}{over}: “{one.clauses[0].quoted}”")
    for gate in shown.left_out:
        typer.echo(f"\nleft out by the office when it renews: {gate.title}")
    for reading in shown.readings:
        typer.echo(f"\n{reading}")
    for marked in shown.marked:
        typer.echo(f"\nto be decided: “{marked.words}” in the {marked.text.what}. {marked.why} [{marked.clause.name}]")
    typer.echo("")


def _as_json(shown: GatesShown) -> dict[str, Any]:
    return {
        "alliance": shown.of.facts.name,
        "product": None if shown.product is None else shown.product[1],
        "step": shown.step.value,
        "on": shown.on.isoformat(),
        "renewal": shown.renewal,
        "edition": shown.edition.name,
        "gates": [_gate(one) for one in shown.gates],
        "readings": list(shown.readings),
        "left_out": [gate.id for gate in shown.left_out],
        "marked": [{"words": m.words, "in": m.text.what, "why": m.why, "clause": m.clause.name} for m in shown.marked],
    }


def _gate(one: GateShown) -> dict[str, Any]:
    return {
        "gate": one.gate.id,
        "title": one.gate.title,
        "before": one.gate.before.value,
        "state": "passed" if one.missing is None else "open",
        "modality": one.gate.modality.value,
        "missing": one.missing,
        "passed_by": None if one.missing is None else one.passed_by,
        "clauses": [clause.name for clause in one.clauses],
        "quote": one.clauses[0].quote,
        "carried_over": one.carried_over,
    }


def _print_csv(shown: tuple[GatesShown, ...]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in map(_as_json, shown):
        for gate in one["gates"]:
            row = {"alliance": one["alliance"], "product": one["product"], **gate}
            writer.writerow([cell(row[column]) for column in COLUMNS])
