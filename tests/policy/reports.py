"""Annual reports as the tests of reports want them."""

from __future__ import annotations

from datetime import date
from typing import Any

from policy.annual_report import ActivityRow, AnnualReport, MeetingRow, MemberRow, MilestoneRow, PlanCopy, Story
from policy.duties import Period
from policy.facts import Level

PLACE = {
    "representatives": "Ada Stone, OSHA",
    "city": "Atlanta",
    "state": "GA",
    "trainer": "B. Lee",
    "audience": ["OSHA"],
}


def activity(kind: str = "outreach", **more: Any) -> ActivityRow:
    """Return an activity with everything that its table asks for."""
    told: dict[str, Any] = {"record": "activity:1", "on": date(2026, 5, 4), "title": "Stand-down", "reached": 500}
    return ActivityRow(**told | {"kind": kind, "emphasis": ("Falls",), "details": PLACE} | more)


def meeting(**more: Any) -> MeetingRow:
    """Return a meeting that was held."""
    told = {"record": "meeting:1", "on": date(2026, 3, 2), "held": True, "format": "in person", "notes": None}
    return MeetingRow(**told | {"present": ("Ada Stone",)} | more)


def report(**more: Any) -> AnnualReport:
    """Return a report with everything that VI.E asks for."""
    told: dict[str, Any] = {
        "alliance": "Struck-By Alliance",
        "level": Level.AREA,
        "offices": ("Atlanta-East Area Office",),
        "participants": ("Georgia Tech", "AGC Georgia"),
        "period": Period(date(2025, 12, 5), date(2026, 12, 4)),
        "closeout": False,
        "written_on": date(2026, 11, 23),
        "signed_on": date(2006, 12, 5),
        "renewed_on": (date(2013, 3, 5),),
        "overview": "Fewer struck-by injuries.",
        "goals": ("Raise awareness",),
        "team": (MemberRow("Ada Stone", "OSHA", "region"),),
        "contributors": (),
        "meetings": (meeting(),),
        "activities": (activity(),),
        "plan": PlanCopy(
            date(2026, 1, 4),
            "As agreed",
            (("Stand-down", "Roofers", "Ada", "500 people"),),
            (MilestoneRow("Fair", date(2026, 9, 1), "Ada", None),),
        ),
        "stories": (Story(date(2026, 8, 1), "A yard without injuries", "How it was done.", None),),
    }
    return AnnualReport(**told | more)
