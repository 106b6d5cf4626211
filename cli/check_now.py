from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated

import typer
from sqlalchemy import select

from cli.open_records import open_records
from cli.options import AsOf
from models.duties import Schedule
from operations.refusals import Refused
from operations.remind.look_again import CHECK_NAME
from workers.check import check_all, check_waiting
from workers.remind import note_checked

#: On this hour it is the same day at every office, from Guam to American Samoa.
SAME_DAY_EVERYWHERE = time(13, tzinfo=UTC)


def check_now(
    as_of: AsOf = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Look at every alliance, also where nothing is new.")
    ] = False,
) -> None:
    """Check the rules for every alliance with something new now, or on a later day, and write what they find."""
    with open_records() as records:
        now = records.now() if as_of is None else datetime.combine(as_of, SAME_DAY_EVERYWHERE)
        if as_of is not None:
            with records.sessions() as session:
                checked = session.scalar(select(Schedule.ran_until).where(Schedule.name == CHECK_NAME))
            _refuse_going_back(as_of, checked)
        tally = (check_all if everything else check_waiting)(records.sessions, now=now)
        # A look ahead is no check of the days between: they are still to be checked, each on its day.
        note_checked(records.sessions, now=min(now, records.now()))
    typer.echo(f"Checked {tally.checked} alliances: {tally.opened} duties opened, {tally.settled} were settled.")
    for name, why in tally.failures:
        typer.echo(f"{name} could not be checked: {why}", err=True)
    if tally.failures:
        raise typer.Exit(1)


def _refuse_going_back(day: date, checked: datetime | None) -> None:
    if checked is not None and datetime.combine(day, SAME_DAY_EVERYWHERE).date() < checked.date():
        raise Refused(
            f"The rules were checked on {checked.date()} already, and a check of {day} would undo that."
            f" To look at that day without writing anything: alliance due --as-of {day}."
        )
