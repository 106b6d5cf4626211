"""Show an office: its reminders, its settings and where they come from, who works there; and the closures."""

from __future__ import annotations

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, header, overflow, paragraphs, safe, section
from bot.choose import office_choices, which_office
from bot.duty_words import full_day
from bot.setting_words import in_order, moment_words, setting_line
from bot.values import Run
from operations.actor import allowed
from operations.change_closures import top_office
from operations.closures import list_closures
from operations.read.choices import office_names
from operations.read.office import OfficeCard, Setting, show_office
from operations.refuse_times import HOURS
from policy.rights import Verb, who_may
from policy.words import count, listing

#: What an administrator can do with an office, and the form that does it.
ARRANGE = (("Rename", "rename_office"), ("Merge into another office", "merge_offices"), ("Split", "split_office"))
SHOWN_PEOPLE = 30
SHOWN_CLOSURES = 30
#: Settings that are shown apart, with what they mean for the reminders.
REMINDERS = ("schedule", "channel", *HOURS)


def office(asked: Asked, words: str, alliance: int | None = None) -> Reply:  # noqa: ARG001 - every word is called alike
    """Show the office that the words mean; without words the person's own."""
    with asked.sessions.begin() as session:
        by = asked.actor(session)
        if words.strip():
            meant = which_office(session, words, "office")
        elif len(by.offices) > 1:
            meant = office_choices(office_names(session, by.offices), "Which of your offices?", "office")
        else:
            meant = by.offices[0] if by.offices else top_office(session).code
        if isinstance(meant, Answer):
            return meant
        card = show_office(session, meant, now=asked.now)
        may_change = allowed(session, by, Verb.CHANGE_SETTINGS, office_codes=[card.code])
        may_arrange = allowed(session, by, Verb.ADMINISTER, office_codes=[card.code])
    return _answer(card, may_change=may_change, may_arrange=may_arrange)


def _answer(card: OfficeCard, *, may_change: bool, may_arrange: bool) -> Answer:
    above = "at the top of the program" if card.above is None else f"under the {safe(card.above)}"
    head = f"{card.code}, {safe(card.kind)} office {above}; leads {count(card.alliances, 'alliance')}."
    lines = [
        head,
        f"Time zone: {safe(card.timezone)}",
        *(setting_line(card[name]) for name in REMINDERS),
        f"Next messages, if something is to be said: {'; '.join(moment_words(at, card.timezone) for at in card.sends)}",
    ]
    settings = [
        "*Settings*",
        *(f"•  {setting_line(setting)}" for setting in in_order(card.settings) if _shown(setting)),
    ]
    parts = [*paragraphs(lines), *paragraphs(settings), *paragraphs(_people(card))]
    blocks: list[Json] = [header(card.name), *map(section, parts)]
    buttons = [button("Closures", "list:closures", card.code)]
    if may_change:
        buttons.insert(0, button("Change settings", "change:office", card.code, about=card.name))
        buttons.append(button("Who approves", "change:chain", card.code, about=card.name))
        if card.root:
            buttons.append(button("Program settings", "change:program", card.code, about=card.name))
    buttons.append(
        button("People", "run:people", Run(word="people", words=card.code).model_dump_json(exclude_none=True))
    )
    if may_arrange and not card.root:
        buttons.append(overflow("arrange:office", [(label, f"{form}:{card.code}") for label, form in ARRANGE]))
    elif may_arrange:
        buttons.append(overflow("arrange:office", [("Rename", f"rename_office:{card.code}")]))
    blocks.append(actions(*buttons))
    notes = []
    if not may_change:
        who = listing(role.value for role in who_may(Verb.CHANGE_SETTINGS))
        notes.append(f"Settings are changed by these positions here or at an office above: {who}.")
        blocks.append(context(notes[0]))
    return Answer("\n".join([f"*{safe(card.name)}*", *parts, *notes]), blocks, title="Office")


def _shown(setting: Setting) -> bool:
    """Whether a setting is listed: the reminders stand apart, and days of a number of meetings are said once set."""
    dated = setting.name in {"meetings_required_since", "meetings_required_before"}
    return setting.name not in REMINDERS and not (dated and setting.value is None)


def _people(card: OfficeCard) -> list[str]:
    if not card.people:
        return ["*People*", "Nobody holds a position here."]
    lines = [
        f"•  {safe(role)}: {safe(name)}{f', for {safe(acting_for)}' if acting_for else ''}"
        for role, name, acting_for in card.people[:SHOWN_PEOPLE]
    ]
    if len(card.people) > SHOWN_PEOPLE:
        lines.append(f"and {len(card.people) - SHOWN_PEOPLE} more")
    return ["*People*", *lines]


def closures(asked: Asked) -> Answer:
    """List the one-off federal closures, the latest first."""
    with asked.sessions.begin() as session:
        known = list_closures(session)[::-1]
        root = top_office(session)
        may_change = allowed(session, asked.actor(session), Verb.ADMINISTER, office_codes=[root.code])
        code, name = root.code, root.name
    lines = [f"•  {full_day(on)}: {safe(reason)}" for on, reason in known[:SHOWN_CLOSURES]] or ["None is entered."]
    what = "Nothing is sent on these days, and they are no working days; weekends and federal holidays need no entry."
    blocks: list[Json] = [header("Federal closures"), section(what), *map(section, paragraphs(lines))]
    if may_change:
        buttons = [button("Enter a closure", "enter:closure", code)]
        if known:
            buttons.append(button("Remove a closure", "remove:closure", code))
        blocks.append(actions(*buttons))
    else:
        lines.append(f"Closures are entered by an administrator of the {safe(name)}.")
        blocks.append(context(lines[-1]))
    return Answer("\n".join(["*Federal closures*", what, *lines]), blocks, title="Closures")
