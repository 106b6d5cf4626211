"""Change how the whole program reports: newer forms' half-years and fiscal years, from a day on."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from bot.effect_words import office_said
from bot.form_types import Draft, OfficeForm, Opening, Said, Submitting, previewed
from operations.change_settings import change_settings
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


def _open(opening: Opening) -> Draft:
    card = show_office(opening.session, opening.office, now=opening.now)
    return Draft(values={name: card[name].value for name in ROOT_ONLY}, intro=[WHAT_IT_IS])


def _submit(submitting: Submitting, typed: ChangeProgram) -> Said:
    changes = {name: getattr(typed, name) for name in ROOT_ONLY}
    return office_said(
        submitting,
        change_settings(
            submitting.session,
            office_code=submitting.office,
            changes=changes,
            by=submitting.by,
            now=submitting.now,
            tried=submitting.tried,
        ),
    )


FORM = previewed(
    "change_program",
    "Reporting regime",
    ChangeProgram,
    Verb.CHANGE_SETTINGS,
    open=_open,
    submit=_submit,
)
