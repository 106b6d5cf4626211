from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from cli.open_records import open_records
from cli.options import Format, InFormat, OfOffice
from cli.print_duties import cell
from operations.actor import offices_below
from operations.read.duties import require_office
from operations.read.ownerless import Ownerless, Without, read_ownerless
from operations.read.people import list_people, span_words
from policy.rules import RULES
from policy.words import day as spelled

PEOPLE = ("person", "slack_id", "role", "office_code", "office_name", "since", "until", "acting_for", "when")
WITHOUT = ("kind", "office_code", "office_name", "what", "about", "due_on", "owner")
KINDS = {
    "duties": "Duties whose position nobody holds, there or above:",
    "requests": "Requests that nobody on record can decide:",
    "approvals": "What is before officials, and nobody can decide:",
    "officials": "Officials above an office with open duties, who are missing:",
    "channels": "Offices without a channel, there or above:",
}


def people(
    *,
    office: OfOffice = None,
    without_owner: Annotated[
        bool, typer.Option("--without-owner", help="What nobody answers for: duties, requests, officials, channels.")
    ] = False,
    form: InFormat = Format.TABLE,
) -> None:
    """Show who holds which position, or what has no owner."""
    with open_records() as records, records.sessions() as session:
        if office is not None:
            require_office(session, office)
        codes = None if office is None else offices_below(session, office)
        if without_owner:
            found = read_ownerless(session, now=records.now())
            _print_ownerless(found if codes is None else found.at(codes), form)
            return
        held = [
            asdict(one) | {"when": one.when.value, "words": span_words(one)}
            for one in list_people(session, codes, now=records.now())
        ]
    if form is not Format.TABLE:
        _print(PEOPLE, held, form)
        return
    if not held:
        typer.echo("Nobody holds a position.")
    for one in held:
        acting = f", acting for {one['acting_for']}" if one["acting_for"] else ""
        where = f"{one['office_name']} ({one['office_code']})"
        typer.echo(f"{one['role']}, {where}: {one['person']}{acting}, {one['words']}")


def _print_ownerless(found: Ownerless, form: Format) -> None:
    rows = [asdict(one) | {"kind": kind} for kind in KINDS for one in getattr(found, kind)]
    if form is not Format.TABLE:
        _print(WITHOUT, rows, form)
        return
    if not rows:
        typer.echo("Every open duty and request has somebody who answers for it, and every office a channel.")
    for kind, heading in KINDS.items():
        of_kind: Sequence[Without] = getattr(found, kind)
        if of_kind:
            typer.echo(heading)
        for one in of_kind:
            typer.echo(f"  {_line(one)}")


def _line(one: Without) -> str:
    title = RULES[one.what].title if one.what in RULES else one.what
    parts = [part for part in (title, one.about, "" if one.due_on is None else f"due {spelled(one.due_on)}") if part]
    owner = f" ({one.owner})" if one.owner else ""
    return ": ".join(filter(None, [f"{one.office_name} ({one.office_code})", ", ".join(parts)])) + owner


def _print(columns: Sequence[str], rows: Sequence[dict[str, Any]], form: Format) -> None:
    plain = [{name: _plain(row.get(name)) for name in columns} for row in rows]
    if form is Format.JSON:
        typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in plain)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
