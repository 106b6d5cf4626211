"""Change what an office set for itself: its settings, its schedule and its channel."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from models import audit
from models.alliances import AllianceOffice
from models.duties import Obligation
from models.offices import Office
from operations.actor import Actor, office_day, offices_below, require
from operations.approve.refuse_chain import refuse_chain
from operations.changed_since import refuse_changed_since
from operations.flat_settings import COLUMNS, flatten, lay_over, without_columns
from operations.gather_program import DCSP
from operations.meeting_numbers import set_number
from operations.office_settings import OfficeSettings, read_settings, usable_settings
from operations.records.open_alliance import lock_alliances
from operations.refusals import AlreadyDone, Refused
from operations.refuse_times import follow_times
from operations.remind.check_rules import check_rules
from operations.remind.look_again import ask_for_check
from operations.see_effect import Effect, effect, see
from operations.warn_settings import warn_settings
from policy.chains import Purpose
from policy.rights import Verb
from policy.ticks import BadScheduleError, check_expression
from policy.words import clock
from policy.words import day as spelled

CHANGED, RESTORED = "office:settings-changed", "office:settings-restored"
#: How `SettingsChange.record` names a change.
RECORD = "settings"
#: So many alliances are checked while somebody waits, for whom Slack allows three seconds.
CHECKED_AT_ONCE = 10
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,20}")


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """A change of an office's settings, and what it does."""

    office_code: str
    office_name: str
    #: (name, own value before, own value after), one by one; None is "not set here".
    changed: tuple[tuple[str, Any, Any], ...]
    effect: Effect
    #: Whether the workers see to the duties and reminders: there are too many to do it while somebody waits.
    later: bool
    #: What undoes it: "settings:" and an id.
    record: str
    #: Sentences about what was accepted and may yet be unwise.
    warnings: tuple[str, ...] = ()


def change_settings(
    session: Session,
    *,
    office_code: str,
    changes: Mapping[str, Any],
    by: Actor,
    now: datetime,
    restores: uuid.UUID | None = None,
    tried: bool = False,
    seen: Mapping[str, Any] | None = None,
    seen_version: int | None = None,
) -> SettingsChange:
    """Lay changes over the settings of an office; None takes one away. `schedule` and `channel` are among them.

    The rules are checked for the alliances of the office and of those below it: for a few in the same transaction,
    for many by the workers. `restores` names the change that this one takes back. One that is only `tried`, to be
    rolled back, checks nothing. `seen` are settings as they stood when who changes them saw them, `seen_version` is
    what `settings_version` was then, where all of them were seen.

    Raises:
        Refused: There is no such office, a setting is unknown, of the wrong kind or in the wrong place, a schedule
            would lie outside the hours, or somebody else has changed what was seen; the sentence says who and when.
        AlreadyDone: Nothing would change.
        NotAllowed: No position of the person allows it.
    """
    below = offices_below(session, office_code)
    ids = _concerned(session, below)
    later = len(ids) > CHECKED_AT_ONCE
    if not later:
        # As everywhere: the alliances before anything else that their check takes.
        lock_alliances(session, ids)
    this = select(Office).where(Office.code == office_code).with_for_update(key_share=True)
    office = session.scalar(this.execution_options(populate_existing=True))
    if office is None:
        raise Refused(f"There is no office with the code “{office_code}”.", field="office")
    require(session, by, Verb.CHANGE_SETTINGS, office_codes=[office_code])
    if restores is None:
        _refuse_chains(session, office, changes)
    refuse_changed_since(session, f"office:{office.code}", seen_version, timezone=office.timezone)
    root = office.parent_id is None
    before = _own(office)
    _refuse_overtaken(session, office, before, seen or {})
    wanted = read_settings(office.name, lay_over(office.settings, without_columns(changes)), root=root)
    today = office_day(now, office.timezone)
    if restores is None:
        wanted = _dated(office, wanted, changes, today)
    with_program = root or DCSP in below
    look = partial(see, session, ids, with_program=with_program, on=today, now=now)
    effect_before = look()
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
    checked: list[int | None] = [] if tried or later else [*ids, *([None] if with_program else [])]
    follow_times(session, office_code, below, changed=names, checked=checked)
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
    found = effect(effect_before, look())
    if not tried and later:
        ask_for_check(session, now=now)
    elif not tried:
        check_rules(session, now=now, by=by, ids=ids, with_program=with_program)
    return SettingsChange(
        office.code,
        office.name,
        tuple((name, before.get(name), after.get(name)) for name in names),
        found,
        later,
        f"{RECORD}:{change}",
        tuple(warn_settings(session, office, names, today=today)),
    )


def _refuse_chains(session: Session, office: Office, changes: Mapping[str, Any]) -> None:
    """Refuse who is to approve where that cannot be used, or is less than the directive asks for."""
    for name, text in changes.items():
        group, _, purpose = name.partition(".")
        # One that there is not is refused with the other settings.
        if group == "chains" and text is not None and purpose in set(Purpose):
            refuse_chain(session, office, Purpose(purpose), str(text))


def _refuse_overtaken(session: Session, office: Office, now_set: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    """Refuse to write over what somebody else has set since it was seen."""
    other = next((name for name, value in seen.items() if now_set.get(name) != value), None)
    if other is None:
        return
    entry = session.scalars(
        select(audit.AuditEntry)
        .where(
            audit.AuditEntry.subject == f"office:{office.code}",
            audit.AuditEntry.action.in_([CHANGED, RESTORED]),
            audit.AuditEntry.data["after"].has_key(other),
        )
        .order_by(audit.AuditEntry.seq.desc())
        .limit(1)
    ).first()
    if entry is None:
        raise Refused("This was changed since you opened it; open it again to see how it stands.")
    local = entry.at.astimezone(ZoneInfo(office.timezone))
    when = f"{spelled(local.date())}, at {clock(local.time())}"
    raise Refused(f"{entry.actor} changed this on {when}, after you opened it; open it again to see how it stands.")


def _dated(office: Office, wanted: OfficeSettings, changes: Mapping[str, Any], today: date) -> OfficeSettings:
    """Let another number of meetings hold from its day on."""
    before = usable_settings(office).model_copy(update={"meetings_required_before": wanted.meetings_required_before})
    given = None if changes.get("meetings_required_since") is None else wanted.meetings_required_since
    number, since, earlier = set_number(before, wanted.meetings_required, given, today=today)
    return wanted.model_copy(
        update={
            "meetings_required": number,
            "meetings_required_since": since,
            "meetings_required_before": earlier,
        }
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
