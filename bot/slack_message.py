"""What Slack tells of a message: who wrote it, when, where it stands, who is named in it, what is attached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from slack_sdk import WebClient

from bot.clean import storable
from bot.plain_text import as_read, mentioned
from bot.slack_errors import SLACK_ERRORS

#: People named in a message who are looked up; Slack waits three seconds for the form.
MOST_NAMED = 8
#: Seconds for which the form waits for all of it.
WAITS = 1.0
#: Lookups at the same time.
AT_ONCE = 6

log = structlog.get_logger("bot")


@dataclass(frozen=True, slots=True)
class SlackFile:
    """A file of a message."""

    id: str
    name: str
    #: Bytes.
    size: int


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message as the form for an activity needs it."""

    #: As a person reads it.
    text: str
    author: str
    #: In the time zone of who asks; None where Slack does not tell that.
    on: date | None
    #: The address of the message; None where Slack gives none.
    link: str | None
    channel: str
    files: tuple[SlackFile, ...]


def read_message(body: Mapping[str, Any], client: WebClient, time_zone: Callable[[], str | None]) -> SlackMessage:
    """Return the message of a shortcut; what Slack has to be asked for is asked at once, not in turn.

    What it does not tell in time is left out: the form opens all the same.
    """
    message, channel = body["message"], str((body.get("channel") or {}).get("id") or "")
    text, ts = storable(str(message.get("text") or "")), str(message.get("ts") or "")
    author = str(message.get("user") or "")
    people = list(dict.fromkeys(filter(None, [author, *mentioned(text)[:MOST_NAMED]])))
    pool = ThreadPoolExecutor(AT_ONCE)
    zone, link = pool.submit(time_zone), pool.submit(_link, client, channel, ts)
    called = {person: pool.submit(_called, client, person) for person in people}
    wait([zone, link, *called.values()], timeout=WAITS)
    pool.shutdown(wait=False, cancel_futures=True)
    names = {person: _told(name) or person for person, name in called.items()}
    return SlackMessage(
        text=as_read(text, names),
        author=names.get(author) or _app_name(message),
        on=_day(ts, _told(zone)),
        link=_told(link),
        channel=channel,
        files=tuple(files_of(message)),
    )


def _told(asked: Future[str | None]) -> str | None:
    return asked.result() if asked.done() and not asked.cancelled() else None


def _called(client: WebClient, user_id: str) -> str | None:
    try:
        user = client.users_info(user=user_id)["user"]
    except SLACK_ERRORS as error:
        log.warning("a person's name is not known", why=str(error))
        return None
    return called_in_slack(user, user_id)


def called_in_slack(user: Mapping[str, Any], user_id: str) -> str:
    """Return what a member of the workspace is called, as Slack tells of them; else the id."""
    name = (user.get("profile") or {}).get("real_name") or user.get("real_name") or user.get("name") or user_id
    return storable(str(name))


def _link(client: WebClient, channel: str, ts: str) -> str | None:
    try:
        link = str(client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])
    except SLACK_ERRORS as error:
        # The app is no member of every channel.
        log.info("the address of a message is not known", why=str(error))
        return None
    return link if link.startswith(("https://", "http://")) else None


def _app_name(message: Mapping[str, Any]) -> str:
    """Return what an app that wrote a message calls itself."""
    profile = message.get("bot_profile") or {}
    return storable(str(message.get("username") or profile.get("name") or "an app"))


def _day(ts: str, zone: str | None) -> date | None:
    if zone is None:
        return None
    try:
        return datetime.fromtimestamp(float(ts), UTC).astimezone(ZoneInfo(zone)).date()
    except (ValueError, OverflowError, OSError, ZoneInfoNotFoundError):
        return None


def files_of(message: Mapping[str, Any]) -> Iterator[SlackFile]:
    """Yield the files that lie with Slack; what was deleted, is hidden or lies elsewhere cannot be kept."""
    for file in message.get("files") or []:
        if isinstance(file, Mapping) and file.get("id") and file.get("mode", "hosted") in {"hosted", "snippet"}:
            name = " ".join(storable(str(file.get("name") or file["id"])).split())
            yield SlackFile(str(file["id"]), name, int(file.get("size") or 0))
