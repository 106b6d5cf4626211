"""Change the settings of an office; what that changes is shown before it is saved."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field, field_validator

from bot.blocks import safe
from bot.effect_words import office_said, telling_what_changed
from bot.form_types import Ask, Choice, Draft, OfficeForm, Opening, Said, Submitting, previewed
from bot.read_stages import read_days, read_rule_days, write_rule_days
from bot.seen_version import carry_version, seen_version
from bot.setting_words import LABELS, inherited_words, schedule_words, since_hint
from operations.change_settings import change_settings
from operations.changed_since import settings_version
from operations.read.office import OfficeCard, show_office
from operations.refuse_times import HOURS
from policy.rights import Verb
from policy.sending_times import read_minutes, write_minutes
from policy.spoken_schedule import read_schedule

#: What is chosen where the office sets nothing itself.
ABOVE = "above"
#: The settings that are written as they are kept.
PLAIN = ("schedule", "channel", *HOURS)
#: The settings that are yes or no, and those that are numbers, as the form and the office call them.
SWITCHES = ("weekly_digest", "meetings_mandatory", "fiscal_year_checklist", "ambassador_option")
NUMBERS = ("meetings_required", "lapse_after_days", "repeat_every_days")
AFTER = {
    "after_owner": "days_after.owner",
    "after_official": "days_after.official-above",
    "after_national": "days_after.National-Office",
}
Days = Annotated[int | None, Field(ge=1, le=3650)]


class ChangeOffice(OfficeForm):
    """What an office sets for itself; an empty field takes what holds above."""

    schedule: str | None = Field(None, title="Schedule of the reminders", max_length=100)
    # Not Slack's own picker: once it shows a channel it cannot be emptied, and empty is how an office takes the
    # channel of the office above.
    channel: Annotated[str | None, Ask(channel=True, placeholder="C012AB3CD")] = Field(
        None,
        title="Channel of the reminders (its id in Slack)",
        max_length=30,
    )
    weekly_digest: Annotated[str, Ask(offered=True)] = Field(
        title="Digest of the week with its first reminders", description="What is late, due, at risk and settled."
    )
    send_from: Annotated[str | None, Ask(placeholder="07:00")] = Field(
        None, title="Nothing new is posted before (on the clock there)", max_length=5
    )
    send_until: Annotated[str | None, Ask(placeholder="19:00")] = Field(
        None, title="Nothing new is posted from (on the clock there)", max_length=5
    )
    meetings_required: int | None = Field(None, ge=0, le=12, title="Meetings in an agreement year")
    meetings_required_since: date | None = Field(None, title=LABELS["meetings_required_since"])
    meetings_mandatory: Annotated[str, Ask(offered=True)] = Field(title="Meetings of area alliances are mandatory")
    fiscal_year_checklist: Annotated[str, Ask(offered=True)] = Field(
        title="Fiscal-year checklist beside the evaluation"
    )
    ambassador_option: Annotated[str, Ask(offered=True)] = Field(title="Ambassador status is offered")
    lapse_after_days: int | None = Field(None, ge=0, le=3650, title="Days after expiry until an alliance lapses")
    days_before: Annotated[str | None, Ask(placeholder="30, 14, 7, 1, 0")] = Field(
        None, title="Reminders, days before the due date (0 is the day itself)", max_length=120
    )
    by_rule: Annotated[str | None, Ask(multiline=True, placeholder="renewal-decision: 180, 90, 30, 7")] = Field(
        None, title="Other reminders for single rules, one a line", max_length=600
    )
    after_owner: Days = Field(None, title="After the due date: days until the owner hears of it again")
    after_official: Days = Field(None, title="Days until the official above hears of it")
    after_national: Days = Field(None, title="Days until the National Office hears of it")
    repeat_every_days: int | None = Field(None, ge=0, le=3650, title="Then again every so many days (0: not again)")

    @field_validator("schedule")
    @classmethod
    def _fires(cls, line: str | None) -> str | None:
        return None if line is None else read_schedule(line)

    @field_validator("send_from", "send_until")
    @classmethod
    def _is_time(cls, at: str | None) -> str | None:
        return None if at is None else write_minutes(read_minutes(at))

    @field_validator("days_before")
    @classmethod
    def _are_days(cls, text: str | None) -> str | None:
        read_days(text or "")
        return text

    @field_validator("by_rule")
    @classmethod
    def _are_rules(cls, text: str | None) -> str | None:
        read_rule_days(text or "")
        return text


def _open(opening: Opening) -> Draft:
    card = show_office(opening.session, opening.office, now=opening.now)
    fields = {name: name for name in PLAIN} | {"days_before": "days_before.default"}
    fields |= {name: name for name in NUMBERS} | AFTER
    draft = Draft(intro=[f"*{safe(card.name)}*. An empty field takes what holds above; it is said below each."])
    for field, name in fields.items():
        setting = card[name]
        draft.hints[field] = f"Empty: {inherited_words(setting)}."
        if setting.own:
            draft.values[field] = ", ".join(map(str, setting.value)) if field == "days_before" else setting.value
    draft.hints["meetings_required_since"] = since_hint(card["meetings_required_since"].value)
    schedule = card["schedule"]
    now = f" Now: {schedule_words(schedule.value)}." if schedule.own else ""
    draft.hints["schedule"] += (
        f"{now} In words, such as weekdays at 9 AM, or five fields: minute, hour, day, month, "
        "weekday, such as 30 8 * * 1-5."
    )
    for name in SWITCHES:
        setting = card[name]
        draft.values[name] = ABOVE if not setting.own else "yes" if setting.value else "no"
        draft.choices[name] = [
            Choice(ABOVE, f"Not set here: {inherited_words(setting)}"),
            Choice("yes", "Yes"),
            Choice("no", "No"),
        ]
    own, from_above = _by_rule(card)
    draft.values["by_rule"] = own or None
    if from_above:
        draft.hints["by_rule"] = f"Where nothing is set here: {from_above}."
    carry_version(opening, draft, settings_version(opening.session, f"office:{opening.office}"))
    return draft


def _by_rule(card: OfficeCard) -> tuple[str, str]:
    """Give the days of single rules that the office set, a line each, and those that hold without it."""
    rules = [s for s in card.settings if s.name.startswith("days_before.") and s.name != "days_before.default"]
    own = {s.name.partition(".")[2]: s.value for s in rules if s.own}
    above = {s.name.partition(".")[2]: s.inherited for s in rules if s.inherited is not None}
    return write_rule_days(own, "\n"), write_rule_days(above, "; ")


def _submit(submitting: Submitting, typed: ChangeOffice) -> Said:
    days = read_rule_days(typed.by_rule or "")
    if typed.days_before is not None:
        days["default"] = read_days(typed.days_before)
    changes: dict[str, Any] = {name: getattr(typed, name) for name in (*PLAIN, "meetings_required_since", *NUMBERS)}
    changes |= {name: getattr(typed, field) for field, name in AFTER.items()}
    changes |= {name: {"yes": True, "no": False}.get(getattr(typed, name)) for name in SWITCHES}
    changes["days_before"] = days
    with telling_what_changed():
        change = change_settings(
            submitting.session,
            office_code=submitting.office,
            changes=changes,
            by=submitting.by,
            now=submitting.now,
            tried=submitting.tried,
            seen_version=seen_version(submitting),
        )
    return office_said(submitting, change)


FORM = previewed(
    "change_office",
    "Change settings",
    ChangeOffice,
    Verb.CHANGE_SETTINGS,
    open=_open,
    submit=_submit,
)
