from __future__ import annotations

from typing import Any


class SlackError(Exception):
    """A Web API call that Slack answers with `ok: false`.

    Args:
        code: Slack's error code, e.g. `channel_not_found`.
        messages: lines for `response_metadata.messages`.
    """

    def __init__(self, code: str, messages: list[str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.messages = messages or []

    def answer(self) -> dict[str, Any]:
        """Return the body Slack would send."""
        body: dict[str, Any] = {"ok": False, "error": self.code}
        if self.messages:
            body["errors"] = [line.removeprefix("[ERROR] ") for line in self.messages]
            body["response_metadata"] = {"messages": self.messages}
        return body


class RefusalError(Exception):
    """A request of the page or of the control API that is answered with one plain sentence.

    Args:
        sentence: what the person reads.
        status: 400 for a malformed request, 200 for a well-formed one that failed.
    """

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


class NoAnswerError(Exception):
    """Raised when no app is connected, or none acknowledged within the limit.

    Args:
        code: `dispatch_failed` (nobody connected), `operation_timeout`, or `http_service_error` (the app answered
            its HTTP request with another status than 200).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Say it as the person sees it."""
        if self.code == "dispatch_failed":
            return 'failed with the error "dispatch_failed": no app is connected.'
        if self.code == "http_service_error":
            return f'failed with the error "{self.code}": the app answered with another status than 200.'
        return f'failed with the error "{self.code}": the app did not answer within 3 seconds.'
