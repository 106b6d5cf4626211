from __future__ import annotations

import typer

from cli.open_records import open_records
from operations.records.verify_audit import verify_audit as verify

audit_app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@audit_app.command("verify")
def verify_audit() -> None:
    """Verify the hash chain from its beginning; exit 1 at the first break."""
    with open_records() as records, records.sessions() as session:
        found = verify(session)
    if found.first_break is not None:
        typer.echo(f"The audit is broken at entry {found.first_break}: what it says was changed.", err=True)
        raise typer.Exit(1)
    typer.echo(f"The audit is whole: {found.entries} entries.")
