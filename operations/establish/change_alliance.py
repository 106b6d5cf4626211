"""Change what is set for one alliance: its anchor, since when it is followed, its meetings, its lapse."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from models import audit
from operations.actor import Actor
from operations.changed_since import refuse_changed_since
from operations.meeting_numbers import set_number
from operations.records.open_alliance import Opened, open_alliance
from operations.records.read_cells import FIRST_DAY
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import Outcome, recheck
from operations.see_effect import Effect, effect, see
from policy.facts import Facts
from policy.rights import Verb
from policy.words import day as spelled

CHANGED, RESTORED = "alliance:settings-changed", "alliance:settings-restored"
#: How `Outcome.record` names a change.
RECORD = "alliance-settings"
#: What may be set, and the fewest and most of what is counted.
BOUNDS = {"meetings_required": (0, 12), "lapse_after_days": (0, 3650)}
NUMBERS = ("meetings_required", "meetings_required_since", "meetings_required_before")
NAMES = ("anchored_on", "anchor_reason", "tracked_from", *NUMBERS, "meetings_mandatory", "lapse_after_days")


@dataclass(frozen=True, slots=True)
class AllianceChange:
    """A change of an alliance's settings, and what it does."""

    outcome: Outcome
    #: (name, value before, value after), one by one; None is "not set here".
    changed: tuple[tuple[str, Any, Any], ...]
    effect: Effect


def change_alliance(
    session: Session,
    *,
    alliance_id: int,
    changes: Mapping[str, Any],
    by: Actor,
    now: datetime,
    restores: uuid.UUID | None = None,
    seen: int | None = None,
) -> AllianceChange:
    """Set what `NAMES` names of an alliance; None takes it away, which gives what the lead office set.

    `restores` names the change that this one takes back; `seen` is the `settings_version` that was seen.

    Raises:
        Refused: The new anchor is no renewal on record or has no reason, a day or number is impossible,
            or somebody else has changed something since it was seen.
        AlreadyDone: Nothing would change.
        NotAllowed: No position of the person allows it.
    """
    opened = open_alliance(session, alliance_id, by=by, verb=Verb.CHANGE_SETTINGS, now=now)
    refuse_changed_since(session, opened.subject, seen, timezone=opened.of.timezone)
    wanted = {name: getattr(opened.row, name) for name in NAMES} | dict(changes)
    if wanted["anchored_on"] is None:
        wanted["anchor_reason"] = None
    _refuse_impossible(opened, wanted)
    if restores is None:
        given = changes.get("meetings_required_since")
        kept = set_number(opened.row, wanted["meetings_required"], given, today=opened.today)
        wanted |= zip(NUMBERS, kept, strict=True)
        wanted["meetings_required_before"] = [*wanted["meetings_required_before"]]
    look = partial(see, session, [alliance_id], with_program=False, on=opened.today, now=now)
    effect_before = look()
    before = {name: getattr(opened.row, name) for name in NAMES}
    changed = tuple((name, before[name], wanted[name]) for name in NAMES if before[name] != wanted[name])
    if not changed:
        raise AlreadyDone(f"{opened.row.name} is set so already; nothing would change.")
    for name, _, value in changed:
        setattr(opened.row, name, value)
    found = effect(effect_before, look())
    change = uuid.uuid4()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=CHANGED if restores is None else RESTORED,
        subject=opened.subject,
        data={
            "change": change if restores is None else restores,
            "before": {name: value for name, value, _ in changed},
            "after": {name: value for name, _, value in changed},
        },
    )
    return AllianceChange(recheck(session, alliance_id, by=by, now=now, record=f"{RECORD}:{change}"), changed, found)


def renewals_of(facts: Facts) -> tuple[date, ...]:
    """Give the signing days from which the years of an alliance may be counted anew: those of its renewals."""
    return tuple(agreement.signed_on for agreement in facts.agreements if agreement.renewal)


def _refuse_impossible(opened: Opened, wanted: Mapping[str, Any]) -> None:
    name, anchor, tracked = opened.row.name, wanted["anchored_on"], wanted["tracked_from"]
    if anchor is not None and anchor not in renewals_of(opened.of.facts):
        raise Refused(f"No renewal of {name} was signed on {spelled(anchor)}.", field="anchored_on")
    if anchor is not None and not (wanted["anchor_reason"] or "").strip():
        raise Refused("Say why the years are counted from a later renewal.", field="anchor_reason")
    if tracked is None or not FIRST_DAY <= tracked <= opened.today:
        raise Refused(
            f"Duties are followed from a day that has come, and not from before {spelled(FIRST_DAY)}.",
            field="tracked_from",
        )
    for counted, (fewest, most) in BOUNDS.items():
        if wanted[counted] is not None and not fewest <= wanted[counted] <= most:
            raise Refused(f"It takes a whole number from {fewest} to {most}.", field=counted)
