"""Change how the whole program reports: newer forms' half-years and fiscal years, from a day on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from bot.effect_words import office_said, telling_what_changed
from bot.form_types import Ask, Draft, OfficeForm, Opening, Said, Submitting, previewed
from bot.seen_version import carry_version, seen_version
from operations.change_settings import change_settings
from operations.changed_since import settings_version
from operations.office_settings import ROOT_ONLY
from operations.read.office import show_office
from policy.rights import Verb

WHAT_IT_IS = (
    "The source documents ask for an annual report and an evaluation for each agreement year: the default. Newer forms "
    "suggest data twice a year, on March 31 and September 30, and an evaluation for each fiscal year. A program may "
    "switch to that from a day on; a year that runs on that day keeps its own report."
)


class ChangeProgram(OfficeForm):
    """What only the office at the top sets."""

    regime_since: date | None = Field(
        None,
        title="Data twice a year and fiscal-year evaluations from",
        description="Empty: an annual report and an evaluation for each agreement year.",
    )
    tracked_from: date | None = Field(
        None,
        title="The program's own duties are followed from",
        description="Empty: from the day of the alliance that is followed longest.",
    )
    monthly_digest: Annotated[bool, Ask(labels={"yes": "Send it with the first reminders of a month"})] = Field(
        default=False, title="Digest of the program each month"
    )


def _open(opening: Opening) -> Draft:
    card = show_office(opening.session, opening.office, now=opening.now)
    draft = Draft(values={name: card[name].value for name in ROOT_ONLY}, intro=[WHAT_IT_IS])
    carry_version(opening, draft, settings_version(opening.session, f"office:{opening.office}"))
    return draft


def _submit(submitting: Submitting, typed: ChangeProgram) -> Said:
    changes: dict[str, Any] = {name: getattr(typed, name) for name in ROOT_ONLY}
    # It is sent unless somebody said no.
    changes["monthly_digest"] = None if typed.monthly_digest else False
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
    "change_program",
    "Program settings",
    ChangeProgram,
    Verb.CHANGE_SETTINGS,
    open=_open,
    submit=_submit,
)
