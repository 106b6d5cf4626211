"""Who may do what, and where."""

from __future__ import annotations

import pytest

from policy.rights import RIGHTS, HeldPosition, Role, Verb, may, who_may

AREA = ("0418800", "REG-ATL", "OSHA-NO")
REGION = ("REG-ATL", "OSHA-NO")
NATIONAL = ("OSHA-NO",)


@pytest.mark.parametrize(
    ("verb", "role", "office", "line", "allowed"),
    [
        (Verb.RECORD, Role.ALLIANCE_COORDINATOR, "0418800", AREA, True),
        (Verb.RECORD, Role.ALLIANCE_COORDINATOR, "0418800", REGION, False),
        (Verb.RECORD, Role.ALLIANCE_COORDINATOR, "0418800", ("0420100", "REG-ATL", "OSHA-NO"), False),
        (Verb.SUBMIT_REPORT, Role.REGIONAL_COORDINATOR, "REG-ATL", AREA, True),
        (Verb.SUBMIT_REPORT, Role.REGIONAL_COORDINATOR, "REG-ATL", ("0516400", "REG-CHI", "OSHA-NO"), False),
        (Verb.SUBMIT_REPORT, Role.REGIONAL_COORDINATOR, "REG-ATL", NATIONAL, False),
        (Verb.SUBMIT_REPORT, Role.DCSP_STAFF, "DCSP", AREA, True),
        (Verb.SUBMIT_REPORT, Role.OOSA_DIRECTOR, "OOSA", AREA, True),
        (Verb.SUBMIT_REPORT, Role.DCSP_STAFF, "DCSP", (), False),
        (Verb.RECORD, Role.DCSP_STAFF, "DCSP", AREA, False),
        (Verb.RECORD, Role.DCSP_STAFF, "DCSP", NATIONAL, True),
        (Verb.RECORD, Role.DCSP_STAFF, "OSHA-NO", NATIONAL, True),
        (Verb.RECORD, Role.DCSP_STAFF, "DCSP", ("OOSA", "DCSP", "OSHA-NO"), True),
        (Verb.RECORD, Role.ALLIANCE_COORDINATOR, "OOSA", NATIONAL, True),
        (Verb.RECORD, Role.ALLIANCE_COORDINATOR, "REG-ATL", NATIONAL, False),
        (Verb.WAIVE, Role.ALLIANCE_COORDINATOR, "0418800", AREA, False),
        (Verb.WAIVE, Role.AREA_DIRECTOR, "0418800", AREA, True),
        (Verb.WAIVE, Role.AREA_DIRECTOR, "0418800", REGION, False),
        (Verb.WAIVE, Role.REGIONAL_ADMINISTRATOR, "REG-ATL", AREA, True),
        (Verb.WAIVE, Role.OOSA_DIRECTOR, "OOSA", NATIONAL, True),
        (Verb.DECIDE_RENEWAL, Role.ASSISTANT_SECRETARY, "OSHA-NO", NATIONAL, True),
        (Verb.RECORD, Role.ASSISTANT_SECRETARY, "OSHA-NO", NATIONAL, False),
        (Verb.RECORD, Role.DIRECTORATE_REVIEWER, "OSHA-NO", NATIONAL, False),
        (Verb.DECIDE_RENEWAL, Role.SOLICITOR, "OSHA-NO", NATIONAL, False),
        (Verb.RECORD, Role.ADMINISTRATOR, "OSHA-NO", AREA, False),
        (Verb.ADMINISTER, Role.ADMINISTRATOR, "OSHA-NO", AREA, True),
        (Verb.ADMINISTER, Role.REGIONAL_ADMINISTRATOR, "REG-ATL", REGION, False),
        (Verb.CHANGE_SETTINGS, Role.REGIONAL_ADMINISTRATOR, "REG-ATL", AREA, True),
        (Verb.CHANGE_SETTINGS, Role.AREA_DIRECTOR, "0418800", REGION, False),
        (Verb.CHANGE_SETTINGS, Role.OOSA_DIRECTOR, "OOSA", NATIONAL, True),
        (Verb.CHANGE_SETTINGS, Role.ALLIANCE_COORDINATOR, "0418800", AREA, False),
    ],
)
def test_may(verb, role, office, line, allowed):
    """A position works for its office and the offices below, with the two additions for DCSP."""
    assert may(verb, [HeldPosition(role, office)], line) is allowed


@pytest.mark.parametrize("verb", Verb)
def test_denied_by_default(verb):
    """Who holds nothing may do nothing; what somebody may do has words and at least one position."""
    assert not may(verb, [], AREA)
    assert who_may(verb)
    assert verb.label


def test_one_of_several_positions_suffices():
    """A person with several positions may do what any of them allows."""
    held = [HeldPosition(Role.SOLICITOR, "SOL"), HeldPosition(Role.AREA_DIRECTOR, "0418800")]
    assert may(Verb.WAIVE, held, AREA)


def test_every_role_is_in_the_table():
    """No role is forgotten, and the sentence of a refusal lists roles in the order of the table."""
    assert set(RIGHTS) == set(Role)
    assert who_may(Verb.WAIVE) == (
        Role.AREA_DIRECTOR,
        Role.REGIONAL_ADMINISTRATOR,
        Role.OOSA_DIRECTOR,
        Role.ASSISTANT_SECRETARY,
    )
    assert who_may(Verb.ADMINISTER) == (Role.ADMINISTRATOR,)
