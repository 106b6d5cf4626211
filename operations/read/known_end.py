"""When an end came on record that stands at a past moment: ends are taken back and recorded anew, also of one day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from operations.read.audit_trail import Entry
from policy import facts as f

#: What the audit calls an end, and how it tells the day.
_MADE = {
    "alliance:concluded": "ended_on",
    "alliance:became-ambassador": "document_on",
    "proposal:withdrawn": "withdrawn_on",
}
_BY_NOTICE, _UNDONE = "termination-notice:ended", "alliance:end-withdrawn"
_OUTCOME_UNDONE = "termination-notice:outcome-withdrawn"
_OVER, _NOT_OVER = "ambassador:ended", "ambassador:end-withdrawn"


def of_this_time(entries: Iterable[Entry], undone: Iterable[Entry], until: datetime) -> list[Entry]:
    """Return the entries between the last undoing before a moment and the first one from then on."""
    moments = [entry.at for entry in undone]
    since = max((at for at in moments if at < until), default=None)
    to = min((at for at in moments if at >= until), default=None)
    return [e for e in entries if (since is None or e.at > since) and (to is None or e.at < to)]


def entries_of_end(
    ending: f.Ending, notices: Sequence[f.TerminationNotice], trail: Sequence[Entry], until: datetime
) -> list[Entry]:
    """Return the entries by which an end came on record that stands at a moment."""
    undone = [e for e in trail if e.action == _UNDONE or (e.action == _OUTCOME_UNDONE and "ending" in e.data)]
    on = ending.ended_on.isoformat()
    made = [e for e in trail if e.action in _MADE and e.data.get(_MADE[e.action]) == on]
    return of_this_time(made, undone, until) or _by_notice(ending, notices, of_this_time(trail, undone, until))


def _by_notice(ending: f.Ending, notices: Sequence[f.TerminationNotice], trail: Sequence[Entry]) -> list[Entry]:
    """Return the outcome of the notice that ended it: OSHA's, or that of the last signatory who left on that day."""
    of_osha = ending.reason.startswith("30-day notice by OSHA")
    ids = {n.id for n in notices if (n.given_by == "OSHA") == of_osha}
    on = ending.ended_on.isoformat()
    told = [e for e in trail if e.action == _BY_NOTICE and e.data.get("on") == on and e.data.get("notice") in ids]
    return told[:1] if of_osha else told[-1:]


def relationship_over(ending: f.Ending, trail: Sequence[Entry], until: datetime) -> date | None:
    """Return when the relationship of an Ambassador was on record as over; None where it went on."""
    told = [e for e in trail if e.action in {_OVER, _NOT_OVER}]
    if not told:
        return ending.relationship_ended_on
    undone = [e for e in trail if e.action == _UNDONE]
    before = [e for e in of_this_time(told, undone, until) if e.at < until]
    if not before or before[-1].action == _NOT_OVER:
        return None
    return date.fromisoformat(before[-1].data["ended_on"])
