from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.named import alliance_named
from cli.open_records import open_records
from cli.options import read_day
from documents.papers import WRITERS, lay_out, paper_name
from operations.actor import office_day
from operations.gather_facts import gather
from operations.read.handed_papers import listed, read_paper
from operations.refusals import Refused
from policy.handed_papers import LABELS, PaperKind
from policy.papers_there import PaperThere
from policy.words import day, listing, small


def paper(
    kind: Annotated[PaperKind, typer.Argument(help="What to write.")],
    alliance: Annotated[str, typer.Argument(help="The alliance, by its name or a part of it.")],
    on: Annotated[
        date | None,
        typer.Option(
            "--on",
            parser=read_day,
            metavar="DATE",
            help="Of which day: of the meeting, the signing, the notice, the first day of a work plan's year, the last "
            "of an evaluated one. Without it the latest.",
        ),
    ] = None,
    form: Annotated[Literal["docx", "pdf"], typer.Option("--format", help="The format of the file.")] = "docx",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", dir_okay=False, help="The file to write.", show_default=False)
    ] = None,
) -> None:
    """Write a paper of an alliance from the records, as Word or PDF."""
    with open_records() as records, records.sessions() as session:
        of = gather(session, [alliance_named(session, alliance).id])[0]
        which = _which([one for one in listed(of) if one.kind is kind], kind, of.facts.name, on)
        today = office_day(records.now(), of.timezone)
        made = read_paper(session, of, kind=kind, record=which.record, today=today)
    path = output or Path(paper_name(made, form))
    path.write_bytes(WRITERS[form](lay_out(made)))
    typer.echo(f"{path}: {which.label}")


def _which(there: list[PaperThere], kind: PaperKind, name: str, on: date | None) -> PaperThere:
    """Return the paper of a day, or the latest; one that is on record before one that is to be filled in."""
    if not there:
        raise Refused(f"{name} has nothing on record for this paper: {small(LABELS[kind])}.")
    there.sort(key=lambda one: one.on is None)
    found = next((one for one in there if on is None or one.on == on), None)
    if found is None:
        days = [day(one.on) for one in there if one.on is not None]
        raise Refused(f"{name} has none of {day(on or date.min)}; there are those of {listing(days) or 'no day'}.")
    return found
