from __future__ import annotations

import re

from sandbox import channels, messages
from sandbox.call import Call
from sandbox.errors import SlackError
from sandbox.paging import decode, encode
from sandbox.state import Json

EVER = "9999999999.999999"


def history(call: Call) -> Json:
    """Return a channel's own messages, newest first."""
    channel_id = _readable(call)
    times = _span(call, channel_id)
    times.reverse()
    mark = decode(call.text("cursor"))
    if mark:
        times = [ts for ts in times if ts <= mark]
    limit = call.number("limit", 100, 999)
    return _page(call, channel_id, times, limit)


def replies(call: Call) -> Json:
    """Return a thread: its head, then the replies, oldest first."""
    call.need("ts")
    channel_id, ts = _readable(call), call.text("ts")
    if call.hub.store.get(channel_id, ts) is None:
        raise SlackError("thread_not_found")
    low, high, inclusive = (
        _ts(call, "oldest", channels.NEVER),
        _ts(call, "latest", EVER),
        call.flag("inclusive"),
    )
    inside = [
        reply
        for reply in call.hub.store.replies(channel_id, ts)
        if low < reply < high or (inclusive and reply in (low, high))
    ]
    mark = decode(call.text("cursor"))
    # The head of the thread leads every first page, whatever the span.
    times = [reply for reply in inside if reply >= mark] if mark else [ts, *inside]
    return _page(call, channel_id, times, call.number("limit", 1000, 1000))


def _readable(call: Call) -> str:
    call.need("channel")
    channel = call.hub.state.channels.get(call.text("channel"))
    bot = call.hub.state.bot_user_id
    if channel is None or not channels.visible(call.hub, channel, bot):
        raise SlackError("channel_not_found")
    if not channels.is_member(call.hub, channel, bot):
        raise SlackError("not_in_channel")
    return str(channel["id"])


def _span(call: Call, channel_id: str) -> list[str]:
    oldest, latest = _ts(call, "oldest", channels.NEVER), _ts(call, "latest", EVER)
    return call.hub.store.between(channel_id, oldest, latest, inclusive=call.flag("inclusive"))


def _ts(call: Call, name: str, default: str) -> str:
    value = call.text(name) or default
    if not re.fullmatch(r"\d+(\.\d*)?", value):
        raise SlackError(f"invalid_ts_{name}")
    seconds, _, micros = value.partition(".")
    return f"{int(seconds):010d}.{micros[:6]:0<6}"


def _page(call: Call, channel_id: str, times: list[str], limit: int) -> Json:
    metadata = call.flag("include_all_metadata")
    found = [call.hub.store.get(channel_id, ts) or {} for ts in times[:limit]]
    more = len(times) > limit
    answer: Json = {
        "messages": [messages.as_slack(message, metadata=metadata) for message in found],
        "has_more": more,
    }
    if more:
        answer["response_metadata"] = {"next_cursor": encode(times[limit])}
    return answer


METHODS = {
    "conversations.history": history,
    "conversations.replies": replies,
}
