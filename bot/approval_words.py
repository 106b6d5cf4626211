"""How an approval is worded, the same on every surface: what is put forward, what changed, how each step stands."""

from __future__ import annotations

from collections.abc import Sequence

from bot.blocks import Json, button, clip, confirm, safe
from operations.approve.settle import Decided
from operations.read.approvals import ApprovalShown, DecisionShown, SeatShown, StepShown
from operations.read.askable import StepAhead
from policy.approval import ApprovalStatus, Approved, Verdict, Waiting
from policy.chains import Purpose
from policy.drafts import Change, Value
from policy.words import capital, count, day, listing

#: The heading of what waits for a person.
WAITING = "Waiting for your approval"
#: Characters of one field's text on a card, and lines of a list on it.
FIELD_CHARACTERS = 200
MOST_LINES = 14
_DID = {Verdict.APPROVE: "approved", Verdict.RETURN: "returned for changes", Verdict.DECLINE: "declined"}
STATES = {
    ApprovalStatus.OPEN: "Waiting",
    ApprovalStatus.APPROVED: "Approved",
    ApprovalStatus.RETURNED: "Returned for changes",
    ApprovalStatus.DECLINED: "Declined",
    ApprovalStatus.WITHDRAWN: "Withdrawn",
    ApprovalStatus.SUPERSEDED: "Void",
}


def asked_text(shown: ApprovalShown) -> str:
    """Say what is asked, by whom, and for which version."""
    about = f" ({safe(shown.about)})" if shown.about else ""
    lines = [
        f"*{safe(shown.alliance)}*: {capital(shown.purpose.terms.title)}{about}",
        f"{capital(safe(shown.what))}, asked by {safe(shown.asked_by)} on {day(shown.asked_on)}.",
    ]
    if shown.note:
        lines.append(f">{safe(shown.note, 1000)}")
    return "\n".join(lines)


def standing_text(shown: ApprovalShown) -> str:
    """Say how it stands: whose turn it is, or how it ended."""
    if shown.ended is None:
        return waits_text(shown)
    why = _because(shown.ended_why) if shown.status is not ApprovalStatus.SUPERSEDED else ""
    later = ""
    if shown.status is ApprovalStatus.APPROVED and not shown.counts:
        later = f"\nIt no longer counts: version {shown.newer} says something else."
    return f"*{STATES[shown.status]}.* {safe(shown.ended)}{why}.{later}"


def _because(reason: str | None) -> str:
    """Give the reason in the middle of a sentence, which ends it."""
    return f": {safe(reason.rstrip('. '), 1000)}" if reason else ""


def waits_text(shown: ApprovalShown) -> str:
    """Say for whom it waits."""
    waiting = [step for step in shown.steps if step.waits]
    if not waiting:
        return "*Waiting.*"
    (step,) = waiting
    more = step.needs - step.approved
    who = "; ".join(_who(seat) for seat in step.seats if seat.waits)
    some = f" {more} of these:" if more < len([s for s in step.seats if s.waits]) else ""
    return f"*Waiting* for{some} {who}."


def _who(seat: SeatShown) -> str:
    if seat.names:
        acting = f" ({safe(seat.why)})" if seat.why else ""
        return f"{safe(', '.join(seat.names))}, {safe(seat.title)}{acting}"
    return f"{safe(seat.title)} ({safe(seat.why or 'nobody')}); their decision is recorded for them"


def changes_lines(shown: ApprovalShown) -> list[str]:
    """Say field by field what changed since the version that was seen; of a first look the fields themselves."""
    if shown.since is None:
        return cut([_field_line(label, value) for label, value in shown.content])
    if not shown.changes:
        return [f"*Nothing changed since version {shown.since}, which you saw.*"]
    lines = [f"*Changed since version {shown.since}, which you saw*"]
    return [*lines, *cut([change_line(change) for change in shown.changes])]


def cut(lines: list[str], most: int = MOST_LINES) -> list[str]:
    """Return so many of the lines as a card has room for, and say how many are left out."""
    left = len(lines) - most
    return lines if left <= 0 else [*lines[:most], f"and {left} more: press Show it"]


def change_line(change: Change) -> str:
    """Say what a field said before and says now."""
    if change.before is None:
        return f"•  {safe(change.label)}: new: {_value(change.after)}"
    if change.after is None:
        return f"•  {safe(change.label)}: taken out: {_value(change.before)}"
    if isinstance(change.before, list) and isinstance(change.after, list):
        added = [one for one in change.after if one not in change.before]
        gone = [one for one in change.before if one not in change.after]
        said = [f"added {_value(added)}"] if added else []
        said += [f"taken out {_value(gone)}"] if gone else []
        return f"•  {safe(change.label)}: {'; '.join(said) or 'another order'}"
    return f"•  {safe(change.label)}: was {_value(change.before)}, now {_value(change.after)}"


def _field_line(label: str, value: Value) -> str:
    return f"•  {safe(label)}: {_value(value)}"


def _value(value: Value | None) -> str:
    text = ", ".join(value) if isinstance(value, list) else (value or "")
    return f"“{safe(clip(' '.join(text.split()), FIELD_CHARACTERS), FIELD_CHARACTERS)}”"


def step_lines(shown: ApprovalShown) -> list[str]:
    """Say how each step and each of its seats stands."""
    lines = []
    for number, step in enumerate(shown.steps, start=1):
        clause = f" ({step.clause})" if step.clause else ""
        needs = _needs(step)
        lines.append(f"*{number}. {safe(step.title)}*{clause}{needs}: {_step_state(step)}")
        lines += [f"•  {safe(seat.title)}: {_seat_state(seat, step)}" for seat in step.seats]
    return lines


def _needs(step: StepShown | StepAhead) -> str:
    """Say how many of the seats are needed, where not all are and the title does not say it."""
    said = step.needs == len(step.seats) or step.title.startswith(f"{step.needs} of ")
    return "" if said else f", {step.needs} of {len(step.seats)} needed"


def _step_state(step: StepShown) -> str:
    if step.approved >= step.needs:
        return "approved"
    ended = [s.decision for s in step.seats if s.decision is not None and s.decision.verdict is not Verdict.APPROVE]
    if ended:
        return _DID[ended[0].verdict]
    return "waiting" if step.waits else "not its turn"


def _seat_state(seat: SeatShown, step: StepShown) -> str:
    if seat.decision is not None:
        return decision_words(seat.decision)
    if step.approved >= step.needs:
        return "not needed any more"
    if seat.names:
        acting = f" ({safe(seat.why)})" if seat.why else ""
        return f"{safe(', '.join(seat.names))}{acting}" + ("" if seat.waits else ", later")
    return safe(seat.why or "has not decided")


def decision_words(decision: DecisionShown) -> str:
    """Say who decided what and when, and where it is written."""
    acting = f" (for {safe(decision.acting_for)})" if decision.acting_for else ""
    when = f"on {day(decision.on)}" if decision.recorded_by else f"on {decision.at}"
    why = _because(decision.reason)
    written = (
        f" Recorded by {safe(decision.recorded_by)}; written in: {safe(decision.evidence or '', 500)}"
        + (
            f"; kept with it: {safe(listing(decision.documents), 500)} (/alliance document)"
            if decision.documents
            else ""
        )
        if decision.recorded_by
        else ""
    )
    return f"{_DID[decision.verdict]} by {safe(decision.by)}{acting} {when}{why}.{written}"


def decide_buttons(shown: ApprovalShown) -> list[Json]:
    """Return the buttons of who may decide."""
    value, about = str(shown.id), f"{shown.alliance}, {shown.what}"
    ask = confirm(
        "Approve this version?",
        f"Your name is kept with {shown.what}. You can undo it while nothing rests on it.",
        "Approve",
    )
    return [
        # What stood there is carried along: one click that arrives twice decides once.
        button("Approve", "approve:approval", f"{value}:{shown.latest}", about=about, style="primary", confirm=ask),
        button("Return for changes", "return:approval", value, about=about),
        button("Decline", "decline:approval", value, about=about),
    ]


def show_button(shown: ApprovalShown) -> Json:
    """Return the button that shows everything of it."""
    return button("Show it", "show:approval", str(shown.id), about=f"{shown.alliance}, {shown.what}")


def asker_buttons(shown: ApprovalShown) -> list[Json]:
    """Return the buttons of who asked: record what is decided on paper, change what came back, take it back."""
    value, about = str(shown.id), f"{shown.alliance}, {shown.what}"
    made = []
    if any(seat.on_paper for seat in shown.waiting):
        made.append(button("Record their decision", "record:approval", value, about=about, style="primary"))
    if shown.status in {ApprovalStatus.RETURNED, ApprovalStatus.DECLINED, ApprovalStatus.SUPERSEDED}:
        made.append(button("Change and ask again", "change:draft", value, about=about, style="primary"))
    if shown.status is ApprovalStatus.OPEN:
        made.append(button("Withdraw", "withdraw:approval", value, about=about, confirm=_WITHDRAW))
    return made


_WITHDRAW = confirm("Withdraw this?", "Nobody is asked any more. What was decided so far stays readable.", "Withdraw")


def decided_said(decided: Decided) -> str:
    """Confirm a decision to who made it, and say what it did."""
    did = {Verdict.APPROVE: "Approved", Verdict.RETURN: "Returned for changes", Verdict.DECLINE: "Declined"}
    what = f"{decided.purpose.terms.title} of *{safe(decided.alliance)}*, version {decided.version}"
    said = f"{did[decided.verdict]}: {what}."
    match decided.standing:
        case Waiting(step, seats):
            return f"{said} It goes on: {safe(step.title)}, {count(len(seats), 'decision')} still possible."
        case Approved() if decided.purpose is Purpose.REPORT:
            return f"{said} It has all that it needs; /alliance report says if it is changed before it is submitted."
        case Approved():
            return f"{said} It has all that it needs, and the gate counts it as long as the draft says the same."
    return f"{said} Who asked is told why."


def undone_said(decided: Decided) -> str:
    """Confirm that a decision was taken back."""
    what = {Verdict.APPROVE: "approval", Verdict.RETURN: "return", Verdict.DECLINE: "refusal"}[decided.verdict]
    title = decided.purpose.terms.title
    return f"Undone: the {what} no longer counts. The {title} of *{safe(decided.alliance)}* waits for a decision again."


def ahead_lines(steps: Sequence[StepAhead]) -> list[str]:
    """Say whom something would be put before, step by step."""
    lines = []
    for number, step in enumerate(steps, start=1):
        clause = f" ({step.clause})" if step.clause else ""
        needs = _needs(step)
        lines.append(f"{number}. {safe(step.title)}{clause}{needs}")
        for title, names, why in step.seats:
            who = f"{safe(', '.join(names))} ({safe(why)})" if names and why else safe(", ".join(names) or why or "")
            lines.append(f"•  {safe(title)}: {who}")
    return lines
