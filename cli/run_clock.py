from __future__ import annotations

from cli.wait_for import After, wait_for
from runtime import logs
from runtime.settings import load_settings
from workers import main


def run_clock(after: After = None) -> None:
    """Run one clock: it sees what is due. Of several one ticks, the others wait to take over."""
    wait_for(after)
    settings = load_settings()
    logs.configure(settings)
    main.run_clock(settings)
