"""Socket Mode: Slack's requests come in over a connection that the bot has opened."""

from __future__ import annotations

import structlog
from slack_bolt import BoltRequest
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

#: What Bolt stumbles over before any code of ours is asked: parts that are missing or of another kind than Slack's.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)

log = structlog.get_logger("bot.socket")


class Connection(SocketModeHandler):
    """A connection that outlives what cannot be read: it is acknowledged, so that Slack does not send it again."""

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        """Answer one envelope."""
        try:
            BoltRequest(mode="socket_mode", body=req.payload)
        except UNREADABLE as error:
            log.warning("a request cannot be read", why=type(error).__name__)
            client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
            return
        super().handle(client, req)  # type: ignore[arg-type]  # Bolt names the client of its own
