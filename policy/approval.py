"""How an approval stands: a pure function of its chain and of what was decided, and the only state machine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from policy.rights import Role


class Verdict(StrEnum):
    """What an official decides."""

    APPROVE = "approve"
    #: Back to who asked, to be changed and put forward again.
    RETURN = "return"
    DECLINE = "decline"


class ApprovalStatus(StrEnum):
    """What became of what was asked."""

    OPEN = "open"
    APPROVED = "approved"
    RETURNED = "returned"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    #: Void: a later version of the draft was kept.
    SUPERSEDED = "superseded"


_OUTSIDE = "outside:"
_ROLES = frozenset(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in a chain: a position at an office, or an official outside who is named.

    Raises:
        ValueError: It is both or neither.
    """

    role: Role | None = None
    #: Code of the office at which the position is held.
    office: str = ""
    #: Who decides on paper, as named: "Legal Counsel of the consulate".
    outside: str = ""

    def __post_init__(self) -> None:
        if (self.role is not None, bool(self.office)) != (not self.outside, not self.outside):
            raise ValueError("A seat is a position at an office, or an official outside who is named.")

    @property
    def key(self) -> str:
        """What names it: "Area Director@0317300", "outside:Legal Counsel"."""
        return f"{_OUTSIDE}{self.outside}" if self.role is None else f"{self.role.value}@{self.office}"

    def named(self, offices: Mapping[str, str]) -> str:
        """Name it by the names of the offices: "Area Director, Wilmington Area Office"."""
        return self.outside if self.role is None else f"{self.role.value}, {offices.get(self.office, self.office)}"


def seat_of(key: str) -> Seat | None:
    """Return the seat that a key names; None for anything else, such as the name of an expert."""
    if key.startswith(_OUTSIDE):
        return Seat(outside=key.removeprefix(_OUTSIDE)) if key != _OUTSIDE else None
    role, at, office = key.partition("@")
    return Seat(Role(role), office) if at and office and role in _ROLES else None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a chain: its seats decide side by side, and `needs` of them have to approve.

    Raises:
        ValueError: It has no seat, one twice, or needs none or more than there are.
    """

    id: str
    title: str
    seats: tuple[Seat, ...]
    needs: int
    #: The name of the clause that asks for it; empty where an office does.
    clause: str = ""

    def __post_init__(self) -> None:
        if len(set(self.seats)) != len(self.seats):
            raise ValueError(f"A seat stands twice in “{self.title}”.")
        if not 1 <= self.needs <= len(self.seats):
            raise ValueError(f"“{self.title}” needs {self.needs} of {len(self.seats)}.")


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps one after the other.

    Raises:
        ValueError: There is no step, or an id stands twice.
    """

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("A chain has at least one step.")
        if len({step.id for step in self.steps}) != len(self.steps):
            raise ValueError("A step stands twice in the chain.")

    def seat(self, step_id: str, key: str) -> tuple[Step, Seat] | None:
        """Return a step and its seat by their names; None where the chain has none such."""
        return next(
            ((step, seat) for step in self.steps if step.id == step_id for seat in step.seats if seat.key == key), None
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What a seat decided, on what content."""

    step: str
    #: `Seat.key`.
    seat: str
    verdict: Verdict
    digest: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step waits for these seats, any of them."""

    step: Step
    seats: tuple[Seat, ...]


@dataclass(frozen=True, slots=True)
class Approved:
    """Every step has what it needs."""


@dataclass(frozen=True, slots=True)
class Returned:
    """A seat sent it back to be changed."""

    step: Step
    by: Seat


@dataclass(frozen=True, slots=True)
class Declined:
    """A seat declined it."""

    step: Step
    by: Seat


Standing = Waiting | Approved | Returned | Declined


def next_step(chain: Chain, decisions: Iterable[Decision], digest: str) -> Standing:
    """Say how an approval stands; total: whatever was decided, in whatever order, there is one answer.

    Counted is what was decided on this content, by a seat of the chain. The order does not matter: a step is looked at
    once those before it have what they need; in it a seat that declined ends it, else one that sent it back, else it
    waits until enough have approved. Of what one seat said twice the harder counts.
    """
    counted: dict[tuple[str, str], set[Verdict]] = {}
    for decision in decisions:
        if decision.digest == digest:
            counted.setdefault((decision.step, decision.seat), set()).add(decision.verdict)
    for step in chain.steps:
        said = {seat: counted.get((step.id, seat.key), set()) for seat in step.seats}
        if (declined := _first(said, Verdict.DECLINE)) is not None:
            return Declined(step, declined)
        if (returned := _first(said, Verdict.RETURN)) is not None:
            return Returned(step, returned)
        waiting = tuple(seat for seat, verdicts in said.items() if not verdicts)
        if len(step.seats) - len(waiting) < step.needs:
            return Waiting(step, waiting)
    return Approved()


def _first(said: Mapping[Seat, Collection[Verdict]], verdict: Verdict) -> Seat | None:
    return next((seat for seat, verdicts in said.items() if verdict in verdicts), None)


def asks_as_much(chain: Chain, asked: Step) -> bool:
    """Whether nobody passes a chain without passing a step that a clause asks for.

    That is so where at least as many of its seats approve in any case, whoever else does.
    """
    sure, counted = 0, set[Seat]()
    for step in chain.steps:
        inside = set(step.seats) & set(asked.seats)
        least = step.needs - (len(step.seats) - len(inside))
        # A seat that stands in two steps is counted in one of them.
        if least > 0 and not inside & counted:
            sure, counted = sure + least, counted | inside
    return sure >= asked.needs


def write_chain(chain: Chain) -> dict[str, Any]:
    """Write a chain as plain data, as it is kept."""
    return {
        "steps": [
            {
                "id": step.id,
                "title": step.title,
                "needs": step.needs,
                "clause": step.clause,
                "seats": [_write_seat(seat) for seat in step.seats],
            }
            for step in chain.steps
        ]
    }


def read_chain(written: Mapping[str, Any]) -> Chain:
    """Read a chain as `write_chain` wrote it."""
    return Chain(
        tuple(
            Step(
                id=step["id"],
                title=step["title"],
                seats=tuple(_read_seat(seat) for seat in step["seats"]),
                needs=step["needs"],
                clause=step["clause"],
            )
            for step in written["steps"]
        )
    )


def _write_seat(seat: Seat) -> dict[str, str]:
    return {"outside": seat.outside} if seat.role is None else {"role": seat.role.value, "office": seat.office}


def _read_seat(written: Mapping[str, str]) -> Seat:
    if "outside" in written:
        return Seat(outside=written["outside"])
    return Seat(role=Role(written["role"]), office=written["office"])
