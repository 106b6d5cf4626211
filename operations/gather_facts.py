"""Turn rows into the frozen facts that the rules read: one fixed query a table, whatever the number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
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
from operations.office_settings import settings_in_force
from policy import facts as f
from policy.boundary import next_boundary
from policy.calendar import Closures
from policy.check import check, forecast
from policy.duties import Due, Owner
from policy.stages import StageSettings

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

    def look_again_on(self, today: date, settings_of: Callable[[Due], StageSettings]) -> date | None:
        """Return the next day on which a check may find something else, if nothing is recorded until then."""
        return next_boundary(self.facts, today, self.closures, settings_of)

    def coming(self, first: date, last: date) -> tuple[Due, ...]:
        """Return what falls due between two days, both included, if nothing more is recorded."""
        return forecast(self.facts, first, last, closures=self.closures)

    def detail(self, due: Due) -> str | None:
        """Return what tells a duty from the others of its rule."""
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
    Alliance.meetings_mandatory,
    Alliance.lapse_after_days,
)


def gather(session: Session, ids: Sequence[int] | None = None) -> list[Gathered]:
    """Gather the facts of some alliances, or of all (`ids` None), in order of name."""

    def grouped(query: Select[*tuple[Any, ...]]) -> dict[int, list[Any]]:
        # Every query names the alliance first; the rest of the row is what the group is made of.
        owner = query.selected_columns[0]
        groups: dict[int, list[Any]] = defaultdict(list)
        for row in session.execute(query if ids is None else query.where(owner.in_(ids))):
            groups[row[0]].append(row[1:])
        return groups

    offices = grouped(
        select(AllianceOffice.alliance_id, Office.id, Office.code, Office.name, Office.timezone)
        .join(Office, Office.id == AllianceOffice.office_id)
        .order_by(AllianceOffice.rank)
    )
    signatories = grouped(
        select(Signatory.alliance_id, Signatory.name, Signatory.joined_on, Signatory.left_on).order_by(Signatory.id)
    )
    agreements = grouped(
        select(
            Agreement.alliance_id, Agreement.id, Agreement.signed_on, Agreement.renewal, Agreement.term_years
        ).order_by(Agreement.signed_on)
    )
    meetings = grouped(
        select(Meeting.alliance_id, Meeting.id, Meeting.on_day, Meeting.held)
        .where(Meeting.withdrawn_at.is_(None))
        .order_by(Meeting.on_day)
    )
    reports = grouped(
        select(
            AnnualReport.alliance_id,
            AnnualReport.id,
            AnnualReport.period_end,
            AnnualReport.handed_over_on,
            AnnualReport.submitted_on,
            AnnualReport.posted_on,
        ).order_by(AnnualReport.period_end)
    )
    evaluations = grouped(
        select(
            Evaluation.alliance_id,
            Evaluation.id,
            Evaluation.period_end,
            Evaluation.evaluated_on,
            Evaluation.discussed_on,
        ).order_by(Evaluation.period_end)
    )
    decisions = grouped(
        select(
            RenewalDecision.alliance_id,
            RenewalDecision.id,
            RenewalDecision.agreement_id,
            RenewalDecision.recommendation,
            RenewalDecision.recommended_on,
            RenewalDecision.decided_on,
            RenewalDecision.extended_until,
        ).order_by(RenewalDecision.recommended_on)
    )
    notices = grouped(
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
    )
    endings = grouped(select(Ending.alliance_id, Ending.kind, Ending.ended_on, Ending.reason))

    fulfilments = grouped(
        select(
            Fulfilment.alliance_id, Fulfilment.rule, Fulfilment.subject, Fulfilment.period, Fulfilment.done_on
        ).order_by(Fulfilment.done_on)
    )
    waivers = grouped(
        select(
            Waiver.alliance_id,
            Waiver.rule,
            Waiver.subject,
            Waiver.period,
            Waiver.waived_on,
            Waiver.reason,
            Waiver.by,
        ).order_by(Waiver.waived_on)
    )
    work_plans = grouped(
        select(WorkPlan.alliance_id, WorkPlan.id, WorkPlan.first, WorkPlan.finalized_on).order_by(WorkPlan.first)
    )
    milestones = grouped(
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
    )
    requests = grouped(
        select(
            CommentRequest.alliance_id,
            CommentRequest.id,
            Office.code,
            Office.kind,
            Office.name,
            CommentRequest.asked_on,
            CommentRequest.answered_on,
        )
        .join(Office, Office.id == CommentRequest.office_id)
        .order_by(CommentRequest.asked_on, CommentRequest.id)
    )
    activities = grouped(
        select(
            PlannedActivity.alliance_id,
            PlannedActivity.id,
            PlannedActivity.on_day,
            PlannedActivity.place,
            PlannedActivity.recorded_on,
            PlannedActivity.notified_on,
        ).order_by(PlannedActivity.on_day, PlannedActivity.id)
    )
    settings, closures = settings_in_force(session), read_closures(session)

    query = select(*_ALLIANCE).order_by(Alliance.name)
    made = []
    for alliance in session.execute(query if ids is None else query.where(Alliance.id.in_(ids))):
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
            ending=next((f.Ending(f.EndingKind(kind), on, reason) for kind, on, reason in endings[key]), None),
            anchored_on=alliance.anchored_on,
            meetings_required=own_or(alliance.meetings_required, chosen.meetings_required),
            meetings_mandatory=own_or(alliance.meetings_mandatory, chosen.meetings_mandatory),
            lapse_after_days=own_or(alliance.lapse_after_days, chosen.lapse_after_days),
            fulfilments=tuple(f.Fulfilment(*row) for row in fulfilments[key]),
            waivers=tuple(f.Waiver(*row) for row in waivers[key]),
            work_plans=tuple(f.WorkPlan(*row) for row in work_plans[key]),
            milestones=tuple(f.Milestone(*row) for row in milestones[key]),
            comment_requests=tuple(
                f.CommentRequest(id, code, asked_position(kind, name), *days)
                for id, code, kind, name, *days in requests[key]
            ),
            planned_activities=tuple(f.PlannedActivity(*row) for row in activities[key]),
            signatories=tuple(f.Signatory(*row) for row in signatories[key]),
            ambassador_option=chosen.ambassador_option,
            fiscal_year_checklist=chosen.fiscal_year_checklist,
            regime=chosen.regime,
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
