from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]


class Shelf(dict[str, Json]):
    """Documents of one kind by key, which remembers the keys changed since the last save.

    Args:
        on_change: called after every change.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        super().__init__()
        self.changed: set[str] = set()
        self._on_change = on_change

    def __setitem__(self, key: str, document: Json) -> None:
        super().__setitem__(key, document)
        self.touch(key)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.touch(key)

    def touch(self, key: str) -> None:
        """Note that the document under `key` was changed in place."""
        self.changed.add(key)
        self._on_change()

    def restore(self, key: str, document: Json) -> None:
        """Put a document that came from the state file."""
        super().__setitem__(key, document)


class State:
    """Everything that outlives a restart."""

    def __init__(self) -> None:
        self.dirty = asyncio.Event()
        self.settings = Shelf(self.dirty.set)
        self.users = Shelf(self.dirty.set)
        self.channels = Shelf(self.dirty.set)
        self.messages = Shelf(self.dirty.set)
        self.ephemerals = Shelf(self.dirty.set)
        self.reads = Shelf(self.dirty.set)
        self.homes = Shelf(self.dirty.set)
        self.files = Shelf(self.dirty.set)
        self.file_bytes = Shelf(self.dirty.set)
        self.teams = Shelf(self.dirty.set)
        self.tokens = Shelf(self.dirty.set)

    @property
    def shelves(self) -> dict[str, Shelf]:
        """Return every shelf by the name it has in the state file."""
        return {
            "settings": self.settings,
            "users": self.users,
            "channels": self.channels,
            "messages": self.messages,
            "ephemerals": self.ephemerals,
            "reads": self.reads,
            "homes": self.homes,
            "files": self.files,
            "file_bytes": self.file_bytes,
            "teams": self.teams,
            "tokens": self.tokens,
        }

    @property
    def team(self) -> Json:
        """Return the workspace: id, name, domain."""
        return self.settings.get("team") or {"id": "T0LOCAL000", "name": "Local workspace", "domain": "local"}

    def team_of(self, identifier: object) -> Json:
        """Return the workspace of a person or a channel: the first, unless they are of another."""
        thing = self.users.get(str(identifier)) or self.channels.get(str(identifier)) or {}
        return self.teams.get(thing.get("team", ""), self.team)

    def is_whole(self, team: Json) -> bool:
        """Tell whether the app is in a workspace because it was installed for the whole of its organization."""
        installed = {grant["where"] for grant in self.tokens.values() if not grant["over"]}
        return team["id"] not in installed and (team.get("enterprise") or {}).get("id") in installed

    @property
    def app(self) -> Json:
        """Return the app that lives in the workspace."""
        return self.settings.get("app") or {
            "id": "A0LOCAL000",
            "bot_id": "B0LOCAL000",
            "name": "App",
            "bot_user": {"id": "U0LOCALBOT", "name": "app", "real_name": "App"},
            "commands": [],
            "shortcuts": [],
            "events": ["app_home_opened"],
        }

    @property
    def bot_user_id(self) -> str:
        """Return the user id the app posts under."""
        return str(self.app["bot_user"]["id"])
