"""Merge an alliance that was entered twice into the other entry; it cannot be undone."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.blocks import safe
from bot.form_types import AllianceForm, Ask, Draft, Form, Opening, Said, Submitting
from operations.hands.merge_alliances import merge_alliances
from policy.rights import Verb
from policy.words import count

#: What the tables are called in a sentence.
NOUNS = {
    "agreements": "agreement",
    "meetings": "meeting",
    "activities": "activity record",
    "evaluations": "evaluation",
    "annual_reports": "annual report",
    "work_plans": "work plan",
    "renewal_decisions": "renewal decision",
    "termination_notices": "notice",
    "signatories": "participant",
    "gate_records": "gate record",
}


class MergeAlliances(AllianceForm):
    """Which other entry is the same alliance, and stays."""

    into: Annotated[int, Ask(search="into", placeholder="Type a part of its name")] = Field(
        title="The other entry, which stays"
    )


def _open(opening: Opening) -> Draft:
    return Draft(
        intro=[
            (
                f"*{safe(opening.about.name)}* and the other entry are the same alliance, entered twice. The records "
                "of this one go over; what stands in both is kept once. This entry is emptied, and its name finds "
                "the other."
            )
        ]
    )


def _submit(submitting: Submitting, typed: MergeAlliances) -> Said:
    done = merge_alliances(
        submitting.session, alliance_id=typed.alliance, into_id=typed.into, by=submitting.by, now=submitting.now
    )
    lines = [*_lines("Goes over", done.moved), *_lines("Stands in both, kept once", done.doubled)]
    emptied, into = f"*{safe(done.emptied)}*", f"*{safe(done.into)}*"
    return Said(
        "\n".join([f"{emptied} was merged into {into}; its name finds it.", *lines]),
        "\n".join([f"{emptied} will be merged into {into}.", *lines, "_This cannot be undone._"]),
    )


def _lines(heading: str, counted: dict[str, int]) -> list[str]:
    said = [count(number, NOUNS[table]) for table, number in counted.items() if table in NOUNS]
    rest = sum(number for table, number in counted.items() if table not in NOUNS)
    said += [count(rest, "other record")] if rest else []
    return [f"{heading}: {', '.join(said)}."] if said else []


FORM = Form(
    name="merge_alliances",
    title="Merge two entries",
    model=MergeAlliances,
    verb=Verb.REARRANGE,
    open=_open,
    submit=_submit,
    submit_label="What moves?",
    confirm=lambda said: said.preview,
    confirm_title="What moves",
    confirm_label="Merge",
)
