from __future__ import annotations

from sandbox.errors import RefusalError
from sandbox.hub import Hub
from sandbox.interactions import payloads
from sandbox.response_urls import ResponseUrl
from sandbox.state import Json


async def use_shortcut(hub: Hub, user: str, callback_id: str, channel_id: str = "", ts: str = "") -> None:
    """Tell the app that a person chose one of its shortcuts, on a message if `ts` is given.

    Raises:
        RefusalError: when there is no such shortcut or message, or the app does not answer within 3 seconds.
    """
    kind = "message" if ts else "global"
    offered = {(known["type"], known["callback_id"]) for known in hub.state.app["shortcuts"]}
    if (kind, callback_id) not in offered:
        raise RefusalError("The app offers no such shortcut.", 200)
    payload: Json = {
        "type": "message_action" if ts else "shortcut",
        **payloads.basis(hub, user),
        "callback_id": callback_id,
        "action_ts": payloads.action_ts(hub),
    }
    if ts:
        message, ephemeral = payloads.visible_message(hub, user, channel_id, ts)
        if ephemeral:
            raise RefusalError("A message only you see has no shortcuts.", 200)
        target = ResponseUrl(channel_id, user, ts)
        payload |= {
            "channel": payloads.channel_fields(hub, channel_id),
            "message_ts": ts,
            "message": payloads.message_fields(message),
            "response_url": payloads.response_url(hub, target),
        }
    await payloads.tell(hub, payload)
