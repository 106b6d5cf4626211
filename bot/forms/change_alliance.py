"""Change what is set for one alliance; what that changes is shown before it is saved."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator

from bot.effect_words import alliance_said, telling_what_changed
from bot.form_types import AllianceForm, Ask, Choice, Draft, Opening, Said, Submitting, previewed
from bot.seen_version import carry_version, seen_version
from bot.setting_words import LABELS, since_hint
from operations.changed_since import settings_version
from operations.establish.change_alliance import change_alliance, renewals_of
from operations.read.alliances import own_settings
from policy.facts import Level
from policy.rights import Verb
from policy.words import day

ORIGINAL, OFFICE = "original", "office"


class ChangeAlliance(AllianceForm):
    """What is set for an alliance; an empty field takes what its lead office set."""

    anchored_on: Annotated[str, Ask(offered=True)] = Field(title="Agreement years are counted from")
    anchor_reason: Annotated[str | None, Ask(multiline=True)] = Field(
        None, title="Reason for counting from a renewal", max_length=1000
    )
    tracked_from: date = Field(
        title="Duties are followed from", description="A duty that fell due before this day is not asked for."
    )
    meetings_required: int | None = Field(None, ge=0, le=12, title="Meetings in an agreement year")
    meetings_required_since: date | None = Field(None, title=LABELS["meetings_required_since"])
    meetings_mandatory: Annotated[str, Ask(offered=True)] = Field(title="These meetings are mandatory")
    lapse_after_days: int | None = Field(None, ge=0, le=3650, title="Days after expiry until it lapses")

    @field_validator("anchored_on")
    @classmethod
    def _is_offered(cls, text: str) -> str:
        try:
            return text if text == ORIGINAL else date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError("Choose one of the list.") from None


def _open(opening: Opening) -> Draft:
    about = opening.about
    own = own_settings(opening.session, about.id, today=about.today)
    mandatory = {None: OFFICE, True: "yes", False: "no"}[own.meetings_mandatory]
    choices = [Choice(ORIGINAL, "The original signing")]
    choices += [Choice(on.isoformat(), f"The renewal of {day(on)}") for on in renewals_of(about.of.facts)]
    settled = "Always, at this level." if about.of.facts.level is not Level.AREA else "As the lead office set it."
    draft = Draft(
        values={
            "anchored_on": ORIGINAL if own.anchored_on is None else own.anchored_on.isoformat(),
            "anchor_reason": own.anchor_reason,
            "tracked_from": own.tracked_from,
            "meetings_required": own.meetings_required,
            "meetings_mandatory": mandatory,
            "lapse_after_days": own.lapse_after_days,
        },
        choices={
            "anchored_on": choices,
            "meetings_mandatory": [Choice(OFFICE, "Not set here"), Choice("yes", "Yes"), Choice("no", "No")],
        },
        hints={
            "meetings_required": f"Empty: {own.office_meetings_required}, as at the lead office.",
            "meetings_required_since": since_hint(own.meetings_required_since),
            "meetings_mandatory": f"Not set here: {settled}",
            "lapse_after_days": f"Empty: {own.office_lapse_after_days}, as at the lead office.",
        },
    )
    carry_version(opening, draft, settings_version(opening.session, f"alliance:{about.id}"))
    return draft


def _submit(submitting: Submitting, typed: ChangeAlliance) -> Said:
    anchored_on = None if typed.anchored_on == ORIGINAL else date.fromisoformat(typed.anchored_on)
    with telling_what_changed():
        change = change_alliance(
            submitting.session,
            alliance_id=typed.alliance,
            changes={
                "anchored_on": anchored_on,
                "anchor_reason": typed.anchor_reason,
                "tracked_from": typed.tracked_from,
                "meetings_required": typed.meetings_required,
                "meetings_required_since": typed.meetings_required_since,
                "meetings_mandatory": {"yes": True, "no": False}.get(typed.meetings_mandatory),
                "lapse_after_days": typed.lapse_after_days,
            },
            by=submitting.by,
            now=submitting.now,
            seen=seen_version(submitting),
        )
    return alliance_said(change)


FORM = previewed(
    "change_alliance",
    "Settings of an alliance",
    ChangeAlliance,
    Verb.CHANGE_SETTINGS,
    open=_open,
    submit=_submit,
)
