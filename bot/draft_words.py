"""How two versions of a paper differ, field by field, in words."""

from __future__ import annotations

from collections.abc import Iterable

from bot.blocks import safe
from policy.drafts import Change

#: Characters that are shown of a text before and after.
SHOWN = 160


def changed_words(changes: Iterable[Change]) -> str:
    """Say which fields changed, each with what it said and says, in mrkdwn."""
    return "\n".join(line for change in changes for line in _changed(change))


def _changed(change: Change) -> Iterable[str]:
    label, before, after = change.label, change.before, change.after
    if isinstance(before, list) or isinstance(after, list):
        was = before if isinstance(before, list) else []
        after = after if isinstance(after, list) else []
        out = [f"Out: {safe(one, SHOWN)}" for one in was if one not in after]
        added = [f"New: {safe(one, SHOWN)}" for one in after if one not in was]
        return [f"*{label}:*", *out, *added]
    return [f"*{label}:* “{safe(before or '', SHOWN)}” is now “{safe(after or '', SHOWN)}”."]
