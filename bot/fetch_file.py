"""Fetch a file that somebody attached in Slack, within a time and a size, without giving our token to anybody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack_errors import SLACK_ERRORS

PIECE = 1 << 16
#: What Slack says where the app lacks the scope files:read.
NO_SCOPE = "missing_scope"
#: What will not be otherwise the next time.
_GONE = frozenset({"file_not_found", "file_deleted", NO_SCOPE})
_HTTP_SERVER_ERROR = 500


class NotFetchedError(Exception):
    """Raised when a file could not be fetched.

    Args:
        why: what was in the way, for the log.
        sentence: what a person is told where trying again would change nothing; None where it might.
    """

    def __init__(self, why: str, sentence: str | None = None) -> None:
        super().__init__(why)
        self.sentence = sentence


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: Slack answers with one to its sign-in page, and a token belongs to one host."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        """Go nowhere."""


def fetch_file(client: WebClient, file_id: str, *, most: int, seconds: float) -> bytes:
    """Return the bytes of a file, at most `most` of them, within so many seconds.

    Raises:
        NotFetchedError: Slack did not hand it over, or not in time.
    """
    until = time.monotonic() + seconds
    asking = WebClient(
        token=client.token, base_url=client.base_url, timeout=max(1, int(seconds / 2)), retry_handlers=[]
    )
    asking.proxy = client.proxy
    try:
        file = asking.files_info(file=file_id)["file"]
        address = str(file.get("url_private_download") or file["url_private"])
        _refuse_foreign(address, client.base_url)
        return b"".join(_pieces(address, client, until, most))
    except SlackApiError as error:
        raise _refused(str(error.response.get("error"))) from error
    except (*SLACK_ERRORS, KeyError, ValueError) as error:
        raise NotFetchedError(str(error) or type(error).__name__) from error


def _refuse_foreign(address: str, api: str) -> None:
    """Insist that a file lies with the Slack whose token we hold."""
    host, home = urlsplit(address).hostname or "", urlsplit(api).hostname or ""
    if host != home and not host.endswith(f".{home}"):
        raise NotFetchedError(f"the file lies at {host}", "This file does not lie in this Slack; upload it here.")


def _pieces(address: str, client: WebClient, until: float, most: int) -> Iterator[bytes]:
    opener = build_opener(
        _Stay, *([ProxyHandler({"http": client.proxy, "https": client.proxy})] if client.proxy else [])
    )
    request = Request(address, headers={"Authorization": f"Bearer {client.token}"})  # noqa: S310 - the host was checked
    size = 0
    with _opened(opener.open, request, until) as response:
        while piece := response.read1(PIECE):
            size += len(piece)
            if size > most:
                raise NotFetchedError("longer than Slack said", "This file is larger than a document may be.")
            if time.monotonic() > until:
                raise TimeoutError
            yield piece


def _opened(opens: Any, request: Request, until: float) -> HTTPResponse:
    try:
        response: HTTPResponse = opens(request, timeout=max(0.2, until - time.monotonic()))
    except HTTPError as error:
        error.close()
        if error.code < _HTTP_SERVER_ERROR:
            raise _refused(NO_SCOPE if error.code // 100 == 3 else "file_not_found") from error  # noqa: PLR2004
        raise
    return response


def _refused(code: str) -> NotFetchedError:
    if code not in _GONE:
        return NotFetchedError(code)
    if code == NO_SCOPE:
        return NotFetchedError(
            code,
            "The app may not read files: its scope files:read is missing, which an administrator of Slack can add. "
            "Record it without the document meanwhile.",
        )
    return NotFetchedError(code, "Slack has this file no more; attach it again.")
