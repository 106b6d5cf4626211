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
from policy.rules import meetings


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
)

RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in _ALL})
