"""Hand files over to one person, as a direct message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.asked import Answer
from bot.blocks import safe
from bot.fetch_file import NO_SCOPE
from bot.slack_errors import SLACK_ERRORS

log = structlog.get_logger("bot")


def hand_over(
    what: str, files: Sequence[Mapping[str, object]], user_id: str, client: WebClient, *, comment: str
) -> Answer | None:
    """Upload files, each with "filename" and "content"; return what the person is told where that fails.

    `what` begins the sentence that names them, in mrkdwn.
    """
    try:
        channel = client.conversations_open(users=user_id)["channel"]["id"]
        client.files_upload_v2(channel=channel, file_uploads=[*map(dict, files)], initial_comment=comment)
    except SlackApiError as error:
        why = str(error.response.get("error"))
        if why == NO_SCOPE:
            return Answer("The app may not send files: its scope files:write is missing. Tell your administrator.")
        return Answer(f"{what} could not be sent: Slack did not take it ({safe(why)}); try again later.")
    except SLACK_ERRORS as error:
        log.warning("files could not be handed over", files=[file["filename"] for file in files], why=str(error))
        return Answer(f"{what} may not have arrived: Slack did not answer as it should; try again later.")
    return None
