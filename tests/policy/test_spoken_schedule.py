"""Schedules as people write them."""

from __future__ import annotations

import pytest

from policy.spoken_schedule import read_schedule
from policy.ticks import BadScheduleError


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("9 am on weekdays", "0 9 * * 1-5"),
        ("weekdays at 9", "0 9 * * 1-5"),
        ("every weekday at 9 am", "0 9 * * 1-5"),
        ("Each working day at 8:30 a.m.", "30 8 * * 1-5"),
        ("Mondays and Thursdays at 4:30 PM", "30 16 * * 1,4"),
        ("Mon-Wed 14:00", "0 14 * * 1,2,3"),
        ("monday to friday at noon", "0 12 * * 1-5"),
        ("daily at 12 am", "0 0 * * *"),
        ("9:15", "15 9 * * 1-5"),
        ("0 9 * * 1-5", "0 9 * * 1-5"),
        ("30 8 1 * *", "30 8 1 * *"),
    ],
)
def test_words_and_cron_lines_are_read(text, line):
    """What is meant is the same line, however it is written."""
    assert read_schedule(text) == line


@pytest.mark.parametrize(
    "text",
    ["now and then", "weekdays", "25:00 on Mondays", "13 pm daily", "to friday at 9", "mon to at 9", "9 to 5", ""],
)
def test_what_is_neither_is_refused(text):
    """The sentence names both ways to write it."""
    with pytest.raises(BadScheduleError, match=r"five plain fields.*weekdays at 9 AM"):
        read_schedule(text)
