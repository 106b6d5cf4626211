"""What an official above decides: a snooze past the legal date, a waiver; once, by somebody else than who asks."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from bot.messages import message_words
from models.audit import write_noted
from models.duties import Message, Notice, Obligation
from models.offices import Person, Position
from models.requests import Request
from operations.actor import identify
from operations.operate.record_meeting import record_meeting
from operations.read.message import show_message, show_obligation
from operations.read.outbox import read_outbox
from operations.read.requests import waiting_for
from operations.refusals import AlreadyDone, NotAllowed, Refused
from operations.remind.ask_decision import ask_decision, decide_request, withdraw_request
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message, waiting_messages
from operations.remind.lapse_requests import lapse_overtaken
from operations.remind.note_outcome import note_refused, note_sent
from operations.remind.steer_reminder import snooze_reminder, undo_snooze
from policy.requests import RequestKind
from policy.rights import Role
from sandbox.block_limits import message_problems
from tests.operations.conftest import NOW
from tests.operations.test_reminders import meetings_duty, notices, send

#: The duty is due on December 9, 2026.
UNTIL = date(2026, 12, 18)


@pytest.fixture
def duty(session, portfolio, field):
    """The duty of an area office's alliance to meet."""
    portfolio.alliance("La Plaza", field.area)
    check_rules(session, now=NOW)
    return meetings_duty(session)


@pytest.fixture
def rita(field):
    """The official above her."""
    return field.regional_coordinator


def test_however_many_are_asked_the_officials_are_read_once(session, portfolio, field, ada, rita):
    """The list of what waits for a person takes as many queries for three requests as for one."""
    for name in ("Bay", "Cape", "Dune"):
        portfolio.alliance(name, field.area)
    check_rules(session, now=NOW)
    counts = []
    for row in session.scalars(select(Obligation).where(Obligation.rule == "meetings")).all():
        asks(session, row, ada)
        session.expire_all()
        with counted(session) as queries:
            waiting = waiting_for(session, rita.slack_id, now=NOW)
        counts.append((len(waiting), len(queries)))
    assert [number for number, _ in counts] == [1, 2, 3]
    assert len({queries for _, queries in counts}) == 1


@contextmanager
def counted(session):
    """Collect the queries that are sent meanwhile."""
    asked = []

    def note(*told):
        asked.append(told[2])

    event.listen(session.connection(), "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(session.connection(), "before_cursor_execute", note)


def asks(session, duty, by, **more):
    """Ask to wait past the due date; return the request and the message that asks."""
    what = {"kind": RequestKind.SNOOZE, "until": UNTIL, "reason": "Hall is closed"} | more
    ask_decision(session, obligation_id=duty.id, by=by, now=NOW, **what)
    request = session.scalars(select(Request).where(Request.status == "open", Request.obligation_id == duty.id)).one()
    return request, session.scalars(select(Message).where(Message.request_id == request.id)).one()


def test_the_official_above_is_written_to_and_the_row_says_for_whom_it_waits(session, field, duty, ada):
    """Until somebody decides nothing changes but the words, and the message has buttons."""
    reminder = send(session, field.area)
    _, message = asks(session, duty, ada)
    assert (message.kind, message.channel, message.status) == ("request", "U0REGION1", "pending")
    assert set(waiting_messages(session, now=NOW)) == {reminder, message.id}
    asked = "Asked by Ada Coordinator to wait until Friday, December 18, 2026: Hall is closed."
    waits = "Waiting for Person U0REGION1 (Regional Alliance Program Coordinator)."
    for id in (reminder, message.id):
        assert f"{asked} {waits}" in message_words(show_message(session, id, now=NOW))["text"]
    words = message_words(show_message(session, message.id, now=NOW))
    assert message_problems(words["blocks"]) == []
    assert [e["text"]["text"] for e in words["blocks"][-1]["elements"]] == ["Approve", "Decline"]
    assert duty.snoozed_until is None


def test_what_is_approved_is_silent_past_the_legal_date(session, field, duty, ada, rita):
    """No stage is left before the day, the reminder names both, and all copies are rewritten."""
    reminder = send(session, field.area)
    request, message = asks(session, duty, ada)
    note_sent(session, claim_message(session, message.id, now=NOW), ts="1.2", words={"text": "asked"}, now=NOW)
    outcome = decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)
    assert notices(session, "meetings", status="pending")[0].day == UNTIL
    answer = session.scalars(select(Message).where(Message.kind == "decided")).one()
    assert set(waiting_messages(session, now=NOW)) == {reminder, message.id, answer.id}
    said = message_words(show_message(session, reminder, now=NOW))["text"]
    assert "Snoozed until Friday, December 18, 2026 by Ada Coordinator, agreed by Person U0REGION1: Hall" in said
    words = message_words(show_message(session, message.id, now=NOW))
    assert "Approved on November 23, 2026 by Person U0REGION1." in words["text"]
    assert words["blocks"][-1]["type"] == "section"
    write_noted(session)
    with pytest.raises(NotAllowed, match="decide what is asked"):
        undo_snooze(session, record=outcome.record, by=ada, now=NOW)
    undo_snooze(session, record=outcome.record, by=rita, now=NOW)
    assert (duty.snoozed_until, duty.snooze_agreed_by) == (None, None)
    with pytest.raises(AlreadyDone, match="undone before"):
        undo_snooze(session, record=outcome.record, by=rita, now=NOW)


@pytest.mark.parametrize(("approve", "became"), [(True, "approved"), (False, "declined")])
def test_who_asked_is_told_what_was_decided(session, duty, field, approve, became):
    """One direct message with who decided and why; the duty stands in it as it is."""
    ada, rita = field.coordinator, field.regional_coordinator
    request, _ = asks(session, duty, ada)
    decide_request(session, request_id=request.id, approve=approve, why="Seen", by=rita, now=NOW)
    message = session.scalars(select(Message).where(Message.kind == "decided")).one()
    assert (message.channel, message.person_id) == ("U0COORD01", ada.person_id)
    words = message_words(show_message(session, message.id, now=NOW))
    assert message_problems(words["blocks"]) == []
    assert f"For Ada Coordinator: what you asked was {became}" in words["text"]
    assert f"{became.capitalize()} on November 23, 2026 by Person U0REGION1: Seen." in words["text"]
    assert ("Snoozed until Friday, December 18, 2026" in words["text"]) == approve


def test_a_snooze_is_taken_back_to_the_one_before(session, duty, ada):
    """Undo restores what held before; what was snoozed anew since is left alone."""
    first = snooze_reminder(session, obligation_id=duty.id, until=date(2026, 12, 1), by=ada, now=NOW)
    second = snooze_reminder(session, obligation_id=duty.id, until=date(2026, 12, 4), by=ada, now=NOW)
    write_noted(session)
    with pytest.raises(Refused, match="snoozed anew since"):
        undo_snooze(session, record=first.record, by=ada, now=NOW)
    _, until = undo_snooze(session, record=second.record, by=ada, now=NOW)
    assert until == duty.snoozed_until == date(2026, 12, 1)


def test_who_is_late_may_ask_too(session, field, duty, ada, rita):
    """After the due date a snooze takes the same two people."""
    later = NOW + timedelta(days=20)
    check_rules(session, now=later)
    day = (later + timedelta(days=7)).date()
    ask_decision(session, obligation_id=duty.id, kind=RequestKind.SNOOZE, reason="Ill", until=day, by=ada, now=later)
    request = session.scalars(select(Request)).one()
    decide_request(session, request_id=request.id, approve=True, by=rita, now=later)
    unsaid = [n.day for n in notices(session, "meetings", status="pending")]
    assert min(unsaid) == date(2026, 12, 21)


def test_only_the_nearest_is_asked_and_those_further_up_may_decide(session, portfolio, field, duty):
    """The list and the digest of the administrator leave it out; the row lets him decide all the same."""
    robin = portfolio.person("U0ADMIN", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Robin")
    request, _ = asks(session, duty, field.coordinator)
    shown = show_obligation(session, duty.id, now=NOW).answers.request
    assert (shown.asked, shown.deciders) == ({"U0REGION1"}, {"U0REGION1", "U0ADMIN"})
    assert [row.id for row in waiting_for(session, "U0REGION1", now=NOW)] == [duty.id]
    assert waiting_for(session, "U0ADMIN", now=NOW) == []
    decide_request(session, request_id=request.id, approve=True, by=robin, now=NOW)
    assert duty.snooze_agreed_by == "Robin"


def test_nobody_decides_what_they_asked(session, portfolio, field, duty, rita):
    """What the coordinator of the region asks goes to its administrator, and not to herself."""
    with pytest.raises(Refused, match="Nobody above you"):
        asks(session, duty, rita)
    robin = portfolio.person("U0ADMIN", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Robin")
    request, message = asks(session, duty, rita)
    assert message.channel == "U0ADMIN"
    with pytest.raises(NotAllowed, match="second person"):
        decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)
    decide_request(session, request_id=request.id, approve=True, by=robin, now=NOW)
    assert (duty.snoozed_by, duty.snooze_agreed_by) == ("Person U0REGION1", "Robin")


def test_a_coordinator_does_not_decide_for_a_colleague(session, portfolio, field, duty, ada):
    """It takes an official above."""
    request, _ = asks(session, duty, ada)
    other = portfolio.person("U0COLL", (Role.ALLIANCE_COORDINATOR, field.area))
    with pytest.raises(NotAllowed, match="decide what is asked"):
        decide_request(session, request_id=request.id, approve=True, by=other, now=NOW)


def test_a_designee_decides_with_both_names_but_not_for_whom_they_act(session, field, duty, ada, rita):
    """Who acts for the official signs for both; who acts for the asker is no second person."""
    for slack_id, name, official in (("U0BEN", "Ben", rita), ("U0CAT", "Cat", ada)):
        person = Person(slack_id=slack_id, name=name)
        session.add(person)
        session.flush()
        held = {"role": Role.REGIONAL_COORDINATOR.value, "held_from": date(2020, 1, 1)}
        session.add(Position(person_id=person.id, office_id=field.region.id, acting_for_id=official.person_id, **held))
    session.flush()
    request, _ = asks(session, duty, ada)
    with pytest.raises(NotAllowed, match="somebody above Ada Coordinator"):
        decide_request(session, request_id=request.id, approve=True, by=identify(session, "U0CAT", now=NOW), now=NOW)
    decide_request(session, request_id=request.id, approve=True, by=identify(session, "U0BEN", now=NOW), now=NOW)
    assert duty.snooze_agreed_by == "Ben (for Person U0REGION1)"


def test_declining_takes_a_reason_that_the_row_shows(session, duty, ada, rita):
    """The reminders go on, and another request may follow."""
    request, _ = asks(session, duty, ada)
    with pytest.raises(Refused, match="Say why"):
        decide_request(session, request_id=request.id, approve=False, why=" ", by=rita, now=NOW)
    decide_request(session, request_id=request.id, approve=False, why="Use another hall", by=rita, now=NOW)
    shown = show_obligation(session, duty.id, now=NOW).answers.request
    assert (shown.status, shown.decided_by, shown.decided_why) == ("declined", "Person U0REGION1", "Use another hall")
    assert duty.snoozed_until is None
    asks(session, duty, ada)


def test_one_thing_is_asked_at_a_time_and_can_be_withdrawn(session, duty, ada, rita):
    """A second request waits for the first; who asked takes it back, and nobody decides it then."""
    request, message = asks(session, duty, ada)
    with pytest.raises(Refused, match="asked for a decision on this already"):
        asks(session, duty, ada)
    with pytest.raises(NotAllowed, match="who asked can take it back"):
        withdraw_request(session, obligation_id=duty.id, by=rita, now=NOW)
    withdraw_request(session, obligation_id=duty.id, by=ada, now=NOW)
    with pytest.raises(AlreadyDone, match="withdrawn by Ada Coordinator"):
        decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)
    assert claim_message(session, message.id, now=NOW) is None
    assert message.status == "cancelled"


def test_what_is_asked_lapses_when_the_duty_is_settled(session, duty, ada, rita):
    """Nobody has to decide any more, not even when the record is withdrawn; the message says so."""
    request, message = asks(session, duty, ada)
    for on in (date(2026, 3, 2), date(2026, 11, 20)):
        record_meeting(session, alliance_id=duty.alliance_id, on=on, held=True, format="both", by=ada, now=NOW)
    assert request.status == "lapsed"
    assert "Lapsed on November 23, 2026" in message_words(show_message(session, message.id, now=NOW))["text"]
    with pytest.raises(AlreadyDone, match="settled"):
        decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)


def test_what_is_asked_lapses_by_itself_on_its_day_and_who_asked_is_told(session, duty, ada, rita):
    """On the day nobody has to decide any more: the words change, a late decision changes nothing."""
    request, message = asks(session, duty, ada)
    day_before, then = NOW + timedelta(days=24), NOW + timedelta(days=25)
    assert lapse_overtaken(session, now=day_before) == 0
    assert (lapse_overtaken(session, now=then), lapse_overtaken(session, now=then)) == (1, 0)
    assert request.status == "lapsed"
    news = session.scalars(select(Message).where(Message.kind == "decided", Message.request_id == request.id)).one()
    assert news.channel == ada.slack_id
    for each in (message, news):
        said = message_words(show_message(session, each.id, now=then))["text"]
        assert "Lapsed on December 18, 2026: nobody decided before that day." in said
        assert "Waiting for" not in said
    with pytest.raises(AlreadyDone, match="lapsed"):
        decide_request(session, request_id=request.id, approve=True, by=rita, now=then)


def test_past_a_target_a_snooze_takes_a_reason_only(session, duty, ada):
    """An office's own target is no legal date: nobody else is asked."""
    duty.basis = "office"
    session.flush()
    with pytest.raises(Refused, match="give the reason"):
        snooze_reminder(session, obligation_id=duty.id, until=UNTIL, by=ada, now=NOW)
    snooze_reminder(session, obligation_id=duty.id, until=UNTIL, reason="Hall is closed", by=ada, now=NOW)
    assert (duty.snoozed_until, duty.snooze_agreed_by) == (UNTIL, None)


def test_a_waiver_is_asked_for_and_given_by_who_may(session, portfolio, field, duty):
    """The coordinator of the region may waive nothing: the area director decides, and the waiver names her."""
    ada, rita = field.coordinator, field.regional_coordinator
    dora = portfolio.person("U0DORA", (Role.AREA_DIRECTOR, field.area), name="Dora Director")
    request, message = asks(session, duty, ada, kind=RequestKind.WAIVE, until=None, reason="Merged")
    assert message.channel == "U0DORA"
    with pytest.raises(NotAllowed, match="somebody above"):
        decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)
    decide_request(session, request_id=request.id, approve=True, by=dora, now=NOW)
    assert (duty.settled, duty.settled_by, duty.reason) == ("waived", "Dora Director", "Merged")
    assert request.status == "approved"
    assert (
        session.scalars(select(Notice.id).where(Notice.status == "pending", Notice.obligation_id == duty.id)).all()
        == []
    )


def test_where_nobody_can_be_written_to_the_request_goes_to_the_channel(session, field, duty, ada, rita):
    """The official's account is gone: the office's channel gets the message, which says why."""
    person = session.get_one(Person, rita.person_id)
    person.unreachable_since = person.probed_at = NOW
    person.unreachable_why = "has a Slack account that is deactivated"
    _, message = asks(session, duty, ada)
    assert (message.channel, message.person_id) == ("C0REGION", None)


def test_a_waiver_is_not_asked_of_who_owes_the_duty(session, portfolio, field, duty, ada):
    """Who could not give it is passed over, whichever of her positions bars her: the next above is asked."""
    held = [(Role.AREA_DIRECTOR, field.area), (Role.ALLIANCE_COORDINATOR, field.area)]
    dora = portfolio.person("U0DORA", *held, name="Dora Director")
    robin = portfolio.person("U0ADMIN", (Role.REGIONAL_ADMINISTRATOR, field.region), name="Robin")
    request, message = asks(session, duty, ada, kind=RequestKind.WAIVE, until=None, reason="Merged")
    assert message.channel == "U0ADMIN"
    with pytest.raises(NotAllowed, match="somebody above Ada"):
        decide_request(session, request_id=request.id, approve=True, by=dora, now=NOW)
    decide_request(session, request_id=request.id, approve=True, by=robin, now=NOW)
    assert duty.settled_by == "Robin"


def test_a_position_of_former_times_decides_nothing(session, field, duty, ada):
    """Cat held it once, and holds it now for Ada, who asks: she is no second person."""
    cat = Person(slack_id="U0CAT", name="Cat")
    session.add(cat)
    session.flush()
    held = {"role": Role.REGIONAL_COORDINATOR.value, "office_id": field.region.id, "person_id": cat.id}
    session.add(Position(**held, held_from=date(2019, 1, 1), held_until=date(2020, 1, 1)))
    session.add(Position(**held, held_from=date(2020, 1, 2), acting_for_id=ada.person_id))
    session.flush()
    request, _ = asks(session, duty, ada)
    with pytest.raises(NotAllowed, match="somebody above Ada"):
        decide_request(session, request_id=request.id, approve=True, by=identify(session, "U0CAT", now=NOW), now=NOW)


def test_the_message_gives_the_whole_reason(session, duty, ada, rita):
    """Who decides reads all that the form takes."""
    reason = " ".join(f"word{n}" for n in range(125))
    _, message = asks(session, duty, ada, reason=reason)
    words = message_words(show_message(session, message.id, now=NOW))
    assert reason in words["text"]
    assert any(reason in block["text"]["text"] for block in words["blocks"] if block["type"] == "section")
    assert message_problems(words["blocks"]) == []


def test_a_day_that_has_come_is_not_approved_any_more(session, duty, ada, rita):
    """The request stays open for her to decline, and a later day can be asked for then."""
    request, _ = asks(session, duty, ada)
    later = NOW + timedelta(days=25)
    with pytest.raises(Refused, match="that day has come"):
        decide_request(session, request_id=request.id, approve=True, by=rita, now=later)
    assert request.status == "open"
    decide_request(session, request_id=request.id, approve=False, why="Too late", by=rita, now=later)
    assert request.status == "declined"


def test_a_message_that_asks_and_was_refused_stands_with_the_undelivered(session, duty, ada):
    """It carries no notice, so the list names the message itself, and for whom it was."""
    _, message = asks(session, duty, ada)
    note_refused(session, claim_message(session, message.id, now=NOW), error="invalid_blocks", now=NOW)
    session.flush()
    (failed,) = read_outbox(session, now=NOW).undelivered
    assert failed.said == ()
    why = "the message that asks for a decision, for Person U0REGION1, was refused: invalid_blocks"
    assert failed.why == why


def test_nobody_puts_a_reminder_off_for_years(session, duty, ada):
    """A day more than a year ahead is refused where it was typed, asked for or not."""
    far = {"until": NOW.date() + timedelta(days=367), "reason": "Later"}
    with pytest.raises(Refused, match="within a year") as asked:
        asks(session, duty, ada, **far)
    with pytest.raises(Refused, match="within a year") as done:
        snooze_reminder(session, obligation_id=duty.id, by=ada, now=NOW, **far)
    assert (asked.value.field, done.value.field) == ("until", "until")


def test_a_snooze_that_a_new_date_overtakes_ends_on_that_date(session, duty):
    """Nobody agreed that it goes past the date that now holds: neither the row nor its stages say so."""
    duty.snoozed_until, duty.snoozed_by = UNTIL, "Ada Coordinator"
    session.flush()
    assert show_obligation(session, duty.id, now=NOW).snoozed_until == duty.due_on


def test_what_an_official_took_back_is_not_done_again_by_who_asked(session, duty, ada, rita):
    """The undo of an undo would silence the duty past its legal date once more: it takes the official, too."""
    ask_decision(session, obligation_id=duty.id, kind=RequestKind.SNOOZE, reason="Flood", until=UNTIL, by=ada, now=NOW)
    request = session.scalars(select(Request)).one()
    agreed = decide_request(session, request_id=request.id, approve=True, by=rita, now=NOW)
    write_noted(session)
    undone, _ = undo_snooze(session, record=agreed.record, by=rita, now=NOW)
    write_noted(session)
    with pytest.raises(NotAllowed, match="decide what is asked for a duty"):
        undo_snooze(session, record=undone.record, by=ada, now=NOW)
    _, until = undo_snooze(session, record=undone.record, by=rita, now=NOW)
    assert until == UNTIL
