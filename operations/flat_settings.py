"""The settings of an office one by one, each under a name that a person can type: `days_before.meetings=20,7`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rapidfuzz import process

from operations.office_settings import EVERY_OTHER_RULE, GROUPS, InForce, OfficeSettings
from operations.refusals import Refused
from policy.chains import Purpose
from policy.duties import Modality
from policy.parameters import area_meetings_modality, lapse_after_days, meetings_a_year
from policy.rules import RULES
from policy.sending_times import DEFAULT_WINDOW, write_minutes
from policy.stages import DEFAULT_SETTINGS, Audience

#: What an office sets beside its settings: columns of its own.
COLUMNS = ("channel", "schedule")
SINGLE = tuple(name for name in OfficeSettings.model_fields if name not in GROUPS)
#: Every name that can be typed.
NAMES = (
    *COLUMNS,
    *SINGLE,
    *(f"days_before.{rule}" for rule in (EVERY_OTHER_RULE, *RULES)),
    *(f"days_after.{audience.value.replace(' ', '-')}" for audience in Audience),
    *(f"chains.{purpose.value}" for purpose in Purpose),
)
#: What takes a setting away.
NOTHING = ("", "none", "default")


def flatten(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Give settings as they are kept one by one."""
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        if name in GROUPS:
            flat |= {f"{name}.{key.replace(' ', '-')}": one for key, one in value.items()}
        else:
            flat[name] = value
    return flat


def lay_over(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Lay single changes over settings as they are kept; None takes one away, and a whole group can be given."""
    made: dict[str, Any] = {name: dict(value) if name in GROUPS else value for name, value in settings.items()}
    for name, value in changes.items():
        group, dot, key = name.partition(".")
        if not dot or group not in GROUPS:
            made[name] = value
            continue
        members = made.setdefault(group, {})
        members.pop(_member(group, key), None)
        if value is not None:
            members[_member(group, key)] = value
    return {name: value for name, value in made.items() if value is not None and value != {}}


def without_columns(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what has a column of its own."""
    return {name: value for name, value in settings.items() if name not in COLUMNS}


def read_setting(text: str) -> tuple[str, Any]:
    """Read NAME=VALUE as a person writes it; the value is checked where it is used, and None takes it away.

    Raises:
        Refused: It has another form, or names no setting.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise Refused(f"“{text}” is no setting; write NAME=VALUE, such as meetings_required=3.")
    if name not in NAMES:
        closest = ", ".join(found for found, _, _ in process.extract(name, NAMES, limit=3))
        raise Refused(f"There is no setting “{name}”. Closest: {closest}.")
    if value.casefold() in NOTHING:
        return name, None
    if name.startswith("days_before."):
        return name, [part.strip() for part in value.split(",")]
    return name, value


def write_value(value: Any) -> str:
    """Write a value as `read_setting` reads it."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)


def defaults(today: date) -> dict[str, Any]:
    """Give what holds for every setting that no office sets, one by one."""
    found: dict[str, Any] = {name: getattr(InForce(), name, None) for name in SINGLE}
    found |= {
        "meetings_required": meetings_a_year(today),
        "meetings_mandatory": area_meetings_modality(today) == Modality.MANDATORY,
        "lapse_after_days": lapse_after_days(today),
        "send_from": write_minutes(DEFAULT_WINDOW.begins),
        "send_until": write_minutes(DEFAULT_WINDOW.ends),
        "repeat_every_days": DEFAULT_SETTINGS.repeat_every_days,
        f"days_before.{EVERY_OTHER_RULE}": DEFAULT_SETTINGS.default.days_before,
    }
    found |= {f"days_before.{rule}": stages.days_before for rule, stages in DEFAULT_SETTINGS.by_rule.items()}
    found |= {f"days_after.{who.value.replace(' ', '-')}": days for days, who in DEFAULT_SETTINGS.days_after}
    return found


def _member(group: str, key: str) -> str:
    """Give the name under which a member of a group is kept: an audience has spaces in its name."""
    return key.replace("-", " ") if group == "days_after" else key
