"""Imports of a person: only what is theirs, and taken back as a whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models import audit
from models.alliances import Alliance, Ending
from models.audit import write_noted
from models.imports import Import
from models.offices import Office
from models.work import Meeting
from operations.records.attach_document import Attached
from operations.records.bad_rows import BadRows
from operations.records.import_for import COLUMNS, Imported, import_for
from operations.records.imports import ask_import, confirm_import, undo_import
from operations.records.read_table import read_table
from operations.records.row_changes import changes, snapshot, take_back
from operations.refusals import NotAllowed, Refused
from operations.remind.check_rules import check_rules
from policy.import_state import ImportState
from policy.rights import HeldPosition, Role
from tests.operations.conftest import NOW

HEAD = "name,participants,level,offices,signed,renewed,ambassador,source\n"


@pytest.fixture
def chief(portfolio, field):
    """An administrator of the National Office."""
    return portfolio.person("U0CHIEF01", (Role.ADMINISTRATOR, field.national))


@pytest.fixture
def plaza(session, portfolio, field):
    """An alliance of the area office; records began on the day of the test."""
    made = portfolio.alliance("Plaza", field.area, field.region, signed=date(2024, 5, 6))
    audit.record(session, at=NOW, actor="Ada", action="a:b", subject="program")
    write_noted(session)
    return made


def imported(session, by, *rows, what=Imported.ALLIANCES, head=HEAD, tried=False):
    """Import the rows of a CSV file for a person."""
    table = read_table("my.csv", (head + "\n".join(rows)).encode(), COLUMNS[what])
    return import_for(session, what=what, table=table, by=by, now=NOW, tried=tried)


def refused(session, by, *rows):
    """Return what is said of rows that a person may not import."""
    with pytest.raises(BadRows) as bad:
        imported(session, by, *rows)
    return [f"{row.line} {row.column}: {row.reason}" for row in bad.value.rows]


def test_each_row_has_to_be_of_an_office_of_the_person(session, field, plaza, chief):
    """Another office, a move and a signing that needs approvals are mistakes of their rows; not for who may do it."""
    mine, theirs = "Mine,X,area,0317300,2020-01-02,,,", "Grain,X,national,OSHA-NO,2020-01-02,,,"
    moved = "Plaza,Local Builders,area,REG-PHI;0317300,2024-05-06,,,"
    signed = "Plaza,Local Builders,area,0317300;REG-PHI,2024-05-06,2026-11-23,,"
    by = field.coordinator
    assert refused(session, by, mine, theirs) == ["3 offices: you may not import alliances of the office OSHA-NO"]
    assert refused(session, by, moved)[0].startswith("2 offices: you may not move an alliance to another office")
    assert refused(session, by, signed)[0].startswith("2 renewed: 2026-11-23: since records are kept here a signing")
    with pytest.raises(NotAllowed, match="You may not import alliances for Office OSHA-NO"):
        imported(session, by, theirs)
    with pytest.raises(NotAllowed, match="You may not change offices and people"):
        imported(session, by, "U0NEW0001,Nora", what=Imported.PEOPLE, head="slack_id,name\n")
    assert imported(session, by, mine, tried=True).created == ("Mine",)
    assert imported(session, chief, signed, theirs).changed == ("Plaza",)


def test_everything_that_an_import_of_alliances_does_is_taken_back(session, field, plaza, chief):
    """Corrected dates, renewals, an end, offices in another order, new ones: each row is as it was."""
    check_rules(session, now=NOW)
    before = snapshot(session, Imported.ALLIANCES)
    rows = [
        "Plaza,Masons,regional,REG-PHI;0317300,2024-04-01,2026-04-02,2026-10-01,A list",
        "New,X;Y,area,0317300,2025-12-10,,,",
    ]
    imported(session, chief, *rows)
    done = changes(before, snapshot(session, Imported.ALLIANCES))
    assert {each["table"] for each in done} == {
        "alliances",
        "alliance_offices",
        "signatories",
        "agreements",
        "endings",
    }
    take_back(session, Imported.ALLIANCES, done)
    assert snapshot(session, Imported.ALLIANCES) == before
    assert session.query(Ending).all() == []
    check_rules(session, now=NOW)
    # What was changed since, or built on, is left as it is.
    imported(session, chief, *rows)
    done = changes(before, snapshot(session, Imported.ALLIANCES))
    new = session.query(Alliance).filter_by(name="New").one()
    session.add(Meeting(alliance_id=new.id, on_day=date(2026, 10, 1), format="both", recorded_at=NOW, held=True))
    session.flush()
    with pytest.raises(Refused, match="“New” has had something built on it since"):
        take_back(session, Imported.ALLIANCES, done)
    plaza.source = "Another list"
    with pytest.raises(Refused, match="“Plaza” was changed since; correct it instead"):
        take_back(session, Imported.ALLIANCES, done)
    assert session.query(Alliance).count() == 2


def test_offices_are_taken_back_unless_something_is_theirs(session, field, chief):
    """Names, parents and a new office are as before; an office with an alliance stays."""
    before = snapshot(session, Imported.OFFICES)
    head = "code,name,kind,parent,timezone\n"
    rows = [
        "0317300,Dover Area Office,area,REG-NYC,America/New_York",
        "REG-NYC,New York Region,region,OSHA-NO,America/New_York",
    ]
    imported(session, chief, *rows, what=Imported.OFFICES, head=head)
    done = changes(before, snapshot(session, Imported.OFFICES))
    assert session.query(Office).filter_by(code="0317300").one().name == "Dover Area Office"
    take_back(session, Imported.OFFICES, done)
    assert snapshot(session, Imported.OFFICES) == before


def done_import(session, by):
    """Return the id of an import of a person that wrote an alliance of the area office."""
    id = ask_import(session, what=Imported.ALLIANCES, attached=Attached("F0", "my.csv", 9, "a" * 64), by=by, now=NOW)
    before = snapshot(session, Imported.ALLIANCES)
    imported(session, by, "New One,Guild,area,0317300,2024-02-01,,,")
    session.flush()
    row = session.get_one(Import, id)
    row.state, row.rows = ImportState.DONE.value, changes(before, snapshot(session, Imported.ALLIANCES))
    return id


def test_an_import_is_taken_back_by_who_could_import_it_today(session, portfolio, field):
    """Neither by who left, nor by who works for another office by now; nor is one confirmed."""
    other = portfolio.office("0317400", parent=field.region)
    id, ada = done_import(session, field.coordinator), field.coordinator
    for positions in ((), (HeldPosition(Role.ALLIANCE_COORDINATOR, other.code),)):
        today = replace(ada, positions=positions, offices=tuple(p.office_code for p in positions))
        with pytest.raises(NotAllowed, match="You may not import alliances"):
            undo_import(session, import_id=id, by=today, now=NOW)
    session.get_one(Import, id).state = ImportState.SHOWN.value
    with pytest.raises(NotAllowed, match="You may not import alliances"):
        confirm_import(session, import_id=id, by=replace(ada, positions=(), offices=()), now=NOW)
    session.get_one(Import, id).state = ImportState.DONE.value
    assert undo_import(session, import_id=id, by=ada, now=NOW).state is ImportState.UNDOING


def test_an_import_leaves_an_administrator(session, chief):
    """As with a position that is ended by hand: the last one is not ended by a file."""
    head = "slack_id,name,position,office,until\n"
    last = "U0CHIEF01,Person U0CHIEF01,administrator,OSHA-NO,2026-11-30"
    with pytest.raises(Refused, match=r"my\.csv would end the position of the last administrator of Office OSHA-NO"):
        imported(session, chief, last, what=Imported.PEOPLE, head=head)
    session.rollback()


def test_one_of_two_administrators_may_be_ended_by_a_file(session, portfolio, field, chief):
    """The other one stays."""
    portfolio.person("U0CHIEF02", (Role.ADMINISTRATOR, field.national))
    head = "slack_id,name,position,office,until\n"
    row = "U0CHIEF01,Person U0CHIEF01,administrator,OSHA-NO,2026-11-30"
    assert imported(session, chief, row, what=Imported.PEOPLE, head=head).changed
