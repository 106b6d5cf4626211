"""The pages under which calendars are fetched: /calendar/….ics, where the part between is the address's secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from documents.calendar import calendar
from operations.calendars.open_address import Gone, open_address
from operations.refusals import Refused
from runtime.serve import Page

#: What an address looks like; anything else is looked up nowhere.
_PATH = re.compile(r"/calendar/([0-9a-f]{64})\.ics")
#: Seconds for which a calendar program need not ask again; nothing between may keep it for others.
_CACHE = "private, max-age=300"
#: For every answer: it is for calendar programs, not for the web.
_HEADERS = (
    ("Server", "alliance"),
    ("X-Robots-Tag", "noindex, nofollow"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
)

UNCHANGED = "304 Not Modified"

log = structlog.get_logger("workers.calendar")

Headers = list[tuple[str, str]]


def calendar_page(sessions: sessionmaker[Session], now: Callable[[], datetime]) -> Page:
    """Return the WSGI application that serves calendars, and /healthz."""

    def page(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        status, headers, body = _answer(sessions, now, environ)
        start(status, [*headers, *_HEADERS, ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" or status == UNCHANGED else [body]

    return page


def _answer(
    sessions: sessionmaker[Session], now: Callable[[], datetime], environ: dict[str, Any]
) -> tuple[str, Headers, bytes]:
    path = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return _said("405 Method Not Allowed", "A calendar can only be read.", ("Allow", "GET, HEAD"))
    if path == "/healthz":
        return _said("200 OK", "ok")
    found = _PATH.fullmatch(path)
    try:
        with sessions.begin() as session:
            made = calendar(open_address(session, found[1] if found else None, now=now()))
    except Refused as refused:
        return _said("410 Gone" if isinstance(refused, Gone) else "404 Not Found", refused.sentence)
    except SQLAlchemyError as error:
        # Not the error itself: nothing of the address may get into a log.
        log.warning("a calendar could not be read", why=type(error).__name__)
        sentence = "The records cannot be reached; try again later."
        return _said("503 Service Unavailable", sentence, ("Retry-After", "300"))
    tag = f'"{sha256(made).hexdigest()[:32]}"'
    status = UNCHANGED if _has(environ.get("HTTP_IF_NONE_MATCH", ""), tag) else "200 OK"
    headers = [("ETag", tag), ("Cache-Control", _CACHE), ("Content-Type", "text/calendar; charset=utf-8")]
    return status, headers, made


def _has(asked: str, tag: str) -> bool:
    """Whether the copy that somebody has is this one; what stands between may have marked the tag as weak."""
    return any(one.strip().removeprefix("W/") in {tag, "*"} for one in asked.split(","))


def _said(status: str, sentence: str, *more: tuple[str, str]) -> tuple[str, Headers, bytes]:
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), *more]
    return status, headers, f"{sentence}\n".encode()
