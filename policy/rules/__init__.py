"""The rules in force, in the order in which they are shown; a rule that is not listed does not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from policy.clauses import Clause
from policy.dates import Timeline
from policy.duties import Due
from policy.facts import Facts, Level, ProgramFacts
from policy.rules import (
    activity_notice,
    ambassador_eligible,
    annual_report,
    coordinator_call,
    draft_comment,
    evaluation,
    extension_terms,
    first_meeting,
    logo_withdrawal,
    meetings,
    milestone,
    renewal_decision,
    report_handoff,
    report_posting,
    signed_copy,
    termination_notice,
    work_plan,
)


def nothing(_facts: Facts, _today: date, _timeline: Timeline) -> Iterable[Due]:
    """Give no duty: a rule of the whole program asks nothing of an alliance."""
    return ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the directive: what it asks, of whom, by which clauses, and which form fulfils it."""

    id: str
    title: str
    #: Who owes it, in words; the level of the alliance may narrow it.
    owner: str
    clauses: tuple[Clause, ...]
    #: The name of the form that records its fulfilment.
    resolved_by: str
    #: What it asks of an alliance.
    function: Callable[[Facts, date, Timeline], Iterable[Due]] = nothing
    #: What it asks of the program as a whole; None for a rule about alliances.
    program_function: Callable[[ProgramFacts, date, Timeline], Iterable[Due]] | None = None
    #: The name of its set of reminder stages; a permission has none, whatever stands here.
    stages: str = "default"


_ALL = (
    Rule(
        id=meetings.RULE,
        title="Hold the Implementation Team meetings of the agreement year",
        owner="Alliance Coordinator",
        clauses=tuple(dict.fromkeys(c for level in meetings.CLAUSES.values() for c in level)),
        function=meetings.meetings,
        resolved_by="record_meeting",
    ),
    Rule(
        id=first_meeting.RULE,
        title="Hold the first Implementation Team meeting",
        owner="Alliance Coordinator",
        clauses=first_meeting.CLAUSES,
        function=first_meeting.first_meeting,
        resolved_by="record_meeting",
    ),
    Rule(
        id=work_plan.RULE,
        title="Finalize the work plan of the agreement year",
        owner="Alliance Coordinator",
        clauses=work_plan.CLAUSES,
        function=work_plan.work_plan,
        resolved_by="record_work_plan",
    ),
    Rule(
        id=milestone.RULE,
        title="Reach the milestone of the work plan",
        owner="The person named in the work plan",
        clauses=milestone.CLAUSES,
        function=milestone.milestone,
        resolved_by="reach_milestone",
    ),
    Rule(
        id=report_handoff.RULE,
        title="Hand the annual report to the Regional Alliance Program Coordinator",
        owner="Area Director",
        clauses=report_handoff.CLAUSES,
        function=report_handoff.report_handoff,
        resolved_by="hand_over_report",
    ),
    Rule(
        id=annual_report.RULE,
        title="Submit the annual report",
        owner="Regional Alliance Program Coordinator (field); Alliance Coordinator (national)",
        clauses=tuple(dict.fromkeys(annual_report.FIELD_CLAUSES + annual_report.NATIONAL_CLAUSES)),
        function=annual_report.annual_report,
        resolved_by="submit_report",
    ),
    Rule(
        id=report_posting.RULE,
        title="Post the annual report on OSHA's web pages",
        owner="Alliance Coordinator",
        clauses=report_posting.CLAUSES,
        function=report_posting.report_posting,
        resolved_by="post_report",
    ),
    Rule(
        id=evaluation.RULE,
        title="Evaluate the alliance and discuss the evaluation",
        owner="Alliance Coordinator",
        clauses=evaluation.CLAUSES,
        function=evaluation.evaluation,
        resolved_by="record_evaluation",
    ),
    Rule(
        id=renewal_decision.RULE,
        title="Decide on renewal, conditional extension or termination",
        owner="Alliance Coordinator",
        clauses=renewal_decision.CLAUSES_2020,
        function=renewal_decision.renewal_decision,
        resolved_by="decide_renewal",
        stages="renewal-decision",
    ),
    Rule(
        id=extension_terms.RULE,
        title="Settle the expectations of the conditional extension",
        owner="Alliance Coordinator",
        clauses=extension_terms.CLAUSES,
        function=extension_terms.extension_terms,
        resolved_by="record_done",
    ),
    Rule(
        id=signed_copy.RULE,
        title="Send the copy of the signed agreement to DCSP",
        owner="Area Director (area), then Regional Alliance Program Coordinator",
        clauses=signed_copy.CLAUSES[Level.AREA],
        function=signed_copy.signed_copy,
        resolved_by="record_done",
    ),
    Rule(
        id=termination_notice.RULE,
        title="Record the end that a notice leads to, or its withdrawal",
        owner="Alliance Coordinator",
        clauses=(termination_notice.IX_C_LAST, termination_notice.F_11),
        function=termination_notice.termination_notice,
        resolved_by="record_end",
        stages="termination-notice",
    ),
    Rule(
        id=logo_withdrawal.RULE,
        title="Withdraw the OSHA Alliance logo",
        owner="Alliance Coordinator",
        clauses=logo_withdrawal.CLAUSES,
        function=logo_withdrawal.logo_withdrawal,
        resolved_by="record_done",
    ),
    Rule(
        id=draft_comment.RULE,
        title="Comment on the proposal or draft of a national agreement",
        owner="The Regional Administrator or directorate head asked",
        clauses=draft_comment.CLAUSES,
        function=draft_comment.draft_comment,
        resolved_by="answer_comment",
    ),
    Rule(
        id=activity_notice.RULE,
        title="Tell the Regional Administrator and the State Plan State of the planned activity",
        owner="DCSP",
        clauses=activity_notice.CLAUSES,
        function=activity_notice.activity_notice,
        resolved_by="notify_activity",
    ),
    Rule(
        id=coordinator_call.RULE,
        title="Hold the call with the Regional Alliance Program Coordinators",
        owner="DCSP",
        clauses=coordinator_call.CLAUSES,
        program_function=coordinator_call.coordinator_call,
        resolved_by="record_call",
    ),
    Rule(
        id=ambassador_eligible.RULE,
        title="May become an Ambassador",
        owner="Alliance Coordinator",
        clauses=ambassador_eligible.CLAUSES,
        function=ambassador_eligible.ambassador_eligible,
        resolved_by="offer_ambassador",
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ALL})
