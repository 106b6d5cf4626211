"""All that a person's Home tab shows, and the page that they print of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.approvals import Approval, ApprovalDecision
from models.offices import Office, Person, Position
from operations.actor import Actor, identify, office_day, own_name
from operations.read.answers import NOTHING, Answers, read_answers
from operations.read.approvals import ApprovalShown, list_asked, list_to_approve
from operations.read.duties import Owed
from operations.read.mine import MyAlliance, read_mine
from operations.read.people import HeldBy, When, held_positions
from operations.read.requests import Requested, open_requests
from policy.approval import ApprovalStatus, Verdict
from policy.duties import Modality
from policy.rights import Role

#: Calendar days for which it is told what was decided for somebody.
TOLD_DAYS = 30
#: Who gives positions, of whom so many are named.
MOST_ADMINISTRATORS = 5


class By(StrEnum):
    """By when a duty has to be done; the values are the headings."""

    DECIDE = "Waiting for your decision"
    LATE = "Overdue or past target"
    WEEK = "This week"
    SOON = "In the next 30 days"
    LATER = "Later"
    POSSIBLE = "Possible, not asked for"


SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class HomeDuty:
    """A duty, and what people answered to its reminders."""

    owed: Owed
    answers: Answers


@dataclass(frozen=True, slots=True)
class DecidedFor:
    """What a designee decided for an official."""

    by: str
    verdict: Verdict
    alliance: str
    on: date


@dataclass(frozen=True, slots=True)
class AskedOfDuty:
    """What a person asked an official to decide on a duty, and nobody did yet."""

    alliance: str
    rule: str
    request: Requested


@dataclass(frozen=True, slots=True)
class Home:
    """The work of one person on a day."""

    slack_id: str
    name: str
    #: The day at their first office; in UTC where they hold no position.
    today: date
    #: Whether somebody entered them at all.
    on_record: bool
    #: What they hold today in their own name.
    positions: tuple[HeldBy, ...]
    #: In order of the groups, in each in order of due date.
    duties: Mapping[By, tuple[HomeDuty, ...]]
    to_approve: tuple[ApprovalShown, ...]
    alliances: tuple[MyAlliance, ...]
    #: Who acts for them, today or later; for whom they act; and what was decided for them lately.
    designees: tuple[HeldBy, ...]
    acting: tuple[HeldBy, ...]
    decided_for: tuple[DecidedFor, ...]
    #: What they asked for that is open, each with who has it.
    asked: tuple[ApprovalShown, ...]
    asked_of_duties: tuple[AskedOfDuty, ...]
    #: Names of those who can give positions, where this person holds none.
    administrators: tuple[str, ...]
    #: The ids of the alliances of which it tells.
    alliance_ids: frozenset[int]
    #: What could not be worked out, each a sentence.
    gaps: tuple[str, ...]

    @property
    def is_new(self) -> bool:
        """Whether there is nothing that is theirs yet."""
        parts = (self.duties, self.to_approve, self.alliances, self.designees, self.acting, self.asked)
        return not any(parts) and not self.asked_of_duties

    @property
    def open_duties(self) -> int:
        """How many duties are theirs; what waits for a decision is among them, what nobody has to do is not."""
        return sum(len(duties) for by, duties in self.duties.items() if by is not By.POSSIBLE)


def read_home(session: Session, slack_id: str, *, now: datetime, name: str | None = None) -> Home:
    """Read the Home of a person; who is not on record has one that says how to begin."""
    by, failed = identify(session, slack_id, now=now, name=name), list[str]()
    mine = read_mine(session, by, now=now, failed=failed)
    duties = _grouped(session, slack_id, mine.owed, now=now)
    held = () if by.person_id is None else held_positions(session, by.person_id, now=now)
    asked = [one for one in list_asked(session, by.person_id, now=now) if one.status is ApprovalStatus.OPEN]
    requests = [] if by.person_id is None else list(_requests(session, by.person_id, now=now))
    to_approve = list_to_approve(session, slack_id, now=now)
    approvals = [*to_approve, *asked]
    ids = {id for o in mine.owed if (id := o.of.alliance_id) is not None} | {a.alliance_id for a in approvals}
    ids |= {one.listed.id for one in mine.alliances} | {id for id, _ in requests if id is not None}
    acting, designees = _designees(held, slack_id)
    return Home(
        slack_id=slack_id,
        name=own_name(session, by),
        today=office_day(now, _timezone(session, by)),
        on_record=by.person_id is not None,
        positions=tuple(h for h in held if h.when is When.NOW and h.slack_id == slack_id and h.acting_for is None),
        duties=duties,
        to_approve=tuple(to_approve),
        alliances=mine.alliances,
        designees=designees,
        acting=acting,
        decided_for=tuple(_decided_for(session, by, now=now)),
        asked=tuple(asked),
        asked_of_duties=tuple(one for _, one in requests),
        administrators=() if by.positions else _administrators(session, now=now),
        alliance_ids=frozenset(ids),
        gaps=tuple(dict.fromkeys(failed)),
    )


def _grouped(
    session: Session, slack_id: str, owed: tuple[Owed, ...], *, now: datetime
) -> dict[By, tuple[HomeDuty, ...]]:
    """Group what is to be done; nobody has to use a permission."""
    answers = read_answers(session, [o.due.id for o in owed], now=now)
    found: dict[By, list[HomeDuty]] = {by: [] for by in By}
    for o in owed:
        duty = HomeDuty(o, answers.get(o.due.id, NOTHING))
        found[_by(duty, slack_id)].append(duty)
    return {by: tuple(duties) for by, duties in found.items() if duties}


def _by(duty: HomeDuty, slack_id: str) -> By:
    due, on, request = duty.owed.due, duty.owed.on, duty.answers.request
    if request is not None and slack_id in request.asked:
        return By.DECIDE
    if due.modality is Modality.PERMISSION:
        return By.POSSIBLE
    if due.due_on < on:
        return By.LATE
    if due.due_on <= on + timedelta(days=6 - on.weekday()):
        return By.WEEK
    return By.SOON if due.due_on <= on + SOON else By.LATER


def _designees(held: tuple[HeldBy, ...], slack_id: str) -> tuple[tuple[HeldBy, ...], tuple[HeldBy, ...]]:
    """Return for whom a person acts, and who acts for them, today or later."""
    acting = [h for h in held if h.acting_for is not None and h.when is not When.PAST]
    return tuple(h for h in acting if h.slack_id == slack_id), tuple(h for h in acting if h.slack_id != slack_id)


def _requests(session: Session, person_id: int, *, now: datetime) -> Iterator[tuple[int | None, AskedOfDuty]]:
    mine = open_requests(session, asked_by=person_id, now=now)
    rows = select(Alliance.id, Alliance.name).where(Alliance.id.in_({row.alliance_id for row, _ in mine}))
    names = {id: name for id, name in session.execute(rows)} if mine else {}  # noqa: C416 - a Row
    for row, request in mine:
        yield row.alliance_id, AskedOfDuty(names.get(row.alliance_id or 0, "The program"), row.rule, request)


def _decided_for(session: Session, by: Actor, *, now: datetime) -> Iterator[DecidedFor]:
    if by.person_id is None:
        return
    rows = session.execute(
        select(ApprovalDecision, Alliance.name)
        .join(Approval, Approval.id == ApprovalDecision.approval_id)
        .join(Alliance, Alliance.id == Approval.alliance_id)
        .where(
            ApprovalDecision.acting_for_id == by.person_id,
            ApprovalDecision.withdrawn_at.is_(None),
            ApprovalDecision.decided_at >= now - timedelta(days=TOLD_DAYS),
        )
        .order_by(ApprovalDecision.decided_at.desc())
    )
    for row, alliance in rows:
        yield DecidedFor(row.decided_by, Verdict(row.verdict), alliance, row.on_day)


def _timezone(session: Session, by: Actor) -> str:
    if not by.offices:
        return "UTC"
    return session.scalars(select(Office.timezone).where(Office.code == by.offices[0])).one()


def _administrators(session: Session, *, now: datetime) -> tuple[str, ...]:
    rows = session.execute(
        select(Person.name, Position.held_from, Position.held_until, Office)
        .join(Person, Person.id == Position.person_id)
        .join(Office, Office.id == Position.office_id)
        .where(Position.role == Role.ADMINISTRATOR)
        .order_by(Office.parent_id.is_not(None), Person.name)
    )
    held = [(name, first, last or date.max, office_day(now, office.timezone)) for name, first, last, office in rows]
    names = dict.fromkeys(name for name, first, last, today in held if first <= today <= last)
    return tuple(names)[:MOST_ADMINISTRATORS]
