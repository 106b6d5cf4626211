"""Change what an office set for itself: its settings, its schedule and its channel."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from models import audit
from models.alliances import AllianceOffice
from models.duties import Obligation
from models.offices import Office
from operations.actor import Actor, office_day, offices_below, require
from operations.flat_settings import COLUMNS, flatten, lay_over, without_columns
from operations.gather_program import DCSP
from operations.office_settings import read_settings
from operations.records.open_alliance import lock_alliances
from operations.refusals import AlreadyDone, Refused
from operations.remind.check_rules import check_rules
from operations.see_effect import Effect, effect, see
from policy.rights import Verb
from policy.ticks import BadScheduleError, check_expression

CHANGED, RESTORED = "office:settings-changed", "office:settings-restored"
#: How `SettingsChange.record` names a change.
RECORD = "settings"
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """A change of an office's settings, and what it does."""

    office_code: str
    office_name: str
    #: (name, own value before, own value after), one by one; None is "not set here".
    changed: tuple[tuple[str, Any, Any], ...]
    effect: Effect
    #: What undoes it: "settings:" and an id.
    record: str


def change_settings(
    session: Session,
    *,
    office_code: str,
    changes: Mapping[str, Any],
    by: Actor,
    now: datetime,
    restores: uuid.UUID | None = None,
    tried: bool = False,
) -> SettingsChange:
    """Lay changes over the settings of an office; None takes one away. `schedule` and `channel` are among them.

    The rules are checked for the alliances of the office and of those below it, in the same transaction.
    `restores` names the change that this one takes back. One that is only `tried`, to be rolled back, checks nothing.

    Raises:
        Refused: There is no such office, or a setting is unknown, of the wrong kind or in the wrong place.
        AlreadyDone: Nothing would change.
        NotAllowed: No position of the person allows it.
    """
    below = offices_below(session, office_code)
    ids = _concerned(session, below)
    # As everywhere: the alliances before anything else that their check takes.
    lock_alliances(session, ids)
    office = session.scalar(select(Office).where(Office.code == office_code).with_for_update(key_share=True))
    if office is None:
        raise Refused(f"There is no office with the code “{office_code}”.", field="office")
    require(session, by, Verb.CHANGE_SETTINGS, office_codes=[office_code])
    root = office.parent_id is None
    before = _own(office)
    wanted = read_settings(office.name, lay_over(office.settings, without_columns(changes)), root=root)
    with_program = root or DCSP in below
    look = partial(see, session, ids, with_program=with_program, on=office_day(now, office.timezone), now=now)
    seen = look()
    office.settings = wanted.model_dump(mode="json", exclude_defaults=True)
    if "schedule" in changes:
        office.schedule = usable_line(changes["schedule"])
    if "channel" in changes:
        office.channel = usable_channel(changes["channel"])
        # What Slack said of another channel says nothing of this one.
        office.unreachable_since = office.unreachable_why = office.probed_at = None
    after = _own(office)
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if not names:
        raise AlreadyDone(f"These are the settings of {office.name} already; nothing would change.")
    change = uuid.uuid4()
    audit.record(
        session,
        at=now,
        actor=by.name,
        action=CHANGED if restores is None else RESTORED,
        subject=f"office:{office.code}",
        data={
            "change": change if restores is None else restores,
            "before": {name: before.get(name) for name in names},
            "after": {name: after.get(name) for name in names},
        },
    )
    found = effect(seen, look())
    if not tried:
        check_rules(session, now=now, by=by, ids=ids, with_program=with_program)
    return SettingsChange(
        office.code,
        office.name,
        tuple((name, before.get(name), after.get(name)) for name in names),
        found,
        f"{RECORD}:{change}",
    )


def settings_of(session: Session, office_code: str) -> dict[str, Any]:
    """Give all that an office set for itself, one by one; nothing where there is no such office."""
    office = session.scalar(select(Office).where(Office.code == office_code))
    return {} if office is None else _own(office)


def usable_line(schedule: str | None) -> str | None:
    """Return a cron line that an office may have; None is the default.

    Raises:
        Refused: It is no line of five plain fields, never fires, or fires twice within an hour.
    """
    try:
        return None if schedule is None else check_expression(schedule)
    except BadScheduleError as error:
        raise Refused(str(error), field="schedule") from None


def usable_channel(channel: str | None) -> str | None:
    """Return the id of a channel as Slack writes it; None is the channel of the office above.

    Raises:
        Refused: It is no such id.
    """
    if channel is not None and not _CHANNEL.fullmatch(channel):
        raise Refused(
            f"“{channel}” is no channel's id; Slack shows it at the end of a channel's details, such as C012AB3CD.",
            field="channel",
        )
    return channel


def _own(office: Office) -> dict[str, Any]:
    """Give all that an office set for itself, one by one."""
    columns = {name: getattr(office, name) for name in COLUMNS}
    return flatten(office.settings) | {name: value for name, value in columns.items() if value is not None}


def _concerned(session: Session, codes: set[str]) -> list[int]:
    """List the alliances that some offices lead, and those of which they owe something."""
    offices = select(Office.id).where(Office.code.in_(codes))
    led = select(AllianceOffice.alliance_id).where(AllianceOffice.rank == 0, AllianceOffice.office_id.in_(offices))
    owed = select(Obligation.alliance_id).where(
        Obligation.office_id.in_(offices), Obligation.settled.is_(None), Obligation.alliance_id.is_not(None)
    )
    return sorted(session.scalars(union(led, owed)))
