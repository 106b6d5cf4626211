from __future__ import annotations

import json
from typing import Annotated

import typer

from cli.open_records import open_records
from cli.options import AsKnownOn, AsOf, Format, InFormat
from cli.print_duties import standing
from cli.print_known import known_json, note_unsure, print_told
from operations.read.duties import explain_duty
from operations.read.known_duties import recall_duty
from operations.refusals import Refused
from policy.duties import Modality
from policy.explain import as_json
from policy.rules import RULES
from policy.words import day as spelled


def explain(
    *,
    alliance: Annotated[
        str, typer.Option(metavar="NAME", help="The alliance, by its name or a clear part of it, or program.")
    ],
    rule: Annotated[str, typer.Option(metavar="ID", help="The rule, such as annual-report.")],
    period: Annotated[
        str | None, typer.Option(metavar="P", help="The period, such as 2025-06-20/2026-06-19; the latest if left out.")
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
        recalled = None
        if known_on is None:
            owed = explain_duty(session, name=alliance, rule=rule, period=period, as_of=on)
        else:
            recalled = recall_duty(session, name=alliance, rule=rule, period=period, known_on=known_on, as_of=on)
            owed = recalled.owed
            note_unsure(known_on, recalled.unsure)
        if form is Format.JSON:
            more = {} if recalled is None or known_on is None else known_json(recalled, known_on)
            typer.echo(json.dumps(as_json(owed.of.facts, owed.due) | more, indent=2, ensure_ascii=False))
            return
        typer.echo(f"{RULES[rule].title}: {owed.of.facts.name}")
        word = "Target" if owed.due.basis == "office" else "Due"
        stands = standing(owed.due, on)
        alone = f"{stands[:1].upper()}{stands[1:]}."
        dated = f"{word} {spelled(owed.due.due_on)}"
        if owed.due.modality is Modality.PERMISSION:
            typer.echo(f"{alone}\n")
        elif owed.due.status.unsettled:
            typer.echo(f"{dated}, {stands} on {spelled(on)}.\n")
        else:
            # What is settled names its own day.
            typer.echo(f"{dated}. {alone}\n")
        for number, step in enumerate(owed.due.why(), 1):
            typer.echo(f"{number:>2}. {step.text}")
            if step.clause is not None:
                typer.echo(f"    {step.clause.name}: “{step.clause.quote}”")
        if recalled is not None and known_on is not None:
            print_told(recalled, known_on)
