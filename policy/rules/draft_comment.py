"""The comment of each office that was asked about a draft national agreement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from policy.calendar import add_working_days
from policy.clauses import Clause, cite
from policy.dates import Timeline
from policy.duties import Basis, Due, Modality, Owner, Step
from policy.editions import CSP_2015, Edition, edition_on
from policy.facts import CommentRequest, Facts, Level
from policy.parameters import draft_comment_working_days
from policy.standing import carried, stand
from policy.steps import due_steps, number_step, silent
from policy.subjects import PROPOSAL
from policy.words import day

RULE = "draft-comment"

VIII_A_3 = cite("CSP 04-01-002 VIII.A.3")
VIII_B_2 = cite("CSP 04-01-002 VIII.B.2")
VIII_C_4 = cite("CSP 04-01-002 VIII.C.4")
IX_A_2 = cite("CSP 04-01-002 IX.A.2")

CLAUSES = (VIII_B_2, VIII_C_4, VIII_A_3, IX_A_2)


# VIII.A.3: "Sending draft National Office Alliance agreements to Regional Administrators and directorate heads
# for comment"
# VIII.B.2: "Responding promptly to requests to review draft alliance agreements"
# VIII.C.4: "Commenting promptly on draft National Office Alliance agreements"
def draft_comment(facts: Facts, today: date, timeline: Timeline) -> Iterator[Due]:
    """Each office asked comments on a national proposal or draft agreement, within 10 federal working days or as asked.

    The draft follows the edition in force on the day of the request. Once the agreement is signed, or the
    alliance has ended, a comment that is still missing is no longer owed.
    """
    if facts.level is not Level.NATIONAL:
        return
    for request in facts.comment_requests:
        edition, over = edition_on(request.asked_on), _over(timeline, request)
        yield from stand(
            facts,
            today,
            timeline,
            rule=RULE,
            subject=f"request:{request.id}",
            period=None,
            opens_on=request.asked_on,
            due_on=_due_on(timeline, request),
            basis=Basis.OFFICE,
            modality=Modality.MANDATORY,
            edition=edition,
            clauses=tuple(dict.fromkeys((_clause(request), _asking(request)))),
            carried_over=carried(edition),
            owner=request.owner,
            met_on=request.answered_on,
            lifted_on=None if over is None else over[0],
            lifted_because=None if over is None else over[1],
            why=partial(_why, facts, today, timeline, request),
        )


def _due_on(timeline: Timeline, request: CommentRequest) -> date:
    if request.due_on is not None:
        return request.due_on
    return add_working_days(request.asked_on, draft_comment_working_days(request.asked_on), timeline.closures)


def _asking(request: CommentRequest) -> Clause:
    return IX_A_2 if request.subject == PROPOSAL else VIII_A_3


def _clause(request: CommentRequest) -> Clause:
    if request.subject == PROPOSAL:
        return IX_A_2
    return VIII_C_4 if request.owner.startswith(Owner.REGIONAL_ADMINISTRATOR) else VIII_B_2


def _over(timeline: Timeline, request: CommentRequest) -> tuple[date, str] | None:
    """Give the day after which a comment is of no use, and why."""
    found = [
        (t.signed_on, "The agreement was signed without it.") for t in timeline.terms if t.signed_on >= request.asked_on
    ]
    ending = timeline.ending
    if ending is not None and ending.ended_on >= request.asked_on:
        found.append((ending.ended_on, "The alliance ended."))
    return min(found, default=None)


def _why(facts: Facts, today: date, timeline: Timeline, request: CommentRequest) -> tuple[Step, ...]:
    return tuple(_steps(facts, today, timeline, request))


def _steps(facts: Facts, today: date, timeline: Timeline, request: CommentRequest) -> Iterator[Step]:
    what = "proposal was sent for input" if request.subject == PROPOSAL else "draft agreement was sent for comment"
    yield Step(f"The {what} on {day(request.asked_on)} to {request.asked}: {request.owner}.", _asking(request))
    yield Step(_edition_sentence(edition_on(request.asked_on), request))
    yield Step("The office asked answers promptly.", _clause(request))
    due_on = _due_on(timeline, request)
    if request.due_on is None:
        yield from _target_steps(facts, timeline, request, due_on)
    else:
        asked = f"Who asked wants the answer by {day(due_on)}; the text names no day, so this is a target."
        yield from due_steps(facts, timeline, due_on, Basis.OFFICE, sentence=asked)
    over, answered_on = _over(timeline, request), request.answered_on
    if answered_on is not None and (over is None or answered_on <= over[0]):
        yield Step(f"Met on {day(answered_on)}, when the comment was recorded.")
    elif over is not None:
        yield Step(f"No longer owed from {day(over[0])}. {over[1]}")
    else:
        yield Step(f"No comment is recorded on or before {day(today)}.")


def _target_steps(facts: Facts, timeline: Timeline, request: CommentRequest, due_on: date) -> Iterator[Step]:
    days = draft_comment_working_days(request.asked_on)
    yield number_step("draft_comment_working_days", request.asked_on)
    yield from due_steps(
        facts,
        timeline,
        due_on,
        Basis.OFFICE,
        sentence=f"Reading A16: “promptly” has no days; {days} federal working days are taken as the target. The "
        "alternative is to wait without a date. The day of the request is not counted, nor are weekends and federal "
        f"holidays: {day(request.asked_on)} + {days} federal working days = {day(due_on)}.",
    )


def _edition_sentence(edition: Edition, request: CommentRequest) -> str:
    sentence = (
        f"A draft follows the edition in force on the day of the request: on {day(request.asked_on)} that was "
        f"{edition.name}."
    )
    if request.asked_on < CSP_2015.in_force_from:
        since = day(edition.in_force_from)
        return f"The request is older than {edition.name} (in force from {since}) and is read under it."
    return sentence + (silent(edition) if carried(edition) else "")
