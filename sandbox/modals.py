from __future__ import annotations

from collections import defaultdict

from sandbox.errors import SlackError
from sandbox.state import Json

#: Views one above the other.
MOST_STACKED = 3


class Modals:
    """The modals each person has open, one above the other."""

    def __init__(self) -> None:
        self._stacks: defaultdict[str, list[Json]] = defaultdict(list)

    def stack(self, user: str) -> list[Json]:
        """Return the person's views, the visible one last."""
        return self._stacks[user]

    def find(self, view_id: str) -> tuple[str, Json] | None:
        """Return whose view this is and the view, while it is open."""
        return self._first("id", view_id)

    def find_external(self, external_id: str) -> tuple[str, Json] | None:
        """Return whose view this is and the view, by the id the app gave it."""
        return self._first("external_id", external_id)

    def _first(self, key: str, value: str) -> tuple[str, Json] | None:
        for user, stack in self._stacks.items():
            for view in stack:
                if value and view[key] == value:
                    return user, view
        return None

    def start(self, user: str, view: Json) -> None:
        """Open a view; what was open before is gone."""
        self._stacks[user] = [view]

    def push(self, user: str, view: Json) -> None:
        """Open a view above the visible one.

        Raises:
            SlackError: when three views stand already.
        """
        stack = self._stacks[user]
        if len(stack) >= MOST_STACKED:
            raise SlackError("push_limit_reached")
        stack.append(view)

    def replace(self, user: str, view: Json) -> None:
        """Put a view in the place of the one with the same id."""
        stack = self._stacks[user]
        stack[:] = [view if old["id"] == view["id"] else old for old in stack]

    def close(self, user: str, view_id: str) -> list[Json]:
        """Close a view and those above it; return them, the lowest first."""
        stack = self._stacks[user]
        places = [place for place, view in enumerate(stack) if view["id"] == view_id]
        if not places:
            return []
        gone = stack[places[0] :]
        del stack[places[0] :]
        return gone

    def clear(self, user: str) -> list[Json]:
        """Close all views of a person; return them."""
        gone = list(self._stacks[user])
        self._stacks[user].clear()
        return gone
