"""The digest of the program: once a month at the top, by region, with a chart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.messages import message_words
from models.duties import Message, MessageKind
from models.work import AnnualReport
from operations.read.message import show_message
from operations.remind.check_rules import check_rules
from operations.remind.digest_office import digest_office
from policy.dates import State
from sandbox.block_limits import message_problems
from tests.operations.conftest import NOW
from tests.operations.digests import words_of

DECEMBER = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)


def month(session, office, now=DECEMBER):
    """Make the digests of the first of December, if there are any; of the month alone."""
    before = now.date() - timedelta(days=1)
    made = digest_office(session, office_id=office.id, day=now.date(), before=before, now=now)
    return [session.get_one(Message, id) for id in made]


@pytest.fixture
def program(session, portfolio, field):
    """Alliances of an area office, of the National Office, past due, and one that reported in November."""
    portfolio.alliance("La Plaza", field.area)
    portfolio.alliance("Old", field.area, signed=date(2024, 6, 1), tracked_from=date(2024, 6, 1))
    national = portfolio.alliance("Nationwide", field.national, level="national", signed=date(2025, 9, 30))
    told = {"recorded_at": NOW}
    session.add(
        AnnualReport(alliance_id=national.id, period_end=date(2026, 9, 29), submitted_on=date(2026, 11, 20), **told)
    )
    check_rules(session, now=DECEMBER)
    return field.national


def test_the_month_is_summed_up_by_region(session, program):
    """Alliances, duties, what is late by kind, terms, reports with their distance; every number in words."""
    (made,) = month(session, program)
    text = words_of(session, made, DECEMBER)
    assert (made.kind, made.period, made.shows) == (MessageKind.MONTH, date(2026, 12, 1), None)
    assert text.startswith("Office OSHA-NO: the program as of Tuesday, December 1, 2026. 3 alliances active,")
    active = ("- Office REG-PHI: 2 alliances active, ", "- Office OSHA-NO: 1 alliance active, ")
    reported = "- Nationwide, November 20, 2026: 9 days before its date"
    for said in (*active, "- Old: June 1, 2026, past due", reported):
        assert said in text
    assert "Late, by kind" in text


@pytest.mark.parametrize("newer", [True, False])
def test_the_chart_is_slacks_own_or_drawn(session, program, newer):
    """Both say the same numbers; the drawn one needs no newer Slack."""
    (made,) = month(session, program)
    blocks = message_words(show_message(session, made.id, now=DECEMBER), newer_blocks=newer)["blocks"]
    assert message_problems(blocks) == []
    charts = [block for block in blocks if block["type"] == "data_visualization"]
    assert len(charts) == newer
    shown = next(u for u in show_message(session, made.id, now=DECEMBER).month.units if u.code == "REG-PHI")
    if newer:
        values = [point["value"] for one in charts[0]["chart"]["series"] for point in one["data"]]
        assert sum(shown.late.values()) in values
    else:
        assert f" {'█' * 24} {sum(shown.late.values())}" in str(blocks)
    late = sum(sum(u.late.values()) for u in show_message(session, made.id, now=DECEMBER).month.units)
    assert f"Late: {late}" in str(blocks)
    assert "Of each two bars the first is what is late" in str(blocks)


def test_other_duties_are_named_where_they_are_the_most(session, program):
    """What they ask for stands behind the count; lapsed terms are counted, those that wait for a decision named."""
    (made,) = month(session, program)
    shown = show_message(session, made.id, now=DECEMBER)
    (first, *units), term = shown.month.units, shown.month.expired[0]
    first = replace(first, late={"other duties": 9}, others={"signed-copy": 5, "evaluation-x": 4})
    lapsed = replace(term, alliance="Long gone", state=State.LAPSED)
    rest = [replace(unit, late={}, others={}) for unit in units]
    changed = replace(shown.month, units=(first, *rest), expired=(*shown.month.expired, lapsed))
    text = message_words(replace(shown, month=changed))["text"]
    assert "Other duties: 9 (Send the copy of the signed agreement to DCSP 5; evaluation-x 4)" in text
    assert "Terms that have ended and wait for a decision: 1" in text
    assert "Long gone" not in text
    assert "and 1 lapsed: nothing is asked for them any more" in text


def test_the_month_comes_once_to_the_top_alone(session, program, field):
    """Not to a region, not a second time, and not where the National Office turned it off."""
    assert month(session, field.region) == []
    program.settings = {"monthly_digest": False}
    session.flush()
    assert month(session, program) == []
    program.settings = {}
    session.flush()
    assert len(month(session, program)) == 1
    assert month(session, program) == []
    assert month(session, program, DECEMBER + timedelta(days=1)) == []
