"""Refuse a schedule and hours that do not go together."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from operations.office_settings import settings_in_force
from operations.refusals import Refused
from operations.remind.hold_message import look_anew
from operations.remind.office_schedules import usable_schedule
from policy.sending_times import say_minutes
from policy.ticks import times_of_day

#: The settings that are the hours.
HOURS = ("send_from", "send_until")


def follow_times(
    session: Session,
    office_code: str,
    below: Collection[str],
    *,
    changed: Collection[str],
    checked: Collection[int | None],
) -> None:
    """See to it that changed settings leave schedules and hours that go together, and that what is held follows them.

    `below` are the offices that take the hours from this one, itself included; for `checked` see `look_anew`.

    Raises:
        Refused: They do not go together.
    """
    if hours := [name for name in HOURS if name in changed]:
        refuse_times(session, below, field=hours[0])
        look_anew(session, below, checked=checked)
    elif "schedule" in changed:
        refuse_times(session, [office_code], field="schedule")


def refuse_times(session: Session, codes: Collection[str], *, field: str | None = None) -> None:
    """Refuse hours that end before they begin, and a schedule with a time outside the hours; of these offices.

    `field` is the form's that was changed.

    Raises:
        Refused: The sentence names both, and the first such office.
    """
    session.flush()
    in_force = settings_in_force(session)
    for office in session.scalars(select(Office).where(Office.code.in_(codes)).order_by(Office.code)):
        window, line = in_force[office.id].window, usable_schedule(office.code, office.schedule)
        if window.begins >= window.ends:
            raise Refused(f"The hours of {office.name} would be {window}; they must end after they begin.", field=field)
        outside = next((at for at in times_of_day(line) if at not in window), None)
        if outside is not None:
            raise Refused(
                f"The schedule of {office.name} ({line}) names {say_minutes(outside)}, which lies outside the hours "
                f"{window} in which it may be told; change the schedule or the hours.",
                field=field,
            )
