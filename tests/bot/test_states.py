"""How an alliance stands is said alike in the list, on the card and on Home; a failing rule stops no list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import sessionmaker

from bot.answers.due import due
from bot.answers.listing import listing
from bot.answers.menu import menu
from bot.answers.show import show
from bot.asked import Asked
from bot.home import home_view
from models.alliances import Agreement, Ending, RenewalDecision
from models.plans import PlannedActivity
from operations.read.home import read_home
from policy.rights import Role
from tests.operations.conftest import TODAY, Portfolio

LOGO = "; the Alliance logo may be used only while a term is in effect (CSP 04-01-002 XII.B)"
EXPIRY, EXTENDED, ENDED = date(2026, 6, 1), date(2026, 9, 30), date(2026, 5, 4)
DAY = timedelta(days=1)
TERM, EXTENSION = "term to June 1, 2026", "conditional extension to September 30, 2026"


@pytest.fixture
def made(session):
    """An office with one alliance, in effect through June 1, 2026, and its coordinator."""
    portfolio = Portfolio(session)
    area = portfolio.office("0317300", parent=portfolio.office("OSHA-NO", kind="national"))
    portfolio.person("UADA", (Role.ALLIANCE_COORDINATOR, area))
    portfolio.area = area
    portfolio.roofs = portfolio.alliance("Safe Roofs", area, signed=date(2024, 6, 1))
    return portfolio


@pytest.fixture
def asks(session):
    """Gives what Ada asks at noon of a day."""
    sessions = sessionmaker(session.connection(), join_transaction_mode="create_savepoint")

    def on(day: date) -> Asked:
        session.flush()
        return Asked(sessions, datetime(day.year, day.month, day.day, 17, tzinfo=UTC), "UADA", "Ada")

    return on


def home(asked):
    """Give the Home tab of who asks, as text."""
    with asked.sessions() as session:
        return str(home_view(read_home(session, asked.user_id, now=asked.now)))


def extend(made):
    """Decide on a conditional extension."""
    agreement = made.session.scalars(select(Agreement)).one()
    made.session.add(
        RenewalDecision(
            alliance_id=made.roofs.id,
            agreement_id=agreement.id,
            recommendation="conditional extension",
            reasons="Late.",
            recommended_on=ENDED,
            decided_on=ENDED,
            extended_until=EXTENDED,
            expectations="Two meetings.",
        )
    )


def end(kind):
    """Give what ends the alliance in a way."""
    return lambda made: made.session.add(
        Ending(alliance_id=made.roofs.id, kind=kind, ended_on=ENDED, reason="goals met")
    )


def unsign(made):
    """Take the agreement away: the alliance is proposed."""
    made.session.execute(delete(Agreement))


@pytest.mark.parametrize(
    ("change", "on", "words"),
    [
        (unsign, EXPIRY, "proposed"),
        (None, EXPIRY, f"active, {TERM}"),
        (None, EXPIRY + DAY, f"past-due, {TERM}{LOGO}"),
        (None, EXPIRY + 365 * DAY, f"past-due, {TERM}{LOGO}"),
        (None, EXPIRY + 366 * DAY, f"lapsed, {TERM}{LOGO}"),
        (extend, EXPIRY + DAY, f"active, {EXTENSION}"),
        (extend, EXTENDED, f"active, {EXTENSION}"),
        (extend, EXTENDED + DAY, f"past-due, {EXTENSION}{LOGO}"),
        (extend, EXTENDED + 366 * DAY, f"lapsed, {EXTENSION}{LOGO}"),
        (end("concluded"), ENDED - DAY, f"active, {TERM}"),
        (end("concluded"), ENDED, "concluded May 4, 2026"),
        (end("terminated"), ENDED, "concluded May 4, 2026"),
        (end("ambassador"), ENDED - DAY, f"active, {TERM}"),
        (end("ambassador"), ENDED, "ambassador since May 4, 2026"),
    ],
)
def test_every_surface_says_how_an_alliance_stands(made, asks, change, on, words):
    """On the boundary days list, card and Home say the same state, and point at the logo where no term is in effect."""
    if change is not None:
        change(made)
    asked = asks(on)
    assert listing(asked, "").text.splitlines()[1] == f"- Safe Roofs: {words}"
    assert show(asked, "", made.roofs.id).text.splitlines()[1] == f"*State:* {words}"
    assert f"'*Safe Roofs*: {words}\\n" in home(asked)


def test_the_card_shows_every_decision_and_the_extension(made, asks):
    """An extension that is followed by another decision does not hide it."""
    extend(made)
    made.session.flush()
    made.session.add(
        RenewalDecision(
            alliance_id=made.roofs.id,
            agreement_id=made.session.scalars(select(Agreement.id)).one(),
            recommendation="terminate",
            reasons="Unmet.",
            recommended_on=EXTENDED,
        )
    )
    text = show(asks(EXTENDED), "", made.roofs.id).text
    assert "in effect to September 30, 2026 (2 years; extended beyond June 1, 2026)" in text
    assert "Renewal: conditional extension, decided on May 4, 2026" in text
    assert "Renewal: terminate, not decided yet" in text


def test_a_rule_that_fails_over_one_alliance_stops_no_list(made, asks):
    """The other alliances are listed; the rule and the alliance are named, once."""
    made.alliance("Other Roofs", made.area)
    cursed = made.alliance("Cursed Roofs", made.area, level="national")
    made.session.add(
        PlannedActivity(alliance_id=cursed.id, on_day=date.min, place="Ohio", title="Talk", recorded_on=TODAY)
    )
    sentence = (
        "This list is not complete. The duties of Cursed Roofs could not be worked out: the rule “activity-notice” "
        "fails over its records. Tell your administrator."
    )
    for answer in (due(asks(TODAY), "all"), due(asks(TODAY), ""), listing(asks(TODAY), ""), menu(asks(TODAY))):
        assert answer.text.count(sentence) == 1
    assert "Other Roofs" in due(asks(TODAY), "all").text
    assert "Cursed Roofs: active" in listing(asks(TODAY), "").text
    shown = home(asks(TODAY))
    assert shown.count(sentence) == 1
    assert "*Other Roofs*" in shown
