"""Show where the procedure of an alliance stands, from its proposal to the signatures, with the next button."""

from __future__ import annotations

from bot.asked import Answer, Asked, Reply
from bot.blocks import actions, button
from bot.choose import chosen_choices
from bot.procedure_picture import with_picture
from bot.procedure_words import procedure_blocks, procedure_text
from bot.values import Run
from operations.read.procedure import ProcedureShown, show_procedure

TITLE = "Procedure"


def show_steps(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Show the procedure of the alliance that the words mean."""
    with asked.sessions.begin() as session:
        choices = chosen_choices(session, asked, words, alliance, "procedure")
        if isinstance(choices, Answer):
            return choices
        shown = show_procedure(session, choices.id, on=choices.today)
    return with_picture(asked, shown, answer(shown))


def answer(shown: ProcedureShown) -> Answer:
    """Return the procedure in words and blocks, with what else can be done with a proposal."""
    blocks = procedure_blocks(shown)
    proposed = not shown.renewal and shown.over is None
    forms = [("Edit the proposal", "revise_proposal"), ("Withdraw the proposal", "withdraw_proposal")]
    buttons = [_opens(label, form, shown.of.facts.id) for label, form in forms if proposed]
    value = Run(word="gates", alliance=shown.of.facts.id).model_dump_json(exclude_none=True)
    if shown.over is None:
        buttons.append(button("All gates", "run:gates", value))
        buttons.append(button("Papers", "show:papers", str(shown.of.facts.id), about=shown.of.facts.name))
    if buttons:
        blocks.append(actions(*buttons))
    return Answer(procedure_text(shown), blocks, title=TITLE)


def _opens(label: str, form: str, alliance: int) -> dict[str, object]:
    value = Run(word="procedure", alliance=alliance, form=form).model_dump_json(exclude_none=True)
    return button(label, f"run:procedure:other:{form}", value)
