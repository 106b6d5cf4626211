"""What tells one duty from the others of its rule, and whose it is where that is not the lead office."""

from __future__ import annotations

from collections.abc import Mapping

from policy.duties import Due
from policy.facts import Facts
from policy.words import day


def detail_of(facts: Facts, due: Due, names: Mapping[str, str]) -> str | None:
    """Name what a duty is about beyond its rule and period; None where there is nothing more to say.

    `names` gives the names of offices by their codes.
    """
    kind, _, number = due.subject.partition(":")
    found = {
        "milestone": (f"“{m.title}”, {m.person}" for m in facts.milestones if str(m.id) == number),
        "request": (f"asked of {names.get(r.office, r.office)}" for r in facts.comment_requests if str(r.id) == number),
        "activity": (f"{a.place}, {day(a.on)}" for a in facts.planned_activities if str(a.id) == number),
        "notice": (f"by {n.given_by}" for n in facts.notices if str(n.id) == number),
    }.get(kind)
    if due.rule == "signed-copy":
        signed = ((a.renewal, a.signed_on) for a in facts.agreements if str(a.id) == number)
        found = (f"{'renewal' if renewal else 'agreement'} of {day(on)}, {due.owner}" for renewal, on in signed)
    return None if found is None else next(found, None)


def office_asked(facts: Facts, due: Due) -> str | None:
    """Return the code of the office that was asked for a comment; None where the lead office owes the duty."""
    kind, _, number = due.subject.partition(":")
    if kind != "request":
        return None
    return next((request.office for request in facts.comment_requests if str(request.id) == number), None)
