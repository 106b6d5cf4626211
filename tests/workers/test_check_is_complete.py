"""The incremental check leaves what a full check of the same records would leave."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.alliances import Alliance
from models.duties import Notice, Obligation
from models.offices import Office
from models.plans import Closure
from models.work import Meeting
from operations.actor import identify, office_day
from operations.change_settings import change_settings
from operations.conclude.give_notice import give_notice
from operations.conclude.sign_renewal import sign_renewal
from operations.operate.record_evaluation import record_evaluation
from operations.operate.record_meeting import record_meeting
from operations.operate.submit_report import submit_report
from operations.records.withdraw_record import withdraw_record
from operations.refusals import Refused
from operations.remind.steer_reminder import pass_on, snooze_reminder
from operations.remind.waive_duty import waive_duty
from policy.rights import Role
from tests.operations.conftest import Portfolio
from workers.check import check_all, check_for_office, check_waiting
from workers.rehearsal import rehearsal

#: Nights of one run, and the days between two of them.
NIGHTS, STEPS = 20, (1, 1, 1, 4, 10, 40)


class Life:
    """What happens to a portfolio, drawn by chance; whatever is refused did not happen."""

    def __init__(self, sessions: sessionmaker[Session], seed: int) -> None:
        self.sessions, self.random = sessions, random.Random(seed)  # noqa: S311 - no secret
        self.now = datetime(2026, 3, 2, 15, tzinfo=UTC)
        with sessions.begin() as session:
            made = Portfolio(session)
            national = made.office("OSHA-NO", kind="national", channel="C0NATIONAL")
            areas = [
                made.office(code, parent=national, channel=f"C{code}", timezone=zone)
                for code, zone in (
                    ("EAST", "America/New_York"),
                    ("WEST", "America/Los_Angeles"),
                    ("GUAM", "Pacific/Guam"),
                )
            ]
            made.person("U0BOSS001", *((role, national) for role in Role))
            for number in range(8):
                signed = date(2024, 1, 1) + timedelta(days=self.random.randrange(700))
                renewed = (date(signed.year + 2, signed.month, 1),) if signed < date(2024, 3, 1) else ()
                office = areas[number % 3]
                made.alliance(
                    f"Alliance {number}", office, signed=signed, renewed=renewed, tracked_from=date(2025, 6, 1)
                )
            self.national, self.offices = national.id, [office.id for office in areas]

    def go_on(self) -> None:
        """Let some things happen, and some days go by."""
        for _ in range(self.random.randint(0, 3)):
            happening = self.random.choice(HAPPENINGS)
            try:
                with self.sessions.begin() as session:
                    happening(self, session)
            except Refused:
                continue
        self.now += timedelta(days=self.random.choice(STEPS), hours=self.random.randint(0, 5))

    def someone(self, session: Session) -> int:
        """Draw an alliance."""
        return self.random.choice(session.scalars(select(Alliance.id).order_by(Alliance.id)).all())

    def some_duty(self, session: Session) -> Obligation:
        """Draw a duty that nobody settled.

        Raises:
            Refused: There is none.
        """
        found = session.scalars(
            select(Obligation)
            .where(Obligation.settled.is_(None), Obligation.alliance_id.is_not(None))
            .order_by(Obligation.id)
        ).all()
        if not found:
            raise Refused("There is nothing to do.")
        return self.random.choice(found)

    def lately(self) -> date:
        """Draw a day of the last weeks."""
        return (self.now - timedelta(days=self.random.randint(1, 40))).date()

    def boss(self, session: Session):
        """Return somebody who may do everything."""
        return identify(session, "U0BOSS001", now=self.now)


def holds(life: Life, session: Session) -> None:
    """A meeting is held, or planned for a day to come."""
    on, held = (life.lately(), True) if life.random.random() < 0.8 else (life.now.date() + timedelta(days=9), False)
    record_meeting(
        session, alliance_id=life.someone(session), on=on, held=held, format="both", by=life.boss(session), now=life.now
    )


def settles(life: Life, session: Session) -> None:
    """A yearly duty is fulfilled with the record it asks for."""
    due = life.some_duty(session)
    if due.period is None:
        raise Refused("It has no year.")
    end, by = date.fromisoformat(due.period.partition("/")[2]), life.boss(session)
    if due.rule == "annual-report":
        submit_report(
            session, alliance_id=due.alliance_id, period_end=end, submitted_on=life.lately(), by=by, now=life.now
        )
    elif due.rule == "evaluation":
        record_evaluation(
            session,
            alliance_id=due.alliance_id,
            period_end=end,
            evaluated_on=life.lately(),
            discussed_on=None,
            findings="Good.",
            by=by,
            now=life.now,
        )


def takes_back(life: Life, session: Session) -> None:
    """A meeting was entered by mistake."""
    meeting = session.scalars(select(Meeting).where(Meeting.withdrawn_at.is_(None)).limit(1)).first()
    if meeting is not None:
        withdraw_record(session, record=f"meeting:{meeting.id}", by=life.boss(session), now=life.now)


def behind_our_back(life: Life, session: Session) -> None:
    """A record is entered by hand, without any operation; some are dated in the future."""
    on = life.lately() + timedelta(days=life.random.choice([0, 0, 60]))
    session.add(Meeting(alliance_id=life.someone(session), on_day=on, held=True, format="both", recorded_at=life.now))


def renews(life: Life, session: Session) -> None:
    """A renewal is signed."""
    sign_renewal(
        session,
        alliance_id=life.someone(session),
        signed_on=life.lately(),
        term_years=3,
        by=life.boss(session),
        now=life.now,
    )


def leaves(life: Life, session: Session) -> None:
    """OSHA gives notice."""
    give_notice(
        session,
        alliance_id=life.someone(session),
        signatory_id=None,
        noticed_on=life.lately(),
        named_end_on=None,
        reason="Few resources.",
        by=life.boss(session),
        now=life.now,
    )


def waives(life: Life, session: Session) -> None:
    """A duty is waived."""
    waive_duty(
        session, obligation_id=life.some_duty(session).id, reason="Not this year.", by=life.boss(session), now=life.now
    )


def snoozes(life: Life, session: Session) -> None:
    """A reminder is put off."""
    due = life.some_duty(session)
    until = min(due.due_on, life.now.date() + timedelta(days=life.random.randint(2, 30)))
    snooze_reminder(session, obligation_id=due.id, until=until, by=life.boss(session), now=life.now)


def passes_on(life: Life, session: Session) -> None:
    """A duty is passed on to another office."""
    due, code = life.some_duty(session), life.random.choice(["EAST", "WEST", "GUAM"])
    pass_on(session, obligation_id=due.id, office_code=code, reason="Theirs.", by=life.boss(session), now=life.now)


def sets(life: Life, session: Session) -> None:
    """An office changes its stages."""
    changes = {"repeat_every_days": life.random.choice([0, 10, 45]), "days_before": {"default": [60, 5]}}
    code = life.random.choice(["EAST", "WEST", "OSHA-NO"])
    change_settings(session, office_code=code, changes=changes, by=life.boss(session), now=life.now)


def closes(life: Life, session: Session) -> None:
    """Federal offices will be closed on a day."""
    session.merge(Closure(day=life.now.date() + timedelta(days=life.random.randint(1, 60)), reason="Storm"))


def moves(life: Life, session: Session) -> None:
    """An office keeps another time."""
    session.get_one(Office, life.offices[0]).timezone = life.random.choice(["America/Chicago", "Pacific/Guam"])


HAPPENINGS: list[Callable[[Life, Session], None]] = [
    holds, holds, settles, settles, settles, takes_back, behind_our_back, renews, leaves, waives, snoozes, passes_on,
    sets, closes, moves,
]  # fmt: skip


def ledger(sessions: sessionmaker[Session]) -> set:
    """Return what is on record of duties and notices, but for ids of notices and when a row was touched."""
    with sessions() as session:
        duties = session.execute(
            select(
                Obligation.id,
                Obligation.office_id,
                Obligation.due_on,
                Obligation.held,
                Obligation.detail,
                Obligation.settled,
                Obligation.settled_on,
                Obligation.snoozed_until,
            )
        )
        notices = session.execute(
            select(Notice.obligation_id, Notice.stage, Notice.recipient, Notice.day, Notice.status)
        )
        return {tuple(row) for row in duties} | {tuple(row) for row in notices}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(2))
def test_a_full_check_finds_nothing_that_the_incremental_one_missed(own_engine, sessions, seed):
    """Whatever happened, a full check right after the check of what waits changes neither a duty nor a notice."""
    life = Life(sessions, seed)
    looked_at = 0
    for night in range(NIGHTS):
        life.go_on()
        tally = check_waiting(sessions, now=life.now)
        assert tally.failures == ()
        looked_at += tally.checked
        if night % 3 == 0:
            check_for_office(sessions, life.offices[night % 3], now=life.now)
        found = ledger(sessions)
        with rehearsal(own_engine) as copy:
            check_all(copy, now=life.now)
            assert ledger(copy) == found, f"night {night}, {office_day(life.now, 'America/New_York')}"
    assert looked_at < NIGHTS * 8, "some were left alone"
