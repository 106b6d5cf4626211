from __future__ import annotations

import pytest

from operations.read.find_alliance import closest_names, find_alliances, the_one


@pytest.fixture(autouse=True)
def alliances(portfolio, field):
    """Real-looking names, two of them alike."""
    portfolio.alliance("NGFA", field.area, signatories=("National Grain and Feed Association",))
    portfolio.alliance("Grain and Feed Association of Illinois", field.area, signatories=("GFAI members",))
    portfolio.alliance("Chicago Roofing Contractors Association (2007)", field.area)
    portfolio.alliance("Chicago Roofing Contractors Association (2014)", field.area)
    portfolio.alliance("Montana Logging Association", field.area)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ngfa", "NGFA"),
        ("GFAI", "Grain and Feed Association of Illinois"),
        ("montana", "Montana Logging Association"),
        ("montana loging asociation", "Montana Logging Association"),
        ("national grain", "NGFA"),
        ("  MONTANA   logging  ", "Montana Logging Association"),
        ("roofing (2014)", "Chicago Roofing Contractors Association (2014)"),
    ],
)
def test_an_alliance_is_found_by_what_people_type(session, typed, meant):
    """Acronyms, parts, misspellings and odd spaces lead to the one that is meant."""
    found = find_alliances(session, typed)
    assert the_one(found).name == meant


def test_two_that_match_alike_are_left_to_the_person(session):
    """Nothing is chosen when two names fit equally well; both are offered."""
    found = find_alliances(session, "chicago roofing")
    assert the_one(found) is None
    assert {f.name for f in found[:2]} == {
        "Chicago Roofing Contractors Association (2007)",
        "Chicago Roofing Contractors Association (2014)",
    }


@pytest.mark.parametrize(
    "typed", ["zzzz", "wat", "<!channel>", "😀", "Wizards of Nowhere", "'; drop table alliances; --"]
)
def test_what_nobody_knows_matches_nothing(session, portfolio, field, typed):
    """Words like no name find nothing, however many short words they share, and no name is told as the closest."""
    portfolio.alliance("Harbor Crane Operators Union", field.area)
    assert find_alliances(session, typed) == []
    assert closest_names(session, typed) == []


def test_names_that_hold_every_word_leave_out_what_is_spelled_alike(session, portfolio, field):
    """Where some names hold what was typed, nothing that only resembles it is offered."""
    portfolio.alliance("Alabama Montage Logistics", field.area)
    assert [found.name for found in find_alliances(session, "montana")] == ["Montana Logging Association"]
    assert "Alabama Montage Logistics" in [found.name for found in find_alliances(session, "montaga")]


def test_the_very_name_wins_over_names_that_hold_it(session, portfolio, field):
    """Typing a whole name means that alliance, also when a longer name begins with it."""
    portfolio.alliance("Montana Logging Association of the West", field.area)
    assert the_one(find_alliances(session, "Montana Logging Association")).name == "Montana Logging Association"
