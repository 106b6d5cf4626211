"""The papers of an alliance beside its annual report: which there are, and what each is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from policy.annual_report import MemberRow, MilestoneRow
from policy.editions import Edition
from policy.evaluation_marks import Mark
from policy.facts import EndingKind, Facts, Level


class PaperKind(StrEnum):
    """What a paper is, by the word of the command line."""

    AGREEMENT = "agreement"
    TRANSMITTAL = "transmittal"
    AGENDA = "agenda"
    MINUTES = "minutes"
    WORK_PLAN = "work-plan"
    NOTICE = "notice"
    CONCLUSION = "conclusion"
    EVALUATION = "evaluation"
    AMBASSADOR = "ambassador"


#: What a person reads.
LABELS: Mapping[PaperKind, str] = {
    PaperKind.AGREEMENT: "Draft agreement",
    PaperKind.TRANSMITTAL: "Signed copy for transmittal",
    PaperKind.AGENDA: "Agenda",
    PaperKind.MINUTES: "Minutes",
    PaperKind.WORK_PLAN: "Work plan",
    PaperKind.NOTICE: "30-day notice letter",
    PaperKind.CONCLUSION: "Conclusion letter",
    PaperKind.EVALUATION: "Evaluation form",
    PaperKind.AMBASSADOR: "Ambassador document",
}


@dataclass(frozen=True, slots=True)
class Head:
    """Who the parties are, by their names of today."""

    alliance: str
    level: Level
    #: The lead office first.
    offices: tuple[str, ...]
    #: Those of the paper's own day.
    participants: tuple[str, ...]
    #: The original signing; None before it.
    signed_on: date | None
    renewed_on: tuple[date, ...]
    #: Local to the lead office.
    written_on: date


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature of an agreement."""

    party: str
    #: The position in which it is given.
    position: str
    by: str | None
    acting_for: str | None
    #: None while it is not given.
    on: date | None


@dataclass(frozen=True, slots=True)
class AgreementText:
    """An agreement: in preparation, or as it was signed."""

    renewal: bool
    in_part: str | None
    edition: Edition
    #: Whole years; None where nobody has said it.
    term_years: int | None
    #: The version on record and its fields (`policy.agreement_draft`); None and none where nothing was kept.
    version: int | None
    content: Mapping[str, str]
    signers: tuple[Signer, ...]
    #: None while it is in preparation.
    signed_on: date | None
    #: Whether a consulate is a party: such an agreement is called an arrangement.
    arrangement: bool


@dataclass(frozen=True, slots=True)
class MeetingText:
    """A meeting of the Implementation Team: its agenda while it is planned, else its minutes."""

    on: date
    #: On the clock of the lead office.
    begins_at: time | None
    timezone: str
    held: bool
    format: str
    #: Name and organization.
    present: tuple[tuple[str, str], ...]
    attendees: str | None
    notes: str | None
    team: tuple[MemberRow, ...]
    #: The meeting before that was held.
    before: date | None
    #: Of the work plan that runs, those that were open on the day.
    milestones: tuple[MilestoneRow, ...]
    #: Day and title of what was done between the meeting before and this one.
    done: tuple[tuple[date, str], ...]
    #: The next one that is planned.
    next_on: date | None


@dataclass(frozen=True, slots=True)
class PlanText:
    """The work plan of a year."""

    first: date
    #: None where no agreement year begins on the first.
    last: date | None
    finalized_on: date
    summary: str
    #: Activity, audience, person responsible, metric.
    lines: tuple[tuple[str, str, str, str], ...]
    milestones: tuple[MilestoneRow, ...]
    #: Day and reason of each correction that stands.
    corrections: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A written notice to leave; nothing of it is known while none is on record."""

    #: "OSHA" or the name of the signatory.
    given_by: str
    osha: bool
    noticed_on: date | None
    #: The last day of the participation at the earliest.
    ends_on: date | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ConclusionText:
    """The end of an alliance."""

    kind: EndingKind
    ended_on: date
    #: None where nobody has said it.
    reason: str | None


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A criterion of an evaluation with its mark."""

    title: str
    clause: str
    mark: Mark | None
    note: str | None


@dataclass(frozen=True, slots=True)
class EvaluationText:
    """The evaluation of a year; its form alone where no day is known."""

    period_end: date | None
    evaluated_on: date | None
    findings: str | None
    marks: tuple[MarkRow, ...]
    discussed_on: date | None
    discussion: str | None
    recommendation: str | None
    reasons: str | None


@dataclass(frozen=True, slots=True)
class AmbassadorText:
    """The document of an Ambassador relationship."""

    #: None while none is on record.
    document_on: date | None


def parties_on(facts: Facts, on: date) -> tuple[str, ...]:
    """Return who took part on a day; from the end of an alliance on, who did until then."""
    ended_on = date.max if facts.ending is None else facts.ending.ended_on
    return tuple(
        s.name
        for s in facts.signatories
        if (s.joined_on is None or s.joined_on <= on) and (s.left_on is None or s.left_on > on or s.left_on >= ended_on)
    )


Told = AgreementText | MeetingText | PlanText | NoticeText | ConclusionText | EvaluationText | AmbassadorText


@dataclass(frozen=True, slots=True)
class HandedPaper:
    """A paper before it is laid out."""

    kind: PaperKind
    head: Head
    told: Told
    #: The day that tells it from others of its kind.
    on: date
