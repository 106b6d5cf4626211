"""A small portfolio on real tables, and a clock that stands at Monday, November 23, 2026, 9:00 in New York."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from models.alliances import Agreement, Alliance, AllianceOffice, Signatory
from models.offices import Office, Person, Position
from operations.actor import Actor, identify, operator
from operations.remind.check_rules import check_rules
from policy.editions import edition_on
from policy.rights import Role

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
#: What splits the area office.
SPLIT = {"office_code": "0317300", "new_code": "dover-1", "new_name": "Dover Area Office"}


@dataclass
class Portfolio:
    """Makes offices, people and alliances in one session."""

    session: Session

    def office(self, code: str, *, kind: str = "area", parent: Office | None = None, **more: object) -> Office:
        """Make an office."""
        office = Office(
            code=code,
            name=more.pop("name", f"Office {code}"),
            kind=kind,
            parent_id=parent.id if parent else None,
            timezone=more.pop("timezone", "America/New_York"),
            **more,
        )
        self.session.add(office)
        self.session.flush()
        return office

    def person(self, slack_id: str, *positions: tuple[Role, Office], name: str | None = None) -> Actor:
        """Make a person with positions held since 2020, and give the actor."""
        person = Person(slack_id=slack_id, name=name or f"Person {slack_id}")
        self.session.add(person)
        self.session.flush()
        for role, office in positions:
            self.session.add(
                Position(person_id=person.id, office_id=office.id, role=role.value, held_from=date(2020, 1, 1))
            )
        self.session.flush()
        return identify(self.session, slack_id, now=NOW)

    def alliance(
        self,
        name: str,
        *offices: Office,
        signed: date = date(2025, 12, 10),
        renewed: tuple[date, ...] = (),
        level: str = "area",
        signatories: tuple[str, ...] = ("Local Builders",),
        tracked_from: date = date(2026, 1, 1),
    ) -> Alliance:
        """Make an alliance of these offices, the lead office first, with its agreements."""
        alliance = Alliance(name=name, level=level, tracked_from=tracked_from, created_at=NOW)
        self.session.add(alliance)
        self.session.flush()
        self.session.add_all(
            AllianceOffice(alliance_id=alliance.id, office_id=office.id, rank=rank)
            for rank, office in enumerate(offices)
        )
        self.session.add_all(Signatory(alliance_id=alliance.id, name=who) for who in signatories)
        self.session.add_all(
            Agreement(
                alliance_id=alliance.id,
                signed_on=on,
                renewal=on != signed,
                term_years=None if on != signed else 2,
                edition=edition_on(on).name,
            )
            for on in (signed, *renewed)
        )
        self.session.flush()
        return alliance


def floors(portfolio: Portfolio, **area: object) -> tuple[Office, Office]:
    """Make the usual three floors of offices, and give the region and the area office."""
    national = portfolio.office("OSHA-NO", kind="national")
    region = portfolio.office("REG-PHI", kind="region", parent=national)
    return region, portfolio.office("0317300", parent=region, **area)


@pytest.fixture
def committed(database: str) -> Iterator[sessionmaker[Session]]:
    """Sessions on a database of its own: what one of them commits the others see."""
    engine = create_engine(database)
    yield sessionmaker(engine)
    engine.dispose()


@pytest.fixture
def portfolio(session) -> Portfolio:
    """An empty portfolio to be filled by the test."""
    return Portfolio(session)


@dataclass
class Field:
    """A national office, a region and an area office, each with a channel, and who works there."""

    national: Office
    region: Office
    area: Office
    coordinator: Actor
    regional_coordinator: Actor
    stranger: Actor


@pytest.fixture
def field(portfolio) -> Field:
    """The usual three floors of offices."""
    national = portfolio.office("OSHA-NO", kind="national", channel="C0NATIONAL")
    region = portfolio.office("REG-PHI", kind="region", parent=national, channel="C0REGION")
    area = portfolio.office("0317300", parent=region, channel="C0AREA", name="Wilmington Area Office")
    return Field(
        national,
        region,
        area,
        coordinator=portfolio.person("U0COORD01", (Role.ALLIANCE_COORDINATOR, area), name="Ada Coordinator"),
        regional_coordinator=portfolio.person("U0REGION1", (Role.REGIONAL_COORDINATOR, region)),
        stranger=portfolio.person("U0STRANGE"),
    )


@pytest.fixture
def statuses(session) -> Callable[..., dict[str, str]]:
    """How the duties of an alliance stand, by rule and period, as the obligations' rows say."""
    from sqlalchemy import select  # noqa: PLC0415

    from models.duties import Obligation  # noqa: PLC0415

    def read(alliance: Alliance) -> dict[str, str]:
        rows = session.scalars(select(Obligation).where(Obligation.alliance_id == alliance.id))
        return {f"{row.rule} {row.period}": row.settled or "open" for row in rows}

    return read


@pytest.fixture
def director(portfolio, field):
    """The Area Director, an official of the office."""
    return portfolio.person("U0DIRECT1", (Role.AREA_DIRECTOR, field.area), name="Dana Director")


@pytest.fixture
def administrator(session, field):
    """Somebody at the terminal."""
    return operator(session, "terminal")


@pytest.fixture
def alliance(portfolio, field):
    """An area alliance whose meetings fall due on December 9, 2026; already checked."""
    made = portfolio.alliance("La Plaza", field.area, tracked_from=date(2026, 6, 1))
    check_rules(portfolio.session, now=NOW)
    return made


@pytest.fixture
def ada(field):
    """The coordinator of the area office."""
    return field.coordinator


@pytest.fixture
def rae(portfolio, field):
    """The Regional Administrator."""
    return portfolio.person("U0ADMIN01", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Rae Regional")


@pytest.fixture
def proposed(session, field):
    """An area alliance that is proposed, without any agreement."""
    made = Alliance(name="Harbor", level="area", tracked_from=TODAY, created_at=NOW)
    session.add(made)
    session.flush()
    session.add(AllianceOffice(alliance_id=made.id, office_id=field.area.id, rank=0))
    session.add(Signatory(alliance_id=made.id, name="Local Builders"))
    session.flush()
    return made
