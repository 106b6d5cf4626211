from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime

import typer
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from cli.examine import Finding, examine_database, examine_queue, examine_slack
from cli.examine_workspaces import examine_workspaces
from cli.local_slack import local_slack_of
from runtime.clock import clock_from, system_clock
from runtime.embedded import servers
from runtime.errors import SetupError
from runtime.settings import Settings, load_settings


def doctor() -> None:
    """Examine everything that has to be right; one line each, exit 1 if anything is wrong."""
    settings = load_settings()
    local = None if settings.has_workspace else local_slack_of(settings)
    if local is not None:
        os.environ.update(local.environment())
        settings = load_settings()
    wrong = 0
    for finding in _findings(settings):
        wrong += finding.wrong
        typer.echo(f"{'WRONG' if finding.wrong else 'ok   '}  {finding.what:<10}  {finding.says}")
    if wrong:
        typer.echo(f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong.", err=True)
        raise typer.Exit(1)


def _now(settings: Settings) -> datetime:
    try:
        return clock_from(settings)()
    except SetupError:
        # That it does not tell the time is a finding of its own.
        return system_clock()()


def _findings(settings: Settings) -> Iterator[Finding]:
    with ExitStack() as stack:
        try:
            running = stack.enter_context(servers(settings))
        except SetupError as error:
            yield Finding("servers", str(error), wrong=True)
            return
        engine = create_engine(running.database_url, connect_args={"connect_timeout": 10})
        stack.callback(engine.dispose)
        findings = list(examine_database(engine, _now(settings)))
        yield from findings
        yield from examine_queue(running.redis_url)
        usable = not any(finding.wrong for finding in findings if finding.what in {"database", "tables"})
        with Session(engine) as session:
            if settings.slack_workspaces and usable:
                yield from examine_workspaces(settings, session)
            elif not settings.slack_workspaces:
                yield from examine_slack(settings, session if usable else None)
