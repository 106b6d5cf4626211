"""The rules in force, in the order in which they are shown; a rule that is not listed does not exist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from policy.clauses import Clause
from policy.dates import Timeline
from policy.duties import Due
from policy.facts import Facts
from policy.rules import annual_report, evaluation, meetings, renewal_decision, termination_notice


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the directive: what it asks, of whom, by which clauses, and which form fulfils it."""

    id: str
    title: str
    #: Who owes it, in words; the level of the alliance may narrow it.
    owner: str
    clauses: tuple[Clause, ...]
    function: Callable[[Facts, date, Timeline], Iterable[Due]]
    #: The name of the form that records its fulfilment.
    resolved_by: str
    #: The name of its set of reminder stages.
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
        id=annual_report.RULE,
        title="Submit the annual report",
        owner="Regional Alliance Program Coordinator (field); Alliance Coordinator (national)",
        clauses=tuple(dict.fromkeys(annual_report.FIELD_CLAUSES + annual_report.NATIONAL_CLAUSES)),
        function=annual_report.annual_report,
        resolved_by="submit_report",
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
        id=termination_notice.RULE,
        title="Record the end that a notice leads to, or its withdrawal",
        owner="Alliance Coordinator",
        clauses=(termination_notice.IX_C_LAST, termination_notice.F_11),
        function=termination_notice.termination_notice,
        resolved_by="record_end",
        stages="termination-notice",
    ),
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ALL})
