"""Which alliances have to be looked at again: those whose records changed, and those whose next day has come.

After a check an alliance is quiet: until a day that `policy.boundary` names, another check would find the same. A
trigger of the database ends that when one of its records changes, whoever changes it. What all alliances share,
the rules, the offices and the closures, is not watched but compared: its digest stands beside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import ARRAY, BigInteger, ColumnElement, DateTime, and_, func, literal, select, true, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from models.alliances import Alliance
from models.duties import Schedule
from models.offices import Office
from operations.closures import read_closures

#: An alliance that cannot be checked is tried again by the next daily check.
TRY_AGAIN_AFTER = timedelta(hours=20)

#: The row of the schedule that says until when all rules were checked.
CHECK_NAME = "check"

_ROOMS = Path(__file__).parents[2]


def surroundings(session: Session) -> str:
    """Return the digest of all that a check goes by beside an alliance's own records.

    To be read before those: what changes in between is then looked at twice, and never not at all.
    """
    columns = (Office.id, Office.code, Office.name, Office.kind, Office.parent_id, Office.timezone, Office.settings)
    offices = session.execute(select(*columns).order_by(Office.id)).all()
    words = repr([_rules(), sorted(read_closures(session)), *map(tuple, offices)])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


@lru_cache(maxsize=1)
def _rules() -> str:
    """Return the digest of the rules as they are installed: whatever is deployed, every alliance is looked at anew."""
    digest = hashlib.sha256(version("holidays").encode())
    for room in ("policy", "operations"):
        for file in sorted(file for kind in ("py", "yaml") for file in (_ROOMS / room).rglob(f"*.{kind}")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def needs_a_look(under: str, *, now: datetime, since: datetime | None = None) -> ColumnElement[bool]:
    """Return the condition under which an alliance has to be looked at; `under` are the surroundings.

    `since` asks for those, too, that were last looked at before: for them a check should find nothing new.
    """
    quiet = [Alliance.checked_under == under, Alliance.quiet.contains(now)]
    if since is not None:
        quiet.append(func.lower(Alliance.quiet) >= since)
    # What was never looked at has NULL there, and is not quiet. One that was merged into another owes nothing.
    return and_(Alliance.merged_into_id.is_(None), and_(*quiet).is_not(true()))


def note_quiet(session: Session, until: Mapping[int, datetime], *, under: str, now: datetime) -> None:
    """Note until when each of some alliances, by its id, need not be looked at: one statement.

    To be done after everything else that is written of them, which ends their quiet.
    """
    session.flush()
    ends = (
        func.unnest(
            literal(list(until), ARRAY(BigInteger)), literal(list(until.values()), ARRAY(DateTime(timezone=True)))
        )
        .table_valued("id", "until", name="noted")
        .render_derived()
    )
    session.execute(
        update(Alliance)
        .where(Alliance.id == ends.c.id)
        .values(quiet=func.tstzrange(now, ends.c.until), checked_under=under, check_failure=None),
        execution_options={"synchronize_session": False},
    )


def ask_for_check(session: Session, *, now: datetime) -> None:
    """Have the workers check whatever waits as soon as this is committed: the check of today counts as not done.

    Until then nothing wrong is sent: an office's alliances are checked before its message is made.
    """
    session.execute(
        update(Schedule)
        .where(Schedule.name == CHECK_NAME)
        .values(ran_until=func.least(Schedule.ran_until, now - timedelta(days=2)))
    )


def note_failure(session: Session, alliance_id: int, why: str, *, now: datetime) -> None:
    """Note that an alliance could not be checked; it is tried again a day later, or when something changes."""
    session.execute(
        update(Alliance)
        .where(Alliance.id == alliance_id)
        .values(quiet=Range(now, now + TRY_AGAIN_AFTER), checked_under=surroundings(session), check_failure=why),
        execution_options={"synchronize_session": False},
    )
