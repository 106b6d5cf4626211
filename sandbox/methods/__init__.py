"""The methods of the Web API, by family; each takes a call and returns the answer without its `ok`."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.call import Call
from sandbox.methods import (
    chat,
    conversations,
    files,
    functions,
    history,
    marks,
    oauth,
    unfurl,
    users,
    views,
    workspace,
)
from sandbox.state import Json

METHODS: dict[str, Callable[[Call], Json]] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **functions.METHODS,
    **history.METHODS,
    **marks.METHODS,
    **oauth.METHODS,
    **unfurl.METHODS,
    **users.METHODS,
    **views.METHODS,
    **workspace.METHODS,
}
WITHOUT_TOKEN = frozenset({"api.test", "oauth.v2.access"})
