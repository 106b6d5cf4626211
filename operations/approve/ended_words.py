"""How an approval ended, in words that name who and when."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from models.approvals import Approval
from policy.approval import ApprovalStatus
from policy.words import clock, day


def ended_words(approval: Approval, timezone: str) -> str:
    """Say how it ended, by whom and when, on the clock of a place: "This was approved by … on …, at …"."""
    by = f" by {approval.ended_by}" if approval.ended_by else ""
    when = "" if approval.ended_at is None else f" on {moment(approval.ended_at, timezone)}"
    if approval.status == ApprovalStatus.SUPERSEDED:
        return f"This is void: {approval.ended_why or 'a later version was kept'}{when}{f',{by}' if by else ''}"
    return f"This was {approval.status}{by}{when}"


def moment(at: datetime, timezone: str) -> str:
    """Write a moment as the clock of a place shows it: "November 23, 2026, at 9:00 AM"."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{day(local.date())}, at {clock(local.time())}"
