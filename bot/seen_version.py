"""Which version of a paper a form was filled from: it goes with the form, so that nobody writes over a later one."""

from __future__ import annotations

from bot.form_types import Draft, Opening, Submitting

SEEN = "seen_version"


def carry_version(opening: Opening, draft: Draft, version: int) -> None:
    """Carry the version along with which the form was opened: it stays while the form is shown anew."""
    about = f"{opening.office or opening.about.id}:"
    earlier = str(opening.values.get(SEEN) or "")
    draft.values[SEEN] = earlier if earlier.startswith(about) else f"{about}{version}"


def seen_version(submitting: Submitting) -> int | None:
    """Return the version that the form was filled from; None for a form that carries none."""
    number = submitting.kept.get(SEEN, "").rpartition(":")[2]
    return int(number) if number.isdecimal() else None
