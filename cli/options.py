"""The options that several commands share, and how their values are read."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


#: The Alliance Program began in 2002; nobody plans past the next century.
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


def read_day(value: str) -> date:
    """Read a day as ISO 8601 writes it.

    Raises:
        BadParameter: It is no day; the sentence says what is expected.
    """
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(f"“{value}” is no day; write it as in 2026-11-22.") from None
    if not EARLIEST <= day <= LATEST:
        raise typer.BadParameter(f"{value} is too far away; choose a day from {EARLIEST} to {LATEST}.")
    return day


AsOf = Annotated[
    date | None,
    typer.Option("--as-of", parser=read_day, metavar="DATE", help="The day to look at; today if left out."),
]
AsKnownOn = Annotated[
    date | None,
    typer.Option(
        "--as-known-on",
        parser=read_day,
        metavar="DATE",
        help="Only what had been entered by the end of that day, whatever it is dated; looked at on it, too.",
    ),
]
From = Annotated[date, typer.Option("--from", parser=read_day, metavar="DATE", help="The first day.")]
To = Annotated[date, typer.Option("--to", parser=read_day, metavar="DATE", help="The last day, included.")]
OfOffice = Annotated[
    str | None, typer.Option("--office", metavar="CODE", help="Only this office and the offices below it.")
]
InFormat = Annotated[Format, typer.Option("--format", help="How to print it.")]
