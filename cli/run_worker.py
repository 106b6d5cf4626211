from __future__ import annotations

from typing import Annotated

import typer

from cli.wait_for import After, wait_for
from runtime import logs
from runtime.settings import load_settings
from workers import main


def run_worker(
    threads: Annotated[int, typer.Option(min=1, max=64, help="How many jobs are done at once.")] = main.THREADS,
    after: After = None,
) -> None:
    """Run one worker: it checks the rules and delivers messages, until it is stopped."""
    wait_for(after)
    settings = load_settings()
    logs.configure(settings)
    main.run_worker(settings, threads=threads)
