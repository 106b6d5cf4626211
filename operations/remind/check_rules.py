"""Compare the records with the rules, for alliances and for the program: what opened, what was settled."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from operations.actor import Actor, office_midnight
from operations.approve.end_approvals import end_approvals
from operations.gather_facts import Gathered, gather
from operations.gather_program import GatheredProgram, Owing
from operations.records.open_alliance import lock_alliances
from operations.records.open_program import lock_program
from operations.refusals import Refused
from operations.remind.follow_duties import CHECKER, follow_duties
from operations.remind.look_again import note_quiet, surroundings
from policy.duties import Due, Modality


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What a change of the records did to the duties of an alliance or of the program."""

    today: date
    #: What was recorded: "meeting:12"; None after a plain check.
    record: str | None
    opened: tuple[Due, ...]
    settled: tuple[Due, ...]
    #: All duties as they stand, settled ones too.
    duties: tuple[Due, ...] = field(repr=False)
    #: Whether anything had to be written.
    wrote: bool
    #: Sentences about what was accepted and may yet be unwise.
    warnings: tuple[str, ...] = ()

    @property
    def remaining(self) -> tuple[Due, ...]:
        """What is still to be done, in order of due date; nobody has to use a permission."""
        return tuple(d for d in self.duties if d.status.unsettled and d.modality is not Modality.PERMISSION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Changed):
    """What a change did to the duties of one alliance."""

    of: Gathered


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramOutcome(Changed):
    """What a change did to the duties of the program as a whole."""

    of: GatheredProgram


def recheck(
    session: Session,
    alliance_id: int,
    *,
    by: Actor,
    now: datetime,
    record: str,
    changed: Iterable[uuid.UUID] = (),
) -> Outcome:
    """Check the rules for one alliance after a change, in the same transaction.

    `changed` are obligations whose messages have to be rewritten whatever the check finds.
    """
    session.flush()
    (outcome,) = check_rules(session, by=by, now=now, ids=[alliance_id], record=record, changed=changed)
    if outcome.of.facts.ending is not None:
        end_approvals(session, alliance_id, by=by.name, now=now)
    return outcome


def check_rules(
    session: Session,
    *,
    now: datetime,
    ids: Sequence[int] | None = None,
    with_program: bool = False,
    by: Actor = CHECKER,
    record: str | None = None,
    changed: Iterable[uuid.UUID] = (),
) -> list[Outcome]:
    """Check the rules for some alliances, each on the day it is at its lead office.

    `ids` None means all of them, and the program as a whole with them.
    """
    lock_alliances(session, ids)
    under = surroundings(session)
    program = lock_program(session) if with_program or ids is None else None
    alliances = gather(session, ids)
    # All at once: obligations, messages and notices are locked in one go each, whoever owes them.
    owing: list[Owing] = [*alliances, *([] if program is None else [program])]
    found = follow_duties(session, owing, by=by, now=now, changed=changed)[: len(alliances)]
    until = {
        of.facts.id: office_midnight(each.look_again_on, of.timezone)
        for of, each in zip(alliances, found, strict=True)
        if each.look_again_on is not None
    }
    note_quiet(session, until, under=under, now=now)
    return [
        Outcome(
            of=of,
            today=each.today,
            record=record,
            opened=each.opened,
            settled=each.settled,
            duties=each.duties,
            wrote=each.wrote,
        )
        for of, each in zip(alliances, found, strict=True)
    ]


def recheck_program(
    session: Session, *, by: Actor, now: datetime, record: str, changed: Iterable[uuid.UUID] = ()
) -> ProgramOutcome:
    """Check the rules for the program after a change, in the same transaction.

    `changed` are obligations whose messages have to be rewritten whatever the check finds.

    Raises:
        Refused: There is no program yet.
    """
    session.flush()
    outcome = check_program(session, by=by, now=now, record=record, changed=changed)
    if outcome is None:
        raise Refused("There is no program yet: enter the National Office and an alliance first.")
    return outcome


def check_program(
    session: Session,
    *,
    now: datetime,
    by: Actor = CHECKER,
    record: str | None = None,
    changed: Iterable[uuid.UUID] = (),
) -> ProgramOutcome | None:
    """Check the rules for the program as a whole; None where there is none yet."""
    of = lock_program(session)
    if of is None:
        return None
    (found,) = follow_duties(session, [of], by=by, now=now, changed=changed)
    return ProgramOutcome(
        of=of,
        today=found.today,
        record=record,
        opened=found.opened,
        settled=found.settled,
        duties=found.duties,
        wrote=found.wrote,
    )
