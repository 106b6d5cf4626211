"""A meeting as the forms' tests record one."""

from __future__ import annotations


def meeting(**more):
    """Return the fields of a meeting that is fine."""
    return {"held": "held", "on": "2026-11-20", "format": "teleconference"} | more
