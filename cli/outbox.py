from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from bot.answers.outbox import what_goes
from cli.open_records import open_records
from cli.options import Format, InFormat, OfOffice
from operations.actor import offices_below
from operations.read.duties import require_office
from operations.read.outbox import FAILED_DAYS, Outbox, Planned, ToSay, read_outbox
from policy.rules import RULES
from policy.words import count, listing
from policy.words import day as spelled


def outbox(
    *,
    days: Annotated[int, typer.Option(min=0, max=366, metavar="DAYS", help="How far to look ahead.")] = 7,
    office: OfOffice = None,
    form: InFormat = Format.TABLE,
) -> None:
    """Show what waits to be delivered and why, what could not be, and what goes out in the next days."""
    if form is Format.CSV:
        raise typer.BadParameter("the outbox is printed as text or as JSON.")
    with open_records() as records, records.sessions() as session:
        if office is not None:
            require_office(session, office)
        codes = None if office is None else offices_below(session, office)
        found = read_outbox(session, now=records.now(), days=days, offices=codes)
    if form is Format.JSON:
        typer.echo(json.dumps(asdict(found), indent=2, ensure_ascii=False, default=_plain))
    else:
        typer.echo("\n".join(_lines(found, days)))


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _lines(found: Outbox, days: int) -> Iterable[str]:
    yield "On the way to Slack:" if found.in_hand else "Nothing is on its way to Slack."
    for message in found.in_hand:
        until = "" if message.held_until is None else f"waits until {message.held_until:%Y-%m-%d %H:%M %Z}: "
        yield (
            f"  {message.office}, {message.office_name}, {spelled(message.day)}, {what_goes(message)},"
            f" to {message.channel}: {until}{message.why}"
        )
    yield ""
    if found.undelivered:
        yield f"Could not be delivered in the last {FAILED_DAYS} days:"
    else:
        yield f"Nothing failed in the last {FAILED_DAYS} days."
    for failed in found.undelivered:
        yield f"  {failed.office}, {failed.office_name}, {spelled(failed.day)}: {failed.why}"
        yield from map(_said, failed.said)
    yield ""
    within = f"within {count(days, 'day')}"
    yield f"Goes out {within}, unless it is recorded before:" if found.planned else f"Nothing goes out {within}."
    for planned in found.planned:
        yield from _of_planned(planned)
    if found.next is not None:
        yield "The next to go out, unless it is recorded before:"
        yield from _of_planned(found.next)
    if found.approvals:
        yield ""
        yield f"Approvals that are brought to mind {within}, unless decided before:"
    for ahead in found.approvals:
        yield (
            f"  {ahead.on:%Y-%m-%d}  {ahead.office}, {ahead.office_name}: {ahead.alliance}, "
            f"{ahead.purpose.terms.title}, waits for {listing(ahead.waits_for)}"
        )
    if found.digests:
        yield ""
        yield f"Digests {within}, for whom there is anything to say:"
    yield from (f"  {ahead}" for ahead in found.digests)


def _of_planned(planned: Planned) -> Iterable[str]:
    yield f"  {planned.at:%Y-%m-%d %H:%M %Z}  {planned.office}, {planned.office_name}"
    yield from map(_said, planned.said)


def _said(to_say: ToSay) -> str:
    title = RULES[to_say.rule].title if to_say.rule in RULES else to_say.rule
    return f"      {title}, {to_say.alliance}: {to_say.why}"
