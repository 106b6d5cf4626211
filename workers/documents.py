"""Make the documents that were promised, and fetch those that Slack did not hand over while their form was open."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bot.blocks import escaped
from bot.fetch_file import NotFetchedError, fetch_file
from bot.posted import post_to_person
from bot.slack_errors import SLACK_ERRORS
from bot.take_file import Documents
from documents.frozen_report import make
from operations.records.attach_document import RECORD
from operations.records.fetch_document import MOST_TRIES, Awaited, note_kept, note_refused, take_document
from policy.document_types import problem_of_content
from workers.deliver import Delivery
from workers.slack import NotSent, Uncertain, judge

#: Seconds that Slack has to hand a file over.
SECONDS = 60.0
GIVEN_UP = "Slack did not hand it over in many tries; attach it again."
NOT_MADE = "It could not be made from what was kept for it; attach the report as you sent it (/alliance correct)."

log = structlog.get_logger("workers.documents")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one try: the hash, or why it is not kept; neither where it is tried again."""

    sha256: str | None = None
    #: Bytes.
    size: int = 0
    refused: str | None = None


def fetch_document(document_id: int, delivery: Delivery, documents: Documents | None) -> None:
    """Make or fetch a document if it still waits; who attached it is told when it cannot be kept."""
    if documents is None:
        return
    with delivery.sessions.begin() as session:
        awaited = take_document(session, document_id, now=delivery.now())
    if awaited is None:
        return
    if awaited.added_by_slack is not None:
        # There the file lies.
        delivery = delivery.at(awaited.added_by_slack)
    fetched = _try(awaited, delivery, documents)
    # Told first: who is killed in between is made up for by the next try, which looks before it tells.
    if fetched.refused is not None and not _tell(awaited, fetched.refused, delivery):
        return
    with delivery.sessions.begin() as session:
        if fetched.sha256 is not None:
            note_kept(session, awaited.id, fetched.sha256, fetched.size, now=delivery.now())
        elif fetched.refused is not None:
            note_refused(session, awaited.id, fetched.refused, now=delivery.now())


def _try(awaited: Awaited, delivery: Delivery, documents: Documents) -> Fetched:
    try:
        if awaited.made_from is not None:
            data = _made(awaited, awaited.made_from)
            if data is None:
                return Fetched(refused=NOT_MADE)
        else:
            data = fetch_file(delivery.slack, awaited.slack_file, most=documents.most, seconds=SECONDS)
            if problem := problem_of_content(awaited.name, data):
                return Fetched(refused=problem)
        return Fetched(documents.store.keep(data), len(data))
    except NotFetchedError as error:
        log.warning("a document was not fetched", document=awaited.id, tries=awaited.tries, why=str(error))
        last = GIVEN_UP if awaited.tries >= MOST_TRIES else None
        return Fetched(refused=error.sentence or last)
    except OSError as error:
        # The store is down, which is no fault of the document's.
        log.warning("a document was not kept", document=awaited.id, tries=awaited.tries, why=str(error))
        return Fetched()


def _made(awaited: Awaited, frozen: str) -> bytes | None:
    """Make a document; None where that never will be possible, as when another version froze it otherwise."""
    try:
        return make(frozen)
    except ValueError:
        log.exception("a document cannot be made", document=awaited.id)
        return None


def _tell(awaited: Awaited, why: str, delivery: Delivery) -> bool:
    """Tell who attached a document that it is not kept; whether that needs no other try."""
    if awaited.added_by_slack is None:
        return True
    whose = "you attached" if awaited.made_from is None else "was promised with your record"
    words = {"text": f"A document that {whose} is not kept: {escaped(why)} The record itself stands."}
    key, again = f"{RECORD}:{awaited.id}:{awaited.slack_file}", awaited.tries > 1
    try:
        post_to_person(delivery.slack, awaited.added_by_slack, key, words, since=awaited.added_at, again=again)
    except SLACK_ERRORS as error:
        log.warning("nobody could be told that a document is not kept", document=awaited.id, why=str(error))
        # It stands in the list of documents all the same.
        return awaited.tries >= MOST_TRIES or not isinstance(judge(error), NotSent | Uncertain)
    return True
