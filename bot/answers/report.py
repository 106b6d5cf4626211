"""Show how far the annual report of an agreement year is: what it lacks and what mends that, and its next step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.answers.preview import LIKE_A_DAY
from bot.approval_words import change_line, cut, show_button, standing_text
from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, header, safe, section
from bot.choose import chosen_alliance
from bot.duty_words import due_words, row_of_due, standing
from bot.values import ReportValue, Run
from operations.read.report_card import ReportCard, ReportState, read_report_card
from operations.refusals import Refused
from policy.annual_report import Gap, missing_words
from policy.approval import ApprovalStatus
from policy.words import capital, day, small

TITLE = "Annual report"
#: Rows that are shown with what mends them.
SHOWN_GAPS = 12
GAP_CHARACTERS = 600
#: Fields that are said to be changed, one a line.
SHOWN_CHANGES = 6
#: States that are told with their day.
_SAID = {ReportState.HANDED_OVER, ReportState.SUBMITTED, ReportState.POSTED}
#: What the button says that mends a gap, by the word of /alliance that does.
MENDS = {
    "background": "Background and goals",
    "team": "Open the team",
    "meeting": "Record a meeting",
    "record": "Record an activity",
    "workplan": "Record the work plan",
    "correct": "Open the records",
}
#: The next steps of a report, by the rule that asks for each: its button and what that does.
STEPS = (
    ("report-handoff", "Handed over to the region", "hand-over:report"),
    ("annual-report", "Submitted to DCSP", "submit:report"),
    ("report-posting", "Posted on the web", "post:report"),
)


def report(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Show the report that is to be done first of the alliance that the words mean, or that of a year they name."""
    name, period_end = _split(words)
    with asked.sessions.begin() as session:
        found = chosen_alliance(session, asked, name, alliance, "report")
    return found if isinstance(found, Answer) else show_report(asked, found, period_end)


def show_report(asked: Asked, alliance: int, period_end: date | None = None) -> Answer:
    """Show the report of the agreement year that ends on a day, or of the one that is to be done first."""
    with asked.sessions.begin() as session:
        card = read_report_card(session, alliance, period_end=period_end, now=asked.now)
    return answer(card)


def _split(words: str) -> tuple[str, date | None]:
    """Split "NGFA 2026-08-31" into the name and the day, which may be missing."""
    name, _, last = words.strip().rpartition(" ")
    if not LIKE_A_DAY.fullmatch(last):
        return words, None
    try:
        return name, date.fromisoformat(last)
    except ValueError:
        raise Refused(f"“{last}” is no day: write the last day of the agreement year as 2026-09-14.") from None


def answer(card: ReportCard) -> Answer:
    """Return a report's card in words and blocks."""
    name = card.report.alliance
    heading = f"{_kind(card)} of {name}"
    top = "\n".join([_period(card), *_owed(card), f"*State:* {_state(card)}", *_before(card), _how_far(card)])
    lines = [f"*{safe(heading)}*", top, *(f"•  {safe(gap.sentence, GAP_CHARACTERS)}" for gap in card.gaps[:SHOWN_GAPS])]
    blocks: list[Json] = [header(heading), section(top), *(_gap(card, gap) for gap in card.gaps[:SHOWN_GAPS])]
    if len(card.gaps) > SHOWN_GAPS:
        more = f"and {len(card.gaps) - SHOWN_GAPS} more: the report itself names all of them"
        lines, blocks = [*lines, more], [*blocks, context(more)]
    return Answer("\n".join(lines), [*blocks, actions(*_buttons(card))], title=TITLE)


def _kind(card: ReportCard) -> str:
    return "Closeout report" if card.report.closeout else "Annual report"


def _period(card: ReportCard) -> str:
    period = card.report.period
    running = "" if card.over else ", which still runs: what is recorded of it comes in by itself"
    return f"*Agreement year:* {day(period.first)} to {day(period.last)}{running}"


def _owed(card: ReportCard) -> Iterator[str]:
    """Say by when it is to be handed over, submitted or posted."""
    for rule, label, _ in STEPS:
        if rule in card.waiting:
            row = row_of_due(card.waiting[rule], card.of, card.today)
            yield f"*{label}:* {small(due_words(row))}; {standing(row)}"


def _state(card: ReportCard) -> str:
    report = card.report
    steps = (
        ("handed over to the region", report.handed_over_on, ""),
        ("submitted to DCSP", report.submitted_on, ""),
        ("posted", report.posted_on, f" at {safe(report.address or '', 500)}"),
    )
    done = [f"{step} on {day(on)}{where}" for step, on, where in steps if on is not None]
    return capital("; ".join([*([] if card.state in _SAID else [card.state.value]), *done]))


def _before(card: ReportCard) -> Iterator[str]:
    """Say what became of it before its officials, and what was changed since they saw it."""
    if card.put is None or card.approval is None or card.report.submitted_on is not None:
        return
    yield standing_text(card.approval)
    if card.put.changed:
        seen = "they approved it" if card.approval.status is ApprovalStatus.APPROVED else "it was put before them"
        yield f"*Changed since {seen}:*"
        yield from cut([change_line(change) for change in card.put.changed], SHOWN_CHANGES)


def _how_far(card: ReportCard) -> str:
    return f"*{missing_words(len(card.gaps))}*"


def _gap(card: ReportCard, gap: Gap) -> Json:
    text = f"•  {safe(gap.sentence, GAP_CHARACTERS)}"
    if gap.record is not None:
        return section(text, accessory=button("Correct it", "fix:record", f"correct:{gap.record}", about=gap.sentence))
    if gap.word is None:
        return section(text)
    value = Run(word=gap.word, alliance=card.of.facts.id).model_dump_json(exclude_none=True)
    return section(text, accessory=button(MENDS[gap.word], f"run:{gap.word}", value, about=gap.sentence))


def _buttons(card: ReportCard) -> Iterator[Json]:
    """Yield the next step first, then what else can be done, then the other years."""
    last = card.report.period.last
    value = ReportValue(alliance=card.of.facts.id, period_end=last).model_dump_json()
    about = f"{card.report.alliance}, year to {day(last)}"
    steps = [*_approval(card), *((label, action) for rule, label, action in STEPS if rule in card.waiting)]
    for at, (label, action) in enumerate(steps):
        yield button(label, action, value, about=about, style=None if at else "primary")
    if card.approval is not None:
        yield show_button(card.approval)
    yield button("Send me the report", "send:report", value, about=about, style=None if steps else "primary")
    for label, action, other in (("Year before", "earlier", card.earlier), ("Year after", "later", card.later)):
        if other is not None:
            there = ReportValue(alliance=card.of.facts.id, period_end=other).model_dump_json()
            yield button(label, f"show:report:{action}", there, about=about)


def _approval(card: ReportCard) -> Iterator[tuple[str, str]]:
    """Yield what puts a report before its officials, where it is finished and they have not seen what it says now."""
    put = card.put
    if "annual-report" not in card.waiting or not card.over:
        return
    if put is None:
        yield "Put before its officials", "ask:report"
    elif put.changed or put.status not in {ApprovalStatus.OPEN, ApprovalStatus.APPROVED}:
        yield "Put forward anew", "ask:report"
