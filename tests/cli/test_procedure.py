"""The procedure of an alliance at the terminal."""

from __future__ import annotations

import csv
import io
import json

from tests.cli.test_gates import alliance, sample

__all__ = ["alliance", "sample"]


def test_the_procedure_is_printed_for_people_and_programs(sample):
    """Each step says how it stands, whose it is and by which clause."""
    asked = ("procedure", "La Plaza", "--as-of", "2026-11-23")
    code, out, err = sample(*asked)
    assert (code, err) == (0, "")
    assert "La Plaza Delaware and DALE, on 2026-11-23 (CSP 04-01-003): 0 of 8 steps done." in out
    assert " 1. Evaluation, recommendation and decision to renew: next" in out
    assert "No record of meeting the goals" in out
    assert "Draft agreement and preliminary work plan: not yet" in out
    assert "First: Evaluation, recommendation and decision to renew." in out
    shown = json.loads(sample(*asked, "--format", "json")[1])
    assert [step["step"] for step in shown["steps"]][:3] == ["decision", "draft", "criteria"]
    assert {step["state"] for step in shown["steps"]} == {"next", "not yet", "not needed"}
    assert all(step["clause"] and step["quote"] for step in shown["steps"])
    rows = list(csv.DictReader(io.StringIO(sample(*asked, "--format", "csv")[1])))
    assert [row["step"] for row in rows] == [step["step"] for step in shown["steps"]]


def test_an_alliance_that_is_not_there(sample):
    """One sentence, and the exit code of a no."""
    code, out, err = sample("procedure", "Wizards of Nowhere")
    assert (code, out) == (1, "")
    assert "Wizards of Nowhere" in err
