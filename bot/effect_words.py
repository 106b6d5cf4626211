"""What a change of settings does, in words: the duties that open, move or are no longer owed, and the reminders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.blocks import escaped, safe
from bot.duty_words import full_day, title
from bot.form_types import Said, Submitting
from bot.outcomes import next_line
from bot.setting_words import changed_lines, changed_words, moment_words
from operations.change_closures import ClosureChange
from operations.change_settings import SettingsChange
from operations.changed_since import ChangedSince
from operations.establish.change_alliance import AllianceChange
from operations.read.office import show_office
from operations.read.policy_diff import Change, Kind
from operations.refusals import Refused
from operations.see_effect import Effect
from policy.duties import Due
from policy.words import count, day

#: Duties that are told one by one.
MOST_LINES = 12
_COUNTED = {Kind.ADDED: "more", Kind.GONE: "no longer owed", Kind.MOVED: "with other dates", Kind.CHANGED: "changed"}
WITHIN_MINUTES = "The reminders of all its alliances are planned anew within minutes of saving."
NOT_SAVED = "_Nothing is saved yet._"


def effect_lines(found: Effect) -> list[str]:
    """Say what a change does, in lines of mrkdwn."""
    changes = found.difference.changes
    kinds = [sum(change.kind is kind for change in changes) for kind in _COUNTED]
    span = (
        f"Of the duties of {count(found.alliances, 'alliance')}, today's and those due by {day(found.difference.until)}"
    )
    counted = ", ".join(f"{number} {said}" for number, said in zip(kinds, _COUNTED.values(), strict=True) if number)
    lines = [f"{span}: {counted or 'none changes'}."]
    lines += [f"•  {change_line(change)}" for change in changes[:MOST_LINES]]
    if len(changes) > MOST_LINES:
        lines.append(f"and {len(changes) - MOST_LINES} more")
    if found.planned or found.cancelled:
        lines.append(
            f"Reminders of the duties open today: {found.planned} planned anew, {found.cancelled} not sent any more."
        )
    return lines


def change_line(change: Change) -> str:
    """Say what becomes of one duty."""
    due, before, after = change.due, change.before, change.after
    what = f"{safe(change.of.facts.name)}, {title(due.rule)}"
    if due.period is not None:
        what += f" ({day(due.period.first)} to {day(due.period.last)})"
    if before is None:
        return f"{what}: opens, due {day(due.due_on)}, {due.status.value}"
    if after is None:
        return f"{what}: no longer owed, was due {day(due.due_on)}"
    return f"{what}, due {day(due.due_on)}: {', '.join(_differences(change, before, after))}"


def _differences(change: Change, before: Due, after: Due) -> list[str]:
    said = []
    for name in change.differs:
        was, becomes = getattr(before, name), getattr(after, name)
        if name.endswith("_on"):
            was, becomes = day(was), day(becomes)
        said.append(f"{_NAMES.get(name, name)} {was} → *{becomes}*")
    if before.period != after.period and before.period is not None:
        said.append(f"its year was {day(before.period.first)} to {day(before.period.last)}")
    return said


_NAMES = {"opens_on": "opens", "due_on": "due", "required": "meetings"}


def office_said(submitting: Submitting, change: SettingsChange) -> Said:
    """Word a change of an office's settings, before and after it is saved."""
    card = show_office(submitting.session, change.office_code, now=submitting.now)
    sends = f"Its next message: {moment_words(card.sends[0], card.timezone)}."
    name = f"*{safe(change.office_name)}*"
    lines = [*changed_lines(change.changed, card.settings), *effect_lines(change.effect), sends]
    lines += [WITHIN_MINUTES] if change.later else []
    lines += [f"*Warning:* {escaped(warning)}" for warning in change.warnings]
    return Said(
        "\n".join([f"Settings of {name} changed:", *lines]),
        "\n".join([f"Settings of {name}:", *lines, NOT_SAVED]),
        change.record,
    )


def alliance_said(change: AllianceChange) -> Said:
    """Word a change of an alliance's settings, before and after it is saved."""
    name = f"*{safe(change.outcome.of.facts.name)}*"
    lines = [*changed_lines(change.changed), *effect_lines(change.effect)]
    return Said(
        "\n".join([f"Settings of {name} changed:", *lines, next_line(change.outcome)]),
        "\n".join([f"Settings of {name}:", *lines, NOT_SAVED]),
        change.outcome.record,
    )


@contextmanager
def telling_what_changed() -> Iterator[None]:
    """Say, where settings were changed since a form was opened, which ones and how.

    Raises:
        Refused: They were; what was typed stays in the form.
    """
    try:
        yield
    except ChangedSince as error:
        raise Refused(
            f"{error.sentence} {changed_words(error.changed)} Copy what you changed, close this, and open it again: it "
            "shows what is set now."
        ) from None


def closure_said(change: ClosureChange, *, removed: bool) -> Said:
    """Word an entered or removed closure, before and after it is saved."""
    what = f"{full_day(change.day)} ({safe(change.reason, 300)})"
    now = "is no closed day any more" if removed else "is closed"
    lines = effect_lines(change.effect)
    return Said("\n".join([f"*{what}* {now}.", *lines]), "\n".join([f"*{what}* {now}:", *lines, NOT_SAVED]))


def restored(change: SettingsChange | AllianceChange) -> str:
    """Say that a change of settings was taken back."""
    name = change.office_name if isinstance(change, SettingsChange) else change.outcome.of.facts.name
    lines = [f"Undone: the settings of *{safe(name)}* are as before.", *changed_lines(change.changed)]
    if isinstance(change, SettingsChange) and change.later:
        lines.append(WITHIN_MINUTES)
    return "\n".join(lines)
