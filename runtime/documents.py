"""The store of documents: bytes under their own SHA-256, in a folder or in a bucket, written whole or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore, from_url

from runtime.errors import SetupError
from runtime.settings import Settings

#: Characters of the hash that name the folder.
_FOLDER = 2
#: What lies in the store; a bucket may hold other things beside.
_KEPT = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}")


class DamagedError(OSError):
    """Raised when the bytes in the store are not those that were kept: they cannot be read any more."""


class DocumentStore:
    """Keeps bytes and gives them back; what is kept once stays as it is.

    Args:
        url: A folder ("file:///var/lib/alliance/documents") or a bucket ("s3://bucket/folder").
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        try:
            if parts.scheme == "file":
                Path(parts.path).mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store: ObjectStore = from_url(url)
        except (BaseError, OSError, ValueError) as error:
            raise SetupError(f"DOCUMENTS_URL cannot be used as it is set: {_first_line(error)}") from None

    def keep(self, data: bytes) -> str:
        """Keep bytes; return their SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            self._store.put(_path(sha256), data, mode="create")
        except AlreadyExistsError:
            # The name is the content: it lies there already.
            pass
        except BaseError as error:
            raise OSError(_first_line(error)) from error
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the bytes of a SHA-256.

        Raises:
            DamagedError: They are not what was kept.
            OSError: They are not there, or the store cannot be reached.
        """
        try:
            data = bytes(self._store.get(_path(sha256)).bytes())
        except (BaseError, FileNotFoundError) as error:
            raise OSError(_first_line(error)) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DamagedError(sha256)
        return data

    def all(self) -> Iterator[str]:
        """Yield the SHA-256 of everything that is kept.

        Raises:
            OSError: The store cannot be reached.
        """
        try:
            for page in self._store.list():
                for one in page:
                    if _KEPT.fullmatch(one["path"]):
                        yield one["path"].rpartition("/")[2]
        except BaseError as error:
            raise OSError(_first_line(error)) from error


def document_store(settings: Settings) -> DocumentStore:
    """Return the store that the settings name; without one a folder beside the embedded servers.

    Raises:
        SetupError: It cannot be used.
    """
    return DocumentStore(settings.documents_url or (settings.alliance_data_dir / "documents").as_uri())


def _path(sha256: str) -> str:
    return f"{sha256[:_FOLDER]}/{sha256}"


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
