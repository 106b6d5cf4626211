"""Show the evaluations of an alliance: marks year by year, the discussion, the recommendation."""

from __future__ import annotations

from collections.abc import Iterator

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, clip, escaped, header, paragraphs, safe, section
from bot.paper_buttons import paper_buttons
from bot.values import Run
from operations.read.choices import alliance_choices
from operations.read.evaluations import EvaluationShown, read_evaluations
from policy.evaluation_marks import EVALUATED
from policy.handed_papers import PaperKind
from policy.words import day

#: Years that are shown: a trend from one to the next asks for a course of action.
SHOWN = 3
WORDS_CHARACTERS = 1000
TITLE = "Evaluations"


def evaluations(asked: Asked, alliance: int) -> Reply:
    """Show the latest evaluations of an alliance."""
    with asked.sessions.begin() as session:
        choices = alliance_choices(session, alliance, now=asked.now)
        found = read_evaluations(session, choices.id)[:SHOWN]
    value = Run(word="evaluate", alliance=choices.id).model_dump_json(exclude_none=True)
    record = actions(button("Record an evaluation", "run:evaluate", value, about=choices.name))
    if not found:
        text = f"*{safe(choices.name)}* has no evaluation on record; one is asked for in each agreement year (IX.C.1)."
        return Answer(text, [section(text), record], title=TITLE)
    shown = [(one, list(_lines(one))) for one in found]
    lines = [line for _, of_one in shown for line in of_one]
    blocks: list[Json] = [header(f"Evaluations of {choices.name}")]
    for one, of_one in shown:
        papers = paper_buttons(choices.id, PaperKind.EVALUATION, one.id, f"evaluation to {day(one.period_end)}")
        blocks += [*map(section, paragraphs(of_one)), actions(*papers)]
    blocks.append(record)
    return Answer("\n".join([f"*Evaluations of {safe(choices.name)}*", *lines]), blocks, title=TITLE)


def _lines(one: EvaluationShown) -> Iterator[str]:
    discussed = "not discussed yet" if one.discussed_on is None else f"discussed on {day(one.discussed_on)}"
    yield f"*Year to {day(one.period_end)}*: evaluated on {day(one.evaluated_on)}, {discussed}"
    yield clip(escaped(one.findings), WORDS_CHARACTERS)
    for criterion in EVALUATED:
        marked = one.marks.get(criterion.id)
        if marked is not None and marked.mark is not None:
            note = f": {safe(marked.note, 300)}" if marked.note else ""
            yield f"•  {criterion.title}: *{marked.mark.value}*{note}"
    if one.discussion:
        yield f"Participants: {clip(escaped(one.discussion), WORDS_CHARACTERS)}"
    if one.recommendation:
        yield f"Recommended: {one.recommendation}. {clip(escaped(one.reasons or ''), WORDS_CHARACTERS)}"
