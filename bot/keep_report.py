"""Promise the Word file of a report that was just submitted, so that what was submitted can be read back."""

from __future__ import annotations

from datetime import date

from bot.form_types import Submitting
from documents.formats import file_name
from documents.frozen_report import FORM, freeze
from operations.read.annual_report import read_annual_report
from operations.records.attach_document import Attached
from operations.remind.check_rules import Outcome


def keep_report(submitting: Submitting, outcome: Outcome, period_end: date) -> tuple[Attached, ...]:
    """Return the report of a year as it stands, to be kept with its record; nothing where no documents are kept.

    A worker makes its file: neither Slack nor the record waits for that, and what is rolled back leaves no file.
    """
    if submitting.documents is None:
        return ()
    report = read_annual_report(submitting.session, outcome.of, period_end=period_end, today=outcome.today)
    name, frozen = file_name(report, FORM), freeze(report)
    about = outcome.of.facts.id
    return (Attached("", name, size=0, made_from=frozen, alliance_id=about, period_end=period_end),)
