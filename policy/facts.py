"""What is known of one alliance: the frozen input of every rule, gate and explanation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from policy.meeting_numbers import MeetingNumber


class Level(StrEnum):
    """The level at which an alliance was signed (CSP 04-01-002 VI.D)."""

    NATIONAL = "national"
    REGIONAL = "regional"
    AREA = "area"


class EndingKind(StrEnum):
    """How an alliance ended."""

    CONCLUDED = "concluded"
    TERMINATED = "terminated"
    AMBASSADOR = "ambassador"
    #: A proposal that was not pursued: no agreement was ever signed.
    WITHDRAWN = "withdrawn"


class Recommendation(StrEnum):
    """What OSHA staff may recommend at the end of a term (CSP 04-01-002 IX.C.3)."""

    RENEW = "renew"
    EXTEND = "conditional extension"
    TERMINATE = "terminate"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A signed agreement: the original or a renewal."""

    id: int
    signed_on: date
    renewal: bool = False
    #: Whole years; None when no term is on record, then the default of the edition is assumed.
    term_years: int | None = None
    #: What a renewal "in part" renews or changes; None for one of the whole.
    in_part: str | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """An Implementation Team meeting, held or planned; a joint meeting is one meeting."""

    id: int
    on: date
    #: False while it is only planned.
    held: bool = True


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """The annual report of the agreement year that ends on `period_end`."""

    id: int
    period_end: date
    #: Handed by an area office to its Regional Alliance Program Coordinator; None when not recorded.
    handed_over_on: date | None = None
    #: Submitted to DCSP; None when not yet.
    submitted_on: date | None = None
    #: Posted on OSHA's web pages; None when not yet.
    posted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The evaluation of the agreement year that ends on `period_end` (CSP 04-01-002 IX.C.1-2)."""

    id: int
    period_end: date
    evaluated_on: date
    #: The day it was discussed with the participants; None when not yet.
    discussed_on: date | None = None


@dataclass(frozen=True, slots=True)
class RenewalDecision:
    """The recommendation at the end of an agreement's term, and what management decided."""

    id: int
    agreement_id: int
    recommendation: Recommendation
    recommended_on: date
    #: None until management has decided.
    decided_on: date | None = None
    #: The last day of a conditional extension (IX.C.3.b); None for any other recommendation.
    extended_until: date | None = None


@dataclass(frozen=True, slots=True)
class TerminationNotice:
    """A signatory's or OSHA's written notice to leave (CSP 04-01-002 IX.C, last sentence)."""

    id: int
    #: The date of the written notice.
    noticed_on: date
    #: "OSHA" or the signatory's name.
    given_by: str
    #: A later day named in the notice itself; None when it names none.
    named_end_on: date | None = None
    withdrawn_on: date | None = None
    #: The day on which the participation ended, once recorded.
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """The day and way in which the whole alliance ended."""

    kind: EndingKind
    ended_on: date
    reason: str
    #: The last day of an Ambassador relationship (FAQ F-12); None while it goes on, and for every other end.
    relationship_ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """What a person recorded as done for a duty that has no record of its own."""

    #: The rule's id, or "signed-copy-handover" for the area office's step on the way to `signed-copy`.
    rule: str
    subject: str
    #: As `Period` prints itself; None for a duty without a period.
    period: str | None
    done_on: date


@dataclass(frozen=True, slots=True)
class WorkPlan:
    """The written work plan of one agreement year, once it is final (CSP 04-01-002 VI.C)."""

    id: int
    #: The first day of its agreement year.
    first: date
    finalized_on: date


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that a work plan promises for a day."""

    id: int
    work_plan_id: int
    title: str
    due_on: date
    #: The person named in the work plan.
    person: str
    #: None until it is reached.
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class CommentRequest:
    """A national proposal or draft agreement sent to one office for input (CSP 04-01-002 IX.A.2, VIII.A.3)."""

    id: int
    #: The code of the office asked.
    office: str
    #: The position asked: "Regional Administrator", or the head of a directorate in words.
    owner: str
    asked_on: date
    #: None until the comment is there.
    answered_on: date | None = None
    #: The name of the office asked; empty where it has none but its code.
    office_name: str = ""
    #: "draft" (of the agreement) or "proposal".
    subject: str = "draft"
    #: By when who asked wants it; None: the target that the parameters set.
    due_on: date | None = None

    @property
    def asked(self) -> str:
        """The office asked, as a sentence names it."""
        return self.office_name or self.office


@dataclass(frozen=True, slots=True)
class PlannedActivity:
    """An activity of a national alliance planned in a region or State Plan state (VIII.A.10)."""

    id: int
    #: The day on which it is to take place.
    on: date
    #: The region or state.
    place: str
    #: The day on which it became known here.
    recorded_on: date
    #: The day on which the Regional Administrator and the State Plan State were told; None until then.
    notified_on: date | None = None


@dataclass(frozen=True, slots=True)
class Signatory:
    """An outside organization that signed; one that leaves ends its own participation only (A12)."""

    name: str
    #: None when it has been there from the first agreement.
    joined_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Regime:
    """The reporting regime of newer forms: data twice a year and a fiscal-year evaluation."""

    #: Agreement years that begin on or after this day are no longer reported on or evaluated; the half-years
    #: and fiscal years that end on or after it are.
    since: date


@dataclass(frozen=True, slots=True)
class Waiver:
    """A duty that a person with the right to do so declared not applicable, with a reason."""

    rule: str
    subject: str
    #: As `Period` prints itself; None for a duty without a period.
    period: str | None
    waived_on: date
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the rules may know of one alliance; tuples are in order of date."""

    id: int
    name: str
    level: Level
    #: Office codes, the lead office first.
    offices: tuple[str, ...]
    #: Duties whose due date lies before this day are not created.
    tracked_from: date
    agreements: tuple[Agreement, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    reports: tuple[AnnualReport, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    decisions: tuple[RenewalDecision, ...] = ()
    notices: tuple[TerminationNotice, ...] = ()
    ending: Ending | None = None
    waivers: tuple[Waiver, ...] = ()
    fulfilments: tuple[Fulfilment, ...] = ()
    work_plans: tuple[WorkPlan, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    #: National alliances only.
    comment_requests: tuple[CommentRequest, ...] = ()
    #: National alliances only.
    planned_activities: tuple[PlannedActivity, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    #: The renewal's signing date from which agreement years are counted anew; None: the original signing.
    anchored_on: date | None = None
    #: Meetings set for agreement years, in order of day; where none is, the parameter of the edition holds.
    meetings_required: tuple[MeetingNumber, ...] = ()
    #: Whether an area office made its meeting quota mandatory; None: the reading (advisory).
    meetings_mandatory: bool | None = None
    #: Calendar days after expiry until the alliance lapses; None: the parameter.
    lapse_after_days: int | None = None
    #: Whether a Regional or Area Office offers Ambassador status (A21).
    ambassador_option: bool = True
    #: Whether the office adds the fiscal-year checklist to the evaluation of the agreement year (A15).
    fiscal_year_checklist: bool = False
    #: None: an annual report and an evaluation for each agreement year, as the source documents have it.
    regime: Regime | None = None
    #: The name of the lead office; empty where it has none but its code.
    lead_name: str = ""

    @property
    def lead(self) -> str:
        """The lead office, as a sentence names it."""
        return self.lead_name or self.offices[0]

    def as_of(self, day: date) -> Facts:
        """The same alliance as its records dated on or before `day` show it; planned meetings stay."""
        anchored_on, ending = self.anchored_on, self.ending
        return replace(
            self,
            agreements=tuple([a for a in self.agreements if a.signed_on <= day]),
            meetings=tuple([m for m in self.meetings if m.on <= day or not m.held]),
            reports=tuple([known for r in self.reports if (known := _report_as_of(r, day))]),
            evaluations=tuple([_evaluation_as_of(e, day) for e in self.evaluations if e.evaluated_on <= day]),
            decisions=tuple([_decision_as_of(d, day) for d in self.decisions if d.recommended_on <= day]),
            notices=tuple([_notice_as_of(n, day) for n in self.notices if n.noticed_on <= day]),
            ending=ending if ending is not None and ending.ended_on <= day else None,
            waivers=tuple([w for w in self.waivers if w.waived_on <= day]),
            fulfilments=tuple([f for f in self.fulfilments if f.done_on <= day]),
            work_plans=tuple([p for p in self.work_plans if p.finalized_on <= day]),
            milestones=tuple([_milestone_as_of(m, day) for m in self.milestones]),
            comment_requests=tuple([_request_as_of(r, day) for r in self.comment_requests if r.asked_on <= day]),
            planned_activities=tuple(
                [_activity_as_of(a, day) for a in self.planned_activities if a.recorded_on <= day]
            ),
            signatories=tuple([_signatory_as_of(s, day) for s in self.signatories if _joined(s, day)]),
            anchored_on=anchored_on if anchored_on is not None and anchored_on <= day else None,
        )


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """All that the rules may know of the program as a whole."""

    name: str
    #: Duties whose due date lies before this day are not created.
    tracked_from: date
    #: The days of the conference calls with the Regional Alliance Program Coordinators (VIII.A.9).
    calls: tuple[date, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    #: Office codes, the lead office first.
    offices: tuple[str, ...] = ("DCSP",)

    def as_of(self, day: date) -> ProgramFacts:
        """The same program as its records dated on or before `day` show it."""
        return replace(
            self,
            calls=tuple([on for on in self.calls if on <= day]),
            waivers=tuple([w for w in self.waivers if w.waived_on <= day]),
        )


# Records are copied only when one of their dates is still to come: a check runs over every record every
# night.
def _report_as_of(report: AnnualReport, day: date) -> AnnualReport | None:
    days = (report.handed_over_on, report.submitted_on, report.posted_on)
    known = [None if on is None or on > day else on for on in days]
    if known == [None, None, None]:
        return None
    if known == list(days):
        return report
    return AnnualReport(report.id, report.period_end, *known)


def _evaluation_as_of(evaluation: Evaluation, day: date) -> Evaluation:
    if evaluation.discussed_on is None or evaluation.discussed_on <= day:
        return evaluation
    return replace(evaluation, discussed_on=None)


def _decision_as_of(decision: RenewalDecision, day: date) -> RenewalDecision:
    if decision.decided_on is None or decision.decided_on <= day:
        return decision
    return replace(decision, decided_on=None)


def _notice_as_of(notice: TerminationNotice, day: date) -> TerminationNotice:
    withdrawn = notice.withdrawn_on is not None and notice.withdrawn_on > day
    ended = notice.ended_on is not None and notice.ended_on > day
    if not withdrawn and not ended:
        return notice
    return replace(
        notice,
        withdrawn_on=None if withdrawn else notice.withdrawn_on,
        ended_on=None if ended else notice.ended_on,
    )


def _milestone_as_of(milestone: Milestone, day: date) -> Milestone:
    if milestone.done_on is None or milestone.done_on <= day:
        return milestone
    return replace(milestone, done_on=None)


def _request_as_of(request: CommentRequest, day: date) -> CommentRequest:
    if request.answered_on is None or request.answered_on <= day:
        return request
    return replace(request, answered_on=None)


def _activity_as_of(activity: PlannedActivity, day: date) -> PlannedActivity:
    if activity.notified_on is None or activity.notified_on <= day:
        return activity
    return replace(activity, notified_on=None)


def _joined(signatory: Signatory, day: date) -> bool:
    return signatory.joined_on is None or signatory.joined_on <= day


def _signatory_as_of(signatory: Signatory, day: date) -> Signatory:
    if signatory.left_on is None or signatory.left_on <= day:
        return signatory
    return replace(signatory, left_on=None)
