"""What a signing would bring, compared with what it does bring."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from models.alliances import Agreement, Alliance, Ending
from models.audit import AuditEntry
from operations.gather_facts import gather
from operations.read.duties import list_forecast
from operations.read.preview import preview_signing
from operations.refusals import Refused
from policy.facts import Level

SIGN = date(2027, 3, 1)


def dates(owed):
    """Reduce duties to what a person is shown of them."""
    return [(o.due.rule, o.due.opens_on, o.due.due_on, o.due.basis.value, o.due.modality.value) for o in owed]


@pytest.mark.parametrize("level", Level)
def test_a_new_alliance_gets_the_dates_that_were_foreseen(session, portfolio, field, level):
    """What the preview shows is what the forecast of the alliance shows once it is signed."""
    found = preview_signing(session, signed_on=SIGN, level=level)
    last = found.term.expires_on + timedelta(days=60)
    alliance = portfolio.alliance("Signed", field.national, signed=SIGN, level=level.value, tracked_from=SIGN)
    then = list_forecast(session, first=SIGN, last=last, ids=[alliance.id])
    of_term = [o for o in then if o.due.period is None or o.due.period.first < found.term.expires_on]
    of_alliance = [o for o in of_term if o.due.subject != "program"]
    assert sorted(dates(found.owed)) == sorted(dates(of_alliance))
    assert len(found.owed) > 5
    assert found.sentence.endswith("would run 2 years, in effect through March 1, 2029, under CSP 04-01-003.")


def test_a_renewal_gets_the_dates_that_were_foreseen(session, portfolio, field):
    """The same for a renewal of an alliance on record, whose years run on."""
    alliance = portfolio.alliance("Renewed", field.area, signed=date(2025, 3, 10))
    found = preview_signing(session, signed_on=SIGN, alliance_id=alliance.id, term_years=4)
    session.add(Agreement(alliance_id=alliance.id, signed_on=SIGN, renewal=True, term_years=4, edition="CSP 04-01-003"))
    session.flush()
    then = list_forecast(session, first=SIGN, last=date(2032, 3, 1) + timedelta(days=60), ids=[alliance.id])
    of_term = [o for o in then if o.due.period is None or o.due.period.first < date(2031, 3, 1)]
    assert sorted(dates(found.owed)) == sorted(dates(of_term))
    assert ("renewal-decision", date(2030, 9, 2), date(2031, 3, 1), "faq", "mandatory") in dates(found.owed)


def test_a_renewal_shows_all_of_the_last_year_that_begins_in_its_term(session, portfolio, field):
    """The years run on from the first signing: the last one's plan, meetings, evaluation and report stand together."""
    alliance = portfolio.alliance("Renewed", field.area, signed=date(2025, 6, 20))
    found = preview_signing(session, signed_on=date(2028, 2, 29), alliance_id=alliance.id)
    last = [o.due.rule for o in found.owed if str(o.due.period) == "2032-06-20/2033-06-19"]
    assert {*last} == {"work-plan", "meetings", "evaluation", "report-handoff", "annual-report"}
    assert max(o.due.period.first for o in found.owed if o.due.period) == date(2032, 6, 20)


def test_a_signing_before_the_first_edition_says_so(session, portfolio, field):
    """It is read under an edition that was not in force yet."""
    found = preview_signing(session, signed_on=date(2015, 7, 28), level=Level.AREA)
    assert found.sentence.endswith(
        "under CSP 04-01-002 (in force only from July 29, 2015; an older agreement is read under it)."
    )


def test_a_preview_writes_nothing(session, portfolio, field):
    """Neither a row nor an audit entry, nor a change that waits to be written."""
    alliance = portfolio.alliance("Safe", field.area)

    def counted():
        return [session.scalar(select(func.count()).select_from(t)) for t in (Alliance, Agreement, AuditEntry)]

    before, facts = counted(), gather(session, [alliance.id])[0].facts
    preview_signing(session, signed_on=SIGN, alliance_id=alliance.id)
    assert not session.new
    assert not session.dirty
    assert not session.info.get("audit")
    assert counted() == before
    assert gather(session, [alliance.id])[0].facts == facts


def test_a_renewal_without_a_term_takes_the_default_and_says_so(session, portfolio, field):
    """Five years under the edition of 2020."""
    alliance = portfolio.alliance("Safe", field.area)
    found = preview_signing(session, signed_on=SIGN, alliance_id=alliance.id)
    assert "would run 5 years (the default, as no term is given)" in found.sentence


def test_a_second_term_shows_that_an_ambassador_may_follow(session, portfolio, field):
    """A permission is shown apart: nobody has to use it."""
    alliance = portfolio.alliance("Safe", field.national, level="national")
    found = preview_signing(session, signed_on=date(2027, 12, 1), alliance_id=alliance.id, term_years=2)
    assert [(o.due.rule, o.due.opens_on) for o in found.allowed] == [("ambassador-eligible", date(2029, 12, 2))]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"level": Level.AREA, "term_years": 3}, "A new alliance runs 2 years"),
        ({}, "Choose a level"),
        ({"alliance_id": 999_999}, "no longer on record"),
        ({"alliance_id": True, "term_years": 6}, "A renewal runs 2 to 5 years"),
        ({"alliance_id": True, "signed_on": date(2025, 12, 10)}, "a renewal is signed later"),
        ({"alliance_id": True, "level": Level.NATIONAL}, "is area; leave the level empty"),
    ],
)
def test_what_cannot_be_signed_is_refused(session, portfolio, field, asked, words):
    """Each refusal says what is possible."""
    if asked.get("alliance_id") is True:
        asked = asked | {"alliance_id": portfolio.alliance("Safe", field.area).id}
    with pytest.raises(Refused, match=words):
        preview_signing(session, **{"signed_on": SIGN} | asked)


def test_an_ended_alliance_is_not_renewed(session, portfolio, field):
    """What would be signed is another alliance."""
    alliance = portfolio.alliance("Safe", field.area)
    session.add(Ending(alliance_id=alliance.id, kind="concluded", ended_on=date(2026, 10, 1), reason="done"))
    session.flush()
    with pytest.raises(Refused, match=r"ended on October 1, 2026"):
        preview_signing(session, signed_on=SIGN, alliance_id=alliance.id)
