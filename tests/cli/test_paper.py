"""`alliance paper` writes a paper of an alliance as Word or PDF, the latest or that of a day."""

from __future__ import annotations

import io

from docx import Document

from tests.cli.test_answers import alliance, sample  # noqa: F401  # fixtures


def test_papers_are_written(sample, tmp_path):  # noqa: F811
    """The file is what its format says; another day is named with those that there are."""
    path = tmp_path / "paper.docx"
    code, out, _ = sample("paper", "transmittal", "Harbor Crane", "-o", path)
    assert (code, "Signed copy for transmittal signed on" in out) == (0, True)
    words = [line.text for line in Document(io.BytesIO(path.read_bytes())).paragraphs]
    assert "Text: none on record; signatures are not shown" in words
    pdf = tmp_path / "paper.pdf"
    assert sample("paper", "agreement", "Harbor Crane", "--format", "pdf", "-o", pdf)[0] == 0
    assert pdf.read_bytes().startswith(b"%PDF")
    code, _, err = sample("paper", "transmittal", "Harbor Crane", "--on", "2001-01-01", "-o", tmp_path / "none")
    assert (code, "has none of January 1, 2001; there are those of" in err) == (1, True)
    code, _, err = sample("paper", "conclusion", "Harbor Crane", "-o", tmp_path / "none")
    assert (code, "has nothing on record for this paper: conclusion letter" in err) == (1, True)
    assert not (tmp_path / "none").exists()
