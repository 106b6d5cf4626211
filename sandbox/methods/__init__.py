"""The methods of the Web API, by family; each takes a call and returns the answer without its `ok`."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.call import Call
from sandbox.methods import chat, conversations, history, marks, users, views, workspace
from sandbox.state import Json

METHODS: dict[str, Callable[[Call], Json]] = {
    **chat.METHODS,
    **conversations.METHODS,
    **history.METHODS,
    **marks.METHODS,
    **users.METHODS,
    **views.METHODS,
    **workspace.METHODS,
}
WITHOUT_TOKEN = frozenset({"api.test"})
