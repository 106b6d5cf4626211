"""`alliance report` writes the annual report in each format and says what it lacks."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_answers import alliance, sample  # noqa: F401  # fixtures


@pytest.mark.parametrize(
    ("form", "begins"), [("docx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!DOCTYPE"), ("csv", b"\xef\xbb\xbf")]
)
def test_each_format_is_written(sample, tmp_path, form, begins):  # noqa: F811
    """The file is what its format says, and the terminal lists what is missing."""
    path = tmp_path / f"report.{form}"
    code, out, _ = sample("report", "Harbor Crane", "--period-end", "2026-11-27", "--format", form, "-o", path)
    assert (code, path.read_bytes().startswith(begins)) == (0, True)
    assert "VI.E asks for" in out.splitlines()[0]


def test_json_holds_the_fields_and_the_gaps(sample, tmp_path):  # noqa: F811
    """A program reads the period, the rows and what is missing."""
    path = tmp_path / "report.json"
    assert sample("report", "Harbor Crane", "--period-end", "2026-11-27", "--format", "json", "-o", path)[0] == 0
    told = json.loads(path.read_text())
    assert told["period"] == {"first": "2025-11-28", "last": "2026-11-27"}
    assert all(gap["sentence"] for gap in told["lacks"])


def test_a_day_that_ends_no_year_is_one_sentence(sample, tmp_path):  # noqa: F811
    """Nothing is written, and the day that was meant is named."""
    path = tmp_path / "report.docx"
    code, _, err = sample("report", "Harbor Crane", "--period-end", "2026-11-20", "-o", path)
    assert (code, path.exists()) == (1, False)
    assert "the one around it ends on November 27, 2026. Its agreement years end on " in err.replace("latest ", "")
