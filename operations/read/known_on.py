"""What was on record at a past moment: the facts as they had been entered by then, not as they are dated.

Most records say when they were entered. Where a table does not, or where a later entry wrote over an earlier one,
the audit tells; and where that is silent too, the fact counts as known since the alliance was entered, and
`Known.unsure` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance, Signatory
from models.names import FormerName
from models.plans import WorkPlan, WorkPlanVersion
from models.settlements import Fulfilment, Waiver
from models.work import AnnualReport, Evaluation, Meeting
from operations.actor import office_day, office_midnight
from operations.gather_facts import Gathered, gather
from operations.gather_program import GatheredProgram
from operations.operate.plan_content import read_told
from operations.read.audit_trail import Entry, Trail, read_trail
from operations.read.known_before import EVALUATION, REQUESTS, before_withdrawals
from operations.read.known_end import entries_of_end, of_this_time, relationship_over
from policy import facts as f
from policy.subjects import DRAFT
from policy.words import day as spelled

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Known:
    """An alliance or the program as it was on record, and what of that cannot be told for certain."""

    of: Gathered | GatheredProgram
    unsure: tuple[str, ...]


def end_of(day: date, timezone: str) -> datetime:
    """Return the moment at which a local day is over."""
    return office_midnight(day + timedelta(days=1), timezone)


def gather_known(session: Session, on: date, ids: Sequence[int] | None = None) -> list[Known]:
    """Gather what was on record at the end of a day, at each lead office, in order of name.

    An alliance entered later is left out. Settings of offices and alliances, the closures and the rules
    themselves are those of today.
    """
    everything = gather(session, ids)
    trails = read_trail(session, [of.facts.id for of in everything])
    rows = _Rows(session, [of.facts.id for of in everything])
    found = []
    for of in everything:
        until = end_of(on, of.timezone)
        if rows.created_at[of.facts.id] < until:
            past = _Past(of, trails[of.facts.id], until, rows)
            facts = past.facts()
            found.append(Known(replace(of, facts=facts), tuple(dict.fromkeys(past.unsure))))
    return found


def _there(found: Iterable[Record | None]) -> tuple[Record, ...]:
    return tuple(record for record in found if record is not None)


def _key(row: Any) -> tuple[str, str, str | None]:
    return row.rule, row.subject, row.period


class _Rows:
    """The rows that say themselves when they were entered."""

    def __init__(self, session: Session, ids: Sequence[int]) -> None:
        def of_alliances(table: Any) -> Any:
            return session.scalars(select(table).where(table.alliance_id.in_(ids)))

        entered = select(Alliance.id, Alliance.created_at).where(Alliance.id.in_(ids))
        self.created_at = {id: at for id, at in session.execute(entered)}  # noqa: C416 - a row is no pair for mypy
        self.meetings: list[Meeting] = sorted(of_alliances(Meeting), key=lambda row: row.on_day)
        self.reports = {row.id: row.recorded_at for row in of_alliances(AnnualReport)}
        self.evaluations = {row.id: row.recorded_at for row in of_alliances(Evaluation)}
        self.work_plans = {row.id: row.recorded_at for row in of_alliances(WorkPlan)}
        self.fulfilments = {(row.alliance_id, *_key(row)): row.recorded_at for row in of_alliances(Fulfilment)}
        self.waivers = {(row.alliance_id, *_key(row)): row.recorded_at for row in of_alliances(Waiver)}
        self.signatories = {row.id: row.name for row in of_alliances(Signatory)}
        #: By alliance and what a participant is called: all that it was called.
        self.called: dict[tuple[int, str], set[str]] = {}
        former = select(Signatory.alliance_id, Signatory.name, FormerName.name).join(
            FormerName, FormerName.signatory_id == Signatory.id
        )
        for alliance_id, name, before in session.execute(former.where(Signatory.alliance_id.in_(ids))):
            self.called.setdefault((alliance_id, name), {name}).add(before)
        self.versions: dict[int, list[WorkPlanVersion]] = {}
        every = select(WorkPlanVersion).where(WorkPlanVersion.work_plan_id.in_(self.work_plans))
        for version in session.scalars(every.order_by(WorkPlanVersion.id)):
            self.versions.setdefault(version.work_plan_id, []).append(version)


class _Past:
    """One alliance up to a moment."""

    def __init__(self, of: Gathered, trail: Trail, until: datetime, rows: _Rows) -> None:
        self.trail, self.until, self.rows, self.timezone = trail, until, rows, of.timezone
        before = before_withdrawals(of.facts, trail, until, rows.signatories)
        #: What counts now, and what was withdrawn since.
        self.now, self.entered = before.facts, before.entered
        self.unsure: list[str] = []

    def facts(self) -> f.Facts:
        """Return the facts as they were on record."""
        now = self.now
        for at, columns in self.trail.imports:
            told = sorted({"level", "offices", "term_years", "participants"}.intersection(columns))
            if at >= self.until and told:
                self.unsure.append(
                    f"an import of {spelled(self._day(at))} changed its {', '.join(told)}; shown as they are now"
                )
        return replace(
            now,
            agreements=tuple(a for a in now.agreements if self._signed(a)),
            meetings=tuple(self._meetings()),
            reports=_there(map(self._report, now.reports)),
            evaluations=_there(map(self._evaluation, now.evaluations)),
            decisions=_there(map(self._decision, now.decisions)),
            notices=_there(map(self._notice, now.notices)),
            ending=self._ending(),
            waivers=tuple(w for w in now.waivers if self._entered("waiver", self.rows.waivers, w) < self.until),
            fulfilments=tuple(
                d for d in now.fulfilments if self._entered("fulfilment", self.rows.fulfilments, d) < self.until
            ),
            work_plans=tuple(p for p in now.work_plans if self._plan_entered(p.id) < self.until),
            milestones=tuple(self._milestones()),
            comment_requests=_there(map(self._request, now.comment_requests)),
            planned_activities=_there(map(self._activity, now.planned_activities)),
            signatories=tuple(self._signatory(s) for s in now.signatories if self._joined(s)),
        )

    def _entered(self, kind: str, rows: Mapping[tuple[Any, ...], datetime], record: Any) -> datetime:
        """Return when a row was entered: one that stands, or one that was withdrawn since."""
        return self.entered.get((kind, *_key(record))) or rows[self.now.id, *_key(record)]

    def _day(self, at: datetime) -> date:
        return office_day(at, self.timezone)

    def _plan_entered(self, plan_id: int) -> datetime:
        return self.entered.get(("work-plan", plan_id)) or self.rows.work_plans[plan_id]

    def _entries(self, *actions: str, **told: object) -> list[Entry]:
        """Return the entries of these actions that tell all of this; a day is told as ISO 8601 writes it."""
        wanted = {name: str(value) if isinstance(value, date) else value for name, value in told.items()}
        return [e for e in self.trail.entries if e.action in actions and wanted.items() <= _flat(e.data).items()]

    def _known(self, entries: Iterable[Entry], what: str, recorded_at: datetime | None = None) -> bool:
        """Whether it was known: by the first entry that tells of it, or by its row, or since all was entered."""
        moments = [entry.at for entry in entries]
        if not moments and recorded_at is None:
            self.unsure.append(f"{what}: when it was entered is not on record")
            return True
        return min(moments, default=recorded_at or self.until) < self.until

    def _last(self, entries: Iterable[Entry]) -> Entry | None:
        return next((entry for entry in reversed(list(entries)) if entry.at < self.until), None)

    def _signed(self, agreement: f.Agreement) -> bool:
        own = [e for e in self.trail.entries if e.data.get("agreement") == agreement.id and "signed_on" in e.data]
        if own:
            return own[0].at < self.until
        signings = [at for at, columns in self.trail.imports if {"signed", "renewed"}.intersection(columns)]
        signed = spelled(agreement.signed_on)
        if agreement.signed_on <= self._day(self.rows.created_at[self.now.id]):
            # An original is only ever corrected; a renewal may have come with any of them.
            doubtful = [at for at in signings if agreement.renewal] or [
                at for at, columns in self.trail.imports if "signed" in columns
            ]
            if any(at >= self.until for at in doubtful):
                self.unsure.append(
                    f"the agreement of {signed}: an import of {spelled(self._day(doubtful[-1]))} changed signings, and "
                    "which ones is not on record"
                )
            return True
        # Nobody enters a signature before it is given: it came with the first import after that.
        came = [at for at in signings if self._day(at) >= agreement.signed_on]
        if came:
            return came[0] < self.until
        self.unsure.append(f"the agreement of {signed}: when it was entered is not on record")
        return office_midnight(agreement.signed_on, self.timezone) < self.until

    def _meetings(self) -> Iterator[f.Meeting]:
        for row in self.rows.meetings:
            if row.alliance_id != self.now.id:
                continue
            told = self._entries("meeting:planned", "meeting:recorded", "meeting:withdrawn", meeting=row.id)
            last = self._last(told)
            if last is not None and last.action != "meeting:withdrawn":
                yield f.Meeting(row.id, row.on_day, last.action == "meeting:recorded")
            withdrawn = row.withdrawn_at is not None and row.withdrawn_at < self.until
            if not told and row.recorded_at < self.until and not withdrawn:
                yield f.Meeting(row.id, row.on_day, row.held)

    def _report(self, report: f.AnnualReport) -> f.AnnualReport | None:
        steps = ("annual-report:handed-over", "annual-report:submitted", "annual-report:posted")
        known = {}
        for name, undone in (
            ("handed_over_on", "annual-report:hand-over-withdrawn"),
            ("submitted_on", "annual-report:withdrawn"),
            ("posted_on", "annual-report:posting-withdrawn"),
        ):
            on = getattr(report, name)
            told = self._entries(*steps, period_end=report.period_end, **{name: on})
            told = of_this_time(told, self._entries(undone, period_end=report.period_end), self.until)
            if on is not None and self._known(
                told, "", self.entered.get(("report", report.id)) or self.rows.reports[report.id]
            ):
                known[name] = on
        return f.AnnualReport(report.id, report.period_end, **known) if known else None

    def _evaluation(self, evaluation: f.Evaluation) -> f.Evaluation | None:
        told = self._entries("evaluation:recorded", EVALUATION, period_end=evaluation.period_end)
        if not told:
            entered = self.entered.get(("evaluation", evaluation.id)) or self.rows.evaluations[evaluation.id]
            return evaluation if entered < self.until else None
        last = self._last(told)
        if last is None or last.action == EVALUATION:
            return None
        return replace(evaluation, evaluated_on=_date(last, "evaluated_on"), discussed_on=_day(last, "discussed_on"))

    def _decision(self, decision: f.RenewalDecision) -> f.RenewalDecision | None:
        steps = ("renewal:recommended", "renewal:decided")
        told = self._entries(*steps, agreement=decision.agreement_id)
        told = told or self._entries(*steps, recommended_on=decision.recommended_on)
        undone = self._entries("renewal:withdrawn", agreement_id=decision.agreement_id)
        told = of_this_time(told, undone, self.until)
        if not told:
            return decision if self._known((), f"the recommendation of {spelled(decision.recommended_on)}") else None
        last = self._last(told)
        if last is None:
            return None
        return replace(
            decision,
            recommendation=f.Recommendation(last.data["recommendation"]),
            recommended_on=_date(last, "recommended_on"),
            decided_on=_day(last, "decided_on"),
            extended_until=_day(last, "extended_until"),
        )

    def _notice(self, notice: f.TerminationNotice) -> f.TerminationNotice | None:
        given, dated = "termination-notice:given", f"the notice of {spelled(notice.noticed_on)}"
        told = self._entries(given, notice=notice.id) or self._entries(given, noticed_on=notice.noticed_on)
        if not self._known(told, dated):
            return None
        outcome = self._entries("termination-notice:withdrawn", "termination-notice:ended", notice=notice.id)
        undone = self._entries("termination-notice:outcome-withdrawn", outcome=notice.id)
        outcome = of_this_time(outcome, undone, self.until)
        settled = notice.withdrawn_on is not None or notice.ended_on is not None
        if settled and not self._known(outcome, f"the outcome of {dated}"):
            return replace(notice, withdrawn_on=None, ended_on=None)
        return notice

    def _ending(self) -> f.Ending | None:
        ending = self.now.ending
        if ending is None:
            return None
        on, trail = ending.ended_on, self.trail.entries
        told = entries_of_end(ending, self.now.notices, trail, self.until)
        imported = [Entry(at, "import", {}) for at, columns in self.trail.imports if "ending" in columns]
        # Without either it came with the alliance.
        came = not told and not imported and on <= self._day(self.rows.created_at[self.now.id])
        if not came and not self._known(told or imported, f"the end of {spelled(on)}"):
            return None
        return replace(ending, relationship_ended_on=relationship_over(ending, trail, self.until))

    def _joined(self, signatory: f.Signatory) -> bool:
        """Whether it was known that somebody takes part: from the beginning, or by the first entry that tells of it."""
        if signatory.joined_on is None:
            return True
        told = [
            *self._entries("signatory:added", joined_on=signatory.joined_on),
            *self._entries("renewal:signed", signed_on=signatory.joined_on),
        ]
        called = self.rows.called.get((self.now.id, signatory.name), {signatory.name})
        own = [e.at for e in told if not called.isdisjoint((e.data.get("name"), *e.data.get("joined", ())))]
        return min(own, default=self.rows.created_at[self.now.id]) < self.until

    def _signatory(self, signatory: f.Signatory) -> f.Signatory:
        if signatory.left_on is None:
            return signatory
        own = {notice.id for notice in self.now.notices if notice.given_by == signatory.name}
        told = [e for e in self._entries("termination-notice:ended", on=signatory.left_on) if e.data["notice"] in own]
        told += self._entries("renewal:signed", signed_on=signatory.left_on)
        left = self._known(told, f"that {signatory.name} left on {spelled(signatory.left_on)}")
        return signatory if left else replace(signatory, left_on=None)

    def _milestones(self) -> Iterator[f.Milestone]:
        for plan in self.now.work_plans:
            entered_at = self._plan_entered(plan.id)
            if entered_at < self.until:
                for milestone in self._as_planned(plan.id):
                    told = self._entries("milestone:reached", milestone=milestone.id)
                    told = of_this_time(told, self._entries("milestone:reopened", milestone=milestone.id), self.until)
                    # One without an entry of its own was reached when the plan was entered.
                    reached = milestone.done_on is not None and self._known(told, "", entered_at)
                    yield milestone if reached else replace(milestone, done_on=None)

    def _as_planned(self, plan_id: int) -> list[f.Milestone]:
        """Return the milestones of a plan as the version said that held then; a title that stays is the same one."""
        today = [milestone for milestone in self.now.milestones if milestone.work_plan_id == plan_id]
        versions = self.rows.versions.get(plan_id, [])
        counts = [v for v in versions if v.withdrawn_at is None]
        held = [v for v in versions if v.recorded_at < self.until and (v.withdrawn_at or self.until) >= self.until]
        if not held or held[-1] is counts[-1]:
            return today
        found = []
        for number, promise in enumerate(read_told(held[-1].content).milestones, start=1):
            same = next((m for m in today if m.title.casefold() == promise.title.casefold()), None)
            # What is no longer promised has no number today.
            id, done_on = (-number, None) if same is None else (same.id, same.done_on)
            found.append(f.Milestone(id, plan_id, promise.title, promise.due_on, promise.person, done_on))
        return found

    def _request(self, request: f.CommentRequest) -> f.CommentRequest | None:
        every = [
            entry
            for entry in self._entries("comments:asked", REQUESTS, asked_on=request.asked_on)
            if request.office in entry.data.get("offices", ()) and _on_what(entry) == request.subject
        ]
        asked, last = [entry for entry in every if entry.action != REQUESTS], self._last(every)
        if not self._known(asked, f"the request to {request.asked} of {spelled(request.asked_on)}"):
            return None
        if last is not None and last.action == REQUESTS:
            return None
        told = [entry for entry in asked if "answered_on" in entry.data]
        told += self._entries("comment:recorded", request=request.id)
        told = of_this_time(told, self._entries("comment:withdrawn", answer=request.id), self.until)
        answered = request.answered_on is not None and self._known(told, f"the comment of {request.asked}")
        return request if answered else replace(request, answered_on=None)

    def _activity(self, activity: f.PlannedActivity) -> f.PlannedActivity | None:
        recorded = "planned-activity:recorded"
        planned = self._entries(recorded, activity=activity.id)
        planned = planned or self._entries(recorded, on=activity.on, place=activity.place)
        if not self._known(planned, f"the activity of {spelled(activity.on)}"):
            return None
        told = [entry for entry in planned if "notified_on" in entry.data]
        told += self._entries("planned-activity:notified", activity=activity.id)
        undone = self._entries("planned-activity:notice-withdrawn", told=activity.id)
        told = of_this_time(told, undone, self.until)
        notified = activity.notified_on is not None and self._known(told, f"the notice to {activity.place}")
        return activity if notified else replace(activity, notified_on=None)


def _on_what(entry: Entry) -> str:
    """Return on what a request for comments was: it was asked, or taken back."""
    row = entry.data.get("record")
    return str(row["subject"] if isinstance(row, dict) else entry.data.get("on_the", DRAFT))


def _flat(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out lists and the like, with which nothing is compared; a row that was withdrawn tells what it said."""
    row = data.get("record")
    told = (row | data) if isinstance(row, dict) else data
    return {name: value for name, value in told.items() if isinstance(value, str | int)}


def _day(entry: Entry, name: str) -> date | None:
    value = entry.data.get(name)
    return None if value is None else date.fromisoformat(value)


def _date(entry: Entry, name: str) -> date:
    return date.fromisoformat(entry.data[name])
