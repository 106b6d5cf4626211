"""What is exported: rows with all that is on record of them, how long to keep them, and what is on hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from models.alliances import Agreement, Alliance, AllianceOffice, Ending, Signatory
from models.duties import Message, Notice, Obligation
from models.offices import Office, Person
from models.work import Activity, Meeting
from operations.read.retention import read_audit_rows, read_retention
from policy.retention import Kind, kept_until


class What(StrEnum):
    """What can be exported."""

    ALLIANCES = "alliances"
    ACTIVITIES = "activities"
    MEETINGS = "meetings"
    OBLIGATIONS = "obligations"
    NOTICES = "notices"
    AUDIT = "audit"


Row = dict[str, object]
#: What stands at the end of each row.
KEPT = ("schedule", "keep_until", "hold")
AUDIT = ("seq", "at", "actor", "action", "subject", "alliance", "data", "salt", "previous", "hash", *KEPT)
#: What only the program needs.
_INNER = {
    "quiet",
    "checked_under",
    "check_failure",
    "is_sample",
    "alliance_id",
    "office_id",
    "recorded_by_id",
    "assigned_to_id",
}


def read_rows(
    session: Session, what: What, *, offices: Collection[str] | None = None
) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Return the columns of what is exported, and its rows in order; also what was withdrawn, which says so.

    `offices` are the codes of those whose alliances and duties are wanted; None: of all. The audit is one for all.
    """
    if what is What.AUDIT:
        return AUDIT, read_audit_rows(session)
    query = _QUERIES[what]()
    if offices is not None:
        query = query.where(_of_offices(what, offices))
    lists = _lists(session) if what is What.ALLIANCES else {}
    columns = tuple(column.name for column in query.selected_columns if column.name not in _INNER)
    return (*columns, *lists, *KEPT), _read(session, what, query, columns, lists)


def _read(
    session: Session,
    what: What,
    query: Select[*tuple[Any, ...]],
    columns: tuple[str, ...],
    lists: dict[str, dict[int, list[str]]],
) -> Iterator[Row]:
    kept = read_retention(session)
    kind = Kind.MESSAGES if what is What.NOTICES else Kind.ALLIANCES
    keeping = next(each for each in kept.kinds if each.kind is kind)
    ended = {row.alliance_id: row.ended_on for row in session.scalars(select(Ending))}
    holds = {hold.alliance_id: hold.reason for hold in kept.holds}
    merged = {id: into for id, into in session.execute(_MERGED)}  # noqa: C416 - a Row
    rows = session.execute(query.execution_options(yield_per=1000)).mappings()
    for row in rows:
        of = whose = row["alliance_id"]
        # What stayed with one that was entered twice goes with the one that has its records.
        while whose in merged:
            whose = merged[whose]
        event = _day(row["sent_at"]) if what is What.NOTICES else ended.get(whose)
        until = None if event is None or keeping.keep_years is None else kept_until(event, keeping.keep_years)
        yield (
            {name: _plain(row[name]) for name in columns}
            | {name: of_alliance.get(of, []) for name, of_alliance in lists.items()}
            | {"schedule": keeping.schedule, "keep_until": until, "hold": holds.get(None, holds.get(whose))}
        )


def _of_offices(what: What, codes: Collection[str]) -> ColumnElement[bool]:
    """Say which rows are of these offices: those of their alliances, and their own duties of the program."""
    at = select(Office.id).where(Office.code.in_(codes))
    alliances = select(AllianceOffice.alliance_id).where(AllianceOffice.office_id.in_(at))
    ids = {What.ALLIANCES: Alliance.id, What.ACTIVITIES: Activity.alliance_id, What.MEETINGS: Meeting.alliance_id}
    if what in ids:
        return ids[what].in_(alliances)
    own = and_(Obligation.alliance_id.is_(None), Obligation.office_id.in_(at))
    return or_(Obligation.alliance_id.in_(alliances), own)


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(UTC).date()


def _plain(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _of(table: type[Activity | Meeting]) -> Select[*tuple[Any, ...]]:
    query = select(Alliance.name.label("alliance"), *table.__table__.columns, Person.name.label("recorded_by"))
    joined = query.join(Alliance, Alliance.id == table.alliance_id).outerjoin(Person, Person.id == table.recorded_by_id)
    return joined.order_by(table.id)


def _alliances() -> Select[*tuple[Any, ...]]:
    columns = (column for column in Alliance.__table__.columns if column.name != "id")
    ending = (Ending.kind.label("ended_as"), Ending.ended_on, Ending.reason.label("ended_because"))
    # The id twice: as what it is, and as what the others call it.
    query = select(Alliance.id, Alliance.id.label("alliance_id"), *columns, *ending)
    return query.outerjoin(Ending, Ending.alliance_id == Alliance.id).order_by(Alliance.id)


def _obligations() -> Select[*tuple[Any, ...]]:
    query = select(Alliance.name.label("alliance"), Office.code.label("office"), *Obligation.__table__.columns)
    joined = query.outerjoin(Alliance, Alliance.id == Obligation.alliance_id)
    return joined.join(Office, Office.id == Obligation.office_id).order_by(Obligation.due_on, Obligation.id)


def _notices() -> Select[*tuple[Any, ...]]:
    duty = (Obligation.alliance_id, Alliance.name.label("alliance"), Obligation.rule, Obligation.period)
    message = (Message.channel, Message.ts, Message.sent_at, Message.words)
    query = select(*duty, *Notice.__table__.columns, *message)
    joined = query.join(Obligation, Obligation.id == Notice.obligation_id)
    joined = joined.outerjoin(Alliance, Alliance.id == Obligation.alliance_id)
    return joined.outerjoin(Message, Message.id == Notice.message_id).order_by(Notice.day, Notice.id)


_QUERIES = {
    What.ALLIANCES: _alliances,
    What.ACTIVITIES: lambda: _of(Activity),
    What.MEETINGS: lambda: _of(Meeting),
    What.OBLIGATIONS: _obligations,
    What.NOTICES: _notices,
}

_MERGED = select(Alliance.id, Alliance.merged_into_id).where(Alliance.merged_into_id.is_not(None))


def _lists(session: Session) -> dict[str, dict[int, list[str]]]:
    """Return what an alliance has several of, by its id: offices (the lead office first), signatories, signings."""
    found: dict[str, dict[int, list[str]]] = {"offices": {}, "signatories": {}, "signed_on": {}}
    offices = select(AllianceOffice.alliance_id, Office.code).join(Office, Office.id == AllianceOffice.office_id)
    for name, query in (
        ("offices", offices.order_by(AllianceOffice.rank)),
        ("signatories", select(Signatory.alliance_id, Signatory.name).order_by(Signatory.id)),
        ("signed_on", select(Agreement.alliance_id, Agreement.signed_on).order_by(Agreement.signed_on)),
    ):
        for id, said in session.execute(query):
            found[name].setdefault(id, []).append(str(said))
    return found
