"""Refuse an end on a day before the latest renewal was signed: the alliance went on then."""

from __future__ import annotations

from datetime import date

from operations.records.open_alliance import Opened
from operations.refusals import Refused
from policy.words import day as spelled


def refuse_before_renewal(opened: Opened, on: date, *, field: str) -> None:
    """Let pass a day of an end that does not lie before the latest agreement.

    Raises:
        Refused: It does.
    """
    latest = opened.of.facts.agreements[-1].signed_on
    if on < latest:
        raise Refused(
            f"{opened.row.name} was renewed on {spelled(latest)}, after {spelled(on)}: check the day, or withdraw the "
            "renewal first (/alliance correct).",
            field=field,
        )
