"""Turn rows into the frozen facts that the rules read: one fixed query a table, whatever the number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
from models.work import AnnualReport, Evaluation, Meeting
from policy import facts as f


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts of an alliance, and what the surfaces need of its lead office."""

    facts: f.Facts
    office_id: int
    office_name: str
    timezone: str
    signatories: tuple[str, ...]


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
        select(Signatory.alliance_id, Signatory.name).where(Signatory.left_on.is_(None)).order_by(Signatory.id)
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

    query = select(Alliance).order_by(Alliance.name)
    made = []
    for alliance in session.scalars(query if ids is None else query.where(Alliance.id.in_(ids))):
        key = alliance.id
        office_id, _, office_name, timezone = offices[key][0]
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
            meetings_required=alliance.meetings_required,
            meetings_mandatory=alliance.meetings_mandatory,
            lapse_after_days=alliance.lapse_after_days,
        )
        made.append(Gathered(facts, office_id, office_name, timezone, tuple(name for (name,) in signatories[key])))
    return made
