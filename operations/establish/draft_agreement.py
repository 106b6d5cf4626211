"""Keep a version of the draft agreement with its preliminary work plan (CSP 04-01-002 IX.A.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from operations.actor import Actor
from operations.approve.drafts import latest_draft, refuse_overwriting
from operations.approve.keep_draft import keep_draft
from operations.approve.papers import tell_changes
from operations.conclude.refuse_ended import refuse_ended
from operations.establish.refuse_open_gates import refuse_open_gates
from operations.records.open_alliance import open_alliance
from operations.refusals import AlreadyDone
from operations.remind.check_rules import Outcome, recheck
from policy.drafts import Change
from policy.procedure import ProcedureStep
from policy.rights import Verb
from policy.subjects import DRAFT


@dataclass(frozen=True, slots=True)
class Drafted:
    """A version of a draft agreement, and what it changes; nothing where it is the first."""

    outcome: Outcome
    version: int
    changes: tuple[Change, ...]


def draft_agreement(
    session: Session,
    *,
    alliance_id: int,
    content: Mapping[str, Any],
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> Drafted:
    """Keep a draft as its next version; what was approved of the one before no longer counts.

    `seen` is the version that was changed, 0 for none; None where nobody looked.

    Raises:
        Refused: Somebody has kept another version since.
        GatesOpen: The proposal, or the decision to renew, is not approved yet.
        AlreadyDone: Nothing differs, or the alliance has ended.
        NotAllowed: No position of the person allows it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.PREPARE, now=now)
    refuse_ended(opened)
    step = ProcedureStep.RENEW if opened.of.facts.agreements else ProcedureStep.DRAFT
    refuse_open_gates(session, opened.of, step=step, on=opened.today)
    refuse_overwriting(session, alliance_id, DRAFT, seen)
    last = latest_draft(session, alliance_id, DRAFT)
    draft = keep_draft(session, by=by, now=now, alliance=alliance_id, subject=DRAFT, content=content)
    if last is not None and draft.id == last.id:
        raise AlreadyDone("Nothing differs from the version on file; nothing was changed.")
    outcome = recheck(session, alliance_id, by=by, now=now, record=f"{DRAFT}:{alliance_id}")
    changes = () if last is None else tell_changes(session, DRAFT, last.content, draft.content)
    return Drafted(outcome, draft.version, changes)
