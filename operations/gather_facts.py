"""Turn rows into the frozen facts that the rules read: one fixed query a table, whatever the number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, func, select
from sqlalchemy.orm import Session

from models.alliances import (
    Agreement,
    Alliance,
    AllianceOffice,
    Ending,
    RenewalDecision,
    Signatory,
    TerminationNotice,
)
from models.offices import Office
from models.plans import CommentRequest, Milestone, PlannedActivity, WorkPlan
from models.settlements import Fulfilment, Waiver
from models.work import AnnualReport, Evaluation, Meeting
from operations.closures import read_closures
from operations.duty_details import detail_of, office_asked
from operations.meeting_numbers import numbers_of
from operations.office_settings import settings_in_force
from policy import facts as f
from policy.boundary import next_boundary
from policy.calendar import Closures
from policy.check import check, forecast
from policy.duties import Due, Owner
from policy.meeting_numbers import lay_over
from policy.stages import Stage

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts of an alliance, and what the surfaces need of its lead office."""

    facts: f.Facts
    office_id: int
    office_name: str
    timezone: str
    #: Names of the outside signatories who take part.
    signatories: tuple[str, ...]
    closures: Closures
    #: Names of the offices asked for comments, by their codes.
    asked_offices: Mapping[str, str]

    @property
    def alliance_id(self) -> int | None:
        """The id of the alliance."""
        return self.facts.id

    @property
    def subject(self) -> str:
        """What the audit calls it."""
        return f"alliance:{self.facts.id}"

    @property
    def answering(self) -> tuple[str, ...]:
        """Codes of the offices whose people answer for it, the lead office first."""
        return self.facts.offices

    def duties_on(self, day: date) -> tuple[Due, ...]:
        """Return every duty that has opened by a day, as it then stands."""
        return check(self.facts, day, closures=self.closures)

    def look_again_on(self, today: date, planned: Iterable[Sequence[Stage]]) -> date | None:
        """Return the next day on which a check may find something else, if nothing is recorded until then.

        `planned` are the stages of each unsettled duty.
        """
        return next_boundary(self.facts, today, self.closures, planned)

    def coming(self, first: date, last: date) -> tuple[Due, ...]:
        """Return what falls due between two days, both included, if nothing more is recorded."""
        return forecast(self.facts, first, last, closures=self.closures)

    def detail(self, due: Due) -> str | None:
        """Return what tells a duty from the others of its rule, and how far it has come."""
        return detail_of(self.facts, due, self.asked_offices)

    def asked(self, due: Due) -> str | None:
        """Return the code of the office that owes a duty in place of the lead office."""
        return office_asked(self.facts, due)


_ALLIANCE = (
    Alliance.id,
    Alliance.name,
    Alliance.level,
    Alliance.tracked_from,
    Alliance.anchored_on,
    Alliance.meetings_required,
    Alliance.meetings_required_since,
    Alliance.meetings_required_before,
    Alliance.meetings_mandatory,
    Alliance.lapse_after_days,
)


#: What is asked of each table: the alliance first, the rest of the row is what the group is made of. Made once, as they
#: are asked with every click.
_TABLES: Mapping[str, Select[*tuple[Any, ...]]] = {
    "offices": (
        select(AllianceOffice.alliance_id, Office.id, Office.code, Office.name, Office.timezone)
        .join(Office, Office.id == AllianceOffice.office_id)
        .order_by(AllianceOffice.rank)
    ),
    "signatories": (
        select(Signatory.alliance_id, Signatory.name, Signatory.joined_on, Signatory.left_on).order_by(Signatory.id)
    ),
    "agreements": (
        select(
            Agreement.alliance_id,
            Agreement.id,
            Agreement.signed_on,
            Agreement.renewal,
            Agreement.term_years,
            Agreement.in_part,
        ).order_by(Agreement.signed_on)
    ),
    "meetings": (
        select(Meeting.alliance_id, Meeting.id, Meeting.on_day, Meeting.held)
        .where(Meeting.withdrawn_at.is_(None))
        .order_by(Meeting.on_day)
    ),
    "reports": (
        select(
            AnnualReport.alliance_id,
            AnnualReport.id,
            AnnualReport.period_end,
            AnnualReport.handed_over_on,
            AnnualReport.submitted_on,
            AnnualReport.posted_on,
        ).order_by(AnnualReport.period_end)
    ),
    "evaluations": (
        select(
            Evaluation.alliance_id,
            Evaluation.id,
            Evaluation.period_end,
            Evaluation.evaluated_on,
            Evaluation.discussed_on,
        ).order_by(Evaluation.period_end)
    ),
    "decisions": (
        select(
            RenewalDecision.alliance_id,
            RenewalDecision.id,
            RenewalDecision.agreement_id,
            RenewalDecision.recommendation,
            RenewalDecision.recommended_on,
            RenewalDecision.decided_on,
            RenewalDecision.extended_until,
        ).order_by(RenewalDecision.recommended_on)
    ),
    "notices": (
        select(
            TerminationNotice.alliance_id,
            TerminationNotice.id,
            TerminationNotice.noticed_on,
            func.coalesce(Signatory.name, "OSHA"),
            TerminationNotice.named_end_on,
            TerminationNotice.withdrawn_on,
            TerminationNotice.ended_on,
        )
        .outerjoin(Signatory, Signatory.id == TerminationNotice.signatory_id)
        .order_by(TerminationNotice.noticed_on)
    ),
    "endings": (select(Ending.alliance_id, Ending.kind, Ending.ended_on, Ending.reason, Ending.relationship_ended_on)),
    "fulfilments": (
        select(
            Fulfilment.alliance_id, Fulfilment.rule, Fulfilment.subject, Fulfilment.period, Fulfilment.done_on
        ).order_by(Fulfilment.done_on)
    ),
    "waivers": (
        select(
            Waiver.alliance_id,
            Waiver.rule,
            Waiver.subject,
            Waiver.period,
            Waiver.waived_on,
            Waiver.reason,
            Waiver.by,
        ).order_by(Waiver.waived_on)
    ),
    "work_plans": (
        select(WorkPlan.alliance_id, WorkPlan.id, WorkPlan.first, WorkPlan.finalized_on).order_by(WorkPlan.first)
    ),
    "milestones": (
        select(
            WorkPlan.alliance_id,
            Milestone.id,
            Milestone.work_plan_id,
            Milestone.title,
            Milestone.due_on,
            Milestone.person,
            Milestone.done_on,
        )
        .join(WorkPlan, WorkPlan.id == Milestone.work_plan_id)
        .order_by(Milestone.due_on, Milestone.id)
    ),
    "requests": (
        select(
            CommentRequest.alliance_id,
            CommentRequest.id,
            Office.code,
            Office.kind,
            Office.name,
            CommentRequest.asked_on,
            CommentRequest.answered_on,
            CommentRequest.subject,
            CommentRequest.due_on,
        )
        .join(Office, Office.id == CommentRequest.office_id)
        .order_by(CommentRequest.asked_on, CommentRequest.id)
    ),
    "activities": (
        select(
            PlannedActivity.alliance_id,
            PlannedActivity.id,
            PlannedActivity.on_day,
            PlannedActivity.place,
            PlannedActivity.recorded_on,
            PlannedActivity.notified_on,
        ).order_by(PlannedActivity.on_day, PlannedActivity.id)
    ),
}
_THESE = any_(bindparam("ids", type_=ARRAY(BigInteger)))
_OF_SOME = {name: query.where(query.selected_columns[0] == _THESE) for name, query in _TABLES.items()}
#: Of these a state, a term and a year follow.
_TERMS = frozenset({"offices", "agreements", "decisions", "endings"})
# One that was merged into another is empty, and kept for its history alone.
_THERE = select(*_ALLIANCE).where(Alliance.merged_into_id.is_(None)).order_by(Alliance.name)
_SOME_THERE = _THERE.where(Alliance.id == _THESE)


def gather(session: Session, ids: Sequence[int] | None = None, *, terms_only: bool = False) -> list[Gathered]:
    """Gather the facts of some alliances, or of all (`ids` None), in order of name.

    With `terms_only` there is in them what its offices, terms, years and state follow from, and nothing else.
    """
    these = {} if ids is None else {"ids": list(ids)}

    def grouped(name: str) -> dict[int, list[Any]]:
        groups: dict[int, list[Any]] = defaultdict(list)
        if name in _TERMS or not terms_only:
            for row in session.execute((_TABLES if ids is None else _OF_SOME)[name], these):
                groups[row[0]].append(row[1:])
        return groups

    offices = grouped("offices")
    signatories = grouped("signatories")
    agreements = grouped("agreements")
    meetings = grouped("meetings")
    reports = grouped("reports")
    evaluations = grouped("evaluations")
    decisions = grouped("decisions")
    notices = grouped("notices")
    endings = grouped("endings")
    fulfilments = grouped("fulfilments")
    waivers = grouped("waivers")
    work_plans = grouped("work_plans")
    milestones = grouped("milestones")
    requests = grouped("requests")
    activities = grouped("activities")
    settings, closures = settings_in_force(session), read_closures(session)

    made = []
    for alliance in session.execute(_THERE if ids is None else _SOME_THERE, these):
        key = alliance.id
        office_id, _, office_name, timezone = offices[key][0]
        chosen = settings[office_id]
        facts = f.Facts(
            id=key,
            name=alliance.name,
            level=f.Level(alliance.level),
            offices=tuple(code for _, code, _, _ in offices[key]),
            tracked_from=alliance.tracked_from,
            agreements=tuple(f.Agreement(*row) for row in agreements[key]),
            meetings=tuple(f.Meeting(*row) for row in meetings[key]),
            reports=tuple(f.AnnualReport(*row) for row in reports[key]),
            evaluations=tuple(f.Evaluation(*row) for row in evaluations[key]),
            decisions=tuple(
                f.RenewalDecision(id, agreement_id, f.Recommendation(recommendation), *dates)
                for id, agreement_id, recommendation, *dates in decisions[key]
            ),
            notices=tuple(f.TerminationNotice(*row) for row in notices[key]),
            ending=next((f.Ending(f.EndingKind(kind), *rest) for kind, *rest in endings[key]), None),
            anchored_on=alliance.anchored_on,
            meetings_required=lay_over(numbers_of(alliance), chosen.meetings_required),
            meetings_mandatory=own_or(alliance.meetings_mandatory, chosen.meetings_mandatory),
            lapse_after_days=own_or(alliance.lapse_after_days, chosen.lapse_after_days),
            fulfilments=tuple(f.Fulfilment(*row) for row in fulfilments[key]),
            waivers=tuple(f.Waiver(*row) for row in waivers[key]),
            work_plans=tuple(f.WorkPlan(*row) for row in work_plans[key]),
            milestones=tuple(f.Milestone(*row) for row in milestones[key]),
            comment_requests=tuple(
                f.CommentRequest(id, code, asked_position(kind, name), asked_on, answered_on, name, subject, due_on)
                for id, code, kind, name, asked_on, answered_on, subject, due_on in requests[key]
            ),
            planned_activities=tuple(f.PlannedActivity(*row) for row in activities[key]),
            signatories=tuple(f.Signatory(*row) for row in signatories[key]),
            ambassador_option=chosen.ambassador_option,
            fiscal_year_checklist=chosen.fiscal_year_checklist,
            regime=chosen.regime,
            lead_name=office_name,
        )
        taking_part = tuple(name for name, _, left_on in signatories[key] if left_on is None)
        asked_offices = {code: name for _, code, _, name, *_ in requests[key]}
        made.append(Gathered(facts, office_id, office_name, timezone, taking_part, closures, asked_offices))
    return made


def own_or(own: Value | None, of_office: Value | None) -> Value | None:
    """Return what an alliance set for itself, or else what its lead office did."""
    return of_office if own is None else own


def asked_position(kind: str, office_name: str) -> str:
    """Return the position that comments for an office: its Regional Administrator, or its head."""
    return Owner.REGIONAL_ADMINISTRATOR.value if kind == "region" else f"head of the {office_name}"
