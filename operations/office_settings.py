"""What an office set for itself: `offices.settings`, read and written through one model.

What an office leaves out it takes from the nearest office above that set it, and at last from the defaults.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, reduce
from typing import Annotated, Any

import structlog
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from operations.meeting_numbers import numbers_of
from operations.refusals import Refused
from policy.approval_gaps import DEFAULT_GAPS
from policy.chain_words import chain_lines, read_lines
from policy.chains import Purpose
from policy.facts import Regime
from policy.gate_facts import skippable
from policy.meeting_numbers import MeetingNumber, lay_over, read_number, write_number
from policy.rules import RULES
from policy.sending_times import DEFAULT_WINDOW, Window, read_minutes, write_minutes
from policy.stages import DEFAULT_SETTINGS, Audience, RuleStages, StageSettings
from policy.words import small

log = structlog.get_logger("operations.office_settings")

#: The name under which an office sets the stages of every rule that has none of its own.
EVERY_OTHER_RULE = "default"
ROOT_ONLY = ("regime_since", "tracked_from", "monthly_digest")
#: The settings that hold several, each of which an office may set or take from above.
GROUPS = ("days_before", "days_after", "chains")

#: What is wrong with a value, by the kind of the error.
_WORDS = {
    "bool_parsing": "write yes or no",
    "bool_type": "write yes or no",
    "int_parsing": "write a whole number in figures",
    "int_type": "write a whole number in figures",
    "int_from_float": "write a whole number in figures",
    "greater_than_equal": "write a number that is {ge} or more",
    "less_than_equal": "write a number that is {le} or less",
    "date_from_datetime_parsing": "write a date as 2027-03-15",
    "date_parsing": "write a date as 2027-03-15",
    "too_long": "write {max_length} values at most",
    "too_short": "write at least {min_length}",
}

Days = Annotated[int, Field(ge=0, le=3650)]


def _split(given: Any) -> Any:
    """Take several in one text, as they are typed, apart."""
    return [part.strip() for part in given.split(",")] if isinstance(given, str) else given


def _number(text: str) -> str:
    """Let pass what can be read as a number of meetings with its day."""
    return write_number(read_number(text))


def _chain(text: str) -> str:
    """Let pass who has to approve, as `policy.chain_words` reads it; a line ends with a semicolon or a line feed."""
    lines = chain_lines(text)
    read_lines(lines)
    return "; ".join(lines)


def _time_of_day(text: str) -> str:
    return write_minutes(read_minutes(text))


class OfficeSettings(BaseModel):
    """The settings of one office as they are kept; None is "not set here"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: Whether the office offers Ambassador status (reading A21).
    ambassador_option: bool | None = None
    #: Whether it adds the fiscal-year checklist to the evaluation of the agreement year (reading A15).
    fiscal_year_checklist: bool | None = None
    #: Calendar days before the due date on which a reminder is sent (0: the day itself), by rule or "default".
    days_before: dict[str, Annotated[tuple[Days, ...], Field(max_length=20)]] = Field(default_factory=dict)
    #: Calendar days after it on which the owner, the official above and the National Office hear of it.
    days_after: dict[Audience, Annotated[int, Field(ge=1, le=3650)]] = Field(default_factory=dict)
    #: Then again and again with this distance; 0: not again.
    repeat_every_days: Days | None = None
    #: The hours of the local clock in which something new may be posted, such as "07:00", and "24:00" for midnight.
    send_from: Annotated[str, AfterValidator(_time_of_day)] | None = None
    send_until: Annotated[str, AfterValidator(_time_of_day)] | None = None
    #: Meetings asked for in each agreement year, where the alliance has no number of its own.
    meetings_required: Annotated[int, Field(ge=0, le=12)] | None = None
    #: The first day of the agreement years for which that holds; None: all.
    meetings_required_since: date | None = None
    #: What was set for the years before, as in "2 from 2025-01-01", in order of day.
    meetings_required_before: Annotated[
        tuple[Annotated[str, AfterValidator(_number)], ...], BeforeValidator(_split)
    ] = ()
    #: Whether the meetings of area alliances are mandatory (reading A01).
    meetings_mandatory: bool | None = None
    #: Calendar days after expiry until an alliance lapses (reading A14).
    lapse_after_days: Days | None = None
    #: Whether the office gets a digest with its first reminders of a week.
    weekly_digest: bool | None = None
    #: Root office only: whether it gets one of the whole program each month.
    monthly_digest: bool | None = None
    #: Root office only: from this day newer forms' half-years and fiscal years are reported and evaluated.
    regime_since: date | None = None
    #: Root office only: duties of the program that fell due before this day are not created.
    tracked_from: date | None = None
    #: The rounds of review that the office leaves out when it renews, by their gates.
    renewal_skips: Annotated[tuple[Annotated[str, AfterValidator(skippable)], ...] | None, BeforeValidator(_split)] = (
        None
    )
    #: Who has to approve, by what for; never less than the directive asks for, see `policy.chains.chain_of`.
    chains: dict[Purpose, Annotated[str, AfterValidator(_chain)]] = Field(default_factory=dict)
    #: Working days from an approval that was asked for to its first reminder, and on to each next one.
    approval_gaps: Annotated[
        tuple[Annotated[int, Field(ge=1, le=250)], ...] | None,
        Field(min_length=1, max_length=10),
        BeforeValidator(_split),
    ] = None


@dataclass(frozen=True, slots=True)
class InForce:
    """The settings that hold for an office, those of the offices above included."""

    stages: StageSettings = DEFAULT_SETTINGS
    #: As set: to be stretched for the schedule before it is minded.
    window: Window = DEFAULT_WINDOW
    ambassador_option: bool = True
    fiscal_year_checklist: bool = False
    #: None: what the edition asks for, the reading, the parameter.
    meetings_required: tuple[MeetingNumber, ...] = ()
    meetings_mandatory: bool | None = None
    lapse_after_days: int | None = None
    regime: Regime | None = None
    tracked_from: date | None = None
    #: None: every gate of signing is passed again.
    renewal_skips: tuple[str, ...] | None = None
    weekly_digest: bool = True
    monthly_digest: bool = True
    #: By the purpose of the approval; what is not there has the directive's own chain.
    chains: Mapping[str, str] = field(default_factory=dict)
    approval_gaps: tuple[int, ...] = DEFAULT_GAPS


def read_settings(office: str, raw: Mapping[str, Any], *, root: bool) -> OfficeSettings:
    """Check the settings of an office; `office` is its name, for the sentence.

    Raises:
        Refused: A key is unknown, a value is of the wrong kind, or it may stand at the root office only.
    """
    try:
        made = OfficeSettings.model_validate(raw)
    except ValidationError as error:
        raise Refused(f"The settings of {office} cannot be used: {_sentence(error)}") from None
    unknown = sorted(set(made.days_before) - {*RULES, EVERY_OTHER_RULE})
    if unknown:
        raise Refused(
            f"The settings of {office} cannot be used: days_before names “{unknown[0]}”, which is no rule; "
            f"write “{EVERY_OTHER_RULE}” for every rule without days of its own."
        )
    misplaced = [name for name in ROOT_ONLY if getattr(made, name) is not None]
    if misplaced and not root:
        raise Refused(
            f"The settings of {office} cannot be used: {misplaced[0]} is for the whole program and stands at the "
            "office at the top only."
        )
    return made


def usable_settings(office: Office) -> OfficeSettings:
    """Return what an office set for itself; nothing where that cannot be used."""
    return _usable(office.name, json.dumps(office.settings or {}), root=office.parent_id is None)


def settings_in_force(session: Session) -> dict[int, InForce]:
    """Return the settings that hold for each office, by its id: one query."""
    rows = {row.id: row for row in session.execute(select(Office.id, Office.name, Office.parent_id, Office.settings))}
    found: dict[int, InForce] = {}
    for id in rows:
        line = []
        above: int | None = id
        while above is not None:
            row = rows[above]
            line.append((row.name, row.settings, row.parent_id is None))
            above = row.parent_id
        found[id] = settings_along(line)
    return found


def settings_of_one(session: Session, office: Office) -> InForce:
    """Return the settings that hold for one office: a query for each office above it that is not at hand."""
    line = []
    step: Office | None = office
    while step is not None:
        line.append((step.name, step.settings, step.parent_id is None))
        step = None if step.parent_id is None else session.get(Office, step.parent_id)
    return settings_along(line)


def settings_along(line: Iterable[tuple[str, dict[str, Any], bool]]) -> InForce:
    """Join the settings of an office and of those above it, the nearest first: name, settings, whether at the top."""
    return _together([_usable(name, json.dumps(own), root=root) for name, own, root in line if own])


@lru_cache(maxsize=1024)  # so that bad ones are warned of once, not at every look
def _usable(office: str, words: str, *, root: bool) -> OfficeSettings:
    """Return an office's settings; none where they cannot be used: one bad record must not stop all offices."""
    try:
        return read_settings(office, json.loads(words), root=root)
    except Refused as refusal:
        log.warning("the default settings are used", office=office, why=refusal.sentence)
        return OfficeSettings()


def _together(line: list[OfficeSettings]) -> InForce:
    """Join the settings of an office and of those above it, the nearest first."""
    if not line:
        return InForce()
    before = {rule: days for made in reversed(line) for rule, days in made.days_before.items()}
    after = {audience: days for days, audience in DEFAULT_SETTINGS.days_after}
    after |= {audience: days for made in reversed(line) for audience, days in made.days_after.items()}
    since = _first(made.regime_since for made in line)
    return InForce(
        stages=_stages(before, after, _first(made.repeat_every_days for made in line)),
        window=Window(
            read_minutes(_first(made.send_from for made in line) or write_minutes(DEFAULT_WINDOW.begins)),
            read_minutes(_first(made.send_until for made in line) or write_minutes(DEFAULT_WINDOW.ends)),
        ),
        ambassador_option=_first(made.ambassador_option for made in line) is not False,
        fiscal_year_checklist=_first(made.fiscal_year_checklist for made in line) is True,
        meetings_required=reduce(lay_over, map(numbers_of, line)),
        meetings_mandatory=_first(made.meetings_mandatory for made in line),
        lapse_after_days=_first(made.lapse_after_days for made in line),
        regime=None if since is None else Regime(since),
        tracked_from=_first(made.tracked_from for made in line),
        renewal_skips=_first(made.renewal_skips for made in line),
        weekly_digest=_first(made.weekly_digest for made in line) is not False,
        monthly_digest=_first(made.monthly_digest for made in line) is not False,
        chains={purpose.value: chain for made in reversed(line) for purpose, chain in made.chains.items()},
        approval_gaps=_first(made.approval_gaps for made in line) or DEFAULT_GAPS,
    )


def _stages(before: Mapping[str, tuple[int, ...]], after: Mapping[Audience, int], repeat: int | None) -> StageSettings:
    default = before.get(EVERY_OTHER_RULE)
    by_rule = dict(DEFAULT_SETTINGS.by_rule)
    for rule, days in before.items():
        if rule != EVERY_OTHER_RULE:
            on_receipt = by_rule[rule].on_receipt if rule in by_rule else False
            by_rule[rule] = RuleStages(tuple(days), on_receipt)
    return StageSettings(
        default=DEFAULT_SETTINGS.default if default is None else RuleStages(tuple(default)),
        by_rule=by_rule,
        days_after=tuple((days, audience) for audience, days in after.items()),
        repeat_every_days=DEFAULT_SETTINGS.repeat_every_days if repeat is None else repeat,
    )


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    # Which of several it is, its value tells.
    where = ".".join(part for part in first["loc"] if isinstance(part, str) and part != "[key]")
    if first["type"] == "extra_forbidden":
        known = ", ".join(OfficeSettings.model_fields)
        return f"“{where}” is no setting; the settings are {known}."
    if first["type"] == "value_error":
        return f"{where}: {str(first['ctx']['error']).removesuffix('.')}."
    words = _WORDS.get(first["type"])
    if words is not None:
        return f"{where}: {words.format(**first.get('ctx', {}))}."
    return f"{where}: {small(first['msg'])}."
