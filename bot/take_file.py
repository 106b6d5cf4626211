"""Take over a file that was attached in a form: checked by its name, its size and its bytes, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import structlog
from slack_sdk import WebClient

from bot.clean import storable
from bot.fetch_file import NotFetchedError, fetch_file
from operations.records.attach_document import Attached
from operations.refusals import Refused
from policy.document_types import problem_of_content, problem_of_name

#: Seconds that a form waits for a file; Slack wants to be answered within three.
WAITS = 1.5
#: Characters of a file's name that are kept.
LONGEST_NAME = 200

log = structlog.get_logger("bot")


class Store(Protocol):
    """Keeps bytes under their SHA-256."""

    def keep(self, data: bytes) -> str:
        """Keep bytes; return their SHA-256."""

    def read(self, sha256: str) -> bytes:
        """Return the bytes of a SHA-256."""


@dataclass(frozen=True, slots=True)
class Documents:
    """Where documents are kept, and how many bytes one may have."""

    store: Store
    most: int


def named_file(file: Mapping[str, Any]) -> Attached:
    """Return a file as it was attached, by a name that can be kept."""
    name = " ".join(storable(str(file["name"])).split())
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"
    return Attached(str(file["slack_file"]), name, int(file["size"]))


def take_file(file: Mapping[str, Any], client: WebClient, documents: Documents) -> Attached:
    """Return an attached file, kept where Slack hands it over at once; a worker fetches what is slower.

    Raises:
        Refused: It may not be kept.
    """
    attached = named_file(file)
    name = attached.name
    problem = problem_of_name(name, attached.size, documents.most)
    if problem is not None:
        raise Refused(problem)
    if file.get("later"):
        # Slack waits for the form no longer than for one file.
        return attached
    try:
        data = fetch_file(client, attached.slack_file, most=documents.most, seconds=WAITS)
        problem = problem_of_content(name, data)
        if problem is None:
            return replace(attached, size=len(data), sha256=documents.store.keep(data))
    except NotFetchedError as error:
        if error.sentence is not None:
            raise Refused(error.sentence) from None
        log.info("a document is fetched later", why=str(error))
        return attached
    except OSError as error:
        log.warning("a document is kept later", why=str(error))
        return attached
    raise Refused(problem)
