from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.errors import NoAnswerError
from sandbox.state import Json

OK = 200


@dataclass(frozen=True)
class RequestUrl:
    """Where an app takes requests over HTTP.

    Args:
        secret: the signing secret that it shares with Slack.
    """

    url: str
    secret: str

    async def post(self, envelope: Json, limit: float) -> Any:
        """Send what an envelope holds as Slack sends it over HTTP; return the payload of the answer.

        Raises:
            NoAnswerError: when nobody listens, the answer takes longer than the limit, or it is none of 200.
        """
        body, headers = _request(envelope)
        # Real time: whoever checks it does not travel with the workspace's clock.
        headers |= signed(self.secret, body, int(time.time()))
        try:
            # A connection of its own for each: what Slack does, and nothing is left over when the app goes away.
            async with (
                ClientSession(timeout=ClientTimeout(total=limit)) as session,
                session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                text = await answer.text()
                if answer.status != OK:
                    raise NoAnswerError("http_service_error")
        except TimeoutError as error:
            raise NoAnswerError("operation_timeout") from error
        except ClientError as error:
            raise NoAnswerError("dispatch_failed") from error
        return _payload(text)


def signed(secret: str, body: bytes, at: int) -> dict[str, str]:
    """Return the headers that prove who sent a request, and when: seconds since 1970."""
    whole = b"v0:%d:%s" % (at, body)
    digest = hmac.new(secret.encode(), whole, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}


def _request(envelope: Json) -> tuple[bytes, dict[str, str]]:
    payload, kind = envelope["payload"], envelope["type"]
    headers = {"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
    if envelope.get("retry_attempt"):
        headers["X-Slack-Retry-Num"] = str(envelope["retry_attempt"])
        headers["X-Slack-Retry-Reason"] = "http_timeout"
    if kind == "events_api":
        return json.dumps(payload).encode(), headers | {"Content-Type": "application/json"}
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields, errors="replace").encode(), headers | {"Content-Type": "application/x-www-form-urlencoded"}


def _payload(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
