"""Show one alliance: state, terms, duties, the latest records."""

from __future__ import annotations

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, header, paragraphs, safe, section
from bot.choose import which_alliance
from bot.duty_words import row_line, row_of_due
from bot.state_words import state_words
from bot.values import Run
from operations.read.alliances import Card, show_alliance
from operations.refusals import Refused
from policy.duties import Modality
from policy.meeting_year import meeting_words
from policy.words import capital, count, day

SHOWN_DUTIES = 8
SHOWN_TEAM = 12


def show(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Show the alliance that the words mean."""
    with asked.sessions.begin() as session:
        if alliance is None:
            if not words.strip():
                return Answer("Which alliance? Type a part of its name: /alliance show grain")
            found = which_alliance(session, words, "show")
            if isinstance(found, Answer):
                return found
            alliance = found.id
        card = show_alliance(session, alliance, now=asked.now)
    if card is None:
        raise Refused("This alliance is no longer on record; look for it with /alliance list.")
    return _answer(card)


def _answer(card: Card) -> Answer:
    facts = card.of.facts
    sections = [_head(card), _terms(card), _duties(card), _records(card)]
    if card.team:
        shown = "\n".join(f"•  {safe(member)}" for member in card.team[:SHOWN_TEAM])
        sections.append(f"*Implementation Team*\n{shown}")
    notes = ["Sample data: people and work are made up for trying things out."] if card.is_sample else []
    if card.source:
        notes.append(f"Source: {safe(card.source, 300)}")
    blocks: list[Json] = [header(facts.name), *map(section, _split(sections))]
    blocks += [context(note) for note in notes]
    blocks.append(
        actions(
            *(_button(label, word, facts.id) for label, word in _BUTTONS),
            *(button(label, action_id, str(facts.id), about=facts.name) for label, action_id in _CHANGES),
        )
    )
    return Answer("\n".join([f"*{safe(facts.name)}*", *sections, *notes]), blocks, title="Alliance")


def _split(sections: list[str]) -> list[str]:
    return [text for part in sections for text in paragraphs(part.split("\n"))]


_BUTTONS = (
    ("Record an activity", "record"),
    ("Record a meeting", "meeting"),
    ("What is due", "due"),
    ("Why?", "why"),
    ("Before signing", "gates"),
)
_CHANGES = (("Settings", "change:alliance"), ("Add a signatory", "add:signatory"))


def _button(label: str, word: str, alliance: int) -> Json:
    return button(label, f"run:{word}", Run(word=word, alliance=alliance).model_dump_json(exclude_none=True))


def _head(card: Card) -> str:
    facts = card.of.facts
    lines = [
        f"*State:* {state_words(card.state, facts.ending, card.terms[-1] if card.terms else None, card.today)}",
        f"*Level:* {facts.level.value}",
        f"*OSHA {'office' if len(card.offices) == 1 else 'offices'}:* {', '.join(map(safe, card.offices))}",
    ]
    if card.of.signatories:
        lines.append(f"*Signatories:* {', '.join(safe(name) for name in card.of.signatories)}")
    if facts.anchored_on is not None:
        lines.append(f"*Agreement years:* counted anew from the renewal of {day(facts.anchored_on)}")
    if facts.ending is not None:
        lines.append(f"*Ended:* {day(facts.ending.ended_on)} ({facts.ending.kind.value}): {safe(facts.ending.reason)}")
    return "\n".join(lines)


def _terms(card: Card) -> str:
    if not card.terms:
        return "*Terms*\nNo agreement is signed yet."
    lines = []
    for term in card.terms:
        kind = "Renewal" if term.agreement.renewal else "Original agreement"
        assumed = ", assumed: no term is on record" if term.assumed else ""
        until = term.in_effect_until(card.today)
        years = count(term.years, "year")
        extended = f"; extended beyond {day(term.expires_on)}" if until > term.expires_on else ""
        lines.append(f"•  {kind} signed {day(term.signed_on)}, in effect to {day(until)} ({years}{assumed}{extended})")
        for made in sorted(card.of.facts.decisions, key=lambda d: (d.recommended_on, d.id)):
            if made.agreement_id != term.agreement.id:
                continue
            decided = "not decided yet" if made.decided_on is None else f"decided on {day(made.decided_on)}"
            lines.append(f"    Renewal: {made.recommendation.value}, {decided}")
    return "\n".join(["*Terms*", *lines])


def _duties(card: Card) -> str:
    facts = card.of.facts
    unsettled = [due for due in card.duties if due.status.unsettled]
    unsettled.sort(key=lambda due: due.modality is Modality.PERMISSION)
    if not unsettled:
        return "*Duties*\nNothing is due."
    lines = []
    for due in unsettled[:SHOWN_DUTIES]:
        lines.append(f"•  {_without_name(row_line(row_of_due(due, card.of, card.today)), facts.name)}")
        if due.meetings is not None:
            lines.append(f"    {capital(meeting_words(due.meetings))}.")
    if len(unsettled) > SHOWN_DUTIES:
        lines.append(f"and {len(unsettled) - SHOWN_DUTIES} more")
    return "\n".join(["*Duties*", *lines])


def _without_name(line: str, name: str) -> str:
    return line.replace(f", {safe(name)}:", ":", 1)


def _records(card: Card) -> str:
    if not card.happened:
        return "*Latest records*\nNothing is recorded yet."
    lines = []
    for record in card.happened:
        reached = "" if record.reached is None else f", {record.reached:,} reached"
        lines.append(f"•  {day(record.on)}: {record.kind}, {safe(record.title)}{reached}")
    return "\n".join(["*Latest records*", *lines])
