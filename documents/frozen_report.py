"""An annual report as text and back, so that its file can be made later and say what it says now."""

from __future__ import annotations

from pydantic import TypeAdapter

from documents.formats import FORMATS
from policy.annual_report import AnnualReport

#: The format that is kept: the one that staff edit.
FORM = "docx"
_REPORT = TypeAdapter(AnnualReport)


def freeze(report: AnnualReport) -> str:
    """Return all that a report says, as JSON."""
    return _REPORT.dump_json(report).decode()


def thaw(frozen: str) -> AnnualReport:
    """Return the report of what `freeze` returned."""
    return _REPORT.validate_json(frozen)


def make(frozen: str) -> bytes:
    """Return the file of a report that was frozen."""
    return FORMATS[FORM](thaw(frozen))
