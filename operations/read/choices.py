"""The choices that a form offers: agreement years, terms, signatories, running notices, offices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, literal, or_, select, true
from sqlalchemy.orm import Session

from models.alliances import Agreement, Alliance, AllianceOffice, Signatory
from models.names import FormerName
from models.offices import Office
from models.plans import CommentRequest
from operations.actor import Actor, office_day, offices_below
from operations.gather_facts import Gathered
from operations.gather_gate_facts import commenting_offices
from operations.read.merged import gather_standing
from policy.duties import Due
from policy.subjects import DRAFT


@dataclass(frozen=True, slots=True)
class AllianceChoices:
    """What the forms about one alliance need to know to offer the right choices."""

    id: int
    name: str
    of: Gathered
    #: What day it is at the lead office.
    today: date
    signed_on: date | None
    #: Unsettled duties first, then settled ones, the latest first in each.
    duties: tuple[Due, ...]
    #: (id, name) of the outside signatories who take part.
    signatories: tuple[tuple[int, str], ...]
    #: (id, who gave it, its date) of the notices that still run.
    notices: tuple[tuple[int, str, date], ...]
    #: (id, date of signing) of the latest agreement; None before the first is signed.
    latest_agreement: tuple[int, date] | None

    def of_rule(self, rule: str) -> tuple[Due, ...]:
        """Return the duties of one rule."""
        return tuple(due for due in self.duties if due.rule == rule)


def alliance_choices(session: Session, alliance_id: int, *, now: datetime) -> AllianceChoices:
    """Gather the choices for the forms about an alliance.

    Raises:
        Refused: There is none of that id.
    """
    of = gather_standing(session, alliance_id)
    today = office_day(now, of.timezone)
    agreements = of.facts.as_of(today).agreements
    duties = sorted(of.duties_on(today), key=lambda due: (not due.status.unsettled, -due.due_on.toordinal()))
    signatories = session.execute(
        select(Signatory.id, Signatory.name)
        .where(Signatory.alliance_id == of.facts.id, Signatory.left_on.is_(None))
        .order_by(Signatory.id)
    )
    return AllianceChoices(
        id=of.facts.id,
        name=of.facts.name,
        of=of,
        today=today,
        signed_on=agreements[0].signed_on if agreements else None,
        duties=tuple(duties),
        signatories=tuple((id, name) for id, name in signatories),
        notices=tuple(
            (notice.id, notice.given_by, notice.noticed_on)
            for notice in of.facts.notices
            if notice.withdrawn_on is None and notice.ended_on is None
        ),
        latest_agreement=(agreements[-1].id, agreements[-1].signed_on) if agreements else None,
    )


def alliances_of(session: Session, by: Actor) -> list[tuple[int, str]]:
    """List (id, name) of the alliances of a person's offices, by name; of the offices below where those have none."""
    below = {code for office in by.offices for code in offices_below(session, office)}
    return _alliances_at(session, set(by.offices)) or _alliances_at(session, below)


def _alliances_at(session: Session, codes: set[str]) -> list[tuple[int, str]]:
    return [
        (id, name)
        for id, name in session.execute(
            select(Alliance.id, Alliance.name)
            .join(AllianceOffice, AllianceOffice.alliance_id == Alliance.id)
            .join(Office, Office.id == AllianceOffice.office_id)
            .where(Office.code.in_(codes))
            .distinct()
            .order_by(Alliance.name)
        )
    ]


def find_offices(session: Session, words: str, *, limit: int = 20) -> list[tuple[str, str]]:
    """List (code, name) of the offices whose name, of today or before, code or city holds the words, by name."""
    typed = words.strip()
    former = select(FormerName.office_id).where(FormerName.name.icontains(typed, autoescape=True))
    holds = or_(*(c.icontains(typed, autoescape=True) for c in (Office.name, Office.code, Office.city)))
    rows = session.scalars(
        select(Office)
        .where(or_(holds, Office.id.in_(former)) if typed else true(), Office.kind != "external")
        .where(or_(Office.closed_on.is_(None), literal(bool(typed))))
        .order_by(Office.name)
    )
    # One that was merged into another is found by its name, and stands for the other.
    found = dict(sorted({_standing(session, row) for row in rows}, key=lambda pair: pair[1]))
    return list(found.items())[:limit]


def _standing(session: Session, office: Office) -> tuple[str, str]:
    """Return (code, name) of an office, or of the one that took over from it."""
    while office.successor_id is not None:
        office = session.get_one(Office, office.successor_id)
    return office.code, office.name


def alliances_run_by(session: Session, code: str) -> list[tuple[int, str]]:
    """List (id, name) of the alliances in which an office takes part, by name."""
    return _alliances_at(session, {code})


def office_names(session: Session, codes: Sequence[str]) -> list[tuple[str, str]]:
    """List (code, name) of some offices, by name."""
    rows = session.execute(select(Office.code, Office.name).where(Office.code.in_(codes)).order_by(Office.name))
    return [(code, name) for code, name in rows]


def offices_to_ask(session: Session, alliance_id: int, subject: str = DRAFT) -> list[tuple[str, str]]:
    """List (code, name) of the offices that comment on a paper: each region, and each directorate but the asking one.

    Those that are being asked about this alliance are left out; who was asked about an agreement that was signed since
    is not.
    """
    signed = select(func.max(Agreement.signed_on)).where(Agreement.alliance_id == alliance_id)
    since = session.scalar(signed) or date.min
    asked = set(
        session.scalars(
            select(Office.code)
            .join(CommentRequest, CommentRequest.office_id == Office.id)
            .where(
                CommentRequest.alliance_id == alliance_id,
                CommentRequest.subject == subject,
                CommentRequest.answered_on.is_(None),
                CommentRequest.asked_on > since,
            )
        )
    )
    return [(code, name) for code, name in commenting_offices(session) if code not in asked]


def office_above(session: Session, office_code: str) -> tuple[str, str] | None:
    """Return (code, name) of the office above; None at the top."""
    here = select(Office.parent_id).where(Office.code == office_code).scalar_subquery()
    row = session.execute(select(Office.code, Office.name).where(Office.id == here)).one_or_none()
    return None if row is None else (row.code, row.name)
