from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.open_records import open_records
from documents.program_book import book
from documents.program_chart import activities, draw, numbers, summary, title
from operations.change_closures import top_office
from operations.read.picture import read_picture
from policy.compliance import Compliance
from policy.program_picture import Picture, Unit, View
from policy.words import count


def program(
    office: Annotated[
        str | None, typer.Option("--office", metavar="CODE", help="Only this office and the offices below it.")
    ] = None,
    view: Annotated[View, typer.Option("--view", help="Fiscal years, or the agreement year of each alliance.")] = (
        View.FISCAL
    ),
    year: Annotated[int | None, typer.Option("--year", help="The fiscal year; the one that runs if left out.")] = None,
    form: Annotated[
        Literal["table", "json", "png", "xlsx"], typer.Option("--format", help="How to print it, or the file to write.")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", dir_okay=False, help="The file to write.", show_default=False)
    ] = None,
) -> None:
    """Show the program as a picture: duties done in time, days late, activities, people reached."""
    if year is not None and view is View.AGREEMENT:
        raise typer.BadParameter("--year names a fiscal year; agreement years are those that run today.")
    with open_records() as records, records.sessions() as session:
        code = top_office(session).code if office is None else office.upper()
        found = read_picture(session, code, view=view, year=year, now=records.now())
    if form in {"png", "xlsx"}:
        path = output or Path(f"alliance-program-{found.code}-{found.on}.{form}")
        path.write_bytes(draw(found) if form == "png" else book(found))
        typer.echo(f"{path}: {title(found)}. {summary(found)}")
        return
    said = json.dumps(_plain(found), indent=2, default=str, ensure_ascii=False) if form == "json" else _table(found)
    if output is None:
        typer.echo(said)
    else:
        output.write_text(f"{said}\n")


def _table(found: Picture) -> str:
    lines = [f"{title(found)}. {summary(found)}"]
    region = None
    for unit in found.offices:
        if unit.region != region:
            region = unit.region
            lines += [_line(one) for one in found.regions if one.name == region]
        lines.append(f"  {_line(unit)}")
    lines += [f"{area.name}: {activities(area.activities)}, {area.reached:,} people" for area in found.areas]
    return "\n".join(lines)


def _line(unit: Unit) -> str:
    found = unit.compliance
    days = f", {found.average:.0f} days late on average, {found.longest} at most" if found.longest else ""
    led = count(unit.alliances, "alliance")
    return f"{unit.name} ({unit.code}): {led}, {numbers(found)}{days}, {unit.reached:,} reached"


def _plain(found: Picture) -> dict[str, object]:
    told = asdict(found)
    for units in (told["regions"], told["offices"]):
        for unit in units:
            unit["compliance"] |= _shares(unit["compliance"])
    return told | {"compliance": asdict(found.compliance) | _shares(asdict(found.compliance))}


def _shares(told: dict[str, int]) -> dict[str, object]:
    found = Compliance(**told)
    return {"due": found.due, "percent": found.percent, "average": round(found.average, 1)}
