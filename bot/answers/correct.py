"""The records of an alliance, each with what corrects or withdraws it."""

from __future__ import annotations

from typing import Any

from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, context, header, overflow, safe, section
from bot.choose import chosen_choices
from bot.duty_list import pager, rows_of_page
from bot.values import Page, read_number
from bot.withdrawn_words import said_words
from operations.read.choices import AllianceChoices, alliance_choices
from operations.read.history import Recorded, list_records
from operations.read.withdrawn import Withdrawn, list_withdrawn
from policy.words import capital, day

#: Records on one page: a block each.
SHOWN = 30
#: Of those that no longer count, and characters of what each said.
SHOWN_WITHDRAWN = 8
SAID_CHARACTERS = 500


def correct(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """List the records of the alliance that the words mean, the latest first."""
    with asked.sessions.begin() as session:
        about = chosen_choices(session, asked, words, alliance, "correct")
    if isinstance(about, Answer):
        return about
    return records_page(asked, Page(list="records", scope="alliance", key=str(about.id)))


def records_page(asked: Asked, page: Page) -> Answer:
    """Show one page of the records of an alliance."""
    with asked.sessions.begin() as session:
        about = alliance_choices(session, read_number(page.key), now=asked.now)
        return _answer(about.name, list_records(session, about.id), _withdrawn(session, about), page)


def _withdrawn(session: Any, about: AllianceChoices) -> list[Withdrawn]:
    return list_withdrawn(session, about.id, timezone=about.of.timezone, most=SHOWN_WITHDRAWN)


def withdrawn_line(one: Withdrawn) -> str:
    """Say what was withdrawn by whom, when and why, and what it said."""
    why = f": {safe(one.reason.rstrip('. '), 300)}" if one.reason else ""
    said = safe(said_words(one), SAID_CHARACTERS)
    return f"{capital(safe(one.what))} by {safe(one.by)} on {one.at}{why}. It said: {said}"


def _answer(name: str, records: list[Recorded], gone: list[Withdrawn], page: Page) -> Answer:
    heading = f"Records of {name}"
    if not records and not gone:
        text = "Nothing is recorded yet; /alliance record, meeting and the other words do that."
        return Answer(f"*{safe(heading)}*\n{text}", [header(heading), section(text)], title="Correct")
    note = (
        "Nothing is overwritten: a correction is a new record, and what is withdrawn stays readable in the history. "
        "Duties follow."
    )
    blocks: list[Json] = [header(heading), context(note)]
    lines = []
    for one in rows_of_page(records, page.page, SHOWN):
        line = f"{day(one.on)}: {safe(capital(one.what), 300)}"
        choices = [("Correct", f"correct:{one.record}")] if one.corrected_by else []
        choices += [("Withdraw, with the reason", f"withdraw:{one.record}")] if one.withdrawn else []
        if one.kept is not None:
            line += f"\n_It stays as it is:_ {safe(one.kept)}"
        blocks.append(section(line, accessory=overflow("fix:record", choices) if choices else None))
        lines.append(f"- {line}")
    blocks += pager(page, len(records), SHOWN)
    if gone:
        lines += ["*Withdrawn, the latest first*", *(f"- {withdrawn_line(one)}" for one in gone)]
        blocks += [section("*Withdrawn, the latest first*"), *(context(withdrawn_line(one)) for one in gone)]
    return Answer("\n".join([f"*{safe(heading)}*", note, *lines]), blocks, title="Correct")
