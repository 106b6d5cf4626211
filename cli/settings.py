from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import select

from cli.open_records import open_records
from cli.options import Format, InFormat
from cli.save_change import DryRun, Yes, print_effect, save_change
from models.offices import Office
from operations.change_settings import SettingsChange, change_settings
from operations.flat_settings import COLUMNS, flatten, read_setting, write_value
from operations.read.office import OfficeCard, show_office

settings_app = typer.Typer(help="What offices set for themselves.", no_args_is_help=True)


@settings_app.command("show")
def show(
    office: Annotated[
        str | None, typer.Option("--office", metavar="CODE", help="All settings of this office, with their origin.")
    ] = None,
    form: InFormat = Format.TABLE,
) -> None:
    """Show the settings that hold for an office; without one, what each office set for itself."""
    if form is Format.CSV:
        raise typer.BadParameter("settings are printed as text or as JSON.")
    with open_records() as records, records.sessions() as session:
        if office is not None:
            card = show_office(session, office.upper(), now=records.now())
            typer.echo(json.dumps(_as_json(card), indent=2, default=str) if form is Format.JSON else _text(card))
            return
        found = {
            row.code: {name: value for name in COLUMNS if (value := getattr(row, name)) is not None}
            | flatten(row.settings)
            for row in session.scalars(select(Office).order_by(Office.code))
        }
    found = {code: own for code, own in found.items() if own}
    if form is Format.JSON:
        typer.echo(json.dumps(found, indent=2))
    else:
        lines = [f"{code}  {name}={write_value(value)}" for code, own in found.items() for name, value in own.items()]
        typer.echo(
            "\n".join(lines) or "No office set anything; the defaults hold: alliance settings show --office CODE."
        )


@settings_app.command("set")
def set_settings(
    office: Annotated[str, typer.Option("--office", metavar="CODE", help="The office that sets it.")],
    settings: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="An empty value takes it away.")],
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Change settings of an office, after showing what that changes over its alliances."""
    changes = dict(map(read_setting, settings))
    save_change(
        lambda session, by, now, tried: change_settings(
            session, office_code=office.upper(), changes=changes, by=by, now=now, tried=tried
        ),
        _print,
        dry_run=dry_run,
        yes=yes,
    )


def _print(found: SettingsChange) -> None:
    for name, before, after in found.changed:
        typer.echo(f"{name}: {write_value(before)} -> {write_value(after)}")
    for warning in found.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    print_effect(f"\nWith these settings of {found.office_name}", found.effect)
    if found.later:
        typer.echo("The workers plan the reminders of all its alliances anew within minutes of saving.")


def _text(card: OfficeCard) -> str:
    lines = [f"{card.name} ({card.code}), {card.timezone}"]
    width = max(len(setting.name) for setting in card.settings)
    for setting in card.settings:
        origin = "set here" if setting.own else setting.above or "default"
        lines.append(f"  {setting.name:<{width}}  {write_value(setting.value)}  ({origin}){_note(setting.name, card)}")
    lines.append(f"Next messages: {', '.join(f'{at:%Y-%m-%d %H:%M} UTC' for at in card.sends)}")
    return "\n".join(lines)


def _note(name: str, card: OfficeCard) -> str:
    """Say of the one setting about area alliances that it leaves the meetings of others mandatory."""
    if name != "meetings_mandatory" or card.kind not in {"national", "region"}:
        return ""
    return f"  for area alliances; those of {card.name} itself are mandatory (CSP 04-01-002 VI.H)"


def _as_json(card: OfficeCard) -> dict[str, object]:
    return {
        "office": card.code,
        "name": card.name,
        "timezone": card.timezone,
        "next_messages": [at.isoformat() for at in card.sends],
        "settings": [asdict(setting) for setting in card.settings],
    }
