from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from policy.rights import Role
from tests.operations.conftest import Portfolio


def test_the_national_office_sees_first_what_it_leads_itself(nate):
    """Every office stands below the National Office; its own list shows what it leads."""
    text = nate.asks("/alliance due")["text"]
    assert "National Grain" in text
    assert "La Plaza" not in text


def test_dcsp_works_for_the_alliances_of_the_national_office(stranger, sample_engine):
    """A position at DCSP stands for the National Office's own alliances."""
    with Session(sample_engine) as session:
        made = Portfolio(session)
        top = session.scalars(select(Office).where(Office.code == "OSHA-NO")).one()
        dcsp = made.office("DCSP", kind="directorate", parent=top, name="Directorate of Cooperative Programs")
        made.person("USTRANGER", (Role.DCSP_STAFF, dcsp), name="Dana Desk")
        session.commit()
    text = stranger.asks("/alliance due")["text"]
    assert "Due for me and my offices" in text
    assert "National Grain" in text
    assert "La Plaza" not in text


def test_a_region_sees_its_area_offices_too(rita):
    """What is due below stands in the list of the office above, in order of date."""
    text = rita.asks("/alliance due")["text"]
    assert text.index("Roofing Contractors") < text.index("La Plaza")


def test_many_alliances_are_listed_at_once(ada, sample_engine):
    """Three hundred alliances in one office take one page and no more time than Slack grants."""
    with Session(sample_engine) as session:
        made = Portfolio(session)
        area = session.scalars(select(Office).where(Office.code == "0317300")).one()
        for number in range(300):
            made.alliance(f"Builders of Town {number}", area, signed=date(2015 + number % 10, 1 + number % 12, 3))
        session.commit()
    assert "Page 1 of" in str(ada.asks("/alliance due")["blocks"])
    assert "302 alliances." in ada.asks("/alliance list wilmington")["text"]
