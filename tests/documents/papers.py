"""Papers as the tests of their files want them."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from policy.annual_report import MemberRow, MilestoneRow
from policy.editions import CSP_2020
from policy.evaluation_marks import Mark
from policy.facts import EndingKind, Level
from policy.handed_papers import (
    AgreementText,
    AmbassadorText,
    ConclusionText,
    EvaluationText,
    HandedPaper,
    Head,
    MarkRow,
    MeetingText,
    NoticeText,
    PaperKind,
    PlanText,
    Signer,
    Told,
)

DAY = date(2026, 11, 23)
#: Markup of every format that is written.
NASTY = 'A <b>&amp;</b> "x" #strong[y] $z$ `q` \\ _u_ *v* @ref'


def head(**more: Any) -> Head:
    """Return the parties of an alliance that was renewed once."""
    said: dict[str, Any] = {
        "alliance": "Struck-By Alliance",
        "level": Level.AREA,
        "offices": ("Atlanta-East Area Office",),
        "participants": ("Georgia Tech", "AGC Georgia"),
        "signed_on": date(2016, 12, 5),
        "renewed_on": (date(2019, 3, 5),),
        "written_on": DAY,
    }
    return Head(**said | more)


#: One of each kind, complete; the free text of each is markup.
TOLD: dict[PaperKind, Told] = {
    PaperKind.AGREEMENT: AgreementText(
        renewal=True,
        in_part=None,
        edition=CSP_2020,
        term_years=5,
        version=3,
        content={"recognition": NASTY, "goals": "- Raise awareness\n- Train", "work_plan": "Two seminars"},
        signers=(Signer("Georgia Tech", "senior official", "Gus Guild, President", None, None),),
        signed_on=None,
        arrangement=False,
    ),
    PaperKind.MINUTES: MeetingText(
        on=DAY,
        begins_at=time(10),
        timezone="America/New_York",
        held=True,
        format="in person",
        present=(("Ada Stone", "OSHA"),),
        attendees=None,
        notes=NASTY,
        team=(MemberRow("Ada Stone", "OSHA", "region"), MemberRow("Ben Lee", "Georgia Tech", "participant")),
        before=date(2026, 5, 4),
        milestones=(MilestoneRow("Leaflet", date(2026, 12, 1), "Ben Lee", None),),
        done=((date(2026, 6, 1), "Stand-down"),),
        next_on=None,
    ),
    PaperKind.WORK_PLAN: PlanText(
        first=date(2025, 12, 5),
        last=date(2026, 12, 4),
        finalized_on=date(2026, 1, 9),
        summary=NASTY,
        lines=(("Seminar", "Roofers", "Ada Stone", ""),),
        milestones=(MilestoneRow("Leaflet", date(2026, 12, 1), "Ben Lee", None),),
        corrections=((date(2026, 2, 2), "A slip of the pen"),),
    ),
    PaperKind.NOTICE: NoticeText("AGC Georgia", osha=False, noticed_on=DAY, ends_on=date(2026, 12, 23), reason=NASTY),
    PaperKind.CONCLUSION: ConclusionText(EndingKind.CONCLUDED, DAY, NASTY),
    PaperKind.EVALUATION: EvaluationText(
        period_end=date(2026, 12, 4),
        evaluated_on=DAY,
        findings=NASTY,
        marks=(
            MarkRow("Goals of the agreement", "CSP 04-01-002 IX.C.1", Mark.MEETS, None),
            MarkRow("Worker participation", "FAQ F-9 (workers)", Mark.IN_PART, "One of two meetings."),
            MarkRow("Products free of charge", "FAQ F-9 (products)", None, None),
        ),
        discussed_on=None,
        discussion=None,
        recommendation="renew",
        reasons="Goals were met.",
    ),
    PaperKind.AMBASSADOR: AmbassadorText(None),
}


def paper(kind: PaperKind, **more: Any) -> HandedPaper:
    """Return a paper of a kind."""
    return HandedPaper(kind, head(**more), TOLD[kind], DAY)
