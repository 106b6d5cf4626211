"""Which of the duties of an alliance, or of the program, a person means; the one to look at first stands first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import utils
from sqlalchemy.orm import Session

from operations.gather_facts import gather
from operations.gather_program import PROGRAM, Owing, gather_program
from operations.read.duties import PROGRAM_NAMES, Owed
from operations.read.find_alliance import Found
from operations.read.named_alliance import named_alliance
from operations.read.why_none import why_none
from operations.refusals import Refused
from policy.duties import Basis, Modality, Status
from policy.rules import RULES
from policy.words import day


@dataclass(frozen=True, slots=True)
class Picked:
    """The duty that is looked at, and the others of its rule that wait to be settled."""

    owed: Owed
    also: tuple[Owed, ...]


def explain_duty(
    session: Session,
    *,
    name: str,
    rule: str,
    period: str | None = None,
    about: str | None = None,
    as_of: date,
    find: Callable[[Session, str], Found] = named_alliance,
) -> Picked:
    """Find the duty that a person asks about, as `pick_duty` does; "program" stands for the program as a whole.

    `find` finds the alliance by its name.

    Raises:
        Refused: No alliance, or several, are called so; or there is no such duty on that day.
    """
    program = name.casefold() in PROGRAM_NAMES
    of: Owing | None = gather_program(session) if program else gather(session, [find(session, name).id])[0]
    if of is None:
        raise Refused(f"{PROGRAM} owes nothing yet: no alliance is on record.")
    return pick_duty(of, rule=rule, period=period, about=about, as_of=as_of)


def pick_duty(of: Owing, *, rule: str, period: str | None, about: str | None, as_of: date) -> Picked:
    """Pick a duty of a rule: of a period, or by words of what it is about; else the unsettled one due first.

    Raises:
        Refused: There is none; the sentence says why, or which ones there are.
    """
    duties = first_to_look_at([Owed(due, of, as_of) for due in of.duties_on(as_of) if due.rule == rule])
    if not duties:
        raise Refused(f"{of.facts.name} has no duty “{rule}” that had opened by {as_of}. {why_none(of, rule, as_of)}")
    meant = [owed for owed in duties if period in (None, str(owed.due.period)) and _is_about(owed, about)]
    if not meant:
        asked = " ".join([*([f"for {period}"] if period else []), *([f"about “{about}”"] if about else [])])
        number = "1 duty" if len(duties) == 1 else f"{len(duties)} duties"
        raise Refused(
            f"{of.facts.name} has no duty “{rule}” {asked}; it has {number}: {'; '.join(map(words_of, duties))}."
        )
    return Picked(meant[0], tuple(owed for owed in duties if owed.due.status.unsettled and owed is not meant[0]))


def first_to_look_at(duties: Sequence[Owed]) -> list[Owed]:
    """Order duties: what is unsettled by its due date, permissions last; then what is settled, the latest first."""
    unsettled = [owed for owed in duties if owed.due.status.unsettled]
    settled = [owed for owed in duties if not owed.due.status.unsettled]
    return [
        *sorted(unsettled, key=lambda owed: (owed.order, owed.due.subject)),
        *sorted(settled, key=lambda owed: (owed.due.due_on, owed.due.subject), reverse=True),
    ]


def words_of(owed: Owed) -> str:
    """Tell a duty from the others of its rule, and say how it stands, as in "asked of Chicago Region, open"."""
    due = owed.due
    parts = [part for part in (owed.of.detail(due), None if due.period is None else str(due.period)) if part]
    if due.modality is Modality.PERMISSION and due.status.unsettled:
        stands = f"possible since {day(due.due_on)}"
    elif due.status.unsettled:
        status = "past its target" if due.status is Status.PAST_TARGET else due.status.value
        stands = f"{status}, {'target' if due.basis is Basis.OFFICE else 'due'} {day(due.due_on)}"
    else:
        stands = due.status.value if due.settled_on is None else f"{due.status.value} on {day(due.settled_on)}"
    return ", ".join([*(parts or [RULES[due.rule].title]), stands])


def _is_about(owed: Owed, about: str | None) -> bool:
    """Whether every word typed stands in what is told of the duty."""
    if about is None:
        return True
    told = utils.default_process(f"{words_of(owed)} {owed.due.owner} {owed.due.subject}")
    return all(word in told for word in utils.default_process(about).split())
