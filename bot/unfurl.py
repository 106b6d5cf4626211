"""Say below a message what stands at a link of ours in it: of a calendar its name alone, for its address is secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.asked import Sessions
from bot.blocks import Json, context, safe, section
from operations.calendars.open_address import name_address

log = structlog.get_logger("bot")

#: Links of one message that get a card; Slack itself shows few.
MOST_LINKS = 5
#: What stands behind the web address of the calendars, as `/alliance calendar` writes it.
_FEED = re.compile(r"calendar/([0-9a-f]{64})\.ics")
#: A domain that Slack takes, with at least one dot; an address of the machine itself is none.
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9](-?[a-z0-9])*\.)+[a-z][a-z0-9-]*[a-z0-9]")

PRIVATE = (
    "Whoever has this address reads the calendar. Is it not meant for everybody here? Then its owner replaces it with "
    "`/alliance calendar`, and the old one stops at once."
)


def domains_of(calendars: str | None) -> list[str]:
    """Return the domains of our own addresses, of which Slack tells us when somebody writes one."""
    host = None if calendars is None else urlsplit(calendars).hostname
    return [host] if host else []


def public_domains(calendars: str | None) -> list[str]:
    """Return those of them that Slack's manifest takes."""
    return [domain for domain in domains_of(calendars) if _DOMAIN.fullmatch(domain)]


def unfurl(sessions: Sessions, now: datetime, event: Mapping[str, Any], client: WebClient, *, calendars: str) -> None:
    """Put a card below a message for each of our own links in it; any other link is left alone."""
    tokens = _tokens((link["url"] for link in event["links"]), calendars)
    if not tokens:
        return
    with sessions() as session:
        names = {url: name_address(session, token, now=now) for url, token in tokens.items()}
    cards = {url: _card(name) for url, name in names.items() if name is not None}
    if not cards:
        return
    try:
        if event.get("unfurl_id") and event.get("source"):
            # So it is found while it is still being written, too.
            client.chat_unfurl(unfurl_id=event["unfurl_id"], source=event["source"], unfurls=cards)
        else:
            client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=cards)
    except SlackApiError as error:
        # Gone meanwhile, or Slack shows no cards there; the code alone, as an address is no matter for a log.
        log.warning("a link could not be given its card", why=str(error.response.get("error")))


def _card(name: str) -> Json:
    title = f"Calendar: {safe(name)}"
    return {"fallback": f"{title}. {PRIVATE}", "blocks": [section(f"*{title}*"), context(PRIVATE)]}


def _tokens(urls: Iterable[str], calendars: str) -> dict[str, str]:
    """Return the secret of each address of a calendar of ours, by the address as Slack told it."""
    base, found = urlsplit(calendars), dict[str, str]()
    for url in urls:
        parts = _split(url)
        if parts is None or (parts.scheme, parts.netloc.lower()) != (base.scheme, base.netloc.lower()):
            continue
        feed = _FEED.fullmatch(parts.path.removeprefix(base.path)) if parts.path.startswith(base.path) else None
        if feed is not None and len(found) < MOST_LINKS:
            found[url] = feed[1]
    return found


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None
