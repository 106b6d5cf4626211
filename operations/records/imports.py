"""A file that somebody imports in Slack: asked for, shown, confirmed, done by a worker, taken back as a whole."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from models import audit
from models.alliances import AllianceOffice
from models.imports import Import
from models.offices import Office
from operations.actor import Actor, require, require_somewhere
from operations.change_closures import top_office
from operations.records.attach_document import Attached
from operations.records.import_for import Imported
from operations.refusals import AlreadyDone, NotAllowed, Refused
from policy.import_state import CANCELLABLE, WORKED_ON, ImportState
from policy.rights import Verb

#: What its record is called: "import:" and its id.
RECORD = "import"
#: On which channel of PostgreSQL it is announced that one waits.
IMPORTS_WAIT = "alliance_imports"
#: How often a worker tries in vain, and the pause after the first try; each next one doubles it.
MOST_TRIES = 8
FIRST_PAUSE = timedelta(seconds=15)
_NOT_THEIRS = "Only {name}, who imports it, may do that."


@dataclass(frozen=True, slots=True)
class ImportShown:
    """An import as it stands."""

    id: uuid.UUID
    what: Imported
    file: str
    slack_file: str
    sha256: str | None
    #: The Slack account of who imports it.
    slack_id: str
    state: ImportState
    reason: str | None
    #: What it would record or has recorded: see `bot.import_words`.
    found: Mapping[str, Any]
    #: The message that shows it; None before it was posted.
    channel: str | None
    ts: str | None
    tries: int
    asked_at: datetime


def ask_import(session: Session, *, what: Imported, attached: Attached, by: Actor, now: datetime) -> uuid.UUID:
    """Ask for a file to be read and shown; nothing is recorded before it was confirmed.

    Raises:
        NotAllowed: The person may import nothing of this kind.
    """
    _require(session, what, by)
    if by.person_id is None or by.slack_id is None:
        raise NotAllowed("Only who was entered with a position may import anything.")
    row = Import(
        id=uuid.uuid4(),
        what=what.value,
        file=attached.name,
        slack_file=attached.slack_file,
        sha256=attached.sha256,
        asked_by_id=by.person_id,
        asked_by=by.name,
        asked_by_slack=by.slack_id,
        asked_at=now,
        state=ImportState.ASKED.value,
        try_at=now,
        tries=0,
    )
    session.add(row)
    session.flush()
    _announce(session, row.id)
    return row.id


def confirm_import(session: Session, *, import_id: uuid.UUID, by: Actor, now: datetime) -> ImportShown:
    """Let a worker write what was shown.

    Raises:
        Refused: There is nothing to confirm.
        AlreadyDone: It was confirmed before.
        NotAllowed: Somebody else imports it, or no position of the person allows it any more.
    """
    row = _own(session, import_id, by)
    _require(session, Imported(row.what), by)
    if row.state in {ImportState.CONFIRMED, ImportState.DONE}:
        raise AlreadyDone(f"{row.file} was confirmed before; nothing is written a second time.")
    if row.state != ImportState.SHOWN:
        raise Refused(_standing(row))
    return _go(session, row, ImportState.CONFIRMED, now)


def cancel_import(session: Session, *, import_id: uuid.UUID, by: Actor, now: datetime) -> ImportShown:
    """Stop an import, at whatever point before its end; nothing of it is written.

    Raises:
        AlreadyDone: It came to its end before.
        NotAllowed: Somebody else imports it.
    """
    row = _own(session, import_id, by)
    if row.state not in CANCELLABLE:
        raise AlreadyDone(_standing(row))
    return _go(session, row, ImportState.CANCELLED, now)


def undo_import(session: Session, *, import_id: uuid.UUID, by: Actor, now: datetime) -> ImportShown:
    """Let a worker take back what was imported, as a whole.

    Raises:
        AlreadyDone: It is not on record any more, or not yet.
        NotAllowed: Somebody else imported it, or no position of the person allows it any more for all that it wrote.
    """
    row = _own(session, import_id, by)
    _require(session, Imported(row.what), by)
    _refuse_foreign(session, row.rows or [], by)
    if row.state != ImportState.DONE:
        raise AlreadyDone(_standing(row))
    return _go(session, row, ImportState.UNDOING, now)


def waiting_imports(session: Session, *, now: datetime) -> list[uuid.UUID]:
    """Return the ids of the imports that a worker is to look at."""
    return list(session.scalars(select(Import.id).where(Import.try_at <= now).order_by(Import.asked_at)))


def take_import(session: Session, import_id: uuid.UUID, *, now: datetime) -> ImportShown | None:
    """Begin a try; None when nobody has to look at it."""
    row = session.get(Import, import_id, with_for_update=True)
    if row is None or row.try_at is None or row.try_at > now:
        return None
    row.tries += 1
    row.try_at = now + FIRST_PAUSE * 2 ** (row.tries - 1)
    return _shown(row)


def is_cancelled(session: Session, import_id: uuid.UUID) -> bool:
    """Whether somebody stopped it meanwhile."""
    return session.scalar(select(Import.state).where(Import.id == import_id)) == ImportState.CANCELLED


def note_import(
    session: Session,
    import_id: uuid.UUID,
    *,
    was: ImportState,
    state: ImportState,
    now: datetime,
    reason: str | None = None,
    found: Mapping[str, Any] | None = None,
    rows: list[Any] | None = None,
    sha256: str | None = None,
) -> bool:
    """Note how far it has come; whether it still stood where the worker began, and was not stopped."""
    told: dict[str, Any] = {"found": found, "rows": rows, "sha256": sha256}
    values = {"state": state.value, "reason": reason, "tries": 0, "try_at": now}
    values |= {name: value for name, value in told.items() if value is not None}
    stands = (Import.id == import_id, Import.state == was.value)
    return session.scalar(update(Import).where(*stands).values(**values).returning(Import.id)) is not None


def note_told(session: Session, import_id: uuid.UUID, *, channel: str, ts: str, state: ImportState) -> None:
    """Note the message that shows it; where it shows how it stands, nobody has to look at it any more."""
    row = session.get_one(Import, import_id, with_for_update=True)
    row.channel, row.ts = channel, ts
    if row.state == state and state not in WORKED_ON:
        row.try_at, row.tries = None, 0


def note_left(session: Session, import_id: uuid.UUID) -> None:
    """Note that nobody looks at it any more."""
    session.get_one(Import, import_id, with_for_update=True).try_at = None


def rows_written(session: Session, import_id: uuid.UUID) -> list[Any]:
    """Return what an import did to the rows of its tables."""
    return session.get_one(Import, import_id).rows or []


def note_taken_back(session: Session, shown: ImportShown, *, by: Actor, now: datetime) -> None:
    """Tell the audit that an import was taken back as a whole."""
    digest = shown.sha256 or ""
    data = {"file": shown.file, "digest": digest, "rows": len(rows_written(session, shown.id))}
    action, subject = f"{shown.what}:import-undone", f"import:{digest[:12]}"
    audit.record(session, at=now, actor=by.name, action=action, subject=subject, data=data)


def _require(session: Session, what: Imported, by: Actor) -> None:
    """Let pass who may import anything of this kind today."""
    if what is Imported.ALLIANCES:
        require_somewhere(by, Verb.IMPORT)
    else:
        require(session, by, Verb.ADMINISTER, office_codes=[top_office(session).code])


def _refuse_foreign(session: Session, rows: Iterable[Mapping[str, Any]], by: Actor) -> None:
    """Let pass who may import each of the alliances today of which rows were written."""
    written = [(each["table"], each["after"] or each["before"]) for each in rows]
    ids = {row["id"] if table == "alliances" else row.get("alliance_id") for table, row in written} - {None}
    codes: dict[int, list[str]] = {}
    taking_part = select(AllianceOffice.alliance_id, Office.code).join(Office, Office.id == AllianceOffice.office_id)
    for id, code in session.execute(taking_part.where(AllianceOffice.alliance_id.in_(ids))):
        codes.setdefault(id, []).append(code)
    for offices in sorted({tuple(sorted(each)) for each in codes.values()}):
        require(session, by, Verb.IMPORT, office_codes=offices)


def _own(session: Session, import_id: uuid.UUID, by: Actor) -> Import:
    row = session.get(Import, import_id, with_for_update=True)
    if row is None:
        raise Refused("This import is not on record.")
    if row.asked_by_id != by.person_id:
        raise NotAllowed(_NOT_THEIRS.format(name=row.asked_by))
    return row


def _go(session: Session, row: Import, state: ImportState, now: datetime) -> ImportShown:
    row.state, row.try_at, row.tries, row.reason = state.value, now, 0, None
    session.flush()
    _announce(session, row.id)
    return _shown(row)


def _standing(row: Import) -> str:
    words = {
        ImportState.ASKED: "is still being read",
        ImportState.SHOWN: "waits to be confirmed",
        ImportState.CONFIRMED: "is being imported",
        ImportState.DONE: "is imported; press Undo to take it back",
        ImportState.REFUSED: "was refused, and nothing of it was written",
        ImportState.CANCELLED: "was stopped, and nothing of it was written",
        ImportState.UNDOING: "is being taken back",
        ImportState.UNDONE: "was taken back",
    }
    return f"{row.file} {words[ImportState(row.state)]}."


def _announce(session: Session, import_id: uuid.UUID) -> None:
    """Tell the clock, as soon as we commit, that an import waits; it is found by the sweep otherwise."""
    session.execute(text("select pg_notify(:channel, :id)"), {"channel": IMPORTS_WAIT, "id": str(import_id)})


def _shown(row: Import) -> ImportShown:
    return ImportShown(
        row.id,
        Imported(row.what),
        row.file,
        row.slack_file,
        row.sha256,
        row.asked_by_slack,
        ImportState(row.state),
        row.reason,
        row.found or {},
        row.channel,
        row.ts,
        row.tries,
        row.asked_at,
    )
