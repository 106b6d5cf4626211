"""The criteria that agreements and work plans must answer (VII.C), and the Fundamental Requirements (FAQ F-9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from policy.clauses import Clause, cite
from policy.editions import CSP_2015, CSP_2020, EDITIONS, Edition
from policy.participants import EMPLOYERS, Participant, ParticipantKind, of_kinds, unknown
from policy.words import listing

#: What is missing where nobody wrote anything.
NOWHERE = "not answered in the agreement or the work plan."

VII_C_LAST = cite("CSP 04-01-002 VII.C (last)")


class Need(StrEnum):
    """How strongly a criterion binds an alliance."""

    MANDATORY = "mandatory"
    #: "fulfilling all or part of the following criteria, as relevant and appropriate" (VII.C.4).
    ALL_OR_PART = "all or part"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of the checklist, in the words of its clause."""

    clause: Clause
    need: Need
    editions: tuple[Edition, ...] = EDITIONS
    #: The kinds of participants whose alliances it binds; empty: every alliance.
    kinds: frozenset[ParticipantKind] = frozenset()
    renewals_only: bool = False

    @property
    def id(self) -> str:
        """Its number in its own text, as in "VII.C.4.h"."""
        return self.clause.number

    @property
    def quote(self) -> str:
        """The words of its clause."""
        return self.clause.quote


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agreement or the work plan says to a criterion."""

    criterion: str
    #: How it is addressed, or why it does not apply.
    text: str
    #: False: not relevant to this alliance; only criteria of "all or part" take that answer.
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A criterion that the texts do not answer, with the sentence that says so."""

    criterion: Criterion
    sentence: str


# The 2020 text is known through the FAQ. Where the FAQ restates a criterion (worker representation, free
# products), its words stand in the checklist instead; where it is silent, VII.C is carried over.
CRITERIA = (
    Criterion(cite("CSP 04-01-002 VII.C.1"), Need.MANDATORY),
    Criterion(cite("CSP 04-01-002 VII.C.2"), Need.MANDATORY),
    Criterion(cite("CSP 04-01-002 VII.C.3"), Need.MANDATORY, (CSP_2015,), EMPLOYERS),
    *(Criterion(cite(f"CSP 04-01-002 VII.C.4.{letter}"), Need.ALL_OR_PART) for letter in "abcdefghi"),
    Criterion(cite("CSP 04-01-002 VII.C.4.j"), Need.ALL_OR_PART, (CSP_2015,)),
    Criterion(cite("CSP 04-01-002 VII.C.4.k"), Need.ALL_OR_PART, renewals_only=True),
    *(
        Criterion(cite(f"FAQ F-9 ({word})"), Need.MANDATORY, (CSP_2020,))
        for word in ("dissemination", "resources", "information", "workers", "Guidelines", "products")
    ),
)


def checklist(edition: Edition, participants: Iterable[Participant], *, renewal: bool) -> tuple[Criterion, ...]:
    """Give the criteria that an agreement must answer, in the order of the texts.

    A participant whose kind is not on record counts as every kind.
    """
    given = tuple(participants)
    return tuple(
        criterion
        for criterion in CRITERIA
        if edition in criterion.editions
        and (renewal or not criterion.renewals_only)
        and (not criterion.kinds or not given or of_kinds(given, criterion.kinds) or unknown(given))
    )


def unanswered(criteria: Iterable[Criterion], answers: Iterable[Answer]) -> tuple[Unanswered, ...]:
    """Give what the texts leave unanswered, in the order of the checklist.

    An empty text is no answer; "does not apply" needs its reason, and is no answer to a criterion that binds
    every alliance. Of the criteria "all or part" at least one must be addressed.
    """
    asked = tuple(criteria)
    given = {answer.criterion: answer for answer in answers if answer.text.strip()}
    found = list(_unanswered(asked, given))
    part = [c for c in asked if c.need is Need.ALL_OR_PART]
    if part and not any(c.id in given and given[c.id].applies for c in part) and all(c.id in given for c in part):
        found.append(
            Unanswered(part[0], "All of VII.C.4 is said not to apply; at least a part of it must be addressed.")
        )
    return tuple(found)


def unanswered_words(found: Iterable[Unanswered]) -> Iterator[str]:
    """Say what is missing in sentences, those that are not answered at all in one."""
    every = tuple(found)
    nowhere = [one.criterion.id for one in every if one.sentence.endswith(NOWHERE)]
    if nowhere:
        yield f"{listing(nowhere)} {'is' if len(nowhere) == 1 else 'are'} {NOWHERE}"
    yield from (one.sentence for one in every if not one.sentence.endswith(NOWHERE))


def _unanswered(asked: tuple[Criterion, ...], given: dict[str, Answer]) -> Iterator[Unanswered]:
    for criterion in asked:
        answer = given.get(criterion.id)
        if answer is None:
            yield Unanswered(criterion, f"{criterion.id} is {NOWHERE}")
        elif not answer.applies and criterion.need is Need.MANDATORY:
            yield Unanswered(criterion, f"{criterion.id} binds this alliance; “does not apply” is no answer to it.")
