"""What waits for my approval, what I asked, and how the approvals of one alliance stand."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from bot.approval_words import (
    WAITING,
    asked_text,
    asker_buttons,
    changes_lines,
    decide_buttons,
    show_button,
    standing_text,
    step_lines,
)
from bot.asked import Answer, Asked, Reply
from bot.blocks import Json, actions, button, context, divider, header, paragraphs, safe, section
from bot.choose import which_alliance
from bot.values import Run
from operations.read.approvals import ApprovalShown, list_asked, list_of_alliance, list_to_approve, show_approval
from operations.read.requests import count_asked_by, waiting_for
from policy.drafts import Value
from policy.words import count

TITLE = "Approvals"
MINE = "What you asked"
#: Shown with their buttons; the rest is counted.
MOST = 5
NOTHING_WAITS = "Nothing waits for your approval."
NOTHING_ASKED = "You asked for no approval in the last 30 days."


def approve(asked: Asked, words: str, alliance: int | None = None) -> Reply:
    """List what waits for me and what I asked; with words, the approvals of the alliance that they mean."""
    with asked.sessions.begin() as session:
        if alliance is None and words.strip():
            found = which_alliance(session, words, "approve")
            if isinstance(found, Answer):
                return found
            alliance = found.id
        if alliance is not None:
            return _of_alliance(alliance, list_of_alliance(session, alliance, now=asked.now), asked.user_id)
        by = asked.actor(session)
        waiting = list_to_approve(session, asked.user_id, now=asked.now)
        mine = [] if by.person_id is None else list_asked(session, by.person_id, now=asked.now)
        told = _of_duties(len(waiting_for(session, asked.user_id, now=asked.now)), "wait for your decision")
        open_ones = _of_duties(0 if by.person_id is None else count_asked_by(session, by.person_id), "wait for others")
    # Snoozes and waivers are decided under their duties: where only they wait, it is not said that nothing does.
    blocks: list[Json] = [header(WAITING), *(waiting_blocks(waiting) if waiting or not told else [])]
    blocks += [*map(_to_duties, told), divider(), header(MINE), *(_mine_blocks(mine) if mine or not open_ones else [])]
    blocks += [*map(_to_duties, open_ones), actions(_ask_button(None))]
    lines = [f"*{WAITING}*", *map(_line, waiting), *([] if waiting or told else [NOTHING_WAITS]), *told]
    lines += [f"*{MINE}*", *map(_line, mine), *([] if mine or open_ones else [NOTHING_ASKED]), *open_ones]
    return Answer("\n".join(lines), blocks, title=TITLE)


def _of_duties(number: int, wait: str) -> list[str]:
    verb = wait.replace("wait", "waits", 1) if number == 1 else wait
    asked = f"{count(number, 'request')} to snooze or waive a duty {verb}: /alliance due mine shows the duty."
    return [asked] if number else []


def _to_duties(text: str) -> Json:
    run = Run(word="due", words="mine").model_dump_json(exclude_none=True)
    return section(text, accessory=button("Show what is due", "run:due", run))


def waiting_blocks(waiting: Sequence[ApprovalShown], *, short: bool = False) -> list[Json]:
    """Return what waits for a person, with the buttons that decide it; one sentence where nothing does."""
    blocks: list[Json] = []
    for shown in waiting[:MOST]:
        parts = paragraphs([asked_text(shown), *([] if short else changes_lines(shown))])
        blocks += [*map(section, parts), actions(*decide_buttons(shown), show_button(shown))]
    if len(waiting) > MOST:
        blocks.append(context(f"and {count(len(waiting) - MOST, 'more approval')}: decide these first"))
    return blocks or [section(NOTHING_WAITS)]


def show_whole(asked: Asked, approval_id: uuid.UUID) -> Answer:
    """Show all of an approval: the whole text of the version, what changed, how each step stands."""
    with asked.sessions.begin() as session:
        person = asked.actor(session).person_id
        shown = show_approval(session, approval_id, now=asked.now, seen_by=person)
    parts = [asked_text(shown), standing_text(shown), *paragraphs(step_lines(shown))]
    parts += paragraphs([f"*Version {shown.version}*", *(_whole(label, value) for label, value in shown.content)])
    if shown.since is not None:
        parts += paragraphs(changes_lines(shown))
    buttons = decide_buttons(shown) if asked.user_id in shown.deciders else []
    buttons += asker_buttons(shown) if asked.user_id == shown.asked_by_slack else []
    blocks = [header(shown.purpose.terms.title), *map(section, parts), *([actions(*buttons)] if buttons else [])]
    return Answer("\n".join(parts), blocks, title=TITLE)


def _of_alliance(alliance_id: int, found: Sequence[ApprovalShown], slack_id: str) -> Answer:
    if not found:
        text = "Nothing of this alliance was put before anybody yet."
        return Answer(text, [section(text), actions(_ask_button(alliance_id))], title=TITLE)
    blocks: list[Json] = [header(found[0].alliance)]
    for shown in found[:MOST]:
        buttons = decide_buttons(shown) if slack_id in shown.deciders else []
        parts = paragraphs([asked_text(shown), standing_text(shown)])
        blocks += [*map(section, parts), actions(*buttons, show_button(shown))]
    blocks.append(actions(_ask_button(alliance_id)))
    return Answer("\n".join(map(_line, found)), blocks, title=TITLE)


def _mine_blocks(mine: Sequence[ApprovalShown]) -> list[Json]:
    blocks: list[Json] = []
    for shown in mine[:MOST]:
        blocks += [
            *map(section, paragraphs([asked_text(shown), standing_text(shown)])),
            actions(*asker_buttons(shown), show_button(shown)),
        ]
    if len(mine) > MOST:
        blocks.append(context(f"and {len(mine) - MOST} more: /alliance approve with the name of the alliance"))
    return blocks or [section(NOTHING_ASKED)]


def _ask_button(alliance: int | None) -> Json:
    value = Run(word="approve", alliance=alliance, form="ask_approval").model_dump_json(exclude_none=True)
    return button("Ask for an approval", "run:approve:ask_approval", value)


def _line(shown: ApprovalShown) -> str:
    return f"•  {asked_text(shown)} {standing_text(shown)}".replace("\n", " ")


def _whole(label: str, value: Value) -> str:
    text = "\n".join(f"•  {safe(one, 2500)}" for one in value) if isinstance(value, list) else safe(value, 2800)
    return f"*{safe(label)}*\n{text}"
