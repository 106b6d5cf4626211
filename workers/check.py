"""Check the rules over many alliances, so that one bad record never stops the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.alliances import Alliance, AllianceOffice
from models.duties import Obligation
from operations.gather_program import gather_program
from operations.remind.check_rules import check_program, check_rules

#: Alliances that are checked in one transaction.
BATCH = 25

log = structlog.get_logger("workers.check")


@dataclass(frozen=True, slots=True)
class Tally:
    """What a check did, and whom it could not check."""

    checked: int = 0
    opened: int = 0
    settled: int = 0
    #: Names of alliances, each with what went wrong.
    failures: tuple[tuple[str, str], ...] = ()

    def plus(self, other: Tally) -> Tally:
        """Return the sum of two."""
        return Tally(
            self.checked + other.checked,
            self.opened + other.opened,
            self.settled + other.settled,
            self.failures + other.failures,
        )


def check_all(sessions: sessionmaker[Session], *, now: datetime) -> Tally:
    """Check the rules for every alliance, and for the program as a whole."""
    with sessions() as session:
        ids = session.scalars(select(Alliance.id).order_by(Alliance.id)).all()
    return check_some(sessions, ids, now=now).plus(check_whole_program(sessions, now))


def check_for_office(sessions: sessionmaker[Session], office_id: int, *, now: datetime) -> Tally:
    """Check the rules for the alliances whose reminders go to an office, and for the program where it runs that."""
    with sessions() as session:
        ids = alliances_told(session, office_id)
        program = gather_program(session)
    tally = check_some(sessions, ids, now=now)
    if program is not None and program.office_id == office_id:
        tally = tally.plus(check_whole_program(sessions, now))
    return tally


def alliances_told(session: Session, office_id: int) -> list[int]:
    """List the ids of the alliances whose reminders go to an office: led by it, or with a duty passed on to it."""
    leads = select(AllianceOffice.alliance_id).where(AllianceOffice.office_id == office_id, AllianceOffice.rank == 0)
    holds = select(Obligation.alliance_id).where(
        Obligation.office_id == office_id, Obligation.settled.is_(None), Obligation.alliance_id.is_not(None)
    )
    return sorted(session.scalars(leads.union(holds)))


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
    return Tally() if outcome is None else Tally(0, len(outcome.opened), len(outcome.settled))


def _check(sessions: sessionmaker[Session], ids: Sequence[int], now: datetime) -> Tally:
    with sessions.begin() as session:
        outcomes = check_rules(session, now=now, ids=ids)
        opened = sum(len(outcome.opened) for outcome in outcomes)
        settled = sum(len(outcome.settled) for outcome in outcomes)
    return Tally(len(outcomes), opened, settled)


def _check_alone(sessions: sessionmaker[Session], alliance_id: int, now: datetime) -> Tally:
    try:
        return _check(sessions, [alliance_id], now)
    except Exception as error:  # it is reported, and the others go on
        with sessions() as session:
            name = session.scalar(select(Alliance.name).where(Alliance.id == alliance_id))
        log.exception("an alliance could not be checked", alliance=name)
        return Tally(failures=((name or f"alliance {alliance_id}", f"{type(error).__name__}: {error}"),))
