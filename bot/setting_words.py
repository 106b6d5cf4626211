"""How a setting is worded: its label, its value, where it comes from; and a schedule in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.blocks import escaped, safe
from bot.duty_words import full_day, title
from operations.read.office import Setting
from policy.chains import Purpose
from policy.sending_times import read_minutes, say_minutes
from policy.ticks import BadScheduleError, check_expression
from policy.words import clock, day, listing

LABELS = {
    "channel": "Channel of the reminders",
    "schedule": "Schedule of the reminders",
    "send_from": "Nothing new is posted before",
    "send_until": "Nothing new is posted from",
    "meetings_required": "Meetings in an agreement year",
    "meetings_required_since": "This number of meetings holds for agreement years that begin on or after",
    "meetings_required_before": "Number of meetings set for the years before",
    "meetings_mandatory": "Meetings of area alliances are mandatory",
    "fiscal_year_checklist": "Fiscal-year checklist beside the evaluation",
    "ambassador_option": "Ambassador status is offered",
    "lapse_after_days": "Days after expiry until an alliance lapses",
    "renewal_skips": "Gates that a renewal leaves out",
    "weekly_digest": "Digest of the office each week",
    "monthly_digest": "Digest of the program each month",
    "approval_gaps": "Reminders of an approval that waits, working days from one to the next",
    "regime_since": "Data twice a year and fiscal-year evaluations from",
    "tracked_from": "Duties are followed from",
    "anchored_on": "Agreement years are counted anew from the renewal of",
    "anchor_reason": "Reason for counting them anew",
    "days_before.default": "Reminders, days before the due date",
    "days_after.owner": "After the due date: days until the owner hears of it again",
    "days_after.official-above": "After the due date: days until the official above hears of it",
    "days_after.National-Office": "After the due date: days until the National Office hears of it",
    "repeat_every_days": "After that: again every so many days",
}
#: Settings that are days; as they are kept, in ISO 8601.
DAYS = ("regime_since", "tracked_from", "meetings_required_since", "anchored_on")
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def label(name: str) -> str:
    """Return what a setting is called."""
    group, _, rule = name.partition(".")
    if name not in LABELS and group == "days_before":
        return f"Reminders of “{title(rule)}”, days before the due date"
    if group == "chains":
        return f"Who approves: {Purpose(rule).terms.title}"
    return LABELS.get(name) or name.replace("_", " ").replace(".", ": ").capitalize()


def in_order(settings: Iterable[Setting]) -> list[Setting]:
    """Put settings in the order of their labels: what belongs together stands together."""
    order = {name: at for at, name in enumerate(LABELS)}
    return sorted(settings, key=lambda one: order.get(one.name, order.get(f"{one.name.partition('.')[0]}.default", 0)))


def value_words(name: str, value: Any) -> str:
    """Write the value of a setting."""
    if value is None:
        words = "none"
    elif isinstance(value, bool):
        words = "yes" if value else "no"
    elif isinstance(value, list | tuple):
        words = ", ".join(map(str, value)) or "none"
    elif isinstance(value, date) or name in DAYS:
        words = day(date.fromisoformat(str(value)))
    elif name in {"send_from", "send_until"}:
        words = say_minutes(read_minutes(str(value)))
    elif name == "schedule":
        words = f"{schedule_words(value)} (`{safe(value)}`)"
    else:
        words = f"<#{safe(value)}>" if name == "channel" else safe(str(value))
    return words


def setting_line(setting: Setting) -> str:
    """Write a setting with where it comes from."""
    return f"{label(setting.name)}: *{value_words(setting.name, setting.value)}*, {source(setting)}"


def source(setting: Setting) -> str:
    """Say where the value of a setting comes from."""
    if setting.own:
        return "set here"
    return "the default" if setting.above is None else f"from the {safe(setting.above)}"


def inherited_words(setting: Setting) -> str:
    """Say what holds where an office sets nothing, as in "2, the default"."""
    where = "the default" if setting.inherited_from is None else f"from the {setting.inherited_from}"
    if setting.inherited is None:
        return "nothing is set"
    plain = setting.inherited if setting.name == "channel" else None
    if setting.name == "schedule":
        plain = f"{schedule_words(setting.inherited)} ({setting.inherited})"
    return f"{plain or value_words(setting.name, setting.inherited)}, {where}"


def since_hint(since: str | date | None) -> str:
    """Say what an empty field means for the day from which a number of meetings holds."""
    now = "" if since is None else f"Now {value_words('meetings_required_since', since)}. "
    return f"{now}Empty: another number holds for years that begin today or later; those before keep theirs."


def changed_lines(changed: Iterable[tuple[str, Any, Any]], card: Iterable[Setting] = ()) -> list[str]:
    """Write what was set before and after, a line each; where nothing is set here, what the card says holds then."""
    inherited = {setting.name: escaped(inherited_words(setting)) for setting in card if setting.inherited is not None}

    def own(name: str, value: Any) -> str:
        return inherited.get(name, "not set here") if value is None else value_words(name, value)

    return [f"•  {label(name)}: {own(name, before)} → *{own(name, after)}*" for name, before, after in changed]


def changed_words(changed: Iterable[tuple[str, Any, Any]]) -> str:
    """Write what was set before and after as sentences for the line under a field, which shows no mrkdwn."""

    def own(name: str, value: Any) -> str:
        if value is None:
            return "not set here"
        typed = isinstance(value, str) and name not in {*DAYS, "send_from", "send_until"}
        return f"“{value}”" if typed else value_words(name, value)

    return " ".join(
        f"{label(name)}: from {own(name, before)} to {own(name, after)}." for name, before, after in changed
    )


def schedule_words(line: str) -> str:
    """Write a cron line in words where it is a plain one, as in "Monday to Friday at 9:00 AM"."""
    try:
        minute, hour, of_month, month, of_week = check_expression(line).split()
    except BadScheduleError:
        return "A line that cannot be used, so that the default holds"
    hours = hour.split(",")
    if (of_month, month) != ("*", "*") or not minute.isdecimal() or not all(h.isdecimal() for h in hours):
        return "At the times of its cron line"
    if of_week == "*":
        days = "Every day"
    elif all(number.isdecimal() for number in of_week.split(",")):
        days = listing(f"{_WEEKDAYS[int(number)]}s" for number in of_week.split(","))
    elif of_week.replace("-", "", 1).isdecimal():
        days = " to ".join(_WEEKDAYS[int(number)] for number in of_week.split("-"))
    else:
        return "At the times of its cron line"
    return f"{days} at {listing(clock(time(int(h), int(minute))) for h in hours)}"


def moment_words(moment: datetime, timezone: str) -> str:
    """Write a moment as the clock of a place shows it."""
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{full_day(local.date())}, {clock(local.time())}"
