from __future__ import annotations

import getpass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.open_records import Records, open_records
from documents.calendar import calendar as written
from models.alliances import Alliance
from models.offices import Office
from operations.actor import identify, operator
from operations.calendars.stop_address import stop_address
from operations.read.addresses import list_addresses
from operations.read.calendar_feed import alliance_calendar, office_calendar, own_calendar
from operations.read.choices import find_offices
from operations.read.find_alliance import find_alliances, the_one
from operations.read.people import find_people
from operations.refusals import Refused
from policy.calendar_feed import Calendar
from policy.words import count


def calendar(
    name: Annotated[
        str | None,
        typer.Argument(help="The office, alliance or person whose calendar is written; without one, all addresses."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", dir_okay=False, help="The file to write.", show_default=False)
    ] = None,
    stop: Annotated[
        int | None, typer.Option("--stop", metavar="NUMBER", help="Stop the address with this number.")
    ] = None,
) -> None:
    """List the addresses under which calendars are fetched, stop one, or write a calendar as an .ics file."""
    if stop is not None and (name is not None or output is not None):
        raise typer.BadParameter("an address is stopped by its number alone.")
    if output is not None and name is None:
        raise typer.BadParameter("a file holds the calendar of one office, alliance or person: name it.")
    with open_records() as records:
        if stop is not None:
            _stop(records, stop)
        elif name is not None:
            _write(records, name, output or Path("calendar.ics"))
        else:
            _list(records)


def _list(records: Records) -> None:
    with records.sessions() as session:
        addresses = list_addresses(session)
    if not addresses:
        typer.echo("Nobody has an address of a calendar; people make theirs with /alliance calendar.")
    for one in addresses:
        fetched = "never fetched" if one.fetched_at is None else f"last fetched {_moment(one.fetched_at)}"
        typer.echo(f"{one.id}: {one.person}, {one.of or 'own calendar'}, since {_moment(one.made_at)}, {fetched}")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _stop(records: Records, number: int) -> None:
    with records.sessions.begin() as session:
        by = operator(session, f"alliance ({getpass.getuser()})")
        of = stop_address(session, address_id=number, by=by, now=records.now())
    typer.echo(f"Stopped: nothing is served any more under address {number} ({of}).")


def _write(records: Records, name: str, path: Path) -> None:
    with records.sessions() as session:
        found = _named(session, " ".join(name.split()), records.now())
    path.write_bytes(written(found))
    typer.echo(f"{path}: {found.name}, {count(len(found.entries), 'event')}")


def _named(session: Session, name: str, now: datetime) -> Calendar:
    """Make the calendar of the office, the alliance or the person that a name clearly means.

    Raises:
        Refused: It means none of them, or several; the sentence names them.
    """
    offices = find_offices(session, name, limit=3) if name else []
    exact = [code for code, office in offices if name.casefold() in {code.casefold(), office.casefold()}]
    alliances = find_alliances(session, name) if name else []
    people = find_people(session, name, limit=3) if name else []
    one = the_one(alliances)
    if exact or (len(offices) == 1 and not alliances):
        office = session.scalars(select(Office).where(Office.code == (exact or [offices[0][0]])[0])).one()
        return office_calendar(session, office, now=now)
    if one is not None and not offices:
        return alliance_calendar(session, session.get_one(Alliance, one.id), now=now)
    if len(people) == 1 and not offices and not alliances:
        return own_calendar(session, identify(session, people[0][0], now=now), now=now)
    meant = [*(f"{office} ({code})" for code, office in offices), *(f.name for f in alliances), *(n for _, n in people)]
    if not meant:
        raise Refused(f"No office, alliance or person is called “{name}”.")
    raise Refused(f"“{name}” may mean several: {'; '.join(meant)}. Write the whole name.")
