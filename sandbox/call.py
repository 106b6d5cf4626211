from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sandbox.errors import SlackError
from sandbox.hub import Hub
from sandbox.state import Json


@dataclass(frozen=True)
class Call:
    """One call of the Web API.

    Args:
        host: host and port under which the app reached this server.
        args: the arguments, from a form, a query or a JSON body.
        token: what it was made with.
    """

    hub: Hub
    method: str
    args: Json
    host: str
    token: str = ""

    @property
    def grant(self) -> Json:
        """Return what its token was given for; empty for one that nobody gave, which is good everywhere."""
        return self.hub.state.tokens.get(self.token, {})

    def reaches(self, identifier: str) -> bool:
        """Tell whether a person or a channel is of a workspace that the token is for."""
        team = self.hub.state.team_of(identifier)
        return self.grant.get("where", team["id"]) in {team["id"], (team.get("enterprise") or {}).get("id")}

    def need(self, *names: str) -> None:
        """Insist on these arguments.

        Raises:
            SlackError: `invalid_arguments`, with a line for each that is missing.
        """
        missing = [name for name in names if self.args.get(name) in (None, "")]
        if missing:
            lines = [f"[ERROR] missing required field: {name}" for name in missing]
            raise SlackError("invalid_arguments", lines)

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as a string."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Return an argument as a boolean; forms send `true` or `1`."""
        return str(self.args.get(name, "")).lower() in {"1", "true"}

    def number(self, name: str, default: int, most: int) -> int:
        """Return an argument as a number from 1 to `most`.

        Raises:
            SlackError: `invalid_limit` when it is no such number.
        """
        try:
            value = int(self.text(name) or default)
        except ValueError as error:
            raise SlackError("invalid_limit") from error
        if value < 1:
            raise SlackError("invalid_limit")
        return min(value, most)

    def document(self, name: str, error: str) -> Any:
        """Return an argument that is JSON, or JSON in a string; None when it is not given.

        Raises:
            SlackError: `error` when the string is no JSON.
        """
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as problem:
            raise SlackError(error) from problem
