"""What can go wrong with a request to Slack."""

from __future__ import annotations

from http.client import HTTPException

from slack_sdk.errors import SlackApiError, SlackClientError

#: What a request to Slack can raise.
SLACK_ERRORS = (SlackClientError, OSError, HTTPException)

#: What Slack says of a person whom it does not know, or who is none of the workspace's.
NOBODY = frozenset({"user_not_found", "users_not_found", "user_not_visible", "user_disabled"})

#: Our own word for who is in none of the workspaces where the app is installed.
NO_WORKSPACE = "no_workspace"


def is_nobody(error: SlackApiError) -> bool:
    """Whether Slack has refused a request because it has no such person for us."""
    answer = error.response
    details = " ".join(map(str, (answer.get("response_metadata") or {}).get("messages") or []))
    # As https://docs.slack.dev/reference/methods/views.publish shows it: invalid `user_id`.
    return answer.get("error") in NOBODY or (answer.get("error") == "invalid_arguments" and "`user_id`" in details)
