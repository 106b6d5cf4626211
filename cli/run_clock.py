from __future__ import annotations

from runtime import logs
from runtime.settings import load_settings
from workers import main


def run_clock() -> None:
    """Run one clock: it sees what is due. Of several one ticks, the others wait to take over."""
    settings = load_settings()
    logs.configure(settings)
    main.run_clock(settings)
