"""What waits for an approval is brought to mind with growing gaps, climbs after the third, and stops when decided."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from models.alliances import Alliance, AllianceOffice
from models.audit import write_noted
from models.duties import Message
from operations.approve.change_chain import change_chain
from operations.approve.decide_approval import decide_approval
from operations.approve.remind_approvals import offices_with_approvals, remind_approvals
from operations.change_settings import change_settings
from operations.flat_settings import flatten, read_setting, write_value
from operations.read.outbox import read_outbox
from operations.refusals import NotAllowed, Refused
from operations.restore_settings import restore_settings
from policy.approval import Verdict, read_chain
from policy.chains import Purpose
from policy.rights import Role
from tests.operations.approving import ask, cards, keep, post, words
from tests.operations.conftest import NOW

#: Working days after Monday, November 23, 2026 (the 26th is Thanksgiving).
SECOND, SIXTH, FOURTEENTH, TWENTY_SECOND = (
    datetime(2026, 11, 25, 14, tzinfo=UTC),
    datetime(2026, 12, 2, 14, tzinfo=UTC),
    datetime(2026, 12, 14, 14, tzinfo=UTC),
    datetime(2026, 12, 24, 14, tzinfo=UTC),
)


def remind(session, office, now):
    """Let an office's run of a day bring to mind what waits there; return the occasions of what it posted."""
    ids = remind_approvals(session, office_id=office.id, day=now.date(), now=now)
    return [(m.channel, m.occasion) for m in (session.get_one(Message, id) for id in ids)]


@pytest.fixture
def waiting(session, field, proposed, director):
    """An approval that waits for the Area Director, or the region."""
    keep(session, proposed, field.coordinator)
    return ask(session, proposed, field.coordinator)


def test_reminders_come_with_growing_gaps_and_climb(session, portfolio, field, waiting):
    """Two, four and eight working days apart; from the fourth on the official above hears of it, too."""
    assert remind(session, field.area, NOW) == []
    assert remind(session, field.area, SECOND) == [("U0DIRECT1", "reminded:office:1")]
    assert remind(session, field.area, SECOND) == []
    assert remind(session, field.area, SIXTH) == [("U0DIRECT1", "reminded:office:2")]
    assert remind(session, field.area, FOURTEENTH) == [("U0DIRECT1", "reminded:office:3")]
    portfolio.person("U0OOSA001", (Role.OOSA_DIRECTOR, field.national), name="Olga Oosa")
    told = remind(session, field.area, TWENTY_SECOND)
    assert told == [("U0DIRECT1", "reminded:office:4"), ("U0OOSA001", "climbed:office:4")]
    # Nobody is Regional Administrator: the director of OOSA acts, and may decide.
    said = words(session, cards(session, waiting)[-1], TWENTY_SECOND)
    assert "For Olga Oosa: an approval has been waiting for long, and you may decide it" in said["text"]
    assert len(said["blocks"][-1]["elements"]) == 4


def test_who_is_told_as_the_official_above_gets_no_buttons(session, portfolio, field, director):
    """Where both directors are there, the Regional Administrator hears of it and cannot decide for them."""
    other = portfolio.office("0418600", parent=field.region, name="Dover Area Office")
    portfolio.person("U0DIRECT2", (Role.AREA_DIRECTOR, other), name="Dora Dover")
    portfolio.person("U0ADMIN01", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Rae Regional")
    made = Alliance(name="Bay", level="area", tracked_from=NOW.date(), created_at=NOW)
    session.add(made)
    session.flush()
    for rank, office in enumerate((field.area, other)):
        session.add(AllianceOffice(alliance_id=made.id, office_id=office.id, rank=rank))
    keep(session, made, field.coordinator)
    approval = ask(session, made, field.coordinator)
    assert remind(session, other, TWENTY_SECOND) == [
        ("U0DIRECT2", "reminded:offices:4"),
        ("U0ADMIN01", "climbed:offices:4"),
    ]
    card = next(message for message in cards(session, approval) if message.channel == "U0ADMIN01")
    said = words(session, card, TWENTY_SECOND)
    assert "For Rae Regional: an approval has been waiting for long" in said["text"]
    assert [e["text"]["text"] for e in said["blocks"][-1]["elements"]] == ["Show it"]


def test_after_a_standstill_only_the_latest_is_sent(session, field, waiting):
    """Nobody gets three reminders at once."""
    assert remind(session, field.area, FOURTEENTH) == [("U0DIRECT1", "reminded:office:3")]
    assert remind(session, field.area, FOURTEENTH) == []


def test_what_is_decided_is_not_brought_to_mind(session, field, waiting, director):
    """The decision ends the reminders, and a reminder not yet posted is cancelled."""
    remind(session, field.area, SECOND)
    decide_approval(session, approval_id=waiting.id, verdict=Verdict.APPROVE, by=director, now=SECOND)
    post(session, SECOND)
    assert {m.status for m in cards(session, waiting)} == {"cancelled"}
    assert remind(session, field.area, SIXTH) == []
    assert offices_with_approvals(session) == frozenset()


def test_each_office_has_its_own_gaps(session, field, waiting):
    """A setting: one working day, then three, then three."""
    field.area.settings = {"approval_gaps": [1, 3]}
    session.flush()
    assert remind(session, field.area, SECOND) == [("U0DIRECT1", "reminded:office:1")]
    assert remind(session, field.area, SIXTH) == [("U0DIRECT1", "reminded:office:2")]


def test_who_asked_is_reminded_of_what_is_decided_on_paper(session, field, waiting, portfolio):
    """Where nobody in Slack decides, the run of the lead office reminds who asked to record it."""
    from models.offices import Position  # noqa: PLC0415

    for position in session.scalars(select(Position).where(Position.role == Role.AREA_DIRECTOR.value)):
        session.delete(position)
    session.flush()
    told = remind(session, field.area, SECOND)
    assert told == [("U0COORD01", "reminded:office:1")]
    (news,) = cards(session, waiting, "approval-news")
    said = words(session, news, SECOND)
    assert "a decision on paper is still to be recorded" in said["text"]
    assert [e["text"]["text"] for e in said["blocks"][-1]["elements"]] == [
        "Record their decision",
        "Withdraw",
        "Show it",
    ]


def chain(session, by, text, purpose=Purpose.FIELD_PROPOSAL, office="0317300"):
    """Set a chain."""
    return change_chain(session, office_code=office, purpose=purpose, text=text, by=by, now=NOW)


def test_an_office_lengthens_a_chain_and_sees_whom_it_means(session, field, proposed, director, portfolio):
    """The preview names who would be asked; the next approval uses it, and Undo gives the directive's own back."""
    portfolio.person("U0ADMIN01", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Rae Regional")
    change = chain(session, director, "Area Director; Regional Administrator")
    assert change.example == "Harbor"
    assert [step.seats[0][1] for step in change.steps] == [("Dana Director",), ("Rae Regional",)]
    keep(session, proposed, field.coordinator)
    approval = ask(session, proposed, field.coordinator)
    assert [step.title for step in read_chain(approval.chain).steps] == ["Area Director", "Regional Administrator"]
    write_noted(session)
    restore_settings(session, record=change.settings.record, by=director, now=NOW)
    assert field.area.settings == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("OOSA director", "Area Director or Regional Administrator could be passed by, which CSP 04-01-002 X asks for"),
        ("1 of Area Director, OOSA director", "could be passed by"),
        ("Area Director; directorate head @ NOWHERE", "no office with the code NOWHERE"),
        ("Mayor", "is no position"),
    ],
)
def test_a_chain_that_asks_for_less_is_refused(session, field, director, text, why):
    """What a clause asks for stays; a line that cannot be read gets its sentence at the field."""
    with pytest.raises(Refused, match=why) as raised:
        chain(session, director, text)
    assert raised.value.field == "steps"


def test_who_may_not_change_settings_may_not_change_a_chain(session, field, director):
    """The coordinator does not say who approves."""
    with pytest.raises(NotAllowed, match="change settings"):
        chain(session, field.coordinator, "Area Director; Regional Administrator")


def test_a_chain_that_is_typed_is_checked_as_the_form_checks_it(session, field, director):
    """Neither an unknown office nor less than a clause asks for comes in through the settings."""
    for text, why in (
        ("OOSA director", "could be passed by"),
        ("Area Director @ NOWHERE", "no office with the code NOWHERE"),
    ):
        with pytest.raises(Refused, match=why):
            change_settings(
                session,
                office_code="0317300",
                changes={"chains.field-proposal": text},
                by=director,
                now=NOW,
            )


def test_who_may_not_change_a_chain_learns_nothing_of_its_lines(session, field):
    """The right comes first: a line that cannot be read is not told to who may not set it."""
    with pytest.raises(NotAllowed, match="You may not change settings"):
        change_chain(
            session,
            office_code="0317300",
            purpose=Purpose.FIELD_PROPOSAL,
            text="Mayor",
            by=field.coordinator,
            now=NOW,
        )


def test_what_is_brought_to_mind_in_the_days_ahead_is_what_comes(session, field, waiting):
    """The outbox lists each reminder on its day, for the office where it comes; one that was said is not repeated."""
    ahead = [(one.on, one.office, one.climbs) for one in read_outbox(session, now=NOW, days=40).approvals]
    days = [moment.date() for moment in (SECOND, SIXTH, FOURTEENTH, TWENTY_SECOND)]
    assert ahead == [(day, "0317300", number == 3) for number, day in enumerate(days)]
    remind(session, field.area, SECOND)
    (left,) = read_outbox(session, now=SECOND, days=7).approvals
    assert (left.on, left.alliance, left.purpose) == (SIXTH.date(), "Harbor", Purpose.FIELD_PROPOSAL)
    assert left.waits_for == ("Area Director, Wilmington Area Office",)
    assert read_outbox(session, now=SECOND, days=7, offices={"REG-PHI"}).approvals == ()


def test_a_chain_and_the_gaps_can_be_typed_in_the_terminal(session, field, director):
    """They are written as they are read; what cannot be read is refused with its sentence."""
    for typed in ("chains.field-proposal=Area Director; Regional Administrator", "approval_gaps=1, 3"):
        name, value = read_setting(typed)
        change_settings(session, office_code=field.area.code, changes={name: value}, by=director, now=NOW)
    kept = flatten(field.area.settings)
    assert kept == {"approval_gaps": [1, 3], "chains.field-proposal": "Area Director; Regional Administrator"}
    again = read_setting(f"chains.field-proposal={write_value(kept['chains.field-proposal'])}")
    assert again[1] == kept["chains.field-proposal"]
    for changes, why in (
        ({"chains.field-proposal": "Mayor"}, "“Mayor” in “Mayor” is no position"),
        ({"chains.nothing": "Area Director"}, "cannot be used"),
        ({"approval_gaps": "0"}, "write a number that is 1 or more"),
    ):
        with pytest.raises(Refused, match=why):
            change_settings(session, office_code=field.area.code, changes=changes, by=director, now=NOW)
