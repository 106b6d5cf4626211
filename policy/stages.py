"""When a duty is brought to mind: the reminder stages before its date, and the escalation after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from policy.calendar import NO_CLOSURES, Closures, on_or_after, on_or_before
from policy.duties import Basis, Due, Modality

#: The name of the stage on the day that a duty opens.
RECEIPT = "receipt"


class Audience(StrEnum):
    """Who gets a stage."""

    OWNER = "owner"
    #: Area office: Regional Alliance Program Coordinator; region: Regional Administrator; national: OOSA
    #: director.
    OFFICIAL_ABOVE = "official above"
    NATIONAL_OFFICE = "National Office"


class Stage(NamedTuple):
    """One reminder or escalation of a duty."""

    #: "receipt", "before:30", "on:0", "after:7": how many calendar days from the due date.
    name: str
    nominal_on: date
    #: The federal working day on which it is sent.
    send_on: date
    audience: Audience = Audience.OWNER

    @property
    def climbs(self) -> bool:
        """Whether it goes beyond the owner of the duty."""
        return self.audience is not Audience.OWNER


@dataclass(frozen=True, slots=True)
class RuleStages:
    """The stages up to the due day of one rule."""

    #: Calendar days before the due date; 0 is the day itself.
    days_before: tuple[int, ...]
    #: Whether the day on which the duty opens has a stage of its own.
    on_receipt: bool = False


@dataclass(frozen=True, slots=True)
class StageSettings:
    """The stages of an office; every number is in calendar days."""

    default: RuleStages = RuleStages((30, 14, 7, 1, 0))
    by_rule: dict[str, RuleStages] = field(
        default_factory=lambda: {
            "renewal-decision": RuleStages((180, 120, 90, 60, 30, 14, 7, 1)),
            "termination-notice": RuleStages((14, 7, 1, 0), on_receipt=True),
        }
    )
    days_after: tuple[tuple[int, Audience], ...] = (
        (1, Audience.OWNER),
        (7, Audience.OFFICIAL_ABOVE),
        (30, Audience.NATIONAL_OFFICE),
    )
    #: After the last of `days_after`, again and again with this distance.
    repeat_every_days: int = 30


DEFAULT_SETTINGS = StageSettings()


def stages(
    due: Due,
    today: date,
    closures: Closures = NO_CLOSURES,
    settings: StageSettings = DEFAULT_SETTINGS,
) -> tuple[Stage, ...]:
    """Give the stages of a duty in order of day; repeated ones up to `today`, and the next one.

    A stage up to the due day that falls on a weekend or holiday is sent on the working day before, a later
    one on the working day after; of two that land on one day only the later stays. A stage whose day lies
    before the duty opened is dropped, and none is sent before that day. A settled duty and a permission have
    none. Advisory duties and office targets never climb.
    """
    if not due.status.unsettled or due.modality is Modality.PERMISSION:
        return ()
    planned = [*_up_to_the_day(due, closures, settings), *_afterwards(due, today, closures, settings)]
    by_day = {stage.send_on: stage for stage in planned}
    return tuple(by_day[send_on] for send_on in sorted(by_day))


def _up_to_the_day(due: Due, closures: Closures, settings: StageSettings) -> Iterator[Stage]:
    plan = settings.by_rule.get(due.rule, settings.default)
    named = [
        (f"before:{days}" if days else "on:0", due.due_on - timedelta(days=days))
        for days in sorted(set(plan.days_before), reverse=True)
    ]
    if plan.on_receipt:
        named.insert(0, (RECEIPT, due.opens_on))
    for name, nominal_on in named:
        if nominal_on >= due.opens_on:
            send_on = on_or_before(nominal_on, closures)
            if send_on < due.opens_on:
                send_on = on_or_after(nominal_on, closures)
            yield Stage(name, nominal_on, send_on)


def _afterwards(due: Due, today: date, closures: Closures, settings: StageSettings) -> Iterator[Stage]:
    stays = due.modality is Modality.ADVISORY or due.basis is Basis.OFFICE
    for days, audience in _days_after(due, today, closures, settings):
        nominal_on = due.due_on + timedelta(days=days)
        yield Stage(
            f"after:{days}",
            nominal_on,
            on_or_after(nominal_on, closures),
            Audience.OWNER if stays else audience,
        )


def _days_after(due: Due, today: date, closures: Closures, settings: StageSettings) -> Iterable[tuple[int, Audience]]:
    days, audience = 0, Audience.OWNER
    for days, audience in sorted(settings.days_after):
        yield days, audience
    send_on = date.min
    while settings.repeat_every_days and send_on <= today:
        days += settings.repeat_every_days
        send_on = on_or_after(due.due_on + timedelta(days=days), closures)
        yield days, audience
