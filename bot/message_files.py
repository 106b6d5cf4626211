"""The files of a message that a form was opened from: carried along, offered, and taken over when it is sent.

Each form with a field of the name `files` takes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.blocks import clip, safe
from bot.form_types import Choice, Draft
from bot.slack_message import SlackFile
from policy.document_types import problem_of_name
from policy.words import listing

#: The name of the field, and under which names a form carries what it needs for it.
FIELD = "files"
CARRIED, SHOWN, LEFT_OUT = "message_files", "message_files_shown", "message_files_left"
#: Characters of the names of all files, of one, and files: a form carries little.
ALL_CHARACTERS = 500
NAME_CHARACTERS = 120
MOST_FILES = 10


def carry_files(files: Sequence[SlackFile], most: int | None) -> dict[str, str]:
    """Return what a form carries of files that may have `most` bytes each; None: none are kept here."""
    if most is None or not files:
        return {}
    problems = {file.id: problem_of_name(file.name, file.size, most) for file in files}
    kept = [file for file in files if problems[file.id] is None][:MOST_FILES]
    left = [file.name for file in files if problems[file.id] is not None]
    room = min(NAME_CHARACTERS, ALL_CHARACTERS // max(1, len(kept)))
    carried = {CARRIED: "\n".join(f"{file.id} {file.size} {_short(file.name, room)}" for file in kept)} if kept else {}
    said = listing([clip(name, 50) for name in left[:3]])
    return carried | ({LEFT_OUT: f"{said}{' and others' if len(left) > 3 else ''}"} if left else {})  # noqa: PLR2004


def offer_files(draft: Draft, values: Mapping[str, Any]) -> None:
    """Offer the files that a form carries, all of them ticked the first time; ask for nothing where there are none."""
    files = list(_carried(values))
    if values.get(LEFT_OUT):
        draft.values[LEFT_OUT] = values[LEFT_OUT]
        draft.intro.append(left_out(str(values[LEFT_OUT])))
    if not files:
        draft.hidden |= {FIELD}
        return
    draft.choices[FIELD] = [Choice(file.id, file.name) for file in files]
    draft.values |= {CARRIED: values[CARRIED], SHOWN: "yes"}
    if SHOWN not in values:
        draft.values[FIELD] = [file.id for file in files]


def left_out(names: str) -> str:
    """Say which files are not offered, in mrkdwn."""
    return f"Not kept as documents, for their type or size: {safe(names, 300)}."


def chosen_files(ids: Sequence[str], carried: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the chosen files as a field for one file holds it; all but the first may be fetched later."""
    for number, file in enumerate(file for file in _carried(carried) if file.id in ids):
        yield {"slack_file": file.id, "name": file.name, "size": file.size, "later": number > 0}


def _carried(values: Mapping[str, Any]) -> Iterator[SlackFile]:
    for line in str(values.get(CARRIED) or "").splitlines():
        id, size, name = line.split(" ", 2)
        yield SlackFile(id, name, int(size))


def _short(name: str, most: int) -> str:
    """Shorten a file's name; its ending stays."""
    if len(name) <= most:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: most - len(ending) - 2]}…{dot}{ending}"
