"""List the documents behind the records of an alliance, and hand one over to who may have it."""

from __future__ import annotations

from functools import partial

import structlog
from slack_sdk import WebClient

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, button, context, header, safe, section
from bot.choose import chosen_choices
from bot.duty_list import pager, rows_of_page
from bot.hand_over import hand_over
from bot.take_file import Documents
from bot.values import Page, read_number
from operations.read.choices import alliance_choices
from operations.read.documents import DocumentShown, list_documents
from operations.records.get_document import get_document
from operations.refusals import Refused

log = structlog.get_logger("bot")

#: A block each; more would not fit into one message.
SHOWN = 30
NONE_YET = (
    "No document is on record yet. The forms that record what was decided or signed on paper have a field for it: "
    "signatures, decisions on paper, what was done before a signing, notices."
)


def document(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """List the documents of the alliance that the words mean, the latest first."""
    with asked.sessions.begin() as session:
        choices = chosen_choices(session, asked, words, alliance, "document")
        if isinstance(choices, Answer):
            return choices
    return documents_page(asked, Page(list="documents", scope="alliance", key=str(choices.id)))


def documents_page(asked: Asked, page: Page) -> Answer:
    """Show one page of the documents of an alliance."""
    with asked.sessions.begin() as session:
        choices = alliance_choices(session, read_number(page.key), now=asked.now)
        documents = list_documents(session, choices.id, timezone=choices.of.timezone)
    heading = f"Documents of {choices.name}"
    if not documents:
        return Answer(f"*{safe(heading)}*\n{NONE_YET}", [header(heading), section(NONE_YET)], title="Documents")
    shown = rows_of_page(documents, page.page, SHOWN)
    blocks: list[Json] = [header(heading), *map(_block, shown), *pager(page, len(documents), SHOWN)]
    lines = [f"•  {document_line(one)}" for one in shown]
    return Answer("\n".join([f"*{safe(heading)}*", *lines]), blocks, title="Documents")


def document_line(one: DocumentShown) -> str:
    """Say what a document is called, what it stands behind, and who attached it when."""
    if one.not_there is not None:
        return f"{safe(one.not_there, 600)} ({one.stands_behind}, attached by {safe(one.added_by)} on {one.added_at})"
    return (
        f"*{safe(one.name)}*, {_size(one.size)}: {one.stands_behind}, "
        f"attached by {safe(one.added_by)} on {one.added_at}"
    )


def _block(one: DocumentShown) -> Json:
    if one.not_there is not None:
        return context(document_line(one))
    return section(document_line(one), accessory=button("Send it to me", "get:document", str(one.id), about=one.name))


def get(asked: Asked, value: str) -> Reply:
    """Hand a document over, in the person's direct messages."""
    if asked.documents is None:
        raise Refused("No documents are kept here.")
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        shown = get_document(session, document_id=read_number(value), by=by, now=asked.now)
    said = f"{safe(shown.name)} comes as a direct message; nobody else sees it."
    return Answer(said, later=partial(_send, shown, asked.user_id, asked.documents))


def _send(shown: DocumentShown, user_id: str, documents: Documents, client: WebClient) -> Answer | None:
    """Upload a document for one person; return what they are told where that fails."""
    try:
        data = documents.store.read(shown.sha256 or "")
    except (OSError, LookupError):
        log.exception("a document cannot be read", document=shown.id)
        return Answer(f"{safe(shown.name)} cannot be read from the store at the moment. Tell your administrator.")
    comment = f"{shown.name}: {shown.stands_behind}, attached by {shown.added_by} on {shown.added_at}"
    files = [{"filename": shown.name, "content": data}]
    return hand_over(safe(shown.name), files, user_id, client, comment=safe(comment, 1000))


def _size(size: int) -> str:
    if size < 1000:  # noqa: PLR2004 - a kilobyte
        return f"{size} bytes"
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{size // 1000} kB"  # noqa: PLR2004 - tenths of a MB
