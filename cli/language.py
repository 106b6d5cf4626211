from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Format, InFormat
from operations.refusals import Refused
from policy.language import Mark, find_marks, find_negated
from policy.words import count

#: The check takes about a second for a million characters; no agreement is that long.
MOST_BYTES = 5_000_000


def language(
    *,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text file in UTF-8, or - for standard input.")],
    form: InFormat = Format.TABLE,
) -> None:
    """Mark words of a text that may read as endorsement or preferential treatment; a person decides on them.

    Ends with exit code 1 when words are marked; what is negated is shown to look at, and marks nothing.
    """
    if form is Format.CSV:
        raise typer.BadParameter("marked words are printed as text or as JSON.")
    text = _read(file)
    marks, negated = find_marks(text), find_negated(text)
    if form is Format.JSON:
        places = sorted([*marks, *negated], key=lambda mark: mark.start)
        shown = [_as_json(text, mark) | {"negated": mark in negated} for mark in places]
        typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))
    else:
        _print(text, marks, negated)
    if marks:
        raise typer.Exit(1)


def _print(text: str, marks: Sequence[Mark], negated: Sequence[Mark]) -> None:
    for mark in marks:
        typer.echo(f"{_where(text, mark)}  {mark.why} [{mark.clause.name}]")
    if marks:
        typer.echo(f"\n{count(len(marks), 'place')} to decide on: keep as harmless, or change.")
    elif not negated:
        typer.echo("No known phrase of endorsement or preferential treatment occurs. A person still reads it.")
    else:
        typer.echo("No known phrase of endorsement or preferential treatment occurs but where it is negated.")
    for mark in negated:
        typer.echo(f"{_where(text, mark)}  negated, look [{mark.clause.name}]")


def _where(text: str, mark: Mark) -> str:
    line, column = _place(text, mark)
    return f"{line}:{column}  “{' '.join(mark.words.split())}”"


def _read(file: str) -> str:
    raw = sys.stdin.buffer.read(MOST_BYTES + 1) if file == "-" else _bytes_of(Path(file))
    if len(raw) > MOST_BYTES:
        raise Refused(f"{file}: more than {MOST_BYTES:,} bytes; check it in parts.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(f"{file}: this is no text in UTF-8; save it as plain text first.") from None


def _bytes_of(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _place(text: str, mark: Mark) -> tuple[int, int]:
    """Give line and column, both from 1, as editors count."""
    return text.count("\n", 0, mark.start) + 1, mark.start - (text.rfind("\n", 0, mark.start) + 1) + 1


def _as_json(text: str, mark: Mark) -> dict[str, object]:
    line, column = _place(text, mark)
    words = {"words": mark.words, "why": mark.why, "clause": mark.clause.name, "quote": mark.clause.quote}
    return {"line": line, "column": column, "start": mark.start, "end": mark.end, **words}
