"""How the procedure of an alliance is worded: an ordered list, each step with its state in words."""

from __future__ import annotations

from bot.blocks import Json, button, clip, context, escaped, header, paragraphs, safe, section
from bot.values import Run
from operations.read.procedure import Asked, ProcedureShown, StageShown
from policy.procedure_order import Stands
from policy.subjects import DRAFT, PROPOSAL
from policy.words import capital, count, day, listing

SENTENCE_CHARACTERS = 700
ANSWER_CHARACTERS = 160
#: The form that puts a paper before officials.
PUTS_FORWARD = "ask_approval"
#: Which form takes a stage further while others have to answer; None where only they can.
WHILE_WAITING = {"input": ("answer_comment", "Record an answer")}


def heading(shown: ProcedureShown) -> str:
    """Say what the procedure leads to, and how far it has come."""
    what = "renewal" if shown.renewal else f"{shown.of.facts.level.value} alliance"
    return (
        f"*{safe(shown.of.facts.name)}*: {what}, on {day(shown.on)} ({shown.edition.name}). "
        f"{shown.done} of {count(shown.counted, 'step')} done."
    )


def stage_line(number: int, shown: StageShown) -> str:
    """Write a stage as one line of plain text."""
    return f"{number}. {shown.stage.title}: {capital(shown.stands.value)}. {state_words(shown)}"


def state_words(shown: StageShown) -> str:
    """Say what was done, whom it waits for, what comes first, or why it is left out."""
    sentence = clip(escaped(shown.sentence), SENTENCE_CHARACTERS)
    if shown.stands is Stands.BLOCKED:
        return f"First: {escaped(listing(shown.blocked_by))}."
    if shown.stands is Stands.WAITING:
        return f"Waits for {escaped(listing(shown.waiting_for))}."
    return sentence


def procedure_text(shown: ProcedureShown) -> str:
    """Write the whole procedure as plain lines."""
    lines = [heading(shown), *([escaped(shown.over)] if shown.over else [])]
    lines += [stage_line(number, stage) for number, stage in enumerate(shown.stages, start=1)]
    return "\n".join([*lines, *asked_lines(shown, PROPOSAL), *asked_lines(shown, DRAFT)])


def procedure_blocks(shown: ProcedureShown) -> list[Json]:
    """Return the procedure as blocks: what is to be done now with its button, the rest in order."""
    title = "Procedure of the renewal" if shown.renewal else "From proposal to signature"
    blocks = [header(title), section(heading(shown))]
    if shown.over is not None:
        return [*blocks, section(escaped(shown.over))]
    for number, stage in enumerate(shown.stages, start=1):
        blocks.append(_block(shown, number, stage))
    lines = [asked_lines(shown, subject) for subject in (PROPOSAL, DRAFT)]
    return [*blocks, *(section(text) for part in lines for text in paragraphs(part))]


def asked_lines(shown: ProcedureShown, subject: str) -> list[str]:
    """Say which offices answered and which have not, in the order in which they were asked."""
    asked = [one for one in shown.asked if one.subject == subject]
    if not asked:
        return []
    answered = sum(one.answered_on is not None for one in asked)
    title = "Input on the proposal" if subject == PROPOSAL else "Comments on the draft"
    return [f"*{title}*: {answered} of {count(len(asked), 'office')} answered", *map(_asked_line, asked)]


def _asked_line(one: Asked) -> str:
    if one.answered_on is not None:
        return f"•  {safe(one.office)}: answered {day(one.answered_on)}: “{safe(one.answer or '', ANSWER_CHARACTERS)}”"
    wanted = "" if one.due_on is None else f", wanted by {day(one.due_on)}"
    return f"•  {safe(one.office)}: not answered; asked {day(one.asked_on)}{wanted}"


def _block(shown: ProcedureShown, number: int, stage: StageShown) -> Json:
    heading_line = f"*{number}. {stage.stage.title}*: *{stage.stands.value}*"
    if stage.stands in {Stands.DONE, Stands.NOT_NEEDED, Stands.BLOCKED}:
        return context(f"{heading_line}. {state_words(stage)} ({stage.clause.name})")
    text = (
        f"{heading_line}\n{state_words(stage)}\nBy: {escaped(stage.owner)}\n"
        f">{stage.clause.name}: “{clip(escaped(stage.clause.quoted), SENTENCE_CHARACTERS)}”"
    )
    return section(text, accessory=_button(shown, stage))


def _button(shown: ProcedureShown, stage: StageShown) -> Json | None:
    """Return the one button that takes a stage further; None where only others can."""
    form, label = stage.stage.form, stage.stage.label
    if stage.stands is Stands.WAITING:
        if stage.stage.id not in WHILE_WAITING:
            return None
        form, label = WHILE_WAITING[stage.stage.id]
    elif form == PUTS_FORWARD and not stage.choice:
        # Nothing can be put forward before it is known what: of whom a special approval is needed.
        form, label = "record_gates", "Record what is missing"
    run = Run(word="procedure", words=stage.choice, alliance=shown.of.facts.id, form=form)
    action = f"run:procedure:{form}:{stage.stage.id}"
    return button(label, action, run.model_dump_json(exclude_none=True), about=stage.stage.title)
