"""Programs that `alliance up` starts are read while it prepares what they need, and begin after that."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runtime import locks

After = Annotated[
    Path | None, typer.Option("--after", hidden=True, help="Begin once nobody holds this lock for itself.")
]


def wait_for(lock: Path | None) -> None:
    """Wait until a lock is free; None is free."""
    if lock is not None:
        with locks.shared(lock):
            pass
