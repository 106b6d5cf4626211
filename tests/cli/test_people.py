"""`alliance people`: who holds what, and what nobody answers for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import create_engine, delete
from sqlalchemy.orm import Session

from models.offices import Position
from policy.rights import Role
from tests.cli.conftest import sample_database


@pytest.fixture(scope="module")
def records(server_url) -> Iterator[str]:
    """Address of a database with the sample, in which nobody is an Alliance Coordinator any more."""
    with sample_database(server_url, "people") as address:
        engine = create_engine(address)
        with Session(engine) as session:
            session.execute(delete(Position).where(Position.role == Role.ALLIANCE_COORDINATOR.value))
            session.commit()
        engine.dispose()
        yield address


@pytest.fixture
def people(records, run_on):
    """Runs `alliance people ARGS`; gives exit code, output and errors."""
    return partial(run_on(records), "people")


def test_positions_are_listed_with_their_days(people):
    """A line each, of one office and those below or of all."""
    code, out, _ = people()
    assert code == 0
    assert "since" in out
    assert "Alliance Coordinator," not in out
    _, told, _ = people("--office", "REG-PHI", "--format", "json")
    assert {one["when"] for one in json.loads(told)} <= {"now", "coming"}
    assert len(json.loads(told)) < len(out.splitlines())


def test_what_nobody_answers_for_is_listed(people):
    """Under its headings, as JSON and as CSV alike."""
    code, out, _ = people("--without-owner")
    assert code == 0
    assert out.startswith("Duties whose position nobody holds, there or above:")
    assert "(Alliance Coordinator)" in out
    _, told, _ = people("--without-owner", "--format", "json")
    kinds = {one["kind"] for one in json.loads(told)}
    assert "duties" in kinds
    _, table, _ = people("--without-owner", "--format", "csv")
    assert table.splitlines()[0] == "kind,office_code,office_name,what,about,due_on,owner"
    assert len(table.splitlines()) == len(json.loads(told)) + 1


def test_an_unknown_office_is_told(people):
    """One sentence, and exit code 1 or 2."""
    code, _, err = people("--office", "NOWHERE")
    assert code in {1, 2}
    assert "NOWHERE" in err
