"""All that the program remembers as one file, and back: the database as of one moment, and the documents kept."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from cli.written_whole import written_whole
from models.migrate import empty, knows, upgrade
from models.state import head_of, revision_of, rows_of
from operations.records.verify_audit import verify_audit
from runtime import dump
from runtime.documents import DocumentStore, document_store
from runtime.embedded import servers
from runtime.errors import SetupError
from runtime.settings import Settings, load_settings

MANIFEST, DATABASE, DOCUMENTS = "manifest.json", "database.dump", "documents/"
FORMAT = "alliance-bot backup 1"
#: Tables with a row as soon as anybody has done anything.
BEGUN = ("offices", "people", "alliances", "audit")


def backup(
    output: Annotated[Path, typer.Option("-o", "--output", dir_okay=False, help="The file to write; a new one.")],
) -> None:
    """Write everything to one file: the database as of one moment, and the documents kept. Nothing has to stop."""
    settings = load_settings()
    store = document_store(settings)
    _refuse_known(output)
    with (
        written_whole(output) as unfinished,
        servers(settings, redis=False) as running,
        TemporaryDirectory(prefix="alliance-backup-") as folder,
    ):
        file = Path(folder) / DATABASE
        told, wanted = _dump(running.database_url, file)
        with tarfile.open(unfinished, "w") as tar:
            _add(tar, MANIFEST, json.dumps(told, indent=2).encode())
            tar.add(file, DATABASE)
            kept, lost = _add_documents(tar, store, wanted)
        # Another one may have come first.
        _refuse_known(output)
    typer.echo(f"{output}: {_said(told)}, {kept} documents. The audit's head is {told['head']}.")
    _tell_lost(lost, "Documents that are missing or damaged in the store")


def _refuse_known(output: Path) -> None:
    if output.exists():
        raise SetupError(f"{output} is there already: name a new file.")


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `alliance backup` wrote.")],
) -> None:
    """Write a backup into an empty place, bring it to the newest revision, and prove that it is the same."""
    settings = load_settings()
    with _opened(file) as tar, servers(settings, redis=False) as running:
        told = json.loads(_read(tar, MANIFEST))
        if told.get("format") != FORMAT:
            raise SetupError(f"{file} is no backup that this version can read.")
        _make_room(running.database_url, settings, told["revision"])
        # The documents first: put twice they lie there once, so a restore that broke off can be begun anew.
        store = document_store(settings)
        number = _keep_documents(tar, store)
        with TemporaryDirectory(prefix="alliance-restore-") as folder:
            tar.extract(DATABASE, folder, filter="data")
            dump.load(running.database_url, Path(folder) / DATABASE)
        _compare(running.database_url, told)
        lost = _missing(running.database_url, store)
        upgrade(running.database_url)
    typer.echo(f"Restored: {_said(told)}, {number} documents. The audit is whole; its head is {told['head']}.")
    _tell_lost(lost, "The backup does not have all documents, and they are not in the store")


def _tell_lost(lost: Sequence[str], what: str) -> None:
    if lost:
        typer.echo(f"{what}: {', '.join(lost)}.", err=True)
        raise typer.Exit(1)


def _dump(database_url: str, file: Path) -> tuple[dict[str, Any], set[str]]:
    """Write the database to a file; return what it holds, and the documents that its rows name."""
    engine = create_engine(database_url)
    try:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            revision = revision_of(connection)
            if revision is None:
                raise SetupError("The database is empty: there is nothing to keep.")
            told = _state(connection) | {"format": FORMAT, "revision": revision}
            wanted = _named(connection)
            dump.dump(database_url, file, snapshot=str(connection.scalar(text("select pg_export_snapshot()"))))
    finally:
        engine.dispose()
    return told, wanted


def _named(connection: Connection) -> set[str]:
    """Return the documents that rows name."""
    return set(connection.scalars(text("select sha256 from documents where sha256 is not null")))


def _state(connection: Connection) -> dict[str, Any]:
    return {"head": head_of(connection), "rows": rows_of(connection)}


def _add_documents(tar: tarfile.TarFile, store: DocumentStore, wanted: set[str]) -> tuple[int, list[str]]:
    """Put each document into the file; return how many, and which cannot be read."""
    kept = set()
    lost = []
    # What rows name lies there before the row does, and nothing is ever taken out.
    for sha256 in sorted({*store.all(), *wanted}):
        try:
            _add(tar, f"{DOCUMENTS}{sha256}", store.read(sha256))
            kept.add(sha256)
        except OSError:
            lost.append(sha256)
    return len(kept), lost


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode = len(data), 0o600
    tar.addfile(about, io.BytesIO(data))


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, mode="r:") as tar:
            yield tar
    except (tarfile.TarError, KeyError, UnicodeDecodeError, json.JSONDecodeError):
        raise SetupError(f"{file} is no whole backup: `alliance backup` writes one.") from None


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.extractfile(name)
    if member is None:
        raise KeyError(name)
    with member:
        return member.read()


def _make_room(database_url: str, settings: Settings, revision: str) -> None:
    """Refuse a place that is not empty, or a backup of a newer program; leave a database without tables."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            if not knows(connection, revision):
                raise SetupError("The backup was made by a newer version of this program: install that one first.")
            rows = rows_of(connection)
            present = revision_of(connection)
    finally:
        engine.dispose()
    if any(rows.get(name) for name in BEGUN):
        where = "the database" if settings.database_url else f"{settings.alliance_data_dir}"
        raise SetupError(f"There are records in {where} already: a backup is restored into an empty place only.")
    if present is not None:
        empty(database_url)
    elif rows:
        raise SetupError("The database has tables of something else: a backup is restored into an empty place only.")


def _documents(tar: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in tar:
        if member.isfile() and member.name.startswith(DOCUMENTS):
            yield member.name.removeprefix(DOCUMENTS), _read(tar, member.name)


def _keep_documents(tar: tarfile.TarFile, store: DocumentStore) -> int:
    kept = 0
    for sha256, data in _documents(tar):
        if store.keep(data) != sha256:
            raise SetupError(f"The backup is damaged: document {sha256} is not what was kept.")
        kept += 1
    return kept


def _missing(database_url: str, store: DocumentStore) -> list[str]:
    """Return which documents that rows name cannot be read: a file that was cut off between two of them looks whole."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            wanted = _named(connection)
    finally:
        engine.dispose()
    return [sha256 for sha256 in sorted(wanted) if not _is_there(store, sha256)]


def _is_there(store: DocumentStore, sha256: str) -> bool:
    try:
        store.read(sha256)
    except OSError:
        return False
    return True


def _compare(database_url: str, told: dict[str, Any]) -> None:
    """Refuse to call it restored unless every row is there and the audit is whole up to the same head."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            found = _state(connection)
            with Session(connection) as session:
                broken = verify_audit(session).first_break
    finally:
        engine.dispose()
    if found != {name: told[name] for name in found} or broken is not None:
        raise SetupError("What was restored is not what was kept: the rows or the audit's head differ.")


def _said(told: dict[str, Any]) -> str:
    rows = told["rows"]
    return f"{rows['alliances']:,} alliances, {rows['audit']:,} entries of the audit, {sum(rows.values()):,} rows"
