"""The committed handbook is what the register and the rules say."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import run
from cli.write_docs import pages

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_committed_page_is_not_stale(name):
    """Each generated page is committed as it would be written now; `alliance docs` writes it."""
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name], "run `alliance docs`"


def test_the_pages_are_written(tmp_path, capsys):
    """Into an empty folder all pages are written; a second time there is nothing to do."""
    assert run(["docs", "--into", str(tmp_path / "handbook")]) == 0
    assert {path.name for path in (tmp_path / "handbook").iterdir()} == set(pages())
    assert capsys.readouterr().out.count(".md written") == len(pages())
    assert run(["docs", "--into", str(tmp_path / "handbook")]) == 0
    assert capsys.readouterr().out.count("is up to date") == len(pages())


def test_a_stale_page_is_named_and_left_alone(tmp_path, capsys):
    """With --check nothing is written: a stale page and a missing one are named, and the answer is no."""
    (tmp_path / "clauses.md").write_text("old", encoding="utf-8")
    assert run(["docs", "--into", str(tmp_path), "--check"]) == 1
    said = capsys.readouterr().err
    assert "clauses.md is stale" in said
    assert "obligations.md is stale" in said
    assert (tmp_path / "clauses.md").read_text(encoding="utf-8") == "old"
    assert not (tmp_path / "obligations.md").exists()
