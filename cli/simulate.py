from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import typer

from cli.open_records import open_records
from cli.options import Format, From, InFormat, OfOffice, To
from operations.actor import offices_below
from operations.read.duties import require_office
from policy.duties import Basis
from policy.rules import RULES
from policy.words import count
from runtime import logs
from workers.rehearsal import rehearsal
from workers.simulate import Kind, Replay, Said, Simulated, simulate

#: Beyond this, what is recorded meanwhile counts for more; and a year of forty alliances takes half a minute.
LONGEST = timedelta(days=5 * 366)

DIGESTS = {"week": "digest of the week", "month": "digest of the program", "own": "their own digest"}


def simulate_clock(first: From, last: To, office: OfOffice = None, form: InFormat = Format.TABLE) -> None:
    """Replay the clock over a copy of the records: every message that would be sent, when and to which channel."""
    if form is Format.CSV:
        raise typer.BadParameter("a simulation is printed as text or as JSON.")
    if last < first:
        raise typer.BadParameter(f"{last} lies before {first}; the range runs from --from to --to.")
    with open_records() as records:
        # What happens in the copy is no news of the product.
        logs.configure(records.settings.model_copy(update={"log_level": "CRITICAL"}))
        today = records.today()
        begins = min(first, today)
        if last - begins > LONGEST:
            raise typer.BadParameter(f"{last} is too far from {begins}: at most five years are simulated at once.")
        with records.sessions() as session:
            if office is not None:
                require_office(session, office)
            codes = None if office is None else offices_below(session, office)
            engine = session.connection().engine
        if first < today:
            typer.echo(
                f"{first} has passed: this is what today's records would have sent if the clock had been started "
                "on that day; what was really sent is left aside.",
                err=True,
            )
        replay = Replay()
        with rehearsal(engine) as sessions:
            made = simulate(
                sessions,
                begin=None if first < today else records.now(),
                first=first,
                last=last,
                offices=codes,
                replay=replay,
            )
            if form is Format.JSON:
                typer.echo(json.dumps([as_json(message) for message in made], indent=2, ensure_ascii=False))
            else:
                _print(made)
    for name, why in replay.failures.items():
        typer.echo(f"{name} could not be checked: {why}", err=True)
    if replay.failures:
        raise typer.Exit(1)


def as_json(message: Simulated) -> dict[str, Any]:
    """Return a message for programs."""
    return {
        "at": message.at.isoformat(),
        "office": message.office,
        "office_name": message.office_name,
        "channel": message.channel,
        "kind": message.kind.value,
        "message_kind": message.message_kind,
        "thread": None if message.thread is None else message.thread.isoformat(),
        "person": message.person,
        "text": message.text,
        "why": message.why,
        "duties": [_duty(said) for said in message.said],
    }


def _duty(said: Said) -> dict[str, Any]:
    duty = said.duty
    return {
        "id": str(duty.id),
        "alliance": duty.alliance,
        "rule": duty.rule,
        "period": duty.period,
        "due_on": duty.due_on.isoformat(),
        "working_day": duty.working_day.isoformat(),
        "status": duty.status.value,
        "basis": duty.basis.value,
        "modality": duty.modality.value,
        "clauses": list(duty.clauses),
        "owner": duty.owner,
        "stage": said.stage,
        "planned_for": None if said.planned_for is None else said.planned_for.isoformat(),
        "why": said.why,
    }


def _print(made: Iterable[Simulated]) -> None:
    """Print message by message, as they become known."""
    messages, unsaid = 0, 0
    for message in made:
        messages, unsaid = messages + (message.channel is not None), unsaid + (message.channel is None)
        where = "to nobody" if message.channel is None else f"to {message.channel}"
        typer.echo(f"{message.at:%Y-%m-%d %H:%M %Z}  {message.office}, {message.office_name}, {where}{_kind(message)}")
        if message.why:
            typer.echo(f"    {message.why}")
        for said in message.said:
            duty = said.duty
            title = RULES[duty.rule].title if duty.rule in RULES else duty.rule
            why = "" if said.why == message.why else f"; {said.why}"
            word = "target" if duty.basis is Basis.OFFICE else "due"
            typer.echo(f"    {title}, {duty.alliance}: {word} {duty.due_on}, {duty.status.value}{why}")
    said_to_nobody = f"; {unsaid} could not be told to anybody" if unsaid else ""
    typer.echo(f"\n{count(messages, 'message')}{said_to_nobody}")


def _kind(message: Simulated) -> str:
    if message.kind is Kind.UNDELIVERABLE:
        return f" ({message.text})"
    person = f", {message.person} directly" if message.person else ""
    thread = f", in the thread of {message.thread}" if message.thread else ""
    digest = f", {DIGESTS[message.message_kind]}" if message.message_kind in DIGESTS else ""
    return f"{person}{thread}{digest}{' (rewritten)' if message.kind is Kind.REWRITE else ''}"
