"""The rows of the right matrix for redaction, retention and holds."""

from __future__ import annotations

import uuid

from models import audit
from models.retention import Hold
from operations.read.exported import What
from operations.records.attach_document import Attached
from operations.records.give_export import give_export
from operations.records.import_for import COLUMNS, Imported, import_for
from operations.records.imports import ask_import, cancel_import, confirm_import, note_import, undo_import
from operations.records.keep_records import lift_hold, place_hold, set_retention
from operations.records.read_table import Table, read_table
from operations.records.redact_audit import redact_audit
from policy.import_state import ImportState
from policy.retention import Kind
from policy.rights import Verb
from tests.operations.conftest import NOW
from tests.operations.right_matrix import NATIONAL, Row, World
from tests.operations.right_rows_approvals import Seated


def entry(w: World) -> str:
    """Put an entry that names a person on record."""
    audit.record(w.session, at=NOW, actor="Ada", action="a:b", subject="program", data={"title": "Jo Doe"})
    return w.noted(None)


HEAD = "name,level,offices,signed\n"


def table(rows: str, what: Imported = Imported.ALLIANCES) -> Table:
    """Return a table as it is read from a file."""
    return read_table("a.csv", rows.encode(), COLUMNS[what])


def asked(w: World) -> uuid.UUID:
    """Attach a file as the coordinator."""
    attached = Attached("F1", "a.csv", 9)
    return ask_import(w.session, what=Imported.ALLIANCES, attached=attached, by=w.ada, now=NOW)


def in_state(w: World, state: ImportState) -> uuid.UUID:
    """Bring a file of the coordinator's to some point."""
    id = asked(w)
    note_import(w.session, id, was=ImportState.ASKED, state=state, now=NOW)
    return id


def hold(w: World) -> int:
    """Put a hold on record."""
    return w.add(Hold(reason="A lawsuit", placed_at=NOW, placed_by="Ada"))


#: Who attached a file lets it be written, stops it or takes it back; nobody else does.
BY_SEAT = (
    Seated(
        confirm_import,
        lambda w, by: confirm_import(w.session, import_id=in_state(w, ImportState.SHOWN), by=by, now=NOW),
        lambda w: w.ada,
    ),
    Seated(
        cancel_import,
        lambda w, by: cancel_import(w.session, import_id=asked(w), by=by, now=NOW),
        lambda w: w.ada,
    ),
    Seated(
        undo_import,
        lambda w, by: undo_import(w.session, import_id=in_state(w, ImportState.DONE), by=by, now=NOW),
        lambda w: w.ada,
    ),
)

ROWS: list[Row] = [
    Row(
        import_for,
        Verb.IMPORT,
        lambda w, by: import_for(
            w.session, what=Imported.ALLIANCES, table=table(f"{HEAD}New,area,0317300,2020-05-01\n"), tried=True, **by
        ),
        what="alliances",
    ),
    Row(
        import_for,
        Verb.ADMINISTER,
        lambda w, by: import_for(
            w.session,
            what=Imported.PEOPLE,
            table=table("slack_id,name\nU0NEW0001,Nora\n", Imported.PEOPLE),
            **by,
        ),
        what="people",
        **NATIONAL,
    ),
    Row(
        ask_import,
        Verb.ADMINISTER,
        lambda w, by: ask_import(w.session, what=Imported.PEOPLE, attached=Attached("F1", "a.csv", 9), **by),
        what="people",
        **NATIONAL,
    ),
    Row(give_export, Verb.VIEW, lambda w, by: give_export(w.session, what=What.ALLIANCES, offices=["REG-PHI"], **by)),
    Row(
        give_export,
        Verb.KEEP_RECORDS,
        lambda w, by: give_export(w.session, what=What.AUDIT, offices=None, **by),
        what="audit",
        **NATIONAL,
    ),
    Row(
        redact_audit,
        Verb.KEEP_RECORDS,
        lambda w, by: redact_audit(w.session, words="Jo Doe", reason="Asked for", **by),
        prepare=entry,
        **NATIONAL,
    ),
    Row(
        set_retention,
        Verb.KEEP_RECORDS,
        lambda w, by: set_retention(w.session, kind=Kind.AUDIT, schedule="GRS 5.2", keep_years=7, **by),
        **NATIONAL,
    ),
    Row(
        place_hold,
        Verb.KEEP_RECORDS,
        lambda w, by: place_hold(w.session, alliance_id=w.area.id, reason="A lawsuit", **by),
        **NATIONAL,
    ),
    Row(
        lift_hold,
        Verb.KEEP_RECORDS,
        lambda w, by: lift_hold(w.session, hold_id=w.kept["prepared"], reason="Settled", **by),
        prepare=hold,
        **NATIONAL,
    ),
]
