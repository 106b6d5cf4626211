"""What a change of parameters would do to the duties of the whole portfolio, before it is made."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from operations.gather_facts import Gathered, gather
from operations.gather_program import Owing, gather_program
from operations.read.changed_parameter import ChangedParameter, changed_series
from operations.read.policy_override import overridden
from policy.duties import Due

Duties = dict[uuid.UUID, Due]

#: What of a duty is compared beside its dates.
COMPARED = ("status", "modality", "basis", "required", "owner")


class Kind(StrEnum):
    """What would become of a duty."""

    ADDED = "added"
    GONE = "gone"
    #: Its dates would change.
    MOVED = "moved"
    #: Its dates would stay, and something else of it would change.
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of one duty; `before` is None for one added, `after` for one gone."""

    kind: Kind
    of: Owing
    before: Due | None
    after: Due | None
    #: The date, before the first tracked day, that another value gives a duty that would be gone or gave one added.
    untracked_on: date | None = None

    @property
    def due(self) -> Due:
        """The duty as it would be, or as it was."""
        due = self.after or self.before
        if due is None:
            raise LookupError("a change of nothing")
        return due

    @property
    def differs(self) -> tuple[str, ...]:
        """The names of what would change of it, dates included."""
        if self.before is None or self.after is None:
            return ()
        return tuple(
            name
            for name in ("opens_on", "due_on", *COMPARED)
            if getattr(self.before, name) != getattr(self.after, name)
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """All that would change, in order of alliance, date and rule."""

    on: date
    until: date
    changes: tuple[Change, ...]

    @property
    def counts(self) -> dict[str, Counter[str]]:
        """How many of each kind, by rule."""
        counted: dict[str, Counter[str]] = {}
        for change in self.changes:
            counted.setdefault(change.due.rule, Counter())[change.kind.value] += 1
        return dict(sorted(counted.items()))


def diff_policy(
    session: Session, changes: Sequence[ChangedParameter], *, on: date, ahead: timedelta = timedelta(days=365)
) -> Difference:
    """Compare the duties on a day, and those that come due up to `ahead` of it, with and without changes.

    Nothing is written, and nobody else sees the other values.
    """
    until = on + ahead
    program = gather_program(session)
    owing: list[Owing] = [*gather(session), *([] if program is None else [program])]
    before = [duties_between(of, on, until) for of in owing]
    with overridden(changed_series(changes)):
        after = [duties_between(of, on, until) for of in owing]
        dropped = [_untracked(of, was, becomes, on) for of, was, becomes in zip(owing, before, after, strict=True)]
    revived = [_untracked(of, becomes, was, on) for of, was, becomes in zip(owing, before, after, strict=True)]
    found = compare(owing, before, after, on=on, until=until)
    untracked = {id: day for days in (*dropped, *revived) for id, day in days.items()}
    return replace(found, changes=tuple(replace(c, untracked_on=untracked.get(c.due.id)) for c in found.changes))


def _untracked(of: Owing, there: Duties, gone: Duties, on: date) -> dict[uuid.UUID, date]:
    """Give the dates of the duties that one side lacks because they lie before the alliance is tracked."""
    missing = there.keys() - gone.keys()
    if not missing or not isinstance(of, Gathered) or not of.facts.agreements:
        return {}
    begins = min(agreement.signed_on for agreement in of.facts.agreements)
    whole = replace(of, facts=replace(of.facts, tracked_from=min(begins, of.facts.tracked_from)))
    return {
        due.id: due.due_on for due in whole.duties_on(on) if due.id in missing and due.due_on < of.facts.tracked_from
    }


def duties_between(of: Owing, on: date, until: date) -> Duties:
    """Give the duties on a day, and those that come due up to another."""
    return {due.id: due for due in (*of.coming(on, until), *of.duties_on(on))}


def compare(
    owing: Sequence[Owing], before: Sequence[Duties], after: Sequence[Duties], *, on: date, until: date
) -> Difference:
    """Compare the duties of some before and after a change."""
    found = [
        change for of, was, becomes in zip(owing, before, after, strict=True) for change in _diff(of, was, becomes)
    ]
    found.sort(key=lambda c: (c.of.alliance_id is None, c.of.facts.name, c.due.due_on, c.due.rule, c.due.subject))
    return Difference(on, until, tuple(found))


def _diff(of: Owing, before: Duties, after: Duties) -> Iterator[Change]:
    gone = [due for id, due in before.items() if id not in after]
    added = [due for id, due in after.items() if id not in before]
    for was in gone:
        # A period that was cut otherwise is another duty by its id, and the same one to people.
        same = [due for due in added if (due.rule, due.subject) == (was.rule, was.subject)]
        alone = sum((due.rule, due.subject) == (was.rule, was.subject) for due in gone) == 1
        if len(same) == 1 and alone:
            added.remove(same[0])
            yield Change(Kind.MOVED, of, was, same[0])
        else:
            yield Change(Kind.GONE, of, was, None)
    for due in added:
        yield Change(Kind.ADDED, of, None, due)
    for id in before.keys() & after.keys():
        change = Change(Kind.CHANGED, of, before[id], after[id])
        if "due_on" in change.differs or "opens_on" in change.differs:
            yield Change(Kind.MOVED, of, before[id], after[id])
        elif change.differs:
            yield change
