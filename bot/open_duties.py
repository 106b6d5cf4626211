"""The open duties that a form offers, the one that it was opened for chosen."""

from __future__ import annotations

from bot.duty_words import about, row_of_due, standing
from bot.form_types import Choice, Draft, Opening
from operations.refusals import Refused
from policy.duties import Due
from policy.words import capital


def duty_draft(opening: Opening, rule: str, field: str, nothing: str) -> Draft:
    """Offer the open duties of a rule; what a choice stands for is the number of the duty's subject.

    Raises:
        Refused: None is open; `nothing` says what that means.
    """
    found = sorted((due for due in opening.about.of_rule(rule) if due.status.unsettled), key=lambda due: due.due_on)
    if not found:
        raise Refused(f"{opening.about.name}: {nothing}")
    return Draft(
        values={field: number_of(chosen(opening, found))},
        choices={field: [Choice(number_of(due), duty_label(opening, due)) for due in found]},
    )


def chosen(opening: Opening, found: list[Due]) -> Due:
    """Return the duty that the form was opened for; else the first."""
    opened_for = opening.due
    exact = (due for due in found if opened_for is not None and due.id == opened_for.id)
    return next(exact, found[0])


def duty_label(opening: Opening, due: Due) -> str:
    """Name a duty as a choice: what tells it from the others of its rule, and how it stands."""
    row = row_of_due(due, opening.about.of, opening.about.today)
    what = row.detail or about(row)
    return f"{capital(what)}: {standing(row)}" if what else standing(row)


def number_of(due: Due) -> str:
    """Return the number in a duty's subject: "milestone:5" → "5"."""
    return due.subject.partition(":")[2]
