"""Large papers as PDF, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.reports import made_up
from documents.formats import FORMATS

MEGABYTE = 1_000_000
PAGE = 4096


def held() -> float:
    """Return the memory of this process, in megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / MEGABYTE


@pytest.mark.thorough
def test_memory_does_not_grow_with_each_large_report():
    """What typst remembers of one is gone before the next: five more hold what two did, each 60 MB otherwise."""
    report = made_up(500)
    for _ in range(2):
        FORMATS["pdf"](report)
    before = held()
    for _ in range(5):
        FORMATS["pdf"](report)
    assert held() - before < 100
