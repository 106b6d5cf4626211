from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.forms import FORMS
from policy.clauses import CLAUSES
from policy.gates import GATES
from policy.handbook import clauses_page, obligations_page
from policy.parameters import PARAMETERS
from policy.rule_notes import NOTES
from policy.rules import RULES
from policy.stages import DEFAULT_SETTINGS


def pages() -> dict[str, str]:
    """Give the generated pages by file name."""
    forms = {form.name: form.title for form in FORMS.values()}
    return {
        "clauses.md": clauses_page(CLAUSES, RULES, GATES, PARAMETERS, forms),
        "obligations.md": obligations_page(RULES, NOTES, GATES, PARAMETERS, settings=DEFAULT_SETTINGS, forms=forms),
    }


def write_docs(
    into: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the pages are written.")] = Path("docs"),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say which pages are stale.")] = False,
) -> None:
    """Write the handbook of clauses and obligations from the register and the rules."""
    stale = 0
    for name, text in pages().items():
        path = into / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            typer.echo(f"{path} is up to date")
        elif check:
            stale += 1
            typer.echo(f"{path} is stale: run `alliance docs`", err=True)
        else:
            into.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            typer.echo(f"{path} written")
    if stale:
        raise typer.Exit(1)
