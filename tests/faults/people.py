"""What people do in the lives that are compared: the same in every life of the same records' seed."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.alliances import Alliance
from models.duties import Obligation
from models.offices import Office, Person
from models.requests import Request
from operations.actor import identify, office_day
from operations.conclude.sign_renewal import sign_renewal
from operations.operate.record_evaluation import record_evaluation
from operations.operate.record_meeting import record_meeting
from operations.operate.submit_report import submit_report
from operations.read.assignable import find_assignable
from operations.read.requests import deciders_of
from operations.refusals import Refused
from operations.remind.ask_decision import ask_decision, decide_request
from operations.remind.assign_duty import assign_duty
from operations.remind.steer_reminder import snooze_reminder
from operations.remind.waive_duty import waive_duty
from policy.requests import RequestKind
from policy.rules import RULES
from tests.operations.gates import pass_gates

#: Who may record, sign and waive for every office of the sample.
DIRECTOR = "U0SAMPLE004"
#: Chances of a week that somebody does this about an open duty, in a hundred; of a request, that it is decided.
CHANCES = {"done": 6, "put off": 2, "assigned": 1, "asked": 1}
DECIDED = 30

Act = Callable[[Session, Obligation, date, datetime], None]


def live_a_week(sessions: sessionmaker[Session], seed: int, now: datetime) -> Counter[str]:
    """Do what people do in a week about the duties that are open; return how often what was done, and refused."""
    tally: Counter[str] = Counter()
    with sessions() as session:
        asked = set(session.scalars(select(Request.obligation_id).where(Request.status == "open")))
        duties = session.execute(
            select(Obligation.id, Office.timezone)
            .join(Office, Office.id == Obligation.office_id)
            .where(Obligation.settled.is_(None), Obligation.alliance_id.is_not(None))
            .order_by(Obligation.id)
        ).all()
    for id, timezone in duties:
        today = office_day(now, timezone)
        dice = Random(f"{seed}/{id}/{today}")  # noqa: S311  # to be replayed, not to be guessed
        (what,) = dice.choices(["", *CHANCES], [100 - sum(CHANCES.values()), *CHANCES.values()])
        if id in asked and dice.randrange(100) < DECIDED:
            what = "decided"
        if what:
            tally[what if _did(sessions, ACTS[what], id, today, now) else f"{what}: refused"] += 1
    return tally


def _did(sessions: sessionmaker[Session], act: Act, id: uuid.UUID, today: date, now: datetime) -> bool:
    try:
        with sessions.begin() as session:
            act(session, session.get_one(Obligation, id), today, now)
    except Refused:
        return False
    return True


def do(session: Session, duty: Obligation, today: date, now: datetime) -> None:
    """Do what a duty asks for, and waive what has no form of its own here.

    Raises:
        Refused: it cannot be done today.
    """
    by = identify(session, DIRECTOR, now=now)
    about: dict[str, Any] = {"alliance_id": duty.alliance_id, "by": by, "now": now}
    ends = date.fromisoformat((duty.period or str(today)).rpartition("/")[2])
    match RULES[duty.rule].resolved_by:
        case "record_meeting":
            record_meeting(session, on=today, held=True, format="teleconference", **about)
        case "submit_report":
            submit_report(session, period_end=ends, submitted_on=today, **about)
        case "record_evaluation":
            record_evaluation(
                session, period_end=ends, evaluated_on=today, discussed_on=today, findings="As it should be", **about
            )
        case "decide_renewal":
            pass_gates(session, session.get_one(Alliance, duty.alliance_id), by, on=today, now=now)
            sign_renewal(session, signed_on=today, term_years=3, **about)
        case _:
            waive_duty(session, obligation_id=duty.id, reason="No longer asked for", by=by, now=now)


def put_off(session: Session, duty: Obligation, today: date, now: datetime) -> None:
    """Put a duty's reminder off by five days.

    Raises:
        Refused: its date lies before.
    """
    by = identify(session, DIRECTOR, now=now)
    snooze_reminder(
        session, obligation_id=duty.id, until=today + timedelta(days=5), reason="Away until then", by=by, now=now
    )


def assign(session: Session, duty: Obligation, _today: date, now: datetime) -> None:
    """Assign a duty to who is the nearest to it.

    Raises:
        Refused: that person has it.
    """
    by = identify(session, DIRECTOR, now=now)
    assign_duty(session, obligation_id=duty.id, person_id=_nearest(session, duty, now).id, by=by, now=now)


def ask(session: Session, duty: Obligation, today: date, now: datetime) -> None:
    """Ask an official above to put a duty off past its date.

    Raises:
        Refused: it is asked already, or there is nobody above.
    """
    by = identify(session, _nearest(session, duty, now).slack_id, now=now)
    until = max(today, duty.due_on) + timedelta(days=10)
    about: dict[str, Any] = {"kind": RequestKind.SNOOZE, "until": until, "reason": "The hall is closed"}
    ask_decision(session, obligation_id=duty.id, by=by, now=now, **about)


def decide(session: Session, duty: Obligation, today: date, now: datetime) -> None:
    """Decide what is asked about a duty, on even days by agreeing.

    Raises:
        Refused: the day that was asked for has come.
    """
    request = session.scalars(select(Request).where(Request.obligation_id == duty.id, Request.status == "open")).one()
    deciders = deciders_of(session, request, duty, now=now)
    by = identify(session, deciders[0].person.slack_id, now=now)
    decide_request(session, request_id=request.id, approve=today.day % 2 == 0, why="It can wait", by=by, now=now)


def _nearest(session: Session, duty: Obligation, now: datetime) -> Person:
    """Return the first of those who can be given a duty.

    Raises:
        Refused: there is nobody.
    """
    for id, _ in find_assignable(session, duty.id, now=now):
        return session.get_one(Person, id)
    raise Refused("Nobody is there who could do it.")


ACTS: dict[str, Act] = {"done": do, "put off": put_off, "assigned": assign, "asked": ask, "decided": decide}
