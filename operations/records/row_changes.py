"""What an import did to the rows of its tables, and how that is taken back as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Table, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.base import Base
from operations.hands.lock_hands import lock_hands
from operations.records.close_import import lock_imports
from operations.records.import_for import Imported
from operations.records.open_alliance import lock_alliances
from operations.refusals import Refused

#: The tables that an import writes to, each before those that refer to it.
WRITTEN: dict[Imported, tuple[str, ...]] = {
    Imported.ALLIANCES: ("alliances", "alliance_offices", "signatories", "agreements", "endings"),
    Imported.PEOPLE: ("people", "positions"),
    Imported.OFFICES: ("offices",),
}
#: What the rule check keeps for itself.
_OURS = ["quiet", "checked_under", "check_failure"]
#: What follows from the records of an alliance by itself; `_refuse_acted_on` looks at it.
_FOLLOWS = frozenset({"obligations"})

Rows = dict[tuple[str, str], dict[str, Any]]


def snapshot(session: Session, what: Imported) -> Rows:
    """Return every row of the tables that such an import writes to, by table and key; nobody else writes from here on.

    It is what the transaction begins with: see `lock_hands`.
    """
    lock_imports(session)
    if what is Imported.ALLIANCES:
        lock_alliances(session, None)
    else:
        lock_hands(session)
    session.flush()
    found: Rows = {}
    for name in WRITTEN[what]:
        keys = [column.name for column in _table(name).primary_key]
        query = text(f"select to_jsonb(t) - cast(:ours as text[]) from {name} t")  # noqa: S608 - a name of our own
        for row in session.scalars(query, {"ours": _OURS}):
            found[name, json.dumps([row[key] for key in keys])] = row
    return found


def changes(before: Rows, after: Rows) -> list[dict[str, Any]]:
    """Return what differs, each with the row before and after; None where there was or is none."""
    return [
        {"table": at[0], "key": at[1], "before": before.get(at), "after": after.get(at)}
        for at in {**before, **after}
        if before.get(at) != after.get(at)
    ]


def take_back(session: Session, what: Imported, done: Iterable[Mapping[str, Any]]) -> None:
    """Bring the rows back to what they were before.

    Raises:
        Refused: One was changed since, or something has been built on it.
    """
    done = list(done)
    now = snapshot(session, what)
    for each in done:
        if now.get((each["table"], each["key"])) != each["after"]:
            raise Refused(f"{_named(each, done)} was changed since; correct it instead.")
    for each in done:
        if each["before"] is None:
            _refuse_built_on(session, each, done)
    try:
        with session.begin_nested():
            _write_back(session, sorted(done, key=lambda each: WRITTEN[what].index(each["table"])))
    except IntegrityError:
        raise Refused("What it wrote and what was recorded since no longer go apart; correct it instead.") from None
    session.expire_all()


def _write_back(session: Session, done: list[Mapping[str, Any]]) -> None:
    """Write rows as they were, of tables in their order: what is new goes first, or last where others refer to it."""
    for each in reversed(done):
        if _is_link(each) or (each["before"] is None and not _refers_to_itself(each)):
            _delete(session, each)
    for each in done:
        if each["before"] is not None and (each["after"] is None or _is_link(each)):
            _insert(session, each)
        elif each["before"] is not None:
            _update(session, each)
    for each in reversed(done):
        if each["before"] is None and _refers_to_itself(each):
            _delete(session, each)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _is_link(each: Mapping[str, Any]) -> bool:
    """Whether a row is nothing but its keys and a rank, which is unique, too."""
    return bool(each["table"] == "alliance_offices")


def _refers_to_itself(each: Mapping[str, Any]) -> bool:
    """Whether rows of a table refer to others of it, as an office to the one above."""
    table = _table(each["table"])
    return bool([foreign for foreign in table.foreign_keys if foreign.column.table is table])


def _named(each: Mapping[str, Any], done: Iterable[Mapping[str, Any]]) -> str:
    row = each["after"] or each["before"] or {}
    if "name" in row and each["table"] != "signatories":
        return f"“{row['name']}”"
    owner = next((column for column in ("alliance_id", "person_id") if column in row), None)
    whose = (other["after"] or {} for other in done if other["table"] in {"alliances", "people"})
    name = next((other["name"] for other in whose if owner and other.get("id") == row[owner]), None)
    return f"What is on record of “{name}”" if name else f"One of its {each['table'].replace('_', ' ')}"


def _refuse_built_on(session: Session, each: Mapping[str, Any], done: list[Mapping[str, Any]]) -> None:
    """Refuse a new row to which rows of others refer."""
    table = _table(each["table"])
    if "id" not in table.columns:
        return
    id = each["after"]["id"]
    for other in Base.metadata.sorted_tables:
        for column in (foreign.parent for foreign in other.foreign_keys if foreign.column.table is table):
            if other.name in _FOLLOWS:
                _refuse_acted_on(session, each, done)
                continue
            query = text(f"select to_jsonb(t) from {other.name} t where {column.name} = :id")  # noqa: S608 - our names
            own = {one["key"] for one in done if one["table"] == other.name}
            keys = [key.name for key in other.primary_key]
            for row in session.scalars(query, {"id": id}):
                if json.dumps([row[key] for key in keys]) not in own:
                    what = other.name.replace("_", " ")
                    raise Refused(f"{_named(each, done)} has had something built on it since ({what}).")


def _refuse_acted_on(session: Session, each: Mapping[str, Any], done: list[Mapping[str, Any]]) -> None:
    """Refuse where somebody acted on a duty of a new alliance, or was told of one."""
    told = session.scalar(
        text(
            "select count(*) from obligations o where o.alliance_id = :id and (o.assigned_to_id is not null"
            " or o.snoozed_until is not null or o.passed_on or o.settled = 'waived' or exists"
            " (select from notices n where n.obligation_id = o.id and n.message_id is not null)"
            " or exists (select from requests r where r.obligation_id = o.id))"
        ),
        {"id": each["after"]["id"]},
    )
    if told:
        raise Refused(f"Duties of {_named(each, done)} were announced or acted on since.")


def _where(table: Table) -> str:
    return " and ".join(f"t.{key.name} = r.{key.name}" for key in table.primary_key)


def _delete(session: Session, each: Mapping[str, Any]) -> None:
    name, table = each["table"], _table(each["table"])
    record = f"jsonb_populate_record(null::{name}, cast(:row as jsonb)) r"
    gone = each["after"] or each["before"]
    session.execute(text(f"delete from {name} t using {record} where {_where(table)}"), _row(gone))  # noqa: S608


def _insert(session: Session, each: Mapping[str, Any]) -> None:
    name, columns = each["table"], ", ".join(each["before"])
    record = f"jsonb_populate_record(null::{name}, cast(:row as jsonb)) r"
    session.execute(
        text(f"insert into {name} ({columns}) overriding system value select {columns} from {record}"),  # noqa: S608
        _row(each["before"]),
    )


def _update(session: Session, each: Mapping[str, Any]) -> None:
    name, table = each["table"], _table(each["table"])
    columns = ", ".join(
        f"{column} = r.{column}" for column in each["before"] if column not in table.primary_key.columns
    )
    record = f"jsonb_populate_record(null::{name}, cast(:row as jsonb)) r"
    session.execute(text(f"update {name} t set {columns} from {record} where {_where(table)}"), _row(each["before"]))  # noqa: S608


def _row(row: Mapping[str, Any]) -> dict[str, str]:
    return {"row": json.dumps(row)}
