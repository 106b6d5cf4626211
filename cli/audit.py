from __future__ import annotations

from typing import Annotated

import typer

from cli.open_records import open_records
from cli.save_change import DryRun, Yes, save_change
from operations.records.redact_audit import Redaction, redact_audit
from operations.records.verify_audit import verify_audit
from policy.words import count

audit_app = typer.Typer(help="The audit trail.", no_args_is_help=True)


@audit_app.command("verify")
def verify() -> None:
    """Verify the hash chain from its beginning; exit 1 at the first break."""
    with open_records() as records, records.sessions() as session:
        found = verify_audit(session)
    if found.first_break is not None:
        typer.echo(f"The audit is broken at entry {found.first_break}: what it says was changed.", err=True)
        raise typer.Exit(1)
    lost = f", {found.redacted} of them redacted" if found.redacted else ""
    typer.echo(f"The audit is whole: {found.entries} entries{lost}. Its head is {found.head}.")


@audit_app.command("redact")
def redact(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stays in the audit.")],
    words: Annotated[
        str, typer.Option("--words", prompt="Words to redact", help="What to take out; asked for if left out.")
    ],
    entry: Annotated[int | None, typer.Option("--entry", metavar="NUMBER", help="Only in this entry.")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
) -> None:
    """Take personal words out of the audit for good, after showing where they stand; the chain stays whole."""
    save_change(
        lambda session, by, now, _: redact_audit(session, words=words, reason=reason, entry=entry, by=by, now=now),
        _print,
        dry_run=dry_run,
        yes=yes,
        ask="Take these words out? It cannot be undone.",
    )


def _print(found: Redaction) -> None:
    for one in found.entries:
        typer.echo(f"Entry {one.seq}, {one.at:%Y-%m-%d %H:%M} UTC, {one.actor}, {one.action}:")
        for text in one.left:
            typer.echo(f"  {' '.join(text.split())}")
    typer.echo(f"{count(len(found.entries), 'entry') if len(found.entries) == 1 else f'{len(found.entries)} entries'}.")
    if found.elsewhere:
        tables = ", ".join(f"{name} {number}" for name, number in found.elsewhere)
        typer.echo(f"The words also stand in records, which this does not change (rows by table): {tables}.")
