from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import typer

from cli.named import alliance_named
from cli.open_records import open_records
from cli.options import AsKnownOn, AsOf, Format, InFormat
from cli.print_duties import standing
from cli.print_known import known_json, note_unsure, print_told, refuse_to_come
from operations.read.explanation import explain_owed
from operations.read.known_duties import recall_duty
from operations.read.pick_duty import Picked, explain_duty, words_of
from operations.refusals import Refused
from policy.duties import Basis, Modality
from policy.explain import as_json
from policy.explain import explain as steps_of
from policy.rules import RULES
from policy.words import capital
from policy.words import day as spelled


def explain(
    *,
    alliance: Annotated[
        str, typer.Option(metavar="NAME", help="The alliance, by its name or a clear part of it, or program.")
    ],
    rule: Annotated[str, typer.Option(metavar="ID", help="The rule, such as annual-report.")],
    period: Annotated[
        str | None,
        typer.Option(metavar="P", help="The period, such as 2025-06-20/2026-06-19; if left out what is due first."),
    ] = None,
    about: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Words of what it is about: the office asked, the milestone, the activity."),
    ] = None,
    as_of: AsOf = None,
    known_on: AsKnownOn = None,
    form: InFormat = Format.TABLE,
) -> None:
    """Explain why a duty is due on its day: the facts, each step, the clause quoted."""
    if form is Format.CSV:
        raise typer.BadParameter("an explanation is printed as text or as JSON.")
    if rule not in RULES:
        raise Refused(f"There is no rule “{rule}”; the rules are {', '.join(RULES)}.")
    with open_records() as records, records.sessions() as session:
        on = as_of or known_on or records.today()
        if known_on is not None:
            refuse_to_come(known_on, records.today())
            recalled = recall_duty(
                session,
                name=alliance,
                rule=rule,
                period=period,
                about=about,
                known_on=known_on,
                as_of=on,
                find=alliance_named,
            )
            note_unsure(known_on, recalled.unsure)
            _tell(recalled.picked, on, form, known_json(recalled, known_on))
            if form is Format.TABLE:
                print_told(recalled, known_on)
            return
        picked = explain_duty(
            session, name=alliance, rule=rule, period=period, about=about, as_of=on, find=alliance_named
        )
        explained = explain_owed(session, picked.owed)
        _tell(picked, on, form, {"records": explained.records, "reminders": explained.reminders})
        if form is Format.TABLE:
            _list("Records used:", explained.records)
            _list("Said next, if nothing is recorded:", explained.reminders)


def _tell(picked: Picked, on: date, form: Format, more: dict[str, Any]) -> None:
    """Print how a duty stands and its steps, for programs with `more` beside them."""
    owed, due = picked.owed, picked.owed.due
    also = [words_of(other) for other in picked.also]
    if form is Format.JSON:
        plain = as_json(owed.of.facts, due, owed.of.detail(due)) | more | {"also": also}
        typer.echo(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    detail = owed.of.detail(due)
    typer.echo(f"{RULES[due.rule].title}{f' ({detail})' if detail else ''}: {owed.of.facts.name}")
    stands = standing(due, on)
    dated = f"{'Target' if due.basis is Basis.OFFICE else 'Due'} {spelled(due.due_on)}"
    if due.modality is Modality.PERMISSION:
        typer.echo(f"{capital(stands)}.\n")
    elif due.status.unsettled:
        typer.echo(f"{dated}, {stands} on {spelled(on)}.\n")
    else:
        # What is settled names its own day.
        typer.echo(f"{dated}. {capital(stands)}.\n")
    if also:
        typer.echo(f"Also: {'; '.join(also)}.\n--about or --period explains another.\n")
    for number, step in enumerate(steps_of(due), 1):
        typer.echo(f"{number:>2}. {step.text}")
        if step.clause is not None:
            typer.echo(f"    {step.clause.name}: “{step.clause.quoted}”")


def _list(heading: str, lines: Sequence[str]) -> None:
    if lines:
        typer.echo(f"\n{heading}")
        for line in lines:
            typer.echo(f"  - {line}")
