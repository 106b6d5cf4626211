"""Where a procedure stands: of each stage whether it is done, next, waiting, blocked or left out. Pure and total."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from policy.clauses import Clause
from policy.gate_facts import GateFacts
from policy.gates import GATES, standing_gates
from policy.procedure import ProcedureStep
from policy.procedure_stages import STAGES, ProcedureFacts, Stage


class Stands(StrEnum):
    """How a stage stands; the words are shown."""

    DONE = "done"
    #: Somebody can press its button now.
    NEXT = "next"
    #: It was asked for, and somebody else has to decide.
    WAITING = "waiting"
    #: Something before it is not done.
    BLOCKED = "not yet"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True, slots=True)
class StageStanding:
    """A stage as it stands."""

    stage: Stage
    stands: Stands
    #: What is still to be done, why it is left out, or empty.
    sentence: str
    clause: Clause
    #: The stages before it that are not done.
    blocked_by: tuple[Stage, ...] = ()
    #: Whom it waits for.
    waiting_for: tuple[str, ...] = ()


def procedure(facts: ProcedureFacts) -> tuple[StageStanding, ...]:
    """Give every stage as it stands, in order; while one is not done, at least one is next or waiting."""
    missing = {id: stage.missing(facts) for id, stage in STAGES.items() if takes_part(stage, facts)}
    return tuple(_standing(stage, facts, missing) for stage in STAGES.values())


def upcoming(standings: tuple[StageStanding, ...]) -> tuple[StageStanding, ...]:
    """Give the stages on which somebody can act now, or of which it is said for whom they wait."""
    return tuple(found for found in standings if found.stands in {Stands.NEXT, Stands.WAITING})


def takes_part(stage: Stage, facts: ProcedureFacts) -> bool:
    """Whether such an agreement passes a stage at all."""
    standing = {gate.id for gate in standing_gates(facts.gates, ProcedureStep.SIGN)}
    return bool(standing.intersection(stage.gates)) and stage.needed(facts.gates)


def belongs(stage: Stage, gates: GateFacts) -> bool:
    """Whether a stage is one of such a procedure at all: a proposal has no decision to renew, a renewal no proposal."""
    if gates.renewal:
        return any(GATES[id].on_renewal for id in stage.gates)
    return any(GATES[id].before is not ProcedureStep.RENEW for id in stage.gates)


def before(stage: Stage, facts: ProcedureFacts) -> tuple[Stage, ...]:
    """Give the stages that have to be done before one and are not, in order."""
    earlier = (STAGES[id] for id in stage.after)
    return tuple(e for e in earlier if takes_part(e, facts) and e.missing(facts) is not None)


def _standing(stage: Stage, facts: ProcedureFacts, missing: dict[str, str | None]) -> StageStanding:
    clause = stage.clauses[facts.gates.level]
    if stage.id not in missing:
        skipped = facts.gates.renewal and facts.gates.renewal_skips.intersection(stage.gates)
        why = "The office leaves it out when it renews." if skipped else stage.left_out
        return StageStanding(stage, Stands.NOT_NEEDED, why, clause)
    sentence = missing[stage.id]
    if sentence is None:
        return StageStanding(stage, Stands.DONE, "", clause)
    blocked_by = tuple(STAGES[id] for id in stage.after if missing.get(id) is not None)
    if blocked_by:
        return StageStanding(stage, Stands.BLOCKED, sentence, clause, blocked_by)
    waiting_for = facts.waiting.get(stage.id, ())
    stands = Stands.WAITING if waiting_for else Stands.NEXT
    return StageStanding(stage, stands, sentence, clause, (), waiting_for)
