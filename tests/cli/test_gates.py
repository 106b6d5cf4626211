"""The gates of an alliance, and the check of a text, at the terminal."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from cli import main
from cli.load_sample import load_sample
from models.alliances import Alliance, Ending
from policy.words import day

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture
def alliance(monkeypatch, capsys):
    """Runs `alliance ARGS`; gives exit code, output and errors."""
    monkeypatch.delenv("ALLIANCE_CLOCK_URL", raising=False)

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main.run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def sample(database, alliance, monkeypatch):
    """The same, with the sample loaded."""
    monkeypatch.setenv("DATABASE_URL", database)
    engine = create_engine(database)
    with Session(engine) as session:
        load_sample(session, now=NOW)
        session.commit()
    engine.dispose()
    return alliance


def test_gates_are_printed_for_people_and_programs(sample):
    """Each gate says whether it is open, by which clause, and what passes it; a day in the past has its own."""
    asked = ("gates", "--alliance", "La Plaza", "--as-of", "2026-11-23")
    code, out, err = sample(*asked)
    assert (code, err) == (0, "")
    assert "Before the renewal of La Plaza Delaware and DALE is signed, on 2026-11-23 (CSP 04-01-003): 8 of 9" in out
    assert "passed  Evaluation, its discussion, a recommendation and its decision  [mandatory]" in out
    assert "open    Area draft reviewed by the Regional Office for programmatic consistency  [mandatory]" in out
    assert "Record what was done with /alliance gates." in out
    (shown,) = json.loads(sample(*asked, "--format", "json")[1])
    assert [gate["gate"] for gate in shown["gates"] if gate["state"] == "passed"] == ["renewal-decided"]
    assert {gate["modality"] for gate in shown["gates"]} == {"mandatory"}
    assert all(gate["quote"] and gate["clauses"] for gate in shown["gates"])
    rows = list(csv.DictReader(io.StringIO(sample(*asked, "--format", "csv")[1])))
    assert [row["gate"] for row in rows] == [gate["gate"] for gate in shown["gates"]]
    (before,) = json.loads(sample("gates", "--alliance", "La Plaza", "--as-of", "2026-06-05", "--format", "json")[1])
    assert [gate["gate"] for gate in before["gates"] if gate["state"] == "passed"] == []


def test_the_gates_name_the_readings_they_rest_on(sample):
    """Each with its alternative: a renewal passes them again, what is carried over, and how strongly F-5 asks."""
    (shown,) = json.loads(sample("gates", "--alliance", "La Plaza", "--as-of", "2026-11-23", "--format", "json")[1])
    assert [reading.split(":")[0] for reading in shown["readings"]] == ["Reading IX.A", "Reading F-5", "Carried over"]
    assert all("alternative" in reading for reading in shown["readings"])
    out = sample("gates", "--alliance", "La Plaza", "--as-of", "2026-11-23")[1]
    assert all(reading in out for reading in shown["readings"])


def test_an_ended_alliance_has_no_gates(sample, database):
    """What would be signed is a new alliance, as a preview says; before its end it had them."""
    engine = create_engine(database)
    with Session(engine) as session:
        name, ended_on = session.execute(
            select(Alliance.name, Ending.ended_on).join(Ending, Ending.alliance_id == Alliance.id).order_by(Alliance.id)
        ).first()
    engine.dispose()
    code, out, err = sample("gates", "--alliance", name, "--as-of", "2026-11-23")
    assert (code, out) == (1, "")
    assert err == f"{name} ended on {day(ended_on)}: what would be signed is a new alliance.\n"
    assert sample("gates", "--alliance", name, "--as-of", ended_on - timedelta(days=1))[0] == 0


def test_a_misspelled_name_says_for_what_it_is_taken(sample):
    """The name that is meant is told on standard error; one that is spelled right is not."""
    _, _, err = sample("gates", "--alliance", "La Plazza", "--as-of", "2026-11-23")
    assert err.startswith("“La Plazza” is taken for La Plaza")


def test_gates_of_another_step(sample):
    """A step is named; an alliance without a product says so."""
    assert "is decided on" in sample("gates", "--alliance", "La Plaza", "--step", "renew")[1]
    assert sample("gates", "--alliance", "La Plaza", "--step", "publish")[1] == (
        "La Plaza Delaware and DALE has no product on record.\n"
    )
    code, _, err = sample("gates", "--alliance", "La Plaza", "--step", "jump")
    assert (code, err.count("\n")) == (2, 1)


def test_marked_words_are_named_by_line_and_column(alliance, tmp_path):
    """A text with marked words ends with 1, a harmless one with 0."""
    bad = tmp_path / "bad.txt"
    bad.write_text("About us.\nWe are a preferred partner of OSHA.\n", encoding="utf-8")
    code, out, err = alliance("language", bad)
    assert (code, err) == (1, "")
    assert out.startswith("2:10  “preferred partner of OSHA”")
    assert "1 place to decide on" in out
    code, out, _ = alliance("language", bad, "--format", "json")
    (mark,) = json.loads(out)
    assert (code, mark["line"], mark["clause"]) == (1, 2, "CSP 04-01-002 XII.A (appearance)")
    good = tmp_path / "good.txt"
    good.write_text("OSHA does not endorse participants.", encoding="utf-8")
    assert alliance("language", good)[:2] == (
        0,
        (
            "No known phrase of endorsement or preferential treatment occurs but where it is negated.\n"
            "1:1  “OSHA does not endorse”  negated, look [FAQ F-3]\n"
        ),
    )
    good.write_text("The parties meet twice a year.", encoding="utf-8")
    assert alliance("language", good)[:2] == (
        0,
        "No known phrase of endorsement or preferential treatment occurs. A person still reads it.\n",
    )


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 5_000_001])
def test_what_is_no_text_is_refused_in_one_line(alliance, tmp_path, content):
    """Neither a binary file nor an endless one, nor one that is not there."""
    path = tmp_path / "file"
    path.write_bytes(content)
    for wrong in (path, tmp_path / "missing"):
        code, out, err = alliance("language", wrong)
        assert (code, out, err.count("\n")) == (1, "", 1)
