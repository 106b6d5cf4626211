"""The forms, by name; a form that is not listed does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.form_types import Form
from bot.forms import (
    decide_renewal,
    give_notice,
    pass_on,
    record_activity,
    record_end,
    record_evaluation,
    record_meeting,
    snooze,
    submit_report,
)

FORMS: Mapping[str, Form] = MappingProxyType(
    {
        made.FORM.name: made.FORM
        for made in (
            record_activity,
            record_meeting,
            submit_report,
            record_evaluation,
            decide_renewal,
            give_notice,
            record_end,
            snooze,
            pass_on,
        )
    }
)
