"""The criteria of a yearly evaluation, and the four marks that a participant gets for each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy.clauses import Clause, cite
from policy.criteria import CRITERIA
from policy.editions import CSP_2015, Edition


class Mark(StrEnum):
    """How a criterion was met in a year, in the words of OSHA's forms."""

    MEETS = "Meets"
    IN_PART = "Meets in part"
    NOT_MET = "Did not meet"
    NOT_APPLICABLE = "N/A"


#: The marks that say why in a note.
EXPLAINED = frozenset({Mark.IN_PART, Mark.NOT_MET})


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A criterion of the evaluation."""

    #: Its name in the records.
    id: str
    #: What a person reads.
    title: str
    clause: Clause

    @property
    def hint(self) -> str:
        """The words of its clause, with its name."""
        return f"{self.clause.quoted} ({self.clause.name})"


# IX.C.1: "Conduct evaluation(s) [...] against their identified goals and written work plan."
_BOTH = (
    Evaluated("goals", "Goals of the agreement", cite("CSP 04-01-002 IX.C.1")),
    Evaluated("work-plan", "Progress on the work plan", cite("FAQ F-11 (work plan)")),
)
_OF_2020 = (
    Evaluated("commitment", "Commitment to working with OSHA", cite("FAQ F-11 (commitment)")),
    Evaluated("dissemination", "Disseminating information", cite("FAQ F-9 (dissemination)")),
    Evaluated("resources", "Time and resources", cite("FAQ F-9 (resources)")),
    Evaluated("information", "Information given to OSHA", cite("FAQ F-9 (information)")),
    Evaluated("workers", "Worker participation", cite("FAQ F-9 (workers)")),
    Evaluated("guidelines", "Following the Guidelines", cite("FAQ F-9 (Guidelines)")),
    Evaluated("products", "Products free of charge", cite("FAQ F-9 (products)")),
    Evaluated("alignment", "Strategic priorities of OSHA", cite("FAQ F-11 (alignment)")),
)
_OF_2015 = tuple(
    Evaluated(criterion.id, f"Criterion {criterion.id}", criterion.clause)
    for criterion in CRITERIA
    if CSP_2015 in criterion.editions and not criterion.renewals_only
)

#: Each that there is, once.
EVALUATED = (*_BOTH, *_OF_2020, *_OF_2015)


def evaluated(edition: Edition) -> tuple[Evaluated, ...]:
    """Give the criteria that an evaluation under an edition asks for, in the order of the texts."""
    return (*_BOTH, *(_OF_2015 if edition is CSP_2015 else _OF_2020))
