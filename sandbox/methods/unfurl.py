from __future__ import annotations

from typing import Any

from sandbox import messages
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.links import links_of
from sandbox.message_body import check_body
from sandbox.state import Json


def unfurl(call: Call) -> Json:
    """Put the app's cards below links of a message; the app need not be in the channel."""
    call.need("unfurls")
    channel_id, ts = _place(call)
    message = call.hub.store.get(channel_id, ts)
    if message is None:
        raise SlackError("cannot_find_message")
    cards = call.document("unfurls", "invalid_unfurls_format")
    if not isinstance(cards, dict) or not cards or not all(isinstance(card, dict) for card in cards.values()):
        raise SlackError("invalid_unfurls_format")
    urls = {link["url"] for link in links_of(call.hub, message["text"])}
    if not urls.issuperset(cards):
        raise SlackError("cannot_unfurl_url")
    kept = [card for card in message.get("attachments", []) if card.get("from_url") not in cards]
    made = [_attachment(call, number, url, card) for number, (url, card) in enumerate(cards.items(), len(kept) + 1)]
    messages.apply(message, {"attachments": [*kept, *made]})
    messages.changed(call.hub, channel_id, message)
    call.hub.note("unfurl", channel=channel_id, ts=ts, user=message["user"], unfurls=cards)
    return {}


def _place(call: Call) -> tuple[str, str]:
    """Return where the message stands: told by the id of the unfurl, or by channel and time."""
    if not call.text("unfurl_id"):
        call.need("channel", "ts")
        return call.text("channel"), call.text("ts")
    call.need("source")
    channel_id, _, rest = call.text("unfurl_id").partition(".")
    return channel_id, rest.rpartition(".")[0]


def _attachment(call: Call, number: int, url: str, card: dict[str, Any]) -> Json:
    fallback, app = str(card.get("fallback") or ""), call.hub.state.app
    check_body(fallback or str(card.get("text") or card.get("title") or ""), card.get("blocks"))
    own = {"id": number, "from_url": url, "app_unfurl_url": url, "is_app_unfurl": True}
    messages.name_parts(card.get("blocks", []))
    return card | own | {"fallback": fallback or url, "app_id": app["id"], "bot_id": app["bot_id"]}


METHODS = {"chat.unfurl": unfurl}
