"""What a change does: the duties and reminders of some alliances before and after it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from operations.actor import office_day
from operations.gather_facts import gather
from operations.gather_program import Owing, gather_program
from operations.office_settings import settings_in_force
from operations.read.policy_diff import Difference, Duties, compare, duties_between
from policy.stages import StageSettings, stages

#: How far ahead duties are compared.
AHEAD = timedelta(days=365)

#: A duty, the stage, the day on which it is sent.
Reminder = tuple[uuid.UUID, str, date]


@dataclass(frozen=True, slots=True)
class Seen:
    """The duties and the reminders to come of some alliances, and of the program where it is concerned."""

    on: date
    owing: tuple[Owing, ...]
    duties: tuple[Duties, ...]
    reminders: frozenset[Reminder]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to the duties of today and of the coming year, and to the reminders of today's."""

    difference: Difference
    #: How many alliances were compared.
    alliances: int
    #: Reminders that will be sent in place of, or beside, what was planned; and those that will not be.
    planned: int
    cancelled: int


def see(session: Session, ids: Sequence[int] | None, *, with_program: bool, on: date, now: datetime) -> Seen:
    """Look at the duties of some alliances, or of all (`ids` None), as the records and settings ask for them."""
    session.flush()
    program = gather_program(session) if with_program else None
    owing: tuple[Owing, ...] = (*gather(session, ids), *(() if program is None else (program,)))
    settings = {id: chosen.stages for id, chosen in settings_in_force(session).items()}
    codes = {code: id for code, id in session.execute(select(Office.code, Office.id))}  # noqa: C416 - a Row is no pair
    return Seen(
        on,
        owing,
        tuple(duties_between(of, on, on + AHEAD) for of in owing),
        frozenset(reminder for of in owing for reminder in _reminders(of, settings, codes, now)),
    )


def effect(before: Seen, after: Seen) -> Effect:
    """Compare two looks at the same alliances."""
    return Effect(
        compare(after.owing, before.duties, after.duties, on=before.on, until=before.on + AHEAD),
        sum(of.alliance_id is not None for of in after.owing),
        len(after.reminders - before.reminders),
        len(before.reminders - after.reminders),
    )


def _reminders(
    of: Owing, settings: Mapping[int, StageSettings], codes: Mapping[str, int], now: datetime
) -> list[Reminder]:
    today = office_day(now, of.timezone)
    return [
        (due.id, stage.name, stage.send_on)
        for due in of.duties_on(today)
        for stage in stages(due, today, of.closures, settings[codes.get(of.asked(due) or "", of.office_id)])
        if stage.send_on >= today
    ]
