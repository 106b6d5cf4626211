"""The store of documents, in a folder."""

from __future__ import annotations

import hashlib

import pytest

from runtime.documents import DamagedError, DocumentStore
from runtime.errors import SetupError


def test_bytes_are_kept_once_under_their_hash_and_come_back(tmp_path):
    """Keeping the same again changes nothing; no half of a file is left beside it."""
    store = DocumentStore((tmp_path / "kept").as_uri())
    sha256 = store.keep(b"letter")
    assert sha256 == hashlib.sha256(b"letter").hexdigest() == store.keep(b"letter")
    assert store.read(sha256) == b"letter"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [sha256]


def test_other_bytes_than_were_kept_are_never_given_out(tmp_path):
    """A file that was changed on the disk is noticed; one that is gone, too."""
    store = DocumentStore(tmp_path.as_uri())
    sha256 = store.keep(b"letter")
    next(path for path in tmp_path.rglob("*") if path.is_file()).write_bytes(b"forged")
    with pytest.raises(DamagedError):
        store.read(sha256)
    with pytest.raises(OSError, match=r"."):
        store.read("0" * 64)


def test_a_folder_that_cannot_be_used_is_said_in_one_sentence(tmp_path):
    """The sentence names the variable."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(SetupError, match="DOCUMENTS_URL cannot be used as it is set"):
        DocumentStore((tmp_path / "file" / "below").as_uri())
