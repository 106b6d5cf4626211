"""What was withdrawn of an alliance: what each record said, who withdrew it, when and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.alliances import Agreement, Signatory
from models.audit import AuditEntry
from models.gates import GateRecord
from models.offices import Office
from models.work import Activity, Meeting
from operations.approve.ended_words import moment
from operations.records.gate_records import APPROVAL, DIGEST, VERSION
from policy.rules import RULES
from policy.words import day as spelled

#: How the audit's names for what was taken back end.
_ENDS = ("withdrawn", "taken-back", "reopened", "withdrawn-signing")
_TAKEN_BACK = or_(*(AuditEntry.action.endswith(end) for end in _ENDS))
#: Rows that stay, marked; of the others the audit keeps the whole.
_MARKED: Mapping[str, tuple[str, Any]] = {
    "meeting:withdrawn": ("meeting", Meeting),
    "activity:withdrawn": ("activity", Activity),
    "gate:withdrawn": ("gate", GateRecord),
}
#: Columns that say nothing to a person.
_LEFT_OUT = frozenset(
    {"alliance_id", "recorded_by_id", "sheet", "withdrawn_at", "counted_at", "recorded_at", "subject", "renewal"}
)
#: Columns that a form calls otherwise.
_NAMES = {"on_day": "on"}


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A record that no longer counts."""

    #: "annual report: withdrawn", and "annual-report:withdrawn" as the audit calls it.
    what: str
    action: str
    by: str
    #: On the clock of the lead office.
    at: str
    reason: str | None
    #: What it said: the name of each field, and what stood in it; of the audit a day is written as ISO 8601 has it.
    said: Mapping[str, Any]


def list_withdrawn(session: Session, alliance_id: int, *, timezone: str, most: int) -> list[Withdrawn]:
    """List the latest records that were withdrawn, the latest first."""
    entries = select(AuditEntry).where(AuditEntry.subject == f"alliance:{alliance_id}", _TAKEN_BACK)
    found: list[Withdrawn] = []
    for entry in session.scalars(entries.order_by(AuditEntry.seq.desc())):
        content = _content(session, entry)
        if content is not None:
            kind, _, what = entry.action.partition(":")
            label = f"{kind.replace('-', ' ')}: {what.replace('-', ' ')}"
            told = moment(entry.at, timezone)
            said = dict(_fields(content)) | dict(_named(session, content, entry.data))
            found.append(Withdrawn(label, entry.action, entry.actor, told, entry.data.get("reason"), said))
        if len(found) == most:
            break
    return found


def _content(session: Session, entry: AuditEntry) -> Mapping[str, Any] | None:
    """Return what a record said: from the audit where its row is gone, else from its row."""
    row = entry.data.get("record")
    if isinstance(row, dict):
        return row
    if isinstance(entry.data.get("withdrawn"), dict):
        return {"first": entry.data.get("first"), **entry.data["withdrawn"]}
    if entry.action not in _MARKED:
        return None
    name, model = _MARKED[entry.action]
    kept = session.get(model, entry.data.get(name))
    return None if kept is None else {column.key: getattr(kept, column.key) for column in model.__mapper__.columns}


def _fields(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        if name == "id" or name.endswith("_id") or name in _LEFT_OUT or value in (None, "", [], {}):
            continue
        if name == "details":
            yield from ((key, one) for key, one in value.items() if key not in _BINDING and one not in (None, ""))
        else:
            yield _NAMES.get(name, name), value


#: What binds a record for the gates to a version and an approval.
_BINDING = frozenset({DIGEST, VERSION, APPROVAL})


def _named(session: Session, content: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield by name what a record says by a number."""
    if "noticed_on" in content:
        giver = None if content["signatory_id"] is None else session.get(Signatory, content["signatory_id"])
        yield "signatory", "OSHA" if content["signatory_id"] is None else getattr(giver, "name", "a signatory")
    agreement = session.get(Agreement, content["agreement_id"]) if "agreement_id" in content else None
    if agreement is not None:
        yield "agreement", f"of the agreement of {spelled(agreement.signed_on)}"
    if "rule" in content and content["rule"] in RULES:
        yield "duty", RULES[content["rule"]].title
    if isinstance(told.get("requests"), list):
        yield "offices", "; ".join(one["name"] for one in told["requests"])
    elif "asked_on" in content:
        office = session.get(Office, content["office_id"])
        yield "request", "an office" if office is None else office.name
