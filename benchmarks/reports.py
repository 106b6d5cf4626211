"""What an annual report costs beside the bare library that writes as many cells: `python -m benchmarks.reports`.

It prints the rows of the table in docs/performance.md. The bare library gets the finished texts and writes them into
one table, with nothing else: no headings, no captions, no checks. Both are made in turn, in one process, and the
median of the ratios of processor time counts. Memory is the most that a process of its own has held after so many
reports. Exit 1 where a ratio is larger than what is asked for, or memory grows.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from multiprocessing import get_context
from typing import NamedTuple

import typst
from docx import Document

from documents.annual_report import annual_report
from documents.formats import FORMATS
from documents.paper import Table
from policy.annual_report import TABLES, ActivityRow, AnnualReport, MeetingRow
from policy.duties import Period
from policy.facts import Level

ROWS = 500
#: The most that a report may take of what the bare library takes.
ASKED = {"docx": 1.5, "pdf": 2.0}
#: Reports of one process, after which its memory is looked at: the first of them fill what is kept for good.
FIRST, LATER = 15, 45
#: Memory that grows by no more than this between the two is flat.
FLAT = 1.1
FIRST_DAY, LAST_DAY = date(2025, 10, 1), date(2026, 9, 30)
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
_BARE = """
#let cells = json(bytes(sys.inputs.cells))
#set page("us-letter", flipped: true)
#set text(size: 10pt, lang: "en")
#set document(title: "Bare")
#table(columns: int(sys.inputs.columns), table.header(..cells.head), ..cells.rows)
"""

_spawn = get_context("spawn")


class Row(NamedTuple):
    """One line of the table."""

    form: str
    cells: int
    bare_ms: float
    report_ms: float
    ratio: float
    #: Mebibytes that a process has held at most after the first reports, and after all.
    first_mb: float
    later_mb: float


def main() -> None:
    """Print the table, one row a format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--turns", type=int, default=7)
    told = parser.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, {told.rows} rows")  # noqa: T201 - it is what it is for
    print(f"| format | cells | bare library | report | ratio | asked | memory after {FIRST} | after {LATER} |")  # noqa: T201
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")  # noqa: T201
    missed = False
    for form, asked in ASKED.items():
        row = measure(form, told.rows, told.turns)
        missed = missed or row.ratio > asked or row.later_mb > row.first_mb * FLAT
        print(  # noqa: T201
            f"| {form} | {row.cells:,} | {row.bare_ms:.0f} ms | {row.report_ms:.0f} ms | {row.ratio:.2f} | {asked} "
            f"| {row.first_mb:.0f} MB | {row.later_mb:.0f} MB |"
        )
    sys.exit(missed)


def measure(form: str, rows: int, turns: int) -> Row:
    """Make reports and bare tables in turn."""
    report = made_up(rows)
    table = cells_of(report)
    bare = BARE[form]
    ratios, bares, reports = [], [], []
    for turn in range(turns + 1):
        bare_s, report_s = _seconds(lambda: bare(*table)), _seconds(lambda: FORMATS[form](report))
        if turn:  # the first one reads templates and fonts
            bares.append(bare_s)
            reports.append(report_s)
            ratios.append(report_s / bare_s)
    with _spawn.Pool(1) as pool:
        first, later = pool.apply(_memory, (form, rows))
    cells = len(table[0]) * (1 + len(table[1]))
    return Row(
        form,
        cells,
        statistics.median(bares) * 1000,
        statistics.median(reports) * 1000,
        statistics.median(ratios),
        first,
        later,
    )


def made_up(rows: int) -> AnnualReport:
    """Return a report with so many rows in the four tables of the form, two meetings, and no gap that is not there."""
    kinds = [kind for table in TABLES for kind in table.kinds]
    details = {
        "city": "Wilmington",
        "state": "DE",
        "representatives": "Ada Coordinator, OSHA; Sam Roofer, Local Builders",
        "presentation": "Working safely in the heat",
        "trainer": "Rita Regional, compliance assistance specialist",
        "audience": ["OSHA", "State Plan"],
        "info": "Shared with the members by mail and on the web page of the participant.",
    }
    activities = tuple(
        ActivityRow(
            record=f"activity:{number}",
            kind=kinds[number % len(kinds)],
            on=FIRST_DAY + timedelta(days=number * 364 // max(rows, 1)),
            title=f"Safety stand-down number {number} on falls in construction",
            reached=37 + number % 400,
            emphasis=("Falls", "Heat")[: 1 + number % 2],
            details=details,
        )
        for number in range(rows)
    )
    meetings = tuple(
        MeetingRow(
            f"meeting:{month}", date(2026, month, 12), held=True, format="both", present=("Ada", "Sam"), notes=""
        )
        for month in (2, 8)
    )
    return AnnualReport(
        alliance="Local Builders of Delaware",
        level=Level.AREA,
        offices=("Wilmington Area Office",),
        participants=("Local Builders",),
        period=Period(FIRST_DAY, LAST_DAY),
        closeout=False,
        written_on=NOW.date(),
        signed_on=FIRST_DAY,
        renewed_on=(),
        overview="Falls are the leading cause of death in construction.",
        goals=("Reach every crew before the heat does.",),
        team=(),
        contributors=(),
        meetings=meetings,
        activities=activities,
        plan=None,
        stories=(),
    )


def cells_of(report: AnnualReport) -> tuple[list[str], list[list[str]]]:
    """Return one table with as many cells as the report's tables have, and the same texts: labels, and rows."""
    texts = [
        said
        for block in annual_report(report).blocks
        if isinstance(block, Table)
        for row in (tuple(column.label for column in block.columns), *block.rows)
        for said in row
    ]
    wide = len(TABLES[1].columns)
    texts += [""] * (-len(texts) % wide)
    lines = [texts[at : at + wide] for at in range(0, len(texts), wide)]
    return lines[0], lines[1:]


def bare_docx(head: list[str], rows: list[list[str]]) -> bytes:
    """Write a table with python-docx alone, in the fastest way that its documentation knows."""
    word = Document()
    table = word.add_table(rows=1 + len(rows), cols=len(head), style="Table Grid")
    cells = iter(table._cells)  # noqa: SLF001 - as above, `rows[n].cells` walks the whole table for each row
    for line in (head, *rows):
        for said in line:
            next(cells).paragraphs[0].add_run(said)
    made = BytesIO()
    word.save(made)
    return made.getvalue()


def bare_pdf(head: list[str], rows: list[list[str]]) -> bytes:
    """Write a table with typst alone, tagged as the report is."""
    cells = json.dumps({"head": head, "rows": [said for row in rows for said in row]})
    inputs = {"cells": cells, "columns": str(len(head))}
    return typst.compile(_BARE.encode(), format="pdf", pdf_standards="ua-1", sys_inputs=inputs, timestamp=NOW)


BARE: dict[str, Callable[[list[str], list[list[str]]], bytes]] = {"docx": bare_docx, "pdf": bare_pdf}


def _seconds(make: Callable[[], object]) -> float:
    """Return the processor time of one call, without the waits for others."""
    gc.collect()
    began = time.process_time()
    make()
    return time.process_time() - began


def _memory(form: str, rows: int) -> tuple[float, float]:
    """Return the most memory that this process has held, after the first reports and after all of them."""
    report = made_up(rows)
    held = []
    for number in range(1, LATER + 1):
        FORMATS[form](report)
        if number in {FIRST, LATER}:
            held.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return held[0], held[1]


if __name__ == "__main__":
    main()
