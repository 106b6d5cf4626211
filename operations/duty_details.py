"""What tells one duty from the others of its rule, how far it came, and whose it is if not the lead office's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policy.duties import Due
from policy.facts import CommentRequest, Facts
from policy.subjects import PROPOSAL
from policy.words import day


def detail_of(facts: Facts, due: Due, names: Mapping[str, str]) -> str | None:
    """Name what a duty is about beyond its rule and period, and how far it has come; None where that says it all.

    `names` gives the names of offices by their codes.
    """
    if due.so_far is not None:
        return due.so_far
    kind, _, number = due.subject.partition(":")
    found: Iterator[str]
    if kind == "milestone":
        found = (f"“{m.title}”, {m.person}" for m in facts.milestones if str(m.id) == number)
    elif kind == "request":
        found = (_request(r, names) for r in facts.comment_requests if str(r.id) == number)
    elif kind == "activity":
        found = (f"{a.place}, {day(a.on)}" for a in facts.planned_activities if str(a.id) == number)
    elif kind == "notice":
        found = (f"by {n.given_by}" for n in facts.notices if str(n.id) == number)
    elif due.rule == "signed-copy":
        signed = ((a.renewal, a.signed_on) for a in facts.agreements if str(a.id) == number)
        found = (f"{'renewal' if renewal else 'agreement'} of {day(on)}, {due.owner}" for renewal, on in signed)
    else:
        return None
    return next(found, None)


def _request(request: CommentRequest, names: Mapping[str, str]) -> str:
    asked = f"asked of {names.get(request.office, request.office)}"
    return f"input on the proposal, {asked}" if request.subject == PROPOSAL else asked


def office_asked(facts: Facts, due: Due) -> str | None:
    """Return the code of the office that was asked for a comment; None where the lead office owes the duty."""
    kind, _, number = due.subject.partition(":")
    if kind != "request":
        return None
    return next((request.office for request in facts.comment_requests if str(request.id) == number), None)
