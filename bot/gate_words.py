"""How gates and marked words are worded, the same on every surface of Slack."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from pydantic import BaseModel

from bot.blocks import Json, actions, button, clip, context, escaped, safe, section
from bot.values import Run
from operations.read.gates import GateShown, GatesShown
from operations.read.marked_words import Marked
from policy.words import count, day

#: Marked words that are shown at once; characters of what is missing at a gate in one block, and of its clause.
MOST_MARKED = 8
MISSING_CHARACTERS = 1200
QUOTED_CHARACTERS = 1200


#: The form that passes a gate, where it is not the sheet of all that was done.
FORM_OF = {
    "comments-asked": "ask_comments",
    "criteria-answered": "answer_criteria",
    "worker-representation": "answer_criteria",
    "worker-participation": "answer_criteria",
    "renewal-decided": "decide_renewal",
    "goals-record": "decide_renewal",
}


class MarkedValue(BaseModel):
    """What the buttons under marked words carry, as `Marked` names them."""

    record: str
    about: str


def heading(shown: GatesShown) -> str:
    """Say how many gates are open before the step."""
    before = f"{shown.before[:1].upper()}{shown.before[1:]}"
    return (
        f"*{safe(before, 400)}*, on {day(shown.on)} ({shown.edition.name}): "
        f"{len(shown.open)} of {count(len(shown.gates), 'gate')} open."
    )


def open_line(one: GateShown) -> str:
    """Say in one line what is missing, and by which clause."""
    return f"•  {one.gate.title}: {escaped(one.missing or '')} _{one.clauses[0].name}_"


def gate_blocks(shown: GatesShown) -> list[Json]:
    """Return the gates before a step as blocks: those that are open in full, the others by name."""
    blocks = [section(heading(shown)), *(block for one in shown.open for block in _in_full(shown, one))]
    passed = [one.gate.title for one in shown.gates if one.missing is None]
    if passed:
        blocks.append(section("\n".join(["*Passed*", *(f"•  {title}" for title in passed)])))
    if shown.left_out:
        left_out = "; ".join(gate.title for gate in shown.left_out)
        blocks.append(context(f"Left out by the office when it renews: {left_out}."))
    if shown.readings:
        blocks.append(context("\n".join(shown.readings)))
    return [*blocks, *marked_blocks(shown.marked)]


def _in_full(shown: GatesShown, one: GateShown) -> list[Json]:
    modality = "" if one.gate.modality == "mandatory" else f" ({one.gate.modality.value})"
    over = ", carried over" if one.carried_over else ""
    clause = one.clauses[0]
    # However many are missing, each is named.
    texts = wrap(escaped(one.missing or ""), MISSING_CHARACTERS, break_on_hyphens=False) or [""]
    texts[0] = f"*{one.gate.title}*{modality}\n{texts[0]}"
    texts[-1] += f" {one.passed_by}\n>{clause.name}{over}: “{clip(escaped(clause.quoted), QUOTED_CHARACTERS)}”"
    return [section(texts[0], accessory=_record(shown, one)), *map(section, texts[1:])]


def _record(shown: GatesShown, one: GateShown) -> Json:
    """Return the button that opens what passes a gate."""
    form = "check_product" if shown.product is not None else FORM_OF.get(one.gate.id, "record_gates")
    value = Run(word="gates", alliance=shown.of.facts.id, form=form).model_dump_json(exclude_none=True)
    return button("Record", f"run:gates:{form}", value, about=one.gate.title)


def marked_line(marked: Marked) -> str:
    """Say which words may read as what, and where they stand."""
    return f"•  *{safe(marked.words)}* in the {safe(marked.text.what)}: {marked.why} ({marked.clause.name})"


def marked_text(found: Sequence[Marked]) -> str:
    """Return the sentences about marked words; empty when there are none."""
    if not found:
        return ""
    lines = [marked_line(marked) for marked in found[:MOST_MARKED]]
    if len(found) > MOST_MARKED:
        lines.append(f"and {len(found) - MOST_MARKED} more: /alliance gates")
    return "\n".join(
        ["*These words may read as endorsement or preferential treatment* (XII.A). It is recorded; decide:", *lines]
    )


def marked_blocks(found: Sequence[Marked]) -> list[Json]:
    """Return marked words with the two buttons that decide on them."""
    if not found:
        return []
    first, *_ = marked_text(found).partition("\n")
    blocks = [section(first)]
    for marked in found[:MOST_MARKED]:
        value = MarkedValue(record=marked.text.record, about=marked.about).model_dump_json()
        blocks.append(section(marked_line(marked)))
        blocks.append(
            actions(
                button("Keep: harmless", "keep:words", value, about=marked.words),
                button("Words changed", "change:words", value, about=marked.words),
            )
        )
    if len(found) > MOST_MARKED:
        blocks.append(context(f"and {len(found) - MOST_MARKED} more: /alliance gates"))
    return blocks
