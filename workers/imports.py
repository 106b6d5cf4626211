"""Read, import and take back what people attach: one message tells how far it is, and a press stops it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import structlog
from redis import RedisError
from sqlalchemy.orm import Session

from bot.fetch_file import NO_SCOPE, NotFetchedError, fetch_file
from bot.import_words import NOTHING_NEW, found_bad, found_good, import_message, row_words
from bot.posted import PAGE, post_to_person
from bot.slack_errors import SLACK_ERRORS
from bot.take_file import Documents
from documents.rows import write_csv
from operations.actor import Actor, identify
from operations.records.bad_rows import BadRows, ImportResult
from operations.records.import_for import COLUMNS, Imported, import_for
from operations.records.imports import (
    MOST_TRIES,
    ImportShown,
    is_cancelled,
    note_import,
    note_left,
    note_taken_back,
    note_told,
    rows_written,
    take_import,
)
from operations.records.read_table import MAX_BYTES, Table, read_table
from operations.records.row_changes import changes, snapshot, take_back
from operations.refusals import Refused
from operations.remind.check_rules import check_rules
from policy.import_state import WORKED_ON, ImportState
from workers.deliver import Delivery
from workers.hold import holding
from workers.pacer import UPDATE
from workers.slack import RATE_LIMITED, NotSent, Uncertain, judge

#: Seconds that Slack has to hand a file over, and between two looks at how far it is and whether it was stopped.
SECONDS = 60.0
LOOK_EVERY = 2.0
GIVEN_UP = "it could not be done in many tries; tell your administrator."
NOT_FETCHED = "Slack did not hand it over in many tries; attach it again."

log = structlog.get_logger("workers.imports")


class StoppedError(Exception):
    """Raised to leave an import that somebody stopped."""


@dataclass
class Progress:
    """How far one import is; counted by the thread that works, told by the one that looks."""

    rows: int = 0
    done: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    def each(self) -> None:
        """Count a row; leave where somebody pressed Cancel."""
        if self.stopped.is_set():
            raise StoppedError
        self.done += 1

    @property
    def words(self) -> str | None:
        """How far it is; None where there is nothing to tell yet."""
        if not self.rows or not self.done:
            return None
        if self.done >= self.rows:
            return f"all {self.rows:,} rows read, what they ask for is worked out"
        return f"{self.done:,} of {self.rows:,} rows"


def work_on_import(import_id: uuid.UUID, by: Delivery, documents: Documents | None) -> None:
    """Do what is next of an import, and show it, until it is somebody else's turn."""
    if documents is None:
        return
    with holding(by.engine, import_id) as held:
        while held is not None:
            with by.sessions.begin() as session:
                shown = take_import(session, import_id, now=by.now())
            if shown is None:
                return
            by = by.at(shown.slack_id)
            if shown.tries > MOST_TRIES and shown.state not in WORKED_ON:
                # It stands as it does, and cannot be shown.
                _leave(shown, by)
            elif shown.tries > MOST_TRIES:
                _note(shown, by, state=_failed(shown), reason=GIVEN_UP)
            elif shown.state in WORKED_ON and shown.channel is not None:
                _do(shown, by, documents)
            else:
                # Its message first, which says how far it is and has the button that stops it.
                _show(shown, by)
                _again(shown, by)


def _again(shown: ImportShown, by: Delivery) -> None:
    """Let its work begin at once, now that its message stands."""
    if shown.state in WORKED_ON:
        _note(shown, by, state=shown.state)


def _leave(shown: ImportShown, by: Delivery) -> None:
    with by.sessions.begin() as session:
        note_left(session, shown.id)


def _failed(shown: ImportShown) -> ImportState:
    return ImportState.DONE if shown.state is ImportState.UNDOING else ImportState.REFUSED


def _do(shown: ImportShown, by: Delivery, documents: Documents) -> None:
    progress = Progress()
    try:
        with _telling(shown, progress, by):
            if shown.state is ImportState.UNDOING:
                _take_back(shown, by)
            else:
                _import(shown, by, documents, progress)
    except StoppedError:
        return
    except BadRows as bad:
        _note(shown, by, state=ImportState.REFUSED, found=found_bad(bad.rows))
    except Refused as refused:
        _note(shown, by, state=_failed(shown), reason=refused.sentence)


def _import(shown: ImportShown, by: Delivery, documents: Documents, progress: Progress) -> None:
    content, sha256 = _content(shown, by, documents)
    table = read_table(shown.file, content, COLUMNS[shown.what])
    progress.rows = len(table.rows)
    tried = shown.state is ImportState.ASKED
    said: dict[int, str] = {}
    try:
        with by.sessions() as session:
            actor = _actor(session, shown, by)
            before = {} if tried else snapshot(session, shown.what)
            result = import_for(
                session, what=shown.what, table=table, by=actor, now=by.now(), each=progress.each, tried=tried
            )
            said = {row.line: row_words(row) for row in result.told}
            found = found_good(result)
            if not tried:
                written = changes(before, snapshot(session, shown.what))
                told: dict[str, Any] = {"was": shown.state, "state": ImportState.DONE, "now": by.now(), "found": found}
                if not note_import(session, shown.id, rows=written, **told):
                    # Stopped in its last moment.
                    raise StoppedError
                session.commit()
    except BadRows as bad:
        for row in bad.rows:
            said[row.line] = "; ".join(filter(None, (said.get(row.line), f"{row.column}: {row.reason}")))
        marked = {"marked": _send_marked(shown, table, said, by)}
        _note(shown, by, state=ImportState.REFUSED, found=found_bad(bad.rows) | marked)
        return
    if tried:
        found["marked"] = len(found["lines"]) < _doing(result) and _send_marked(shown, table, said, by)
        if result.created or result.changed:
            _note(shown, by, state=ImportState.SHOWN, found=found, sha256=sha256)
        else:
            _note(shown, by, state=ImportState.REFUSED, reason=NOTHING_NEW, found=found, sha256=sha256)


def _doing(result: ImportResult) -> int:
    return len(result.created) + len(result.changed)


def _content(shown: ImportShown, by: Delivery, documents: Documents) -> tuple[bytes, str]:
    if shown.sha256 is not None:
        return documents.store.read(shown.sha256), shown.sha256
    try:
        data = fetch_file(by.slack, shown.slack_file, most=MAX_BYTES, seconds=SECONDS)
    except NotFetchedError as error:
        if error.sentence is not None or shown.tries >= MOST_TRIES:
            raise Refused(error.sentence or NOT_FETCHED) from None
        raise
    return data, documents.store.keep(data)


def _take_back(shown: ImportShown, by: Delivery) -> None:
    with by.sessions.begin() as session:
        actor = _actor(session, shown, by)
        take_back(session, shown.what, rows_written(session, shown.id))
        if shown.what is not Imported.PEOPLE:
            check_rules(session, now=by.now())
        note_taken_back(session, shown, by=actor, now=by.now())
        note_import(session, shown.id, was=shown.state, state=ImportState.UNDONE, now=by.now())


def _actor(session: Session, shown: ImportShown, by: Delivery) -> Actor:
    return identify(session, shown.slack_id, now=by.now())


def _note(
    shown: ImportShown,
    by: Delivery,
    *,
    state: ImportState,
    reason: str | None = None,
    found: Mapping[str, Any] | None = None,
    sha256: str | None = None,
) -> None:
    told: dict[str, Any] = {"reason": reason, "found": found, "sha256": sha256}
    with by.sessions.begin() as session:
        note_import(session, shown.id, was=shown.state, state=state, now=by.now(), **told)


def _send_marked(shown: ImportShown, table: Table, said: Mapping[int, str], by: Delivery) -> bool:
    """Send the file back with what each row does, or what is wrong with it, in its first columns; whether it is there.

    It goes into the thread of the import's message, where it is looked for before it is sent again.
    """
    try:
        if shown.tries > 1 and _is_sent(shown, by):
            return True
        file = BytesIO()
        marked = ({"row": row.line, "what it does": said.get(row.line, ""), **row.cells} for row in table.rows)
        write_csv(file, ("row", "what it does", *table.columns), marked)
        by.slack.files_upload_v2(
            channel=shown.channel,
            thread_ts=shown.ts,
            filename=f"{shown.file.rpartition('.')[0]}-marked.csv",
            content=file.getvalue(),
            initial_comment="What each row does, or what is wrong.",
        )
    except SLACK_ERRORS as error:
        log.warning("a marked file could not be sent", id=str(shown.id), why=str(error))
        failure = judge(error)
        if shown.tries < MOST_TRIES and isinstance(failure, NotSent | Uncertain) and failure.error != NO_SCOPE:
            raise
        return False
    return True


def _is_sent(shown: ImportShown, by: Delivery) -> bool:
    """Whether the thread has one file of ours more than when the work on this state of the import began."""
    answer = by.slack.conversations_replies(channel=shown.channel or "", ts=shown.ts or "", limit=PAGE)
    files = [one for one in answer["messages"] if one.get("files") and one.get("user") != shown.slack_id]
    return len(files) > bool(shown.found.get("marked"))


def _show(shown: ImportShown, by: Delivery) -> None:
    """Post the message of an import, or rewrite it; what Slack takes later is tried again."""
    text, blocks = import_message(shown)
    channel, ts = shown.channel, shown.ts
    # Who was killed may have posted it, and somebody may have pressed its button since.
    again = shown.tries > 1 or shown.state is not ImportState.ASKED
    try:
        if channel is None or ts is None:
            words = {"text": text, "blocks": blocks}
            found = post_to_person(by.slack, shown.slack_id, shown.id, words, since=shown.asked_at, again=again)
            channel, ts = found.channel, found.ts
        if again:
            by.slack.chat_update(channel=channel, ts=ts, text=text, blocks=blocks)
    except SLACK_ERRORS as error:
        log.warning("an import could not be shown", id=str(shown.id), why=str(error))
        raise
    with by.sessions.begin() as session:
        note_told(session, shown.id, channel=channel, ts=ts, state=shown.state)


@contextmanager
def _telling(shown: ImportShown, progress: Progress, by: Delivery) -> Iterator[None]:
    """Tell every few seconds how far it is, and see whether it was stopped, while the block runs."""
    teller = threading.Thread(target=_tell, args=(shown, progress, by), daemon=True)
    teller.start()
    try:
        yield
    finally:
        progress.ended.set()
        teller.join()


def _tell(shown: ImportShown, progress: Progress, by: Delivery) -> None:
    told: str | None = ""
    while not progress.ended.wait(LOOK_EVERY):
        with by.sessions() as session:
            if is_cancelled(session, shown.id):
                progress.stopped.set()
                return
        words = progress.words
        if words == told or not _may_update(shown, by):
            continue
        text, blocks = import_message(replace(shown, found={}), words)
        try:
            by.slack.chat_update(channel=shown.channel or "", ts=shown.ts or "", text=text, blocks=blocks)
            told = words
        except SLACK_ERRORS as error:
            log.info("how far an import is could not be told", id=str(shown.id), why=str(error))
            _heed(error, by)


def _heed(error: Exception, by: Delivery) -> None:
    """Let nobody rewrite messages for as long as Slack asked."""
    failure = judge(error)
    if by.pacer is not None and isinstance(failure, NotSent) and failure.error == RATE_LIMITED:
        with suppress(RedisError):
            by.pacer.block((UPDATE,), failure.again_in)


def _may_update(shown: ImportShown, by: Delivery) -> bool:
    """Ask the pacer, which all workers share; what is not told now is told with the next look."""
    if by.pacer is None:
        return True
    try:
        return by.pacer.ask(uuid.uuid4(), (UPDATE,), shown.channel or "", within=1.0) == 0
    except RedisError:
        return True
