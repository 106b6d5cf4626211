"""A small web server beside a process: a few pages, each made anew for whoever asks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog

from runtime.errors import SetupError

#: Seconds that somebody may take to ask, and to take the answer.
PATIENCE = 20

Page = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

log = structlog.get_logger("runtime.serve")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # the base class's names
        """Say that somebody hung up, and nothing of what they asked for."""
        log.info("a request was not answered to its end")


class _Handler(WSGIRequestHandler):
    timeout = PATIENCE

    def log_message(self, format: str, *args: Any) -> None:  # the base class's name
        """Say nothing: what is asked for every few seconds is no news, and an address may be a secret."""


@contextmanager
def serving(address: str, page: Page, *, setting: str) -> Iterator[str]:
    """Serve a WSGI application at "host:port" while the block runs; yields the address in use.

    Raises:
        SetupError: The address cannot be used; the sentence names the `setting` that says it.
    """
    host, _, port = address.rpartition(":")
    try:
        server = make_server(host, int(port), page, _Server, _Handler)
    except OSError as error:
        raise SetupError(f"{setting} cannot be used: {address}: {error.strerror}.") from None
    with server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"{host}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
