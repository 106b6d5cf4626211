from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from models.offices import Position
from operations.actor import identify
from policy.rights import Role


@pytest.mark.parametrize(
    ("timezone", "moment", "offices"),
    [
        # Still November 22 in Honolulu, while New York has November 23.
        ("Pacific/Honolulu", datetime(2026, 11, 23, 9, 0, tzinfo=UTC), ("0936300",)),
        ("America/New_York", datetime(2026, 11, 23, 4, 59, tzinfo=UTC), ("0936300",)),
        ("America/New_York", datetime(2026, 11, 23, 5, 0, tzinfo=UTC), ()),
        # November 23 in Guam, while New York still has November 22.
        ("Pacific/Guam", datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ()),
    ],
)
def test_a_position_ends_with_its_last_day_at_its_office(session, portfolio, timezone, moment, offices):
    """A position until November 22, 2026, is held until midnight there, wherever the program has its seat."""
    office = portfolio.office("0936300", kind="national", timezone=timezone)
    portfolio.person("U0HONOLUL", (Role.AREA_DIRECTOR, office))
    session.scalars(select(Position)).one().held_until = date(2026, 11, 22)
    session.flush()
    assert identify(session, "U0HONOLUL", now=moment).offices == offices
