"""A report that was frozen says the same when its file is made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from benchmarks.reports import made_up
from documents.annual_report import annual_report
from documents.frozen_report import freeze, make, thaw
from policy.annual_report import MemberRow, MilestoneRow, PlanCopy, Story


def test_a_report_comes_back_as_it_was():
    """Every field of it, with its own types, whatever stands in the details."""
    day = date(2026, 2, 28)
    plan = PlanCopy(day, "Falls", (("a", "b", "c", "d"),), (MilestoneRow("First", day, "Ada", None),))
    report = replace(
        made_up(8),
        team=(MemberRow("Ada \u202eadA", "OSHA", None),),
        plan=plan,
        stories=(Story(day, "<b>", "&", None),),
        submitted_on=day,
        remarks="=1+1\n\N{SNOWMAN}",
    )
    assert thaw(freeze(report)) == report
    assert annual_report(thaw(freeze(report))) == annual_report(report)
    assert make(freeze(report)).startswith(b"PK")
