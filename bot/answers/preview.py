"""What a signing would bring: every date, before anything is saved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from bot.asked import Answer, Asked, Modal, Reply
from bot.blocks import MOST_BLOCKS, Json, context, escaped, header, paragraphs, plain, section
from bot.choose import which_alliance
from bot.duty_words import about, due_words, row_of_owed, title
from bot.form import input_blocks
from bot.form_state import check, read_values
from bot.form_types import Ask, Choice, Draft, FormModel
from bot.place import window
from operations.actor import office_day
from operations.gather_facts import gather
from operations.read.duties import Owed
from operations.read.preview import Preview, preview_signing
from operations.refusals import Refused
from policy.facts import Level
from policy.words import count, day

#: Callback id of the form.
PREVIEW = "preview"
NOTHING_SAVED = "Nothing was saved. Dates count as if nothing were recorded after the signing."
LEVELS = tuple(level.value for level in Level)
LONGEST_TERM = 50
#: What is meant as a date, whether it is one or not.
LIKE_A_DAY = re.compile(r"[0-9]{1,4}([-/.][0-9]{1,4}){2}")
#: A number of years that is not whole.
PART_OF_A_YEAR = re.compile(r"[0-9]+[.,][0-9]+")


class Signing(FormModel):
    """A signing that is only thought of."""

    alliance: Annotated[int | None, Ask(search="alliance", placeholder="Type a part of its name")] = Field(
        None, title="Alliance to be renewed", description="Leave it empty for a new alliance."
    )
    level: Annotated[Level | None, Ask(radio=True)] = Field(None, title="Level of a new alliance")
    sign: date = Field(title="Date of the signing")
    term: int | None = Field(
        None, ge=1, le=LONGEST_TERM, title="Term in years", description="Leave it empty for the default."
    )


def preview(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """Show the dates for the words "alliance or level, date, years"; without a date, open the form."""
    rest, sign, term = _split(words)
    _refuse_no_day(rest)
    level = Level(rest.casefold()) if rest.casefold() in LEVELS else None
    name = ""
    with asked.sessions.begin() as session:
        if alliance is None and level is None and rest:
            found = which_alliance(session, rest, PREVIEW)
            if isinstance(found, Answer):
                return found
            alliance = found.id
        if sign is not None and (alliance is not None or level is not None):
            return answer(preview_signing(session, signed_on=sign, alliance_id=alliance, level=level, term_years=term))
        for of in gather(session, [alliance] if alliance is not None else []):
            # Most are signed on the day on which somebody asks.
            name, sign = of.facts.name, sign or office_day(asked.now, of.timezone)
    choices = {"alliance": [Choice(str(alliance), name)]} if name else {}
    values = {"alliance": alliance if name else None, "level": level, "sign": sign, "term": term}
    return Modal(_form(Draft(values=values, choices=choices)))


def submit_preview(asked: Asked, view: Mapping[str, Any]) -> Json:
    """Return what Slack is answered to the form: the dates in a window above it, so that others can be tried.

    Raises:
        FieldErrors: Something typed is wrong.
        Refused: Nothing could be signed so.
    """
    typed = check(Signing, read_values(view))
    with asked.sessions.begin() as session:
        found = preview_signing(
            session,
            signed_on=typed.sign,
            alliance_id=typed.alliance,
            # The level of an alliance on record is what it is.
            level=typed.level if typed.alliance is None else None,
            term_years=typed.term,
        )
    return {"response_action": "push", "view": window(answer(found))}


def answer(found: Preview) -> Answer:
    """Return the list of dates in words."""
    groups = list(_groups(found))
    lines = [line for _, part in groups for line in part]
    heading = "Preview of a renewal" if found.renewal else "Preview of a new alliance"
    top = escaped(found.sentence)
    blocks = [header(heading), section(f"{top}\n{count(len(found.owed), 'date')} would follow.")]
    for name, part in groups:
        blocks += [section(text) for text in paragraphs([f"*{name}*", *part])]
    foot = context(NOTHING_SAVED)
    if len(blocks) >= MOST_BLOCKS:
        # Only a term of many years comes here: then as many lines to a paragraph as it holds.
        blocks = [*blocks[:2], *(section(text) for text in paragraphs(lines))][: MOST_BLOCKS - 1]
    return Answer("\n".join([f"*{heading}*", top, *lines, NOTHING_SAVED]), [*blocks, foot], title="Preview")


def _groups(found: Preview) -> list[tuple[str, list[str]]]:
    """Part the dates by calendar year."""
    years: dict[int, list[str]] = {}
    for owed in found.owed:
        years.setdefault(owed.due.due_on.year, []).append(_line(owed))
    groups = [(str(year), lines) for year, lines in years.items()]
    if found.allowed:
        groups.append(("Possible, not asked for", [_allowed(owed) for owed in found.allowed]))
    return groups


def _line(owed: Owed) -> str:
    # How many were held is not to be known yet.
    row = replace(row_of_owed(owed), meetings=None)
    more = about(row)
    line = f"•  {due_words(row)}: {title(row.rule)}{f' ({more})' if more else ''}"
    return f"{line}, advisory" if row.modality == "advisory" else line


def _allowed(owed: Owed) -> str:
    return f"•  From {day(owed.due.opens_on)}: {title(owed.due.rule)}"


def _split(words: str) -> tuple[str, date | None, int | None]:
    """Part what is named from the date and the years that may follow it."""
    tokens = words.split()
    sign, term = None, None
    if len(tokens) > 1 and tokens[-1].isdecimal() and len(tokens[-1]) <= len(str(LONGEST_TERM)):
        # A number is a term only after a date: it may be part of a name.
        before = _day(tokens[-2])
        if before is not None:
            return " ".join(tokens[:-2]), before, int(tokens[-1])
    if len(tokens) > 1 and PART_OF_A_YEAR.fullmatch(tokens[-1]) and _day(tokens[-2]) is not None:
        raise Refused(f"A term is counted in whole years, not {tokens[-1]}.")
    if tokens:
        sign = _day(tokens[-1])
    return " ".join(tokens[:-1] if sign else tokens), sign, term


def _refuse_no_day(rest: str) -> None:
    """Refuse what looks like a date at the end of a name and is none: the name is not to be blamed for it."""
    # A number after it is the term.
    wrong = next((word for word in rest.split()[-2:] if LIKE_A_DAY.fullmatch(word)), None)
    if wrong is not None and re.fullmatch(r"\d{4}-\d{2}-\d{2}", wrong):
        raise Refused(f"There is no day “{wrong}”: the calendar has no such month or day.")
    if wrong is not None:
        raise Refused(f"“{wrong}” is no date. Write year, month and day with two digits each, such as 2027-03-01.")


def _day(word: str) -> date | None:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _form(draft: Draft) -> Json:
    return {
        "type": "modal",
        "callback_id": PREVIEW,
        "title": plain("Preview a signing"),
        "submit": plain("Show the dates"),
        "close": plain("Close"),
        "blocks": [
            section("See every date that a signing would bring. Nothing is saved."),
            *input_blocks(Signing, draft),
        ],
    }
