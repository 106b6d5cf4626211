"""What was believed on a past day: by when things were entered, not by how they are dated."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from cli.load_sample import load_sample
from models.alliances import Agreement, Ending, Signatory
from models.audit import record, write_noted
from models.duties import Message, Obligation
from models.names import FormerName
from operations.actor import operator
from operations.conclude.decide_renewal import decide_renewal
from operations.conclude.give_notice import give_notice
from operations.conclude.settle_notice import settle_notice
from operations.conclude.sign_renewal import sign_renewal
from operations.establish.add_signatory import add_signatory
from operations.establish.record_gates import record_gates
from operations.gather_facts import gather
from operations.hands.rename import rename_participant
from operations.operate.record_evaluation import record_evaluation
from operations.operate.record_meeting import record_meeting
from operations.operate.submit_report import submit_report
from operations.read.known_duties import list_known, recall_duty
from operations.read.known_on import gather_known
from operations.records.withdraw_record import withdraw_record
from operations.refusals import Refused
from operations.remind.check_rules import check_rules
from operations.remind.deliver_message import claim_message
from operations.remind.fold_messages import fold_messages
from operations.remind.note_outcome import note_sent
from policy.facts import Recommendation
from policy.rights import Role
from tests.operations.conftest import NOW, TODAY
from tests.operations.gates import pass_gates, what_a_renewal_needs

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
DAY = timedelta(days=1)
#: Nine o'clock a week ago, when the alliance was entered.
ENTERED = NOW - 7 * DAY


@pytest.fixture
def alliance(session, portfolio, field):
    """An area alliance signed on December 10, 2024, entered a week ago."""
    made = portfolio.alliance("La Plaza", field.area, signed=date(2024, 12, 10))
    made.created_at = ENTERED
    session.flush()
    return made


@pytest.fixture
def boss(portfolio, field):
    """Somebody who may do all that is done here."""
    return portfolio.person("U0BOSS", (Role.ALLIANCE_COORDINATOR, field.area), (Role.AREA_DIRECTOR, field.area))


@pytest.fixture
def known(session, alliance):
    """Gives the facts as they were on record at the end of a day."""

    def read(on):
        write_noted(session)
        (found,) = gather_known(session, on, [alliance.id])
        return found.of.facts

    return read


def meet(session, alliance, by, on, *, now=NOW, held=True):
    """Record a meeting; return how it is named for withdrawing."""
    return record_meeting(session, alliance_id=alliance.id, on=on, held=held, format="both", by=by, now=now).record


def test_what_is_entered_late_was_not_known_before(session, alliance, boss, known):
    """A meeting of March entered today is unknown at the end of yesterday."""
    meet(session, alliance, boss, date(2026, 3, 2))
    assert [m.on for m in known(TODAY).meetings] == [date(2026, 3, 2)]
    assert known(YESTERDAY).meetings == ()


def test_the_day_is_that_of_the_lead_office(session, alliance, boss, known):
    """Entered at eleven at night in Wilmington, which is tomorrow in UTC: known at the end of today."""
    meet(session, alliance, boss, date(2026, 3, 2), now=NOW.replace(hour=4) + DAY)
    assert len(known(TODAY).meetings) == 1
    assert known(YESTERDAY).meetings == ()


def test_what_was_withdrawn_later_was_believed_until_then(session, alliance, boss, known):
    """Yesterday the mistake still counted."""
    meeting = meet(session, alliance, boss, date(2026, 3, 2), now=NOW - 2 * DAY)
    withdraw_record(session, record=meeting, by=boss, now=NOW)
    assert len(known(YESTERDAY).meetings) == 1
    assert known(TODAY).meetings == ()


def test_a_planned_meeting_was_planned_before_it_was_held(session, alliance, boss, known):
    """The later entry wrote over the earlier one; the audit knows both."""
    meet(session, alliance, boss, TODAY, now=NOW - 2 * DAY, held=False)
    meet(session, alliance, boss, TODAY)
    assert [[m.held for m in known(day).meetings] for day in (YESTERDAY, TODAY)] == [[False], [True]]


def test_an_evaluation_was_there_before_its_discussion(session, alliance, boss, known):
    """Only the discussion is news of today."""
    told = {"alliance_id": alliance.id, "period_end": date(2026, 12, 9), "evaluated_on": date(2026, 11, 2), "by": boss}
    record_evaluation(session, **told, discussed_on=None, findings="good", now=NOW - 2 * DAY)
    record_evaluation(session, **told, discussed_on=date(2026, 11, 5), findings="good", now=NOW)
    assert [e.discussed_on for e in known(YESTERDAY).evaluations] == [None]
    assert [e.discussed_on for e in known(TODAY).evaluations] == [date(2026, 11, 5)]
    assert known(TODAY - 3 * DAY).evaluations == ()


def test_a_report_submitted_in_january_and_entered_today(session, alliance, portfolio, field, known):
    """Its duty was overdue yesterday, by what was known, and was met in January, by what is known."""
    rita = portfolio.person("U0RITA", (Role.REGIONAL_COORDINATOR, field.region))
    told = {"period_end": date(2025, 12, 9), "submitted_on": date(2026, 1, 20)}
    submit_report(session, alliance_id=alliance.id, **told, by=rita, now=NOW)
    write_noted(session)

    def standing(known_on, as_of):
        believed = list_known(session, known_on=known_on, as_of=as_of, settled=True)
        return [o.due.status.value for o in believed.owed if o.due.rule == "annual-report"]

    assert standing(YESTERDAY, YESTERDAY) == ["overdue"]
    assert standing(TODAY, YESTERDAY) == ["met"]
    assert standing(YESTERDAY, date(2026, 2, 1)) == ["open"]


def test_a_decision_was_a_recommendation_first(session, alliance, boss, known):
    """What was recommended, and what was decided, each from its day."""
    agreement = session.scalars(select(Agreement)).one()
    told = {
        "alliance_id": alliance.id,
        "agreement_id": agreement.id,
        "reasons": "x",
        "recommended_on": date(2026, 11, 20),
        "by": boss,
    }
    needed = what_a_renewal_needs(session, alliance, TODAY)
    record_gates(session, alliance_id=alliance.id, done=needed, by=boss, now=NOW)
    decide_renewal(session, **told, recommendation=Recommendation.TERMINATE, decided_on=None, now=NOW - 2 * DAY)
    decide_renewal(session, **told, recommendation=Recommendation.RENEW, decided_on=TODAY, now=NOW)
    read = [[(d.recommendation.value, d.decided_on) for d in known(day).decisions] for day in (YESTERDAY, TODAY)]
    assert read == [[("terminate", None)], [("renew", TODAY)]]


def test_a_notice_ran_before_it_ended_the_alliance(session, alliance, boss, known):
    """The notice, the signatory's leaving and the end of all become known together, and not before."""
    given = give_notice(
        session,
        alliance_id=alliance.id,
        signatory_id=session.scalars(select(Signatory.id)).one(),
        noticed_on=date(2026, 10, 1),
        named_end_on=None,
        reason="moved",
        by=boss,
        now=NOW - 2 * DAY,
    )
    notice_id = int(given.record.partition(":")[2])
    settle_notice(
        session,
        alliance_id=alliance.id,
        notice_id=notice_id,
        withdrawn=False,
        on=date(2026, 11, 2),
        by=boss,
        now=NOW,
    )
    before, after = known(YESTERDAY), known(TODAY)
    assert ([n.ended_on for n in before.notices], before.ending, before.signatories[0].left_on) == ([None], None, None)
    assert after.ending.ended_on == after.signatories[0].left_on == date(2026, 11, 2)
    assert known(TODAY - 3 * DAY).notices == ()


def test_a_renewal_was_unknown_before_it_was_entered(session, alliance, boss, known):
    """Signed a week ago, entered today."""
    pass_gates(session, alliance, boss, on=date(2026, 11, 18))
    sign_renewal(session, alliance_id=alliance.id, signed_on=date(2026, 11, 18), term_years=5, by=boss, now=NOW)
    assert [len(known(day).agreements) for day in (YESTERDAY, TODAY)] == [1, 2]


def test_an_alliance_entered_later_was_not_on_record(session, alliance, known):
    """Nothing was owed of what nobody had entered."""
    write_noted(session)
    assert gather_known(session, TODAY - 8 * DAY) == []
    assert list_known(session, known_on=TODAY - 8 * DAY, as_of=TODAY).owed == ()
    with pytest.raises(Refused, match="not on record yet at the end of November 15, 2026"):
        recall_duty(session, name="La Plaza", rule="meetings", period=None, known_on=TODAY - 8 * DAY, as_of=TODAY)


def test_what_cannot_be_told_is_said(session, alliance):
    """An agreement and an end without a trace of when they came."""
    session.add(Agreement(alliance_id=alliance.id, signed_on=TODAY, renewal=True, edition="CSP 04-01-003"))
    session.add(Ending(alliance_id=alliance.id, kind="concluded", ended_on=TODAY, reason="x"))
    session.flush()
    unsure = list_known(session, known_on=TODAY, as_of=TODAY).unsure
    assert unsure == (
        "La Plaza: the agreement of November 23, 2026: when it was entered is not on record",
        "La Plaza: the end of November 23, 2026: when it was entered is not on record",
    )


def test_an_import_tells_what_it_changed(session, alliance, known):
    """A renewal that came with a later file was unknown until then."""
    session.add(Agreement(alliance_id=alliance.id, signed_on=date(2026, 11, 18), renewal=True, edition="CSP 04-01-003"))
    data = {"created": [], "changed": {"La Plaza": ["renewed", "offices"]}}
    record(session, at=NOW, actor="x", action="alliances:imported", subject="import:1", data=data)
    assert [len(known(day).agreements) for day in (YESTERDAY, TODAY)] == [1, 2]
    unsure = list_known(session, known_on=YESTERDAY, as_of=TODAY).unsure
    assert unsure == ("La Plaza: an import of November 23, 2026 changed its offices; shown as they are now",)


def test_an_import_of_an_evening_is_told_with_its_day_after_a_new_name(session, alliance):
    """The day is that of the lead office; what an import changed under the name of before is told as well."""
    alliance.name = "Plaza del Sol"
    session.add(FormerName(alliance_id=alliance.id, name="La Plaza", until=TODAY))
    data = {"created": [], "changed": {"La Plaza": ["offices"]}}
    evening = NOW - timedelta(hours=11)
    record(session, at=evening, actor="x", action="alliances:imported", subject="import:1", data=data)
    write_noted(session)
    unsure = list_known(session, known_on=YESTERDAY - DAY, as_of=TODAY).unsure
    assert unsure == ("Plaza del Sol: an import of November 22, 2026 changed its offices; shown as they are now",)


def test_who_joined_and_was_renamed_since_was_unknown_before(session, alliance, boss, known):
    """The audit calls a participant as it was called then."""
    joined = add_signatory(session, alliance_id=alliance.id, name="Joiners", joined_on=TODAY, by=boss, now=NOW)
    number = int(joined.record.partition(":")[2])
    by = operator(session, "test")
    rename_participant(session, alliance_id=alliance.id, signatory_id=number, name="Union", by=by, now=NOW)
    assert [[s.name for s in known(day).signatories] for day in (YESTERDAY, TODAY)] == [
        ["Local Builders"],
        ["Local Builders", "Union"],
    ]


def test_all_of_the_sample_is_known_today(session):
    """With nothing entered later, what is known is what is on record, of every table."""
    load_sample(session, now=NOW)
    check_rules(session, now=NOW)
    write_noted(session)
    known = gather_known(session, TODAY)
    now = gather(session)
    assert [k.of.facts for k in known] == [of.facts for of in now]
    assert [sentence for k in known for sentence in k.unsure] == []
    assert gather_known(session, YESTERDAY) == []


def tell(session, office, now=NOW):
    """Send the office's message of today."""
    (message_id,) = fold_messages(session, office_id=office.id, day=TODAY, now=now)
    claim = claim_message(session, message_id, now=NOW)
    duty = session.scalars(select(Obligation).where(Obligation.rule == "meetings", Obligation.settled.is_(None))).one()
    words = {"text": "all", "blocks": [{"block_id": f"duty:{duty.id}", "text": {"text": "Hold the meetings"}}]}
    note_sent(session, claim, ts="1.1", words=words, now=now)
    session.flush()
    return message_id


def test_what_people_had_been_told_stands_with_the_explanation(session, alliance, field):
    """Stage, channel, moment and words of each notice that was sent by then, and of no later one."""
    check_rules(session, now=NOW)
    message_id = tell(session, field.area)
    write_noted(session)

    def told(on):
        return recall_duty(session, name="plaza", rule="meetings", period=None, known_on=on, as_of=TODAY).told

    assert told(YESTERDAY) == ()
    (notice,) = told(TODAY)
    assert (notice.stage, notice.channel, notice.sent_at, notice.words) == (
        "before:30",
        "C0AREA",
        NOW,
        "Hold the meetings",
    )
    assert notice.why.startswith("30 days before December 9, 2026")
    assert not notice.rewritten_since

    session.execute(update(Message).values(version=2))
    claim = claim_message(session, message_id, now=NOW)
    note_sent(session, claim, ts="1.1", words={"text": "done", "blocks": []}, now=NOW + DAY)
    session.flush()
    write_noted(session)
    (notice,) = told(TODAY)
    assert (notice.words, notice.rewritten_since) == ("done", True)
    assert not told(TOMORROW)[0].rewritten_since


def test_a_duty_that_was_not_known_of_is_refused(session, alliance):
    """The sentence names the day and the alliance."""
    write_noted(session)
    with pytest.raises(Refused, match="at the end of November 22, 2026: La Plaza has no duty “draft-comment”"):
        recall_duty(session, name="plaza", rule="draft-comment", period=None, known_on=YESTERDAY, as_of=TODAY)
