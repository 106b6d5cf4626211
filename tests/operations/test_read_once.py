"""What one look reads: the rules of an alliance once, and no more facts than what it says follows from."""

from __future__ import annotations

import sys
from datetime import date, timedelta

import pytest

from models.alliances import Agreement, Ending, RenewalDecision, TerminationNotice
from models.work import AnnualReport, Meeting
from operations.gather_facts import Gathered, gather
from operations.read.alliances import list_alliances, show_alliance
from operations.read.report_card import read_report_card
from policy.dates import state_on, timeline, year_of
from tests.operations.conftest import NOW, TODAY


def checks(look) -> int:
    """Return how often the rules were run over an alliance during a look."""
    seen = []

    def count(frame, what, _):
        if what == "call" and frame.f_code is Gathered.duties_on.__code__:
            seen.append(frame)

    sys.setprofile(count)
    try:
        look()
    finally:
        sys.setprofile(None)
    return len(seen)


@pytest.fixture
def owing(portfolio, field):
    """An alliance with a report that is due."""
    return portfolio.alliance("Old", field.area, signed=date(2024, 6, 1), tracked_from=date(2024, 6, 1))


def test_one_look_runs_the_rules_once(session, owing):
    """The card of an alliance, that of its report, also of a named year, and a line of the list."""
    assert checks(lambda: show_alliance(session, owing.id, now=NOW)) == 1
    assert checks(lambda: read_report_card(session, owing.id, now=NOW)) == 1
    assert checks(lambda: read_report_card(session, owing.id, period_end=date(2025, 5, 31), now=NOW)) == 1
    assert checks(lambda: list_alliances(session, [owing.id], now=NOW)) == 1


def test_terms_years_and_state_follow_from_the_terms_alone(session, portfolio, field, owing):
    """Of alliances that run, were renewed, extended, noticed, ended or anchored anew, on every day of five years."""
    renewed = portfolio.alliance("Renewed", field.area, signed=date(2023, 9, 30), renewed=(date(2025, 9, 15),))
    renewed.anchored_on, renewed.anchor_reason = date(2025, 9, 15), "Counted anew"
    noticed = portfolio.alliance("Noticed", field.area)
    session.add(TerminationNotice(alliance_id=noticed.id, noticed_on=TODAY, reason="Done"))
    ended = portfolio.alliance("Ended", field.area, signed=date(2024, 2, 29))
    session.add(Ending(alliance_id=ended.id, kind="concluded", ended_on=date(2026, 3, 1), reason="Done"))
    session.add(
        RenewalDecision(
            alliance_id=owing.id,
            agreement_id=session.query(Agreement).filter_by(alliance_id=owing.id).one().id,
            recommendation="conditional extension",
            reasons="Meetings are missing",
            recommended_on=date(2026, 4, 1),
            decided_on=date(2026, 5, 1),
            decided_by="Rae",
            extended_until=date(2026, 12, 1),
            expectations="Two meetings",
        )
    )
    session.add(Meeting(alliance_id=owing.id, on_day=TODAY, held=True, format="both", recorded_at=NOW))
    session.add(AnnualReport(alliance_id=owing.id, period_end=date(2025, 5, 31), submitted_on=TODAY, recorded_at=NOW))
    session.flush()
    whole, terms = gather(session), gather(session, terms_only=True)
    assert [of.office_id for of in whole] == [of.office_id for of in terms]
    for one, other in ((one.facts, other.facts) for one, other in zip(whole, terms, strict=True)):
        for on in (date(2023, 9, 1) + timedelta(days=7 * week) for week in range(260)):
            said = [
                (state_on(of, on), timeline(of.as_of(on), on), year_of(of, of.agreements[0].signed_on, on))
                for of in (one, other)
            ]
            assert said[0] == said[1]
