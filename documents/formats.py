"""The formats in which an annual report is handed over."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from io import StringIO
from typing import Any

from documents.annual_report import annual_report
from documents.cells import neutral
from documents.docx import docx
from documents.file_names import file_name as named
from documents.html import html
from documents.pdf import pdf
from policy.annual_report import TABLES, AnnualReport, gaps

#: What the columns are called that each table of the form calls otherwise.
_ONE_FOR_ALL = {"type": "Type", "title": "Description or name"}


def file_name(report: AnnualReport, form: str) -> str:
    """Name the file of a report: "annual-report-La-Plaza-2026-09-14.docx"."""
    kind = "closeout-report" if report.closeout else "annual-report"
    return named(kind, report.alliance, report.period.last, form)


def as_json(report: AnnualReport) -> bytes:
    """Return a report as one JSON object: its fields, what it lacks, dates in ISO 8601."""
    told = asdict(report) | {"lacks": [asdict(gap) for gap in gaps(report)], "reached": report.reached()}
    return json.dumps(told, default=_plain, ensure_ascii=False, indent=2).encode() + b"\n"


def as_csv(report: AnnualReport) -> bytes:
    """Return the rows of a report's tables as one CSV file, one line an activity, in the form's columns."""
    columns = {column.name: column.label for table in TABLES for column in table.columns} | _ONE_FOR_ALL
    made = StringIO()
    writer = csv.writer(made)
    writer.writerow(["Table", *columns.values()])
    for table in TABLES:
        has = {column.name: column for column in table.columns}
        for row in report.rows(table):
            cells = [row.cell(has[name]) if name in has else "" for name in columns]
            writer.writerow([table.title, *map(neutral, cells)])
    # A spreadsheet takes it for UTF-8 by its mark.
    return made.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)


#: By the ending of the file.
FORMATS: Mapping[str, Callable[[AnnualReport], bytes]] = {
    "docx": lambda report: docx(annual_report(report)),
    "pdf": lambda report: pdf(annual_report(report)),
    "html": lambda report: html(annual_report(report)).encode(),
    "json": as_json,
    "csv": as_csv,
}
