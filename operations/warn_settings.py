"""Say of settings that are accepted what may be unwise about them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.offices import Office
from operations.office_settings import settings_of_one
from policy.parameters import meetings_a_year
from policy.stages import Audience
from policy.words import count


def warn_settings(session: Session, office: Office, changed: Collection[str], *, today: date) -> Iterator[str]:
    """Yield a sentence for each change of these settings that departs from the text or that hardly anybody means."""
    number, asked = office.settings.get("meetings_required"), meetings_a_year(today)
    if "meetings_required" in changed and number is not None and number < asked:
        yield (
            f"CSP 04-01-002 VI.H states {count(asked, 'meeting')} in each agreement year; "
            f"{number} would depart from its text."
        )
    if any(name.startswith("days_after.") for name in changed):
        days = {audience: day for day, audience in settings_of_one(session, office).stages.days_after}
        for first, then in pairwise(audience for audience in Audience if audience in days):
            if days[first] > days[then]:
                yield (
                    f"The {first} would be told {count(days[first], 'day')} after a due date, later than the {then} "
                    f"({count(days[then], 'day')})."
                )
    if "channel" in changed and office.channel is not None:
        others = select(Office.name).where(Office.channel == office.channel, Office.id != office.id)
        for name in session.scalars(others.order_by(Office.name)):
            yield f"{office.channel} is the channel of {name}, too: both offices' messages would go there."
