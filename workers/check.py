"""Check the rules over many alliances, so that one bad record never stops the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import structlog
from sqlalchemy import CompoundSelect, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from models.alliances import Alliance, AllianceOffice
from models.duties import Obligation
from operations.gather_program import program_office
from operations.hands.follow_hands import follow_hands
from operations.remind.check_rules import check_program, check_rules
from operations.remind.lapse_requests import lapse_overtaken
from operations.remind.look_again import needs_a_look, note_failure, surroundings

#: Alliances that are checked in one transaction.
BATCH = 100

log = structlog.get_logger("workers.check")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a check did, and whom it could not check."""

    checked: int = 0
    opened: int = 0
    settled: int = 0
    #: Ids of alliances for which anything was written.
    wrote: frozenset[int] = frozenset()
    #: Names of alliances, each with what went wrong.
    failures: tuple[tuple[str, str], ...] = ()

    def plus(self, other: Tally) -> Tally:
        """Return the sum of two."""
        return Tally(
            self.checked + other.checked,
            self.opened + other.opened,
            self.settled + other.settled,
            self.wrote | other.wrote,
            self.failures + other.failures,
        )


def follow_people(sessions: sessionmaker[Session], *, now: datetime) -> None:
    """Let duties and requests go on from who left to who is there, and requests end that nobody decided in time.

    Trouble with that stops no check.
    """
    try:
        with sessions.begin() as session:
            lapse_overtaken(session, now=now)
        with sessions.begin() as session:
            returned = follow_hands(session, now=now)
    except OperationalError:  # the database's trouble: whoever asked asks again
        raise
    except Exception:
        log.exception("duties could not follow a change of hands")
        return
    if returned:
        log.info("duties went back to their offices", duties=returned)


def check_all(sessions: sessionmaker[Session], *, now: datetime) -> Tally:
    """Check the rules for every alliance, whether something is new or not, and for the program as a whole."""
    with sessions() as session:
        ids = session.scalars(select(Alliance.id).order_by(Alliance.id)).all()
    return check_some(sessions, ids, now=now).plus(check_whole_program(sessions, now))


def check_waiting(sessions: sessionmaker[Session], *, now: datetime) -> Tally:
    """Check the rules for the alliances that have to be looked at, and for the program as a whole."""
    follow_people(sessions, now=now)
    with sessions() as session:
        ids = waiting(session, now=now)
    return check_some(sessions, ids, now=now).plus(check_whole_program(sessions, now))


def waiting(session: Session, *, now: datetime, since: datetime | None = None) -> list[int]:
    """List the ids of the alliances that have to be looked at; `since`: those last looked at before it, too."""
    condition = needs_a_look(surroundings(session), now=now, since=since)
    return list(session.scalars(select(Alliance.id).where(condition).order_by(Alliance.id)))


def check_between(sessions: sessionmaker[Session], first: int, last: int, *, now: datetime) -> Tally:
    """Check the alliances with ids from `first` to `last`, as far as they wait: whoever did part of it is not undone.

    Once a week everyone is looked at, and what had been missed until then is logged.
    """
    with sessions() as session:
        under = surroundings(session)
        mine = Alliance.id.between(first, last), needs_a_look(under, now=now, since=week_begins(now))
        ids = session.scalars(select(Alliance.id).where(*mine).order_by(Alliance.id)).all()
        expected = set(session.scalars(select(Alliance.id).where(*mine, needs_a_look(under, now=now))))
    tally = check_some(sessions, ids, now=now)
    for id in tally.wrote - expected:
        log.warning("an alliance should have been looked at before", alliance=id)
    return tally


def week_begins(now: datetime) -> datetime:
    """Return the midnight between Saturday and Sunday, in UTC, before a moment."""
    day = now.astimezone(UTC).date()
    return datetime.combine(day - timedelta(days=day.isoweekday() % 7), time(), UTC)


def check_for_office(sessions: sessionmaker[Session], office_id: int, *, now: datetime) -> Tally:
    """Check the alliances whose reminders go to an office, as far as they wait, and the program where it runs that."""
    follow_people(sessions, now=now)
    with sessions() as session:
        ids = sorted(set(alliances_told(session, office_id)) & set(waiting(session, now=now)))
        root = program_office(session)
    tally = check_some(sessions, ids, now=now)
    if root is not None and root[1].id == office_id:
        tally = tally.plus(check_whole_program(sessions, now))
    return tally


def alliances_told(session: Session, office_id: int) -> list[int]:
    """List the ids of the alliances whose reminders go to an office: led by it, or with a duty passed on to it."""
    told = _told().subquery()
    return sorted(session.scalars(select(told.c.alliance_id).where(told.c.office_id == office_id)))


def all_alliances_told(session: Session) -> dict[int, list[int]]:
    """List them for every office that has any, by the office's id: one query."""
    found: dict[int, list[int]] = {}
    for office_id, alliance_id in session.execute(_told()):
        if alliance_id is not None:
            found.setdefault(office_id, []).append(alliance_id)
    return {office_id: sorted(ids) for office_id, ids in found.items()}


def _told() -> CompoundSelect[int, int | None]:
    leads = select(AllianceOffice.office_id, AllianceOffice.alliance_id).where(AllianceOffice.rank == 0)
    holds = select(Obligation.office_id, Obligation.alliance_id).where(
        Obligation.settled.is_(None), Obligation.alliance_id.is_not(None)
    )
    return leads.union(holds)


def check_some(sessions: sessionmaker[Session], ids: Sequence[int], *, now: datetime) -> Tally:
    """Check the rules for some alliances, batch by batch; a batch that fails is checked one by one."""
    tally = Tally()
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        try:
            tally = tally.plus(_check(sessions, batch, now))
        except Exception:  # noqa: BLE001  # whatever it is, the alliances one by one tell whose it is
            for alliance_id in batch:
                tally = tally.plus(_check_alone(sessions, alliance_id, now))
    return tally


def check_whole_program(sessions: sessionmaker[Session], now: datetime) -> Tally:
    """Check the rules for the program as a whole."""
    try:
        with sessions.begin() as session:
            outcome = check_program(session, now=now)
    except Exception as error:  # it is reported, and the alliances are checked all the same
        log.exception("the program could not be checked")
        return Tally(failures=(("the program", f"{type(error).__name__}: {error}"),))
    return Tally() if outcome is None else Tally(opened=len(outcome.opened), settled=len(outcome.settled))


def _check(sessions: sessionmaker[Session], ids: Sequence[int], now: datetime) -> Tally:
    with sessions.begin() as session:
        outcomes = check_rules(session, now=now, ids=ids)
        opened = sum(len(outcome.opened) for outcome in outcomes)
        settled = sum(len(outcome.settled) for outcome in outcomes)
    return Tally(len(outcomes), opened, settled, frozenset(o.of.facts.id for o in outcomes if o.wrote))


def _check_alone(sessions: sessionmaker[Session], alliance_id: int, now: datetime) -> Tally:
    try:
        return _check(sessions, [alliance_id], now)
    except OperationalError:  # the database's trouble, not the alliance's: whoever asked asks again
        raise
    except Exception as error:  # it is reported, and the others go on
        why = f"{type(error).__name__}: {error}"
        with sessions.begin() as session:
            name = session.scalar(select(Alliance.name).where(Alliance.id == alliance_id))
            note_failure(session, alliance_id, why, now=now)
        log.exception("an alliance could not be checked", alliance=name)
        return Tally(failures=((name or f"alliance {alliance_id}", why),))
