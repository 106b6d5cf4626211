"""What was withdrawn or corrected after a moment, as it stood at that moment: by what the audit kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from operations.read.audit_trail import Entry, Trail
from policy import facts as f

Record = TypeVar("Record")

Row = dict[str, Any]
Changes = dict[str, Any]

#: What the audit calls the withdrawals that something else looks for, too.
EVALUATION, WAIVER, PLAN = "evaluation:withdrawn", "waiver:taken-back", "work-plan:withdrawn"
REQUESTS = "comments:withdrawn"


@dataclass
class Before:
    """The facts as they stood before what was withdrawn since, and when its rows were entered."""

    facts: f.Facts
    #: Names of the signatories by the numbers that notices tell.
    names: Mapping[int, str]
    #: By the kind of a row and its id, or its rule, subject and period.
    entered: dict[tuple[Any, ...], datetime] = field(default_factory=dict)


def before_withdrawals(now: f.Facts, trail: Trail, until: datetime, signatories: Mapping[int, str]) -> Before:
    """Bring back what was withdrawn at or after a moment; of several withdrawals of a row the first one tells.

    `signatories` are the names by the numbers that notices tell.
    """
    made = Before(now, signatories)
    # The latest first: the withdrawal next to the moment is laid on last.
    for entry in reversed([entry for entry in trail.entries if entry.at >= until]):
        row = entry.data.get("record")
        if entry.action in _STAND_AGAIN and isinstance(row, dict):
            made.facts = replace(made.facts, **_STAND_AGAIN[entry.action](made, entry, row))
        elif entry.action == WAIVER and "subject_of" in entry.data:
            made.facts = replace(made.facts, waivers=(*made.facts.waivers, _waiver(made, entry.data)))
        elif entry.action == PLAN and "versions" in entry.data:
            made.facts = replace(made.facts, **_plan(made, entry.data))
    return made


def _plan(made: Before, data: Row) -> Changes:
    plan = f.WorkPlan(data["plan"], _date(data, "first"), _date(data, "finalized_on"))
    _enter(made, ("work-plan", plan.id), data)
    promised = [
        f.Milestone(m["id"], plan.id, m["title"], _date(m, "due_on"), m["person"], _day(m, "done_on"))
        for m in data["milestones"]
    ]
    # A plan of the same year that was entered anew came later.
    plans = [one for one in made.facts.work_plans if one.first != plan.first]
    kept = {one.id for one in plans}
    others = [one for one in made.facts.milestones if one.work_plan_id in kept]
    return {"work_plans": _by("first", [*plans, plan]), "milestones": _by("due_on", [*others, *promised])}


def _evaluation(made: Before, _entry: Entry, row: Row) -> Changes:
    period_end, discussed_on = _date(row, "period_end"), _day(row, "discussed_on")
    there = f.Evaluation(row["id"], period_end, _date(row, "evaluated_on"), discussed_on)
    _enter(made, ("evaluation", row["id"]), row)
    # What was recorded anew for the same year came later.
    others = [one for one in made.facts.evaluations if one.period_end != period_end]
    return {"evaluations": _by("period_end", [*others, there])}


def _report(made: Before, _entry: Entry, row: Row) -> Changes:
    period_end = _date(row, "period_end")
    steps = {name: _day(row, name) for name in ("handed_over_on", "submitted_on", "posted_on")}
    _enter(made, ("report", row["id"]), row)
    others = [one for one in made.facts.reports if one.period_end != period_end]
    return {"reports": _by("period_end", [*others, f.AnnualReport(row["id"], period_end, **steps)])}


def _decision(made: Before, _entry: Entry, row: Row) -> Changes:
    recommendation, recommended_on = f.Recommendation(row["recommendation"]), _date(row, "recommended_on")
    later = _day(row, "decided_on"), _day(row, "extended_until")
    there = f.RenewalDecision(row["id"], row["agreement_id"], recommendation, recommended_on, *later)
    earlier = [d for d in made.facts.decisions if d.agreement_id != row["agreement_id"] or d.id < row["id"]]
    return {"decisions": _by("recommended_on", [*earlier, there])}


def _planned(made: Before, _entry: Entry, row: Row) -> Changes:
    days = _date(row, "recorded_on"), _day(row, "notified_on")
    there = f.PlannedActivity(row["id"], _date(row, "on_day"), row["place"], *days)
    return {"planned_activities": _by("on", [*_but(made.facts.planned_activities, row), there])}


def _comment(made: Before, _entry: Entry, row: Row) -> Changes:
    on = _day(row, "answered_on")
    asked = [replace(r, answered_on=on) if r.id == row["id"] else r for r in made.facts.comment_requests]
    return {"comment_requests": tuple(asked)}


def _requests(made: Before, entry: Entry, row: Row) -> Changes:
    there = [
        f.CommentRequest(
            one["id"],
            one["office"],
            one["owner"],
            _date(row, "asked_on"),
            office_name=one["name"],
            subject=row["subject"],
            due_on=_day(one, "due_on"),
        )
        for one in entry.data.get("requests", ())
    ]
    # What was asked of the same offices anew came later.
    again = {(one.office, one.subject, one.asked_on) for one in there}
    others = [r for r in made.facts.comment_requests if (r.office, r.subject, r.asked_on) not in again]
    return {"comment_requests": tuple(sorted([*others, *there], key=lambda one: (one.asked_on, one.id)))}


def _fulfilment(made: Before, _entry: Entry, row: Row) -> Changes:
    there = f.Fulfilment(row["rule"], row["subject"], row["period"], _date(row, "done_on"))
    _enter(made, ("fulfilment", there.rule, there.subject, there.period), row)
    return {"fulfilments": _by("done_on", [*made.facts.fulfilments, there])}


def _ending(_made: Before, _entry: Entry, row: Row) -> Changes:
    over = _day(row, "relationship_ended_on")
    return {"ending": f.Ending(f.EndingKind(row["kind"]), _date(row, "ended_on"), row["reason"], over)}


def _signatory(made: Before, _entry: Entry, row: Row) -> Changes:
    there = f.Signatory(row["name"], _day(row, "joined_on"), _day(row, "left_on"))
    return {"signatories": (*made.facts.signatories, there)}


def _merged(made: Before, entry: Entry, row: Row) -> Changes:
    """Bring back who was merged into another, who stood there from another day maybe."""
    into, joined_on = made.names.get(entry.data["into"]), _day(entry.data["before"], "joined_on")
    others = [one for one in made.facts.signatories if one.name != row["name"]]
    before = [replace(one, joined_on=joined_on) if one.name == into else one for one in others]
    gone = f.Signatory(row["name"], _day(row, "joined_on"), _day(row, "left_on"))
    return {"signatories": (*before, gone)}


def _milestone(made: Before, _entry: Entry, row: Row) -> Changes:
    on = _day(row, "done_on")
    return {"milestones": tuple(replace(m, done_on=on) if m.id == row["id"] else m for m in made.facts.milestones)}


def _signing(made: Before, entry: Entry, row: Row) -> Changes:
    facts = made.facts
    signed_on = _date(row, "signed_on")
    agreement = f.Agreement(row["id"], signed_on, row["renewal"], row["term_years"], row["in_part"])
    again = set(entry.data.get("again", ()))
    known = {one.name for one in facts.signatories}
    parties = [replace(one, left_on=signed_on) if one.name in again else one for one in facts.signatories]
    parties += [f.Signatory(name, signed_on) for name in entry.data.get("no_longer", ()) if name not in known]
    return {"agreements": _by("signed_on", [*facts.agreements, agreement]), "signatories": tuple(parties)}


def _corrected(made: Before, entry: Entry, row: Row) -> Changes:
    facts, firsts = made.facts, {one["plan"]: _date(one, "first") for one in entry.data.get("plans", ())}
    signed_on = _date(row, "signed_on")
    agreements = [replace(a, signed_on=signed_on) if a.id == row["id"] else a for a in facts.agreements]
    plans = [replace(p, first=firsts.get(p.id, p.first)) for p in facts.work_plans]
    return {"agreements": _by("signed_on", agreements), "work_plans": _by("first", plans)}


def _notice(made: Before, entry: Entry, row: Row) -> Changes:
    facts = made.facts
    giver = "OSHA" if row["signatory_id"] is None else made.names.get(row["signatory_id"], "a signatory")
    on = {name: _day(row, name) for name in ("named_end_on", "withdrawn_on", "ended_on")}
    notice = f.TerminationNotice(row["id"], _date(row, "noticed_on"), giver, **on)
    changed: dict[str, Any] = {"notices": _by("noticed_on", [*_but(facts.notices, row), notice])}
    if notice.ended_on is not None:
        left_on = notice.ended_on
        changed["signatories"] = tuple(replace(s, left_on=left_on) if s.name == giver else s for s in facts.signatories)
        if "ending" in entry.data:
            changed["ending"] = f.Ending(f.EndingKind.TERMINATED, notice.ended_on, entry.data["ending"])
    return changed


def read_waiver(data: Row) -> f.Waiver:
    """Read a waiver as the audit kept it when it was taken back."""
    return f.Waiver(
        data["rule"], data["subject_of"], data["period"], _date(data, "waived_on"), data["reason"], data["given_by"]
    )


def _waiver(made: Before, data: Row) -> f.Waiver:
    waiver = read_waiver(data)
    _enter(made, ("waiver", waiver.rule, waiver.subject, waiver.period), data)
    return waiver


def _enter(made: Before, key: tuple[Any, ...], row: Row) -> None:
    made.entered[key] = datetime.fromisoformat(row["recorded_at"])


def _but(records: Iterable[Record], row: dict[str, Any]) -> Iterator[Record]:
    return (one for one in records if getattr(one, "id") != row["id"])  # noqa: B009 - the records share no class


def _by(name: str, records: Iterable[Record]) -> tuple[Record, ...]:
    return tuple(sorted(records, key=lambda one: getattr(one, name)))


def _day(row: Mapping[str, Any], name: str) -> date | None:
    value = row.get(name)
    return None if value is None else date.fromisoformat(value)


def _date(row: Mapping[str, Any], name: str) -> date:
    return date.fromisoformat(row[name])


#: How a row stands again that the audit kept whole when it was withdrawn.
_STAND_AGAIN: dict[str, Callable[[Before, Entry, Row], Changes]] = {
    EVALUATION: _evaluation,
    "annual-report:withdrawn": _report,
    "annual-report:posting-withdrawn": _report,
    "annual-report:hand-over-withdrawn": _report,
    "renewal:withdrawn": _decision,
    "renewal:withdrawn-signing": _signing,
    "agreement:corrected": _corrected,
    "termination-notice:record-withdrawn": _notice,
    "termination-notice:outcome-withdrawn": _notice,
    "planned-activity:withdrawn": _planned,
    "planned-activity:notice-withdrawn": _planned,
    "comment:withdrawn": _comment,
    REQUESTS: _requests,
    "fulfilment:withdrawn": _fulfilment,
    "alliance:end-withdrawn": _ending,
    "signatory:withdrawn": _signatory,
    "participant:merged": _merged,
    "milestone:reopened": _milestone,
}
