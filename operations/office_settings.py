"""What an office set for itself: `offices.settings`, read and written through one model.

What an office leaves out it takes from the nearest office above that set it, and at last from the defaults.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

import structlog
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from operations.refusals import Refused
from policy.facts import Regime
from policy.gate_facts import skippable
from policy.rules import RULES
from policy.stages import DEFAULT_SETTINGS, Audience, RuleStages, StageSettings

log = structlog.get_logger("operations.office_settings")

#: The name under which an office sets the stages of every rule that has none of its own.
EVERY_OTHER_RULE = "default"
ROOT_ONLY = ("regime_since", "tracked_from")
#: The settings that hold several, each of which an office may set or take from above.
GROUPS = ("days_before", "days_after")

Days = Annotated[int, Field(ge=0, le=3650)]


def _split(given: Any) -> Any:
    """Take several in one text, as they are typed, apart."""
    return [part.strip() for part in given.split(",")] if isinstance(given, str) else given


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
    #: Meetings asked for in each agreement year, where the alliance has no number of its own.
    meetings_required: Annotated[int, Field(ge=0, le=12)] | None = None
    #: Whether the meetings of area alliances are mandatory (reading A01).
    meetings_mandatory: bool | None = None
    #: Calendar days after expiry until an alliance lapses (reading A14).
    lapse_after_days: Days | None = None
    #: Root office only: from this day newer forms' half-years and fiscal years are reported and evaluated.
    regime_since: date | None = None
    #: Root office only: duties of the program that fell due before this day are not created.
    tracked_from: date | None = None
    #: The rounds of review that the office leaves out when it renews, by their gates.
    renewal_skips: Annotated[tuple[Annotated[str, AfterValidator(skippable)], ...] | None, BeforeValidator(_split)] = (
        None
    )


@dataclass(frozen=True, slots=True)
class InForce:
    """The settings that hold for an office, those of the offices above included."""

    stages: StageSettings = DEFAULT_SETTINGS
    ambassador_option: bool = True
    fiscal_year_checklist: bool = False
    #: None: what the edition asks for, the reading, the parameter.
    meetings_required: int | None = None
    meetings_mandatory: bool | None = None
    lapse_after_days: int | None = None
    regime: Regime | None = None
    tracked_from: date | None = None
    #: None: every gate of signing is passed again.
    renewal_skips: tuple[str, ...] | None = None


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


def settings_in_force(session: Session) -> dict[int, InForce]:
    """Return the settings that hold for each office, by its id: one query."""
    rows = {row.id: row for row in session.execute(select(Office.id, Office.name, Office.parent_id, Office.settings))}
    found: dict[int, InForce] = {}
    for id in rows:
        line = []
        above: int | None = id
        while above is not None:
            row = rows[above]
            if row.settings:
                line.append(_usable(row.name, json.dumps(row.settings), root=row.parent_id is None))
            above = row.parent_id
        found[id] = _together(line)
    return found


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
        ambassador_option=_first(made.ambassador_option for made in line) is not False,
        fiscal_year_checklist=_first(made.fiscal_year_checklist for made in line) is True,
        meetings_required=_first(made.meetings_required for made in line),
        meetings_mandatory=_first(made.meetings_mandatory for made in line),
        lapse_after_days=_first(made.lapse_after_days for made in line),
        regime=None if since is None else Regime(since),
        tracked_from=_first(made.tracked_from for made in line),
        renewal_skips=_first(made.renewal_skips for made in line),
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
    where = ".".join(str(part) for part in first["loc"] if part != "[key]")
    if first["type"] == "extra_forbidden":
        known = ", ".join(OfficeSettings.model_fields)
        return f"“{where}” is no setting; the settings are {known}."
    return f"{where}: {first['msg'][:1].lower()}{first['msg'][1:]}."
