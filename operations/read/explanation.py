"""Why a duty is due on its date, for every surface: the steps, the records behind it, and what is said next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.duties import Obligation
from models.offices import Office
from operations.office_settings import settings_in_force
from operations.read.duties import Owed
from operations.read.records_behind import records_behind
from operations.read.stage_words import stage_words
from operations.remind.plan_notices import silence
from operations.remind.recipients import Recipient, recipients
from policy.duties import Modality, Step
from policy.explain import explain
from policy.ladder import official_above
from policy.stages import Audience, Stage, stages
from policy.words import day as spelled
from policy.words import listing

#: How many of the next reminders are told.
NEXT = 3


@dataclass(frozen=True, slots=True)
class Explanation:
    """A derivation with its evidence; the steps are those of `policy.explain`."""

    owed: Owed
    steps: tuple[Step, ...]
    #: Each record that the steps use, with who entered it and when.
    records: tuple[str, ...]
    #: What is said next if nothing is recorded, in whose channel and to whom; empty when nothing will be.
    reminders: tuple[str, ...]


def explain_owed(session: Session, owed: Owed) -> Explanation:
    """Explain a duty as it stands on its day."""
    steps = explain(owed.due)
    return Explanation(
        owed=owed,
        steps=steps,
        records=tuple(records_behind(session, owed, steps)),
        reminders=tuple(_reminders(session, owed)),
    )


def _reminders(session: Session, owed: Owed) -> Iterator[str]:
    """Word the next stages by the settings of the office that gets them; a snooze silences those before its day."""
    due = owed.due
    if not due.status.unsettled or due.modality is Modality.PERMISSION:
        return
    row = session.get(Obligation, due.id)
    office = _office(session, owed, row)
    settings = settings_in_force(session)[office.id].stages
    first = owed.on + timedelta(days=1)
    silent = None if row is None else silence(row, due)
    if row is not None and silent is not None and silent >= first:
        first = silent
        yield f"Snoozed until {spelled(first)} by {row.snoozed_by}; nothing is said before."
    # Repeated stages are planned only up to the next one; seen from some rounds ahead there are enough of them.
    ahead = first + timedelta(days=NEXT * settings.repeat_every_days)
    planned = [s for s in stages(due, ahead, owed.of.closures, settings) if s.send_on >= first]
    offices = {row.id: row for row in session.scalars(select(Office))}
    yield from (_said(stage, owed, office, offices) for stage in planned[:NEXT])


def _office(session: Session, owed: Owed, row: Obligation | None) -> Office:
    """Give the office that holds the duty: passed on, asked for a comment, or in the lead."""
    if row is not None:
        return session.get_one(Office, row.office_id)
    asked = session.scalar(select(Office).where(Office.code == owed.of.asked(owed.due)))
    return asked or session.get_one(Office, owed.of.office_id)


def _said(stage: Stage, owed: Owed, owner: Office, offices: Mapping[int, Office]) -> str:
    why = stage_words(
        stage.name,
        due_on=owed.due.due_on,
        planned_for=stage.send_on,
        said_on=stage.send_on,
        closures=owed.of.closures,
    )
    told = [_where(who, owner, offices[who.office_id]) for who in recipients(stage.audience, owner, offices)]
    return f"{spelled(stage.send_on)}: {why}; {listing(told)}."


def _where(who: Recipient, owner: Office, seat: Office) -> str:
    """Say where a recipient hears of it; an official without a person is reached in the channel of that office."""
    if who.audience is Audience.OFFICIAL_ABOVE:
        return f"to the {official_above(seat.kind, owes=seat is owner)} of {seat.name}"
    return f"in the channel of {seat.name}"
