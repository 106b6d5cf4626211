"""Every position at every place against every operation: allowed or refused just as `policy.rights` says."""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module

import pytest
from sqlalchemy.orm import Session

import operations
from models.offices import Position
from operations.actor import office_line
from operations.refusals import NotAllowed
from operations.remind.check_rules import check_rules
from policy.rights import RIGHTS, HeldPosition, Role, Verb, may, who_may
from tests.operations.conftest import NOW, TODAY, Portfolio
from tests.operations.right_matrix import BELOW, OF_AN_AREA, OF_THE_NATIONAL, OWN, UNIT, WITH_UNIT, Row, World
from tests.operations.right_rows_answers import ROWS as ANSWERS
from tests.operations.right_rows_approvals import BY_SEAT as DECIDERS
from tests.operations.right_rows_approvals import ROWS as APPROVALS
from tests.operations.right_rows_calendars import ROWS as CALENDARS
from tests.operations.right_rows_hands import ROWS as HANDS
from tests.operations.right_rows_operate import ROWS as OPERATE
from tests.operations.right_rows_procedure import ROWS as PROCEDURE
from tests.operations.right_rows_records import BY_SEAT as IMPORTERS
from tests.operations.right_rows_records import ROWS as RECORDS
from tests.operations.right_rows_withdrawn import ROWS as WITHDRAWN
from tests.operations.right_rows_work import ROWS as WORK

ROWS = [*WORK, *ANSWERS, *WITHDRAWN, *HANDS, *PROCEDURE, *APPROVALS, *OPERATE, *CALENDARS, *RECORDS]

BY_SEAT = (*DECIDERS, *IMPORTERS)

#: Of what reaches DCSP or goes out from there its people may record for any office.
COLLECTED = {Verb.SUBMIT_REPORT, Verb.POST_REPORT, Verb.RECORD_COPY, Verb.DECIDE}
COLLECTORS = {Role.DCSP_STAFF, Role.OOSA_DIRECTOR}

#: What has an actor and checks no right: inner parts, which the operations above call once they have.
INNER = {
    "add_version",
    "attach_document",
    "check_program",
    "check_rules",
    "claim_submission",
    "change_answer",
    "check_moved",
    "close_draft",
    "decide_term",
    "follow_duties",
    "follow_name",
    "make_agreement",
    "move_approvals",
    "move_signing",
    "note_signatures",
    "note_taken_back",
    "record_decision",
    "open_alliance",
    "open_approval",
    "open_obligation",
    "open_program",
    "pass_gates",
    "put_off",
    "recheck",
    "recheck_obligation",
    "recheck_program",
    "settle",
    "withdraw_call",
    "withdraw_documents_of",
    "withdraw_step",
    "write_draft",
    "write_gate_records",
}
#: What everybody does for themselves alone.
OWN_AFFAIRS = {"choose_digest", "undo_digest"}


@pytest.fixture(scope="module")
def world(engine) -> Iterator[World]:
    """The portfolio, made once; what a test does on it is taken back."""
    with engine.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield fill(session)
        outer.rollback()


def fill(session: Session) -> World:
    """Make offices in every relation, four alliances, and who acts on them."""
    made = Portfolio(session)
    national = made.office("OSHA-NO", kind="national", channel="C0NATIONAL")
    made.office("SOL", kind="external")
    dcsp = made.office("DCSP", kind="directorate", parent=national)
    made.office("OOSA", kind="directorate", parent=dcsp)
    region = made.office("REG-PHI", kind="region", parent=national, channel="C0REGION")
    made.office("0418800", parent=made.office("REG-ATL", kind="region", parent=national))
    area = made.office("0317300", parent=region, channel="C0AREA")
    made.office("0317301", kind="district", parent=area)
    alliances = {
        "area": made.alliance("Area", area, signed=date(2024, 12, 10)),
        "national": made.alliance("National", national, level="national", signed=date(2026, 3, 2)),
        "veteran": made.alliance("Veteran", area, signed=date(2020, 6, 1), renewed=(date(2022, 5, 30),)),
        "fresh": made.alliance("Fresh", area, signed=TODAY - timedelta(days=10)),
    }
    check_rules(session, now=NOW)
    chief = made.person("U0CHIEF00", *((role, national) for role in Role))
    ada = made.person("U0ADA0000", (Role.ALLIANCE_COORDINATOR, area))
    held_by = made.person("U0HELD000")
    return World(session, made, chief=chief, ada=ada, held_by=held_by, **alliances)


def is_allowed(row: Row, role: Role, relation: str) -> bool:
    """Say from the directive's table alone whether a position allows an operation."""
    if row.verb not in RIGHTS[role]:
        return False
    if row.verb is Verb.VIEW:
        return True
    reaches = relation in {OWN, BELOW} or (relation == UNIT and any(row.seats is seats for seats in WITH_UNIT))
    return reaches or (role in COLLECTORS and row.verb in COLLECTED)


def cells(row: Row, number: int) -> list[tuple[str, Role]]:
    """Return what is tried of a row each time: who may and who may not at the own office, who may elsewhere."""
    able = [role for role in Role if row.verb in RIGHTS[role]]
    unable = [role for role in Role if row.verb not in RIGHTS[role]]
    turns = {at: able[(number + turn) % len(able)] for turn, at in enumerate(row.seats)}
    return [*turns.items(), *((OWN, role) for role in unable[number % (len(unable) or 1) :][:1])]


@pytest.mark.parametrize(("number", "row"), list(enumerate(ROWS)), ids=[row.name for row in ROWS])
def test_a_position_may_what_the_table_says(world, number, row):
    """By turns one that has the right at each place, and one at the own office that has not."""
    check(world, row, [(role, at) for at, role in cells(row, number)])


@pytest.mark.thorough
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_position_at_each_place(world, row):
    """All of them: every position at every place against every operation."""
    check(world, row, [(role, at) for at in row.seats for role in Role])


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("seats", [OF_AN_AREA, OF_THE_NATIONAL], ids=["area", "national"])
def test_the_table_is_what_the_policy_says(world, verb, seats):
    """For every right, position and place `policy.rights.may` says what the table does."""
    line = office_line(world.session, world.office(seats[OWN]).id)
    row = Row(check, verb, check, seats)
    for at, seat in seats.items():
        for role in Role:
            assert may(verb, [HeldPosition(role, seat)], line) == is_allowed(row, role, at), (role, at)


def check(world: World, row: Row, wanted: list[tuple[Role, str]]) -> None:
    """Try what is wanted of a row, and compare it with the table, the sentence included."""
    session = world.session
    with session.begin_nested() as prepared:
        world.kept["prepared"] = row.prepare(world) if row.prepare else None
        session.flush()
        found = {key: _try(world, row, *key, row.seats[key[1]]) for key in wanted}
        prepared.rollback()
    expected = {key: is_allowed(row, *key) and key not in row.barred for key in wanted}
    wrong = {key: sentence or "allowed" for key, sentence in found.items() if (sentence is None) != expected[key]}
    assert wrong == {}
    for key, sentence in found.items():
        if sentence is not None and key not in row.barred:
            assert sentence.startswith(f"You may not {row.verb.label} for ")
            assert all(role.value in sentence for role in who_may(row.verb))
            assert sentence.endswith("An administrator can add yours.")


@pytest.mark.parametrize("seated", BY_SEAT, ids=lambda seated: seated.operation.__name__)
def test_no_right_stands_for_a_seat(world, seated):
    """Who holds the seat, asked or recorded may; every other person is refused, whatever their rights."""
    for role in (None, *Role):
        with world.session.begin_nested() as attempt:
            if role is None:
                seated.call(world, seated.whose(world))
            else:
                with pytest.raises(NotAllowed):
                    seated.call(world, world.holder(role, OF_AN_AREA[OWN]))
            attempt.rollback()


def test_no_operation_is_without_a_row():
    """Whatever takes an actor and a moment stands in the table, or here with why it asks for no right."""
    found = set()
    for module in pkgutil.walk_packages(operations.__path__, "operations."):
        if module.name.startswith("operations.read."):
            continue  # everybody may read
        for name, made in inspect.getmembers(import_module(module.name), inspect.isfunction):
            parameters = inspect.signature(made).parameters
            acts = "now" in parameters and "by" in parameters and parameters["by"].annotation == "Actor"
            if acts and made.__module__ == module.name and not name.startswith("_"):
                found.add(name)
    by_seat = {seated.operation.__name__ for seated in BY_SEAT}
    assert found == {row.operation.__name__ for row in ROWS} | INNER | OWN_AFFAIRS | by_seat


def test_every_right_is_asked_for():
    """No right stands in the table that no operation asks for."""
    assert {row.verb for row in ROWS} == set(Verb)


def _try(world: World, row: Row, role: Role, relation: str, seat: str) -> str | None:
    """Call the operation as who holds the position; return the sentence that refused it, or None."""
    world.kept["rights"] = RIGHTS[role] if is_allowed(row, role, relation) else ()
    with world.session.begin_nested() as attempt:
        if row.on_record:
            told = {"role": role.value, "held_from": date(2020, 1, 1), "office_id": world.office(seat).id}
            world.add(Position(person_id=world.held_by.person_id, **told))
        try:
            row.call(world, {"by": world.holder(role, seat), "now": NOW})
        except NotAllowed as refused:
            return refused.sentence
        finally:
            attempt.rollback()
    return None
