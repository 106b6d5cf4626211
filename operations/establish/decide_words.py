"""Record a person's decision on words that the check of language marked (CSP 04-01-002 XII.A, FAQ F-3)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import audit
from models.gates import GateRecord
from operations.actor import Actor
from operations.read.marked_words import alliance_of, texts_of, undecided
from operations.records.gate_records import Done, write_gate_records
from operations.records.open_alliance import open_alliance
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from policy.gate_records import RecordKind
from policy.rights import Verb
from policy.words import day as spelled


class Decision(StrEnum):
    """What a person decides on marked words."""

    HARMLESS = "kept as harmless"
    CHANGED = "changed in what goes out"


def decide_words(session: Session, *, record: str, about: str, decision: Decision, by: Actor, now: datetime) -> Outcome:
    """Record the decision on marked words of a record; `record` and `about` name them as `Marked` does.

    Raises:
        Refused: The record or its text is no longer there.
        AlreadyDone: They are decided on; the sentence says how, by whom and when.
    """
    alliance_id = alliance_of(session, record)
    if alliance_id is None:
        raise Refused("This record is no longer there.")
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PREPARE, now=now)
    marked = next((m for m in undecided(session, alliance_id, texts_of(session, record)) if m.about == about), None)
    if marked is None:
        raise _decided(session, alliance_id, about)
    done = Done(
        RecordKind.WORDS,
        about,
        on=opened.today,
        by=by.name,
        text=marked.words,
        details={"decision": decision.value, "clause": marked.clause.name},
    )
    (row,) = write_gate_records(session, alliance_id, record, [done], by=by, now=now)
    audit.record(
        session,
        at=now,
        actor=by.name,
        action="words:decided",
        subject=opened.subject,
        data={"gate": row.id, "in": record, "words": marked.words, "decision": decision.value},
    )
    return recheck(session, alliance_id, by=by, now=now, record=f"gate:{row.id}")


def _decided(session: Session, alliance_id: int, about: str) -> Refused:
    row = session.scalar(
        select(GateRecord).where(
            GateRecord.alliance_id == alliance_id,
            GateRecord.kind == RecordKind.WORDS.value,
            GateRecord.about == about,
            GateRecord.withdrawn_at.is_(None),
        )
    )
    if row is None or row.on_day is None:
        return Refused("These words are no longer in the text.")
    return AlreadyDone(f"“{row.text}”: {row.details['decision']}, {row.by} on {spelled(row.on_day)}.")
