"""Show what is still open before a step, and let a person record what was done."""

from __future__ import annotations

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, header, safe
from bot.choose import which_alliance, whose_alliance
from bot.gate_words import gate_blocks, heading, marked_text, open_line
from bot.outcomes import procedure_button
from bot.values import Run
from operations.read.choices import alliance_choices
from operations.read.find_alliance import Found
from operations.read.gates import GatesShown, show_gates
from policy.procedure import ProcedureStep

#: The words that may end what is typed, and the step that they mean.
STEPS = {step.value.casefold(): step for step in ProcedureStep} | {"product": ProcedureStep.PUBLISH}
TITLE = "Gates"


def gates(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Show the gates of the alliance that the words mean, before its signing or the step that the last word names."""
    *name, last = words.split() or [""]
    step = STEPS.get(last.casefold())
    typed = words if step is None else " ".join(name)
    with asked.sessions.begin() as session:
        if alliance is None:
            found: Found | int | Answer
            if not typed.strip():
                by = asked.actor(session)
                found = whose_alliance(session, by, "gates", example="grain", words=words)
            else:
                found = which_alliance(session, typed, "gates")
            if isinstance(found, Answer):
                return found
            alliance = found if isinstance(found, int) else found.id
        choices = alliance_choices(session, alliance, now=asked.now)
        shown = show_gates(session, choices.id, step=step or ProcedureStep.SIGN, on=choices.today)
    if not shown:
        return Answer(f"{safe(choices.name)} has no product on record; propose one with /alliance product.")
    return answer(*shown)


def answer(*shown: GatesShown) -> Answer:
    """Return the gates of one step in words, with the buttons that lead to what passes them."""
    blocks = [block for one in shown for block in gate_blocks(one)]
    text = "\n".join(line for one in shown for line in _lines(one))
    first, *_ = shown
    title = "Before a publication" if first.product is not None else "Before a signing"
    buttons = [_button(label, form, first.of.facts.id) for label, form in _forms(shown)]
    if first.product is None:
        buttons.append(procedure_button(first.of.facts.id))
    return Answer(text, [header(title), *blocks, *([actions(*buttons)] if buttons else [])], title=TITLE)


def _lines(one: GatesShown) -> list[str]:
    return [heading(one), *map(open_line, one.open), *filter(None, [marked_text(one.marked)])]


def _forms(shown: tuple[GatesShown, ...]) -> list[tuple[str, str]]:
    """Return label and form of each button: what passes the gates that are open."""
    if shown[0].product is not None:
        return [("Record what was done", "check_product")]
    open_ids = {one.gate.id for one in shown[0].open}
    made = [("Record what was done", "record_gates"), ("Answer the criteria", "answer_criteria")]
    if "criteria-answered" in open_ids:
        made.append(("Criteria in the work plan", "plan_criteria"))
    if "renewal-decided" in open_ids:
        made += [("Record an evaluation", "record_evaluation"), ("Decide on renewal", "decide_renewal")]
    if "comments-asked" in open_ids:
        made.append(("Ask for comments", "ask_comments"))
    return made


def _button(label: str, form: str, alliance: int) -> Json:
    value = Run(word="gates", alliance=alliance, form=form).model_dump_json(exclude_none=True)
    return button(label, f"run:gates:{form}", value)
