"""The operations that ask for a right, each with a way to call it on a small portfolio."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Agreement, Alliance, Ending, RenewalDecision, TerminationNotice
from models.audit import write_noted
from models.duties import Obligation
from models.offices import Office, Position
from models.plans import CommentRequest, Milestone, PlannedActivity, WorkPlan
from models.requests import Request
from models.settlements import Fulfilment
from models.work import AnnualReport
from operations.actor import Actor
from operations.operate.record_work_plan import record_work_plan
from operations.read.marked_words import undecided_of
from operations.records.withdraw_record import withdraw_record
from operations.remind.ask_decision import ask_decision, decide_request, withdraw_request
from policy.facts import Recommendation
from policy.requests import RequestKind
from policy.rights import HeldPosition, Role, Verb
from tests.operations.conftest import NOW, TODAY, Portfolio

OWN, BELOW, ABOVE, BESIDE, UNIT = "own", "below", "above", "beside", "unit"
#: Where a position is held, by where what is done then stands from there: at the own office, below, above, beside;
#: "unit" is a unit of the National Office that runs its alliances.
OF_AN_AREA = {OWN: "0317300", BELOW: "REG-PHI", ABOVE: "0317301", BESIDE: "0418800", UNIT: "DCSP"}
OF_THE_NATIONAL = {OWN: "OSHA-NO", ABOVE: "REG-PHI", BESIDE: "SOL", UNIT: "DCSP"}
OF_THE_PROGRAM = {OWN: "DCSP", BELOW: "OSHA-NO", ABOVE: "REG-PHI", BESIDE: "SOL", UNIT: "OOSA"}
OF_A_REGION_ASKED = {OWN: "REG-PHI", BELOW: "OSHA-NO", ABOVE: "0317300", BESIDE: "REG-ATL", UNIT: "DCSP"}
#: The seats of which a unit of the National Office counts as the office itself.
WITH_UNIT = (OF_THE_NATIONAL, OF_THE_PROGRAM, OF_A_REGION_ASKED)

YEAR_END, YEAR_FIRST = date(2025, 12, 9), date(2025, 12, 10)
LONG_AGO = TODAY - timedelta(days=60)


@dataclass
class World:
    """A portfolio in which each operation has something to be done with."""

    session: Session
    made: Portfolio
    area: Alliance
    national: Alliance
    #: Old enough to become an Ambassador.
    veteran: Alliance
    #: Signed ten days ago.
    fresh: Alliance
    #: Holds every position at the National Office.
    chief: Actor
    #: The Alliance Coordinator of the area office, whom the others ask and assign.
    ada: Actor
    #: The person who gets one position after the other.
    held_by: Actor
    kept: dict[str, Any] = field(default_factory=dict)

    def office(self, code: str) -> Office:
        """Return an office."""
        return self.session.scalars(select(Office).where(Office.code == code)).one()

    def duty(self, rule: str, alliance: Alliance | None = None) -> Obligation:
        """Return an open duty."""
        of = (alliance or self.area).id
        query = select(Obligation).where(Obligation.rule == rule, Obligation.alliance_id == of)
        return self.session.scalars(query.where(Obligation.settled.is_(None)).order_by(Obligation.due_on)).first()

    def add(self, row: Any) -> Any:
        """Put a row on record; return its id, where it has one."""
        self.session.add(row)
        self.session.flush()
        return getattr(row, "id", None)

    def holder(self, role: Role, seat: str) -> Actor:
        """Return who holds one position and nothing else."""
        return replace(self.held_by, positions=(HeldPosition(role, seat),), offices=(seat,))

    def noted(self, record: str | None) -> str:
        """Write the audit, where what is to be undone is looked for; return the record."""
        write_noted(self.session)
        return record or ""


@dataclass(frozen=True)
class Row:
    """An operation, the right that it takes, and a call of it that succeeds for who has the right."""

    operation: Callable[..., Any]
    verb: Verb
    call: Callable[[World, dict[str, Any]], Any]
    seats: Mapping[str, str] = field(default_factory=lambda: OF_AN_AREA)
    #: Puts on record what the call needs.
    prepare: Callable[[World], Any] | None = None
    #: Refused although the position allows it, for another reason: (role, relation).
    barred: frozenset[tuple[Role, str]] = frozenset()
    #: Whether the position has to be on record, for what looks for who holds which.
    on_record: bool = False
    #: What tells it from other rows of the operation.
    what: str = ""

    @property
    def name(self) -> str:
        """What the test is called."""
        return f"{self.operation.__name__}{f': {self.what}' if self.what else ''}"


def of_area(operation: Callable[..., Any], verb: Verb, **told: Any) -> Row:
    """Return the row of an operation on the area alliance that needs nothing on record."""
    return Row(operation, verb, lambda w, by: operation(w.session, alliance_id=w.area.id, **told, **by))


def of_duty(operation: Callable[..., Any], verb: Verb, **told: Any) -> Row:
    """Return the row of an operation on an open duty."""
    return Row(operation, verb, lambda w, by: operation(w.session, obligation_id=w.duty("meetings").id, **told, **by))


def undo(operation: Callable[..., Any], verb: Verb, prepare: Callable[[World], str], what: str = "") -> Row:
    """Return the row of an operation that undoes a record made by the chief."""
    return Row(
        operation,
        verb,
        lambda w, by: operation(w.session, record=w.kept["prepared"], **by),
        prepare=lambda w: w.noted(prepare(w)),
        what=what,
    )


def chief(w: World) -> dict[str, Any]:
    """Return who does something beforehand, and when."""
    return {"by": w.chief, "now": NOW}


def agreement(w: World) -> int:
    """Return the latest agreement."""
    query = select(Agreement.id).where(Agreement.alliance_id == w.area.id)
    return w.session.scalars(query.order_by(Agreement.signed_on.desc()).limit(1)).one()


def extension(w: World) -> str:
    """Put a conditional extension on record."""
    decision = RenewalDecision(
        alliance_id=w.area.id,
        agreement_id=agreement(w),
        recommendation=Recommendation.EXTEND.value,
        reasons="One meeting is missing.",
        recommended_on=LONG_AGO,
        decided_on=LONG_AGO,
        extended_until=date(2027, 6, 30),
        expectations="Two meetings",
    )
    return f"decision:{w.add(decision)}"


def report(w: World, **more: Any) -> int:
    """Put a submitted report on record."""
    told = {"period_end": YEAR_END, "submitted_on": TODAY, "recorded_at": NOW}
    return w.add(AnnualReport(alliance_id=w.area.id, **told, **more))


def asked(w: World, kind: RequestKind = RequestKind.WAIVE) -> uuid.UUID:
    """Let the coordinator ask for a decision."""
    until = None if kind is RequestKind.WAIVE else TODAY + timedelta(days=90)
    duty = w.duty("meetings").id
    ask_decision(w.session, obligation_id=duty, kind=kind, until=until, reason="Nobody is left", by=w.ada, now=NOW)
    return w.session.scalars(select(Request.id).where(Request.obligation_id == duty)).one()


def agreed_snooze(w: World) -> str:
    """Let an official agree to a snooze past the legal date."""
    return decide_request(w.session, request_id=asked(w, RequestKind.SNOOZE), approve=True, **chief(w)).record


def ask_oneself(w: World, by: dict[str, Any]) -> Any:
    """Ask and take it back, as who asked does."""
    duty = w.duty("meetings").id
    if Verb.ASK not in w.kept["rights"]:
        return withdraw_request(w.session, obligation_id=duty, **by)
    ask_decision(w.session, obligation_id=duty, kind=RequestKind.WAIVE, reason="Nobody is left", **by)
    return withdraw_request(w.session, obligation_id=duty, **by)


def marked(w: World) -> tuple[str, str]:
    """Record words that are marked."""
    plan = record_work_plan(
        w.session,
        alliance_id=w.area.id,
        first=YEAR_FIRST,
        finalized_on=TODAY,
        summary="OSHA endorses the products of the participants.",
        **chief(w),
    ).record
    return plan, undecided_of(w.session, plan)[0].about


def activity() -> dict[str, Any]:
    """Return an activity."""
    return {"kind": "outreach", "on": TODAY, "title": "A fair", "reached": 9, "emphasis": [], "details": {}}


def withdrawn(what: str, verb: Verb, prepare: Callable[[World], str]) -> Row:
    """Return the row of a record that is withdrawn."""
    return undo(withdraw_record, verb, prepare, what)


def work_plan(w: World) -> int:
    """Put a work plan on record."""
    return w.add(
        WorkPlan(alliance_id=w.area.id, first=YEAR_FIRST, finalized_on=YEAR_FIRST, summary="As agreed", recorded_at=NOW)
    )


def milestone(w: World, **more: Any) -> int:
    """Put a milestone of a work plan on record."""
    return w.add(Milestone(work_plan_id=work_plan(w), title="A fair", due_on=TODAY, person="Ada", **more))


def done(w: World, rule: str) -> int:
    """Put on record that a duty was done."""
    subject = f"agreement:{agreement(w)}"
    return w.add(Fulfilment(alliance_id=w.area.id, rule=rule, subject=subject, done_on=TODAY, recorded_at=NOW))


def comment(w: World, **more: Any) -> int:
    """Put a request for a comment on record."""
    office = w.office("REG-PHI").id
    return w.add(CommentRequest(alliance_id=w.national.id, office_id=office, asked_on=TODAY, **more))


def planned(w: World, **more: Any) -> int:
    """Put a planned activity on record."""
    told = {"on_day": TODAY + timedelta(days=40), "place": "Ohio", "title": "Talk", "recorded_on": TODAY}
    return w.add(PlannedActivity(alliance_id=w.national.id, **told, **more))


def notice(w: World, **more: Any) -> int:
    """Put a 30-day notice on record."""
    return w.add(TerminationNotice(alliance_id=w.area.id, noticed_on=LONG_AGO, reason="Goals not met", **more))


def ending(w: World, kind: str = "concluded") -> int:
    """Put the end of the alliance on record."""
    w.add(Ending(alliance_id=w.area.id, kind=kind, ended_on=TODAY, reason="mutual completion"))
    return w.area.id


def renewal(w: World) -> int:
    """Put a signed renewal on record."""
    told = {"renewal": True, "term_years": 5, "edition": "CSP 04-01-003"}
    return w.add(Agreement(alliance_id=w.area.id, signed_on=TODAY, **told))


def position(w: World) -> int:
    """Return the position of the coordinator."""
    return w.session.scalars(select(Position.id).where(Position.person_id == w.ada.person_id)).one()


ASKS_ABOVE = frozenset({(Role.OOSA_DIRECTOR, ABOVE), (Role.OOSA_DIRECTOR, BESIDE)})
NATIONAL = {"seats": OF_THE_NATIONAL}
