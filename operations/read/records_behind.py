"""The records that a duty rests on, each with who entered it and when, as the audit tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from operations.read.audit_trail import IMPORTED
from operations.read.duties import Owed
from policy import facts as f
from policy.duties import Due, Period, Step
from policy.words import capital
from policy.words import day as spelled


@dataclass(frozen=True, slots=True)
class Source:
    """A record in words with its day, and how the audit tells of it: the actions, and what an entry of them says."""

    what: str
    on: date
    actions: tuple[str, ...]
    told: dict[str, Any]
    #: Whether an import may have brought it.
    imported: bool = False


def records_behind(session: Session, owed: Owed, steps: tuple[Step, ...]) -> Iterator[str]:
    """Word each record whose day the steps name, with who entered it and when, by the audit's latest entry."""
    facts, text = owed.of.facts, " ".join(step.text for step in steps)
    everything = _sources(facts, owed.due) if isinstance(facts, f.Facts) else _calls(facts)
    sources = [source for source in everything if spelled(source.on) in text]
    entries = session.scalars(
        select(AuditEntry)
        .where(or_(AuditEntry.subject == owed.of.subject, AuditEntry.action == IMPORTED))
        .where(AuditEntry.action.in_([IMPORTED, *(action for source in sources for action in source.actions)]))
        .order_by(AuditEntry.seq)
    ).all()
    imports = [e for e in entries if e.action == IMPORTED and _imported(e.data, facts.name)]
    for source in sources:
        own = [e for e in entries if e.action in source.actions and _tells(e.data, source.told)]
        found = own[-1:] or (imports[-1:] if source.imported else [])
        what = f"{capital(source.what)} {spelled(source.on)}"
        if found:
            at = spelled(found[0].at.astimezone(ZoneInfo(owed.of.timezone)).date())
            how = "imported" if found[0].action == IMPORTED else "entered"
            yield f"{what}: {how} by {found[0].actor} on {at}."
        else:
            yield f"{what}: who entered it is not on record."


def _tells(data: dict[str, Any], told: dict[str, Any]) -> bool:
    """Whether an entry says all of this, itself or in one of the records that it lists."""
    wanted = {name: str(value) if isinstance(value, date) else value for name, value in told.items()}
    listed = [one for value in data.values() if isinstance(value, list) for one in value if isinstance(one, dict)]
    return any(all(one.get(name) == value for name, value in wanted.items()) for one in (data, *listed))


def _imported(data: dict[str, Any], name: str) -> bool:
    wanted = name.casefold()
    return any(wanted == " ".join(other.split()).casefold() for other in [*data["created"], *data["changed"]])


def _calls(facts: f.ProgramFacts) -> Iterator[Source]:
    for on in facts.calls:
        yield Source("call of", on, ("coordinator-call:recorded",), {"on": on})


def _sources(facts: f.Facts, due: Due) -> Iterator[Source]:
    for a in facts.agreements:
        kind = "renewal" if a.renewal else "original agreement"
        yield Source(
            f"{kind} signed on",
            a.signed_on,
            ("renewal:signed", "agreement:signed", "agreement:corrected"),
            {"signed_on": a.signed_on},
            imported=True,
        )
    for kind_of in _BEHIND[due.rule]:
        yield from kind_of(facts, due)
    if facts.ending is not None:
        actions = ("alliance:concluded", "alliance:became-ambassador", "termination-notice:ended")
        yield Source("end on", facts.ending.ended_on, actions, {}, imported=True)
    for w in facts.waivers:
        if (w.rule, w.subject, w.period) == (due.rule, due.subject, _span(due.period)):
            told = {"rule": w.rule, "waived_on": w.waived_on}
            yield Source("waiver of", w.waived_on, ("waiver:given",), told)


def _span(period: Period | None) -> str | None:
    return None if period is None else str(period)


def _meetings(facts: f.Facts, _due: Due) -> Iterator[Source]:
    for m in facts.meetings:
        what, action = ("meeting held on", "recorded") if m.held else ("meeting planned for", "planned")
        yield Source(what, m.on, (f"meeting:{action}",), {"on": m.on})


#: What is told of a work plan, each time with the whole of it.
_PLANNED = ("work-plan:recorded", "work-plan:corrected")


def _work_plans(facts: f.Facts, _due: Due) -> Iterator[Source]:
    for p in facts.work_plans:
        yield Source("work plan final on", p.finalized_on, _PLANNED, {"plan": p.id})


def _milestones(facts: f.Facts, due: Due) -> Iterator[Source]:
    actions = ("milestone:reached", *_PLANNED)
    for m in facts.milestones:
        if due.subject == f"milestone:{m.id}" and m.done_on is not None:
            yield Source(f"“{m.title}” reached on", m.done_on, actions, {"title": m.title, "done_on": m.done_on})


def _reports(facts: f.Facts, _due: Due) -> Iterator[Source]:
    # Whoever enters a later step may enter an earlier one with it.
    actions = tuple(f"annual-report:{step}" for step in ("handed-over", "submitted", "posted"))
    for r in facts.reports:
        steps = {"handed_over_on": r.handed_over_on, "submitted_on": r.submitted_on, "posted_on": r.posted_on}
        for name, on in steps.items():
            if on is not None:
                told = {"period_end": r.period_end, name: on}
                yield Source(f"report {name.replace('_', ' ')}", on, actions, told)


def _evaluations(facts: f.Facts, _due: Due) -> Iterator[Source]:
    for e in facts.evaluations:
        yield Source("evaluation of", e.evaluated_on, ("evaluation:recorded",), {"period_end": e.period_end})


def _decisions(facts: f.Facts, _due: Due) -> Iterator[Source]:
    for d in facts.decisions:
        actions = ("renewal:recommended", "renewal:decided")
        what = f"recommendation ({d.recommendation.value}) of"
        told = {"recommended_on": d.recommended_on}
        yield Source(what, d.recommended_on, actions, told)
        if d.decided_on is not None:
            yield Source("decision of", d.decided_on, actions, told | {"decided_on": d.decided_on})


def _notices(facts: f.Facts, due: Due) -> Iterator[Source]:
    for n in facts.notices:
        if due.subject == f"notice:{n.id}":
            told = {"given_by": n.given_by, "noticed_on": n.noticed_on}
            yield Source("notice of", n.noticed_on, ("termination-notice:given",), told)
            for what, on in (("withdrawn", n.withdrawn_on), ("ended", n.ended_on)):
                if on is not None:
                    yield Source(f"notice {what} on", on, (f"termination-notice:{what}",), {"on": on})


def _done(facts: f.Facts, due: Due) -> Iterator[Source]:
    for d in facts.fulfilments:
        if d.subject == due.subject and d.rule.startswith(due.rule) and d.period == _span(due.period):
            yield Source("done on", d.done_on, (f"{d.rule}:done",), {"done_on": d.done_on})


def _requests(facts: f.Facts, due: Due) -> Iterator[Source]:
    for r in facts.comment_requests:
        if due.subject == f"request:{r.id}":
            yield Source("request of", r.asked_on, ("comments:asked",), {"asked_on": r.asked_on})
            if r.answered_on is not None:
                actions = ("comment:recorded", "comments:asked")
                yield Source("comment of", r.answered_on, actions, {"answered_on": r.answered_on})


def _activities(facts: f.Facts, due: Due) -> Iterator[Source]:
    for a in facts.planned_activities:
        if due.subject == f"activity:{a.id}":
            told = {"on": a.on, "place": a.place}
            yield Source("activity planned for", a.on, ("planned-activity:recorded",), told)
            if a.notified_on is not None:
                actions = ("planned-activity:recorded", "planned-activity:notified")
                yield Source("region told on", a.notified_on, actions, {"notified_on": a.notified_on})


#: The records beside the agreements that a rule reads.
_BEHIND: dict[str, tuple[Callable[[f.Facts, Due], Iterator[Source]], ...]] = {
    "meetings": (_meetings,),
    "first-meeting": (_meetings,),
    "work-plan": (_work_plans,),
    "milestone": (_work_plans, _milestones),
    "report-handoff": (_reports,),
    "annual-report": (_reports,),
    "report-posting": (_reports,),
    "evaluation": (_evaluations,),
    "renewal-decision": (_decisions,),
    "extension-terms": (_decisions, _done),
    "signed-copy": (_done,),
    "termination-notice": (_notices,),
    "logo-withdrawal": (_done,),
    "draft-comment": (_requests,),
    "activity-notice": (_activities,),
    "ambassador-eligible": (_done,),
}
