from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

from sandbox.hub import Hub
from sandbox.state import Json

#: As the page shows one: without what ends a sentence.
_LINK = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)'\"*_~]")


def links_of(hub: Hub, text: str) -> list[Json]:
    """Return the links of a message to the app's own domains, as Slack tells of them."""
    found = []
    for url in dict.fromkeys(unescape(link) for link in _LINK.findall(text)):
        host = _host(url)
        domains = hub.state.app.get("unfurl_domains", [])
        known = next((domain for domain in domains if host == domain or host.endswith(f".{domain}")), None)
        if known is not None:
            found.append({"url": url, "domain": known})
    return found


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
