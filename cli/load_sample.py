"""Load the sample portfolio into an empty database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from cli.sample import channels
from models import audit
from models.alliances import (
    Agreement,
    Alliance,
    AllianceOffice,
    Ending,
    RenewalDecision,
    Signatory,
    TeamMember,
    TerminationNotice,
)
from models.offices import Office, Person, Position
from models.plans import CommentRequest, CoordinatorCall, Milestone, PlannedActivity, WorkPlan
from models.products import Product, SuccessStory
from models.settlements import Fulfilment, Waiver
from models.work import Activity, AnnualReport, Evaluation, Meeting
from operations.records.import_alliances import ALLIANCE_COLUMNS, import_alliances
from operations.records.import_offices import OFFICE_COLUMNS, import_offices
from operations.records.import_people import PEOPLE_COLUMNS, import_people
from operations.records.read_table import Columns, Table, read_table
from operations.refusals import Refused
from policy.facts import Level
from policy.rights import Role
from policy.team import Part

#: The day on which the made-up offices began to use the product.
TRACKED_FROM = date(2026, 1, 1)
LOADER = "sample"
#: The name under which the file tells what is of no single alliance.
PROGRAM = "The program"


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """How much was loaded."""

    offices: int
    people: int
    alliances: int
    #: Meetings, activities, evaluations, reports, plans, decisions, notices and whatever else was recorded.
    records: int


def load_sample(session: Session, *, now: datetime) -> SampleSummary:
    """Load offices, people, alliances and their work; the caller runs the rule check and commits.

    Raises:
        Refused: The database holds offices already.
    """
    if session.scalar(select(Office.id).limit(1)) is not None:
        raise Refused("The database already holds offices; the sample is loaded into an empty one only.")
    offices = import_offices(session, _table("offices.csv", OFFICE_COLUMNS), by=LOADER, now=now)
    people = import_people(session, _table("people.csv", PEOPLE_COLUMNS), by=LOADER, now=now)
    alliances = [
        name
        for file in ("alliances.csv", "invented.csv")
        for name in import_alliances(
            session, _table(file, ALLIANCE_COLUMNS), by=LOADER, now=now, tracked_from=TRACKED_FROM
        ).created
    ]
    for table in (Office, Person, Alliance):
        session.execute(update(table).values(is_sample=True))
    for code, channel in channels().items():
        session.execute(update(Office).where(Office.code == code).values(channel=channel.id))
    work = yaml.safe_load(files("cli.sample").joinpath("work.yaml").read_text("utf-8"))
    calls = work.pop(PROGRAM)["calls"]
    records = sum(_Recorder(session, name, now).record(told) for name, told in work.items())
    for call in calls:
        _call(session, now, **call)
    records += len(calls)
    session.flush()
    return SampleSummary(len(offices.created), len(people.created), len(alliances), records)


def _table(file: str, columns: Columns) -> Table:
    return read_table(file, files("cli.sample").joinpath(file).read_bytes(), columns)


def _call(session: Session, now: datetime, day: date, topics: str) -> None:
    call = CoordinatorCall(on_day=day, topics=topics, recorded_at=now)
    session.add(call)
    session.flush()
    told = {"call": call.id, "on": day, "topics": topics}
    audit.record(session, at=now, actor=LOADER, action="coordinator-call:recorded", subject="program", data=told)


class _Recorder:
    """Writes the work of one alliance, in the name of the coordinator of its lead office."""

    def __init__(self, session: Session, name: str, now: datetime) -> None:
        self.session, self.now = session, now
        self.alliance = session.scalars(
            select(Alliance).where(Alliance.name == name).options(selectinload(Alliance.signatories))
        ).one()
        self.by = session.scalars(
            select(Person)
            .join(Position, Position.person_id == Person.id)
            .join(AllianceOffice, AllianceOffice.office_id == Position.office_id)
            .where(
                AllianceOffice.alliance_id == self.alliance.id,
                AllianceOffice.rank == 0,
                Position.role == Role.ALLIANCE_COORDINATOR.value,
            )
        ).one()

    def record(self, told: dict[str, Any]) -> int:
        """Write everything that the file tells, and return how many records that is, team members aside."""
        for member in [{"name": self.by.name, "organization": "OSHA", "since": None}, *told.get("team", [])]:
            self._member(**member)
        writers: dict[str, Callable[..., None]] = {
            "meetings": self._meeting,
            "activities": self._activity,
            "evaluations": self._evaluation,
            "reports": self._report,
            "decisions": self._decision,
            "notices": self._notice,
            "work_plans": self._work_plan,
            "waivers": self._waiver,
            "done": self._done,
            "planned_activities": self._planned_activity,
            "comments": self._comments,
            "products": self._product,
            "stories": self._story,
            "ending": self._ending,
        }
        entries = [(write, entry) for kind, write in writers.items() for entry in told.get(kind, [])]
        for write, entry in entries:
            write(**entry)
        self.session.flush()
        return len(entries)

    def _write(self, row: object, action: str, data: dict[str, Any]) -> None:
        self.session.add(row)
        audit.record(
            self.session,
            at=self.now,
            actor=self.by.name,
            action=action,
            subject=self._subject,
            data={name: value for name, value in data.items() if value is not None},
        )

    @property
    def _subject(self) -> str:
        return f"alliance:{self.alliance.id}"

    def _by(self) -> dict[str, Any]:
        return {"alliance_id": self.alliance.id, "recorded_by_id": self.by.id, "recorded_at": self.now}

    def _member(self, name: str, organization: str, since: date | None) -> None:
        person_id = self.by.id if since is None else None
        signed = organization in {signatory.name for signatory in self.alliance.signatories}
        told = {"name": name, "organization": organization, "since": since or TRACKED_FROM}
        told |= {"part": self._own_part if since is None else (Part.SIGNATORY if signed else Part.OTHER).value}
        row = TeamMember(alliance_id=self.alliance.id, person_id=person_id, recorded_at=self.now, **told)
        self._write(row, "team-member:added", told)

    @property
    def _own_part(self) -> str:
        """Whom the coordinator stands for on the team (VI.F, VI.H)."""
        return (Part.DCSP if self.alliance.level == Level.NATIONAL else Part.REGION).value

    def _meeting(self, day: date, format: str, attendees: str | None = None, *, planned: bool = False) -> None:
        row = Meeting(on_day=day, held=not planned, format=format, attendees=attendees, **self._by())
        action = "meeting:planned" if planned else "meeting:recorded"
        self._write(row, action, {"on": day, "format": format, "attendees": attendees})

    def _activity(
        self,
        *,
        kind: str,
        day: date,
        title: str,
        reached: int | None = None,
        emphasis: tuple[str, ...] = (),
        details: dict[str, Any] | None = None,
    ) -> None:
        told = {
            "kind": kind,
            "title": title,
            "reached": reached,
            "emphasis": list(emphasis),
            "details": details or {},
        }
        self._write(Activity(on_day=day, **told, **self._by()), "activity:recorded", {"on": day, **told})

    def _evaluation(
        self, period_end: date, evaluated_on: date, findings: str, discussed_on: date | None = None
    ) -> None:
        told = {
            "period_end": period_end,
            "evaluated_on": evaluated_on,
            "discussed_on": discussed_on,
            "findings": findings,
        }
        self._write(Evaluation(**told, **self._by()), "evaluation:recorded", told)

    def _report(self, **told: Any) -> None:
        self._write(AnnualReport(**told, **self._by()), "annual-report:submitted", told)

    def _decision(self, **told: Any) -> None:
        agreement = self.session.scalars(
            select(Agreement)
            .where(Agreement.alliance_id == self.alliance.id)
            .order_by(Agreement.signed_on.desc())
            .limit(1)
        ).one()
        row = RenewalDecision(alliance_id=self.alliance.id, agreement_id=agreement.id, **told)
        self._write(row, "renewal:decided", told)

    def _notice(self, given_by: str, noticed_on: date, reason: str) -> None:
        signatory = self.session.scalars(
            select(Signatory).where(Signatory.alliance_id == self.alliance.id, Signatory.name == given_by)
        ).one()
        row = TerminationNotice(
            alliance_id=self.alliance.id, signatory_id=signatory.id, noticed_on=noticed_on, reason=reason
        )
        told = {"given_by": given_by, "noticed_on": noticed_on, "reason": reason}
        self._write(row, "termination-notice:given", told)

    def _work_plan(
        self,
        first: date,
        finalized_on: date,
        summary: str,
        milestones: tuple[dict[str, Any], ...] = (),
        activities: tuple[dict[str, Any], ...] = (),
    ) -> None:
        told = {"first": first, "finalized_on": finalized_on, "summary": summary, "activities": list(activities)}
        plan = WorkPlan(**told, **self._by())
        self.session.add(plan)
        self.session.flush()
        self._write(plan, "work-plan:recorded", {"plan": plan.id, **told, "milestones": list(milestones)})
        self.session.add_all(Milestone(work_plan_id=plan.id, **milestone) for milestone in milestones)

    def _product(self, **told: Any) -> None:
        self._write(Product(**told, **self._by()), "product:proposed", told)

    def _story(self, day: date, **told: Any) -> None:
        self._write(SuccessStory(on_day=day, **told, **self._by()), "success-story:recorded", {"on": day, **told})

    def _waiver(self, **told: Any) -> None:
        row = Waiver(alliance_id=self.alliance.id, subject=self._subject, recorded_at=self.now, **told)
        self._write(row, "waiver:given", told)

    def _done(self, **told: Any) -> None:
        self._write(Fulfilment(subject=self._subject, **told, **self._by()), f"{told['rule']}:done", told)

    def _planned_activity(self, day: date, **told: Any) -> None:
        row = PlannedActivity(alliance_id=self.alliance.id, on_day=day, **told)
        self._write(row, "planned-activity:recorded", {"on": day, **told})

    def _comments(self, offices: tuple[str, ...], **told: Any) -> None:
        for office_id in self.session.scalars(select(Office.id).where(Office.code.in_(offices))):
            self.session.add(CommentRequest(alliance_id=self.alliance.id, office_id=office_id, **told))
        audit.record(
            self.session,
            at=self.now,
            actor=self.by.name,
            action="comments:asked",
            subject=self._subject,
            data={"offices": list(offices), **told},
        )

    def _ending(self, **told: Any) -> None:
        self._write(Ending(alliance_id=self.alliance.id, **told), "alliance:concluded", told)
