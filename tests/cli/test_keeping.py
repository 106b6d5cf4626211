"""Backup and restore, redaction, retention and the export of the audit, by command and with data."""

from __future__ import annotations

import csv
import json
import os
import re
import tarfile
import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from models import audit
from models.state import head_of, rows_of
from runtime.documents import DocumentStore
from runtime.embedded import wait_until_stopped
from runtime.settings import load_settings
from tests.cli.conftest import NOW
from tests.cli.test_answers import alliance, changing, sample  # noqa: F401  # fixtures
from tests.models.second_chain import first_break


def content(url: str) -> tuple[str, dict, dict]:
    """Return the head of the audit, how many rows each table has, and a digest of all its rows."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = rows_of(connection)
        digest = "select md5(string_agg(md5(t::text), '' order by t::text)) from {} t"
        found = head_of(connection), rows, {name: connection.scalar(text(digest.format(name))) for name in rows}
    engine.dispose()
    return found


@pytest.fixture
def kept(sample, database, tmp_path, monkeypatch):  # noqa: F811
    """The sample with a document and an entry that names a person; the document's SHA-256."""
    monkeypatch.setenv("DOCUMENTS_URL", (tmp_path / "store").as_uri())
    sha256 = DocumentStore((tmp_path / "store").as_uri()).keep(b"a letter")
    engine = create_engine(database)
    with Session(engine) as session:
        data = {"title": "=Talk by Jo Doe"}
        audit.record(session, at=NOW, actor="Ada", action="activity:recorded", subject="alliance:1", data=data)
        session.commit()
    engine.dispose()
    return sha256


def test_a_backup_restored_into_an_empty_place_is_the_same(kept, sample, empty_database, tmp_path, monkeypatch):  # noqa: F811
    """Same head, same rows in every table, same documents; a place with records is refused and stays as it is."""
    path = tmp_path / "all.tar"
    code, out, err = sample("backup", "-o", path)
    before = content(os.environ["DATABASE_URL"])
    assert (code, err) == (0, "")
    assert out.endswith(f" 1 documents. The audit's head is {before[0]}.\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert sample("backup", "-o", path)[::2] == (1, f"{path} is there already: name a new file.\n")
    assert sample("restore", path)[2].startswith("There are records in the database already")
    monkeypatch.setenv("DATABASE_URL", empty_database)
    monkeypatch.setenv("DOCUMENTS_URL", (tmp_path / "other").as_uri())
    # Also where somebody looked around first, so that the tables are there.
    assert sample("migrate")[0] == 0
    code, out, err = sample("restore", path)
    assert (code, err) == (0, "")
    assert content(empty_database) == before
    assert DocumentStore((tmp_path / "other").as_uri()).read(kept) == b"a letter"
    assert f"Its head is {before[0]}." in sample("audit", "verify")[1]
    assert sample("restore", path)[0] == 1
    # What is done from here on goes on where the backup ended.
    assert sample("retention", "hold", "--reason", "A lawsuit")[0] == 0
    assert f"The audit is whole: {before[1]['audit'] + 1} entries" in sample("audit", "verify")[1]


def test_a_backup_beside_another_and_one_that_lost_a_document(kept, sample, empty_database, tmp_path, monkeypatch):  # noqa: F811
    """What another one is writing stays; a document that is missing in the file is named, and all else is restored."""
    names = "alliance_id, record, name, size, media_type, slack_file, sha256, kept_at, added_by, added_at"
    values = "select min(id), 'gate:1', 'a.pdf', 8, 'application/pdf', '', :sha256, now(), 'Ada', now() from alliances"
    with changing(os.environ["DATABASE_URL"]) as session:
        session.execute(text(f"insert into documents ({names}) {values}"), {"sha256": kept})
    whole, cut, another = tmp_path / "all.tar", tmp_path / "cut.tar", tmp_path / "all.tar.part"
    another.write_text("of another backup")
    assert sample("backup", "-o", whole)[0] == 0
    assert (another.read_text(), sorted(path.name for path in tmp_path.glob("all*"))) == (
        "of another backup",
        ["all.tar", "all.tar.part"],
    )
    with tarfile.open(whole) as tar, tarfile.open(cut, "w") as shorter:
        for member in tar:
            if not member.name.startswith("documents/"):
                shorter.addfile(member, tar.extractfile(member))
    head = content(os.environ["DATABASE_URL"])[0]
    monkeypatch.setenv("DATABASE_URL", empty_database)
    monkeypatch.setenv("DOCUMENTS_URL", (tmp_path / "other").as_uri())
    code, out, err = sample("restore", cut)
    assert (code, out.startswith("Restored:")) == (1, True)
    assert err == f"The backup does not have all documents, and they are not in the store: {kept}.\n"
    assert content(empty_database)[0] == head


@pytest.mark.thorough
def test_a_backup_is_restored_where_nothing_was_ever_started(sample, kept, tmp_path, monkeypatch):  # noqa: F811
    """An empty data folder is enough: the embedded server is made for it, and the next command finds everything."""
    path = tmp_path / "all.tar"
    assert sample("backup", "-o", path)[0] == 0
    told = sample("audit", "verify")[1]
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("DOCUMENTS_URL")
    with tempfile.TemporaryDirectory(prefix="alliance-test-") as folder:
        Path(folder).chmod(0o711)  # so that root's tests can run PostgreSQL as somebody else in it
        monkeypatch.setenv("ALLIANCE_DATA_DIR", folder)
        assert sample("restore", path)[::2] == (0, "")
        assert sample("audit", "verify")[1] == told
        assert DocumentStore((Path(folder) / "documents").as_uri()).read(kept) == b"a letter"
        assert sample("backup", "-o", tmp_path / "again.tar")[0] == 0
        wait_until_stopped(load_settings())


def test_what_is_no_backup_is_one_sentence(alliance, tmp_path, monkeypatch):  # noqa: F811
    """Not a tar, cut off, an empty database, a store in which documents are missing: said, and nothing is written."""
    monkeypatch.setenv("DOCUMENTS_URL", (tmp_path / "store").as_uri())
    path = tmp_path / "none.tar"
    path.write_text("no backup")
    assert alliance("restore", path)[::2] == (1, f"{path} is no whole backup: `alliance backup` writes one.\n")
    whole = tmp_path / "whole.tar"
    assert alliance("backup", "-o", whole)[0] == 0
    path.write_bytes(whole.read_bytes()[:20_000])
    code, _, err = alliance("restore", path)
    assert (code, err.count("\n")) == (1, 1)
    assert alliance("restore", whole)[0] == 0


def test_the_audit_is_exported_redacted_and_still_whole(sample, kept, tmp_path):  # noqa: F811
    """An export says how long to keep, what is on hold, holds no formula, and proves the chain by itself."""
    assert sample("retention", "set", "audit", "--schedule", "GRS 5.2", "--years", "7")[0] == 0
    assert sample("retention", "hold", "--reason", "A lawsuit")[1] == "Hold 1: everything.\n"
    redact = ("audit", "redact", "--words", "Jo Doe", "--reason", "Asked for")
    assert sample(*redact, "--yes")[2].endswith("had everything kept as it is (A lawsuit).\n")
    shown = sample("retention", "show")[1]
    assert "audit: GRS 5.2, 7 years" in shown
    assert "Hold 1: everything" in shown
    assert sample("retention", "lift", "1", "--reason", "Settled")[0] == 0
    before = sample("audit", "verify")[1]
    code, out, _ = sample(*redact, "--dry-run")
    assert (code, "=Talk by [redacted]" in out, out.endswith("Nothing was changed.\n")) == (0, True, True)
    assert sample("audit", "verify")[1] == before
    assert sample(*redact, "--yes")[0] == 0
    assert "1 of them redacted" in sample("audit", "verify")[1]
    for form in ("json", "csv", "xlsx"):
        path = tmp_path / f"audit.{form}"
        assert sample("export", "audit", "--format", form, "-o", path)[0] == 0
        if form != "xlsx":
            assert "Jo Doe" not in path.read_text("utf-8-sig")
    entries = json.loads((tmp_path / "audit.json").read_bytes())
    assert first_break(entries) is None
    assert {entry["schedule"] for entry in entries} == {"GRS 5.2"}
    sheet = openpyxl.load_workbook(BytesIO((tmp_path / "audit.xlsx").read_bytes())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert (len(rows), rows[0][0], rows[1][0]) == (len(entries) + 1, "seq", entries[0]["seq"])


def test_everything_is_exported_with_how_long_to_keep_it(sample, kept, database, tmp_path):  # noqa: F811
    """Each table has all of its rows in each format; no name is a formula; of who ended it says until when to keep."""
    _, tables, _ = content(database)
    with changing(database) as session:
        session.execute(text("update alliances set name = '=1+1' where id = (select min(id) from alliances)"))
        ended = "insert into endings (alliance_id, kind, ended_on, reason) select max(id), 'concluded', :on, 'done'"
        session.execute(text(f"{ended} from alliances"), {"on": date(2026, 2, 3)})
    assert sample("retention", "set", "alliances", "--schedule", "N1-100", "--years", "5")[0] == 0
    path = tmp_path / "rows"
    for what in ("alliances", "activities", "meetings", "obligations", "notices"):
        for form in ("json", "csv", "xlsx"):
            code, out, err = sample("export", what, "--format", form, "-o", path)
            assert (code, out, err) == (0, f"{path}: {tables[what]:,} rows.\n", "")
            if form == "csv":
                assert len(list(csv.reader(path.read_text("utf-8-sig").splitlines(keepends=True)))) == tables[what] + 1
                assert not re.search(r"(^|,)=", path.read_text("utf-8-sig"), re.MULTILINE)
    sample("export", "alliances", "--format", "json", "-o", path)
    rows = json.loads(path.read_bytes())
    assert (rows[0]["name"], rows[-1]["keep_until"]) == ("=1+1", "2031-02-03")
    assert {row["schedule"] for row in rows} == {"N1-100"}
    assert all(row["offices"] and row["signatories"] for row in rows)
