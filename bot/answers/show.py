"""Show one alliance: state, terms, duties, the latest records."""

from __future__ import annotations

from bot.answer_words import ended
from bot.answers.document import document_line
from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, header, linked, overflow, paragraphs, safe, section
from bot.choose import chosen_alliance
from bot.closing_words import closing_lines
from bot.duty_words import about, row_line, row_of_due, title
from bot.outcomes import undo_button
from bot.state_words import state_words
from bot.team_words import lacks_words, member_words
from bot.values import Run
from operations.read.alliances import Card, show_alliance
from operations.remind.waive_duty import RECORD as WAIVER
from policy.annual_report import missing_words
from policy.duties import Due, Modality
from policy.meeting_year import meeting_words
from policy.words import capital, count, day, small

SHOWN_DUTIES = 8
SHOWN_TEAM = 12
SHOWN_DOCUMENTS = 5
#: Of the minutes; the list of meetings has them in full.
SHOWN_CHARACTERS = 160
#: Begins what belongs to the line above; Slack does not keep every space.
BELOW = "    ◦  "
#: The latest ones.
SHOWN_WAIVERS = 8


def show(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Show the alliance that the words mean."""
    with asked.sessions.begin() as session:
        found = chosen_alliance(session, asked, words, alliance, "show")
        if isinstance(found, Answer):
            return found
        card = show_alliance(session, found, now=asked.now)
    return _answer(card)


def _answer(card: Card) -> Answer:
    facts = card.of.facts
    sections = [_head(card), _terms(card), _duties(card), *_report(card), _records(card)]
    if card.closing is not None:
        sections.append("\n".join(["*Closing*", *closing_lines(card.closing)]))
    sections += filter(None, [_documents(card), _team(card)])
    notes = ["Sample data: people and work are made up for trying things out."] if card.is_sample else []
    if card.source:
        notes.append(f"Source: {safe(card.source, 300)}")
    blocks: list[Json] = [header(facts.name), *map(section, _split(sections))]
    waived = [(id, _waiver(card, due)) for id, due in card.waived[-SHOWN_WAIVERS:]]
    if waived:
        sections.append("\n".join(["*Declared not applicable*", *(f"•  {line}" for _, line in waived)]))
        blocks.append(section("*Declared not applicable*"))
        blocks += [section(line, accessory=undo_button(f"{WAIVER}:{id}", facts.name)) for id, line in waived]
    blocks += [context(note) for note in notes]
    blocks.append(
        actions(
            *(_button(label, word, facts.id) for label, word in (_BUTTONS if facts.agreements else _BEFORE)),
            *(button(label, action, str(facts.id), about=facts.name) for label, action in _CHANGES if facts.agreements),
            button("Papers", "show:papers", str(facts.id), about=facts.name),
            *(
                [overflow("arrange:alliance", [(label, f"{form}:{facts.id}") for label, form in _ARRANGE])]
                if facts.agreements
                else []
            ),
        )
    )
    return Answer("\n".join([f"*{safe(facts.name)}*", *sections, *notes]), blocks, title="Alliance")


def _split(sections: list[str]) -> list[str]:
    return [text for part in sections for text in paragraphs(part.split("\n"))]


_BUTTONS = (
    ("Record an activity", "record"),
    ("Record a meeting", "meeting"),
    ("Team", "team"),
    ("Products", "product"),
    ("Annual report", "report"),
    ("Documents", "document"),
    ("What is due", "due"),
    ("Why?", "why"),
    ("Before signing", "gates"),
)
#: Of an alliance that was never signed.
_BEFORE = (
    ("Show the procedure", "procedure"),
    ("Before signing", "gates"),
    ("Documents", "document"),
    ("What is due", "due"),
)
_CHANGES = (
    ("Meetings", "show:meetings"),
    ("Work plan", "show:plan"),
    ("Evaluations", "show:evaluations"),
    ("Settings", "change:alliance"),
    ("Add a signatory", "add:signatory"),
)

_ARRANGE = (
    ("Rename it or a participant", "rename_alliance"),
    ("Move to another office", "move_alliance"),
    ("Merge: it was entered twice", "merge_alliances"),
    ("Merge two of its participants", "merge_participants"),
)


def _button(label: str, word: str, alliance: int) -> Json:
    return button(label, f"run:{word}", Run(word=word, alliance=alliance).model_dump_json(exclude_none=True))


def _documents(card: Card) -> str:
    if not card.documents:
        return ""
    lines = [f"•  {document_line(one)}" for one in card.documents[:SHOWN_DOCUMENTS]]
    if len(card.documents) > SHOWN_DOCUMENTS:
        lines.append(f"and {len(card.documents) - SHOWN_DOCUMENTS} more: /alliance document")
    return "\n".join(["*Documents*", *lines])


def _team(card: Card) -> str:
    team, ended = card.team, card.of.facts.ending is not None
    if ended and not team.members:
        return ""
    shown = [f"•  {member_words(member)}" for member in team.members[:SHOWN_TEAM]]
    if len(team.members) > SHOWN_TEAM:
        shown.append(f"and {len(team.members) - SHOWN_TEAM} more: /alliance team")
    return "\n".join(["*Implementation Team*", *shown, *([] if ended else [lacks_words(team)])])


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
        part = term.agreement.in_part
        kind = ("Renewal in part" if part else "Renewal") if term.agreement.renewal else "Original agreement"
        assumed = ", assumed: no term is on record" if term.assumed else ""
        until = term.in_effect_until(card.today)
        years = count(term.years, "year")
        extended = f"; extended beyond {day(term.expires_on)}" if until > term.expires_on else ""
        lines.append(f"•  {kind} signed {day(term.signed_on)}, in effect to {day(until)} ({years}{assumed}{extended})")
        lines += [f"{BELOW}In part: {safe(part, 500)}"] if part else []
        for made in sorted(card.of.facts.decisions, key=lambda d: (d.recommended_on, d.id)):
            if made.agreement_id != term.agreement.id:
                continue
            decided = "not decided yet" if made.decided_on is None else f"decided on {day(made.decided_on)}"
            lines.append(f"{BELOW}Renewal: {made.recommendation.value}, {decided}")
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
            lines.append(f"{BELOW}{capital(meeting_words(due.meetings))}.")
    if len(unsettled) > SHOWN_DUTIES:
        lines.append(f"and {len(unsettled) - SHOWN_DUTIES} more")
    return "\n".join(["*Duties*", *lines])


def _waiver(card: Card, due: Due) -> str:
    row = row_of_due(due, card.of, card.today)
    more = about(row)
    given = "" if due.settled_on is None else f" on {day(due.settled_on)}"
    by = f" by {safe(due.waived_by)}" if due.waived_by else ""
    what = f"{title(row.rule)}{f' ({more})' if more else ''}, due {day(due.due_on)}"
    return ended(f"{what}: waived{given}{by}: {safe(due.reason or '', 300)}")


def _without_name(line: str, name: str) -> str:
    return line.replace(f", {safe(name)}:", ":", 1)


def _report(card: Card) -> list[str]:
    if card.report is None:
        return []
    last, lacks = card.report
    return [f"*Annual report*\nOf the agreement year to {day(last)}: {small(missing_words(lacks))}"]


def _records(card: Card) -> str:
    if not card.happened:
        return "*Latest records*\nNothing is recorded yet."
    lines = []
    for record in card.happened:
        reached = "" if record.reached is None else f", {record.reached:,} reached"
        lines.append(f"•  {day(record.on)}: {record.kind}, {safe(record.title)}{reached}")
        lines += [f"{BELOW}{safe(more, SHOWN_CHARACTERS)}" for more in record.more]
        if record.source is not None:
            lines.append(f"{BELOW}From a {linked(record.source, record.source_link)}")
    return "\n".join(["*Latest records*", *lines])
